#include "app/engine/output.h"
#include "app/engine/verb.h"
#include "core/base/line_reader.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/nn/causal_lm.h"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <optional>

namespace lyceum::engine {
namespace {

using nlohmann::json;
using Ids = std::vector<text::TokenId>;

/// Prompts of a file that are read before their texts are written side by side.
constexpr std::size_t kWindow = 256;

struct GenerateArguments {
    std::string model;
    std::optional<std::string> prompt;
    std::filesystem::path file;
    bool chat = false;
    std::string system;
    std::vector<std::string> stop_tokens;
    infer::GenerateOptions options;
};

Result<void> check(const GenerateArguments& arguments)
{
    if (arguments.prompt.has_value() == !arguments.file.empty())
        return Error{ErrorCode::InvalidConfig,
                     arguments.prompt ? "--prompt and --file are both given"
                                      : "neither --prompt nor --file is given",
                     "Give one of them: a text, or a file with a prompt a line."};
    const bool may_have_messages = arguments.file.extension() == ".jsonl";
    if (!arguments.system.empty() && !arguments.chat && !may_have_messages)
        return Error{ErrorCode::InvalidConfig, "--system is given without --chat",
                     "An instruction is part of a chat: add --chat."};
    return {};
}

/// --chat makes a plain prompt the user's message; --system comes in front of a chat that begins
/// with no instruction of its own.
Result<infer::Prompt> complete(infer::Prompt prompt, const GenerateArguments& arguments)
{
    if (arguments.chat && prompt.messages.empty())
        prompt.messages = {{"user", prompt.text}};
    if (arguments.system.empty())
        return prompt;
    if (prompt.messages.empty())
        return Error{ErrorCode::InvalidConfig, "--system is given, but the prompt is no chat",
                     "Add --chat, or write {\"messages\": [...]} in place of {\"prompt\"}."};
    if (prompt.messages.front().role != "system")
        prompt.messages.insert(prompt.messages.begin(), {"system", arguments.system});
    return prompt;
}

json to_json(const infer::Generation& generation, std::size_t prompt_tokens)
{
    return {{"text", generation.text},
            {"ids", generation.ids},
            {"tokens_per_second", generation.tokens_per_second},
            {"finish_reason", generation.finish_reason},
            {"prompt_tokens", prompt_tokens}};
}

Result<Ids> encode(infer::Prompt prompt, const GenerateArguments& arguments,
                   const models::ModelPackage& package)
{
    LYCEUM_ASSIGN(prompt, complete(std::move(prompt), arguments));
    LYCEUM_ASSIGN(Ids ids, infer::encode_prompt(package, prompt));
    LYCEUM_TRY(infer::check_prompt(ids, package.architecture));
    return ids;
}

Result<Ids> encode_line(const std::string& line, bool is_json, const GenerateArguments& arguments,
                        const models::ModelPackage& package)
{
    infer::Prompt prompt{.text = line, .messages = {}};
    if (is_json) {
        LYCEUM_ASSIGN(prompt, infer::parse_prompt(line));
    }
    return encode(std::move(prompt), arguments, package);
}

/// The next prompts of the file; none at its end. Blank lines of a .jsonl file are none.
Result<std::vector<Ids>> read_window(LineReader& lines, const GenerateArguments& arguments,
                                     const models::ModelPackage& package)
{
    const bool is_json = arguments.file.extension() == ".jsonl";
    std::vector<Ids> prompts;
    while (prompts.size() < kWindow) {
        LYCEUM_ASSIGN(const std::optional<std::string> line, lines.next());
        if (!line)
            break;
        if (is_json && line->find_first_not_of(" \t\r") == std::string::npos)
            continue;
        auto ids = encode_line(*line, is_json, arguments, package);
        if (!ids)
            return Error{ids.error().code, lines.place() + ids.error().message, ids.error().hint};
        prompts.push_back(std::move(ids).value());
    }
    return prompts;
}

/// A JSON line for each prompt of the file, in the file's order, as soon as those before it are
/// done.
Result<int> answer_file(nn::CausalLm& model, const models::ModelPackage& package, LineReader& lines,
                        const GenerateArguments& arguments, std::vector<Ids> prompts)
{
    while (!prompts.empty()) {
        std::vector<std::optional<json>> done(prompts.size());
        std::size_t next = 0;
        const auto print_done = [&](std::size_t prompt, const infer::Generation& generation) {
            done[prompt] = to_json(generation, prompts[prompt].size());
            for (; next < done.size() && done[next]; ++next) {
                print_json(*done[next]);
                done[next] = json();
            }
            return std::cout.good();
        };
        LYCEUM_TRY(infer::generate_batch(model, package, prompts, arguments.options, print_done));
        if (!std::cout.good())
            return 1;
        LYCEUM_ASSIGN(prompts, read_window(lines, arguments, package));
    }
    return 0;
}

Result<int> answer_one(nn::CausalLm& model, const models::ModelPackage& package, const Ids& prompt,
                       const infer::GenerateOptions& options, const Context& context)
{
    infer::OnText on_text;
    if (!context.json)
        on_text = [](std::string_view piece) {
            std::cout << piece << std::flush;
            return std::cout.good();
        };
    LYCEUM_ASSIGN(const infer::Generation generation,
                  infer::generate(model, package, prompt, options, on_text));
    if (context.json)
        print_json(to_json(generation, prompt.size()));
    else
        std::cout << std::endl;
    return 0;
}

Result<int> run(GenerateArguments arguments, const Context& context)
{
    LYCEUM_TRY(check(arguments));
    std::optional<LineReader> lines;
    if (!arguments.prompt) {
        LYCEUM_ASSIGN(lines, LineReader::open(arguments.file));
    }
    LYCEUM_ASSIGN(const models::ModelPackage package,
                  models::open_model(arguments.model, context.workspace));
    for (const std::string& name : arguments.stop_tokens) {
        LYCEUM_ASSIGN(const text::TokenId id, infer::find_token(*package.tokenizer, name));
        arguments.options.stop_tokens.push_back(id);
    }
    LYCEUM_TRY(infer::check_options(arguments.options, package.architecture));
    std::vector<Ids> prompts;
    if (lines) {
        LYCEUM_ASSIGN(prompts, read_window(*lines, arguments, package));
        if (prompts.empty())
            return Error{ErrorCode::InvalidData, arguments.file.string() + " has no prompt in it",
                         "Write one a line."};
    } else {
        LYCEUM_ASSIGN(Ids ids,
                      encode({.text = *arguments.prompt, .messages = {}}, arguments, package));
        prompts.push_back(std::move(ids));
    }
    LYCEUM_ASSIGN(const std::shared_ptr<nn::CausalLm> model, nn::load_causal_lm(package));
    if (lines)
        return answer_file(*model, package, *lines, arguments, std::move(prompts));
    return answer_one(*model, package, prompts.front(), arguments.options, context);
}

void declare_prompt(CLI::App& command, GenerateArguments& arguments)
{
    command.add_option("model", arguments.model, "A model, run, checkpoint or file")->required();
    command.add_option("--prompt", arguments.prompt, "What the model reads first");
    command.add_option("--file", arguments.file,
                       R"(Many prompts: text, one a line, or .jsonl with {"prompt"} or )"
                       R"({"messages"}; a JSON line each, in their order)");
    command.add_flag("--chat", arguments.chat,
                     "The prompt is a message, given to the model's chat template");
    command.add_option("--system", arguments.system,
                       "With --chat: an instruction in front of the message");
}

void declare_options(CLI::App& command, GenerateArguments& arguments)
{
    infer::GenerateOptions& options = arguments.options;
    command.add_option("--max-new-tokens", options.max_new_tokens, "New tokens at most (256)");
    command.add_option("--temperature", options.temperature,
                       "0 (the default) always takes the likeliest token");
    command.add_option("--top-k", options.top_k,
                       "Draw from this many of the likeliest tokens (0: from all)");
    command.add_option("--top-p", options.top_p,
                       "Draw from the likeliest tokens that reach this probability (1)");
    command.add_option("--min-p", options.min_p,
                       "Draw from tokens at least this share as likely as the likeliest (0)");
    command.add_option("--repetition-penalty", options.repetition_penalty,
                       "Above 1 makes what was said before less likely (1)");
    command.add_option("--seed", options.seed, "Of the draws (0)");
    command
        .add_option("--stop", options.stop,
                    "End the text before this one; may be given several times")
        ->allow_extra_args(false);
    command
        .add_option("--stop-token", arguments.stop_tokens,
                    "End at this token, too, by its text or id; may be given several times")
        ->allow_extra_args(false);
}

} // namespace

Verb generate_verb()
{
    return {"generate", "Continue a text, or answer a question with --chat", [](CLI::App& command) {
                auto arguments = std::make_shared<GenerateArguments>();
                declare_prompt(command, *arguments);
                declare_options(command, *arguments);
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine
