#include "core/text/pre_tokenizers/character_splits.h"

#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <functional>
#include <optional>

namespace lyceum::text {
namespace {

/// One class of characters, one way to cut.
class ClassSplit final : public PreTokenizer {
public:
    ClassSplit(std::function<bool(char32_t)> is_match, SplitBehavior behavior)
        : is_match_(std::move(is_match)), behavior_(behavior)
    {
    }
    void split(const TextView& text, PieceSink sink) const override
    {
        split_characters(text, behavior_, is_match_, sink);
    }

private:
    std::function<bool(char32_t)> is_match_;
    SplitBehavior behavior_;
};

class BertSplit final : public PreTokenizer {
public:
    void split(const TextView& text, PieceSink sink) const override
    {
        split_characters(text, SplitBehavior::Removed, is_whitespace, [&](const TextView& word) {
            split_characters(word, SplitBehavior::Isolated, is_punctuation, sink);
        });
    }
};

/// `\w+|[^\w\s]+`: runs of word characters and runs of what is neither they nor white space.
class WhitespaceSplit final : public PreTokenizer {
public:
    void split(const TextView& text, PieceSink sink) const override
    {
        enum class Kind : std::uint8_t { Space, Word, Other };
        Kind kind = Kind::Space;
        std::size_t begin = 0;
        for (std::size_t i = 0; i <= text.text.size();) {
            const bool at_end = i == text.text.size();
            const CodePoint point = at_end ? CodePoint{' ', 1} : decode_utf8(text.text, i);
            const Kind next = is_word(point.value)         ? Kind::Word
                              : is_whitespace(point.value) ? Kind::Space
                                                           : Kind::Other;
            if (next != kind || at_end) {
                if (kind != Kind::Space && i > begin)
                    sink(text.slice(begin, i));
                begin = i;
                kind = next;
            }
            i += point.length;
        }
    }
};

class FixedLengthSplit final : public PreTokenizer {
public:
    explicit FixedLengthSplit(std::size_t length) : length_(length) {}
    void split(const TextView& text, PieceSink sink) const override
    {
        std::size_t begin = 0;
        std::size_t count = 0;
        for (std::size_t i = 0; i < text.text.size();) {
            i += decode_utf8(text.text, i).length;
            if (++count < length_ && i < text.text.size())
                continue;
            sink(text.slice(begin, i));
            begin = i;
            count = 0;
        }
    }

private:
    std::size_t length_;
};

/// Cuts where the script changes. What precedes the first character with a script is left out, as
/// the reference does.
class ScriptSplit final : public PreTokenizer {
public:
    void split(const TextView& text, PieceSink sink) const override
    {
        std::optional<int> last;
        std::optional<std::size_t> begin;
        for (std::size_t i = 0; i < text.text.size();) {
            const CodePoint point = decode_utf8(text.text, i);
            const int script = script_of(point.value);
            if (script != 0 && last != script) {
                if (begin)
                    sink(text.slice(*begin, i));
                begin = i;
                last = script;
            }
            i += point.length;
        }
        if (begin)
            sink(text.slice(*begin, text.text.size()));
    }
};

PreTokenizerPtr by_class(std::function<bool(char32_t)> is_match, SplitBehavior behavior)
{
    return std::make_unique<ClassSplit>(std::move(is_match), behavior);
}

} // namespace

Result<PreTokenizerPtr> make_character_split(const PartReader& part)
{
    const std::string type = part.type();
    if (type == "BertPreTokenizer")
        return PreTokenizerPtr(std::make_unique<BertSplit>());
    if (type == "Whitespace")
        return PreTokenizerPtr(std::make_unique<WhitespaceSplit>());
    if (type == "WhitespaceSplit")
        return by_class(is_whitespace, SplitBehavior::Removed);
    if (type == "UnicodeScripts")
        return PreTokenizerPtr(std::make_unique<ScriptSplit>());
    if (type == "Digits") {
        LYCEUM_ASSIGN(const bool one_by_one, part.flag("individual_digits", false));
        return by_class(is_numeric,
                        one_by_one ? SplitBehavior::Isolated : SplitBehavior::Contiguous);
    }
    if (type == "Punctuation") {
        auto behavior = SplitBehavior::Isolated;
        if (part.has("behavior")) {
            LYCEUM_ASSIGN(behavior, read_behavior(part));
        }
        return by_class(is_punctuation, behavior);
    }
    if (type == "CharDelimiterSplit") {
        LYCEUM_ASSIGN(const char32_t delimiter, part.character("delimiter"));
        return by_class([delimiter](char32_t c) { return c == delimiter; }, SplitBehavior::Removed);
    }
    if (type == "FixedLength") {
        LYCEUM_ASSIGN(const std::size_t length, part.count("length", 5));
        if (length == 0)
            return part.invalid("has length 0");
        return PreTokenizerPtr(std::make_unique<FixedLengthSplit>(length));
    }
    return part.unknown();
}

} // namespace lyceum::text
