#pragma once

namespace lyceum::config {

/// Learning rate of a model from scratch when none is said: random weights want larger steps than
/// trained ones.
inline constexpr double kNewModelRate = 1.0e-3;

} // namespace lyceum::config
