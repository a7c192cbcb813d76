#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lyceum::formats {

/// The CRC-32 of ZIP archives (polynomial 0xEDB88320). Source: PKWARE's APPNOTE.TXT, 4.4.7.
[[nodiscard]] std::uint32_t crc32(std::span<const std::byte> bytes);

} // namespace lyceum::formats
