#include "ui/models/dataset_list_model.h"

#include "ui/models/convert.h"

#include <QLocale>

namespace lyceum::ui {

void DatasetListModel::setDatasets(std::vector<data::DatasetInfo> datasets)
{
    beginResetModel();
    datasets_ = std::move(datasets);
    endResetModel();
}

const data::DatasetInfo* DatasetListModel::dataset(int row) const
{
    const auto size = static_cast<int>(datasets_.size());
    return row >= 0 && row < size ? &datasets_[static_cast<std::size_t>(row)] : nullptr;
}

int DatasetListModel::rowOf(const QString& name) const
{
    const std::string wanted = name.toStdString();
    for (std::size_t row = 0; row < datasets_.size(); ++row)
        if (datasets_[row].name == wanted)
            return static_cast<int>(row);
    return -1;
}

int DatasetListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(datasets_.size());
}

qsizetype DatasetListModel::numRecords(const data::DatasetInfo& dataset)
{
    std::size_t records = 0;
    for (const auto& split : dataset.splits)
        records += split.num_records;
    return static_cast<qsizetype>(records);
}

QString DatasetListModel::facts(const data::DatasetInfo& dataset)
{
    const auto records = numRecords(dataset);
    const QString count = QLocale().toString(static_cast<qlonglong>(records));
    //: %1 is a number of records; the second part says where the dataset is
    return dataset.built_in ? tr("%1 records, built in").arg(count)
                            : tr("%1 records, yours").arg(count);
}

QVariant DatasetListModel::data(const QModelIndex& index, int role) const
{
    const auto* row = dataset(index.row());
    if (row == nullptr || !index.isValid())
        return {};
    const QString title = toQt(row->title.empty() ? row->name : row->title);
    switch (role) {
    case Qt::DisplayRole:
        return title;
    case Qt::ToolTipRole:
        return toQt(row->summary);
    case Qt::AccessibleTextRole:
        return title + QStringLiteral(", ") + facts(*row);
    case NameRole:
        return toQt(row->name);
    case FactsRole:
        return facts(*row);
    case BuiltInRole:
        return row->built_in;
    default:
        return {};
    }
}

} // namespace lyceum::ui
