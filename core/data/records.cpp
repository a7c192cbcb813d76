#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/data/dataset.h"
#include "core/data/record_parser.h"

#include <algorithm>

namespace lyceum::data {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(std::string_view text)
{
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Error invalid(const std::filesystem::path& path, const std::string& what, std::string hint)
{
    return {ErrorCode::InvalidData, path.string() + " " + what + ".", std::move(hint)};
}

/// Calls `on_line` with each line, without its end, and its number from 1.
template <typename OnLine>
void for_each_line(std::string_view content, OnLine on_line)
{
    for (std::size_t number = 1; !content.empty(); ++number) {
        const std::size_t newline = content.find('\n');
        std::string_view line = content.substr(0, newline);
        content.remove_prefix(newline == std::string_view::npos ? content.size() : newline + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        on_line(line, number);
    }
}

void read_json_lines(std::string_view content, RecordFile& file)
{
    for_each_line(content, [&file](std::string_view line, std::size_t number) {
        if (is_blank(line))
            return;
        auto parsed = parse_record(line);
        if (auto* record = std::get_if<Record>(&parsed)) {
            record->line = number;
            file.records.push_back(std::move(*record));
        } else {
            auto& problem = std::get<RecordProblem>(parsed);
            problem.file = file.path.string();
            problem.line = number;
            file.problems.push_back(std::move(problem));
        }
    });
}

void read_blocks(std::string_view content, RecordFile& file)
{
    Record block;
    const auto finish = [&] {
        if (!block.text.empty())
            file.records.push_back(std::move(block));
        block = Record{};
    };
    for_each_line(content, [&](std::string_view line, std::size_t number) {
        if (is_blank(line))
            return finish();
        if (block.text.empty())
            block.line = number;
        else
            block.text += '\n';
        block.text += line;
    });
    finish();
}

Result<void> check_text(const std::filesystem::path& path, std::string_view content)
{
    if (const auto offset = find_invalid_utf8(content)) {
        const auto line = 1 + std::ranges::count(content.substr(0, *offset), '\n');
        return invalid(path,
                       "is not UTF-8: the byte at offset " + std::to_string(*offset) + ", line " +
                           std::to_string(line) + ", is not part of a character",
                       "Save it with the encoding UTF-8.");
    }
    if (is_blank(content))
        return invalid(path, "is empty", "Put at least one record in it.");
    return {};
}

} // namespace

Result<RecordFile> read_records(const std::filesystem::path& path)
{
    const std::string extension = path.extension().string();
    const bool is_text = extension == ".txt" || extension == ".md";
    if (!is_text && extension != ".jsonl" && extension != ".json")
        return Error{ErrorCode::Unsupported, path.string() + " is not a .jsonl, .txt or .md file.",
                     "Convert it to JSON lines, one record a line."};
    LYCEUM_ASSIGN(const std::string bytes, read_file(path, kMaxFileBytes));
    std::string_view content = bytes;
    if (content.starts_with(kByteOrderMark))
        content.remove_prefix(kByteOrderMark.size());
    LYCEUM_TRY(check_text(path, content));
    RecordFile file;
    file.path = path;
    file.sha256 = sha256_hex(bytes);
    if (is_text) {
        read_blocks(content, file);
        return file;
    }
    if (content[content.find_first_not_of(" \t\r\n")] == '[')
        return invalid(path, "is a JSON list, not JSON lines",
                       "Write one record a line, without the brackets and commas around them.");
    read_json_lines(content, file);
    return file;
}

Error to_error(const std::vector<RecordProblem>& problems)
{
    constexpr std::size_t kShown = 5;
    std::vector<std::string> lines;
    for (const RecordProblem& problem : problems) {
        if (lines.size() == kShown) {
            lines.push_back("... and " + std::to_string(problems.size() - kShown) + " more.");
            break;
        }
        lines.push_back(problem.file + ", line " + std::to_string(problem.line) + ": " +
                        (problem.field.empty() ? "the record" : problem.field) + " " +
                        problem.problem + ". " + problem.repair);
    }
    return {ErrorCode::InvalidData, join(lines, "\n"),
            "Repair or remove these records; none are skipped silently."};
}

} // namespace lyceum::data
