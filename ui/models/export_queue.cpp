#include "ui/models/export_queue.h"

#include "core/base/check.h"

#include <algorithm>

namespace lyceum::ui {

using State = ExportJob::State;

ExportQueue::ExportQueue(const QString& program, const QString& workspace,
                         const QStringList& formats, QObject* parent)
    : QObject(parent)
{
    for (const QString& format : formats) {
        auto* job = new ExportJob(program, workspace, this);
        job->setObjectName(format);
        connect(job, &ExportJob::stateChanged, this, [this, job] { jobChanged(*job); });
        jobs_.append(job);
    }
}

ExportJob& ExportQueue::job(const QString& format) const
{
    const auto found = std::ranges::find(jobs_, format, &QObject::objectName);
    LYCEUM_CHECK(found != jobs_.end(), "the format is one of the queue's");
    return **found;
}

void ExportQueue::start(const QVector<ExportJob::Request>& requests)
{
    if (isRunning())
        return;
    reset();
    for (const auto& request : requests)
        job(request.format).prepare(request);
    startNext();
}

void ExportQueue::cancel()
{
    for (auto* each : jobs_)
        if (each->state() == State::Waiting)
            each->cancel();
    for (auto* each : jobs_)
        if (each->state() == State::Running)
            each->cancel();
}

void ExportQueue::reset()
{
    if (isRunning())
        return;
    for (auto* each : jobs_)
        each->reset();
}

bool ExportQueue::isRunning() const
{
    return count(State::Running) > 0;
}

int ExportQueue::count(State state) const
{
    return static_cast<int>(std::ranges::count(jobs_, state, &ExportJob::state));
}

void ExportQueue::jobChanged(const ExportJob& job)
{
    const bool hasEnded = job.state() == State::Done || job.state() == State::Failed ||
                          job.state() == State::Cancelled;
    if (hasEnded && !isRunning())
        startNext();
    emit changed();
}

void ExportQueue::startNext()
{
    const auto next = std::ranges::find(jobs_, State::Waiting, &ExportJob::state);
    if (next != jobs_.end())
        (*next)->start();
}

} // namespace lyceum::ui
