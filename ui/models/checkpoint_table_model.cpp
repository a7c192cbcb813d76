#include "ui/models/checkpoint_table_model.h"

#include "ui/models/format.h"

#include <algorithm>
#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

/// The engine's word for why a checkpoint was saved, as people say it.
QString reasonWords(const store::CheckpointRow& row)
{
    if (!row.is_kept)
        return CheckpointTableModel::tr("removed to save space");
    if (row.is_best)
        return CheckpointTableModel::tr("lowest validation loss");
    if (row.reason == "asked")
        return CheckpointTableModel::tr("you asked for it");
    if (row.reason == "final")
        return CheckpointTableModel::tr("end of the run");
    if (row.reason == "signal")
        return CheckpointTableModel::tr("saved when it was stopped");
    if (row.is_last)
        return CheckpointTableModel::tr("newest");
    return CheckpointTableModel::tr("on schedule");
}

} // namespace

CheckpointTableModel::CheckpointTableModel(RunModel& run, QObject* parent)
    : QAbstractTableModel(parent), run_(run)
{
    connect(&run_, &RunModel::checkpointsChanged, this, &CheckpointTableModel::reload);
    connect(&run_, &RunModel::restarted, this, &CheckpointTableModel::reload);
    reload();
}

void CheckpointTableModel::reload()
{
    beginResetModel();
    rows_ = run_.checkpoints();
    std::ranges::reverse(rows_);
    endResetModel();
}

int CheckpointTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int CheckpointTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

const store::CheckpointRow* CheckpointTableModel::checkpoint(int row) const
{
    return row >= 0 && row < rowCount() ? &rows_[static_cast<std::size_t>(row)] : nullptr;
}

int CheckpointTableModel::rowOfStep(std::int64_t step) const
{
    const auto found = std::ranges::find(rows_, step, &store::CheckpointRow::step);
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

QString CheckpointTableModel::text(const store::CheckpointRow& row, int column) const
{
    switch (column) {
    case Step:
        return format::count(row.step);
    case Loss:
        return format::loss(row.val_loss);
    case Perplexity:
        return format::perplexity(row.val_loss ? std::optional(std::exp(*row.val_loss))
                                               : std::nullopt);
    case Size:
        return row.is_kept ? format::fileSize(row.size_bytes) : format::unknown();
    case Mark:
        return row.is_best && row.is_last ? tr("best, last")
               : row.is_best              ? tr("best")
               : row.is_last              ? tr("last")
                                          : QString();
    case Reason:
        return reasonWords(row);
    default:
        return {};
    }
}

QVariant CheckpointTableModel::data(const QModelIndex& index, int role) const
{
    const auto* row = index.isValid() ? checkpoint(index.row()) : nullptr;
    if (!row)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(*row, index.column());
    case Qt::TextAlignmentRole:
        return QVariant(index.column() <= Size ? Qt::AlignRight | Qt::AlignVCenter
                                               : Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return tr("step %1: %2").arg(format::count(row->step), text(*row, index.column()));
    case StepRole:
        return static_cast<qlonglong>(row->step);
    case IsBestRole:
        return row->is_best;
    case IsLastRole:
        return row->is_last;
    case IsKeptRole:
        return row->is_kept;
    default:
        return {};
    }
}

QVariant CheckpointTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(section <= Size ? Qt::AlignRight | Qt::AlignVCenter
                                        : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Step:
        return tr("Step");
    case Loss:
        return tr("Val. loss");
    case Perplexity:
        return tr("Perplexity");
    case Size:
        return tr("Size");
    case Mark:
        return tr("Mark");
    case Reason:
        return tr("Why it is here");
    default:
        return {};
    }
}

} // namespace lyceum::ui
