#pragma once

#include "core/formats/tensor_source.h"

#include <QAbstractTableModel>

#include <vector>

namespace lyceum::ui {

/// The tensors of a model's file: name, shape, data type, size. GUI thread only.
class TensorTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, ShapeColumn, TypeColumn, SizeColumn, NumColumns };

    using QAbstractTableModel::QAbstractTableModel;

    void setTensors(std::vector<formats::TensorInfo> tensors);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    /// Every row with its headings, tab-separated: for a spreadsheet.
    [[nodiscard]] QString toText() const;

private:
    std::vector<formats::TensorInfo> tensors_;
};

} // namespace lyceum::ui
