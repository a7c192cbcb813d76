#include "core/base/sha256.h"
#include "core/formats/json.h"
#include "core/models/model_package.h"

namespace lyceum::models {
namespace {

using formats::Json;
using formats::JsonObject;

constexpr const char* kManifestName = "checkpoint.json";
constexpr std::int64_t kFormatVersion = 1;
constexpr std::size_t kMaxFiles = 10'000;

bool is_plain_name(const std::string& name)
{
    return !name.empty() && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos && !name.starts_with('.');
}

Result<void> read_files(const JsonObject& manifest, const std::string& path,
                        std::vector<CheckpointManifest::File>& files)
{
    const Json* list = manifest.find("files");
    if (list == nullptr || !list->is_array() || list->size() > kMaxFiles)
        return manifest.invalid("files", "is missing or no list");
    for (const Json& entry : *list) {
        if (!entry.is_object())
            return manifest.invalid("files", "has the entry " + formats::excerpt(entry));
        const JsonObject fields(entry, path);
        CheckpointManifest::File file;
        LYCEUM_ASSIGN(file.name, fields.string("name"));
        LYCEUM_ASSIGN(const std::int64_t size, fields.integer("size_bytes"));
        LYCEUM_ASSIGN(file.sha256, fields.string("sha256"));
        if (!is_plain_name(file.name) || size < 0)
            return manifest.invalid("files", "has the entry " + formats::excerpt(entry));
        file.size_bytes = static_cast<std::uint64_t>(size);
        files.push_back(std::move(file));
    }
    return {};
}

Result<void> read_texts(const JsonObject& object, const char* key, const Json& list,
                        std::vector<std::string>& texts)
{
    if (!list.is_array())
        return object.invalid(key, "is missing or no list");
    for (const Json& text : list) {
        if (!text.is_string())
            return object.invalid(key, "is " + formats::excerpt(list));
        texts.push_back(text.get<std::string>());
    }
    return {};
}

Result<void> read_lora(const JsonObject& manifest, CheckpointManifest& result)
{
    constexpr std::int64_t kMaxRank = 1 << 16;
    const Json* lora = manifest.find("lora");
    if (lora == nullptr || !lora->is_object())
        return manifest.invalid("lora", "is missing or no object");
    const JsonObject fields(*lora, "checkpoint.json: \"lora\"");
    LYCEUM_ASSIGN(const std::int64_t rank, fields.integer("rank"));
    if (rank < 1 || rank > kMaxRank)
        return fields.invalid("rank", "is " + std::to_string(rank));
    result.lora_rank = static_cast<int>(rank);
    LYCEUM_ASSIGN(result.lora_alpha, fields.number_or("alpha", 0.0));
    LYCEUM_ASSIGN(result.use_rslora, fields.boolean_or("use_rslora", false));
    LYCEUM_ASSIGN(result.use_dora, fields.boolean_or("use_dora", false));
    const Json* targets = fields.find("targets");
    if (targets == nullptr)
        return fields.invalid("targets", "is missing or no list");
    return read_texts(fields, "targets", *targets, result.lora_targets);
}

} // namespace

Result<CheckpointManifest> read_manifest(const std::filesystem::path& checkpoint_folder)
{
    const std::string path = (checkpoint_folder / kManifestName).string();
    LYCEUM_ASSIGN(const Json json, formats::read_json_file(path, std::size_t{1} << 24));
    if (!json.is_object())
        return Error{ErrorCode::InvalidData, path + " is not a JSON object", ""};
    const JsonObject object(json, path);
    CheckpointManifest manifest;
    LYCEUM_ASSIGN(const std::int64_t version, object.integer("format_version"));
    if (version != kFormatVersion)
        return Error{ErrorCode::Unsupported,
                     path + ": \"format_version\" is " + std::to_string(version) +
                         ", this version reads 1",
                     "Use the version of Lyceum that wrote the checkpoint, or a later one."};
    LYCEUM_ASSIGN(manifest.run, object.string("run"));
    LYCEUM_ASSIGN(manifest.step, object.integer("step"));
    if (manifest.step < 0)
        return object.invalid("step", "is " + std::to_string(manifest.step));
    LYCEUM_ASSIGN(manifest.base_model, object.string("base_model"));
    LYCEUM_ASSIGN(manifest.method, object.string("method"));
    if (manifest.method != "lora" && manifest.method != "qlora" && manifest.method != "full")
        return object.invalid("method",
                              "is \"" + manifest.method + "\", expected lora, qlora or full");
    if (manifest.has_adapter())
        LYCEUM_TRY(read_lora(object, manifest));
    if (const Json* frozen = object.find("frozen"))
        LYCEUM_TRY(read_texts(object, "frozen", *frozen, manifest.frozen));
    if (object.find("val_loss") != nullptr) {
        LYCEUM_ASSIGN(manifest.val_loss, object.number_or("val_loss", 0.0));
    }
    LYCEUM_ASSIGN(manifest.time, object.number_or("time", 0.0));
    LYCEUM_TRY(read_files(object, path, manifest.files));
    return manifest;
}

Result<void> verify_checkpoint(const std::filesystem::path& checkpoint_folder)
{
    LYCEUM_ASSIGN(const CheckpointManifest manifest, read_manifest(checkpoint_folder));
    for (const CheckpointManifest::File& file : manifest.files) {
        const std::filesystem::path path = checkpoint_folder / file.name;
        std::error_code failed;
        const std::uintmax_t size = std::filesystem::file_size(path, failed);
        if (failed || size != file.size_bytes)
            return Error{ErrorCode::InvalidData,
                         path.string() +
                             (failed ? " is missing"
                                     : " has " + std::to_string(size) + " bytes, expected " +
                                           std::to_string(file.size_bytes)),
                         "The checkpoint is incomplete; use another one of the run."};
        LYCEUM_ASSIGN(const std::string sha256, sha256_file(path));
        if (sha256 != file.sha256)
            return Error{ErrorCode::InvalidData,
                         path.string() + " has the SHA-256 " + sha256 + ", expected " + file.sha256,
                         "The checkpoint is damaged; use another one of the run."};
    }
    return {};
}

std::string to_json(const CheckpointManifest& manifest)
{
    nlohmann::ordered_json json;
    json["format_version"] = manifest.format_version;
    json["run"] = manifest.run;
    json["step"] = manifest.step;
    json["base_model"] = manifest.base_model;
    json["method"] = manifest.method;
    if (manifest.has_adapter())
        json["lora"] = {{"rank", manifest.lora_rank},
                        {"alpha", manifest.lora_alpha},
                        {"targets", manifest.lora_targets},
                        {"use_rslora", manifest.use_rslora},
                        {"use_dora", manifest.use_dora}};
    if (!manifest.frozen.empty())
        json["frozen"] = manifest.frozen;
    json["val_loss"] = nullptr;
    if (manifest.val_loss)
        json["val_loss"] = *manifest.val_loss;
    json["time"] = manifest.time;
    json["files"] = nlohmann::ordered_json::array();
    for (const CheckpointManifest::File& file : manifest.files)
        json["files"].push_back(
            {{"name", file.name}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

} // namespace lyceum::models
