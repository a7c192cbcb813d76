#pragma once

#include "ui/models/run_estimate.h"

#include <QObject>
#include <QTimer>

#include <optional>
#include <string>

namespace lyceum::ui {

class RunDraft;

/// Keeps an estimate of a draft, worked out in the background a moment after each change. GUI
/// thread only.
class RunEstimator final : public QObject {
    Q_OBJECT

public:
    enum class State { Waiting, Counting, Ready, Failed };

    /// `draft` outlives the estimator.
    RunEstimator(const RunDraft& draft, std::filesystem::path workspace, QObject* parent = nullptr);

    [[nodiscard]] State state() const { return state_; }
    /// The last one made; while Counting it is of the draft as it was before.
    [[nodiscard]] const std::optional<RunEstimate>& estimate() const { return estimate_; }
    [[nodiscard]] const Error& error() const { return *error_; } ///< In Failed only.

signals:
    void changed();

private:
    void draftChanged();
    void count();
    void counted(const Result<RunEstimate>& estimate);
    void setState(State state);

    const RunDraft& draft_;
    std::filesystem::path workspace_;
    QTimer delay_;
    State state_ = State::Waiting;
    std::optional<RunEstimate> estimate_;
    std::optional<Error> error_;
    bool isCounting_ = false; ///< One at a time: the next waits for it.
    bool again_ = false;
    std::string
        counted_; ///< What the state is about: the configuration without what costs nothing.
};

} // namespace lyceum::ui
