#include "app/engine/output.h"
#include "app/engine/verb.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/nn/causal_lm.h"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace lyceum::engine {
namespace {

struct GenerateArguments {
    std::string model;
    std::string prompt;
    bool chat = false;
    infer::GenerateOptions options;
};

Result<int> run(const GenerateArguments& arguments, const Context& context)
{
    LYCEUM_ASSIGN(const models::ModelPackage package,
                  models::open_model(arguments.model, context.workspace));
    std::vector<text::TokenId> prompt = infer::encode_text(package, arguments.prompt);
    if (arguments.chat) {
        LYCEUM_ASSIGN(prompt, infer::encode_chat(package, {{"user", arguments.prompt}}));
    }
    LYCEUM_ASSIGN(const std::shared_ptr<nn::CausalLm> model, nn::load_causal_lm(package));
    infer::OnText on_text;
    if (!context.json)
        on_text = [](std::string_view piece) {
            std::cout << piece << std::flush;
            return std::cout.good();
        };
    LYCEUM_ASSIGN(const infer::Generation generation,
                  infer::generate(*model, package, prompt, arguments.options, on_text));
    if (context.json) {
        print_json({{"text", generation.text},
                    {"ids", generation.ids},
                    {"tokens_per_second", generation.tokens_per_second},
                    {"finish_reason", generation.finish_reason},
                    {"prompt_tokens", prompt.size()}});
    } else {
        std::cout << std::endl;
    }
    return 0;
}

} // namespace

Verb generate_verb()
{
    return {"generate", "Continue a text, or answer a question with --chat", [](CLI::App& command) {
                auto arguments = std::make_shared<GenerateArguments>();
                infer::GenerateOptions& options = arguments->options;
                command.add_option("model", arguments->model, "A model, run, checkpoint or file")
                    ->required();
                command.add_option("--prompt", arguments->prompt, "What the model reads first")
                    ->required();
                command.add_flag("--chat", arguments->chat,
                                 "The prompt is a message, given to the model's chat template");
                command.add_option("--max-new-tokens", options.max_new_tokens,
                                   "New tokens at most (256)");
                command.add_option("--temperature", options.temperature,
                                   "0 (the default) always takes the likeliest token");
                command.add_option(
                    "--top-p", options.top_p,
                    "Draw from the likeliest tokens that reach this probability (1)");
                command.add_option("--seed", options.seed, "Of the draws (0)");
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine
