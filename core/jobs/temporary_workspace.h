#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <memory>

namespace lyceum::jobs {

/// A workspace beside the runs of another: it sees that one's models, data and runs through links,
/// but its own runs go with it. Nothing of it may be in use when it is destroyed.
class TemporaryWorkspace {
public:
    /// @return Io when the workspace cannot be written.
    [[nodiscard]] static Result<std::unique_ptr<TemporaryWorkspace>>
    make(const std::filesystem::path& workspace);
    ~TemporaryWorkspace();
    TemporaryWorkspace(const TemporaryWorkspace&) = delete;
    TemporaryWorkspace& operator=(const TemporaryWorkspace&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    explicit TemporaryWorkspace(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

} // namespace lyceum::jobs
