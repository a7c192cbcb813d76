#include "core/text/token_models/token_model.h"

#include "core/text/token_models/bpe.h"
#include "core/text/token_models/unigram.h"
#include "core/text/token_models/word_piece.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <functional>

namespace lyceum::text {
namespace {

constexpr std::size_t kMaxVocabulary = std::size_t{1} << 22U;
constexpr std::size_t kMaxVocabularyBytes = std::size_t{1} << 28U;

std::size_t hash_of(std::string_view token)
{
    return std::hash<std::string_view>{}(token);
}

std::uint32_t tag_of(std::size_t hash)
{
    return static_cast<std::uint32_t>(hash >> 32U);
}

/// Ids of added tokens that the model itself does not know.
std::vector<bool> beyond_model(const TokenizerSpec& spec)
{
    std::vector<bool> beyond(spec.vocabulary.size());
    for (const AddedToken& token : spec.added_tokens)
        if (!token.in_model && static_cast<std::size_t>(token.id) < beyond.size())
            beyond[static_cast<std::size_t>(token.id)] = true;
    return beyond;
}

} // namespace

TokenTable::TokenTable(std::span<const std::string> vocabulary)
    : vocabulary_(vocabulary)
    , slots_(std::bit_ceil(vocabulary.size() * 2 + 1))
    , mask_(slots_.size() - 1)
{
}

Result<TokenTable> TokenTable::create(const TokenizerSpec& spec)
{
    if (spec.vocabulary.size() > kMaxVocabulary)
        return Error{ErrorCode::InvalidData,
                     "The tokenizer has " + std::to_string(spec.vocabulary.size()) +
                         " tokens; more than " + std::to_string(kMaxVocabulary) +
                         " are not supported.",
                     ""};
    TokenTable table(spec.vocabulary);
    const std::vector<bool> beyond = beyond_model(spec);
    std::size_t bytes = 0;
    for (std::size_t id = 0; id < spec.vocabulary.size(); ++id) {
        const std::string& token = spec.vocabulary[id];
        bytes += token.size();
        if (bytes > kMaxVocabularyBytes)
            return Error{ErrorCode::InvalidData, "The tokenizer's vocabulary is over 256 MiB.", ""};
        if (token.empty() || beyond[id]) // Empty: an id that is not used.
            continue;
        const std::size_t hash = hash_of(token);
        Slot& slot = table.slots_[table.slot_of(token, hash)];
        if (slot.id >= 0)
            return Error{ErrorCode::InvalidData,
                         "The tokenizer has the token \"" + token + "\" twice, as " +
                             std::to_string(slot.id) + " and " + std::to_string(id) + ".",
                         ""};
        slot = {tag_of(hash), static_cast<TokenId>(id)};
        table.longest_ = std::max(table.longest_, token.size());
    }
    return table;
}

std::size_t TokenTable::slot_of(std::string_view token, std::size_t hash) const
{
    const std::uint32_t tag = tag_of(hash);
    std::size_t slot = hash & mask_;
    while (slots_[slot].id >= 0 &&
           (slots_[slot].tag != tag ||
            vocabulary_[static_cast<std::size_t>(slots_[slot].id)] != token))
        slot = (slot + 1) & mask_;
    return slot;
}

std::optional<TokenId> TokenTable::find(std::string_view token) const
{
    const TokenId id = slots_[slot_of(token, hash_of(token))].id;
    return id < 0 ? std::nullopt : std::optional(id);
}

std::string byte_token(std::uint8_t byte)
{
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "<0x%02X>", byte);
    return text.data();
}

Result<TokenModelPtr> make_token_model(const TokenizerSpec& spec, bool takes_bytes)
{
    switch (spec.model) {
    case ModelKind::WordPiece:
    case ModelKind::WordLevel:
        return WordPieceModel::create(spec);
    case ModelKind::Unigram:
        return UnigramModel::create(spec);
    case ModelKind::Bpe:
        break;
    }
    return BpeModel::create(spec, takes_bytes);
}

} // namespace lyceum::text
