#include "core/text/normalizers/bert_normalizer.h"

#include "core/text/unicode.h"

namespace lyceum::text {
namespace {

void set_chinese_apart(AlignedText& text)
{
    TextEditor editor(text.view());
    for_each_match(editor, is_chinese, [&](std::size_t length) {
        const std::string_view character = editor.rest().substr(0, length);
        editor.replace(" ", length);
        editor.insert(character);
        editor.insert(" ");
    });
    text = editor.finish();
}

} // namespace

Result<NormalizerPtr> BertNormalizer::read(const PartReader& part)
{
    auto made = std::make_unique<BertNormalizer>();
    LYCEUM_ASSIGN(made->clean_text_, part.flag("clean_text", true));
    LYCEUM_ASSIGN(made->handle_chinese_chars_, part.flag("handle_chinese_chars", true));
    LYCEUM_ASSIGN(made->lowercase_, part.flag("lowercase", true));
    LYCEUM_ASSIGN(made->strip_accents_, part.flag("strip_accents", made->lowercase_));
    return NormalizerPtr(std::move(made));
}

void BertNormalizer::normalize(AlignedText& text) const
{
    if (clean_text_) {
        remove_characters(text, is_control);
        replace_with_spaces(text, is_whitespace);
    }
    if (handle_chinese_chars_)
        set_chinese_apart(text);
    if (strip_accents_) {
        text::normalize(text, NormalForm::Nfd);
        remove_characters(text, is_nonspacing_mark);
    }
    if (lowercase_)
        lowercase(text);
}

} // namespace lyceum::text
