#include "core/formats/crc32.h"

#include <array>
#include <cstring>

namespace lyceum::formats {
namespace {

constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Tables make_tables()
{
    Tables tables = {};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
        tables[0][i] = value;
    }
    for (std::size_t slice = 1; slice < kSlices; ++slice)
        for (std::size_t i = 0; i < 256; ++i) {
            const std::uint32_t before = tables[slice - 1][i];
            tables[slice][i] = (before >> 8) ^ tables[0][before & 0xFFU];
        }
    return tables;
}

constexpr Tables kTables = make_tables();

} // namespace

std::uint32_t crc32(std::span<const std::byte> bytes)
{
    std::uint32_t crc = 0xFFFFFFFFU;
    while (bytes.size() >= kSlices) { // eight bytes a step ("slicing by 8")
        std::array<std::uint8_t, kSlices> next;
        std::memcpy(next.data(), bytes.data(), kSlices);
        std::uint32_t low;
        std::memcpy(&low, next.data(), sizeof(low));
        low ^= crc;
        crc = kTables[7][low & 0xFFU] ^ kTables[6][(low >> 8) & 0xFFU] ^
              kTables[5][(low >> 16) & 0xFFU] ^ kTables[4][low >> 24] ^ kTables[3][next[4]] ^
              kTables[2][next[5]] ^ kTables[1][next[6]] ^ kTables[0][next[7]];
        bytes = bytes.subspan(kSlices);
    }
    for (const std::byte byte : bytes)
        crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<std::uint32_t>(byte)) & 0xFFU];
    return ~crc;
}

} // namespace lyceum::formats
