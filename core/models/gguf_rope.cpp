#include "core/models/gguf_rope.h"

#include "core/models/gguf_architecture.h"
#include "core/models/rope_config.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lyceum::models {
namespace {

using formats::GgufFile;

Result<double> number_or(const GgufFile& file, const std::string& key, double fallback)
{
    return file.has(key) ? file.get_number(key) : Result<double>(fallback);
}

Error unsupported(const GgufFile& file, const std::string& what)
{
    return Error{ErrorCode::Unsupported,
                 file.path().string() + ": " + what + ", which this version cannot run",
                 "It knows the rope scaling types none, linear and yarn, and rope_freqs.weight."};
}

Result<void> read_yarn(const GgufFile& file, const std::string& rope, Architecture& a)
{
    RopeScaling& scaling = a.rope_scaling;
    const std::string original = rope + "original_context_length";
    scaling.original_max_position_embeddings = a.max_position_embeddings;
    if (file.has(original)) {
        LYCEUM_ASSIGN(scaling.original_max_position_embeddings, file.get_integer(original));
    }
    LYCEUM_ASSIGN(scaling.beta_fast, number_or(file, rope + "yarn_beta_fast", 32.0));
    LYCEUM_ASSIGN(scaling.beta_slow, number_or(file, rope + "yarn_beta_slow", 1.0));
    LYCEUM_ASSIGN(const double times, number_or(file, rope + "attn_factor", 1.0));
    LYCEUM_ASSIGN(
        scaling.attention_factor,
        number_or(file, rope + "yarn_attn_factor", times * yarn_attention_factor(scaling.factor)));
    LYCEUM_ASSIGN(const double extrapolation, number_or(file, rope + "yarn_ext_factor", 1.0));
    if (extrapolation != 1.0)
        return unsupported(file, rope + "yarn_ext_factor is " + std::to_string(extrapolation));
    return {};
}

Result<std::vector<float>> read_factors(const GgufFile& file, const Architecture& a)
{
    std::vector<float> factors;
    for (const formats::TensorInfo& info : file.tensors()) {
        if (info.name != kRopeFactors)
            continue;
        const std::vector<std::int64_t> expected = {a.head_dim / 2};
        if (info.shape != expected)
            return Error{ErrorCode::InvalidData,
                         file.path().string() + ": tensor " + info.name + " has the shape " +
                             formats::describe_shape(info.shape) + ", expected " +
                             formats::describe_shape(expected),
                         "The file is damaged; get it again from where it came from."};
        factors.resize(static_cast<std::size_t>(info.num_elements()));
        LYCEUM_TRY(file.read_float32(info.name, factors));
    }
    return factors;
}

std::vector<float> llama3_factors(const Architecture& a)
{
    const RopeScaling& scaling = a.rope_scaling;
    const auto original = static_cast<double>(scaling.original_max_position_embeddings);
    std::vector<float> factors;
    for (std::int64_t i = 0; i < a.head_dim / 2; ++i) {
        const double wavelength =
            2.0 * std::numbers::pi *
            std::pow(a.rope_theta, static_cast<double>(2 * i) / static_cast<double>(a.head_dim));
        const double smooth = (original / wavelength - scaling.low_freq_factor) /
                              (scaling.high_freq_factor - scaling.low_freq_factor);
        double factor = 1.0 / ((1.0 - smooth) / scaling.factor + smooth);
        if (wavelength < original / scaling.high_freq_factor)
            factor = 1.0;
        else if (wavelength > original / scaling.low_freq_factor)
            factor = scaling.factor;
        factors.push_back(static_cast<float>(factor));
    }
    return factors;
}

/// The divisors of every Llama 3 come from options with a low_freq_factor of 1; two divisors
/// between the ends then give the other options.
bool fit_llama3(const std::vector<float>& factors, Architecture& a)
{
    Architecture fitted = a;
    RopeScaling& scaling = fitted.rope_scaling;
    scaling.rope_type = "llama3";
    scaling.factor = static_cast<double>(factors.back());
    std::vector<std::pair<double, double>> between; // 1 / wavelength, smooth
    for (std::size_t i = 0; i < factors.size(); ++i) {
        const auto factor = static_cast<double>(factors[i]);
        if (!(factor > 1.0 && factor < scaling.factor))
            continue;
        const double turns =
            std::pow(a.rope_theta, -static_cast<double>(2 * i) / static_cast<double>(a.head_dim)) /
            (2.0 * std::numbers::pi);
        between.emplace_back(turns,
                             (1.0 / factor - 1.0 / scaling.factor) / (1.0 - 1.0 / scaling.factor));
    }
    if (between.size() < 2)
        return false;
    const double slope = (between.front().second - between.back().second) /
                         (between.front().first - between.back().first);
    const double at_zero = between.front().second - slope * between.front().first;
    const double original = std::round(-slope / at_zero);
    if (!(at_zero < 0.0) || !(original >= 1.0 && original < 1e9))
        return false;
    scaling.original_max_position_embeddings = static_cast<std::int64_t>(original);
    scaling.high_freq_factor = std::round((1.0 - 1.0 / at_zero) * 1e3) / 1e3;
    if (!(scaling.high_freq_factor > 1.0))
        return false;
    const std::vector<float> again = llama3_factors(fitted);
    for (std::size_t i = 0; i < factors.size(); ++i)
        if (!(std::abs(again[i] - factors[i]) <= 1e-5F * factors[i]))
            return false;
    a = std::move(fitted);
    return true;
}

Result<void> use_factors(const GgufFile& file, const std::string& rope,
                         const std::vector<float>& factors, Architecture& a)
{
    LYCEUM_ASSIGN(const double times, number_or(file, rope + "attn_factor", 1.0));
    if (times == 1.0 && fit_llama3(factors, a))
        return {};
    a.rope_scaling.rope_type = "longrope";
    a.rope_scaling.attention_factor = times;
    a.rope_scaling.original_max_position_embeddings = a.max_position_embeddings;
    a.rope_scaling.short_factor.assign(factors.begin(), factors.end());
    return {};
}

} // namespace

