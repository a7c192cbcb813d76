#include "core/models/rope_config.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;

constexpr std::array kTypes = {"default", "linear", "dynamic", "yarn", "llama3", "longrope"};

/// Keys of every kind of scaling that is known; `finetuned` says where the weights come from.
constexpr std::array kKeys = {"rope_type",
                              "type",
                              "rope_theta",
                              "factor",
                              "original_max_position_embeddings",
                              "attention_factor",
                              "beta_fast",
                              "beta_slow",
                              "mscale",
                              "mscale_all_dim",
                              "truncate",
                              "low_freq_factor",
                              "high_freq_factor",
                              "short_factor",
                              "long_factor",
                              "partial_rotary_factor",
                              "finetuned"};

double scaled_log(double scale, double weight)
{
    return scale <= 1.0 ? 1.0 : 0.1 * weight * std::log(scale) + 1.0;
}

Error unsupported(std::string_view source_name, const std::string& what)
{
    return Error{ErrorCode::Unsupported,
                 std::string(source_name) + ": " + what + ", which this version cannot run",
                 "It knows the rope types default, linear, dynamic, yarn, llama3 and longrope."};
}

Result<double> required_number(const JsonObject& rope, std::string_view key)
{
    if (rope.find(key) == nullptr)
        return rope.invalid(key, "is missing");
    return rope.number_or(key, 0.0);
}

Result<void> read_yarn(const JsonObject& rope, const Architecture& a, RopeScaling& scaling)
{
    const auto original = static_cast<double>(scaling.original_max_position_embeddings);
    LYCEUM_ASSIGN(scaling.factor,
                  rope.number_or("factor", static_cast<double>(a.max_position_embeddings) /
                                               std::max(original, 1.0)));
    LYCEUM_ASSIGN(scaling.beta_fast, rope.number_or("beta_fast", 32.0));
    LYCEUM_ASSIGN(scaling.beta_slow, rope.number_or("beta_slow", 1.0));
    LYCEUM_ASSIGN(scaling.truncate, rope.boolean_or("truncate", true));
    LYCEUM_ASSIGN(const double mscale, rope.number_or("mscale", 0.0));
    LYCEUM_ASSIGN(const double mscale_all, rope.number_or("mscale_all_dim", 0.0));
    const double usual =
        mscale != 0.0 && mscale_all != 0.0
            ? scaled_log(scaling.factor, mscale) / scaled_log(scaling.factor, mscale_all)
            : yarn_attention_factor(scaling.factor);
    LYCEUM_ASSIGN(scaling.attention_factor, rope.number_or("attention_factor", usual));
    return {};
}

Result<void> read_longrope(const JsonObject& rope, const Architecture& a,
                           std::string_view source_name, RopeScaling& scaling)
{
    const Json* factors = rope.find("short_factor");
    const Json* at_length = rope.find("long_factor");
    if (factors == nullptr || !factors->is_array() ||
        !std::ranges::all_of(*factors, [](const Json& f) { return f.is_number(); }))
        return rope.invalid("short_factor", "is not a list of numbers");
    if (at_length == nullptr || *at_length != *factors)
        return unsupported(source_name, "rope long_factor is another list than short_factor");
    scaling.short_factor = factors->get<std::vector<double>>();
    const auto original = static_cast<double>(scaling.original_max_position_embeddings);
    const double ratio = static_cast<double>(a.max_position_embeddings) / std::max(original, 1.0);
    LYCEUM_ASSIGN(const double factor, rope.number_or("factor", ratio));
    const double usual =
        factor <= 1.0 ? 1.0 : std::sqrt(1.0 + std::log(factor) / std::log(original));
    LYCEUM_ASSIGN(scaling.attention_factor, rope.number_or("attention_factor", usual));
    return {};
}

