#include "app/engine/record_lines.h"

#include "core/data/record_parser.h"

#include <variant>

namespace lyceum::engine {

Result<RecordLines> RecordLines::open(const std::filesystem::path& file)
{
    LYCEUM_ASSIGN(LineReader reader, LineReader::open(file));
    return RecordLines(std::move(reader), file.extension() == ".jsonl");
}

Result<std::optional<data::Record>> RecordLines::next()
{
    while (true) {
        LYCEUM_ASSIGN(std::optional<std::string> line, reader_.next());
        if (!line) {
            if (has_any_)
                return std::optional<data::Record>();
            return Error{ErrorCode::InvalidData, reader_.path().string() + " is empty",
                         "Put at least one text in it, one a line."};
        }
        if (is_json_ && line->find_first_not_of(" \t\r") == std::string::npos)
            continue;
        has_any_ = true;
        if (!is_json_) {
            data::Record record;
            record.text = std::move(*line);
            record.line = reader_.line();
            return std::optional(std::move(record));
        }
        auto parsed = data::parse_record(*line);
        if (auto* problem = std::get_if<data::RecordProblem>(&parsed)) {
            problem->file = reader_.path().string();
            problem->line = reader_.line();
            return data::to_error({*problem});
        }
        data::Record record = std::get<data::Record>(std::move(parsed));
        record.line = reader_.line();
        return std::optional(std::move(record));
    }
}

} // namespace lyceum::engine
