#include "ui/models/record_problem_model.h"

#include "ui/models/convert.h"

#include <QLocale>

namespace lyceum::ui {

void RecordProblemModel::setProblems(std::vector<data::RecordProblem> problems)
{
    beginResetModel();
    problems_ = std::move(problems);
    endResetModel();
}

QString RecordProblemModel::asText() const
{
    QString text;
    for (const auto& problem : problems_) {
        text += QStringLiteral("%1:%2: ").arg(toQt(problem.file)).arg(problem.line);
        if (!problem.field.empty())
            text += toQt(problem.field) + QStringLiteral(": ");
        text += toQt(problem.problem) + u' ' + toQt(problem.repair) + u'\n';
    }
    return text;
}

int RecordProblemModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(problems_.size());
}

int RecordProblemModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : NumColumns;
}

QVariant RecordProblemModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto& problem = problems_[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole && index.column() == LineColumn)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case LineColumn:
        return QLocale().toString(static_cast<qulonglong>(problem.line));
    case FieldColumn:
        return problem.field.empty() ? tr("whole line") : toQt(problem.field);
    case ProblemColumn:
        return toQt(problem.problem);
    case RepairColumn:
        return toQt(problem.repair);
    default:
        return {};
    }
}

QVariant RecordProblemModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == LineColumn ? Qt::AlignRight : Qt::AlignLeft) |
                                Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case LineColumn:
        return tr("Line");
    case FieldColumn:
        return tr("Field");
    case ProblemColumn:
        return tr("Problem");
    case RepairColumn:
        return tr("What to do");
    default:
        return {};
    }
}

} // namespace lyceum::ui
