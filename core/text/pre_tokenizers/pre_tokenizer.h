#pragma once

/// @file
/// Pre-tokenizers of tokenizer.json: how a text is cut into the pieces within which the model works
/// (tokenizers/src/pre_tokenizers).

#include "core/base/result.h"
#include "core/text/pattern.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string_view>

namespace lyceum::text {

/// Immutable; any number of threads may use one.
class PreTokenizer {
public:
    virtual ~PreTokenizer() = default;
    /// Gives the pieces of `text` (valid UTF-8) in order, never an empty one, perhaps rewritten.
    virtual void split(const TextView& text, PieceSink sink) const = 0;
};
using PreTokenizerPtr = std::unique_ptr<const PreTokenizer>;

/// How pieces leave a ByteLevel that comes last.
enum class PieceForm : std::uint8_t {
    Alphabet, ///< In the byte-level alphabet, as the reference makes them.
    Bytes,    ///< As they are, for a model that takes bytes.
};

/// The `pre_tokenizer` object of a tokenizer.json; null for null.
/// @return Unsupported naming one that is not known; InvalidData.
[[nodiscard]] Result<PreTokenizerPtr> make_pre_tokenizer(const nlohmann::json& part,
                                                         PieceForm form);

/// Whether ByteLevel is the last part.
[[nodiscard]] bool ends_with_byte_level(const nlohmann::json& part);

/// A pre-tokenizer by name ("smollm", "gpt2"), or its object of tokenizer.json as text, as JSON;
/// null for "". @return Unsupported for an unknown name.
[[nodiscard]] Result<nlohmann::json> describe_pre_tokenizer(std::string_view name_or_json,
                                                            bool add_prefix_space);

} // namespace lyceum::text
