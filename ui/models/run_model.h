#pragma once

#include "core/store/run_store.h"

#include <QHash>
#include <QObject>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace lyceum::ui {

class Session;

/// One run followed from the store: its row, and series, events, samples and checkpoints read a
/// piece at a time, only what is new. GUI thread only.
class RunModel final : public QObject {
    Q_OBJECT

public:
    explicit RunModel(Session& session, QObject* parent = nullptr);

    /// Follows another run from its beginning. Same run: nothing happens.
    void setRun(store::RunId id);
    /// False before setRun and after the run was removed.
    [[nodiscard]] bool isValid() const noexcept { return isValid_; }
    [[nodiscard]] const store::RunRow& row() const noexcept { return row_; }

    /// All points of a metric so far, by step; empty for one this run has not recorded.
    [[nodiscard]] const std::vector<store::SeriesPoint>& series(const QString& name) const;
    [[nodiscard]] std::optional<store::SeriesPoint> latest(const QString& name) const;
    [[nodiscard]] const std::vector<store::Event>& events() const noexcept { return events_; }
    [[nodiscard]] const std::vector<store::Sample>& samples() const noexcept { return samples_; }
    /// By step.
    [[nodiscard]] const std::vector<store::CheckpointRow>& checkpoints() const noexcept
    {
        return checkpoints_;
    }
    /// The kept checkpoint marked best, or last. Empty when there is none.
    [[nodiscard]] std::optional<store::CheckpointRow> bestCheckpoint() const;
    [[nodiscard]] std::optional<store::CheckpointRow> lastCheckpoint() const;
    [[nodiscard]] std::optional<double> secondsLeft() const;

    /// Follows a command until the engine has answered it.
    void follow(std::int64_t commandId);
    /// Asked and not yet answered.
    [[nodiscard]] const std::vector<store::Command>& pendingCommands() const noexcept
    {
        return pending_;
    }

signals:
    /// Another run, or this one began again from an earlier step: forget what was drawn.
    void restarted();
    void rowChanged();
    void seriesChanged();
    void eventsChanged();
    void samplesChanged();
    void checkpointsChanged();
    /// The list of pending commands changed.
    void commandsChanged();
    void commandAnswered(const lyceum::store::Command& command);

private:
    void refresh();
    void forget();
    void readEvents();
    void readSeries();
    void readSamples();
    void readCheckpoints();
    void readCommands();

    Session& session_;
    store::RunId id_ = 0;
    bool isValid_ = false;
    store::RunRow row_;
    QHash<QString, std::vector<store::SeriesPoint>> series_;
    std::vector<store::Event> events_;
    std::vector<store::Sample> samples_;
    std::vector<store::CheckpointRow> checkpoints_;
    std::vector<store::Command> pending_;
};

} // namespace lyceum::ui
