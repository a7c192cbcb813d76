#include "core/formats/crc32.h"

#include <array>
#include <cstring>

namespace lyceum::formats {
namespace {

constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Tables make_tables(std::uint32_t polynomial)
{
    Tables tables = {};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1U) != 0 ? polynomial : 0U);
        tables[0][i] = value;
    }
    for (std::size_t slice = 1; slice < kSlices; ++slice)
        for (std::size_t i = 0; i < 256; ++i) {
            const std::uint32_t before = tables[slice - 1][i];
            tables[slice][i] = (before >> 8) ^ tables[0][before & 0xFFU];
        }
    return tables;
}

constexpr Tables kZip = make_tables(0xEDB88320U);
constexpr Tables kCastagnoli = make_tables(0x82F63B78U);

std::uint32_t checksum(const Tables& tables, std::span<const std::byte> bytes)
{
    std::uint32_t crc = 0xFFFFFFFFU;
    while (bytes.size() >= kSlices) { // eight bytes a step ("slicing by 8")
        std::array<std::uint8_t, kSlices> next;
        std::memcpy(next.data(), bytes.data(), kSlices);
        std::uint32_t low;
        std::memcpy(&low, next.data(), sizeof(low));
        low ^= crc;
        crc = tables[7][low & 0xFFU] ^ tables[6][(low >> 8) & 0xFFU] ^
              tables[5][(low >> 16) & 0xFFU] ^ tables[4][low >> 24] ^ tables[3][next[4]] ^
              tables[2][next[5]] ^ tables[1][next[6]] ^ tables[0][next[7]];
        bytes = bytes.subspan(kSlices);
    }
    for (const std::byte byte : bytes)
        crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<std::uint32_t>(byte)) & 0xFFU];
    return ~crc;
}

} // namespace

std::uint32_t crc32(std::span<const std::byte> bytes)
{
    return checksum(kZip, bytes);
}

std::uint32_t crc32c(std::span<const std::byte> bytes)
{
    return checksum(kCastagnoli, bytes);
}

} // namespace lyceum::formats
