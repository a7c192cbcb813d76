#pragma once

/// @file
/// LYCEUM_CHECK: a claim about our own code. On in every build; a failed one ends the process.

#include <string_view>

namespace lyceum::detail {
[[noreturn]] void check_failed(std::string_view condition, std::string_view message,
                               std::string_view file, int line) noexcept;
} // namespace lyceum::detail

#define LYCEUM_CHECK(condition, message)                                                           \
    do {                                                                                           \
        if (!(condition)) [[unlikely]]                                                             \
            ::lyceum::detail::check_failed(#condition, message, __FILE__, __LINE__);               \
    } while (false)