Result<void> read_gguf_rope(const GgufFile& file, std::string_view prefix, Architecture& a)
{
    const std::string rope = std::string(prefix) + "rope.scaling.";
    LYCEUM_ASSIGN(a.rope_theta, number_or(file, std::string(prefix) + "rope.freq_base", 10000.0));
    LYCEUM_ASSIGN(const double old_factor,
                  number_or(file, std::string(prefix) + "rope.scale_linear", 0.0));
    LYCEUM_ASSIGN(double factor, number_or(file, rope + "factor", old_factor));
    factor = factor == 0.0 ? 1.0 : factor;
    std::string type = "linear";
    if (file.has(rope + "type")) {
        LYCEUM_ASSIGN(type, file.get_string(rope + "type"));
    }
    if (type != "none" && type != "linear" && type != "yarn")
        return unsupported(file, rope + "type is " + type);
    const bool is_plain = type == "none" || (type == "linear" && factor == 1.0);
    LYCEUM_ASSIGN(const std::vector<float> factors, read_factors(file, a));
    if (!factors.empty() && !is_plain)
        return unsupported(file, "there is " + std::string(kRopeFactors) + " beside " + rope +
                                     "type " + type);
    if (!factors.empty())
        return use_factors(file, rope, factors, a);
    if (type == "yarn") {
        a.rope_scaling.rope_type = type;
        a.rope_scaling.factor = factor;
        return read_yarn(file, rope, a);
    }
    LYCEUM_ASSIGN(const double times, number_or(file, rope + "attn_factor", 1.0));
    if (times != 1.0)
        return unsupported(file,
                           rope + "attn_factor is " + std::to_string(times) + " without yarn");
    if (!is_plain) {
        a.rope_scaling.rope_type = type;
        a.rope_scaling.factor = factor;
    }
    return {};
}

Result<void> write_gguf_rope(const Architecture& a, std::string_view prefix,
                             formats::GgufMetadata& metadata)
{
    const RopeScaling& scaling = a.rope_scaling;
    const std::string& type = scaling.rope_type;
    const auto add = [&](std::string_view key, formats::GgufEntry value) {
        metadata.emplace_back(std::string(prefix) + "rope." + std::string(key), std::move(value));
    };
    const auto add_number = [&](std::string_view key, double value) {
        add(key, static_cast<float>(value));
    };
    add_number("freq_base", a.rope_theta);
    if (type == "linear" || type == "yarn") {
        add("scaling.type", type);
        add_number("scaling.factor", scaling.factor);
    }
    double usual_attention = 1.0;
    if (type == "yarn") {
        if (!scaling.truncate)
            return Error{ErrorCode::Unsupported,
                         "the model's yarn scaling does not truncate, which GGUF has no key for",
                         "Export --format hf, which keeps every option."};
        usual_attention = yarn_attention_factor(scaling.factor);
        add("scaling.original_context_length",
            static_cast<std::uint32_t>(scaling.original_max_position_embeddings));
        if (scaling.beta_fast != 32.0)
            add_number("scaling.yarn_beta_fast", scaling.beta_fast);
        if (scaling.beta_slow != 1.0)
            add_number("scaling.yarn_beta_slow", scaling.beta_slow);
        if (scaling.attention_factor != usual_attention) // the converter's key, which says it whole
            add_number("scaling.yarn_attn_factor", scaling.attention_factor);
    }
    if (scaling.attention_factor != usual_attention) // what llama.cpp multiplies its own by
        add_number("scaling.attn_factor", scaling.attention_factor / usual_attention);
    return {};
}

std::vector<float> gguf_rope_factors(const Architecture& a)
{
    const RopeScaling& scaling = a.rope_scaling;
    if (scaling.rope_type == "llama3")
        return llama3_factors(a);
    std::vector<float> factors;
    if (scaling.rope_type == "longrope")
        for (const double factor : scaling.short_factor)
            factors.push_back(static_cast<float>(factor));
    return factors;
}

} // namespace lyceum::models
