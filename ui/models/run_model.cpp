#include "ui/models/run_model.h"

#include "ui/models/session.h"

#include <algorithm>

namespace lyceum::ui {

namespace {

bool isSame(const store::CheckpointRow& a, const store::CheckpointRow& b)
{
    return a.step == b.step && a.is_best == b.is_best && a.is_last == b.is_last &&
           a.is_kept == b.is_kept && a.val_loss == b.val_loss && a.size_bytes == b.size_bytes &&
           a.reason == b.reason && a.time == b.time;
}

template <typename Keep>
std::optional<store::CheckpointRow> findCheckpoint(const std::vector<store::CheckpointRow>& rows,
                                                   Keep keep)
{
    const auto found = std::ranges::find_if(rows.rbegin(), rows.rend(), keep);
    if (found == rows.rend())
        return {};
    return *found;
}

} // namespace

RunModel::RunModel(Session& session, QObject* parent) : QObject(parent), session_(session)
{
    connect(&session_, &Session::runChanged, this, [this](store::RunId id) {
        if (id == id_)
            refresh();
    });
    connect(&session_, &Session::runsChanged, this, [this] {
        if (isValid_ && !session_.find(id_)) {
            isValid_ = false;
            emit rowChanged();
        }
    });
}

void RunModel::setRun(store::RunId id)
{
    if (id == id_ && isValid_)
        return;
    id_ = id;
    pending_.clear();
    events_.clear();
    forget();
    refresh();
}

void RunModel::forget()
{
    series_.clear();
    samples_.clear();
    checkpoints_.clear();
    emit restarted();
}

const std::vector<store::SeriesPoint>& RunModel::series(const QString& name) const
{
    static const std::vector<store::SeriesPoint> kNone;
    const auto found = series_.constFind(name);
    return found == series_.constEnd() ? kNone : found.value();
}

std::optional<store::SeriesPoint> RunModel::latest(const QString& name) const
{
    const auto& points = series(name);
    if (points.empty())
        return {};
    return points.back();
}

std::optional<store::CheckpointRow> RunModel::bestCheckpoint() const
{
    return findCheckpoint(checkpoints_, [](const auto& c) { return c.is_kept && c.is_best; });
}

std::optional<store::CheckpointRow> RunModel::lastCheckpoint() const
{
    auto marked =
        findCheckpoint(checkpoints_, [](const auto& c) { return c.is_kept && c.is_last; });
    return marked ? marked : findCheckpoint(checkpoints_, [](const auto& c) { return c.is_kept; });
}

std::optional<double> RunModel::secondsLeft() const
{
    return isValid_ ? session_.secondsLeft(row_) : std::nullopt;
}

void RunModel::follow(std::int64_t commandId)
{
    if (const auto command = session_.store().command(commandId)) {
        pending_.push_back(command.value());
        emit commandsChanged();
        readCommands();
    }
}

void RunModel::refresh()
{
    const auto* row = session_.find(id_);
    isValid_ = row != nullptr;
    if (!row) {
        emit rowChanged();
        return;
    }
    row_ = *row;
    readEvents();
    readSeries();
    readSamples();
    readCheckpoints();
    readCommands();
    emit rowChanged();
}

void RunModel::readEvents()
{
    const auto read = session_.store().events(id_, events_.empty() ? 0 : events_.back().id);
    if (!read || read.value().empty())
        return;
    const bool isFirstRead = events_.empty();
    events_.insert(events_.end(), read.value().begin(), read.value().end());
    // A resume rewinds the store: what we hold beyond that step is no longer there.
    const bool hasRewound = std::ranges::any_of(
        read.value(), [](const store::Event& event) { return event.kind == "resumed"; });
    if (hasRewound && !isFirstRead)
        forget();
    emit eventsChanged();
}

void RunModel::readSeries()
{
    const auto names = session_.store().metric_names(id_);
    if (!names)
        return;
    bool anyNew = false;
    for (const std::string& name : names.value()) {
        auto& points = series_[QString::fromStdString(name)];
        const auto read =
            session_.store().series(id_, name, points.empty() ? -1 : points.back().step);
        if (!read || read.value().empty())
            continue;
        points.insert(points.end(), read.value().begin(), read.value().end());
        anyNew = true;
    }
    if (anyNew)
        emit seriesChanged();
}

void RunModel::readSamples()
{
    const auto read = session_.store().samples(id_, samples_.empty() ? 0 : samples_.back().id);
    if (!read || read.value().empty())
        return;
    samples_.insert(samples_.end(), read.value().begin(), read.value().end());
    emit samplesChanged();
}

void RunModel::readCheckpoints()
{
    auto read = session_.store().checkpoints(id_);
    if (!read || std::ranges::equal(read.value(), checkpoints_, isSame))
        return;
    checkpoints_ = std::move(read).value();
    emit checkpointsChanged();
}

void RunModel::readCommands()
{
    std::vector<store::Command> answered;
    for (auto& command : pending_)
        if (const auto read = session_.store().command(command.id); read && read.value().done_at)
            answered.push_back(read.value());
    if (answered.empty())
        return;
    std::erase_if(pending_, [&](const store::Command& command) {
        return std::ranges::find(answered, command.id, &store::Command::id) != answered.end();
    });
    emit commandsChanged();
    for (const auto& command : answered)
        emit commandAnswered(command);
}

} // namespace lyceum::ui
