#include "core/text/aligned_text.h"

#include "core/base/check.h"
#include "core/text/byte_level.h"
#include "core/text/utf8.h"

#include <limits>

namespace lyceum::text {

Origin TextView::origin_of(std::size_t begin, std::size_t end) const
{
    if (origins == nullptr || begin >= end || end > text.size())
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    return {origins[begin].begin, origins[end - 1].end};
}

AlignedText::AlignedText(std::string_view original, bool track_origins)
    : text_(original), tracked_(track_origins)
{
    if (!tracked_)
        return;
    LYCEUM_CHECK(original.size() < std::numeric_limits<std::uint32_t>::max(),
                 "offsets are for texts below 4 GiB");
    origins_.reserve(original.size());
    for (std::size_t begin = 0; begin < original.size();) {
        const std::size_t end = begin + decode_utf8(original, begin).length;
        origins_.insert(origins_.end(), end - begin,
                        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
        begin = end;
    }
}

AlignedText AlignedText::copy_of(const TextView& text)
{
    TextEditor editor(text);
    editor.copy(text.text.size());
    return editor.finish();
}

void AlignedText::transform(std::span<const CharacterChange> changes)
{
    TextEditor editor(view());
    std::string bytes;
    const auto next_length = [&editor] {
        return editor.rest().empty() ? 0 : decode_utf8(editor.rest(), 0).length;
    };
    for (const CharacterChange& change : changes) {
        bytes.clear();
        append_utf8(bytes, change.character);
        if (change.change > 0) {
            editor.insert(bytes);
            continue;
        }
        editor.replace(bytes, next_length());
        for (int removed = change.change; removed < 0; ++removed)
            editor.skip(next_length());
    }
    *this = editor.finish();
}

TextEditor::TextEditor(TextView source) : source_(source)
{
    result_.tracked_ = source.origins != nullptr;
    result_.text_.reserve(source.text.size() + 8);
    if (result_.tracked_)
        result_.origins_.reserve(source.text.size() + 8);
}

void TextEditor::copy(std::size_t bytes)
{
    result_.text_ += source_.text.substr(position_, bytes);
    if (result_.tracked_)
        result_.origins_.insert(result_.origins_.end(), source_.origins + position_,
                                source_.origins + position_ + bytes);
    position_ += bytes;
}

void TextEditor::replace(std::string_view with, std::size_t bytes)
{
    append(with, result_.tracked_ && position_ < source_.text.size() ? source_.origins[position_]
                                                                     : Origin{});
    position_ += bytes;
}

void TextEditor::insert(std::string_view text)
{
    Origin origin;
    if (result_.tracked_ && position_ > 0)
        origin = source_.origins[position_ - 1];
    else if (result_.tracked_ && !source_.text.empty())
        origin = {source_.origins[0].begin, source_.origins[0].begin};
    append(text, origin);
}

void TextEditor::append(std::string_view text, Origin origin)
{
    result_.text_ += text;
    if (result_.tracked_)
        result_.origins_.insert(result_.origins_.end(), text.size(), origin);
}

void for_each_match(TextEditor& editor, FunctionRef<bool(char32_t)> is_match,
                    FunctionRef<void(std::size_t length)> on_match)
{
    const std::string_view text = editor.rest();
    std::size_t copied = 0;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = decode_utf8(text, i);
        if (is_match(point.value)) {
            editor.copy(i - copied);
            on_match(point.length);
            copied = i + point.length;
        }
        i += point.length;
    }
    editor.copy(text.size() - copied);
}

void remove_characters(AlignedText& text, FunctionRef<bool(char32_t)> is_removed)
{
    TextEditor editor(text.view());
    for_each_match(editor, is_removed, [&](std::size_t length) { editor.skip(length); });
    text = editor.finish();
}

void replace_with_spaces(AlignedText& text, FunctionRef<bool(char32_t)> is_replaced)
{
    TextEditor editor(text.view());
    for_each_match(editor, is_replaced, [&](std::size_t length) { editor.replace(" ", length); });
    text = editor.finish();
}

void prepend(AlignedText& text, std::string_view prepended)
{
    TextEditor editor(text.view());
    if (editor.rest().empty())
        return;
    editor.replace(prepended, 0);
    editor.copy(editor.rest().size());
    text = editor.finish();
}

void to_byte_alphabet(AlignedText& text)
{
    TextEditor editor(text.view());
    std::string character;
    while (!editor.rest().empty()) {
        character.clear();
        append_in_byte_alphabet(editor.rest().substr(0, 1), character);
        editor.replace(character, 1);
    }
    text = editor.finish();
}

} // namespace lyceum::text
