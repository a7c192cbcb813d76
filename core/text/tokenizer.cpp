#include "core/text/tokenizer.h"

#include "core/text/byte_level.h"
#include "core/text/tokenizer_impl.h"
#include "core/text/tokenizer_spec_checks.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <atomic>

namespace lyceum::text {
namespace {

/// A part of a specification; null where it is empty.
Result<nlohmann::json> parse_part(const std::string& text, const char* kind)
{
    if (text.empty())
        return nlohmann::json();
    return parse_json(text, std::string("The tokenizer's ") + kind);
}

/// Those to look for before (`normalized` false) or after a text is normalized.
AddedTokenFinder make_finder(const std::vector<AddedToken>& tokens, bool normalized,
                             const Normalizer* normalizer)
{
    std::vector<AddedToken> selected;
    for (AddedToken token : tokens) {
        if (token.normalized != normalized)
            continue;
        if (normalized && normalizer != nullptr) {
            AlignedText content(token.content, false);
            normalizer->normalize(content);
            token.content = content.text();
        }
        selected.push_back(std::move(token));
    }
    return AddedTokenFinder(selected);
}

/// Whether no byte can be unknown to a byte-level vocabulary, or unknown bytes are nothing.
bool has_all_bytes(const TokenizerSpec& spec)
{
    if (!spec.encode_unknown)
        return true;
    std::vector<bool> found(256);
    std::string bytes;
    for (const std::string& token : spec.vocabulary) {
        bytes.clear();
        if (token.size() <= 2 && append_from_byte_alphabet(token, bytes) && bytes.size() == 1)
            found[static_cast<std::uint8_t>(bytes[0])] = true;
    }
    return std::ranges::all_of(found, [](bool is_there) { return is_there; });
}

} // namespace

Result<void> Tokenizer::Impl::make_parts()
{
    LYCEUM_ASSIGN(const auto pre,
                  describe_pre_tokenizer(spec.pre_tokenizer, spec.add_prefix_space));
    const bool takes_bytes = spec.model == ModelKind::Bpe && ends_with_byte_level(pre) &&
                             spec.continuing_subword_prefix.empty() &&
                             spec.end_of_word_suffix.empty() && !spec.byte_fallback &&
                             has_all_bytes(spec);
    LYCEUM_ASSIGN(pre_tokenizer,
                  make_pre_tokenizer(pre, takes_bytes ? PieceForm::Bytes : PieceForm::Alphabet));
    LYCEUM_ASSIGN(const auto normal, parse_part(spec.normalizer, "normalizer"));
    LYCEUM_ASSIGN(normalizer, make_normalizer(normal));
    LYCEUM_ASSIGN(const auto post, parse_part(spec.post_processor, "post-processor"));
    if (post.is_null() && spec.add_bos) {
        post_processor = PostProcessor::begin_with(*spec.bos);
    } else {
        LYCEUM_ASSIGN(post_processor, PostProcessor::create(post));
    }
    for (const TokenId id : post_processor.added_ids())
        LYCEUM_TRY(check_id("post-processor's", id, spec.vocabulary.size()));
    if (spec.decoder.empty())
        spec.decoder =
            R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})";
    LYCEUM_ASSIGN(const auto decoding, parse_part(spec.decoder, "decoder"));
    LYCEUM_ASSIGN(decoder, make_decoder(decoding));
    decodes_bytes = PartReader(decoding, "decoder").type() == "ByteLevel";
    const std::string written = pre.dump();
    needs_origins = written.find("Metaspace") != std::string::npos &&
                    written.find("\"first\"") != std::string::npos;
    LYCEUM_ASSIGN(model, make_token_model(spec, takes_bytes));
    return {};
}

void Tokenizer::Impl::normalize_contents()
{
    for (const AddedToken& token : spec.added_tokens) {
        if (!token.normalized || normalizer == nullptr)
            continue;
        AlignedText content(token.content, false);
        normalizer->normalize(content);
        normalized_contents[token.id] = content.text();
    }
}

std::string_view Tokenizer::Impl::text_of(TokenId id) const
{
    if (id < 0 || static_cast<std::size_t>(id) >= spec.vocabulary.size())
        return {};
    if (normalized_contents.empty())
        return spec.vocabulary[static_cast<std::size_t>(id)];
    const auto found = normalized_contents.find(id);
    return found != normalized_contents.end() ? found->second
                                              : spec.vocabulary[static_cast<std::size_t>(id)];
}

/// Where decoding joins bytes.
std::string_view Tokenizer::Impl::bytes_of(TokenId id) const
{
    if (id < 0 || static_cast<std::size_t>(id) >= spec.vocabulary.size())
        return {};
    const auto begin = byte_begins.begin() + id;
    return std::string_view(bytes).substr(begin[0], begin[1] - begin[0]);
}

