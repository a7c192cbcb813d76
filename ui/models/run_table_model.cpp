#include "ui/models/run_table_model.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_facts.h"
#include "ui/models/run_words.h"

#include <algorithm>

namespace lyceum::ui {

void RunTableModel::setRuns(std::vector<store::RunRow> runs)
{
    removeMissing(runs);
    for (std::size_t row = 0; row < runs.size(); ++row) {
        const int known = rowOf(runs[row].id);
        const int at = static_cast<int>(row);
        if (known < 0) {
            beginInsertRows({}, at, at);
            runs_.insert(runs_.begin() + at, runs[row]);
            endInsertRows();
        } else if (known != at) { // never seen: the store's order is by time of creation
            beginMoveRows({}, known, known, {}, at);
            std::rotate(runs_.begin() + at, runs_.begin() + known, runs_.begin() + known + 1);
            endMoveRows();
        }
        runs_[row] = runs[row];
    }
    if (!runs_.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, NumColumns - 1));
}

void RunTableModel::removeMissing(const std::vector<store::RunRow>& runs)
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        const auto id = runs_[static_cast<std::size_t>(row)].id;
        if (std::ranges::find(runs, id, &store::RunRow::id) != runs.end())
            continue;
        beginRemoveRows({}, row, row);
        runs_.erase(runs_.begin() + row);
        endRemoveRows();
    }
}

const store::RunRow* RunTableModel::run(int row) const
{
    return row >= 0 && row < rowCount() ? &runs_[static_cast<std::size_t>(row)] : nullptr;
}

int RunTableModel::rowOf(store::RunId id) const
{
    const auto found = std::ranges::find(runs_, id, &store::RunRow::id);
    return found == runs_.end() ? -1 : static_cast<int>(found - runs_.begin());
}

int RunTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : NumColumns;
}

QString RunTableModel::text(const store::RunRow& run, int column) const
{
    switch (column) {
    case StateColumn:
        return words::stateLook(run).word;
    case NameColumn:
        return toQt(run.name);
    case ModelColumn:
        return toQt(run.base_model);
    case DataColumn:
        return facts::dataset(run);
    case ProgressColumn:
        return facts::progress(run);
    case LossColumn:
        return format::loss(run.best_val_loss);
    case TimeColumn:
        return facts::timeTaken(run);
    case StartedColumn:
        return format::clock(run.created_at);
    default:
        return {};
    }
}

QVariant RunTableModel::sortValue(const store::RunRow& run, int column)
{
    switch (column) {
    case StateColumn:
        return static_cast<int>(run.status);
    case ProgressColumn:
        return facts::share(run);
    case LossColumn: // unknown comes after every number
        return run.best_val_loss.value_or(1e300);
    case TimeColumn:
        return facts::secondsTaken(run);
    case StartedColumn:
        return run.created_at;
    default:
        return {};
    }
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const
{
    const auto* row = run(index.row());
    if (row == nullptr || !index.isValid())
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(*row, index.column());
    case Qt::TextAlignmentRole: {
        const bool isNumber = index.column() == LossColumn || index.column() == TimeColumn;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    case SortRole: {
        const QVariant value = sortValue(*row, index.column());
        return value.isValid() ? value : text(*row, index.column());
    }
    case IdRole:
        return static_cast<qlonglong>(row->id);
    case StatusRole:
        return static_cast<int>(row->status);
    case IconRole:
        return words::stateLook(*row).iconName;
    case MoodRole:
        return static_cast<int>(words::stateLook(*row).mood);
    case ShareRole:
        return facts::share(*row);
    case DetailRole:
        return facts::detail(*row);
    case MethodRole:
        return words::methodWord(row->method);
    case Qt::ToolTipRole:
        return index.column() == NameColumn ? facts::detail(*row) : QString();
    case SearchRole:
        return QStringList{text(*row, NameColumn), text(*row, StateColumn), text(*row, ModelColumn),
                           text(*row, DataColumn), toQt(row->base_model),   toQt(row->method)}
            .join(u' ');
    default:
        return {};
    }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section == LossColumn || section == TimeColumn;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole || section < 0 || section >= NumColumns)
        return {};
    const QString titles[NumColumns] = {tr("State"),    tr("Run"),         tr("Model"), tr("Data"),
                                        tr("Progress"), tr("Lowest loss"), tr("Time"),  tr("Made")};
    return titles[section];
}

QString toCsv(const QAbstractItemModel& model, const QList<int>& rows)
{
    const auto quoted = [](QString cell) {
        if (cell.contains(u',') || cell.contains(u'"') || cell.contains(u'\n'))
            cell = u'"' + cell.replace(u'"', QStringLiteral("\"\"")) + u'"';
        return cell;
    };
    QString csv;
    const auto addLine = [&](auto cellOf) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells << quoted(cellOf(column));
        csv += cells.join(u',') + QStringLiteral("\r\n");
    };
    addLine([&](int column) { return model.headerData(column, Qt::Horizontal).toString(); });
    for (const int row : rows)
        addLine([&](int column) { return model.index(row, column).data().toString(); });
    return csv;
}

} // namespace lyceum::ui
