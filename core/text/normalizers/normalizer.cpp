#include "core/text/normalizers/normalizer.h"

#include "core/text/byte_level.h"
#include "core/text/normalizers/bert_normalizer.h"
#include "core/text/normalizers/precompiled.h"
#include "core/text/pattern.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

namespace lyceum::text {
namespace {

constexpr std::size_t kMaxInserted = 1024; ///< Bytes that a Prepend or Replace may put in.

class UnicodeNormalizer final : public Normalizer {
public:
    explicit UnicodeNormalizer(NormalForm form) : form_(form) {}
    void normalize(AlignedText& text) const override { text::normalize(text, form_); }

private:
    NormalForm form_;
};

class LowercaseNormalizer final : public Normalizer {
public:
    void normalize(AlignedText& text) const override { lowercase(text); }
};

class StripAccentsNormalizer final : public Normalizer {
public:
    void normalize(AlignedText& text) const override { remove_characters(text, is_combining_mark); }
};

class StripNormalizer final : public Normalizer {
public:
    StripNormalizer(bool left, bool right) : left_(left), right_(right) {}
    void normalize(AlignedText& text) const override
    {
        const std::string_view whole = text.text();
        std::size_t first_kept = whole.size();
        std::size_t kept_end = 0;
        for (std::size_t i = 0; i < whole.size();) {
            const CodePoint point = decode_utf8(whole, i);
            if (!is_whitespace(point.value)) {
                first_kept = std::min(first_kept, i);
                kept_end = i + point.length;
            }
            i += point.length;
        }
        const std::size_t begin = left_ ? first_kept : 0;
        const std::size_t end = right_ ? std::max(begin, kept_end) : whole.size();
        TextEditor editor(text.view());
        editor.skip(begin);
        editor.copy(end - begin);
        text = editor.finish();
    }

private:
    bool left_;
    bool right_;
};

/// The character cleaning of sentencepiece's "nmt" rules.
class NmtNormalizer final : public Normalizer {
public:
    void normalize(AlignedText& text) const override
    {
        remove_characters(text, [](char32_t c) {
            return (c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F ||
                   c == 0x8F || c == 0x9F;
        });
        replace_with_spaces(text, [](char32_t c) {
            return c == 9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 ||
                   (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                   c == 0xFEFF || c == 0xFFFD;
        });
    }
};

class PrependNormalizer final : public Normalizer {
public:
    explicit PrependNormalizer(std::string text) : prepended_(std::move(text)) {}
    void normalize(AlignedText& text) const override { prepend(text, prepended_); }

private:
    std::string prepended_;
};

class ReplaceNormalizer final : public Normalizer {
public:
    ReplaceNormalizer(Pattern pattern, std::string content)
        : pattern_(std::move(pattern)), content_(std::move(content))
    {
    }
    void normalize(AlignedText& text) const override
    {
        TextEditor editor(text.view());
        pattern_.find(text.text(), [&](std::size_t begin, std::size_t end, bool is_match) {
            if (!is_match)
                return editor.copy(end - begin);
            editor.skip(end - begin);
            editor.insert(content_);
        });
        text = editor.finish();
    }

private:
    Pattern pattern_;
    std::string content_;
};

class ByteLevelNormalizer final : public Normalizer {
public:
    void normalize(AlignedText& text) const override { to_byte_alphabet(text); }
};

class SequenceNormalizer final : public Normalizer {
public:
    explicit SequenceNormalizer(std::vector<NormalizerPtr> parts) : parts_(std::move(parts)) {}
    void normalize(AlignedText& text) const override
    {
        const std::size_t longest = longest_normalized(text.text().size());
        for (const NormalizerPtr& part : parts_) {
            if (text.text().size() > longest)
                return;
            part->normalize(text);
        }
    }

private:
    std::vector<NormalizerPtr> parts_;
};

Result<std::string> inserted_text(const PartReader& part, const char* key)
{
    LYCEUM_ASSIGN(std::string text, part.text(key));
    if (text.size() > kMaxInserted)
        return part.invalid(std::string("has a ") + key + " of " + std::to_string(text.size()) +
                            " bytes; at most " + std::to_string(kMaxInserted) + " are read");
    return text;
}

Result<NormalizerPtr> make_sequence(const PartReader& part)
{
    LYCEUM_ASSIGN(const auto list, part.list("normalizers"));
    std::vector<NormalizerPtr> parts;
    for (const nlohmann::json& each : list) {
        LYCEUM_ASSIGN(auto made, make_normalizer(each));
        if (made == nullptr)
            return part.invalid("has a part that is null");
        parts.push_back(std::move(made));
    }
    return NormalizerPtr(std::make_unique<SequenceNormalizer>(std::move(parts)));
}

Result<NormalizerPtr> make_with_settings(const PartReader& part, const std::string& type)
{
    if (type == "Strip") {
        LYCEUM_ASSIGN(const bool left, part.flag("strip_left", true));
        LYCEUM_ASSIGN(const bool right, part.flag("strip_right", true));
        return NormalizerPtr(std::make_unique<StripNormalizer>(left, right));
    }
    if (type == "Prepend") {
        LYCEUM_ASSIGN(std::string text, inserted_text(part, "prepend"));
        return NormalizerPtr(std::make_unique<PrependNormalizer>(std::move(text)));
    }
    if (type == "Replace") {
        LYCEUM_ASSIGN(Pattern pattern, Pattern::read(part, "pattern"));
        LYCEUM_ASSIGN(std::string content, inserted_text(part, "content"));
        return NormalizerPtr(
            std::make_unique<ReplaceNormalizer>(std::move(pattern), std::move(content)));
    }
    if (type == "BertNormalizer")
        return BertNormalizer::read(part);
    if (type == "Precompiled")
        return PrecompiledMap::read(part);
    if (type == "Sequence")
        return make_sequence(part);
    return part.unknown();
}

} // namespace

Result<NormalizerPtr> make_normalizer(const nlohmann::json& json)
{
    if (json.is_null())
        return NormalizerPtr();
    const PartReader part(json, "normalizer");
    const std::string type = part.type();
    if (type == "NFC")
        return NormalizerPtr(std::make_unique<UnicodeNormalizer>(NormalForm::Nfc));
    if (type == "NFD")
        return NormalizerPtr(std::make_unique<UnicodeNormalizer>(NormalForm::Nfd));
    if (type == "NFKC")
        return NormalizerPtr(std::make_unique<UnicodeNormalizer>(NormalForm::Nfkc));
    if (type == "NFKD")
        return NormalizerPtr(std::make_unique<UnicodeNormalizer>(NormalForm::Nfkd));
    if (type == "Lowercase")
        return NormalizerPtr(std::make_unique<LowercaseNormalizer>());
    if (type == "StripAccents")
        return NormalizerPtr(std::make_unique<StripAccentsNormalizer>());
    if (type == "Nmt")
        return NormalizerPtr(std::make_unique<NmtNormalizer>());
    if (type == "ByteLevel")
        return NormalizerPtr(std::make_unique<ByteLevelNormalizer>());
    return make_with_settings(part, type);
}

} // namespace lyceum::text
