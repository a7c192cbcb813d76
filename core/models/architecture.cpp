#include "core/models/architecture.h"

#include "core/models/family.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lyceum::models {
namespace {

/// Far above any known model, far below an overflow of products of two.
constexpr std::int64_t kMaxSize = std::int64_t{1} << 26;

Error invalid(std::string_view source_name, const std::string& what)
{
    return Error{ErrorCode::InvalidData, std::string(source_name) + ": " + what,
                 "The model's description is damaged; get it again from where it came from."};
}

Result<void> check_sizes(const Architecture& a, std::string_view source_name)
{
    const std::pair<const char*, std::int64_t> sizes[] = {
        {"vocab_size", a.vocab_size},
        {"hidden_size", a.hidden_size},
        {"intermediate_size", a.intermediate_size},
        {"num_hidden_layers", a.num_hidden_layers},
        {"num_attention_heads", a.num_attention_heads},
        {"num_key_value_heads", a.num_key_value_heads},
        {"head_dim", a.head_dim},
        {"max_position_embeddings", a.max_position_embeddings}};
    for (const auto& [key, value] : sizes)
        if (value < 1 || value > kMaxSize)
            return invalid(source_name, std::string(key) + " is " + std::to_string(value) +
                                            ", expected 1 to " + std::to_string(kMaxSize));
    if (a.num_attention_heads % a.num_key_value_heads != 0)
        return invalid(source_name, "num_attention_heads " + std::to_string(a.num_attention_heads) +
                                        " is no multiple of num_key_value_heads " +
                                        std::to_string(a.num_key_value_heads));
    if (a.sliding_window < 0 || a.sliding_window > kMaxSize)
        return invalid(source_name, "sliding_window is " + std::to_string(a.sliding_window) +
                                        ", expected a positive number");
    if (!a.full_attention.empty() &&
        std::cmp_not_equal(a.full_attention.size(), a.num_hidden_layers))
        return invalid(source_name, "layer_types has " + std::to_string(a.full_attention.size()) +
                                        " entries, expected one for each of the " +
                                        std::to_string(a.num_hidden_layers) + " layers");
    return {};
}

Result<void> check_numbers(const Architecture& a, std::string_view source_name)
{
    if (!(a.rms_norm_eps > 0.0 && a.rms_norm_eps < 1.0))
        return invalid(source_name, "rms_norm_eps is " + std::to_string(a.rms_norm_eps) +
                                        ", expected a small positive number");
    const std::pair<const char*, double> shares[] = {{"embd_pdrop", a.embd_pdrop},
                                                     {"resid_pdrop", a.resid_pdrop},
                                                     {"attention_dropout", a.attention_dropout}};
    for (const auto& [key, value] : shares)
        if (!(value >= 0.0 && value < 1.0))
            return invalid(source_name, std::string(key) + " is " + std::to_string(value) +
                                            ", expected a share from 0 to below 1");
    if (!(a.initializer_range > 0.0 && a.initializer_range <= 1.0))
        return invalid(source_name, "initializer_range is " + std::to_string(a.initializer_range) +
                                        ", expected a positive number up to 1");
    if (std::ranges::find(activations(), a.hidden_act) == activations().end())
        return Error{ErrorCode::Unsupported,
                     std::string(source_name) + ": hidden_act is \"" + a.hidden_act +
                         "\", which this version cannot run",
                     "It runs silu, gelu, gelu_new, gelu_pytorch_tanh and relu."};
    return {};
}

Result<void> check_rope(const Architecture& a, std::string_view source_name)
{
    const RopeScaling& scaling = a.rope_scaling;
    if (a.head_dim % 2 != 0)
        return invalid(source_name,
                       "head_dim is " + std::to_string(a.head_dim) + ", expected an even number");
    const std::pair<const char*, double> numbers[] = {
        {"rope_theta", a.rope_theta},
        {"rope factor", scaling.factor},
        {"rope attention_factor", scaling.attention_factor},
        {"rope beta_fast", scaling.beta_fast},
        {"rope beta_slow", scaling.beta_slow},
        {"rope low_freq_factor", scaling.low_freq_factor},
        {"rope high_freq_factor", scaling.high_freq_factor}};
    for (const auto& [key, value] : numbers)
        if (!(value > 0.0 && value < 1e12))
            return invalid(source_name, std::string(key) + " is " + std::to_string(value) +
                                            ", expected a positive number");
    const std::string& type = scaling.rope_type;
    if (type == "llama3" && scaling.high_freq_factor <= scaling.low_freq_factor)
        return invalid(source_name, "rope high_freq_factor is " +
                                        std::to_string(scaling.high_freq_factor) +
                                        ", expected more than low_freq_factor, " +
                                        std::to_string(scaling.low_freq_factor));
    if ((type == "llama3" || type == "yarn") &&
        (scaling.original_max_position_embeddings < 1 ||
         scaling.original_max_position_embeddings > kMaxSize))
        return invalid(source_name, "rope original_max_position_embeddings is " +
                                        std::to_string(scaling.original_max_position_embeddings) +
                                        ", expected 1 to " + std::to_string(kMaxSize));
    if (type == "dynamic" && (a.head_dim < 4 || scaling.factor < 1.0))
        return invalid(source_name, "dynamic rope scaling needs a factor of at least 1 and a "
                                    "head_dim of at least 4, not " +
                                        std::to_string(scaling.factor) + " and " +
                                        std::to_string(a.head_dim));
    if (type == "yarn" && a.rope_theta <= 1.0)
        return invalid(source_name, "rope_theta is " + std::to_string(a.rope_theta) +
                                        ", expected more than 1 for yarn");
    if (type != "longrope")
        return {};
    if (std::cmp_not_equal(scaling.short_factor.size(), a.head_dim / 2) ||
        !std::ranges::all_of(scaling.short_factor, [](double f) { return f > 0.0 && f < 1e12; }))
        return invalid(source_name, "rope short_factor is not a list of " +
                                        std::to_string(a.head_dim / 2) + " positive numbers");
    return {};
}

Result<void> check_encoder(const Architecture& a, std::string_view source_name)
{
    if (a.type_vocab_size < 1 || a.type_vocab_size > kMaxSize)
        return invalid(source_name, "type_vocab_size is " + std::to_string(a.type_vocab_size) +
                                        ", expected 1 to " + std::to_string(kMaxSize));
    if (a.pad_token_id < -1 || a.pad_token_id >= a.vocab_size)
        return invalid(source_name, "pad_token_id is " + std::to_string(a.pad_token_id) +
                                        ", expected a token below " + std::to_string(a.vocab_size));
    if (a.context_length() < 1)
        return invalid(source_name, "max_position_embeddings is " +
                                        std::to_string(a.max_position_embeddings) +
                                        ", which leaves no position behind pad_token_id " +
                                        std::to_string(a.pad_token_id));
    return {};
}

} // namespace

