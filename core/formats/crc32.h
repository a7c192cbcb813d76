#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lyceum::formats {

/// The CRC-32 of ZIP archives (polynomial 0xEDB88320). Source: PKWARE's APPNOTE.TXT, 4.4.7.
[[nodiscard]] std::uint32_t crc32(std::span<const std::byte> bytes);

/// The CRC-32C of iSCSI and TensorFlow's records (polynomial 0x82F63B78). Source: RFC 3720, B.4.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes);

} // namespace lyceum::formats
