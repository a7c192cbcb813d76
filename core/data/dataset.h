#pragma once

/// @file
/// Datasets: a folder (or one file) of JSONL records, checked record by record; nothing is dropped
/// silently.
///
/// `<root>/<name>/dataset.yaml` (title, summary, licence, source, goal, splits: {train: {file,
/// records, sha256}, ...}), the split files, and `README.md`, the card. Roots:
/// `<workspace>/datasets`, then `<resources>/datasets`.

#include "core/base/result.h"
#include "core/text/chat_template.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::data {

/// One example. A record has `text`, or `prompt` + `completion`, or `messages`; other keys are kept
/// as `extra`.
struct Record {
    std::string text; ///< Only this: continued pre-training, every token is learnt.
    std::vector<text::Message> messages; ///< prompt + completion becomes user + assistant.
    std::string answer;     ///< Optional `answer`: the exact final answer, for evaluation.
    std::string extra_json; ///< The whole record as it stood in the file.
    std::size_t line = 0;   ///< From 1.
};

struct RecordProblem {
    std::string file;
    std::size_t line = 0;
    std::string field;
    std::string problem;
    std::string repair; ///< What to do about it.
};

struct RecordFile {
    std::filesystem::path path;
    std::vector<Record> records;
    std::vector<RecordProblem> problems; ///< Rejected lines; `records` holds the good ones.
    std::string sha256;
};

/// Reads a .jsonl file (or .txt/.md: one record of text a blank-line-separated block). Blank lines,
/// a byte order mark and CRLF are no problem; the first thing wrong with a line is.
/// @return NotFound; Io; InvalidData for an empty file, one that is not UTF-8 (with the byte offset
/// and line), a JSON list in place of lines, or over 1 GiB; Unsupported for other kinds of files.
[[nodiscard]] Result<RecordFile> read_records(const std::filesystem::path& path);

/// The problems of a file as one error: file, line, field, repair of the first five and how many
/// more.
[[nodiscard]] Error to_error(const std::vector<RecordProblem>& problems);

struct SplitInfo {
    std::string name; ///< train | validation | test
    std::filesystem::path path;
    std::size_t num_records = 0;
    std::string sha256;
};

struct DatasetInfo {
    std::string name;
    std::string title;
    std::string summary;
    std::string licence;
    std::string source;
    std::string goal; ///< tutor | writer | grader
    std::filesystem::path folder;
    std::vector<SplitInfo> splits;
    bool built_in = false;
};
/// Sorted by name; a dataset of the workspace hides a built-in one. What cannot be read is left out
/// with a warning in the log.
[[nodiscard]] Result<std::vector<DatasetInfo>>
list_datasets(const std::filesystem::path& workspace);
/// By name, or the path of a folder with a dataset.yaml.
/// @return NotFound naming the nearest known dataset; InvalidData for a broken dataset.yaml.
[[nodiscard]] Result<DatasetInfo> find_dataset(std::string_view name,
                                               const std::filesystem::path& workspace);
[[nodiscard]] Result<std::string> read_card(const DatasetInfo& dataset); ///< Markdown.

/// `name[:split]` or a file, to the file it means.
/// @return NotFound naming the nearest dataset, or the splits that there are.
[[nodiscard]] Result<std::filesystem::path> resolve_split(std::string_view reference,
                                                          std::string_view default_split,
                                                          const std::filesystem::path& workspace);

/// What a run trains and validates on: `data.train` and `data.validation` resolved and read; every
/// bad record is an error.
struct TrainingData {
    std::vector<Record> train;
    std::vector<Record> validation; ///< Empty for "none".
    std::string train_sha256;
    std::string validation_sha256;
};
/// `validation` is "auto" (the dataset's own split, else 10%), a share ("10%"), a name, a file or
/// "none". A share is drawn with `seed` (see shuffle.h), so that it is the same in every run and on
/// resume.
/// @return as resolve_split and read_records; to_error() of the problems; InvalidConfig for a bad
/// share.
[[nodiscard]] Result<TrainingData> load_training_data(std::string_view train,
                                                      std::string_view validation,
                                                      std::uint64_t seed,
                                                      const std::filesystem::path& workspace);

} // namespace lyceum::data
