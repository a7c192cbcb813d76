#include "core/models/new_model.h"

#include "core/base/text.h"
#include "core/formats/json.h"
#include "core/models/family.h"
#include "core/models/hugging_face_config.h"
#include "core/models/model_opener.h"
#include "core/models/model_tensors.h"
#include "core/models/new_model_keys.h"
#include "core/models/new_tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace lyceum::models {
namespace {

using config::Problem;
using formats::Json;

constexpr const char* kConfigPath = "model.config";
constexpr std::int64_t kByteTokens = 257;          // what text::byte_tokenizer() has
constexpr std::int64_t kUnknownTokens = 32'000;    // of a tokenizer that is not open yet
constexpr std::int64_t kMaxParameters = 1LL << 36; // far above what one machine trains

std::string path_of(std::string_view key)
{
    return std::string(kConfigPath) + "." + std::string(key);
}

std::optional<Problem> check_family(const std::string& name)
{
    const auto known = new_model_families();
    if (std::ranges::find(known, name) != known.end())
        return std::nullopt;
    const std::string choice = "From scratch there are " + join(known, ", ") + ".";
    if (const Family* family = find_family(name); family != nullptr && family->is_encoder)
        return Problem{"model.family", 0,
                       "is " + name +
                           ", an encoder: it reads a text from both sides and writes none, so it "
                           "cannot learn the task causal_lm.",
                       choice};
    const auto near = nearest(name, known);
    return Problem{"model.family", 0, "is \"" + name + "\", which this version does not know.",
                   near ? "Did you mean " + *near + "?" : choice};
}

Result<Json> parse_config(const std::string& text)
{
    if (text.empty())
        return Json::object();
    LYCEUM_ASSIGN(Json json, formats::parse_json(text, kConfigPath));
    if (!json.is_object())
        return Error{ErrorCode::InvalidConfig, "model.config is no group of settings.", ""};
    return json;
}

/// An error of the configuration's reader begins with its key: `model.config: "KEY" is ...`, or
/// without quotes.
Problem to_problem(std::string_view family, const Error& error)
{
    const std::string prefix = std::string(kConfigPath) + ": ";
    std::string message = error.message;
    if (message.starts_with(prefix))
        message = message.substr(prefix.size());
    const bool is_quoted = message.starts_with('"');
    const std::size_t end = is_quoted ? message.find('"', 1) : message.find(' ');
    const std::size_t begin = is_quoted ? 1 : 0;
    const std::string key =
        end == std::string::npos ? "" : key_of_family(family, message.substr(begin, end - begin));
    if (!message.ends_with('.'))
        message += '.';
    const std::string hint = error.code == ErrorCode::InvalidConfig ? error.hint : "";
    if (key.empty() || find_config_key(family, key) == nullptr)
        return {kConfigPath, 0, std::move(message), hint};
    return {path_of(key), 0, message.substr(message.find(' ', end) + 1), hint};
}

void set_default(Json& json, const char* key, std::int64_t value)
{
    if (!json.contains(key) || json[key].is_null())
        json[key] = value;
}

std::int64_t size_in(const Json& json, const char* key)
{
    return json[key].is_number_integer() ? json[key].get<std::int64_t>() : 0;
}

/// Heads of 64 numbers, of 32 in a narrow model, or one.
std::int64_t usual_heads(std::int64_t hidden_size)
{
    constexpr std::int64_t kWide = 512;
    const std::int64_t head_dim = hidden_size >= kWide ? 64 : 32;
    return hidden_size > 0 && hidden_size % head_dim == 0 ? hidden_size / head_dim : 1;
}

void fill_sizes(Json& json, std::string_view family)
{
    constexpr std::int64_t kHidden = 256;
    constexpr std::int64_t kLayers = 6;
    constexpr std::int64_t kMultiple = 32;
    const bool is_gpt2 = family == "gpt2";
    const char* hidden_key = is_gpt2 ? "n_embd" : "hidden_size";
    const char* heads_key = is_gpt2 ? "n_head" : "num_attention_heads";
    set_default(json, hidden_key, kHidden);
    set_default(json, is_gpt2 ? "n_layer" : "num_hidden_layers", kLayers);
    const std::int64_t hidden = size_in(json, hidden_key);
    set_default(json, heads_key, usual_heads(hidden));
    if (is_gpt2)
        return;
    // 8/3 of the hidden size: as many numbers as a feed-forward of 4 without a gate (Shazeer 2020,
    // arXiv:2002.05202).
    const std::int64_t wanted = hidden > 0 && hidden < kMaxParameters ? hidden * 8 / 3 : 1;
    set_default(json, "intermediate_size", (wanted + kMultiple - 1) / kMultiple * kMultiple);
    const std::int64_t heads = size_in(json, heads_key);
    if (heads > 0 && hidden % heads == 0)
        set_default(json, "head_dim", hidden / heads);
}

Result<Architecture> read_architecture(const config::ModelConfig& model, Json json,
                                       std::int64_t vocabulary_size)
{
    json["model_type"] = model.family;
    fill_sizes(json, model.family);
    set_default(json, "vocab_size", vocabulary_size);
    LYCEUM_ASSIGN(Architecture architecture, read_hugging_face_config(json, kConfigPath));
    LYCEUM_TRY(check_architecture(architecture, kConfigPath));
    if (architecture.vocab_size < vocabulary_size)
        return Error{ErrorCode::InvalidConfig,
                     std::string(kConfigPath) + ": vocab_size is " +
                         std::to_string(architecture.vocab_size) + ", but the tokenizer has " +
                         std::to_string(vocabulary_size) + " tokens",
                     "Leave vocab_size out to get the tokenizer's."};
    if (const std::int64_t count = count_parameters(architecture); count > kMaxParameters)
        return Error{ErrorCode::InvalidConfig,
                     std::string(kConfigPath) + ": these sizes make a model of " +
                         std::to_string(count) + " numbers, more than this version trains",
                     ""};
    return architecture;
}

std::int64_t smallest_vocabulary(const config::TokenizerConfig& tokenizer, const Json& json)
{
    if (tokenizer.source == "byte")
        return kByteTokens;
    if (tokenizer.source == "train")
        return 1; // it may have fewer than asked for
    const auto given = json.find("vocab_size");
    return given == json.end() ? kUnknownTokens : 1;
}

void check_keys(std::string_view family, const Json& json, std::vector<Problem>& problems)
{
    for (const auto& [key, value] : json.items())
        if (auto fault = check_config_entry(family, key, value))
            problems.push_back({path_of(key), 0, fault->message, fault->hint});
}

} // namespace

