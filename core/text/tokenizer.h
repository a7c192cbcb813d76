#pragma once

/// @file
/// Tokenizer: text to token ids and back, equal to Hugging Face's `tokenizer(text).input_ids`.

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::text {

using TokenId = std::int32_t;

struct AddedToken {
    TokenId id = 0;
    std::string content;
    bool special = true;
    bool normalized = false; ///< Looked for after those that are not (Hugging Face's AddedToken).
};

/// What a byte-level BPE tokenizer is made of; formats fill it from GGUF metadata or
/// tokenizer.json.
struct TokenizerSpec {
    std::vector<std::string>
        vocabulary; ///< By id, in the byte-level alphabet (GPT-2's bytes_to_unicode).
    std::vector<std::string> merges; ///< "left right", in rank order.
    std::vector<AddedToken> added_tokens;
    /// "smollm" (digits one by one, then GPT-2's pattern), "gpt2", or a `pre_tokenizer` object of
    /// tokenizer.json as JSON text; unknown names and parts are errors.
    std::string pre_tokenizer;
    std::optional<TokenId> bos, eos, pad, unknown;
    bool add_bos = false;
    bool add_prefix_space = false; ///< Of a pre-tokenizer given by name.
    bool ignore_merges = false;    ///< A piece that is a token is never cut (Llama 3).
    bool encode_unknown = false;   ///< Bytes outside the vocabulary become `unknown`, else nothing.
};

/// The specification in a Hugging Face tokenizer.json (byte-level BPE). What the file does not say
/// (eos, pad) is left empty. Bounded: hostile files are errors.
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
    /// Invalid byte sequences become U+FFFD; ids outside the vocabulary are nothing.
    [[nodiscard]] std::string decode(std::span<const TokenId> ids,
                                     bool skip_special_tokens = true) const;
    /// The raw bytes of one token (may be half a character).
    [[nodiscard]] std::string token_bytes(TokenId id) const;

    [[nodiscard]] std::int64_t vocabulary_size() const noexcept;
    [[nodiscard]] bool is_special(TokenId id) const noexcept;
    /// By a token as the vocabulary writes it: in the byte-level alphabet, where a space is U+0120.
    [[nodiscard]] std::optional<TokenId> id_of(std::string_view token) const;
    [[nodiscard]] const TokenizerSpec& spec() const noexcept;

    /// tokenizer.json that Hugging Face's tokenizers loads to the same ids.
    [[nodiscard]] std::string to_json() const;

private:
    struct Impl;
    explicit Tokenizer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Decodes token by token and never emits half a character. Special tokens are left out.
class StreamDecoder {
public:
    explicit StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer);
    [[nodiscard]] std::string push(TokenId id); ///< The text that became complete; may be empty.
    [[nodiscard]] std::string flush();          ///< What is left, incomplete bytes as U+FFFD.

private:
    std::shared_ptr<const Tokenizer> tokenizer_;
    std::string pending_;
};

} // namespace lyceum::text
