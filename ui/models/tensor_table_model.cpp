#include "ui/models/tensor_table_model.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString shapeText(const std::vector<std::int64_t>& shape)
{
    QStringList sizes;
    for (const auto size : shape)
        sizes << QString::number(size);
    return sizes.join(u" × "_s);
}

QVariant alignment(int column)
{
    const auto side = column == TensorTableModel::SizeColumn ? Qt::AlignRight : Qt::AlignLeft;
    return static_cast<int>(side | Qt::AlignVCenter);
}

} // namespace

void TensorTableModel::setTensors(std::vector<formats::TensorInfo> tensors)
{
    beginResetModel();
    tensors_ = std::move(tensors);
    endResetModel();
}

int TensorTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(tensors_.size());
}

int TensorTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : NumColumns;
}

QVariant TensorTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto& tensor = tensors_[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return alignment(index.column());
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case NameColumn:
        return toQt(tensor.name);
    case ShapeColumn:
        return shapeText(tensor.shape);
    case TypeColumn:
        return toQt(tensor.dtype);
    case SizeColumn:
        return format::fileSize(tensor.size_bytes);
    default:
        return {};
    }
}

QVariant TensorTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= NumColumns)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignment(section);
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[NumColumns] = {tr("Tensor"), tr("Shape"), tr("Data type"),
                                        tr("In the file")};
    return titles[section];
}

QString TensorTableModel::toText() const
{
    QString text;
    for (int row = -1; row < rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < NumColumns; ++column)
            cells << (row < 0 ? headerData(column, Qt::Horizontal, Qt::DisplayRole)
                              : data(index(row, column)))
                         .toString();
        text += cells.join(u'\t') + u'\n';
    }
    return text;
}

} // namespace lyceum::ui
