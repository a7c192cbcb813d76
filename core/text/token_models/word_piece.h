#pragma once

#include "core/text/token_models/token_model.h"

namespace lyceum::text {

/// Greedy longest match first, BERT's WordPiece (tokenizers/src/models/wordpiece); a piece that
/// does not come out even is the unknown token. WordLevel is the same for whole pieces only.
class WordPieceModel final : public TokenModel {
public:
    /// @return InvalidData without an unknown token.
    [[nodiscard]] static Result<TokenModelPtr> create(const TokenizerSpec& spec);

    void encode(std::string_view piece, std::vector<ModelToken>& tokens) const override;
    [[nodiscard]] std::optional<TokenId> id_of(std::string_view token) const override;

private:
    WordPieceModel(TokenTable table, const TokenizerSpec& spec);
    /// The longest token at `begin` and where it ends.
    [[nodiscard]] std::optional<ModelToken> longest(std::string_view piece,
                                                    std::size_t begin) const;

    TokenTable tokens_;
    TokenId unknown_;
    std::string prefix_;
    std::size_t max_characters_;
    bool whole_only_;
};

} // namespace lyceum::text
