#include "core/text/token_models/piece_cache.h"
#include "core/text/tokenizer_impl.h"
#include "core/text/utf8.h"

namespace lyceum::text {

/// The encoding of one text.
class Tokenizer::Run {
public:
    Run(const Impl& impl, const EncodeOptions& options, bool with_offsets)
        : impl_(impl), options_(options), with_offsets_(with_offsets)
    {
    }
    Encoding encode(std::string_view text);

private:
    void encode_part(const TextView& part);
    void encode_normalized(const TextView& text);
    void encode_piece(const TextView& piece);
    void add(TokenId id, const TextView& text, std::size_t begin, std::size_t end)
    {
        result_.ids.push_back(id);
        if (with_offsets_)
            result_.offsets.push_back(text.origin_of(begin, end));
    }

    const Impl& impl_;
    const EncodeOptions& options_;
    bool with_offsets_;
    PieceCache& cache_ = PieceCache::of_thread();
    std::vector<ModelToken> tokens_; ///< Of one piece.
    Encoding result_;
};

void Tokenizer::Run::encode_piece(const TextView& piece)
{
    if (const PieceCache::Entry* known = cache_.find(impl_.serial, piece.text)) {
        for (std::size_t i = 0; i < known->num_tokens; ++i)
            add(known->ids[i], piece, known->begins[i], known->ends[i]);
        return;
    }
    tokens_.clear();
    impl_.model->encode(piece.text, tokens_);
    cache_.keep(impl_.serial, piece.text, tokens_);
    for (const ModelToken& token : tokens_)
        add(token.id, piece, token.begin, token.end);
}

void Tokenizer::Run::encode_normalized(const TextView& text)
{
    const auto on_piece = [this](const TextView& piece) { encode_piece(piece); };
    impl_.normalized_tokens.split(
        text.text, options_.parse_special,
        [&](std::size_t begin, std::size_t end) {
            if (impl_.pre_tokenizer == nullptr)
                on_piece(text.slice(begin, end));
            else
                impl_.pre_tokenizer->split(text.slice(begin, end), on_piece);
        },
        [&](TokenId id, std::size_t begin, std::size_t end) { add(id, text, begin, end); });
}

void Tokenizer::Run::encode_part(const TextView& part)
{
    if (impl_.normalizer == nullptr)
        return encode_normalized(part);
    AlignedText normalized = AlignedText::copy_of(part);
    impl_.normalizer->normalize(normalized);
    encode_normalized(normalized.view());
}

Encoding Tokenizer::Run::encode(std::string_view text)
{
    result_.ids.reserve(text.size() / 3 + 1);
    AlignedText original;
    TextView whole{text};
    if (with_offsets_ || impl_.needs_origins) {
        original = AlignedText(text, true);
        whole = original.view();
    }
    impl_.raw_tokens.split(
        text, options_.parse_special,
        [&](std::size_t begin, std::size_t end) { encode_part(whole.slice(begin, end)); },
        [&](TokenId id, std::size_t begin, std::size_t end) { add(id, whole, begin, end); });
    return std::move(result_);
}

Encoding Tokenizer::encode_text(std::string_view text, const EncodeOptions& options,
                                bool with_offsets) const
{
    return Run(*impl_, options, with_offsets).encode(text);
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const
{
    if (!is_valid_utf8(text))
        return encode(to_valid_utf8(text), options);
    Encoding encoding = encode_text(text, options, false);
    if (!options.add_special_tokens || !impl_->post_processor.has_template())
        return std::move(encoding.ids);
    return impl_->post_processor
        .process({std::move(encoding), text}, nullptr, options.add_special_tokens, *this)
        .ids;
}

Encoding Tokenizer::encode_with_offsets(std::string_view text, const EncodeOptions& options) const
{
    if (!is_valid_utf8(text))
        return encode_with_offsets(to_valid_utf8(text), options);
    return impl_->post_processor.process({encode_text(text, options, true), text}, nullptr,
                                         options.add_special_tokens, *this);
}

Encoding Tokenizer::encode_pair(std::string_view first, std::string_view second,
                                const EncodeOptions& options) const
{
    const std::string valid_first = to_valid_utf8(first);
    const std::string valid_second = to_valid_utf8(second);
    EncodedText behind = {encode_text(valid_second, options, true), valid_second};
    return impl_->post_processor.process({encode_text(valid_first, options, true), valid_first},
                                         &behind, options.add_special_tokens, *this);
}

} // namespace lyceum::text
