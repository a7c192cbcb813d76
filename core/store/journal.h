#pragma once

#include <cstdint>
#include <filesystem>

namespace lyceum::store {

enum class Journal : std::uint8_t {
    Wal,      ///< Readers never wait for the writer; needs memory shared between processes.
    Rollback, ///< Where shared memory does not work: file systems of other machines.
};

/// The journal for a file system, by its `statfs` magic number (Linux, statfs(2)).
/// See https://www.sqlite.org/wal.html: "WAL does not work over a network filesystem".
[[nodiscard]] Journal journal_for(std::uint64_t file_system_magic);

/// The journal for a file in this folder; Rollback when its file system cannot be told.
[[nodiscard]] Journal journal_for_folder(const std::filesystem::path& folder);

} // namespace lyceum::store