std::int64_t Architecture::context_length() const
{
    if (family == "roberta")
        return max_position_embeddings - pad_token_id - 1;
    const auto stretched = [&](std::int64_t length) {
        return static_cast<std::int64_t>(static_cast<double>(length) * rope_scaling.factor);
    };
    if (rope_scaling.rope_type == "linear" || rope_scaling.rope_type == "dynamic")
        return std::max(max_position_embeddings, stretched(max_position_embeddings));
    if (rope_scaling.rope_type == "yarn")
        return std::max(max_position_embeddings,
                        stretched(rope_scaling.original_max_position_embeddings));
    return max_position_embeddings;
}

std::int64_t Architecture::window_of(std::int64_t layer) const
{
    const bool sees_all =
        !full_attention.empty() && full_attention[static_cast<std::size_t>(layer)];
    return sees_all ? 0 : sliding_window;
}

const std::vector<std::string>& activations()
{
    static const std::vector<std::string> kNames = {"silu", "gelu", "gelu_new", "gelu_pytorch_tanh",
                                                    "relu"};
    return kNames;
}

Result<void> check_architecture(const Architecture& a, std::string_view source_name)
{
    const Family* family = find_family(a.family);
    if (family == nullptr)
        return Error{ErrorCode::Unsupported,
                     std::string(source_name) + ": model_type is \"" + a.family +
                         "\", which this version cannot run",
                     "It runs " + known_families() + "."};
    LYCEUM_TRY(check_sizes(a, source_name));
    LYCEUM_TRY(check_numbers(a, source_name));
    if (family->has_rotary)
        LYCEUM_TRY(check_rope(a, source_name));
    if (!family->layer.fused.empty() && a.num_key_value_heads != a.num_attention_heads)
        return invalid(source_name, "num_key_value_heads is " +
                                        std::to_string(a.num_key_value_heads) + ", expected " +
                                        std::to_string(a.num_attention_heads));
    return family->is_encoder ? check_encoder(a, source_name) : Result<void>();
}

} // namespace lyceum::models
