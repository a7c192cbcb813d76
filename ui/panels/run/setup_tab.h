#pragma once

#include <QWidget>

#include <filesystem>

class QPlainTextEdit;
class QLabel;

namespace lyceum::ui {

class Button;
class MessageBar;
class ResumeProof;
class RunModel;
class TrackerList;

/// Setup: what this run really is, read from its folder: resolved run.yaml and environment.json;
/// where other programs find its curves, and the proof that resuming with these settings is exact.
class SetupTab final : public QWidget {
    Q_OBJECT

public:
    SetupTab(RunModel& run, const std::filesystem::path& workspace, QWidget* parent = nullptr);

    /// Reads the files again; cheap, called when the tab opens and when the run's state changes.
    void reload();

    [[nodiscard]] ResumeProof& proof() const noexcept { return *proof_; }
    [[nodiscard]] MessageBar& proofBar() const noexcept { return *proofBar_; }

private:
    void showProof();

    RunModel& run_;
    ResumeProof* proof_;
    MessageBar* proofBar_;
    Button* prove_;
    QPlainTextEdit* yaml_;
    QPlainTextEdit* environment_;
    QLabel* folder_;
    TrackerList* trackers_;
};

} // namespace lyceum::ui
