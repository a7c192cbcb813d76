#pragma once

/// @file
/// What normalizers and pre-tokenizers look for, and the ways to cut a text where it is
/// (tokenizers/src/tokenizer/pattern.rs, normalizer.rs).

#include "core/base/result.h"
#include "core/text/aligned_text.h"
#include "core/text/function_ref.h"
#include "core/text/part_reader.h"
#include "core/text/regex.h"

#include <memory>
#include <string>

namespace lyceum::text {

/// A text or a regular expression; immutable.
class Pattern {
public:
    /// {"String": ...} or {"Regex": ...} of `part`.
    [[nodiscard]] static Result<Pattern> read(const PartReader& part, const char* key);
    explicit Pattern(std::shared_ptr<const Regex> regex) : regex_(std::move(regex)) {}
    explicit Pattern(std::string literal) : literal_(std::move(literal)) {}

    /// Gives all ranges of `text` in order, those that match and those between.
    using Sink = FunctionRef<void(std::size_t begin, std::size_t end, bool is_match)>;
    void find(std::string_view text, Sink sink) const;

private:
    void find_literal(std::string_view text, Sink sink) const;
    void find_regex(std::string_view text, Sink sink) const;

    std::shared_ptr<const Regex> regex_;
    std::string literal_;
};

enum class SplitBehavior : std::uint8_t {
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
};
[[nodiscard]] Result<SplitBehavior> read_behavior(const PartReader& part);

using PieceSink = FunctionRef<void(const TextView&)>;

/// Takes ranges as a Pattern gives them, and gives the pieces of `text` to `sink`; never an empty
/// one. Those that merge come with finish().
class Splitter {
public:
    Splitter(const TextView& text, SplitBehavior behavior, PieceSink sink)
        : text_(text), behavior_(behavior), sink_(sink)
    {
    }
    void operator()(std::size_t begin, std::size_t end, bool is_match);
    void finish();

private:
    void emit(std::size_t begin, std::size_t end) const;

    const TextView& text_;
    SplitBehavior behavior_;
    PieceSink sink_;
    std::size_t held_begin_ = 0;
    std::size_t held_end_ = 0;
    bool holds_ = false;
    bool previous_match_ = false;
};

/// Cuts where characters are of the class `is_match`, each a match by itself.
void split_characters(const TextView& text, SplitBehavior behavior,
                      FunctionRef<bool(char32_t)> is_match, PieceSink sink);

} // namespace lyceum::text
