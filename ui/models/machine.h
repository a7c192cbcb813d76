#pragma once

/// @file
/// What the status strip says about this computer.

#include <cstdint>
#include <optional>
#include <string_view>

namespace lyceum::ui {

struct MachineMemory {
    std::uint64_t totalBytes = 0;
    std::uint64_t availableBytes = 0; ///< What a new program could get without swapping.
};

/// From the text of /proc/meminfo. Empty when a line is missing.
[[nodiscard]] std::optional<MachineMemory> parseMeminfo(std::string_view text);
/// Of this machine. Empty where there is no /proc/meminfo.
[[nodiscard]] std::optional<MachineMemory> machineMemory();

} // namespace lyceum::ui
