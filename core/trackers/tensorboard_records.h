#pragma once

/// @file
/// TensorFlow's record files: length, its checksum, data, their checksum.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::trackers {

[[nodiscard]] std::string tensorboard_record(std::string_view data);

/// The data of the record at the beginning of `bytes`; nothing where it is cut short or damaged.
[[nodiscard]] std::optional<std::string_view> first_tensorboard_record(std::string_view bytes);

/// Bytes around the data of a record.
inline constexpr std::uint64_t kTensorBoardFraming = 16;

} // namespace lyceum::trackers
