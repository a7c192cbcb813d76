#pragma once

/// @file
/// What the run page says and offers for each state of a run. Decisions only, no widgets of its
/// own.

#include "ui/models/run_model.h"
#include "ui/models/run_words.h"
#include "ui/widgets/message_bar.h"

#include <QDateTime>
#include <QString>

#include <optional>

namespace lyceum::ui {

[[nodiscard]] Tone toneOf(words::StateLook::Mood mood);

/// One line: base model, method, data, steps.
[[nodiscard]] QString factsOf(const store::RunRow& row);

/// Which buttons there are, and which one is filled.
struct RunButtons {
    enum class Primary : quint8 { None, Try, Export, Resume };
    bool isAtWork = false; ///< Checkpoint, evaluate, stop.
    bool isPaused = false; ///< Continue in place of pause.
    bool isBroken = false; ///< Failed or lost.
    bool canTry = false;
    bool canExport = false;
    bool canResume = false;
    Primary primary = Primary::None;
    QString tryText;
    QString exportText;
    QString resumeText;
};
[[nodiscard]] RunButtons buttonsOf(const RunModel& run);

/// What is wrong and how to go on: failed, lost, no news. Empty when all is well.
[[nodiscard]] std::optional<MessageBar::Message> stateMessage(const RunModel& run,
                                                              const QDateTime& now);

/// "Checkpoint asked 12:04:11, waiting for step 743".
[[nodiscard]] QString pendingText(const store::Command& command, const store::RunRow& row);

} // namespace lyceum::ui
