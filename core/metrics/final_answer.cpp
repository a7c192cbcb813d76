#include "core/metrics/final_answer.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace lyceum::metrics {
namespace {

constexpr std::size_t kMaxDigits = 18; ///< What fits in 64 bits.

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string to_lower(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

std::string_view trim(std::string_view text, std::string_view characters)
{
    const std::size_t begin = text.find_first_not_of(characters);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(characters) - begin + 1);
}

std::optional<Fraction> make_fraction(std::int64_t numerator, std::int64_t denominator)
{
    if (denominator == 0)
        return std::nullopt;
    const std::int64_t divisor = std::gcd(numerator, denominator);
    return Fraction{numerator / divisor, denominator / divisor};
}

/// a/b + c/d, when it fits.
std::optional<Fraction> add(const Fraction& a, const Fraction& b)
{
    std::int64_t left = 0;
    std::int64_t right = 0;
    std::int64_t sum = 0;
    std::int64_t denominator = 0;
    if (__builtin_mul_overflow(a.numerator, b.denominator, &left) ||
        __builtin_mul_overflow(b.numerator, a.denominator, &right) ||
        __builtin_add_overflow(left, right, &sum) ||
        __builtin_mul_overflow(a.denominator, b.denominator, &denominator))
        return std::nullopt;
    return make_fraction(sum, denominator);
}

/// Where in a text a number stands, and what it is; no value when it is out of bounds.
struct NumberSpan {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::optional<Fraction> value;
};

/// Reads digits from a position on.
class Scanner {
public:
    Scanner(std::string_view text, std::size_t position) : text_(text), position_(position) {}

    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] bool at_digit(std::size_t ahead = 0) const
    {
        return position_ + ahead < text_.size() && is_digit(text_[position_ + ahead]);
    }
    [[nodiscard]] bool at(char c) const
    {
        return position_ < text_.size() && text_[position_] == c;
    }
    void skip(std::size_t count) { position_ += count; }

    /// "1250", "1,250": digits with commas between groups of three.
    std::optional<std::int64_t> whole(bool with_commas)
    {
        std::int64_t value = 0;
        std::size_t digits = 0;
        const std::size_t begin = position_;
        while (at_digit() || (with_commas && at(',') && at_group(position_ - begin))) {
            if (at_digit()) {
                ++digits;
                value = digits <= kMaxDigits ? value * 10 + (text_[position_] - '0') : 0;
            }
            ++position_;
        }
        return digits == 0 || digits > kMaxDigits ? std::nullopt : std::optional(value);
    }

private:
    /// At a comma after `length` characters of a number, with exactly three digits behind it.
    [[nodiscard]] bool at_group(std::size_t length) const
    {
        return length > 0 && length <= 27 && at_digit(1) && at_digit(2) && at_digit(3) &&
               !at_digit(4);
    }

    std::string_view text_;
    std::size_t position_;
};

