#pragma once

#include "core/text/normalizers/normalizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lyceum::text {

/// The character map of a SentencePiece model: a double-array trie (Darts) over pieces of text and
/// what replaces them. Looks for whole grapheme clusters of under 6 bytes, then for single
/// characters, as the spm_precompiled crate does.
class PrecompiledMap final : public Normalizer {
public:
    /// @param base64 `precompiled_charsmap`. @return InvalidData when it is damaged.
    [[nodiscard]] static Result<NormalizerPtr> read(const PartReader& part);

    void normalize(AlignedText& text) const override;

private:
    [[nodiscard]] std::optional<std::string_view> find(std::string_view chunk) const;

    std::vector<std::uint32_t> trie_;
    std::string replacements_; ///< Each ends with a zero byte.
};

} // namespace lyceum::text
