#pragma once

/// @file
/// Evaluation of a model on a dataset's split: loss and exact answers.

#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/models/model_package.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lyceum::nn {
class CausalLm;
}

namespace lyceum::train {

struct EvaluationOptions {
    bool perplexity = true;
    bool exact_answer = true; ///< On the records that have an `answer`.
    int batch_size = 16;      ///< Rows of a forward pass, and answers side by side.
    int max_new_tokens = 256; ///< Of an answer.
};

/// Called with what is done of what there is; false stops with Cancelled.
using OnProgress = std::function<bool(const char* what, std::size_t done, std::size_t all)>;

struct EvaluationResult {
    std::size_t num_records = 0;
    std::optional<double> loss; ///< nats per learnt token, over all records
    std::optional<double> perplexity;
    std::int64_t num_tokens = 0;        ///< Learnt tokens the loss is over.
    std::optional<double> exact_answer; ///< Share of the questions answered exactly.
    std::size_t num_questions = 0;
    std::size_t num_correct = 0;
    std::size_t num_unfinished = 0; ///< Answers cut at max_new_tokens.
};

/// @return InvalidData when nothing can be measured; Unsupported for exact_answer without a chat
/// template; Cancelled.
[[nodiscard]] Result<EvaluationResult> evaluate_model(const std::shared_ptr<nn::CausalLm>& model,
                                                      const models::ModelPackage& package,
                                                      const std::vector<data::Record>& records,
                                                      const EvaluationOptions& options,
                                                      const OnProgress& on_progress = {});

} // namespace lyceum::train
