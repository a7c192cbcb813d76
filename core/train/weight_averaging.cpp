#include "core/train/weight_averaging.h"

#include "core/checkpoint/checkpoint.h"
#include "core/formats/json.h"
#include "core/runtime/guard.h"
#include "core/train/trainer.h"

#include <torch/torch.h>

#include <algorithm>

namespace lyceum::train {

namespace {

const std::string kCurrentPrefix = "weight_averaging.current.";
const std::string kAveragePrefix = "weight_averaging.average.";

/// Those of a checkpoint's tensors that begin with `prefix`, without it.
std::vector<optim::NamedTensor> with_prefix(const std::vector<optim::NamedTensor>& tensors,
                                            const std::string& prefix)
{
    std::vector<optim::NamedTensor> found;
    for (const auto& [name, tensor] : tensors)
        if (name.starts_with(prefix))
            found.push_back({name.substr(prefix.size()), tensor});
    return found;
}

/// `values` in the order of `parameters`.
Result<std::vector<optim::NamedTensor>> in_order(const std::vector<optim::NamedTensor>& parameters,
                                                 const std::vector<optim::NamedTensor>& values)
{
    std::vector<optim::NamedTensor> ordered;
    for (const auto& [name, parameter] : parameters) {
        const auto found = std::ranges::find(values, name, &optim::NamedTensor::name);
        if (found == values.end() || found->tensor.sizes() != parameter.sizes())
            return Error{ErrorCode::InvalidData,
                         "The checkpoint's averaged weights lack " + name +
                             ", or have it in another shape.",
                         "Resume from another checkpoint."};
        ordered.push_back(*found);
    }
    return ordered;
}

} // namespace

WeightAveraging::WeightAveraging(const config::WeightAveragingConfig& options) : options_(options)
{
}

Result<void> WeightAveraging::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    const bool is_swa = options_.kind == config::AveragingKind::Swa;
    const double begin =
        is_swa ? options_.start * static_cast<double>(trainer.progress().total_steps) : 0.0;
    const bool is_due = static_cast<double>(report.step) > begin &&
                        report.step % options_.every_n_steps == 0 && !report.is_skipped;
    if (!is_due)
        return {};
    LYCEUM_ASSIGN(const auto parameters, trainer.parameters());
    return runtime::guard("averaging the weights", [&] {
        const torch::NoGradGuard no_grad;
        const double weight =
            is_swa ? 1.0 / static_cast<double>(num_averaged_ + 1) : 1.0 - options_.decay;
        if (average_.empty())
            for (const auto& [name, parameter] : parameters)
                average_.push_back({name, parameter.detach().clone()});
        else
            for (std::size_t i = 0; i < parameters.size(); ++i)
                average_[i].tensor.lerp_(parameters[i].tensor, weight);
        ++num_averaged_;
    });
}

Result<void> WeightAveraging::on_evaluation_start(Trainer& trainer)
{
    if (!options_.validate || average_.empty() || evaluations_++ > 0)
        return {};
    LYCEUM_ASSIGN(const auto parameters, trainer.parameters());
    return runtime::guard("putting the averaged weights in", [&] {
        const torch::NoGradGuard no_grad;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            current_.push_back(parameters[i].tensor.detach().clone());
            parameters[i].tensor.detach().copy_(average_[i].tensor);
        }
    });
}

Result<void> WeightAveraging::on_evaluation_end(Trainer& trainer)
{
    if (evaluations_ == 0 || --evaluations_ > 0)
        return {};
    LYCEUM_ASSIGN(const auto parameters, trainer.parameters());
    return runtime::guard("putting the weights back", [&] {
        const torch::NoGradGuard no_grad;
        for (std::size_t i = 0; i < parameters.size(); ++i)
            parameters[i].tensor.detach().copy_(current_[i]);
        current_.clear();
    });
}

Result<void> WeightAveraging::on_save_checkpoint(Trainer&, checkpoint::Checkpoint& checkpoint)
{
    if (average_.empty())
        return {};
    for (std::size_t i = 0; i < average_.size(); ++i) {
        auto& model = checkpoint.model[i];
        const auto current = evaluations_ > 0 ? current_[i] : model.tensor;
        checkpoint.callbacks.push_back(
            {(options_.save ? kCurrentPrefix : kAveragePrefix) + model.name,
             options_.save ? current : average_[i].tensor});
        model.tensor = options_.save ? average_[i].tensor : current;
    }
    return {};
}

Result<void> WeightAveraging::on_load_checkpoint(Trainer& trainer,
                                                 const checkpoint::Checkpoint& checkpoint)
{
    average_.clear();
    num_averaged_ = 0;
    auto average = with_prefix(checkpoint.callbacks, kAveragePrefix);
    const auto current = with_prefix(checkpoint.callbacks, kCurrentPrefix);
    const auto state = checkpoint.trainer.callbacks.find("weight_averaging");
    if ((average.empty() && current.empty()) || state == checkpoint.trainer.callbacks.end())
        return {};
    const formats::JsonObject object(*state, "trainer_state.json: weight_averaging");
    LYCEUM_ASSIGN(num_averaged_, object.integer("num_averaged"));
    LYCEUM_ASSIGN(const auto parameters, trainer.parameters());
    LYCEUM_ASSIGN(const auto averaged,
                  in_order(parameters, average.empty() ? checkpoint.model : average));
    std::vector<optim::NamedTensor> weights;
    if (!current.empty()) {
        LYCEUM_ASSIGN(weights, in_order(parameters, current));
    }
    return runtime::guard("loading the averaged weights", [&] {
        const torch::NoGradGuard no_grad;
        for (const auto& [name, tensor] : averaged)
            average_.push_back({name, tensor.detach().clone()});
        for (std::size_t i = 0; i < weights.size(); ++i)
            parameters[i].tensor.detach().copy_(weights[i].tensor);
    });
}

nlohmann::json WeightAveraging::state() const
{
    return {{"num_averaged", num_averaged_}};
}

} // namespace lyceum::train
