#pragma once

/// @file
/// The .wandb file: LevelDB's log format after a header of seven bytes. Sources:
/// github.com/google/leveldb doc/log_format.md; wandb/sdk/internal/datastore.py.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::trackers {

[[nodiscard]] std::string wandb_file_header();

/// The record's bytes for a file of `file_size` bytes: where it crosses blocks it goes in pieces.
[[nodiscard]] std::string wandb_frame(std::string_view record, std::uint64_t file_size);

struct WandbRecord {
    std::string data;
    std::uint64_t end = 0; ///< Where the next one begins.
};
/// The whole records at the beginning of a file; none where it is no such file.
[[nodiscard]] std::vector<WandbRecord> read_wandb_records(std::string_view file);

} // namespace lyceum::trackers
