#pragma once

#include "core/formats/tensor_source.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace lyceum::test {

/// The input as a file, for readers that map one; in memory where the system has such a place.
inline std::filesystem::path fuzz_file(const std::uint8_t* data, std::size_t size)
{
    static const std::filesystem::path path = [] {
        std::error_code ignored;
        const std::filesystem::path memory = "/dev/shm";
        const std::filesystem::path folder = std::filesystem::is_directory(memory, ignored)
                                                 ? memory
                                                 : std::filesystem::temp_directory_path();
        return folder / ("lyceum-fuzz-" + std::to_string(::getpid()));
    }();
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return path;
}

/// Reads everything that can be read, for the sanitizers to watch.
inline void read_everything(const formats::TensorSource& source)
{
    for (const formats::TensorInfo& info : source.tensors()) {
        std::vector<float> values(static_cast<std::size_t>(info.num_elements()));
        static_cast<void>(source.read_float32(info.name, values));
        if (const auto raw = source.raw_bytes(info.name))
            for (const std::byte byte : raw.value()) {
                volatile const std::byte touched = byte;
                static_cast<void>(touched);
            }
    }
}

} // namespace lyceum::test
