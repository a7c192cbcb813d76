#include "ui/models/model_table_model.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"

namespace lyceum::ui {

void ModelTableModel::setModels(std::vector<models::ModelSummary> models)
{
    beginResetModel();
    models_ = std::move(models);
    endResetModel();
}

const models::ModelSummary* ModelTableModel::model(int row) const
{
    return row >= 0 && row < rowCount() ? &models_[static_cast<std::size_t>(row)] : nullptr;
}

int ModelTableModel::rowOf(const QString& name) const
{
    const std::string wanted = name.toStdString();
    for (int row = 0; row < rowCount(); ++row)
        if (model(row)->name == wanted)
            return row;
    return -1;
}

int ModelTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(models_.size());
}

int ModelTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : NumColumns;
}

QVariant ModelTableModel::data(const QModelIndex& index, int role) const
{
    const auto* row = model(index.row());
    if (row == nullptr || !index.isValid())
        return {};
    if (role == ReferenceRole)
        return toQt(row->name);
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = index.column() == SizeColumn || index.column() == DiskColumn;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole)
        return row->present ? toQt(row->licence.source)
                            : tr("Its file is not on this computer: %1").arg(toQt(row->path));
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case NameColumn:
        return toQt(row->title.empty() ? row->name : row->title);
    case SizeColumn:
        return row->num_parameters > 0 ? format::parameters(row->num_parameters)
                                       : format::unknown();
    case DiskColumn:
        return row->present ? format::fileSize(row->size_bytes) : tr("not here");
    case LicenceColumn:
        return row->licence.name.empty() ? format::unknown() : toQt(row->licence.name);
    default:
        return {};
    }
}

QVariant ModelTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section == SizeColumn || section == DiskColumn;
        return static_cast<int>((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole || section < 0 || section >= NumColumns)
        return {};
    const QString titles[NumColumns] = {tr("Base model"), tr("Size"), tr("On disk"), tr("Licence")};
    return titles[section];
}

Qt::ItemFlags ModelTableModel::flags(const QModelIndex& index) const
{
    const auto* row = model(index.row());
    const auto flags = QAbstractTableModel::flags(index);
    return row != nullptr && !row->present ? flags & ~Qt::ItemIsEnabled : flags;
}

} // namespace lyceum::ui
