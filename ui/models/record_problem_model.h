#pragma once

#include "core/data/dataset.h"

#include <QAbstractTableModel>

#include <vector>

namespace lyceum::ui {

/// What is wrong with a chosen file, a row a problem: line, field, problem, what to do. GUI thread
/// only.
class RecordProblemModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { LineColumn, FieldColumn, ProblemColumn, RepairColumn, NumColumns };

    using QAbstractTableModel::QAbstractTableModel;

    void setProblems(std::vector<data::RecordProblem> problems);
    [[nodiscard]] bool isEmpty() const { return problems_.empty(); }
    /// Every problem as "FILE:LINE: FIELD: problem. repair", a line each, for the clipboard.
    [[nodiscard]] QString asText() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<data::RecordProblem> problems_;
};

} // namespace lyceum::ui
