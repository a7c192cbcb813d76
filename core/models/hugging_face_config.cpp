#include "core/models/hugging_face_config.h"

#include <algorithm>
#include <utility>

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;

Error unsupported(std::string_view source_name, std::string_view key, const Json& value)
{
    return Error{ErrorCode::Unsupported,
                 std::string(source_name) + ": \"" + std::string(key) + "\" is " +
                     formats::excerpt(value) + ", which this version cannot run",
                 "Choose a plain Llama-family model, such as SmolLM2."};
}

/// Keys that change the results, each with the only value this version runs; missing means that
/// value.
Result<void> check_plain(const JsonObject& config, std::string_view source_name)
{
    const std::pair<const char*, Json> only[] = {
        {"hidden_act", "silu"},     {"attention_bias", false},      {"mlp_bias", false},
        {"attention_dropout", 0.0}, {"add_cross_attention", false}, {"partial_rotary_factor", 1.0}};
    for (const auto& [key, value] : only)
        if (const Json* found = config.find(key); found != nullptr && *found != value)
            return unsupported(source_name, key, *found);
    for (const char* key : {"rope_scaling", "quantization_config", "sliding_window"})
        if (const Json* found = config.find(key); found != nullptr)
            return unsupported(source_name, key, *found);
    const Json* architectures = config.find("architectures");
    if (architectures != nullptr && *architectures != Json::array({"LlamaForCausalLM"}))
        return unsupported(source_name, "architectures", *architectures);
    return {};
}

/// Transformers 5 keeps the rotation's numbers in one object.
Result<double> read_rope_theta(const JsonObject& config, std::string_view source_name)
{
    const Json* parameters = config.find("rope_parameters");
    if (parameters == nullptr)
        return config.number_or("rope_theta", 10000.0);
    if (!parameters->is_object())
        return config.invalid("rope_parameters",
                              "is " + formats::excerpt(*parameters) + ", expected an object");
    for (const auto& [key, value] : parameters->items()) {
        const bool known = key == "rope_theta" || (key == "rope_type" && value == "default") ||
                           (key == "partial_rotary_factor" && value == 1.0);
        if (!known)
            return unsupported(source_name, "rope_parameters." + key, value);
    }
    return JsonObject(*parameters, source_name).number_or("rope_theta", 10000.0);
}

} // namespace

Result<Architecture> read_hugging_face_config(const Json& json, std::string_view source_name)
{
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, std::string(source_name) + " is not a JSON object",
                     ""};
    const JsonObject config(json, source_name);
    Architecture a;
    LYCEUM_ASSIGN(a.family, config.string("model_type"));
    if (a.family != "llama")
        return unsupported(source_name, "model_type", a.family);
    LYCEUM_TRY(check_plain(config, source_name));
    LYCEUM_ASSIGN(a.vocab_size, config.integer("vocab_size"));
    LYCEUM_ASSIGN(a.hidden_size, config.integer("hidden_size"));
    LYCEUM_ASSIGN(a.intermediate_size, config.integer("intermediate_size"));
    LYCEUM_ASSIGN(a.num_hidden_layers, config.integer("num_hidden_layers"));
    LYCEUM_ASSIGN(a.num_attention_heads, config.integer("num_attention_heads"));
    LYCEUM_ASSIGN(a.num_key_value_heads,
                  config.integer_or("num_key_value_heads", a.num_attention_heads));
    const std::int64_t heads = std::max<std::int64_t>(a.num_attention_heads, 1);
    LYCEUM_ASSIGN(a.head_dim, config.integer_or("head_dim", a.hidden_size / heads));
    // The defaults are LlamaConfig's.
    LYCEUM_ASSIGN(a.max_position_embeddings, config.integer_or("max_position_embeddings", 2048));
    LYCEUM_ASSIGN(a.rms_norm_eps, config.number_or("rms_norm_eps", 1e-6));
    LYCEUM_ASSIGN(a.tie_word_embeddings, config.boolean_or("tie_word_embeddings", false));
    LYCEUM_ASSIGN(a.rope_theta, read_rope_theta(config, source_name));
    return a;
}

} // namespace lyceum::models
