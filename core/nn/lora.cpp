#include "core/nn/lora.h"

#include "core/base/text.h"
#include "core/models/family.h"
#include "core/nn/linear.h"

#include <algorithm>
#include <set>

namespace lyceum::nn {

namespace {

Result<std::set<std::string>> chosen_targets(const models::Architecture& architecture,
                                             const std::vector<std::string>& targets)
{
    const std::vector<std::string> known = models::lora_targets(architecture);
    for (const std::string& target : targets) {
        if (std::find(known.begin(), known.end(), target) != known.end())
            continue;
        const auto similar = nearest(target, known);
        return Error{ErrorCode::InvalidConfig,
                     "model.lora.targets names \"" + target + "\", which this model does not have",
                     (similar ? "Did you mean " + *similar + "? " : std::string()) + "A " +
                         architecture.family + " model has " + join(known, ", ") + "."};
    }
    const std::vector<std::string>& chosen = targets.empty() ? known : targets;
    return std::set<std::string>(chosen.begin(), chosen.end());
}

template <typename Add>
Result<void> add_to_targets(torch::nn::Module& model, const models::Architecture& architecture,
                            const LoraOptions& options, Add add)
{
    if (options.rank < 1)
        return Error{
            ErrorCode::InvalidConfig,
            "model.lora.rank is " + std::to_string(options.rank) + ", but must be at least 1", ""};
    LYCEUM_ASSIGN(const auto wanted, chosen_targets(architecture, options.targets));
    for (at::Tensor& parameter : model.parameters())
        parameter.set_requires_grad(false);
    const std::string layers = std::string(models::family_of(architecture).layers) + ".";
    for (const auto& [name, module] : model.named_modules(std::string(), false).pairs()) {
        const auto linear = std::dynamic_pointer_cast<Linear>(module);
        if (linear != nullptr && name.starts_with(layers) &&
            wanted.contains(name.substr(name.rfind('.') + 1)))
            add(*linear);
    }
    return {};
}

} // namespace

Result<void> add_lora(torch::nn::Module& model, const models::Architecture& architecture,
                      const LoraOptions& options, std::uint64_t seed)
{
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return add_to_targets(model, architecture, options, [&](Linear& linear) {
        linear.add_lora(options, generator);
        linear.start_dora();
    });
}

Result<void> add_empty_lora(torch::nn::Module& model, const models::Architecture& architecture,
                            const LoraOptions& options)
{
    return add_to_targets(model, architecture, options,
                          [&](Linear& linear) { linear.add_lora(options, std::nullopt); });
}

std::vector<std::string> lora_targets_of(const torch::nn::Module& model)
{
    std::vector<std::string> targets;
    for (const auto& [name, module] : model.named_modules(std::string(), false).pairs()) {
        const auto linear = std::dynamic_pointer_cast<Linear>(module);
        std::string target = name.substr(name.rfind('.') + 1);
        if (linear != nullptr && linear->has_lora() &&
            std::find(targets.begin(), targets.end(), target) == targets.end())
            targets.push_back(std::move(target));
    }
    return targets;
}

void merge_lora(torch::nn::Module& model)
{
    for (const auto& module : model.modules(/*include_self=*/false)) {
        if (const auto linear = std::dynamic_pointer_cast<Linear>(module))
            linear->merge_lora();
    }
}

} // namespace lyceum::nn