std::vector<std::string> new_model_families()
{
    std::vector<std::string> names;
    for (const Family& family : families())
        if (!family.is_encoder)
            names.emplace_back(family.model_type);
    return names;
}

std::vector<Problem> check_new_model(const config::ModelConfig& model)
{
    if (model.base != kFromScratch)
        return {};
    std::vector<Problem> problems;
    if (auto problem = check_family(model.family)) {
        problems.push_back(std::move(*problem));
        return problems;
    }
    const auto json = parse_config(model.config);
    if (!json) {
        problems.push_back({kConfigPath, 0, json.error().message, json.error().hint});
        return problems;
    }
    check_keys(model.family, json.value(), problems);
    if (!problems.empty())
        return problems;
    const auto architecture =
        read_architecture(model, json.value(), smallest_vocabulary(model.tokenizer, json.value()));
    if (!architecture)
        problems.push_back(to_problem(model.family, architecture.error()));
    return problems;
}

Result<Architecture> new_architecture(const config::ModelConfig& model,
                                      std::int64_t vocabulary_size)
{
    if (const auto problems = check_new_model(model); !problems.empty())
        return config::to_error(problems, "");
    LYCEUM_ASSIGN(Json json, parse_config(model.config));
    auto architecture = read_architecture(model, std::move(json), vocabulary_size);
    if (!architecture)
        return Error{ErrorCode::InvalidConfig, architecture.error().message,
                     architecture.error().hint};
    return architecture;
}

std::int64_t count_parameters(const Architecture& architecture)
{
    const auto count = [&architecture](std::int64_t layers) {
        Architecture part = architecture;
        part.num_hidden_layers = layers;
        double sum = 0; // sizes of 2^26 by 2^26 do not fit an integer's sums
        for (const auto& [name, shape] : expected_tensors(part)) {
            double numbers = 1;
            for (const std::int64_t size : shape)
                numbers *= static_cast<double>(size);
            sum += numbers;
        }
        return sum;
    };
    constexpr double kMost = 9e18;
    const double one = count(1);
    const double layer = count(2) - one;
    const double all = one + static_cast<double>(architecture.num_hidden_layers - 1) * layer;
    return static_cast<std::int64_t>(std::min(all, kMost));
}

Result<ModelPackage> make_new_model(const config::ModelConfig& model, TextParts parts)
{
    ModelPackage package;
    LYCEUM_ASSIGN(package.architecture,
                  new_architecture(model, parts.tokenizer->vocabulary_size()));
    package.tokenizer = std::move(parts.tokenizer);
    package.chat_template = std::move(parts.chat_template);
    package.stop_tokens = std::move(parts.stop_tokens);
    describe_new_model(package);
    return package;
}

Result<ModelPackage> plan_new_model(const config::ModelConfig& model,
                                    const std::filesystem::path& workspace)
{
    if (const auto problems = check_new_model(model); !problems.empty())
        return config::to_error(problems, "");
    if (model.tokenizer.source != "train") {
        LYCEUM_ASSIGN(TextParts parts, make_tokenizer(model.tokenizer, {}, workspace));
        return make_new_model(model, std::move(parts));
    }
    ModelPackage package;
    LYCEUM_ASSIGN(const Json json, parse_config(model.config));
    const bool has_size = json.contains("vocab_size");
    LYCEUM_ASSIGN(package.architecture,
                  new_architecture(model, has_size ? 1 : model.tokenizer.vocab_size));
    describe_new_model(package);
    return package;
}

Result<ModelPackage> open_or_plan_model(const config::ModelConfig& model,
                                        const std::filesystem::path& workspace)
{
    return model.base == kFromScratch ? plan_new_model(model, workspace)
                                      : open_model(model.base, workspace);
}

void describe_new_model(ModelPackage& package)
{
    package.num_parameters = count_parameters(package.architecture);
    constexpr double kMillion = 1e6;
    std::array<char, 32> size = {};
    std::snprintf(size.data(), size.size(), "%.1fM",
                  static_cast<double>(package.num_parameters) / kMillion);
    package.name = package.architecture.family + " from scratch, " + size.data();
    package.base_name = kFromScratch;
    package.dtype = "F32";
}

} // namespace lyceum::models
