#pragma once

/// @file
/// What a configuration will do, worked out from its own data and model before it starts. Free of
/// widgets.

#include "core/base/result.h"
#include "core/config/run_config.h"
#include "core/models/model_package.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lyceum::ui {

struct RunEstimate {
    std::size_t numTrain = 0;      ///< Records to learn from.
    std::size_t numValidation = 0; ///< Records held back.
    std::size_t numTokens = 0;     ///< Of one epoch, after cutting at max_length.
    std::size_t numTargets = 0;    ///< Of these, what is learnt.
    std::size_t numCut = 0;        ///< Records that lose their end.
    std::size_t numWithoutTargets = 0;
    std::int64_t numRows = 0; ///< Packed sequences an epoch; without packing, records.
    std::int64_t stepsPerEpoch = 0;
    std::int64_t steps = 0;
    std::int64_t tokensPerStep = 0; ///< Mean, without padding.
    std::int64_t trainedParameters = 0;
    std::int64_t totalParameters = 0;
    std::uint64_t diskBytes = 0; ///< All checkpoints that are kept, and one being written.
    std::uint64_t freeBytes = 0;
    std::optional<double> seconds; ///< From the speed of the last run like it on this computer.
    std::string timedBy;           ///< That run's name.
    std::vector<std::string> mergeWarnings; ///< What stands against merging the adapter later.
};

/// Reads the data, tokenizes it with the model's tokenizer and counts. Slow (seconds): off the GUI
/// thread.
/// @return what reading the data or the model gave: NotFound, InvalidData with the records at
/// fault, ...
[[nodiscard]] Result<RunEstimate> estimateRun(const config::RunConfig& config,
                                              const std::filesystem::path& workspace);

/// Sequences of at most `maxLength` tokens that samples of these lengths fill, packed first-fit.
/// The engine packs in a shuffled order, so its count may differ by a few.
[[nodiscard]] std::int64_t countPackedRows(std::span<const std::size_t> lengths,
                                           std::size_t maxLength);

} // namespace lyceum::ui
