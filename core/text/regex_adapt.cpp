#include "core/text/regex.h"
#include "core/text/unicode_ranges.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace lyceum::text {
namespace {

std::string hexadecimal(std::uint32_t value)
{
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "\\x{%X}", value);
    return digits.data();
}

std::string as_class_items(std::span<const CodePointRange> ranges)
{
    std::string items;
    for (const CodePointRange& range : ranges) {
        items += hexadecimal(range.first);
        if (range.last > range.first)
            items += "-" + hexadecimal(range.last);
    }
    return items;
}

/// Goes through a pattern once, copying what both engines read alike and rewriting the classes.
class Adapter {
public:
    explicit Adapter(std::string_view pattern) : pattern_(pattern) {}

    Result<std::string> run()
    {
        while (position_ < pattern_.size())
            LYCEUM_TRY(in_class_ ? step_in_class() : step_outside());
        return std::move(adapted_);
    }

private:
    [[nodiscard]] bool at(std::string_view text) const
    {
        return pattern_.substr(position_, text.size()) == text;
    }

    Error unsupported(std::string_view construct) const
    {
        return {ErrorCode::Unsupported,
                "The tokenizer splits text by the pattern \"" + std::string(pattern_) +
                    "\", and \"" + std::string(construct) + "\" in it is not supported.",
                "Use a model whose tokenizer has the pattern of GPT-2, SmolLM2 or Llama 3."};
    }

    void copy(std::size_t count)
    {
        adapted_ += pattern_.substr(position_, count);
        position_ += count;
    }

    Result<void> step_outside()
    {
        const char c = pattern_[position_];
        if (c == '\\')
            return escape();
        if (c == '^' || c == '$') // Of each line in Oniguruma's Ruby syntax.
            return put(std::string("(?m:") + c + ")", 1);
        if (c == '}' && position_ + 1 < pattern_.size() && pattern_[position_ + 1] == '+')
            return unsupported("}+"); // Possessive in PCRE2, a repeated repetition in Oniguruma.
        if (at("(?") && !at("(?:") && !at("(?i:") && !at("(?!") && !at("(?=") && !at("(?>") &&
            !at("(?<=") && !at("(?<!"))
            return unsupported(pattern_.substr(position_, 3));
        if (at("[]") || at("[^]"))
            return unsupported("[]");
        if (c == '[') {
            in_class_ = true;
            copy(at("[^") ? 2 : 1);
            return {};
        }
        copy(1);
        return {};
    }

    Result<void> step_in_class()
    {
        const char c = pattern_[position_];
        if (c == '\\')
            return escape();
        if (c == '[' || at("&&")) // Sets within sets and intersections are Oniguruma's own.
            return unsupported(pattern_.substr(position_, 2));
        in_class_ = c != ']';
        copy(1);
        return {};
    }

    Result<void> escape()
    {
        if (at("\\S")) {
            if (in_class_)
                return unsupported("[\\S");
            return put("[^" + as_class_items(kSpaces) + "]", 2);
        }
        if (at("\\s"))
            return put_class(as_class_items(kSpaces), 2);
        if (at("\\p{") || at("\\P{"))
            return property();
        if (at("\\d"))
            return put_class("\\p{Nd}" + extra_of("Nd"), 2);
        if (at("\\w"))
            return put_class(word_items(), 2);
        if (at("\\W") && !in_class_)
            return put("[^" + word_items() + "]", 2);
        if (at("\\b") && !in_class_) {
            const std::string word = "[" + word_items() + "]";
            return put("(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))",
                       2);
        }
        const std::string_view both = pattern_.substr(position_, 2);
        constexpr std::string_view kAlike = "rnt\\/.'\"-+*?()[]{}|^$ <>&~!@#%:;,=_`";
        if (both.size() < 2 || kAlike.find(both[1]) == std::string_view::npos)
            return unsupported(both);
        copy(2);
        return {};
    }

    static std::string extra_of(std::string_view name)
    {
        std::string items;
        for (const PropertyRange& extra : kExtraOfProperties)
            if (extra.property == name)
                items += as_class_items({&extra.range, 1});
        return items;
    }

    static std::string word_items() { return "\\p{L}\\p{M}\\p{Nd}\\p{Pc}" + extra_of("w"); }

    /// `\p{Name}` or `\P{Name}`.
    Result<void> property()
    {
        const std::size_t end = pattern_.find('}', position_);
        const std::string_view whole = pattern_.substr(position_, end + 1 - position_);
        const std::string_view name =
            whole.substr(3, whole.size() - std::min<std::size_t>(whole.size(), 4));
        const bool negated = whole[1] == 'P';
        const bool is_script = std::ranges::find(kScriptNames, name) != kScriptNames.end();
        const bool is_known = name == "L" || name == "N" || is_script ||
                              std::ranges::find(kProperties, name) != kProperties.end();
        if (end == std::string_view::npos || !is_known || (negated && in_class_))
            return unsupported(whole.substr(0, 32));
        // A script alone is PCRE2's script extensions.
        std::string items = (is_script ? "\\p{sc:" : "\\p{") + std::string(name) + "}";
        if (name == "L")
            items += as_class_items(kExtraLetters);
        else if (name == "N")
            items += as_class_items(kExtraNumbers);
        else
            items += extra_of(name);
        if (negated)
            return put("[^" + items + "]", whole.size());
        return put_class(items, whole.size());
    }

    Result<void> put_class(const std::string& items, std::size_t length)
    {
        return put(in_class_ ? items : "[" + items + "]", length);
    }

    Result<void> put(const std::string& text, std::size_t length)
    {
        adapted_ += text;
        position_ += length;
        return {};
    }

    std::string_view pattern_;
    std::string adapted_;
    std::size_t position_ = 0;
    bool in_class_ = false;
};

} // namespace

Result<std::string> adapt_pattern(std::string_view pattern)
{
    if (pattern.size() > 4096)
        return Error{ErrorCode::Unsupported, "The tokenizer's pattern is longer than 4096 bytes.",
                     ""};
    return Adapter(pattern).run();
}

} // namespace lyceum::text
