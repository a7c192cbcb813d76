#pragma once

/// @file
/// Decoders of tokenizer.json: tokens as the vocabulary writes them to text
/// (tokenizers/src/decoders).

#include "core/base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace lyceum::text {

/// Immutable; any number of threads may use one.
class Decoder {
public:
    virtual ~Decoder() = default;
    /// Rewrites the tokens; the text is what they make one after the other.
    virtual void decode(std::vector<std::string>& tokens) const = 0;
};
using DecoderPtr = std::unique_ptr<const Decoder>;

/// The `decoder` object of a tokenizer.json; null for null, where tokens are joined with spaces.
/// @return Unsupported naming one that is not known; InvalidData.
[[nodiscard]] Result<DecoderPtr> make_decoder(const nlohmann::json& part);

} // namespace lyceum::text
