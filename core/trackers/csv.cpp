#include "core/trackers/csv.h"

#include <utility>

namespace lyceum::trackers {

std::string csv_line(const std::vector<std::string>& cells)
{
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line += i == 0 ? "" : ",";
        if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
            line += cells[i];
            continue;
        }
        line += '"';
        for (const char character : cells[i])
            line += character == '"' ? std::string("\"\"") : std::string(1, character);
        line += '"';
    }
    return line + "\n";
}

std::vector<std::vector<std::string>> parse_csv(std::string_view text)
{
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> cells(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char character = text[i];
        const bool is_double = is_quoted && character == '"' && text.substr(i, 2) == "\"\"";
        if (is_double) {
            cells.back() += '"';
            ++i;
        } else if (character == '"') {
            is_quoted = !is_quoted;
        } else if (character == ',' && !is_quoted) {
            cells.emplace_back();
        } else if (character == '\n' && !is_quoted) {
            lines.push_back(std::exchange(cells, std::vector<std::string>(1)));
        } else {
            cells.back() += character;
        }
    }
    return lines;
}

} // namespace lyceum::trackers
