#pragma once

#include "core/models/model_package.h"

#include <QAbstractTableModel>

#include <vector>

namespace lyceum::ui {

/// The base models a run can start from: size, place on disk, licence. GUI thread only.
class ModelTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, SizeColumn, DiskColumn, LicenceColumn, NumColumns };
    enum Role { ReferenceRole = Qt::UserRole + 1 };

    using QAbstractTableModel::QAbstractTableModel;

    void setModels(std::vector<models::ModelSummary> models);
    [[nodiscard]] const models::ModelSummary* model(int row) const; ///< Null outside the table.
    [[nodiscard]] int rowOf(const QString& name) const;             ///< -1 when there is none.

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    /// A model whose file is not here can be read about, not chosen.
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    std::vector<models::ModelSummary> models_;
};

} // namespace lyceum::ui
