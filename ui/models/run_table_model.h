#pragma once

#include "core/store/run_store.h"

#include <QAbstractTableModel>

#include <vector>

namespace lyceum::ui {

/// The runs of a workspace, a row each. GUI thread only.
///
/// `setRuns` keeps the rows of runs that are still there, so that selection and current row survive
/// a refresh.
class RunTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        StateColumn,
        NameColumn,
        ModelColumn,
        DataColumn,
        ProgressColumn,
        LossColumn,
        TimeColumn,
        StartedColumn,
        NumColumns
    };
    enum Role {
        SortRole = Qt::UserRole + 1, ///< What a column sorts by: numbers as numbers.
        IdRole,                      ///< store::RunId as qlonglong.
        StatusRole,                  ///< store::RunStatus as int.
        IconRole,                    ///< The state's icon by name.
        MoodRole,                    ///< words::StateLook::Mood as int.
        ShareRole,                   ///< Progress from 0 to 1.
        DetailRole,                  ///< Second line of a row: what it is, or why it failed.
        MethodRole,                  ///< "adapters (LoRA)".
        SearchRole                   ///< Everything one may look for, in one text.
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setRuns(std::vector<store::RunRow> runs);
    [[nodiscard]] const store::RunRow* run(int row) const; ///< Null outside the table.
    [[nodiscard]] int rowOf(store::RunId id) const;        ///< -1 when there is none.
    [[nodiscard]] const std::vector<store::RunRow>& runs() const { return runs_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    void removeMissing(const std::vector<store::RunRow>& runs);
    [[nodiscard]] QString text(const store::RunRow& run, int column) const;
    [[nodiscard]] static QVariant sortValue(const store::RunRow& run, int column);

    std::vector<store::RunRow> runs_; ///< Newest first.
};

/// Rows of `model` in the order given, as CSV (RFC 4180) with a header line; for the clipboard and
/// for a file.
[[nodiscard]] QString toCsv(const QAbstractItemModel& model, const QList<int>& rows);

} // namespace lyceum::ui