std::int64_t power_of_ten(std::size_t exponent)
{
    std::int64_t power = 1;
    for (std::size_t i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

/// The digits after a decimal point as a fraction.
std::optional<Fraction> decimals(Scanner& scanner)
{
    const std::size_t begin = scanner.position();
    const auto digits = scanner.whole(false);
    const std::size_t count = scanner.position() - begin;
    if (!digits || count > kMaxDigits)
        return std::nullopt;
    return make_fraction(*digits, power_of_ten(count));
}

/// Blanks, then "c/d" with c and d next to the slash or a blank apart; leaves the scanner where it
/// was if there is none.
std::optional<Fraction> mixed_part(Scanner& scanner)
{
    Scanner ahead = scanner;
    if (!ahead.at(' '))
        return std::nullopt;
    ahead.skip(1);
    if (!ahead.at_digit())
        return std::nullopt;
    const auto numerator = ahead.whole(false);
    if (!numerator || !ahead.at('/') || !ahead.at_digit(1))
        return std::nullopt;
    ahead.skip(1);
    const auto denominator = ahead.whole(false);
    if (!denominator || *denominator == 0)
        return std::nullopt;
    scanner = ahead;
    return make_fraction(*numerator, *denominator);
}

/// "/ d" after a whole number: its denominator.
std::optional<std::int64_t> denominator_part(Scanner& scanner)
{
    Scanner ahead = scanner;
    while (ahead.at(' '))
        ahead.skip(1);
    if (!ahead.at('/'))
        return std::nullopt;
    ahead.skip(1);
    while (ahead.at(' '))
        ahead.skip(1);
    if (!ahead.at_digit())
        return std::nullopt;
    const auto denominator = ahead.whole(false);
    scanner = ahead;
    return denominator.value_or(0); // 0: no number at all
}

/// The number at a digit (or a point before one).
NumberSpan read_number(std::string_view text, std::size_t begin)
{
    Scanner scanner(text, begin);
    NumberSpan span{.begin = begin, .end = begin, .value = std::nullopt};
    const auto whole = scanner.at('.') ? std::optional<std::int64_t>(0) : scanner.whole(true);
    if (whole)
        span.value = make_fraction(*whole, 1);
    if (scanner.at('.') && scanner.at_digit(1)) {
        scanner.skip(1);
        const auto part = decimals(scanner);
        span.value = span.value && part ? add(*span.value, *part) : std::nullopt;
    } else if (const auto part = mixed_part(scanner)) {
        span.value = span.value ? add(*span.value, *part) : std::nullopt;
    } else if (const auto denominator = denominator_part(scanner)) {
        span.value = whole ? make_fraction(*whole, *denominator) : std::nullopt;
    }
    if (scanner.at('%')) {
        scanner.skip(1);
        if (span.value)
            span.value = span.value->denominator <= std::int64_t{1} << 40U
                             ? make_fraction(span.value->numerator, span.value->denominator * 100)
                             : std::nullopt;
    }
    span.end = scanner.position();
    return span;
}

/// A sign that belongs to the number at `begin`, and is not a subtraction ("3-1", "3 -1", "x-1") or
/// a dash between words.
bool is_negative(std::string_view text, std::size_t begin)
{
    if (begin == 0 || text[begin - 1] != '-')
        return false;
    const std::string_view before = text.substr(0, begin - 1);
    const std::size_t last = before.find_last_not_of(' ');
    if (last == std::string_view::npos)
        return true;
    const char c = before[last];
    const bool touches = last + 1 == before.size();
    return !is_digit(c) && c != ')' && c != '-' && !(touches && is_letter(c));
}

std::vector<NumberSpan> find_numbers(std::string_view text)
{
    std::vector<NumberSpan> numbers;
    for (std::size_t i = 0; i < text.size();) {
        const bool point = text[i] == '.' && i + 1 < text.size() && is_digit(text[i + 1]);
        const bool in_word = i > 0 && (is_letter(text[i - 1]) || text[i - 1] == '_');
        if (!(is_digit(text[i]) || point) || in_word) {
            // The digits of a word ("x2") are no number.
            const bool digits_of_word = in_word && is_digit(text[i]);
            ++i;
            while (digits_of_word && i < text.size() && is_digit(text[i]))
                ++i;
            continue;
        }
        NumberSpan span = read_number(text, i);
        if (is_negative(text, i)) {
            --span.begin;
            if (span.value)
                span.value->numerator = -span.value->numerator;
        }
        i = span.end;
        numbers.push_back(span);
    }
    return numbers;
}

constexpr std::string_view kEnds = " \t\r\n*_`\"'$.,;:!()[]\\";

/// Letters and digits as they count in a comparison of words.
std::string normalise(std::string_view text)
{
    std::string result;
    for (const char c : to_lower(trim(text, kEnds)))
        if (c != ' ' && c != '\t')
            result += c;
    return result;
}

} // namespace

std::string extract_answer(std::string_view text)
{
    constexpr std::array<std::string_view, 3> kMarkers = {"answer:", "answer is", "answer**:"};
    const std::string folded = to_lower(text);
    std::size_t begin = std::string::npos;
    for (const std::string_view marker : kMarkers) {
        const std::size_t found = folded.rfind(marker);
        if (found != std::string::npos &&
            (begin == std::string::npos || found + marker.size() > begin))
            begin = found + marker.size();
    }
    if (begin != std::string::npos) {
        std::string_view line = text.substr(begin);
        line.remove_prefix(std::min(line.find_first_not_of(" \t\r\n*:"), line.size()));
        line = line.substr(0, line.find('\n'));
        return std::string(trim(line, " \t\r*_`.,;!"));
    }
    const auto numbers = find_numbers(text);
    if (numbers.empty())
        return {};
    return std::string(
        text.substr(numbers.back().begin, numbers.back().end - numbers.back().begin));
}

std::optional<Fraction> parse_number(std::string_view text)
{
    if (const std::size_t equals = text.rfind('='); equals != std::string_view::npos)
        text = text.substr(equals + 1);
    const auto numbers = find_numbers(text);
    return numbers.size() == 1 ? numbers.front().value : std::nullopt;
}

bool answers_match(std::string_view answer, std::string_view expected)
{
    const auto left = parse_number(answer);
    const auto right = parse_number(expected);
    if (left && right)
        return *left == *right;
    return !normalise(expected).empty() && normalise(answer) == normalise(expected);
}

} // namespace lyceum::metrics
