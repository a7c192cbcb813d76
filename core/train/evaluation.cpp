#include "core/train/evaluation.h"

#include "core/data/encoding.h"
#include "core/infer/generator.h"
#include "core/infer/prompt.h"
#include "core/loader/data_module.h"
#include "core/metrics/final_answer.h"
#include "core/nn/causal_lm.h"
#include "core/strategy/strategy.h"
#include "core/task/causal_lm_task.h"
#include "core/train/signals.h"
#include "core/train/trainer.h"

#include <algorithm>
#include <cmath>

namespace lyceum::train {

namespace {

/// The messages up to the answer that is asked for.
std::vector<text::Message> question_of(const data::Record& record)
{
    auto messages = record.messages;
    while (!messages.empty() && messages.back().role == "assistant")
        messages.pop_back();
    return messages;
}

Result<void> measure_loss(const std::shared_ptr<nn::CausalLm>& model,
                          const models::ModelPackage& package,
                          const std::vector<data::Record>& records,
                          const EvaluationOptions& options, EvaluationResult& result)
{
    const auto context = static_cast<std::size_t>(package.architecture.context_length());
    LYCEUM_ASSIGN(auto encoded,
                  data::encode_all(records, {.tokenizer = package.tokenizer.get(),
                                             .chat_template = package.chat_template.get(),
                                             .max_length = context}));
    if (encoded.stats.num_targets == 0)
        return Error{ErrorCode::InvalidData, "The records have no token to predict.",
                     "Check that they have an assistant turn, a completion or text."};
    const loader::DataModule data(
        {}, {}, std::move(encoded),
        {.max_length = context, .packing = false, .batch_size = options.batch_size});
    LYCEUM_ASSIGN(const auto strategy, strategy::make_strategy("single"));
    task::CausalLmTask task(model, {}, {});
    Trainer trainer({}, {}, {});
    LYCEUM_ASSIGN(const auto report, trainer.test(task, data, *strategy));
    result.loss = report.loss;
    result.perplexity = report.perplexity;
    result.num_tokens = report.num_targets;
    return {};
}

Result<void> measure_answers(nn::CausalLm& model, const models::ModelPackage& package,
                             const std::vector<data::Record>& records,
                             const EvaluationOptions& options, const OnProgress& on_progress,
                             EvaluationResult& result)
{
    std::vector<std::vector<text::TokenId>> prompts;
    std::vector<std::string> answers;
    for (const auto& record : records) {
        const auto messages = question_of(record);
        if (record.answer.empty() || messages.empty())
            continue;
        LYCEUM_ASSIGN(auto prompt, infer::encode_chat(package, messages));
        prompts.push_back(std::move(prompt));
        answers.push_back(record.answer);
    }
    result.num_questions = prompts.size();
    const auto batch_size = static_cast<std::size_t>(options.batch_size);
    for (std::size_t start = 0; start < prompts.size(); start += batch_size) {
        const auto end = std::min(prompts.size(), start + batch_size);
        const std::vector<std::vector<text::TokenId>> some(
            prompts.begin() + static_cast<std::ptrdiff_t>(start),
            prompts.begin() + static_cast<std::ptrdiff_t>(end));
        LYCEUM_ASSIGN(const auto generations,
                      infer::generate_batch(model, package, some,
                                            {.max_new_tokens = options.max_new_tokens},
                                            [](std::size_t, const infer::Generation&) {
                                                return !signal_received();
                                            }));
        for (std::size_t i = 0; i < generations.size(); ++i) {
            const auto& generation = generations[i];
            if (generation.finish_reason == "cancelled")
                return Error{ErrorCode::Cancelled, "The evaluation was stopped.", ""};
            result.num_unfinished += generation.finish_reason == "length" ? 1U : 0U;
            const auto given = metrics::extract_answer(generation.text);
            if (metrics::answers_match(given, answers[start + i]))
                ++result.num_correct;
        }
        if (on_progress && !on_progress("answers", end, prompts.size()))
            return Error{ErrorCode::Cancelled, "The evaluation was stopped.", ""};
    }
    if (!prompts.empty())
        result.exact_answer =
            static_cast<double>(result.num_correct) / static_cast<double>(result.num_questions);
    return {};
}

} // namespace

Result<EvaluationResult> evaluate_model(const std::shared_ptr<nn::CausalLm>& model,
                                        const models::ModelPackage& package,
                                        const std::vector<data::Record>& records,
                                        const EvaluationOptions& options,
                                        const OnProgress& on_progress)
{
    if (records.empty())
        return Error{ErrorCode::InvalidData, "There is no record to evaluate on.", ""};
    EvaluationResult result{.num_records = records.size()};
    if (options.perplexity)
        LYCEUM_TRY(measure_loss(model, package, records, options, result));
    if (options.exact_answer) {
        const bool has_questions = std::any_of(records.begin(), records.end(),
                                               [](const auto& r) { return !r.answer.empty(); });
        if (has_questions)
            LYCEUM_TRY(measure_answers(*model, package, records, options, on_progress, result));
    }
    return result;
}

} // namespace lyceum::train
