#include "core/text/pattern.h"

#include "core/text/utf8.h"

#include <array>
#include <utility>

namespace lyceum::text {

Result<Pattern> Pattern::read(const PartReader& part, const char* key)
{
    const PartReader pattern(part.value(key), "pattern");
    if (pattern.has("String")) {
        LYCEUM_ASSIGN(std::string literal, pattern.text("String"));
        return Pattern(std::move(literal));
    }
    if (!pattern.has("Regex"))
        return part.invalid("has neither a text nor a regular expression");
    LYCEUM_ASSIGN(const std::string source, pattern.text("Regex"));
    LYCEUM_ASSIGN(auto regex, Regex::compile(source));
    return Pattern(std::move(regex));
}

void Pattern::find(std::string_view text, Sink sink) const
{
    if (regex_ != nullptr)
        find_regex(text, sink);
    else
        find_literal(text, sink);
}

void Pattern::find_literal(std::string_view text, Sink sink) const
{
    std::size_t position = 0;
    while (!literal_.empty()) {
        const std::size_t found = text.find(literal_, position);
        if (found == std::string_view::npos)
            break;
        if (found > position)
            sink(position, found, false);
        sink(found, found + literal_.size(), true);
        position = found + literal_.size();
    }
    if (position < text.size())
        sink(position, text.size(), false);
}

/// An empty match cuts, too, but not right behind another match.
void Pattern::find_regex(std::string_view text, Sink sink) const
{
    if (text.empty()) // Nowhere to cut, whatever the pattern says.
        return;
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t position = 0; // behind the last match
    std::size_t last_match_end = kNone;
    for (std::size_t from = 0; from <= text.size();) {
        const auto match = regex_->find(text, from);
        if (!match)
            break;
        if (match->begin == match->end && match->end == last_match_end) {
            from += from < text.size() ? decode_utf8(text, from).length : 1;
            continue;
        }
        if (match->begin > position)
            sink(position, match->begin, false);
        sink(match->begin, match->end, true);
        from = position = last_match_end = match->end;
    }
    if (position < text.size())
        sink(position, text.size(), false);
}

Result<SplitBehavior> read_behavior(const PartReader& part)
{
    static constexpr std::array<std::pair<const char*, SplitBehavior>, 5> kNames = {
        {{"Removed", SplitBehavior::Removed},
         {"Isolated", SplitBehavior::Isolated},
         {"MergedWithPrevious", SplitBehavior::MergedWithPrevious},
         {"MergedWithNext", SplitBehavior::MergedWithNext},
         {"Contiguous", SplitBehavior::Contiguous}}};
    LYCEUM_ASSIGN(const std::string name, part.text("behavior"));
    for (const auto& [known, behavior] : kNames)
        if (name == known)
            return behavior;
    return part.invalid("has the unknown behavior \"" + name + "\"");
}

void Splitter::emit(std::size_t begin, std::size_t end) const
{
    if (begin < end)
        sink_(text_.slice(begin, end));
}

void Splitter::operator()(std::size_t begin, std::size_t end, bool is_match)
{
    switch (behavior_) {
    case SplitBehavior::Removed:
        if (!is_match)
            emit(begin, end);
        return;
    case SplitBehavior::Isolated:
        return emit(begin, end);
    case SplitBehavior::Contiguous:
    case SplitBehavior::MergedWithPrevious:
    case SplitBehavior::MergedWithNext:
        break;
    }
    const bool joins = behavior_ == SplitBehavior::Contiguous ? is_match == previous_match_
                       : behavior_ == SplitBehavior::MergedWithPrevious
                           ? is_match && !previous_match_
                           : previous_match_ && !is_match;
    if (!holds_ || !joins) {
        finish();
        held_begin_ = begin;
    }
    held_end_ = end;
    holds_ = true;
    previous_match_ = is_match;
}

void Splitter::finish()
{
    if (std::exchange(holds_, false))
        emit(held_begin_, held_end_);
}

void split_characters(const TextView& text, SplitBehavior behavior,
                      FunctionRef<bool(char32_t)> is_match, PieceSink sink)
{
    Splitter splitter(text, behavior, sink);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.text.size();) {
        const CodePoint point = decode_utf8(text.text, i);
        if (is_match(point.value)) {
            if (i > begin)
                splitter(begin, i, false);
            splitter(i, i + point.length, true);
            begin = i + point.length;
        }
        i += point.length;
    }
    if (begin < text.text.size())
        splitter(begin, text.text.size(), false);
    splitter.finish();
}

} // namespace lyceum::text
