#include "core/models/catalogue.h"
#include "core/models/model_opener.h"

#include <algorithm>

namespace lyceum::models {
namespace {

namespace fs = std::filesystem;

/// Bytes of a file, or of the files directly in a folder; what cannot be read counts nothing.
std::uint64_t size_on_disk(const fs::path& path)
{
    std::error_code failed;
    if (!fs::is_directory(path, failed)) {
        const std::uintmax_t size = fs::file_size(path, failed);
        return failed ? 0 : size;
    }
    std::uint64_t total = 0;
    for (fs::directory_iterator entry(path, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        std::error_code ignored;
        const std::uintmax_t size = entry->file_size(ignored);
        total += ignored ? 0 : size;
    }
    return total;
}

ModelSummary summarise(const CatalogueEntry& entry)
{
    ModelSummary summary;
    summary.name = entry.name;
    summary.title = entry.title;
    summary.architecture = entry.architecture;
    summary.num_parameters = entry.num_parameters;
    summary.dtype = entry.dtype;
    summary.licence = entry.licence;
    summary.path = entry.path;
    std::error_code ignored;
    summary.present = fs::exists(entry.path, ignored);
    summary.size_bytes = size_on_disk(entry.path);
    return summary;
}

ModelSummary summarise(const fs::path& path)
{
    ModelSummary summary;
    const bool is_gguf = path.extension() == ".gguf";
    summary.name = (is_gguf ? path.stem() : path.filename()).string();
    summary.title = summary.name;
    summary.path = path;
    summary.present = true;
    summary.size_bytes = size_on_disk(path);
    const auto package =
        is_gguf ? open_gguf(path, Parts::WeightsOnly) : open_hugging_face(path, Parts::WeightsOnly);
    if (!package) {
        summary.problem = package.error().message;
        return summary;
    }
    summary.architecture = package.value().architecture.family;
    summary.num_parameters = package.value().num_parameters;
    summary.dtype = package.value().dtype;
    summary.licence = package.value().licence;
    return summary;
}

} // namespace

Result<std::vector<ModelSummary>> list_models(const fs::path& workspace)
{
    std::vector<ModelSummary> models;
    LYCEUM_ASSIGN(const auto catalogue, read_catalogue());
    for (const CatalogueEntry& entry : catalogue)
        models.push_back(summarise(entry));
    const auto num_known = static_cast<std::ptrdiff_t>(models.size());
    std::error_code failed;
    for (fs::directory_iterator entry(workspace / "models", failed), end; !failed && entry != end;
         entry.increment(failed)) {
        std::error_code ignored;
        const bool is_model = entry->path().extension() == ".gguf" ||
                              fs::exists(entry->path() / "config.json", ignored);
        if (is_model)
            models.push_back(summarise(entry->path()));
    }
    std::ranges::sort(models.begin() + num_known, models.end(), {}, &ModelSummary::name);
    return models;
}

} // namespace lyceum::models
