#include "app/cli/engine_verb.h"

#include "core/base/paths.h"
#include "core/base/system_error.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace lyceum::cli {

const std::vector<EngineVerb>& engine_verbs()
{
    static const std::vector<EngineVerb> verbs{
        {"score", "Loss on each line of a text or record of a dataset"},
        {"generate", "Go on with a prompt, or answer each of a file"},
        {"embed", "Sentence embeddings of an encoder"},
        {"evaluate", "Perplexity and exact answers on a dataset"},
        {"export", "Write a model for others, and verify it"},
        {"serve", "OpenAI-compatible API on this computer"},
    };
    return verbs;
}

bool is_engine_verb(std::span<const std::string> arguments)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--workspace")
            ++i;
        else if (!arguments[i].starts_with("-"))
            return std::ranges::any_of(
                engine_verbs(), [&](const EngineVerb& verb) { return verb.name == arguments[i]; });
    }
    return false;
}

Error become_engine(std::span<const std::string> arguments)
{
    std::vector<std::string> words{program_path("lyceum-engine").string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::setenv("OMP_WAIT_POLICY", "PASSIVE", 0); // as core/cluster does, and why
    ::execv(pointers[0], pointers.data());
    Error error = system_error("Cannot start the engine", words[0], errno);
    error.hint = "Build it: bash packaging/run.sh";
    return error;
}

} // namespace lyceum::cli
