#pragma once

#include "core/data/dataset.h"

#include <QAbstractListModel>

#include <vector>

namespace lyceum::ui {

/// The datasets of a workspace and those that come with the program, a row each. GUI thread only.
class DatasetListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { NameRole = Qt::UserRole + 1, FactsRole, BuiltInRole };

    using QAbstractListModel::QAbstractListModel;

    void setDatasets(std::vector<data::DatasetInfo> datasets);
    [[nodiscard]] const data::DatasetInfo* dataset(int row) const; ///< Null outside the list.
    [[nodiscard]] int rowOf(const QString& name) const;            ///< -1 when there is none.

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;

    /// "1,340 conversations, comes with Lyceum"
    [[nodiscard]] static QString facts(const data::DatasetInfo& dataset);
    /// Records of all splits.
    [[nodiscard]] static qsizetype numRecords(const data::DatasetInfo& dataset);

private:
    std::vector<data::DatasetInfo> datasets_;
};

} // namespace lyceum::ui
