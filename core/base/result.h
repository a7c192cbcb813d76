#pragma once

/// @file
/// Result<T>: the return type of every core call that can fail for reasons outside the code.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace lyceum {

enum class ErrorCode : std::uint8_t {
    InvalidConfig, ///< The user can fix it in the run's settings or the command's arguments.
    InvalidData,   ///< A file, request or sample is malformed.
    NotFound,      ///< A named thing (model, dataset, run, file) does not exist.
    AlreadyExists, ///< The name is taken.
    Unsupported,   ///< Well formed, but this version cannot do it.
    Io,            ///< The file system or the network refused.
    DiskFull,      ///< No space left where a file had to be written.
    OutOfMemory,   ///< Host or device memory.
    PeerLost,      ///< Another rank left, or a collective timed out.
    Cancelled,     ///< A stop was requested; not a failure.
};

struct Error {
    ErrorCode code;
    std::string message; ///< One sentence: what failed, on which object, with the offending value.
    std::string hint;    ///< What the user can do about it; empty if nothing.
};

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}
    Result(Error error) : state_(std::move(error)) {}

    [[nodiscard]] explicit operator bool() const noexcept { return state_.index() == 0; }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] explicit operator bool() const noexcept { return !error_.has_value(); }
    [[nodiscard]] const Error& error() const { return error_.value(); }

private:
    std::optional<Error> error_;
};

} // namespace lyceum

#define LYCEUM_CONCAT_INNER(a, b) a##b
#define LYCEUM_CONCAT(a, b) LYCEUM_CONCAT_INNER(a, b)

/// Returns the error of a Result expression to the caller, or goes on.
#define LYCEUM_TRY(expression)                                                                     \
    do {                                                                                           \
        if (auto result_ = (expression); !result_)                                                 \
            return result_.error();                                                                \
    } while (false)

/// Declares `declaration` as the value of a Result expression, or returns its error to the caller:
/// `LYCEUM_ASSIGN(auto file, MappedFile::open(path));`
#define LYCEUM_ASSIGN(declaration, expression)                                                     \
    auto LYCEUM_CONCAT(assigned_, __LINE__) = (expression);                                        \
    if (!LYCEUM_CONCAT(assigned_, __LINE__))                                                       \
        return LYCEUM_CONCAT(assigned_, __LINE__).error();                                         \
    declaration = std::move(LYCEUM_CONCAT(assigned_, __LINE__)).value()
