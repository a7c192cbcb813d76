#include "core/optim/gradient_clipping.h"
#include "core/runtime/guard.h"
#include "core/train/monitors.h"
#include "core/train/trainer.h"

#include <torch/torch.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

namespace lyceum::train {

GradientNormMonitor::GradientNormMonitor(const config::GradientNormConfig& options)
    : options_(options)
{
}

std::string norm_group(std::string_view parameter)
{
    // "model.layers.3.mlp...", "transformer.h.3.attn...", "bert.encoder.layer.3.output..."
    for (std::size_t begin = 0; begin < parameter.size();) {
        const auto end = std::min(parameter.find('.', begin), parameter.size());
        const auto part = parameter.substr(begin, end - begin);
        const bool is_number = !part.empty() && std::ranges::all_of(part, [](unsigned char c) {
            return std::isdigit(c) != 0;
        });
        if (is_number)
            return (part.size() < 2 ? "block_0" : "block_") + std::string(part);
        begin = end + 1;
    }
    for (const std::string_view sign : {"embed", "wte", "wpe"})
        if (parameter.find(sign) != std::string_view::npos)
            return "embeddings";
    return "head";
}

Result<void> GradientNormMonitor::on_train_step_end(Trainer& trainer, const StepReport& report)
{
    trainer.log("gradient_norm", report.gradient_norm);
    if (!options_.by_layer || report.is_skipped || report.step % options_.every_n_steps != 0)
        return {};
    LYCEUM_ASSIGN(const auto parameters, trainer.parameters());
    return runtime::guard("measuring the gradients by layer", [&] {
        std::map<std::string, std::vector<at::Tensor>> groups;
        for (const auto& [name, parameter] : parameters)
            if (parameter.grad().defined())
                groups[norm_group(name)].push_back(parameter.grad());
        std::map<std::string, double> norms;
        double squares = 0;
        for (const auto& [group, gradients] : groups) {
            norms[group] = optim::global_norm(gradients);
            squares += norms[group] * norms[group];
        }
        // The gradients were scaled alike when they were clipped: undone, as for the global norm.
        const double scale = squares > 0 ? report.gradient_norm / std::sqrt(squares) : 0.0;
        for (const auto& [group, norm] : norms)
            trainer.log("gradient_norm/" + group, norm * scale);
    });
}

} // namespace lyceum::train
