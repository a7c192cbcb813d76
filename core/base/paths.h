#pragma once

/// @file
/// Where the program finds what it ships with, its sibling programs and the user's workspace.

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace lyceum {

/// `$LYCEUM_RESOURCES`, else `<folder of this executable>/../share/lyceum`: models/, datasets/,
/// recipes/.
[[nodiscard]] std::filesystem::path resource_dir();

/// A sibling program ("lyceum-engine"): `$LYCEUM_BIN`, else the folder of this executable.
[[nodiscard]] std::filesystem::path program_path(std::string_view name);

/// `$XDG_DATA_HOME/lyceum`, else `$HOME/.local/share/lyceum`. Not created.
[[nodiscard]] std::filesystem::path default_workspace_dir();

/// Creates `directory` with its parents and proves it writable.
/// @return Io with the path and the system's reason, and a hint to choose another workspace.
[[nodiscard]] Result<void> ensure_writable_dir(const std::filesystem::path& directory);

/// Bytes free to this user on the disk of `path` (or of its nearest existing parent).
[[nodiscard]] Result<std::uint64_t> free_disk_bytes(const std::filesystem::path& path);

} // namespace lyceum
