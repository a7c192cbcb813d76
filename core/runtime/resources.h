#pragma once

/// @file
/// What this process has: cores, memory, a start time and a seed.

#include <cstdint>
#include <optional>

namespace lyceum::runtime {

/// Physical cores this process may use: its affinity mask without hyper-thread siblings, and not
/// more than the CPU quota of its control group (v1 or v2). At least 1.
[[nodiscard]] int usable_cores();

/// Sets LibTorch up for this process: threads (usable_cores(), or `num_threads` if positive) and a
/// heap that keeps what it has touched, as touching fresh memory is slow. Call once, before the
/// first tensor.
void initialise(int num_threads = 0);

/// Seeds LibTorch's default CPU generator; generators of our own are made from the same number.
void seed_everything(std::uint64_t seed);

struct MemoryUse {
    std::uint64_t current_bytes = 0; ///< Resident now.
    std::uint64_t peak_bytes = 0;    ///< Resident at most, since the start of the process.
};
[[nodiscard]] MemoryUse memory_use();

struct HostMemory {
    std::uint64_t total_bytes =
        0; ///< Of the machine, or the control group's limit if that is less.
    std::uint64_t available_bytes = 0; ///< That could be had without swapping.
};
[[nodiscard]] HostMemory host_memory();

/// Since the kernel started this process (not main): what a person waits.
[[nodiscard]] double seconds_since_process_start();

} // namespace lyceum::runtime
