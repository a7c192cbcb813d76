#include "core/text/training/seed_pieces.h"

#include "core/text/utf8.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace lyceum::text {
namespace {

constexpr std::size_t kMaxPieces = 1'000'000;
constexpr std::size_t kMaxLength = 16; ///< Of a piece, in characters.
constexpr char32_t kWordEnd = 0;

/// The characters of all words, each word followed by kWordEnd.
std::u32string join_words(const std::vector<CountedWord>& words)
{
    std::u32string text;
    for (const CountedWord& word : words) {
        for (std::size_t i = 0; i < word.text.size();) {
            const CodePoint point = decode_utf8(word.text, i);
            text += point.value;
            i += point.length;
        }
        text += kWordEnd;
    }
    return text;
}

/// What is compared of a suffix: to its first kWordEnd, which is part of it, and one character more
/// than a piece may have.
class Suffixes {
public:
    explicit Suffixes(const std::u32string& text) : text_(text)
    {
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] != kWordEnd)
                sorted_.push_back(static_cast<std::uint32_t>(i));
        std::ranges::sort(sorted_, [this](std::uint32_t a, std::uint32_t b) {
            const std::size_t length = common_length(a, b);
            return length <= kMaxLength && text_[a + length] < text_[b + length] &&
                   (length == 0 || text_[a + length - 1] != kWordEnd);
        });
    }

    [[nodiscard]] std::size_t size() const noexcept { return sorted_.size(); }
    /// Of neighbours in the order.
    [[nodiscard]] std::size_t common_with_next(std::size_t index) const
    {
        return common_length(sorted_[index], sorted_[index + 1]);
    }
    [[nodiscard]] std::u32string_view prefix(std::size_t index, std::size_t length) const
    {
        return std::u32string_view(text_).substr(sorted_[index], length);
    }

private:
    [[nodiscard]] std::size_t common_length(std::uint32_t a, std::uint32_t b) const
    {
        std::size_t length = 0;
        while (length <= kMaxLength && text_[a + length] == text_[b + length]) {
            ++length;
            if (text_[a + length - 1] == kWordEnd)
                break;
        }
        return length;
    }

    const std::u32string& text_;
    std::vector<std::uint32_t> sorted_;
};

struct Substring {
    std::u32string_view text;
    std::size_t score = 0; ///< Characters that it covers.
};

/// The inner nodes of the suffix tree, by the intervals of the suffix array that begin in common
/// (Abouelhoda, Kurtz and Ohlebusch 2004).
std::vector<Substring> repeated_substrings(const Suffixes& suffixes)
{
    struct Interval {
        std::size_t begin = 0;
        std::size_t length = 0;
    };
    std::vector<Substring> found;
    std::vector<Interval> open = {{}};
    for (std::size_t i = 0; i < suffixes.size(); ++i) {
        const std::size_t common = i + 1 < suffixes.size() ? suffixes.common_with_next(i) : 0;
        std::size_t begin = i;
        while (open.back().length > common) {
            const Interval closed = open.back();
            open.pop_back();
            begin = closed.begin;
            const auto text = suffixes.prefix(begin, closed.length);
            if (closed.length >= 2 && closed.length <= kMaxLength && text.back() != kWordEnd)
                found.push_back({text, (i + 1 - begin) * closed.length});
        }
        if (open.back().length < common)
            open.push_back({begin, common});
    }
    return found;
}

std::string to_utf8(std::u32string_view text)
{
    std::string result;
    for (const char32_t point : text)
        append_utf8(result, point);
    return result;
}

/// With how often they occur, the most frequent first, of equals the one with the higher code.
void append_characters(const std::vector<CountedWord>& words, const std::u32string& text,
                       std::vector<Piece>& pieces)
{
    std::map<char32_t, std::uint64_t> counts;
    std::size_t position = 0;
    for (const CountedWord& word : words) {
        const std::size_t end = text.find(kWordEnd, position);
        for (; position < end; ++position)
            counts[text[position]] += word.count;
        ++position;
    }
    std::vector<std::pair<std::uint64_t, char32_t>> sorted;
    for (const auto& [point, count] : counts)
        sorted.emplace_back(count, point);
    std::ranges::sort(sorted, std::greater{});
    for (const auto& [count, point] : sorted)
        pieces.push_back({to_utf8({&point, 1}), static_cast<double>(count)});
}

void to_log_shares(std::vector<Piece>& pieces)
{
    double sum = 0.0;
    for (const Piece& piece : pieces)
        sum += piece.score;
    const double log_sum = std::log(sum);
    for (Piece& piece : pieces)
        piece.score = std::log(piece.score) - log_sum;
}

} // namespace

Result<std::vector<Piece>> seed_pieces(const std::vector<CountedWord>& words, double share_done,
                                       TrainingProgress& progress)
{
    const std::u32string text = join_words(words);
    std::vector<Piece> pieces;
    append_characters(words, text, pieces);
    const Suffixes suffixes(text);
    LYCEUM_TRY(progress.report(share_done));
    std::vector<Substring> substrings = repeated_substrings(suffixes);
    std::ranges::sort(substrings, [](const Substring& a, const Substring& b) {
        return a.score != b.score ? a.score > b.score : a.text > b.text;
    });
    for (const Substring& substring : substrings) {
        pieces.push_back({to_utf8(substring.text), static_cast<double>(substring.score)});
        if (pieces.size() >= kMaxPieces)
            break;
    }
    to_log_shares(pieces);
    return pieces;
}

} // namespace lyceum::text
