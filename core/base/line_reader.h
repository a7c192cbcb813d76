#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace lyceum {

/// The lines of a text file one after another; memory is bounded by the longest, not by the file. A
/// byte order mark and the CR of a CRLF are left out.
class LineReader {
public:
    /// @return NotFound; Io, also for a folder.
    [[nodiscard]] static Result<LineReader> open(const std::filesystem::path& path);

    /// The next line without its end; nothing behind the last.
    /// @return InvalidData naming file and line, when it is not UTF-8 or over 16 MiB; Io.
    [[nodiscard]] Result<std::optional<std::string>> next();
    /// Of the line read last, from 1; 0 before the first.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// "questions.txt, line 3: ": what an error about the line read last begins with.
    [[nodiscard]] std::string place() const;

private:
    explicit LineReader(std::filesystem::path path) : path_(std::move(path)) {}
    /// Reads on until there is a line's end. @return false at the end of the file.
    Result<bool> fill();

    std::filesystem::path path_;
    std::ifstream file_;
    std::string buffer_;
    std::size_t begin_ = 0; ///< Of what was not handed out, in buffer_.
    std::size_t end_ = 0;   ///< Of the line that fill() found.
    std::size_t line_ = 0;
};

} // namespace lyceum
