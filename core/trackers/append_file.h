#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace lyceum::trackers {

/// A file that grows by whole pieces: an append is there or not at all. Reaches the operating
/// system before the call returns, so that it survives the end of the process.
class AppendFile {
public:
    AppendFile() = default;
    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    ~AppendFile();

    /// Opens or creates the file, with its folders. @return Io, DiskFull.
    [[nodiscard]] static Result<AppendFile> open(const std::filesystem::path& path);

    [[nodiscard]] Result<void> append(std::string_view bytes);
    /// Cuts the end off.
    [[nodiscard]] Result<void> truncate(std::uint64_t size);
    /// At most `size` bytes from an offset on.
    [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t size) const;
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

/// The whole text of a file; empty where there is none.
[[nodiscard]] Result<std::string> read_if_there(const std::filesystem::path& path);

} // namespace lyceum::trackers
