#include "core/base/log.h"
#include "core/data/dataset.h"
#include "core/data/shuffle.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lyceum::data {
namespace {

namespace fs = std::filesystem;

constexpr double kDefaultShare = 0.1;

/// "10%" as 0.1; nothing if the text is no share.
std::optional<double> parse_share(std::string_view text)
{
    if (!text.ends_with('%'))
        return std::nullopt;
    text.remove_suffix(1);
    double percent = 0.0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
        return std::nullopt;
    return percent / 100.0;
}

Result<RecordFile> read_all(const fs::path& path)
{
    LYCEUM_ASSIGN(RecordFile file, read_records(path));
    if (!file.problems.empty())
        return to_error(file.problems);
    return file;
}

/// Says so when a file is not the one that its dataset.yaml describes.
void compare_with_catalogue(const RecordFile& file, const fs::path& workspace)
{
    const auto datasets = list_datasets(workspace);
    if (!datasets)
        return;
    for (const DatasetInfo& dataset : datasets.value())
        for (const SplitInfo& split : dataset.splits)
            if (split.path == file.path && !split.sha256.empty() && split.sha256 != file.sha256)
                log::warning(file.path.string() + " has changed since " + dataset.name +
                             "/dataset.yaml was written: its sha256 is " + file.sha256 + ".");
}

/// Moves a share of the training records to the validation records, both in the file's order.
Result<void> draw_share(double share, std::uint64_t seed, TrainingData& data)
{
    const std::size_t count = data.train.size();
    if (!(share > 0.0) || !(share < 1.0))
        return Error{ErrorCode::InvalidConfig,
                     "data.validation is " + std::to_string(share * 100.0) +
                         "%, which leaves nothing to train or validate on.",
                     "Give a share between 0% and 100%, such as 10%, or none."};
    if (count < 2)
        return Error{ErrorCode::InvalidConfig,
                     "There is only one record, of which no share can be kept for validation.",
                     "Set data.validation to none or to a file."};
    const auto wanted = static_cast<std::size_t>(std::llround(static_cast<double>(count) * share));
    const std::size_t num_validation = std::clamp<std::size_t>(wanted, 1, count - 1);
    const std::vector<std::size_t> order = shuffled_indices(count, seed);
    std::vector<bool> is_validation(count);
    for (std::size_t i = 0; i < num_validation; ++i)
        is_validation[order[i]] = true;
    std::vector<Record> train;
    for (std::size_t i = 0; i < count; ++i)
        (is_validation[i] ? data.validation : train).push_back(std::move(data.train[i]));
    data.train = std::move(train);
    data.validation_sha256 = data.train_sha256;
    return {};
}

/// The validation split of the dataset that `train` names; nothing when it has none.
std::optional<fs::path> own_validation(std::string_view train, const fs::path& train_path,
                                       const fs::path& workspace)
{
    if (train_path == fs::path(train)) // A file, not a dataset.
        return std::nullopt;
    const std::string name(train.substr(0, train.rfind(':')));
    const auto path = resolve_split(name + ":validation", "validation", workspace);
    return path && path.value() != train_path ? std::optional(path.value()) : std::nullopt;
}

} // namespace

Result<TrainingData> load_training_data(std::string_view train, std::string_view validation,
                                        std::uint64_t seed, const fs::path& workspace)
{
    LYCEUM_ASSIGN(const fs::path train_path, resolve_split(train, "train", workspace));
    LYCEUM_ASSIGN(RecordFile train_file, read_all(train_path));
    compare_with_catalogue(train_file, workspace);
    TrainingData data;
    data.train = std::move(train_file.records);
    data.train_sha256 = train_file.sha256;
    if (validation == "none")
        return data;
    if (const auto share = parse_share(validation)) {
        LYCEUM_TRY(draw_share(*share, seed, data));
        return data;
    }
    std::optional<fs::path> path;
    if (validation == "auto") {
        path = own_validation(train, train_path, workspace);
        if (!path) {
            LYCEUM_TRY(draw_share(kDefaultShare, seed, data));
            return data;
        }
    } else {
        LYCEUM_ASSIGN(path, resolve_split(validation, "validation", workspace));
    }
    LYCEUM_ASSIGN(RecordFile validation_file, read_all(*path));
    compare_with_catalogue(validation_file, workspace);
    data.validation = std::move(validation_file.records);
    data.validation_sha256 = validation_file.sha256;
    return data;
}

} // namespace lyceum::data
