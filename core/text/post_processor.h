#pragma once

/// @file
/// Post-processors of tokenizer.json: the special tokens around a text or a pair of texts, and
/// offsets without the white space (tokenizers/src/processors).

#include "core/base/result.h"
#include "core/text/tokenizer.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace lyceum::text {

/// The tokens of one text, and the text that their offsets are in.
struct EncodedText {
    Encoding encoding;
    std::string_view text;
};

/// Immutable; any number of threads may use one.
class PostProcessor {
public:
    PostProcessor() = default; ///< Adds nothing; of a pair, the second after the first.
    /// The `post_processor` object of a tokenizer.json.
    /// @return Unsupported naming one that is not known; InvalidData.
    [[nodiscard]] static Result<PostProcessor> create(const nlohmann::json& part);
    /// One token before each text.
    [[nodiscard]] static PostProcessor begin_with(TokenId token);

    /// The texts' tokens in one encoding. `second` is null for a single text.
    [[nodiscard]] Encoding process(EncodedText first, EncodedText* second, bool add_special_tokens,
                                   const Tokenizer& tokenizer) const;

    /// The tokens that it adds; all must be in the vocabulary.
    [[nodiscard]] std::vector<TokenId> added_ids() const;
    /// The one token that comes before a single text, if that is all it adds to one.
    [[nodiscard]] std::optional<TokenId> only_beginning() const;
    /// Whether it may add tokens.
    [[nodiscard]] bool has_template() const noexcept { return has_template_; }

private:
    enum class Kind : std::uint8_t { Special, First, Second };
    struct Item {
        Kind kind = Kind::First;
        std::vector<TokenId> ids; ///< Of a Special.
        int type = 0;
    };
    using Template = std::vector<Item>;

    [[nodiscard]] Result<void> add(const nlohmann::json& part);
    [[nodiscard]] Result<void> add_bert(const nlohmann::json& part, bool roberta);
    [[nodiscard]] Result<void> add_template(const nlohmann::json& part);
    void trim(EncodedText& part, const Tokenizer& tokenizer) const;

    Template single_;
    Template pair_;
    bool has_template_ = false;
    bool trims_ = false;
    bool trims_after_prefix_ = false; ///< The space that ByteLevel puts first has no offset.
};

} // namespace lyceum::text
