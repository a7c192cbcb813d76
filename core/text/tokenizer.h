#pragma once

/// @file
/// Tokenizer: text to token ids and back, equal to Hugging Face's `tokenizer(text).input_ids`.

#include "core/base/result.h"
#include "core/text/aligned_text.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

using TokenId = std::int32_t;

/// Hugging Face's AddedToken: found in the text before the model sees it.
struct AddedToken {
    TokenId id = 0;
    std::string content;
    bool special = true;
    bool normalized = false;  ///< Looked for in the normalized text, after those that are not.
    bool lstrip = false;      ///< Takes the white space before it,
    bool rstrip = false;      ///< and after it.
    bool single_word = false; ///< Not within a word.
    bool in_model = true;     ///< The model's vocabulary has it, too; Tokenizer::create finds out.
};

enum class ModelKind : std::uint8_t { Bpe, WordPiece, Unigram, WordLevel };

/// What a tokenizer is made of; formats fill it from GGUF metadata or tokenizer.json.
struct TokenizerSpec {
    ModelKind model = ModelKind::Bpe;
    /// By id, as the model writes them: of byte-level ones in GPT-2's bytes_to_unicode. Empty: an
    /// id that is not used.
    std::vector<std::string> vocabulary;
    std::vector<std::string> merges; ///< "left right", in rank order.
    std::vector<double> scores;      ///< Of a Unigram model, by id.
    std::vector<AddedToken> added_tokens;
    /// "smollm" (digits one by one, then GPT-2's pattern), "gpt2", or a `pre_tokenizer` object of
    /// tokenizer.json as JSON text; empty for none. Unknown names and parts are errors.
    std::string pre_tokenizer;
    /// Objects of tokenizer.json as JSON text; empty for none.
    std::string normalizer;
    std::string post_processor; ///< Without one, `add_bos` says what is added.
    std::string decoder;        ///< Empty: ByteLevel.
    std::optional<TokenId> bos, eos, pad, unknown;
    bool add_bos = false;
    bool add_prefix_space = false; ///< Of a pre-tokenizer given by name.
    bool ignore_merges = false;    ///< A piece that is a token is never cut (Llama 3).
    bool encode_unknown = false; ///< What is not in the vocabulary becomes `unknown`, else nothing.
    bool byte_fallback = false;  ///< Its bytes become "<0x00>" and on, where these are tokens.
    bool fuse_unknown = false;   ///< Unknown characters beside each other are one token.
    std::string continuing_subword_prefix; ///< "##" of BERT
    std::string end_of_word_suffix;        ///< "</w>" of CLIP
    std::size_t max_input_chars_per_word = 100;
};

/// The tokens of a text.
struct Encoding {
    std::vector<TokenId> ids;
    std::vector<std::int32_t> type_ids; ///< 0, or 1 for the second of a pair.
    std::vector<bool> special;          ///< Added around the text.
    std::vector<Origin> offsets; ///< In bytes of the text each is from; {0, 0} for added ones.
};

/// The specification in a Hugging Face tokenizer.json. What the file does not say (eos, pad) is
/// left empty. Truncation and padding are left out: batches are cut and filled elsewhere. Bounded:
/// hostile files are errors.
/// @return InvalidData; Unsupported naming the part that is not known.
[[nodiscard]] Result<TokenizerSpec> parse_tokenizer_json(std::string_view tokenizer_json);

struct EncodeOptions {
    bool add_special_tokens = true; ///< What the model's own tokenizer adds (SmolLM2: nothing).
    bool parse_special = true; ///< Recognise special tokens written in the text. False for text
                               ///< from outside in a template.
};

/// Immutable; any number of threads may use one.
class Tokenizer {
public:
    /// Added tokens beyond the vocabulary extend it.
    /// @return InvalidData naming what does not fit together; Unsupported for an unknown
    /// pre-tokenizer.
    [[nodiscard]] static Result<std::shared_ptr<const Tokenizer>> create(TokenizerSpec spec);
    /// create() of parse_tokenizer_json().
    [[nodiscard]] static Result<std::shared_ptr<const Tokenizer>>
    from_json(std::string_view tokenizer_json);
    ~Tokenizer();

    /// Bytes that are not UTF-8 are read as U+FFFD.
    [[nodiscard]] std::vector<TokenId> encode(std::string_view text,
                                              const EncodeOptions& options = {}) const;
    /// The same ids with their offsets, type ids and what was added. `text` is at most 4 GiB.
    [[nodiscard]] Encoding encode_with_offsets(std::string_view text,
                                               const EncodeOptions& options = {}) const;
    /// Two texts in one, as an encoder for pairs takes them.
    [[nodiscard]] Encoding encode_pair(std::string_view first, std::string_view second,
                                       const EncodeOptions& options = {}) const;
    /// Invalid byte sequences become U+FFFD; ids outside the vocabulary are nothing.
    [[nodiscard]] std::string decode(std::span<const TokenId> ids,
                                     bool skip_special_tokens = true) const;
    /// What one token adds to a text that has begun (may be half a character).
    [[nodiscard]] std::string token_bytes(TokenId id) const;
    /// The token as the vocabulary writes it, an added one as it is looked for; empty for an id
    /// outside.
    [[nodiscard]] std::string_view token_text(TokenId id) const noexcept;
    /// Whether a text is nothing but its tokens' bytes.
    [[nodiscard]] bool decodes_bytes() const noexcept;
    /// "byte-level BPE", "BPE", "WordPiece", "Unigram" or "WordLevel".
    [[nodiscard]] std::string kind() const;

    [[nodiscard]] std::int64_t vocabulary_size() const noexcept;
    [[nodiscard]] bool is_special(TokenId id) const noexcept;
    /// By a token as the vocabulary writes it: in the byte-level alphabet, where a space is U+0120.
    [[nodiscard]] std::optional<TokenId> id_of(std::string_view token) const;
    [[nodiscard]] const TokenizerSpec& spec() const noexcept;

    /// tokenizer.json that Hugging Face's tokenizers loads to the same ids.
    [[nodiscard]] std::string to_json() const;

private:
    struct Impl;
    class Run;
    explicit Tokenizer(std::unique_ptr<Impl> impl);
    [[nodiscard]] Encoding encode_text(std::string_view text, const EncodeOptions& options,
                                       bool with_offsets) const;
    [[nodiscard]] std::string decode_tokens(std::vector<std::string> tokens) const;
    std::unique_ptr<Impl> impl_;
};

/// Decodes token by token and never emits half a character. Special tokens are left out.
class StreamDecoder {
public:
    explicit StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer);
    [[nodiscard]] std::string push(TokenId id); ///< The text that became complete; may be empty.
    [[nodiscard]] std::string flush();          ///< What is left, incomplete bytes as U+FFFD.

private:
    [[nodiscard]] std::string push_bytes(TokenId id);
    [[nodiscard]] std::string push_token(TokenId id);

    std::shared_ptr<const Tokenizer> tokenizer_;
    std::string pending_;         ///< Bytes of a character that is not complete.
    std::vector<TokenId> window_; ///< The last tokens, where text is more than bytes.
    std::size_t num_emitted_ = 0; ///< Of the window's tokens.
};

} // namespace lyceum::text
