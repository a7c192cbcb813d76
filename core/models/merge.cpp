#include "core/models/merge.h"

#include "core/models/model_opener.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

namespace lyceum::models {
namespace {

/// Types that keep whole float32, float16 or bfloat16 numbers.
bool is_rounded(std::string_view dtype)
{
    constexpr auto kWhole = std::to_array<std::string_view>({"F64", "F32", "F16", "BF16"});
    return std::ranges::find(kWhole, dtype) == kWhole.end();
}

bool is_below(const std::filesystem::path& path, const std::filesystem::path& folder)
{
    const auto within = path.lexically_normal().lexically_relative(folder.lexically_normal());
    return !within.empty() && *within.begin() != "..";
}

/// A folder that the system empties; empty when the path lies in none.
std::filesystem::path temporary_folder_of(const std::filesystem::path& path)
{
    std::error_code failed;
    for (const std::filesystem::path& folder :
         {std::filesystem::temp_directory_path(failed), std::filesystem::path("/tmp"),
          std::filesystem::path("/dev/shm")})
        if (!folder.empty() && is_below(path, folder))
            return folder;
    return {};
}

} // namespace

ModelPackage with_merged_adapter(ModelPackage package)
{
    if (!package.adapter)
        return package;
    package.tensors = merge_adapter(std::move(package.tensors), package.architecture,
                                    std::move(*package.adapter));
    package.adapter.reset();
    return package;
}

std::vector<std::string> merge_warnings(const ModelPackage& base, bool is_quantized)
{
    std::vector<std::string> warnings;
    if (is_quantized && is_rounded(base.dtype))
        warnings.push_back("The base model's file holds its weights rounded to " + base.dtype +
                           ", and QLoRA rounds them once more while it trains. A later merge adds "
                           "the adapter to the file's weights, so it loses a little, and what " +
                           base.dtype +
                           " lost does not come back. Start from the model in F16, BF16 or F32, or "
                           "use model.method: lora, whose merge is exact.");
    if (const auto folder = temporary_folder_of(base.path); !folder.empty())
        warnings.push_back("The base model lies in " + folder.string() +
                           ", which the system empties: without " + base.path.string() +
                           " the adapter can be neither used nor merged. Move the model to a place "
                           "that stays.");
    if (!base.checkpoint_folder.empty())
        warnings.push_back("The base model is the checkpoint " + base.checkpoint_folder.string() +
                           ": when it is deleted, or its run goes on to a better one, the adapter "
                           "can no longer be merged as it was trained. Export the checkpoint and "
                           "start from the export.");
    return warnings;
}

} // namespace lyceum::models
