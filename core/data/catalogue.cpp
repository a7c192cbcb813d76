#include "core/base/atomic_file.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/config/yaml_tree.h"
#include "core/data/dataset.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace lyceum::data {
namespace {

namespace fs = std::filesystem;
using config::YamlNode;

constexpr const char* kDescription = "dataset.yaml";

Error invalid(const fs::path& file, const std::string& what)
{
    return {ErrorCode::InvalidData, file.string() + ": " + what + ".", ""};
}

const YamlNode* find_entry(const YamlNode& map, std::string_view key)
{
    const auto found = std::ranges::find(
        map.entries, key, [](const auto& entry) { return std::string_view(entry.first); });
    return found == map.entries.end() ? nullptr : &found->second;
}

std::string text_of(const YamlNode& map, std::string_view key)
{
    const YamlNode* node = find_entry(map, key);
    return node == nullptr || node->kind != YamlNode::Kind::Scalar ? std::string() : node->text;
}

/// {file: train.jsonl, records: 1400, sha256: ...}. The file must stay within the dataset's folder.
Result<SplitInfo> read_split(const std::string& name, const YamlNode& node, const fs::path& folder)
{
    const fs::path description = folder / kDescription;
    if (node.kind != YamlNode::Kind::Map)
        return invalid(description,
                       "splits." + name + " is " + config::describe(node) + ", not {file: ...}");
    const fs::path file = text_of(node, "file");
    if (file.empty() || file.is_absolute() || std::ranges::find(file, "..") != file.end())
        return invalid(description, "splits." + name + ".file is \"" + file.string() +
                                        "\", not the name of a file in its folder");
    SplitInfo split;
    split.name = name;
    split.path = folder / file;
    split.sha256 = text_of(node, "sha256");
    const std::string records = text_of(node, "records");
    const char* end = records.data() + records.size();
    if (!records.empty() && std::from_chars(records.data(), end, split.num_records).ptr != end)
        return invalid(description,
                       "splits." + name + ".records is \"" + records + "\", not a number");
    return split;
}

Result<DatasetInfo> read_dataset(const fs::path& folder)
{
    const fs::path description = folder / kDescription;
    LYCEUM_ASSIGN(const std::string yaml, read_file(description, std::size_t{1} << 20U));
    const config::YamlDocument document = config::read_yaml(yaml);
    if (!document.problems.empty()) {
        const config::Problem& problem = document.problems.front();
        return invalid(description,
                       "line " + std::to_string(problem.line) + ": " + problem.message);
    }
    const YamlNode& root = document.root;
    DatasetInfo info;
    info.name = folder.filename().string();
    info.title = text_of(root, "title");
    info.summary = text_of(root, "summary");
    info.licence = text_of(root, "licence");
    info.source = text_of(root, "source");
    info.goal = text_of(root, "goal");
    info.folder = folder;
    if (info.title.empty())
        info.title = info.name;
    const YamlNode* splits = find_entry(root, "splits");
    if (splits == nullptr || splits->entries.empty())
        return invalid(description, "it names no splits, such as {train: {file: train.jsonl}}");
    for (const auto& [name, node] : splits->entries) {
        LYCEUM_ASSIGN(SplitInfo split, read_split(name, node, folder));
        info.splits.push_back(std::move(split));
    }
    return info;
}

/// The datasets in one root; those that cannot be read are left out with a warning.
void collect(const fs::path& root, bool built_in, std::map<std::string, DatasetInfo>& found)
{
    std::error_code ignored; // A root that is not there has no datasets.
    for (const auto& entry : fs::directory_iterator(root, ignored)) {
        if (!fs::exists(entry.path() / kDescription, ignored))
            continue;
        auto info = read_dataset(entry.path());
        if (!info) {
            log::warning("A dataset was left out: " + info.error().message);
            continue;
        }
        info.value().built_in = built_in;
        found.try_emplace(info.value().name, std::move(info).value());
    }
}

struct Reference {
    std::string name;
    std::string split; ///< Empty: not said.
};

/// "name:split" at its last colon.
Reference parse_reference(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return {std::string(text), ""};
    return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

} // namespace

Result<std::vector<DatasetInfo>> list_datasets(const fs::path& workspace)
{
    std::map<std::string, DatasetInfo> found;
    collect(workspace / "datasets", false, found);
    collect(resource_dir() / "datasets", true, found);
    std::vector<DatasetInfo> datasets;
    for (auto& [name, info] : found)
        datasets.push_back(std::move(info));
    return datasets;
}

Result<DatasetInfo> find_dataset(std::string_view name, const fs::path& workspace)
{
    LYCEUM_ASSIGN(std::vector<DatasetInfo> datasets, list_datasets(workspace));
    const auto found = std::ranges::find(datasets, name, &DatasetInfo::name);
    if (found != datasets.end())
        return std::move(*found);
    std::error_code ignored;
    for (const fs::path& folder : {workspace / "datasets" / name, fs::path(name)})
        if (!name.empty() && fs::exists(folder / kDescription, ignored))
            return read_dataset(fs::weakly_canonical(folder, ignored));
    std::vector<std::string> names;
    for (const DatasetInfo& dataset : datasets)
        names.push_back(dataset.name);
    const auto near = nearest(name, names);
    std::string hint = near ? "Did you mean \"" + *near + "\"? " : "";
    hint += names.empty() ? "There are no datasets yet." : "Known are " + join(names, ", ") + ".";
    return Error{ErrorCode::NotFound, "There is no dataset or file \"" + std::string(name) + "\".",
                 hint};
}

Result<std::string> read_card(const DatasetInfo& dataset)
{
    return read_file(dataset.folder / "README.md", std::size_t{1} << 22U);
}

Result<fs::path> resolve_split(std::string_view reference, std::string_view default_split,
                               const fs::path& workspace)
{
    std::error_code ignored;
    if (fs::is_regular_file(fs::path(reference), ignored))
        return fs::path(reference);
    const Reference parsed = parse_reference(reference);
    if (parsed.name.find('@') != std::string::npos)
        return Error{ErrorCode::Unsupported,
                     "\"" + std::string(reference) +
                         "\" asks for a version of a dataset; they have none yet.",
                     "Leave out the part from @ on."};
    LYCEUM_ASSIGN(const DatasetInfo dataset, find_dataset(parsed.name, workspace));
    const std::string_view wanted = parsed.split.empty() ? default_split : parsed.split;
    const auto split = std::ranges::find(dataset.splits, wanted, &SplitInfo::name);
    if (split != dataset.splits.end())
        return split->path;
    std::vector<std::string> names;
    for (const SplitInfo& each : dataset.splits)
        names.push_back(dataset.name + ":" + each.name);
    return Error{ErrorCode::NotFound,
                 "The dataset \"" + dataset.name + "\" has no split \"" + std::string(wanted) +
                     "\".",
                 "It has " + join(names, ", ") + "."};
}

} // namespace lyceum::data
