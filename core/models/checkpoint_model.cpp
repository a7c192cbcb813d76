#include "core/base/text.h"
#include "core/formats/safetensors.h"
#include "core/formats/tensor_index.h"
#include "core/models/family.h"
#include "core/models/model_opener.h"
#include "core/models/model_tensors.h"
#include "core/models/new_model.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace lyceum::models {
namespace {

constexpr std::string_view kA = ".lora_A.weight";
constexpr std::string_view kB = ".lora_B.weight";
constexpr std::string_view kMagnitude = ".lora_magnitude_vector";
constexpr int kMaxDepth = 8;

Error invalid(std::string_view source_name, const std::string& what)
{
    return Error{ErrorCode::InvalidData, std::string(source_name) + ": " + what,
                 "The checkpoint is damaged; use another one of the run."};
}

/// The sizes the manifest gives; hashes take seconds and are verify_checkpoint's.
Result<void> check_sizes(const std::filesystem::path& folder, const CheckpointManifest& manifest)
{
    for (const CheckpointManifest::File& file : manifest.files) {
        std::error_code failed;
        const std::uintmax_t size = std::filesystem::file_size(folder / file.name, failed);
        if (failed)
            return invalid(folder.string(), file.name + " is missing");
        if (size != file.size_bytes)
            return invalid(folder.string(), file.name + " has " + std::to_string(size) +
                                                " bytes, expected " +
                                                std::to_string(file.size_bytes));
    }
    return {};
}

/// "model.layers.0.self_attn.q_proj.weight" is the target q_proj. No targets: all may be.
bool is_target(std::string_view weight, const std::vector<std::string>& targets)
{
    std::string_view module = weight.substr(0, weight.rfind('.'));
    module = module.substr(module.rfind('.') + 1);
    return targets.empty() || std::ranges::find(targets, module) != targets.end();
}

/// A tensor of an adapter.
struct Part {
    std::string_view ending;
    unsigned bit;
    std::vector<std::int64_t> (*shape)(std::int64_t rank, std::int64_t out, std::int64_t in);
};

std::optional<Part> part_of(std::string_view name, bool use_dora)
{
    using Shape = std::vector<std::int64_t>;
    const auto parts =
        std::to_array<Part>({{kA, 1U,
                              [](std::int64_t rank, std::int64_t, std::int64_t in) {
                                  return Shape{rank, in};
                              }},
                             {kB, 2U,
                              [](std::int64_t rank, std::int64_t out, std::int64_t) {
                                  return Shape{out, rank};
                              }},
                             {kMagnitude, 4U, [](std::int64_t, std::int64_t out, std::int64_t) {
                                  return Shape{out};
                              }}});
    const auto found = std::ranges::find_if(
        parts, [name](const Part& part) { return name.ends_with(part.ending); });
    if (found == parts.end() || (found->bit == 4U && !use_dora))
        return std::nullopt;
    return *found;
}

Result<void> add_adapter(const std::filesystem::path& folder, const CheckpointManifest& manifest,
                         ModelPackage& package)
{
    if (package.adapter)
        package.tensors =
            merge_adapter(package.tensors, package.architecture, std::move(*package.adapter));
    Adapter adapter{.rank = manifest.lora_rank,
                    .alpha = manifest.lora_alpha,
                    .targets = manifest.lora_targets,
                    .use_rslora = manifest.use_rslora,
                    .use_dora = manifest.use_dora,
                    .tensors = nullptr};
    const std::filesystem::path file = folder / "adapter_model.safetensors";
    LYCEUM_ASSIGN(adapter.tensors, formats::open_safetensors(file));
    LYCEUM_TRY(check_adapter(adapter, *package.tensors, package.architecture, file.string()));
    package.adapter = std::move(adapter);
    return {};
}

} // namespace

Result<void> check_adapter(const Adapter& adapter, const formats::TensorSource& base,
                           const Architecture& architecture, std::string_view source_name)
{
    std::map<std::string_view, const formats::TensorInfo*> weights;
    for (const formats::TensorInfo& info : base.tensors())
        weights.emplace(info.name, &info);
    std::map<std::string, unsigned> seen;
    for (const formats::TensorInfo& info : adapter.tensors->tensors()) {
        const auto part = part_of(info.name, adapter.use_dora);
        if (!part)
            return invalid(source_name, "tensor " + info.name + " is no part of a LoRA adapter");
        const std::string weight =
            info.name.substr(0, info.name.size() - part->ending.size()) + ".weight";
        const auto found = weights.find(weight);
        if (!is_target(weight, adapter.targets))
            return invalid(source_name, "tensor " + info.name + " belongs to none of the targets " +
                                            join(adapter.targets, ", "));
        if (found == weights.end() || found->second->shape.size() != 2)
            return invalid(source_name,
                           "tensor " + info.name + " belongs to no weight of the base model");
        std::vector<std::int64_t> shape = found->second->shape; // [out, in]
        if (is_transposed(architecture, weight))
            std::swap(shape[0], shape[1]);
        const auto expected = part->shape(adapter.rank, shape[0], shape[1]);
        if (info.shape != expected)
            return invalid(source_name, "tensor " + info.name + " has the shape " +
                                            formats::describe_shape(info.shape) + ", expected " +
                                            formats::describe_shape(expected));
        seen[weight] |= part->bit;
    }
    for (const auto& [weight, parts] : seen) {
        if ((parts & 3U) != 3U)
            return invalid(source_name, "the adapter of " + weight + " has only one of A and B");
        if (adapter.use_dora && parts != 7U)
            return invalid(source_name, "the adapter of " + weight + " lacks DoRA's magnitudes");
    }
    return {};
}

Result<ModelPackage> open_checkpoint(const std::filesystem::path& folder,
                                     const std::filesystem::path& workspace, int depth)
{
    LYCEUM_ASSIGN(const CheckpointManifest manifest, read_manifest(folder));
    LYCEUM_TRY(check_sizes(folder, manifest));
    if (depth >= kMaxDepth)
        return Error{ErrorCode::InvalidData,
                     folder.string() + " was trained on a chain of more than " +
                         std::to_string(kMaxDepth) + " checkpoints, or on itself",
                     "Export the model and train on the export."};
    if (manifest.base_model == kFromScratch) { // whole in itself
        LYCEUM_ASSIGN(ModelPackage package, open_hugging_face(folder));
        package.base_name = manifest.run;
        package.checkpoint_folder = folder;
        package.licence = {"", "none: trained from scratch"};
        return package;
    }
    auto base = open_model_at_depth(manifest.base_model, workspace, depth + 1);
    if (!base)
        return Error{base.error().code,
                     "cannot open the base model of " + folder.string() + ": " +
                         base.error().message,
                     base.error().hint};
    ModelPackage package = std::move(base).value();
    package.base_name = manifest.base_model;
    package.checkpoint_folder = folder;
    if (manifest.has_adapter()) {
        LYCEUM_TRY(add_adapter(folder, manifest, package));
        return package;
    }
    const std::filesystem::path file = folder / "model.safetensors";
    auto below = package.adapter ? merge_adapter(package.tensors, package.architecture,
                                                 std::move(*package.adapter))
                                 : package.tensors;
    package.adapter.reset();
    package.path = folder;
    LYCEUM_ASSIGN(package.tensors, formats::open_safetensors(file));
    if (!manifest.frozen.empty()) {
        LYCEUM_ASSIGN(package.tensors,
                      replace_tensors(std::move(below), package.tensors, file.string()));
    }
    LYCEUM_TRY(check_tensors(package.architecture, *package.tensors, file.string()));
    count_parameters(package);
    return package;
}

} // namespace lyceum::models
