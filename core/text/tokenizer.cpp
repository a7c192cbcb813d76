#include "core/text/tokenizer.h"

#include "core/text/added_tokens.h"
#include "core/text/bpe.h"
#include "core/text/pre_tokenizer.h"
#include "core/text/utf8.h"

#include <algorithm>

namespace lyceum::text {
namespace {

constexpr TokenId kMaxTokenId = (TokenId{1} << 22U) - 1;

/// Puts the added tokens at their places in the vocabulary.
Result<void> place_added_tokens(TokenizerSpec& spec)
{
    for (const AddedToken& token : spec.added_tokens) {
        if (token.id < 0 || token.id > kMaxTokenId)
            return Error{ErrorCode::InvalidData,
                         "The added token \"" + token.content + "\" has the id " +
                             std::to_string(token.id) + ".",
                         ""};
        const auto index = static_cast<std::size_t>(token.id);
        if (index >= spec.vocabulary.size())
            spec.vocabulary.resize(index + 1);
        std::string& place = spec.vocabulary[index];
        if (place.empty())
            place = token.content;
        if (place != token.content)
            return Error{ErrorCode::InvalidData,
                         "The added token \"" + token.content + "\" has the id " +
                             std::to_string(token.id) + ", which is \"" + place +
                             "\" in the vocabulary.",
                         ""};
    }
    return {};
}

Result<void> check_id(const char* name, const std::optional<TokenId>& id, std::size_t size)
{
    if (id && (*id < 0 || static_cast<std::size_t>(*id) >= size))
        return Error{ErrorCode::InvalidData,
                     std::string("The tokenizer's ") + name + " token is " + std::to_string(*id) +
                         ", outside its " + std::to_string(size) + " tokens.",
                     ""};
    return {};
}

Result<void> check_ids(const TokenizerSpec& spec)
{
    const std::size_t size = spec.vocabulary.size();
    LYCEUM_TRY(check_id("bos", spec.bos, size));
    LYCEUM_TRY(check_id("eos", spec.eos, size));
    LYCEUM_TRY(check_id("pad", spec.pad, size));
    LYCEUM_TRY(check_id("unknown", spec.unknown, size));
    if (spec.add_bos && !spec.bos)
        return Error{ErrorCode::InvalidData,
                     "The tokenizer begins texts with a bos token, but names none.", ""};
    return {};
}

std::vector<AddedToken> select(const std::vector<AddedToken>& tokens, bool normalized)
{
    std::vector<AddedToken> selected;
    std::ranges::copy_if(tokens, std::back_inserter(selected),
                         [normalized](const AddedToken& t) { return t.normalized == normalized; });
    return selected;
}

} // namespace

struct Tokenizer::Impl {
    Impl(TokenizerSpec own_spec, BpeModel own_model, PreTokenizer own_pre_tokenizer)
        : spec(std::move(own_spec))
        , model(std::move(own_model))
        , pre_tokenizer(std::move(own_pre_tokenizer))
        , raw_tokens(select(spec.added_tokens, false))
        , normalized_tokens(select(spec.added_tokens, true))
        , special(spec.vocabulary.size())
    {
        for (const AddedToken& token : spec.added_tokens)
            special[static_cast<std::size_t>(token.id)] = token.special;
    }

    TokenizerSpec spec;
    BpeModel model; ///< Refers to spec.vocabulary, whose buffer has moved with it.
    PreTokenizer pre_tokenizer;
    AddedTokenFinder raw_tokens;
    AddedTokenFinder normalized_tokens;
    std::vector<bool> special; ///< By id.
};

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

Result<std::shared_ptr<const Tokenizer>> Tokenizer::create(TokenizerSpec spec)
{
    LYCEUM_TRY(place_added_tokens(spec));
    LYCEUM_TRY(check_ids(spec));
    LYCEUM_ASSIGN(auto pre_tokenizer,
                  PreTokenizer::create(spec.pre_tokenizer, spec.add_prefix_space));
    LYCEUM_ASSIGN(auto model, BpeModel::create(spec));
    auto impl = std::make_unique<Impl>(std::move(spec), std::move(model), std::move(pre_tokenizer));
    return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(impl)));
}

Result<std::shared_ptr<const Tokenizer>> Tokenizer::from_json(std::string_view tokenizer_json)
{
    LYCEUM_ASSIGN(auto spec, parse_tokenizer_json(tokenizer_json));
    return create(std::move(spec));
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const EncodeOptions& options) const
{
    if (!is_valid_utf8(text))
        return encode(to_valid_utf8(text), options);

    std::vector<TokenId> ids;
    ids.reserve(text.size() / 3 + 1);
    if (options.add_special_tokens && impl_->spec.add_bos)
        ids.push_back(*impl_->spec.bos);

    PreTokenizer::Scratch scratch(impl_->pre_tokenizer);
    const PreTokenizer::Sink on_piece = [&](std::string_view piece) {
        impl_->model.encode(piece, ids);
    };
    const auto on_token = [&ids](TokenId id) { ids.push_back(id); };
    const auto on_text = [&](std::string_view part) {
        impl_->pre_tokenizer.split(part, scratch, on_piece);
    };
    const auto on_raw_text = [&](std::string_view part) {
        impl_->normalized_tokens.split(part, options.parse_special, on_text, on_token);
    };
    impl_->raw_tokens.split(text, options.parse_special, on_raw_text, on_token);
    return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool skip_special_tokens) const
{
    std::string bytes;
    for (const TokenId id : ids)
        if (!skip_special_tokens || !is_special(id))
            bytes += impl_->model.bytes_of(id);
    return is_valid_utf8(bytes) ? bytes : to_valid_utf8(bytes);
}

std::string Tokenizer::token_bytes(TokenId id) const
{
    return std::string(impl_->model.bytes_of(id));
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
    return impl_->model.id_of(token);
}

const TokenizerSpec& Tokenizer::spec() const noexcept
{
    return impl_->spec;
}

} // namespace lyceum::text
