#include "core/task/chunked_cross_entropy.h"

#include "core/runtime/autocast.h"

#include <algorithm>

namespace lyceum::task {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Needs {
    bool hidden = false;
    bool weight = false;
};

struct LossAndGradients {
    at::Tensor loss;        ///< scalar
    at::Tensor hidden_grad; ///< [N, D], defined if needed
    at::Tensor weight_grad; ///< [V, D], defined if needed
};

/// What sums are kept in: at least float32.
at::ScalarType sum_type(const at::Tensor& x)
{
    return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}

// N rows, D hidden size, V vocabulary, C rows of a chunk. Products run in the type of autocast, or
// of the tensors; the softmax and all sums in at least float32.
LossAndGradients run_chunks(const at::Tensor& hidden, const at::Tensor& weight,
                            const at::Tensor& targets, Needs needs)
{
    const auto num_rows = hidden.size(0);
    const auto type = runtime::autocast_type().value_or(hidden.scalar_type());
    const auto sums = hidden.options().dtype(sum_type(hidden));
    const auto is_short = type != sum_type(hidden);
    LossAndGradients result{.loss = torch::zeros({}, sums),
                            .hidden_grad = needs.hidden ? torch::empty_like(hidden) : at::Tensor{},
                            .weight_grad =
                                needs.weight ? torch::zeros(weight.sizes(), sums) : at::Tensor{}};
    const auto chunk = std::min(num_rows, kCrossEntropyChunk);
    auto logits_buffer = torch::empty({chunk, weight.size(0)}, sums);
    const auto typed_weight = weight.to(type);
    for (std::int64_t start = 0; start < num_rows; start += kCrossEntropyChunk) {
        const auto rows = std::min(chunk, num_rows - start);
        const auto x = hidden.narrow(0, start, rows).to(type);           // [C, D]
        const auto target = targets.narrow(0, start, rows).unsqueeze(1); // [C, 1]
        auto logits = logits_buffer.narrow(0, 0, rows);                  // [C, V]
        if (is_short)
            logits.copy_(at::mm(x, typed_weight.t()));
        else
            at::mm_out(logits, x, typed_weight.t());
        // Log-probabilities overwrite the logits, then probabilities overwrite those.
        at::_log_softmax_out(logits, logits, 1, false);
        result.loss.sub_(logits.gather(1, target).sum());
        if (!needs.hidden && !needs.weight)
            continue;
        logits.exp_();
        logits.scatter_add_(1, target, torch::full({rows, 1}, -1.0, sums));
        const auto d_logits = logits.to(type); // [C, V]
        if (needs.hidden) {
            auto x_grad = result.hidden_grad.narrow(0, start, rows); // [C, D]
            if (x_grad.scalar_type() == type)
                at::mm_out(x_grad, d_logits, typed_weight);
            else
                x_grad.copy_(at::mm(d_logits, typed_weight));
        }
        if (needs.weight && is_short)
            result.weight_grad.add_(at::mm(d_logits.t(), x)); // [V, D]
        else if (needs.weight)
            result.weight_grad.addmm_(d_logits.t(), x);
    }
    if (needs.weight)
        result.weight_grad = result.weight_grad.to(weight.scalar_type());
    return result;
}

struct ChunkedCrossEntropy : torch::autograd::Function<ChunkedCrossEntropy> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& hidden,
                              const at::Tensor& weight, const at::Tensor& targets)
    {
        const Needs needs{hidden.requires_grad(), weight.requires_grad()};
        auto result = run_chunks(hidden, weight, targets, needs);
        context->save_for_backward({result.hidden_grad, result.weight_grad});
        return result.loss;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grad_outputs)
    {
        // The gradients are ours alone and are used once: scale them where they are.
        auto saved = context->get_saved_variables();
        for (auto& gradient : saved)
            if (gradient.defined())
                gradient = gradient.mul_(grad_outputs[0]);
        return {saved[0], saved[1], at::Tensor{}};
    }
};

} // namespace

at::Tensor chunked_cross_entropy(const at::Tensor& hidden, const at::Tensor& weight,
                                 const at::Tensor& targets)
{
    if (!at::GradMode::is_enabled())
        return run_chunks(hidden, weight, targets, {}).loss;
    return ChunkedCrossEntropy::apply(hidden.contiguous(), weight, targets);
}

at::Tensor plain_cross_entropy(const at::Tensor& hidden, const at::Tensor& weight,
                               const at::Tensor& targets)
{
    const auto log_probabilities = torch::log_softmax(torch::mm(hidden, weight.t()), 1); // [N, V]
    return -log_probabilities.gather(1, targets.unsqueeze(1)).sum();
}

} // namespace lyceum::task
