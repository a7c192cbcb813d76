#include "ui/panels/new_run/data_decision.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_draft.h"
#include "ui/widgets/button.h"
#include "ui/widgets/styled.h"

#include <QComboBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

const QString& trainField()
{
    static const QString path = u"data.train"_s;
    return path;
}

} // namespace

DataDecision::DataDecision(RunDraft& draft, QWidget* parent)
    : DecisionCard(1, tr("Data"), tr("What to learn from"), parent)
    , draft_(draft)
    , choice_(new QComboBox)
    , facts_(makeParagraph({}, TextStyle::Small))
    , problem_(makeParagraph({}, TextStyle::Small, Role::Fault))
{
    choice_->setObjectName(u"dataChoice"_s);
    choice_->setAccessibleName(tr("Data to learn from"));
    choice_->setPlaceholderText(tr("Choose a dataset or a file"));
    auto* look = new Button(tr("Look at it"), u"table"_s);
    auto* file = new Button(tr("A file"), u"document-open"_s);
    connect(look, &QPushButton::clicked, this,
            [this] { emit openRequested(draft_.field(trainField())); });
    connect(file, &QPushButton::clicked, this, &DataDecision::fileRequested);
    connect(choice_, &QComboBox::activated, this,
            [this] { emit chosen(choice_->currentData().toString()); });
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k8);
    row->addWidget(choice_, 1);
    row->addWidget(look);
    row->addWidget(file);
    body()->addLayout(row);
    body()->addWidget(facts_);
    body()->addWidget(problem_);
    connect(&draft_, &RunDraft::changed, this, &DataDecision::refresh);
    refresh();
}

void DataDecision::setDatasets(std::vector<data::DatasetInfo> datasets)
{
    datasets_ = std::move(datasets);
    choice_->clear();
    for (const auto& dataset : datasets_)
        choice_->addItem(toQt(dataset.title.empty() ? dataset.name : dataset.title),
                         toQt(dataset.name));
    refresh();
}

QString DataDecision::factsOf(const QString& reference) const
{
    const auto found =
        std::ranges::find(datasets_, reference.toStdString(), &data::DatasetInfo::name);
    if (found == datasets_.end())
        return reference.contains(u'/') ? tr("A file in %1").arg(QFileInfo(reference).path())
                                        : QString();
    QStringList parts;
    for (const auto& split : found->splits) {
        const QString count = format::count(static_cast<std::int64_t>(split.num_records));
        if (split.name == "train")
            parts << tr("%1 to learn from").arg(count);
        else if (split.name == "validation")
            parts << tr("%1 held back to check on").arg(count);
        else
            parts << tr("%1 for the final test").arg(count);
    }
    if (!found->licence.empty())
        parts << tr("licence %1").arg(toQt(found->licence));
    return parts.join(u" · "_s);
}

void DataDecision::refresh()
{
    const QString reference = draft_.field(trainField());
    int row = choice_->findData(reference);
    if (row < 0 && !reference.isEmpty()) {
        const QString title =
            reference.contains(u'/') ? QFileInfo(reference).fileName() : reference;
        choice_->addItem(title, reference);
        row = choice_->count() - 1;
    }
    choice_->setCurrentIndex(row);
    facts_->setText(factsOf(reference));
    facts_->setVisible(!facts_->text().isEmpty());
    const auto* problem = draft_.problemOf(trainField());
    const bool isMissing = problem != nullptr && reference.isEmpty();
    problem_->setVisible(problem != nullptr && !isMissing);
    problem_->setText(problem == nullptr ? QString()
                                         : toQt(problem->message) + u' ' + toQt(problem->hint));
    setStyleProperty(choice_, "invalid", problem != nullptr && !isMissing);
}

} // namespace lyceum::ui
