#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string_view>

namespace lyceum::exporter {

/// The file that says a folder is an export of ours, and which files belong to it.
inline constexpr std::string_view kExportManifest = "lyceum_export.json";

/// A folder written under a temporary name beside its destination. Destroyed uncommitted, it leaves
/// nothing.
class StagedFolder {
public:
    /// The destination may be absent, empty, or an earlier export of ours with no file added (it is
    /// replaced). Any other folder is refused, or with `overwrite` moved aside to
    /// `NAME.before-export` and kept.
    /// Temporary folders of processes that were killed are removed. One export a process and
    /// destination at a time.
    /// @return AlreadyExists naming what is in the way; Io.
    [[nodiscard]] static Result<StagedFolder> create(const std::filesystem::path& destination,
                                                     bool overwrite);
    StagedFolder(StagedFolder&& other) noexcept;
    StagedFolder& operator=(StagedFolder&& other) noexcept;
    ~StagedFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return staged_; }
    [[nodiscard]] const std::filesystem::path& destination() const noexcept { return destination_; }

    /// Flushes to disk and takes the destination's name.
    /// @return where a foreign folder of that name is now (empty: there was none); Io, with the
    /// destination as it was.
    [[nodiscard]] Result<std::filesystem::path> commit();

private:
    StagedFolder(std::filesystem::path destination, std::filesystem::path staged, bool keep_old);
    void discard() noexcept;

    std::filesystem::path destination_;
    std::filesystem::path staged_; ///< Empty when committed or moved from.
    bool keep_old_ = false;        ///< What is at the destination is not ours.
};

} // namespace lyceum::exporter
