#include "core/models/catalogue.h"

#include "core/base/paths.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace lyceum::models {
namespace {

/// The one place of this folder where yaml-cpp may throw.
Result<YAML::Node> load_yaml(const std::filesystem::path& path)
{
    try {
        return YAML::LoadFile(path.string());
    } catch (const YAML::Exception& error) {
        return Error{ErrorCode::InvalidData, "cannot read " + path.string() + ": " + error.what(),
                     "Install Lyceum again."};
    }
}

Result<std::string> text(const YAML::Node& entry, const char* key,
                         const std::filesystem::path& path)
{
    const YAML::Node value = entry[key];
    if (!value.IsDefined() || !value.IsScalar())
        return Error{ErrorCode::InvalidData, path.string() + ": " + key + " is missing or no text",
                     "Install Lyceum again."};
    return value.Scalar();
}

Result<CatalogueEntry> read_entry(const std::filesystem::path& path)
{
    LYCEUM_ASSIGN(const YAML::Node entry, load_yaml(path));
    if (!entry.IsMap())
        return Error{ErrorCode::InvalidData, path.string() + " is no YAML mapping",
                     "Install Lyceum again."};
    CatalogueEntry model;
    model.name = path.stem().string();
    LYCEUM_ASSIGN(model.title, text(entry, "title", path));
    LYCEUM_ASSIGN(model.architecture, text(entry, "architecture", path));
    model.num_parameters = entry["parameters"].as<std::int64_t>(0);
    LYCEUM_ASSIGN(model.dtype, text(entry, "dtype", path));
    LYCEUM_ASSIGN(model.licence.name, text(entry, "licence", path));
    LYCEUM_ASSIGN(model.licence.source, text(entry, "source", path));
    LYCEUM_ASSIGN(const std::string file, text(entry, "file", path));
    model.path = resource_dir() / "models" / file;
    return model;
}

} // namespace

Result<std::vector<CatalogueEntry>> read_catalogue()
{
    const std::filesystem::path folder = resource_dir() / "models" / "catalogue";
    std::error_code failed;
    std::vector<CatalogueEntry> entries;
    for (std::filesystem::directory_iterator file(folder, failed), end; !failed && file != end;
         file.increment(failed)) {
        if (file->path().extension() != ".yaml")
            continue;
        LYCEUM_ASSIGN(CatalogueEntry entry, read_entry(file->path()));
        entries.push_back(std::move(entry));
    }
    if (failed)
        return Error{ErrorCode::Io,
                     "cannot read the list of models in " + folder.string() + ": " +
                         failed.message(),
                     "Install Lyceum again, or set LYCEUM_RESOURCES to its share/lyceum folder."};
    std::ranges::sort(entries, {}, &CatalogueEntry::name);
    return entries;
}

} // namespace lyceum::models
