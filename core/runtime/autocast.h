#pragma once

/// @file
/// Autocast: matrix products in a shorter type while weights stay float32, as torch.autocast.

#include <c10/core/ScalarType.h>

#include <optional>

namespace lyceum::runtime {

/// The type that products run in now, on the CPU; empty outside of autocast.
[[nodiscard]] std::optional<at::ScalarType> autocast_type();

/// Sets the type of this thread's products until the end of the scope; empty: none. LibTorch's own
/// operations and ours both follow it. No casts are kept from one use to the next.
class AutocastScope {
public:
    explicit AutocastScope(std::optional<at::ScalarType> type);
    ~AutocastScope();
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

private:
    bool was_enabled_;
    bool was_caching_;
    at::ScalarType type_before_;
};

} // namespace lyceum::runtime
