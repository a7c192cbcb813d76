#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lyceum::test {

/// "00ff" as its two bytes.
inline std::vector<std::byte> from_hex(const std::string& hex)
{
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

} // namespace lyceum::test
