#include "ui/models/session.h"

#include "core/jobs/run_figures.h"

#include <QTimer>

#include <algorithm>
#include <map>

namespace lyceum::ui {

namespace {

constexpr int kPollMilliseconds = 100;
/// Lost is worked out on reading, without any write to the file, so look again every 2 s anyway.
constexpr int kTicksBetweenReloads = 20;

bool looksTheSame(const store::RunRow& a, const store::RunRow& b)
{
    return a.status == b.status && a.phase == b.phase && a.step == b.step &&
           a.total_steps == b.total_steps && a.heartbeat_at == b.heartbeat_at &&
           a.started_at == b.started_at && a.paused_at == b.paused_at && a.ended_at == b.ended_at &&
           a.message == b.message && a.hint == b.hint && a.summary_json == b.summary_json &&
           a.name == b.name && a.best_step == b.best_step && a.best_val_loss == b.best_val_loss;
}

} // namespace

bool isActive(store::RunStatus status)
{
    return status == store::RunStatus::Starting || status == store::RunStatus::Running ||
           status == store::RunStatus::Paused || status == store::RunStatus::Stopping;
}

bool canResume(store::RunStatus status)
{
    return status == store::RunStatus::Stopped || status == store::RunStatus::Failed ||
           status == store::RunStatus::Lost;
}

Result<std::unique_ptr<Session>> Session::open(const std::filesystem::path& workspace)
{
    LYCEUM_ASSIGN(auto jobs, jobs::Jobs::open(workspace, "studio"));
    return std::unique_ptr<Session>(new Session(std::move(jobs)));
}

Session::Session(std::unique_ptr<jobs::Jobs> jobs)
    : jobs_(std::move(jobs)), timer_(new QTimer(this))
{
    timer_->setInterval(kPollMilliseconds);
    connect(timer_, &QTimer::timeout, this, &Session::tick);
    refresh();
    timer_->start();
}

Session::~Session() = default;

const std::filesystem::path& Session::workspace() const noexcept
{
    return jobs_->workspace();
}

const store::RunRow* Session::find(store::RunId id) const
{
    const auto found = std::ranges::find(runs_, id, &store::RunRow::id);
    return found == runs_.end() ? nullptr : &*found;
}

const store::RunRow* Session::find(const QString& name) const
{
    const auto found = std::ranges::find(runs_, name.toStdString(), &store::RunRow::name);
    return found == runs_.end() ? nullptr : &*found;
}

const store::RunRow* Session::activeRun() const
{
    const store::RunRow* newest = nullptr;
    for (const auto& run : runs_)
        if (isActive(run.status) && (!newest || run.started_at > newest->started_at))
            newest = &run;
    return newest;
}

int Session::activeCount() const
{
    return static_cast<int>(
        std::ranges::count_if(runs_, [](const auto& run) { return isActive(run.status); }));
}

std::optional<double> Session::secondsLeft(const store::RunRow& run)
{
    auto left = jobs::seconds_left(store(), run);
    return left ? left.value() : std::nullopt; // reload() tells of a store that cannot be read
}

void Session::refresh()
{
    lastCounter_ = store().change_counter();
    reload(Reason::StoreChanged);
}

void Session::tick()
{
    const std::int64_t counter = store().change_counter();
    ++ticksSinceReload_;
    if (counter == lastCounter_ && ticksSinceReload_ < kTicksBetweenReloads)
        return;
    const Reason reason = counter == lastCounter_ ? Reason::TimePassed : Reason::StoreChanged;
    lastCounter_ = counter;
    reload(reason);
}

void Session::reload(Reason reason)
{
    ticksSinceReload_ = 0;
    auto read = store().runs();
    if (!read) {
        if (!hasFailed_)
            emit storeFailed(QString::fromStdString(read.error().message),
                             QString::fromStdString(read.error().hint));
        hasFailed_ = true;
        return;
    }
    hasFailed_ = false;

    std::map<store::RunId, const store::RunRow*> before;
    const std::vector<store::RunRow> old = std::exchange(runs_, std::move(read).value());
    for (const auto& run : old)
        before.emplace(run.id, &run);
    bool anyChanged = old.size() != runs_.size();
    std::vector<store::RunId> changed;
    for (const auto& run : runs_) {
        const auto known = before.find(run.id);
        if (known == before.end() || !looksTheSame(*known->second, run)) {
            anyChanged = true;
            changed.push_back(run.id);
        } else if (reason == Reason::StoreChanged) {
            // An event, a sample or a checkpoint leaves the row as it is.
            changed.push_back(run.id);
        }
    }
    if (anyChanged)
        emit runsChanged();
    for (const auto id : changed)
        emit runChanged(id);
}

} // namespace lyceum::ui
