#include "core/models/sentence_embedding.h"

#include "core/formats/json.h"

#include <array>
#include <utility>

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;
namespace fs = std::filesystem;

constexpr std::int64_t kMaxLength = std::int64_t{1} << 24;

struct PoolingKey {
    Pooling pooling;
    std::string_view name; ///< As the newer files say it: "pooling_mode": "mean".
    std::string_view flag; ///< As the older ones do.
};
/// In the order in which sentence-transformers joins several.
constexpr std::array<PoolingKey, 6> kPoolings = {{
    {Pooling::Cls, "cls", "pooling_mode_cls_token"},
    {Pooling::Max, "max", "pooling_mode_max_tokens"},
    {Pooling::Mean, "mean", "pooling_mode_mean_tokens"},
    {Pooling::MeanSqrtLength, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"},
    {Pooling::WeightedMean, "weightedmean", "pooling_mode_weightedmean_tokens"},
    {Pooling::LastToken, "lasttoken", "pooling_mode_lasttoken"},
}};

Result<Json> read_object(const fs::path& path)
{
    LYCEUM_ASSIGN(Json json, formats::read_json_file(path));
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, path.string() + " is not a JSON object", ""};
    return json;
}

/// "pooling_mode": one name or a list of them.
Result<std::vector<Pooling>> read_pooling_names(const JsonObject& config, const Json& value)
{
    std::vector<Pooling> result;
    for (const Json& name : value.is_array() ? value : Json::array({value})) {
        bool is_known = false;
        for (const PoolingKey& key : kPoolings) {
            if (!name.is_string() || name.get_ref<const std::string&>() != key.name)
                continue;
            result.push_back(key.pooling);
            is_known = true;
        }
        if (!is_known)
            return config.invalid("pooling_mode",
                                  "is " + formats::excerpt(value) +
                                      ", expected cls, max, mean, mean_sqrt_len_tokens, "
                                      "weightedmean or lasttoken");
    }
    return result;
}

Result<void> read_pooling(const fs::path& path, SentenceEmbedding& result)
{
    const std::string name = path.string();
    LYCEUM_ASSIGN(const Json json, read_object(path));
    const JsonObject config(json, name);
    result.pooling.clear();
    if (const Json* mode = config.find("pooling_mode")) {
        LYCEUM_ASSIGN(result.pooling, read_pooling_names(config, *mode));
    } else {
        for (const PoolingKey& key : kPoolings) {
            LYCEUM_ASSIGN(const bool is_on, config.boolean_or(key.flag, false));
            if (is_on)
                result.pooling.push_back(key.pooling);
        }
    }
    if (result.pooling.empty())
        return config.invalid("pooling_mode_mean_tokens",
                              "is missing or off, as is every other pooling mode");
    result.is_stated = true;
    return {};
}

/// max_seq_length and do_lower_case of the first module.
Result<void> read_transformer(const fs::path& path, SentenceEmbedding& result)
{
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return {};
    const std::string name = path.string();
    LYCEUM_ASSIGN(const Json json, read_object(path));
    const JsonObject config(json, name);
    LYCEUM_ASSIGN(result.max_length, config.integer_or("max_seq_length", 0));
    if (config.find("max_seq_length") != nullptr &&
        (result.max_length < 1 || result.max_length > kMaxLength))
        return config.invalid("max_seq_length", "is " + std::to_string(result.max_length) +
                                                    ", expected a number of tokens");
    LYCEUM_ASSIGN(result.lowercase, config.boolean_or("do_lower_case", false));
    return {};
}

/// A folder of modules.json stays inside the model's.
Result<fs::path> module_folder(const JsonObject& entry, const fs::path& folder)
{
    LYCEUM_ASSIGN(const std::string path, entry.string_or("path", ""));
    const fs::path relative = fs::path(path).lexically_normal();
    if (relative.is_absolute() || (!relative.empty() && *relative.begin() == "..") ||
        path.find('\0') != std::string::npos)
        return entry.invalid("path", "is \"" + path + "\", which is outside the model's folder");
    return folder / relative;
}

Result<void> read_module(const JsonObject& entry, const fs::path& folder, bool is_first,
                         SentenceEmbedding& result)
{
    LYCEUM_ASSIGN(const std::string type, entry.string("type"));
    LYCEUM_ASSIGN(const fs::path place, module_folder(entry, folder));
    const std::string kind = type.substr(type.rfind('.') + 1);
    if (is_first && kind == "Transformer")
        return read_transformer(place / "sentence_bert_config.json", result);
    if (kind == "Pooling")
        return read_pooling(place / "config.json", result);
    if (kind == "Normalize")
        result.normalize = true;
    else if (result.unsupported.empty())
        result.unsupported = type;
    return {};
}

} // namespace

std::string_view pooling_name(Pooling pooling) noexcept
{
    for (const PoolingKey& key : kPoolings)
        if (key.pooling == pooling)
            return key.name;
    return "";
}

Result<SentenceEmbedding> read_sentence_embedding(const fs::path& folder)
{
    SentenceEmbedding result;
    const fs::path modules_path = folder / "modules.json";
    std::error_code ignored;
    if (!fs::exists(modules_path, ignored)) {
        if (fs::exists(folder / "1_Pooling" / "config.json", ignored))
            LYCEUM_TRY(read_pooling(folder / "1_Pooling" / "config.json", result));
        LYCEUM_TRY(read_transformer(folder / "sentence_bert_config.json", result));
        return result;
    }
    const std::string name = modules_path.string();
    LYCEUM_ASSIGN(const Json modules, formats::read_json_file(modules_path));
    if (!modules.is_array())
        return Error{ErrorCode::InvalidData, name + " is not a JSON list of modules", ""};
    for (const Json& module : modules) {
        if (!module.is_object())
            return Error{ErrorCode::InvalidData,
                         name + ": " + formats::excerpt(module) + " is not a module",
                         "Write {\"type\": ..., \"path\": ...}."};
        LYCEUM_TRY(
            read_module(JsonObject(module, name), folder, &module == &modules.front(), result));
    }
    return result;
}

} // namespace lyceum::models
