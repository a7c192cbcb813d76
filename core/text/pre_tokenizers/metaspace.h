#pragma once

#include "core/text/part_reader.h"

#include <string>

namespace lyceum::text {

/// The settings that the Metaspace pre-tokenizer and decoder share.
struct Metaspace {
    enum class Prepend : std::uint8_t { Always, First, Never };

    std::string replacement = "\xE2\x96\x81"; ///< Of a space; one character.
    Prepend prepend = Prepend::Always;
    bool splits = true;

    /// @return InvalidData for settings that do not fit together.
    [[nodiscard]] static Result<Metaspace> read(const PartReader& part);
};

} // namespace lyceum::text
