#pragma once

/// @file
/// Normalizers of tokenizer.json: how a text is rewritten before it is cut
/// (tokenizers/src/normalizers).

#include "core/base/result.h"
#include "core/text/aligned_text.h"
#include "core/text/part_reader.h"

#include <memory>
#include <string_view>

namespace lyceum::text {

/// Immutable; any number of threads may use one.
class Normalizer {
public:
    virtual ~Normalizer() = default;
    /// Rewrites `text`, which is valid UTF-8 and stays so.
    virtual void normalize(AlignedText& text) const = 0;
};
using NormalizerPtr = std::unique_ptr<const Normalizer>;

/// The `normalizer` object of a tokenizer.json; null for null.
/// @return Unsupported naming one that is not known; InvalidData.
[[nodiscard]] Result<NormalizerPtr> make_normalizer(const nlohmann::json& part);

/// A text that one step makes longer than this is left as it was by that step: files from outside
/// could double it again and again.
[[nodiscard]] constexpr std::size_t longest_normalized(std::size_t original_bytes)
{
    return original_bytes * 64 + 65536;
}

} // namespace lyceum::text
