#include "ui/models/run_facts.h"

#include "core/jobs/run_figures.h"
#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_words.h"
#include "ui/models/session.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

namespace lyceum::ui::facts {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("run_facts", text);
}

} // namespace

QString model(const store::RunRow& run)
{
    return toQt(run.base_model) + QStringLiteral(", ") + words::methodWord(run.method);
}

QString dataset(const store::RunRow& run)
{
    const QString name = toQt(run.dataset);
    return name.contains(u'/') ? QFileInfo(name).fileName() : name;
}

QString progress(const store::RunRow& run)
{
    if (run.total_steps <= 0)
        return run.step > 0 ? tr("step %1").arg(format::count(run.step)) : format::unknown();
    if (run.status == store::RunStatus::Finished)
        return tr("%1 steps").arg(format::count(run.step));
    return tr("step %1 of %2").arg(format::count(run.step), format::count(run.total_steps));
}

double share(const store::RunRow& run)
{
    if (run.status == store::RunStatus::Finished)
        return 1.0;
    if (run.total_steps <= 0)
        return 0.0;
    return std::clamp(static_cast<double>(run.step) / static_cast<double>(run.total_steps), 0.0,
                      1.0);
}

double secondsTaken(const store::RunRow& run)
{
    return jobs::elapsed_seconds(run);
}

QString timeTaken(const store::RunRow& run)
{
    return run.started_at > 0 ? format::duration(secondsTaken(run)) : format::unknown();
}

QString detail(const store::RunRow& run)
{
    if (run.status == store::RunStatus::Failed && !run.message.empty())
        return toQt(run.message);
    if (run.status == store::RunStatus::Lost)
        return tr("Its engine is gone without a word after step %1. It can be resumed from the "
                  "last checkpoint.")
            .arg(format::count(run.step));
    return tr("%1, on %2").arg(model(run), dataset(run));
}

} // namespace lyceum::ui::facts
