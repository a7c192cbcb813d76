#pragma once

#include "core/base/result.h"
#include "core/jobs/jobs.h"
#include "core/store/run_store.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

class QTimer;

namespace lyceum::ui {

/// One opened workspace, as the window sees it: owns the Jobs, watches the store at most 10 times a
/// second and says what changed. GUI thread only. Everything it tells was read from the store.
class Session final : public QObject {
    Q_OBJECT

public:
    /// @return what Jobs::open says when the workspace cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Session>>
    open(const std::filesystem::path& workspace);
    ~Session() override;

    [[nodiscard]] jobs::Jobs& jobs() noexcept { return *jobs_; }
    [[nodiscard]] store::RunStore& store() noexcept { return jobs_->store(); }
    [[nodiscard]] const std::filesystem::path& workspace() const noexcept;

    /// Newest first, as of the last look at the store. Pointers into it hold until runsChanged().
    [[nodiscard]] const std::vector<store::RunRow>& runs() const noexcept { return runs_; }
    [[nodiscard]] const store::RunRow* find(store::RunId id) const;
    [[nodiscard]] const store::RunRow* find(const QString& name) const;
    /// The one started last of those that are active; null when none is.
    [[nodiscard]] const store::RunRow* activeRun() const;
    [[nodiscard]] int activeCount() const;

    /// As jobs::seconds_left.
    [[nodiscard]] std::optional<double> secondsLeft(const store::RunRow& run);

    /// Looks at the store now instead of at the next tick; after an action of the user's.
    void refresh();

signals:
    /// A run appeared, went, or changed in any way.
    void runsChanged();
    /// This run's row, metrics, events, samples or checkpoints may have changed.
    void runChanged(lyceum::store::RunId id);
    /// The store could not be read. Said once until it can be read again.
    void storeFailed(const QString& message, const QString& hint);

private:
    explicit Session(std::unique_ptr<jobs::Jobs> jobs);
    void tick();
    enum class Reason : quint8 { StoreChanged, TimePassed };
    void reload(Reason reason);

    std::unique_ptr<jobs::Jobs> jobs_;
    std::vector<store::RunRow> runs_;
    QTimer* timer_;
    std::int64_t lastCounter_ = -1;
    int ticksSinceReload_ = 0;
    bool hasFailed_ = false;
};

/// True for starting, running, paused and stopping: an engine is or should be at work.
[[nodiscard]] bool isActive(store::RunStatus status);
/// True when Jobs::resume can go on with it.
[[nodiscard]] bool canResume(store::RunStatus status);

} // namespace lyceum::ui
