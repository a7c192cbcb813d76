#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace lyceum::formats {

/// A regular file mapped read-only. Immutable; any number of threads may read. Our own files are
/// replaced by rename, never rewritten, so a mapping stays whole while others write.
class MappedFile {
public:
    /// @return NotFound; Io when it is no regular file or cannot be mapped.
    [[nodiscard]] static Result<std::shared_ptr<const MappedFile>>
    open(const std::filesystem::path& path);

    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

    /// Takes the pages of a part out of this process's memory, where they count as its own while
    /// mapped; reading them again brings them back. Any part of `bytes()`.
    void release(std::span<const std::byte> part) const noexcept;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    MappedFile(std::filesystem::path path, std::span<const std::byte> bytes);

    std::filesystem::path path_;
    std::span<const std::byte> bytes_;
};

} // namespace lyceum::formats
