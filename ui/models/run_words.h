#pragma once

/// @file
/// The words and tones of a run's state, the same on every page.

#include "core/store/run_store.h"

#include <QString>

#include <string>

namespace lyceum::ui::words {

/// What a state looks like: word, icon, and how good it is.
struct StateLook {
    enum class Mood : quint8 { Neutral, Good, Caution, Fault };
    QString word;
    QString iconName;
    Mood mood = Mood::Neutral;
};
[[nodiscard]] StateLook stateLook(const store::RunRow& run);

/// What an active run does right now: "Training", "Validating", "Reading model and data".
[[nodiscard]] QString phaseWord(const store::RunRow& run);

/// "adapters (LoRA)" or "all weights".
[[nodiscard]] QString methodWord(const std::string& method);

} // namespace lyceum::ui::words
