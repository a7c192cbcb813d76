#include "core/base/line_reader.h"

#include "core/base/system_error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace lyceum {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{1} << 24U;
constexpr std::size_t kBlockBytes = std::size_t{1} << 16U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

} // namespace

Result<LineReader> LineReader::open(const std::filesystem::path& path)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return system_error("Cannot read", path, EISDIR);
    LineReader reader(path);
    errno = 0;
    reader.file_.open(path, std::ios::binary);
    if (!reader.file_)
        return system_error("Cannot read", path, errno);
    return reader;
}

std::string LineReader::place() const
{
    return path_.string() + ", line " + std::to_string(line_) + ": ";
}

Result<bool> LineReader::fill()
{
    std::size_t searched = begin_;
    while (true) {
        end_ = buffer_.find('\n', searched);
        if (end_ != std::string::npos)
            return true;
        if (buffer_.size() - begin_ > kMaxLineBytes)
            return Error{ErrorCode::InvalidData,
                         path_.string() + ", line " + std::to_string(line_ + 1) +
                             " is longer than " + format_bytes(kMaxLineBytes),
                         "Split it into several lines."};
        buffer_.erase(0, begin_);
        begin_ = 0;
        searched = buffer_.size();
        buffer_.resize(searched + kBlockBytes);
        file_.read(buffer_.data() + searched, static_cast<std::streamsize>(kBlockBytes));
        const auto count = static_cast<std::size_t>(file_.gcount());
        buffer_.resize(searched + count);
        if (file_.bad())
            return system_error("Cannot read", path_, EIO);
        if (count == 0) {
            end_ = buffer_.size();
            return !buffer_.empty();
        }
    }
}

Result<std::optional<std::string>> LineReader::next()
{
    LYCEUM_ASSIGN(const bool is_there, fill());
    if (!is_there)
        return std::optional<std::string>();
    std::string line = buffer_.substr(begin_, end_ - begin_);
    begin_ = std::min(end_ + 1, buffer_.size());
    ++line_;
    if (line_ == 1 && line.starts_with(kByteOrderMark))
        line.erase(0, kByteOrderMark.size());
    if (line.ends_with('\r'))
        line.pop_back();
    if (const auto offset = find_invalid_utf8(line))
        return Error{ErrorCode::InvalidData,
                     place() + "it is not UTF-8: byte " + std::to_string(*offset + 1) +
                         " does not belong to a character",
                     "Save the file as UTF-8."};
    return std::optional(std::move(line));
}

} // namespace lyceum
