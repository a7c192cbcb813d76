#pragma once

#include "ui/models/run_model.h"

#include <QAbstractTableModel>

namespace lyceum::ui {

/// The checkpoints of a run, newest first: step, loss, perplexity, size, mark, why it is here.
class CheckpointTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : int { Step, Loss, Perplexity, Size, Mark, Reason, ColumnCount };
    /// Of every cell.
    enum DataRole : int { StepRole = Qt::UserRole, IsBestRole, IsLastRole, IsKeptRole };

    /// `run` outlives the model.
    explicit CheckpointTableModel(RunModel& run, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    /// Null when `row` is not there.
    [[nodiscard]] const store::CheckpointRow* checkpoint(int row) const;
    [[nodiscard]] int rowOfStep(std::int64_t step) const;

private:
    void reload();
    [[nodiscard]] QString text(const store::CheckpointRow& row, int column) const;

    RunModel& run_;
    std::vector<store::CheckpointRow> rows_;
};

} // namespace lyceum::ui
