#pragma once

#include "core/text/token_models/token_model.h"

#include <array>

namespace lyceum::text {

/// The most likely way to cut a piece (Kudo 2018, arXiv:1804.10959), by Viterbi's algorithm as in
/// tokenizers/src/models/unigram.
class UnigramModel final : public TokenModel {
public:
    /// @return InvalidData where scores and tokens differ in number or there is no unknown token.
    [[nodiscard]] static Result<TokenModelPtr> create(const TokenizerSpec& spec);

    void encode(std::string_view piece, std::vector<ModelToken>& tokens) const override;
    [[nodiscard]] std::optional<TokenId> id_of(std::string_view token) const override;

private:
    /// The best way to an end of a piece.
    struct Node {
        double score = 0.0;
        std::uint32_t begin = 0;
        TokenId id = -1; ///< -1: not reached.
    };
    /// Tokens [begin, end) of sorted_ with one beginning.
    struct Range {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
    };

    UnigramModel(TokenTable table, const TokenizerSpec& spec);
    void index_tokens(const TokenizerSpec& spec);
    [[nodiscard]] std::vector<Node> find_best(std::string_view piece) const;
    [[nodiscard]] bool offer_tokens(std::string_view piece, std::size_t begin, std::size_t length,
                                    std::vector<Node>& nodes) const;
    [[nodiscard]] Range narrow(Range range, std::size_t depth, char byte) const;
    void append(std::string_view text, std::size_t begin, std::vector<ModelToken>& tokens) const;

    TokenTable tokens_;
    std::span<const std::string> vocabulary_;
    std::vector<double> scores_;
    std::vector<TokenId> sorted_;        ///< By text.
    std::vector<Range> by_two_bytes_;    ///< [65536] Tokens of at least two bytes by these.
    std::array<TokenId, 256> by_byte_{}; ///< Tokens of one byte; -1: none.
    std::vector<TokenId> byte_tokens_;   ///< [256] "<0x00>" and on; empty without byte fallback.
    TokenId unknown_;
    double unknown_score_ = 0.0;
};

} // namespace lyceum::text
