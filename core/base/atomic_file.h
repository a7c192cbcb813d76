#pragma once

/// @file
/// Files that exist whole or not at all: write to a temporary in the same folder, fsync, rename,
/// fsync the folder.

#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace lyceum {

/// Replaces `path` by `content` in one step.
/// @return DiskFull or Io; the old file, if any, is then untouched and no temporary is left.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path,
                                                 std::string_view content);

/// A file being written in pieces; `commit` gives it its name. Destroyed uncommitted, it leaves
/// nothing.
class AtomicFile {
public:
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) noexcept;
    ~AtomicFile();

    [[nodiscard]] Result<void> append(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> append(std::string_view text);
    [[nodiscard]] Result<void> commit(); ///< fsync, rename, fsync the folder.

private:
    AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor);
    void discard() noexcept;

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

/// The whole of a text file of at most `limit_bytes`.
/// @return NotFound; Io; InvalidData if it is larger.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::size_t limit_bytes = std::size_t{1} << 28);

/// Flushes a finished folder (all files in it, then the folder itself) to disk.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

} // namespace lyceum
