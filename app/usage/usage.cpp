#include "app/usage/usage.h"

#include "core/base/text.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::usage {
namespace {

using Apps = std::vector<const CLI::App*>;

// The command and the verbs below it that the arguments name, outermost first.
Apps chain_of(const CLI::App& app)
{
    Apps chain{&app};
    for (auto below = app.get_subcommands(); !below.empty();
         below = chain.back()->get_subcommands())
        chain.push_back(below.front());
    return chain;
}

std::vector<std::string> verbs_of(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(verb->get_name());
    return names;
}

std::vector<std::string> options_of(const Apps& chain)
{
    std::vector<std::string> names;
    for (const CLI::App* app : chain) {
        for (const CLI::Option* option : app->get_options()) {
            for (const std::string& name : option->get_lnames())
                names.push_back("--" + name);
        }
    }
    return names;
}

// "lyceum runs", the way people type it.
std::string command_line_of(const Apps& chain)
{
    std::string line;
    for (const CLI::App* app : chain)
        line += (line.empty() ? "" : " ") + app->get_name();
    return line;
}

std::string hint_for(const std::vector<std::string>& candidates, std::string_view word,
                     const std::string& command)
{
    std::string hint;
    if (const auto near = nearest(word, candidates))
        hint = "Did you mean " + *near + "? ";
    return hint + "See: " + command + " --help";
}

// Whether the word after this one is its value: "--threads 2", not "--threads=2" or "--json".
bool takes_next_word(const Apps& chain, const std::string& word)
{
    return std::any_of(chain.begin(), chain.end(), [&word](const CLI::App* app) {
        const CLI::Option* option = app->get_option_no_throw(word);
        return option != nullptr && option->get_items_expected_min() > 0;
    });
}

// The first argument that is no verb where a verb is needed; empty when there is none.
std::string unknown_verb(const Apps& chain, const std::vector<std::string>& arguments)
{
    if (chain.back()->get_require_subcommand_min() == 0)
        return {};
    std::size_t verbs_seen = 1;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& word = arguments[i];
        if (word.starts_with("-") && takes_next_word(chain, word))
            ++i;
        else if (!word.starts_with("-") && verbs_seen < chain.size())
            ++verbs_seen;
        else if (!word.starts_with("-"))
            return word;
    }
    return {};
}

// The first argument that looks like an option and is none.
std::string unknown_option(const Apps& chain, const std::vector<std::string>& arguments)
{
    const std::vector<std::string> known = options_of(chain);
    for (const std::string& word : arguments) {
        const std::string name = word.substr(0, word.find('='));
        if (name == "--")
            return {};
        if (name.starts_with("--") && std::find(known.begin(), known.end(), name) == known.end())
            return name;
    }
    return {};
}

Error wrong_usage(const CLI::App& app, const CLI::ParseError& failure,
                  const std::vector<std::string>& arguments)
{
    const Apps chain = chain_of(app);
    const std::string command = command_line_of(chain);
    const std::vector<std::string> verbs = verbs_of(*chain.back());
    if (const std::string word = unknown_verb(chain, arguments); !word.empty())
        return {ErrorCode::InvalidConfig, command + " has no verb '" + word + "'.",
                hint_for(verbs, word, command)};
    if (const std::string word = unknown_option(chain, arguments); !word.empty())
        return {ErrorCode::InvalidConfig, command + " has no option " + word + ".",
                hint_for(options_of(chain), word, command)};
    if (chain.back()->get_require_subcommand_min() > 0)
        return {ErrorCode::InvalidConfig, command + " needs a verb: " + join(verbs, ", ") + ".",
                "See: " + command + " --help"};
    return {ErrorCode::InvalidConfig, command + ": " + failure.what() + ".",
            "See: " + command + " --help"};
}

} // namespace

Result<Parsed> parse(CLI::App& app, int argc, const char* const* argv)
{
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& failure) {
        if (failure.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return Parsed{.exit_status = app.exit(failure)};
        return wrong_usage(app, failure, {argv + 1, argv + argc});
    }
    return Parsed{};
}

bool wants_json(int argc, const char* const* argv)
{
    return std::find(argv, argv + argc, std::string_view{"--json"}) != argv + argc;
}

} // namespace lyceum::usage
