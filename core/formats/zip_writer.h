#pragma once

#include "core/base/atomic_file.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace lyceum::formats {

/// An archive of uncompressed entries, each beginning at a multiple of 64 bytes as PyTorch wants
/// them; ZIP64 where a number needs it. Destroyed uncommitted, it leaves nothing.
class ZipWriter {
public:
    explicit ZipWriter(AtomicFile file) : file_(std::move(file)) {}

    /// @return DiskFull, Io.
    [[nodiscard]] Result<void> add(const std::string& name, std::span<const std::byte> data);
    [[nodiscard]] Result<void> add(const std::string& name, std::string_view text);

    /// Writes the directory and gives the file its name. @return DiskFull, Io.
    [[nodiscard]] Result<void> commit();

private:
    struct Entry {
        std::string name;
        std::uint64_t size = 0;
        std::uint64_t offset = 0; ///< Of its header.
        std::uint32_t crc = 0;
    };
    [[nodiscard]] Result<void> put(std::string_view bytes);

    AtomicFile file_;
    std::uint64_t position_ = 0;
    std::vector<Entry> entries_;
};

} // namespace lyceum::formats
