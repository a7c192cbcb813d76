#pragma once

/// @file
/// What lists say about a run: what it is made of, how far it is, how long it took. Its state is in
/// run_words.h.

#include "core/store/run_store.h"

#include <QString>

namespace lyceum::ui::facts {

/// "smollm2-135m-instruct, adapters (LoRA)": the base model and what of it may change.
[[nodiscard]] QString model(const store::RunRow& run);
/// The dataset's name; of a file, its file name.
[[nodiscard]] QString dataset(const store::RunRow& run);
/// "step 120 of 400"; of an ended run "400 steps".
[[nodiscard]] QString progress(const store::RunRow& run);
/// From 0 to 1; 0 while nothing is known.
[[nodiscard]] double share(const store::RunRow& run);
/// Seconds from start to end, or to now for one that runs; 0 before the start.
[[nodiscard]] double secondsTaken(const store::RunRow& run);
[[nodiscard]] QString timeTaken(const store::RunRow& run);
/// A failed run's sentence; of any other what it is: "smollm2-135m-instruct, adapters (LoRA), on
/// fractions-tutor".
[[nodiscard]] QString detail(const store::RunRow& run);

} // namespace lyceum::ui::facts
