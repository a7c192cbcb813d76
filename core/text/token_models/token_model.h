#pragma once

/// @file
/// What the models of tokenizer.json share: one piece of text to tokens.

#include "core/base/result.h"
#include "core/text/tokenizer.h"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace lyceum::text {

/// A token and the bytes of its piece that it stands for.
struct ModelToken {
    TokenId id = -1;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// Immutable; any number of threads may use one. Refers to the vocabulary it was made from.
class TokenModel {
public:
    virtual ~TokenModel() = default;
    /// Appends the tokens of `piece`, which is not empty.
    virtual void encode(std::string_view piece, std::vector<ModelToken>& tokens) const = 0;
    [[nodiscard]] virtual std::optional<TokenId> id_of(std::string_view token) const = 0;
};
using TokenModelPtr = std::unique_ptr<const TokenModel>;

/// Token by text, in the vocabulary's own writing. Open addressing: building it is most of a start.
class TokenTable {
public:
    /// Of all tokens that belong to the model. Refers to the vocabulary.
    /// @return InvalidData naming a token that appears twice, or too large a vocabulary.
    [[nodiscard]] static Result<TokenTable> create(const TokenizerSpec& spec);
    [[nodiscard]] std::optional<TokenId> find(std::string_view token) const;
    [[nodiscard]] std::size_t longest() const noexcept { return longest_; } ///< bytes

private:
    struct Slot {
        std::uint32_t tag = 0; ///< Bits of the hash: most other tokens need no comparing.
        TokenId id = -1;       ///< -1: free.
    };

    explicit TokenTable(std::span<const std::string> vocabulary);
    /// Where `token` is, or the free slot where it would be.
    [[nodiscard]] std::size_t slot_of(std::string_view token, std::size_t hash) const;

    std::span<const std::string> vocabulary_;
    std::vector<Slot> slots_;
    std::size_t mask_ = 0;
    std::size_t longest_ = 0;
};

/// "<0x0A>", the token of a byte where others fail.
[[nodiscard]] std::string byte_token(std::uint8_t byte);

/// The model of `spec`. @param takes_bytes pieces come as bytes, not in the byte-level alphabet.
[[nodiscard]] Result<TokenModelPtr> make_token_model(const TokenizerSpec& spec, bool takes_bytes);

} // namespace lyceum::text
