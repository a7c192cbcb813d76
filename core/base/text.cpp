#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace lyceum {
namespace {

// Levenshtein distance with a swap of neighbours as one step (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

struct SequenceRule {
    unsigned char lead_low;
    unsigned char lead_high;
    unsigned char second_low;
    unsigned char second_high;
    std::size_t length;
};

// RFC 3629, section 4: the only well-formed sequences of more than one byte.
constexpr std::array<SequenceRule, 8> kSequences{{
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4},
    {0xF4, 0xF4, 0x80, 0x8F, 4},
}};

// Length of the well-formed sequence that `text` starts with, 0 if there is none.
std::size_t sequence_length(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80)
        return 1;
    for (const SequenceRule& rule : kSequences) {
        if (byte(0) < rule.lead_low || byte(0) > rule.lead_high)
            continue;
        if (text.size() < rule.length || byte(1) < rule.second_low || byte(1) > rule.second_high)
            return 0;
        for (std::size_t i = 2; i < rule.length; ++i) {
            if (byte(i) < 0x80 || byte(i) > 0xBF)
                return 0;
        }
        return rule.length;
    }
    return 0;
}

} // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates)
{
    const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
    std::optional<std::string> best;
    std::size_t best_distance = std::min(limit + 1, word.size());
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text)
{
    std::size_t offset = 0;
    while (offset < text.size()) {
        const std::size_t length = sequence_length(text.substr(offset));
        if (length == 0)
            return offset;
        offset += length;
    }
    return std::nullopt;
}

std::string format_bytes(std::uint64_t bytes)
{
    if (bytes < 1024)
        return std::to_string(bytes) + " B";
    constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes) / 1024.0;
    std::size_t unit = 0;
    // 1023.95 would be shown as 1024.0 of the smaller unit.
    while (value >= 1023.95 && unit + 1 < kUnits.size()) {
        value /= 1024.0;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
    return text.data();
}

std::string format_duration(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0)
        return "unknown";
    const auto total = static_cast<std::uint64_t>(std::llround(std::min(seconds, 1e12)));
    const auto part = [](std::uint64_t number, const char* unit) {
        return std::to_string(number) + " " + unit;
    };
    if (total < 60)
        return part(total, "s");
    if (total < 3600)
        return part(total / 60, "min") + (total % 60 == 0 ? "" : " " + part(total % 60, "s"));
    const std::uint64_t minutes = total / 60;
    return part(minutes / 60, "h") + (minutes % 60 == 0 ? "" : " " + part(minutes % 60, "min"));
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    std::size_t start = 0;
    for (std::size_t end = 0; (end = text.find(separator, start)) != std::string_view::npos;
         start = end + 1)
        parts.emplace_back(text.substr(start, end - start));
    parts.emplace_back(text.substr(start));
    return parts;
}

std::string join(std::span<const std::string> parts, std::string_view separator)
{
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0)
            text.append(separator);
        text.append(parts[i]);
    }
    return text;
}

} // namespace lyceum
