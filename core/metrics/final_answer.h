#pragma once

/// @file
/// Exact-answer scoring of tutoring replies: which number a text ends with, and whether two are
/// equal.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::metrics {

/// A rational number in lowest terms; the denominator is positive.
struct Fraction {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
    friend bool operator==(const Fraction&, const Fraction&) = default;
};

/// The final answer in a reply: what follows the last "Answer:", "The answer is" or "Final answer:"
/// on its line, else the last number in the text. Trimmed of white space, a final full stop and
/// Markdown emphasis; empty if there is none.
[[nodiscard]] std::string extract_answer(std::string_view text);

/// The number a text stands for: "5/6", "1 1/2", "-3", "0.75", "1,250", "50%" (as 1/2), "$3.20";
/// the last of an equation ("3/6 = 1/2"). Units after it are left out. Nothing when it has no
/// number, more than one, or one beyond 18 digits.
[[nodiscard]] std::optional<Fraction> parse_number(std::string_view text);

/// Whether an answer is right: by value where both are numbers (2/4 is 1/2 is 0.5), else by their
/// letters and digits without regard to case, white space and punctuation at the ends.
[[nodiscard]] bool answers_match(std::string_view answer, std::string_view expected);

} // namespace lyceum::metrics
