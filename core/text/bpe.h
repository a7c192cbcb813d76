#pragma once

/// @file
/// Byte-level byte-pair encoding of one piece of text (Sennrich et al. 2016, arXiv:1508.07909),
/// with the ranks, ties and corner cases of the BPE model of Hugging Face's tokenizers.

#include "core/base/result.h"
#include "core/text/tokenizer.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// Token by text, in the vocabulary's own writing. Open addressing: building it is most of a start.
class TokenTable {
public:
    explicit TokenTable(std::span<const std::string> vocabulary);
    /// Adds vocabulary[id]. @return the id that has this text already, if any.
    std::optional<TokenId> insert(TokenId id);
    [[nodiscard]] std::optional<TokenId> find(std::string_view token) const;

private:
    [[nodiscard]] std::size_t slot_of(std::string_view token) const;

    std::span<const std::string> vocabulary_;
    std::vector<TokenId> slots_; ///< -1: free.
    std::size_t mask_ = 0;
};

/// Immutable; any number of threads may use one. Refers to the vocabulary it was made from.
class BpeModel {
public:
    /// @return InvalidData naming a token that appears twice, or a merge of unknown tokens.
    [[nodiscard]] static Result<BpeModel> create(const TokenizerSpec& spec);

    /// Appends the ids of one piece. A byte that is no token of the vocabulary becomes the unknown
    /// token where the model has one, and is left out where it has none.
    void encode(std::string_view piece, std::vector<TokenId>& ids) const;

    /// What a token stands for; empty for an id outside the vocabulary.
    [[nodiscard]] std::string_view bytes_of(TokenId id) const noexcept;
    [[nodiscard]] std::optional<TokenId> id_of(std::string_view token) const;

private:
    struct Merge {
        std::uint64_t pair = 0;
        std::uint32_t rank = 0;
        TokenId result = -1; ///< -1: a free slot.
    };
    struct Symbol;
    struct Candidate;

    explicit BpeModel(std::span<const std::string> vocabulary) : tokens_(vocabulary) {}
    [[nodiscard]] Result<void> add_tokens(const TokenizerSpec& spec);
    [[nodiscard]] Result<void> add_merges(const TokenizerSpec& spec);
    [[nodiscard]] const Merge* find_merge(TokenId left, TokenId right) const noexcept;
    [[nodiscard]] std::size_t merge_slot(std::uint64_t pair) const noexcept;
    void append_bytes(std::string_view piece, std::vector<TokenId>& ids) const;
    void merge_short(std::vector<TokenId>& ids, std::size_t begin) const;
    void merge_long(std::vector<TokenId>& ids, std::size_t begin) const;

    TokenTable tokens_;
    std::string bytes_;                      ///< Of all tokens, one after the other.
    std::vector<std::uint32_t> byte_begin_;  ///< [V + 1]
    std::array<TokenId, 256> byte_tokens_{}; ///< -1: not in the vocabulary.
    std::vector<Merge> merges_;              ///< Open addressing.
    std::size_t merge_mask_ = 0;
    bool ignore_merges_ = false;
};

} // namespace lyceum::text
