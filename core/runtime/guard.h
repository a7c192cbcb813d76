#pragma once

/// @file
/// guard: the one place where LibTorch's exceptions become an Error. Used at the borders of a step,
/// a load, a save.

#include "core/base/result.h"

#include <string_view>
#include <type_traits>

namespace lyceum::runtime {

/// What is being thrown right now, as an Error: "<doing>: <first line of the reason>".
/// Call it inside a catch block only. Memory that could not be had is OutOfMemory; all else is
/// Unsupported.
[[nodiscard]] Error current_exception_as_error(std::string_view doing) noexcept;

namespace detail {
template <typename T>
struct Guarded {
    using Type = Result<T>;
};
template <typename T>
struct Guarded<Result<T>> {
    using Type = Result<T>;
};
} // namespace detail

/// Runs `function` and returns its value, or the exception that left it as an Error.
/// @param doing what is going on, for the message: "evaluating the model".
/// A function that itself returns Result<T> keeps its type.
template <typename Function>
[[nodiscard]] auto guard(std::string_view doing, Function&& function) ->
    typename detail::Guarded<std::invoke_result_t<Function>>::Type
{
    using Value = std::invoke_result_t<Function>;
    try {
        if constexpr (std::is_void_v<Value>) {
            function();
            return {};
        } else {
            return function();
        }
    } catch (...) {
        return current_exception_as_error(doing);
    }
}

} // namespace lyceum::runtime
