#pragma once

/// @file
/// A workspace with runs in every state, as an engine would have left them in a real store. Numbers
/// agree with each other: step, curves, events and checkpoints tell one story.

#include "core/store/run_store.h"

#include <filesystem>
#include <string>

namespace lyceum::test {

struct RunStory {
    std::string name = "fractions-tutor";
    store::RunStatus status = store::RunStatus::Running; ///< Lost: running, with its process gone.
    store::Phase phase = store::Phase::Training;
    std::int64_t step = 742;
    std::int64_t totalSteps = 1218;
    std::int64_t checkEvery = 50; ///< Validation.
    std::int64_t saveEvery = 100; ///< 0: no checkpoint at all.
    bool hasSamples = true;
    std::string message;
    std::string hint;
};

/// Adds a run that went as the story says, its folder with run.yaml, environment.json and a log.
/// Fails the running test when the store refuses.
store::RunId tellRun(store::RunStore& store, const std::filesystem::path& workspace,
                     const RunStory& story);

/// Stories for each state worth drawing, by the name of the state.
struct NamedStory {
    const char* state;
    RunStory story;
};
[[nodiscard]] std::vector<NamedStory> allStories();

} // namespace lyceum::test
