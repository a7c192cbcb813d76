#pragma once

#include <torch/torch.h>

namespace lyceum::infer {

/// While it lives: no gradients, and the model in evaluation mode; then as it was.
class EvaluationMode {
public:
    explicit EvaluationMode(torch::nn::Module& model)
        : model_(model), was_training_(model.is_training())
    {
        model_.eval();
    }
    ~EvaluationMode() { model_.train(was_training_); }
    EvaluationMode(const EvaluationMode&) = delete;
    EvaluationMode& operator=(const EvaluationMode&) = delete;

private:
    torch::nn::Module& model_;
    bool was_training_;
    at::NoGradGuard no_grad_;
};

} // namespace lyceum::infer