Result<void> read_kind(const JsonObject& rope, const Architecture& a, std::string_view source_name,
                       RopeScaling& scaling)
{
    const std::string& type = scaling.rope_type;
    if (type == "yarn")
        return read_yarn(rope, a, scaling);
    if (type == "longrope")
        return read_longrope(rope, a, source_name, scaling);
    LYCEUM_ASSIGN(scaling.factor, required_number(rope, "factor"));
    if (type == "llama3") {
        LYCEUM_ASSIGN(scaling.low_freq_factor, required_number(rope, "low_freq_factor"));
        LYCEUM_ASSIGN(scaling.high_freq_factor, required_number(rope, "high_freq_factor"));
    }
    return {};
}

Result<void> check_keys(const Json& rope, std::string_view source_name)
{
    for (const auto& [key, value] : rope.items())
        if (std::ranges::find(kKeys, key) == kKeys.end() ||
            (key == "partial_rotary_factor" && value != 1.0 && !value.is_null()))
            return unsupported(source_name, "\"" + key + "\" of the rope parameters is " +
                                                formats::excerpt(value));
    return {};
}

} // namespace

double yarn_attention_factor(double factor)
{
    return scaled_log(factor, 1.0);
}

Result<void> read_rope_config(const JsonObject& config, std::string_view source_name,
                              Architecture& a)
{
    LYCEUM_ASSIGN(a.rope_theta, config.number_or("rope_theta", 10000.0));
    const Json* object = config.find("rope_scaling");
    const char* name = "rope_scaling";
    if (object == nullptr || (object->is_object() && object->empty())) {
        object = config.find("rope_parameters");
        name = "rope_parameters";
    }
    if (object == nullptr)
        return {};
    if (!object->is_object())
        return config.invalid(name, "is " + formats::excerpt(*object) + ", expected an object");
    LYCEUM_TRY(check_keys(*object, source_name));
    const JsonObject rope(*object, source_name);
    LYCEUM_ASSIGN(a.rope_theta, rope.number_or("rope_theta", a.rope_theta));
    RopeScaling scaling;
    LYCEUM_ASSIGN(const std::string old_type, rope.string_or("type", "default"));
    LYCEUM_ASSIGN(scaling.rope_type, rope.string_or("rope_type", old_type));
    if (std::ranges::find(kTypes, scaling.rope_type) == kTypes.end())
        return unsupported(source_name, "rope_type is \"" + scaling.rope_type + "\"");
    if (scaling.rope_type == "default")
        return {};
    if (scaling.rope_type != "linear" && scaling.rope_type != "dynamic") {
        constexpr std::string_view kOriginal = "original_max_position_embeddings";
        LYCEUM_ASSIGN(const std::int64_t inside,
                      rope.integer_or(kOriginal, a.max_position_embeddings));
        LYCEUM_ASSIGN(scaling.original_max_position_embeddings,
                      config.integer_or(kOriginal, inside));
    }
    LYCEUM_TRY(read_kind(rope, a, source_name, scaling));
    a.rope_scaling = std::move(scaling);
    return {};
}

Json write_rope_parameters(const Architecture& a)
{
    const RopeScaling& scaling = a.rope_scaling;
    const std::string& type = scaling.rope_type;
    Json json = {{"rope_type", type}, {"rope_theta", a.rope_theta}};
    if (type == "default")
        return json;
    if (type != "longrope")
        json["factor"] = scaling.factor;
    if (type != "linear" && type != "dynamic")
        json["original_max_position_embeddings"] = scaling.original_max_position_embeddings;
    if (type == "llama3") {
        json["low_freq_factor"] = scaling.low_freq_factor;
        json["high_freq_factor"] = scaling.high_freq_factor;
    }
    if (type == "yarn" || type == "longrope")
        json["attention_factor"] = scaling.attention_factor;
    if (type == "yarn") {
        json["beta_fast"] = scaling.beta_fast;
        json["beta_slow"] = scaling.beta_slow;
        json["truncate"] = scaling.truncate;
    }
    if (type == "longrope")
        json["short_factor"] = json["long_factor"] = scaling.short_factor;
    return json;
}

} // namespace lyceum::models
