#include "app/engine/output.h"
#include "app/engine/verb.h"
#include "core/base/text.h"
#include "core/data/dataset.h"
#include "core/nn/causal_lm.h"
#include "core/train/evaluation.h"
#include "core/train/signals.h"

#include <iostream>
#include <memory>

namespace lyceum::engine {
namespace {

struct EvaluateArguments {
    std::string model;
    std::string data;
    std::string metrics = "perplexity,exact_answer";
    std::size_t limit = 0;
    train::EvaluationOptions options;
};

Result<void> choose_metrics(EvaluateArguments& arguments)
{
    arguments.options.perplexity = arguments.options.exact_answer = false;
    for (const auto& name : split(arguments.metrics, ',')) {
        if (name == "perplexity" || name == "loss")
            arguments.options.perplexity = true;
        else if (name == "exact_answer")
            arguments.options.exact_answer = true;
        else
            return Error{ErrorCode::InvalidConfig, "--metrics names '" + name + "'.",
                         "Known are perplexity and exact_answer."};
    }
    return {};
}

Result<std::vector<data::Record>> read_split(const EvaluateArguments& arguments,
                                             const Context& context)
{
    LYCEUM_ASSIGN(const auto path, data::resolve_split(arguments.data, "test", context.workspace));
    LYCEUM_ASSIGN(auto file, data::read_records(path));
    if (!file.problems.empty())
        return data::to_error(file.problems);
    if (arguments.limit > 0 && file.records.size() > arguments.limit)
        file.records.resize(arguments.limit);
    return std::move(file.records);
}

nlohmann::json to_json(const train::EvaluationResult& result)
{
    nlohmann::json metrics = {{"num_records", result.num_records}};
    if (result.loss) {
        metrics["loss"] = *result.loss;
        metrics["perplexity"] = *result.perplexity;
        metrics["num_tokens"] = result.num_tokens;
    }
    if (result.exact_answer) {
        metrics["exact_answer"] = *result.exact_answer;
        metrics["num_questions"] = result.num_questions;
        metrics["num_correct"] = result.num_correct;
        metrics["num_unfinished"] = result.num_unfinished;
    }
    return metrics;
}

void print_for_people(const train::EvaluationResult& result)
{
    std::cout << result.num_records << " records\n";
    if (result.loss)
        std::cout << "loss " << *result.loss << ", perplexity " << *result.perplexity << " on "
                  << result.num_tokens << " tokens\n";
    if (result.exact_answer)
        std::cout << "exact answers " << result.num_correct << " of " << result.num_questions
                  << " (" << 100.0 * *result.exact_answer << " %)\n";
}

Result<int> run(EvaluateArguments& arguments, const Context& context)
{
    train::install_signal_handlers();
    LYCEUM_TRY(choose_metrics(arguments));
    LYCEUM_ASSIGN(const auto records, read_split(arguments, context));
    LYCEUM_ASSIGN(const auto package, models::open_model(arguments.model, context.workspace));
    LYCEUM_ASSIGN(const auto model, nn::load_causal_lm(package));
    LYCEUM_ASSIGN(const auto result,
                  train::evaluate_model(model, package, records, arguments.options,
                                        [](const char* what, std::size_t done, std::size_t all) {
                                            std::cerr << what << ": " << done << " of " << all
                                                      << "\n";
                                            return true;
                                        }));
    if (context.json)
        print_json(
            {{"model", arguments.model}, {"data", arguments.data}, {"metrics", to_json(result)}});
    else
        print_for_people(result);
    return 0;
}

} // namespace

Verb evaluate_verb()
{
    return {"evaluate", "Measure a model on a dataset: loss, perplexity, exact answers",
            [](CLI::App& command) {
                auto arguments = std::make_shared<EvaluateArguments>();
                auto& options = arguments->options;
                command.add_option("model", arguments->model, "A model, run, checkpoint or file")
                    ->required();
                command
                    .add_option("--data", arguments->data,
                                "A dataset[:split] or a file; the split is test unless said")
                    ->required();
                command.add_option("--metrics", arguments->metrics,
                                   "perplexity, exact_answer, or both with a comma (both)");
                command.add_option("--limit", arguments->limit, "Only the first records (0: all)");
                command.add_option("--batch-size", options.batch_size, "Rows side by side (16)")
                    ->check(CLI::Range(1, 1024));
                command
                    .add_option("--max-new-tokens", options.max_new_tokens,
                                "Of an answer, at most (256)")
                    ->check(CLI::Range(1, 1 << 20));
                return [arguments](const Context& context) { return run(*arguments, context); };
            }};
}

} // namespace lyceum::engine