void Tokenizer::Impl::make_bytes()
{
    byte_begins.reserve(spec.vocabulary.size() + 1);
    byte_begins.push_back(0);
    for (std::size_t id = 0; id < spec.vocabulary.size(); ++id) {
        const std::string_view token = text_of(static_cast<TokenId>(id));
        if (!append_from_byte_alphabet(token, bytes))
            bytes += token;
        byte_begins.push_back(static_cast<std::uint32_t>(bytes.size()));
    }
}

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

Result<std::shared_ptr<const Tokenizer>> Tokenizer::create(TokenizerSpec spec)
{
    LYCEUM_TRY(place_added_tokens(spec));
    LYCEUM_TRY(check_ids(spec));
    static std::atomic<std::uint64_t> last_serial = 0;
    auto impl = std::make_unique<Impl>();
    impl->serial = ++last_serial;
    impl->spec = std::move(spec);
    LYCEUM_TRY(impl->make_parts());
    const auto& added = impl->spec.added_tokens;
    impl->raw_tokens = make_finder(added, false, impl->normalizer.get());
    impl->normalized_tokens = make_finder(added, true, impl->normalizer.get());
    impl->special.resize(impl->spec.vocabulary.size());
    for (const AddedToken& token : added)
        impl->special[static_cast<std::size_t>(token.id)] = token.special;
    impl->normalize_contents();
    if (impl->decodes_bytes)
        impl->make_bytes();
    return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(impl)));
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::from_json(std::string_view tokenizer_json)
{
    LYCEUM_ASSIGN(auto spec, parse_tokenizer_json(tokenizer_json));
    return create(std::move(spec));
}

std::string Tokenizer::decode_tokens(std::vector<std::string> tokens) const
{
    std::string text;
    if (impl_->decoder == nullptr) {
        for (std::size_t i = 0; i < tokens.size(); ++i)
            text.append(i > 0 ? " " : "").append(tokens[i]);
        return text;
    }
    impl_->decoder->decode(tokens);
    for (const std::string& token : tokens)
        text += token;
    return text;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skip_special_tokens) const
{
    const auto is_skipped = [&](TokenId id) { return skip_special_tokens && is_special(id); };
    if (!impl_->decodes_bytes) {
        std::vector<std::string> tokens;
        for (const TokenId id : ids)
            if (!token_text(id).empty() && !is_skipped(id))
                tokens.emplace_back(token_text(id));
        return decode_tokens(std::move(tokens));
    }
    std::string bytes;
    for (const TokenId id : ids)
        if (!is_skipped(id))
            bytes += impl_->bytes_of(id);
    return is_valid_utf8(bytes) ? bytes : to_valid_utf8(bytes);
}

std::string Tokenizer::token_bytes(TokenId id) const
{
    if (impl_->decodes_bytes)
        return std::string(impl_->bytes_of(id));
    const std::string token(token_text(id));
    if (token.empty() || is_special(id))
        return token;
    for (int byte = 0; byte < 256 && impl_->spec.byte_fallback && token.size() == 6; ++byte)
        if (byte_token(static_cast<std::uint8_t>(byte)) == token)
            return {static_cast<char>(byte)};
    const std::string alone = decode_tokens({token});
    const std::string twice = decode_tokens({token, token});
    return twice.starts_with(alone) ? twice.substr(alone.size()) : alone;
}

std::string_view Tokenizer::token_text(TokenId id) const noexcept
{
    return impl_->text_of(id);
}

bool Tokenizer::decodes_bytes() const noexcept
{
    return impl_->decodes_bytes;
}

std::string Tokenizer::kind() const
{
    switch (impl_->spec.model) {
    case ModelKind::WordPiece:
        return "WordPiece";
    case ModelKind::Unigram:
        return "Unigram";
    case ModelKind::WordLevel:
        return "WordLevel";
    case ModelKind::Bpe:
        break;
    }
    return impl_->decodes_bytes ? "byte-level BPE" : "BPE";
}

std::int64_t Tokenizer::vocabulary_size() const noexcept
{
    return static_cast<std::int64_t>(impl_->spec.vocabulary.size());
}

bool Tokenizer::is_special(TokenId id) const noexcept
{
    return id >= 0 && static_cast<std::size_t>(id) < impl_->special.size() &&
           impl_->special[static_cast<std::size_t>(id)];
}

std::optional<TokenId> Tokenizer::id_of(std::string_view token) const
{
    const auto added = std::ranges::find(impl_->spec.added_tokens, token, &AddedToken::content);
    return added != impl_->spec.added_tokens.end() ? std::optional(added->id)
                                                   : impl_->model->id_of(token);
}

const TokenizerSpec& Tokenizer::spec() const noexcept
{
    return impl_->spec;
}

} // namespace lyceum::text
