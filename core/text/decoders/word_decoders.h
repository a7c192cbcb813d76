#pragma once

/// @file
/// The decoders that put spaces between words.

#include "core/text/decoders/decoder.h"
#include "core/text/part_reader.h"

#include <string_view>

namespace lyceum::text {

/// WordPiece, BPEDecoder or CTC. @return Unsupported for another; InvalidData.
[[nodiscard]] Result<DecoderPtr> make_word_decoder(const PartReader& part);

/// `text` with every `from` replaced; as it is where `from` is empty.
[[nodiscard]] std::string replace_all(std::string_view text, std::string_view from,
                                      std::string_view to);

} // namespace lyceum::text
