#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_draft.h"
#include "ui/models/run_estimator.h"
#include "ui/panels/new_run/summary_panel.h"

#include <QVBoxLayout>
#include <QWidget>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

void SummaryPanel::refreshLines()
{
    while (auto* item = lines_->takeAt(0)) {
        if (item->widget() != nullptr)
            item->widget()->deleteLater();
        delete item;
    }
    if (draft_.field(u"data.train"_s).isEmpty() && draft_.problems().size() == 1)
        return; // the verdict says it
    for (const auto& problem : draft_.problems()) {
        const QString path = toQt(problem.field);
        const QString label = path.isEmpty() ? QString() : problemLabel(problem) + u' ';
        addProblem(path, (label + toQt(problem.message) + u' ' + toQt(problem.hint)).trimmed());
    }
    for (const auto& problem : draft_.yamlProblems())
        addProblem({}, tr("run.yaml, line %1: %2 %3")
                           .arg(problem.line)
                           .arg(toQt(problem.field), toQt(problem.message)));
    if (!draft_.isValid())
        return;
    if (estimator_.state() == RunEstimator::State::Failed) {
        addProblem({}, toQt(estimator_.error().message) + u' ' + toQt(estimator_.error().hint));
        return;
    }
    if (!estimator_.estimate())
        return;
    const auto& estimate = *estimator_.estimate();
    const auto count = [](std::size_t value) {
        return format::count(static_cast<std::int64_t>(value));
    };
    addLine(true, tr("%1 tokens an epoch, %2 of them are learnt")
                      .arg(count(estimate.numTokens), count(estimate.numTargets)));
    if (estimate.numWithoutTargets == 0)
        addLine(true, tr("Every record has something to learn"));
    else
        addLine(false, tr("%1 records have nothing to learn and are left out")
                           .arg(count(estimate.numWithoutTargets)));
    if (estimate.numCut == 0)
        addLine(true, tr("No record is longer than %1 tokens")
                          .arg(format::count(draft_.config().data.max_length)));
    else
        addLine(false,
                tr("%1 records are longer than %2 tokens and lose their end")
                    .arg(count(estimate.numCut), format::count(draft_.config().data.max_length)));
    for (const auto& warning : estimate.mergeWarnings)
        addLine(false, toQt(warning));
    if (estimate.numValidation == 0)
        addLine(false, tr("Nothing is held back, so nobody sees whether it learns by heart"));
}

} // namespace lyceum::ui
