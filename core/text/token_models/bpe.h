#pragma once

/// @file
/// Byte-pair encoding of one piece of text (Sennrich et al. 2016, arXiv:1508.07909), with the
/// ranks, ties and corner cases of the BPE model of Hugging Face's tokenizers.

#include "core/text/function_ref.h"
#include "core/text/token_models/token_model.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

class BpeModel final : public TokenModel {
public:
    /// @param takes_bytes pieces come as bytes; the vocabulary is in the byte-level alphabet.
    /// @return InvalidData naming a token that appears twice, or a merge of unknown tokens.
    [[nodiscard]] static Result<TokenModelPtr> create(const TokenizerSpec& spec, bool takes_bytes);

    /// A character that is no token becomes the tokens of its bytes, or the unknown token, where
    /// the model has such, and is left out where it has neither.
    void encode(std::string_view piece, std::vector<ModelToken>& tokens) const override;
    [[nodiscard]] std::optional<TokenId> id_of(std::string_view token) const override;

private:
    struct Merge {
        std::uint64_t pair = 0;
        std::uint32_t rank = 0;
        TokenId result = -1; ///< -1: a free slot.
    };
    struct Symbol;
    struct Candidate;

    BpeModel(TokenTable table, const TokenizerSpec& spec, bool takes_bytes);
    [[nodiscard]] Result<void> add_merges(const TokenizerSpec& spec);
    [[nodiscard]] const Merge* find_merge(TokenId left, TokenId right) const noexcept;
    [[nodiscard]] std::size_t merge_slot(std::uint64_t pair) const noexcept;
    [[nodiscard]] std::optional<TokenId> whole(std::string_view piece) const;
    void append_bytes(std::string_view piece, std::vector<ModelToken>& tokens) const;
    void append_characters(std::string_view piece, std::vector<ModelToken>& tokens) const;
    [[nodiscard]] std::optional<TokenId> find_character(std::string_view written) const;
    [[nodiscard]] bool append_fallback(std::string_view written, std::uint32_t& position,
                                       std::vector<ModelToken>& tokens) const;
    void merge_short(std::vector<ModelToken>& tokens, std::size_t begin) const;
    void merge_long(std::vector<ModelToken>& tokens, std::size_t begin) const;

    TokenTable tokens_;
    std::array<TokenId, 256> byte_tokens_{};  ///< -1: not in the vocabulary.
    std::array<TokenId, 256> ascii_tokens_{}; ///< Of the characters below 128.
    std::array<TokenId, 256> fallback_{};     ///< "<0x00>" and on; -1: none.
    std::vector<Merge> merges_;               ///< Open addressing.
    std::size_t merge_mask_ = 0;
    std::optional<TokenId> unknown_;
    std::string prefix_;
    std::string suffix_;
    bool takes_bytes_;
    bool ignore_merges_;
    bool byte_fallback_;
    bool fuse_unknown_;
};

/// The two tokens of a merge "left right" and what they make.
struct MergeParts {
    std::string_view left;
    std::string_view right;
    TokenId left_id = -1;
    TokenId right_id = -1;
    TokenId whole_id = -1;
};

/// The first way to part a merge at a space at which all three are tokens. @param prefix_size of
/// what continues a word, left out of the whole.
[[nodiscard]] std::optional<MergeParts>
split_merge(std::string_view merge, std::size_t prefix_size,
            FunctionRef<std::optional<TokenId>(std::string_view)> find);

} // namespace lyceum::text
