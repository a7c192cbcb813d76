#include "core/task/parameter_groups.h"

#include "core/models/family.h"

#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

namespace lyceum::task {

namespace {

/// Where a parameter stands on the way from the embeddings (0) through the layers (1 to L) to what
/// follows them (L + 1).
std::int64_t depth_of(std::string_view name, const models::Family& family, std::int64_t num_layers)
{
    for (const auto embedding :
         {family.embeddings, family.positions, family.token_types, family.embedding_norm})
        if (!embedding.empty() && name.starts_with(embedding))
            return 0;
    if (!name.starts_with(family.layers) || !name.substr(family.layers.size()).starts_with('.'))
        return num_layers + 1;
    const auto number = name.substr(family.layers.size() + 1);
    std::int64_t layer = 0;
    (void)std::from_chars(number.data(), number.data() + number.size(), layer);
    return layer + 1;
}

/// Groups in this order: decayed before not decayed.
struct Key {
    bool is_spared = false; ///< From weight decay.
    bool is_hidden_matrix = false;
    std::int64_t depth = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
};

} // namespace

std::vector<optim::ParameterGroup> parameter_groups(std::vector<optim::NamedTensor> parameters,
                                                    const models::Architecture& architecture,
                                                    const config::OptimizerConfig& config)
{
    const auto& family = models::family_of(architecture);
    const std::int64_t num_layers = architecture.num_hidden_layers;
    std::map<Key, optim::ParameterGroup> groups;
    for (auto& parameter : parameters) {
        const auto depth = depth_of(parameter.name, family, num_layers);
        const bool is_matrix = parameter.tensor.dim() > 1; // norms and biases have one dimension
        const Key key{.is_spared = !is_matrix && !config.decay_norms_and_biases,
                      .is_hidden_matrix = config.name == "muon" && parameter.tensor.dim() == 2 &&
                                          depth > 0 && depth <= num_layers,
                      .depth = config.layer_lr_decay == 1.0 ? 0 : depth};
        auto& group = groups[key];
        if (group.parameters.empty()) {
            group.weight_decay = key.is_spared ? 0.0 : config.weight_decay;
            group.is_hidden_matrices = key.is_hidden_matrix;
            group.learning_rate_scale =
                std::pow(config.layer_lr_decay, static_cast<double>(num_layers + 1 - depth));
        }
        group.parameters.push_back(std::move(parameter));
    }
    std::vector<optim::ParameterGroup> result;
    for (auto& [key, group] : groups)
        result.push_back(std::move(group));
    return result;
}

} // namespace lyceum::task
