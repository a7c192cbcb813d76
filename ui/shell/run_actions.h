#pragma once

#include "ui/models/session.h"

#include <QObject>

#include <optional>

class QAction;

namespace lyceum::ui {

class Navigator;

/// What one can do to the run at hand: the one whose page is open, else the one training. Menu,
/// page buttons and shortcuts all trigger these same actions, so each is enabled when and only when
/// it works.
class RunActions final : public QObject {
    Q_OBJECT

public:
    RunActions(Session& session, Navigator& navigator, QObject* parent = nullptr);

    /// The run whose page is open; empty: follow the run that trains.
    void setOpenRun(std::optional<store::RunId> id);
    [[nodiscard]] const store::RunRow* run() const;

    [[nodiscard]] QAction* checkpointNow() const noexcept { return checkpointNow_; }
    [[nodiscard]] QAction* evaluateNow() const noexcept { return evaluateNow_; }
    /// Pauses a run, or continues a paused one: its text says which.
    [[nodiscard]] QAction* pauseOrContinue() const noexcept { return pauseOrContinue_; }
    [[nodiscard]] QAction* changeLearningRate() const noexcept { return changeLearningRate_; }
    [[nodiscard]] QAction* changeLastStep() const noexcept { return changeLastStep_; }
    [[nodiscard]] QAction* stopAndSave() const noexcept { return stopAndSave_; }
    [[nodiscard]] QAction* resume() const noexcept { return resume_; }
    [[nodiscard]] QAction* tryModel() const noexcept { return tryModel_; }
    [[nodiscard]] QAction* exportModel() const noexcept { return exportModel_; }
    [[nodiscard]] QAction* openFolder() const noexcept { return openFolder_; }

    /// Asks the engine of the run at hand.
    void ask(store::CommandKind kind, std::optional<double> argument = {});
    /// Resumes from the checkpoint at `step`, or from the last one.
    void resumeFrom(std::optional<std::int64_t> step);

signals:
    /// The engine has been asked; `commandId` can be looked up in the store.
    void asked(lyceum::store::RunId run, std::int64_t commandId, lyceum::store::CommandKind kind);
    /// A value is to be typed on the run's page, which is open.
    void valueWanted(lyceum::store::RunId run, lyceum::store::CommandKind kind);
    void resumed(lyceum::store::RunId run);
    void failed(lyceum::store::RunId run, const QString& message, const QString& hint);

private:
    void connectAsking();
    void wantValue(store::CommandKind kind);
    void refresh();
    [[nodiscard]] bool hasCheckpoint(const store::RunRow& run);

    Session& session_;
    Navigator& navigator_;
    std::optional<store::RunId> openRun_;
    QAction* checkpointNow_;
    QAction* evaluateNow_;
    QAction* pauseOrContinue_;
    QAction* changeLearningRate_;
    QAction* changeLastStep_;
    QAction* stopAndSave_;
    QAction* resume_;
    QAction* tryModel_;
    QAction* exportModel_;
    QAction* openFolder_;
};

} // namespace lyceum::ui
