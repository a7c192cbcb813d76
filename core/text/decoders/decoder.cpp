#include "core/text/decoders/decoder.h"

#include "core/text/byte_level.h"
#include "core/text/decoders/word_decoders.h"
#include "core/text/part_reader.h"
#include "core/text/pattern.h"
#include "core/text/pre_tokenizers/metaspace.h"
#include "core/text/utf8.h"

#include <charconv>
#include <optional>

namespace lyceum::text {
namespace {

using Tokens = std::vector<std::string>;

class ByteLevelDecoder final : public Decoder {
public:
    void decode(Tokens& tokens) const override
    {
        std::string bytes;
        for (const std::string& token : tokens)
            if (!append_from_byte_alphabet(token, bytes))
                bytes += token;
        tokens = {to_valid_utf8(bytes)};
    }
};

class MetaspaceDecoder final : public Decoder {
public:
    explicit MetaspaceDecoder(Metaspace settings)
        : prepends_(settings.prepend != Metaspace::Prepend::Never)
        , mark_(std::move(settings.replacement))
    {
    }
    void decode(Tokens& tokens) const override
    {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            tokens[i] = replace_all(tokens[i], mark_, i == 0 && prepends_ ? "" : " ");
    }

private:
    bool prepends_;
    std::string mark_;
};

/// The byte of "<0x0A>", read as the reference does, which takes a sign.
std::optional<char> byte_of(std::string_view token)
{
    if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>'))
        return std::nullopt;
    std::string_view digits = token.substr(3, 2);
    if (digits.starts_with('+'))
        digits.remove_prefix(1);
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return static_cast<char>(value);
}

class ByteFallbackDecoder final : public Decoder {
public:
    void decode(Tokens& tokens) const override
    {
        Tokens decoded;
        std::string bytes;
        const auto flush = [&] {
            if (is_valid_utf8(bytes) && !bytes.empty())
                decoded.push_back(bytes);
            else
                decoded.insert(decoded.end(), bytes.size(), "\xEF\xBF\xBD");
            bytes.clear();
        };
        for (std::string& token : tokens) {
            if (const auto byte = byte_of(token)) {
                bytes.push_back(*byte);
                continue;
            }
            flush();
            decoded.push_back(std::move(token));
        }
        flush();
        tokens = std::move(decoded);
    }
};

class FuseDecoder final : public Decoder {
public:
    void decode(Tokens& tokens) const override
    {
        std::string fused;
        for (const std::string& token : tokens)
            fused += token;
        tokens = {std::move(fused)};
    }
};

class StripDecoder final : public Decoder {
public:
    StripDecoder(char32_t content, std::size_t start, std::size_t stop) : start_(start), stop_(stop)
    {
        append_utf8(content_, content);
    }
    void decode(Tokens& tokens) const override
    {
        for (std::string& token : tokens) {
            std::string_view rest = token;
            for (std::size_t i = 0; i < start_ && rest.starts_with(content_); ++i)
                rest.remove_prefix(content_.size());
            for (std::size_t i = 0; i < stop_ && rest.ends_with(content_); ++i)
                rest.remove_suffix(content_.size());
            token = std::string(rest);
        }
    }

private:
    std::string content_;
    std::size_t start_;
    std::size_t stop_;
};

class ReplaceDecoder final : public Decoder {
public:
    ReplaceDecoder(Pattern pattern, std::string content)
        : pattern_(std::move(pattern)), content_(std::move(content))
    {
    }
    void decode(Tokens& tokens) const override
    {
        for (std::string& token : tokens) {
            std::string replaced;
            pattern_.find(token, [&](std::size_t begin, std::size_t end, bool is_match) {
                replaced += is_match ? content_ : token.substr(begin, end - begin);
            });
            token = std::move(replaced);
        }
    }

private:
    Pattern pattern_;
    std::string content_;
};

class SequenceDecoder final : public Decoder {
public:
    explicit SequenceDecoder(std::vector<DecoderPtr> parts) : parts_(std::move(parts)) {}
    void decode(Tokens& tokens) const override
    {
        for (const DecoderPtr& part : parts_)
            part->decode(tokens);
    }

private:
    std::vector<DecoderPtr> parts_;
};

Result<DecoderPtr> make_sequence(const PartReader& part)
{
    LYCEUM_ASSIGN(const auto list, part.list("decoders"));
    std::vector<DecoderPtr> parts;
    for (const nlohmann::json& each : list) {
        LYCEUM_ASSIGN(auto made, make_decoder(each));
        if (made == nullptr)
            return part.invalid("has a part that is null");
        parts.push_back(std::move(made));
    }
    return DecoderPtr(std::make_unique<SequenceDecoder>(std::move(parts)));
}

Result<DecoderPtr> make_with_settings(const PartReader& part, const std::string& type)
{
    if (type == "Strip") {
        LYCEUM_ASSIGN(const char32_t content, part.character("content"));
        LYCEUM_ASSIGN(const std::size_t start, part.count("start", 0));
        LYCEUM_ASSIGN(const std::size_t stop, part.count("stop", 0));
        return DecoderPtr(std::make_unique<StripDecoder>(content, start, stop));
    }
    if (type == "Replace") {
        LYCEUM_ASSIGN(Pattern pattern, Pattern::read(part, "pattern"));
        LYCEUM_ASSIGN(std::string content, part.text("content"));
        return DecoderPtr(std::make_unique<ReplaceDecoder>(std::move(pattern), std::move(content)));
    }
    if (type == "Metaspace") {
        LYCEUM_ASSIGN(Metaspace settings, Metaspace::read(part));
        return DecoderPtr(std::make_unique<MetaspaceDecoder>(std::move(settings)));
    }
    return make_word_decoder(part);
}

} // namespace

Result<DecoderPtr> make_decoder(const nlohmann::json& json)
{
    if (json.is_null())
        return DecoderPtr();
    const PartReader part(json, "decoder");
    const std::string type = part.type();
    if (type == "ByteLevel")
        return DecoderPtr(std::make_unique<ByteLevelDecoder>());
    if (type == "ByteFallback")
        return DecoderPtr(std::make_unique<ByteFallbackDecoder>());
    if (type == "Fuse")
        return DecoderPtr(std::make_unique<FuseDecoder>());
    if (type == "Sequence")
        return make_sequence(part);
    return make_with_settings(part, type);
}

} // namespace lyceum::text
