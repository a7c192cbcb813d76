#include "ui/panels/run/change_popover.h"

#include "core/jobs/commands.h"
#include "ui/models/format.h"
#include "ui/models/run_model.h"
#include "ui/widgets/button.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kWidth = 320;

struct Words {
    QString title;
    QString text;
    QString now;
    QString field;
};

Words wordsOf(store::CommandKind kind, const RunModel& run)
{
    if (kind == store::CommandKind::SetLearningRate) {
        const auto rate = run.latest(u"learning_rate"_s);
        return {ChangePopover::tr("Change the learning rate"),
                ChangePopover::tr("The highest rate of the schedule (optimizer.lr), from the next "
                                  "step on. The schedule keeps its shape; a checkpoint keeps the "
                                  "change."),
                rate ? ChangePopover::tr("The latest step took %1.")
                           .arg(QString::number(rate->value, 'g', 4))
                     : QString(),
                ChangePopover::tr("New learning rate, above 0 and at most 1")};
    }
    const auto& row = run.row();
    return {ChangePopover::tr("Change the last step"),
            ChangePopover::tr("The run ends there, and so does its schedule. A checkpoint keeps "
                              "the change."),
            ChangePopover::tr("It is at step %1 and ends at %2.")
                .arg(format::count(row.step), format::count(row.total_steps)),
            ChangePopover::tr("New last step")};
}

} // namespace

ChangePopover::ChangePopover(store::CommandKind kind, RunModel& run, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , kind_(kind)
    , run_(run)
    , line_(new QLineEdit)
    , problem_(makeParagraph({}, TextStyle::Small, Role::Fault))
    , apply_(new Button(tr("Change")))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("card", u"true"_s);
    setFixedWidth(kWidth);
    const Words words = wordsOf(kind, run);
    setAccessibleName(words.title);
    line_->setAccessibleName(words.field);
    line_->setPlaceholderText(words.field);
    auto* cancel = new Button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(apply_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kCardPadding, space::kCardPadding, space::kCardPadding,
                               space::kCardPadding);
    column->setSpacing(space::k8);
    column->addWidget(makeLabel(words.title, TextStyle::H3));
    column->addWidget(makeParagraph(words.text, TextStyle::Small));
    column->addWidget(makeParagraph(words.now, TextStyle::Small));
    column->addWidget(line_);
    column->addWidget(problem_);
    column->addLayout(buttons);
    connect(line_, &QLineEdit::textChanged, this, &ChangePopover::check);
    connect(line_, &QLineEdit::returnPressed, this, &ChangePopover::accept);
    connect(apply_, &QPushButton::clicked, this, &ChangePopover::accept);
    connect(cancel, &QPushButton::clicked, this, &QWidget::close);
    check();
    line_->setFocus();
}

QString ChangePopover::problem() const
{
    return problem_->text();
}

std::optional<double> ChangePopover::value() const
{
    bool isNumber = false;
    const double number = line_->text().trimmed().toDouble(&isNumber);
    return isNumber ? std::optional(number) : std::nullopt;
}

void ChangePopover::check()
{
    const auto checked = jobs::check_command(run_.row(), kind_, value());
    apply_->setEnabled(static_cast<bool>(checked));
    const bool hasText = !line_->text().trimmed().isEmpty();
    QString problem;
    if (hasText && !value())
        problem = tr("%1 is no number.").arg(line_->text().trimmed());
    else if (hasText && !checked)
        problem = QString::fromStdString(checked.error().message + " " + checked.error().hint);
    problem_->setText(problem);
    problem_->setVisible(!problem.isEmpty());
}

void ChangePopover::accept()
{
    if (!apply_->isEnabled())
        return;
    const double chosenValue = value().value_or(0);
    emit chosen(chosenValue);
    close();
}

} // namespace lyceum::ui
