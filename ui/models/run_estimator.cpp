#include "ui/models/run_estimator.h"

#include "ui/models/background.h"
#include "ui/models/run_draft.h"

namespace lyceum::ui {
namespace {
constexpr int kDelayMs = 150; // a pause in typing

/// The configuration as text without the name, which changes no number.
std::string keyOf(config::RunConfig config)
{
    config.name.clear();
    return config::to_yaml(config);
}
} // namespace

RunEstimator::RunEstimator(const RunDraft& draft, std::filesystem::path workspace, QObject* parent)
    : QObject(parent), draft_(draft), workspace_(std::move(workspace))
{
    delay_.setSingleShot(true);
    delay_.setInterval(kDelayMs);
    connect(&delay_, &QTimer::timeout, this, &RunEstimator::count);
    connect(&draft_, &RunDraft::changed, this, &RunEstimator::draftChanged);
    draftChanged();
}

void RunEstimator::draftChanged()
{
    if (!draft_.isValid()) {
        delay_.stop();
        again_ = false;
        counted_.clear();
        setState(State::Waiting);
        return;
    }
    if (std::string key = keyOf(draft_.config()); key == counted_)
        return;
    else
        counted_ = std::move(key);
    delay_.start();
    setState(State::Counting);
}

void RunEstimator::count()
{
    if (isCounting_) {
        again_ = true;
        return;
    }
    isCounting_ = true;
    again_ = false;
    inBackground(
        this,
        [config = draft_.config(), workspace = workspace_] {
            return estimateRun(config, workspace);
        },
        [this](const Result<RunEstimate>& estimate) { counted(estimate); });
}

void RunEstimator::counted(const Result<RunEstimate>& estimate)
{
    isCounting_ = false;
    if (again_) {
        count();
        return;
    }
    if (delay_.isActive() || !draft_.isValid())
        return; // overtaken by another change
    if (estimate) {
        estimate_ = estimate.value();
        setState(State::Ready);
        return;
    }
    error_ = estimate.error();
    estimate_.reset();
    setState(State::Failed);
}

void RunEstimator::setState(State state)
{
    state_ = state;
    emit changed();
}

} // namespace lyceum::ui
