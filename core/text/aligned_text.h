#pragma once

/// @file
/// Text that remembers where it came from, so that tokens have offsets in the original however the
/// text was rewritten on the way. Follows NormalizedString of Hugging Face's tokenizers
/// (tokenizers/src/tokenizer/normalizer.rs).

#include "core/text/function_ref.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// A range of bytes of the original text.
struct Origin {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    friend bool operator==(const Origin&, const Origin&) = default;
};

/// A part of a text, with the origin of each of its bytes where these are tracked.
struct TextView {
    std::string_view text;
    const Origin* origins = nullptr; ///< [text.size()], or null: not tracked.

    [[nodiscard]] TextView slice(std::size_t begin, std::size_t end) const
    {
        return {text.substr(begin, end - begin), origins == nullptr ? nullptr : origins + begin};
    }
    /// Where bytes [begin, end) come from; an empty range is given back as it is.
    [[nodiscard]] Origin origin_of(std::size_t begin, std::size_t end) const;
};

/// A character of a rewritten text: `change` 0 replaces the next old character, -n replaces it and
/// removes the n after it, 1 is inserted and shares the origin of what is before it.
struct CharacterChange {
    char32_t character = 0;
    int change = 0;
};

class AlignedText {
public:
    AlignedText() = default;
    /// The bytes of each character come from that character. At most 4 GiB where tracked.
    AlignedText(std::string_view original, bool track_origins);
    [[nodiscard]] static AlignedText copy_of(const TextView& text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] TextView view() const noexcept
    {
        return {text_, tracked_ ? origins_.data() : nullptr};
    }
    void transform(std::span<const CharacterChange> changes);

private:
    friend class TextEditor;
    std::string text_;
    std::vector<Origin> origins_;
    bool tracked_ = false;
};

/// Makes a new text from an old one, from its beginning to its end.
class TextEditor {
public:
    explicit TextEditor(TextView source);

    [[nodiscard]] std::string_view rest() const { return source_.text.substr(position_); }
    void copy(std::size_t bytes);                                 ///< As they are.
    void replace(std::string_view with, std::size_t bytes);       ///< Begins where these begin.
    void insert(std::string_view text);                           ///< Belongs to what is before it.
    void skip(std::size_t bytes) noexcept { position_ += bytes; } ///< Leaves them out.
    [[nodiscard]] AlignedText finish() { return std::move(result_); }

private:
    void append(std::string_view text, Origin origin);

    TextView source_;
    std::size_t position_ = 0;
    AlignedText result_;
};

/// Goes through the rest of `editor`: copies the characters that are not of the class `is_match`,
/// and calls `on_match`, which goes past it, with the bytes of each that is.
void for_each_match(TextEditor& editor, FunctionRef<bool(char32_t)> is_match,
                    FunctionRef<void(std::size_t length)> on_match);
void remove_characters(AlignedText& text, FunctionRef<bool(char32_t)> is_removed);
void replace_with_spaces(AlignedText& text, FunctionRef<bool(char32_t)> is_replaced);
/// Nothing where `text` is empty; belongs to its first character.
void prepend(AlignedText& text, std::string_view prepended);
/// Each byte as its character of the byte-level alphabet.
void to_byte_alphabet(AlignedText& text);

} // namespace lyceum::text
