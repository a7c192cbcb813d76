#pragma once

#include "core/base/line_reader.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

#include <filesystem>
#include <optional>
#include <utility>

namespace lyceum::engine {

/// The records of a file one after another, in bounded memory: each line of a .jsonl file that is
/// not blank, as data::parse_record reads it; of any other file each line as a text, blank ones
/// too.
class RecordLines {
public:
    /// @return as LineReader::open.
    [[nodiscard]] static Result<RecordLines> open(const std::filesystem::path& file);

    /// Nothing behind the last. @return InvalidData for a bad line, or a file without any; Io.
    [[nodiscard]] Result<std::optional<data::Record>> next();
    /// "questions.jsonl, line 3: ", of the record read last.
    [[nodiscard]] std::string place() const { return reader_.place(); }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return reader_.path(); }

private:
    RecordLines(LineReader reader, bool is_json) : reader_(std::move(reader)), is_json_(is_json) {}

    LineReader reader_;
    bool is_json_;
    bool has_any_ = false;
};

} // namespace lyceum::engine
