#include "ui/models/record_table_model.h"

#include "ui/models/convert.h"

#include <QLocale>

#include <algorithm>

namespace lyceum::ui {
namespace {

constexpr qsizetype kCellLetters = 240; // more never fits a row

QString oneLine(const QString& text)
{
    return text.left(kCellLetters).simplified();
}

} // namespace

void RecordTableModel::setFile(std::shared_ptr<const data::RecordFile> file)
{
    file_ = std::move(file);
    applyFilter();
}

void RecordTableModel::setFilter(const QString& filter)
{
    const QStringList words = filter.split(u' ', Qt::SkipEmptyParts);
    if (words == words_)
        return;
    words_ = words;
    applyFilter();
}

int RecordTableModel::numRecords() const
{
    return file_ ? static_cast<int>(file_->records.size()) : 0;
}

bool RecordTableModel::isText() const
{
    return file_ && !file_->records.empty() && file_->records.front().messages.empty();
}

bool RecordTableModel::matches(const data::Record& record) const
{
    QString whole = toQt(record.text);
    for (const auto& message : record.messages)
        whole += toQt(message.content) + u'\n';
    return std::all_of(words_.begin(), words_.end(), [&whole](const QString& word) {
        return whole.contains(word, Qt::CaseInsensitive);
    });
}

void RecordTableModel::applyFilter()
{
    beginResetModel();
    matches_.clear();
    if (file_) {
        const auto& records = file_->records;
        matches_.reserve(records.size());
        for (std::size_t i = 0; i < records.size(); ++i)
            if (words_.isEmpty() || matches(records[i]))
                matches_.push_back(i);
    }
    shown_ = std::min(kLot, numMatches());
    endResetModel();
}

const data::Record* RecordTableModel::record(int row) const
{
    if (row < 0 || row >= shown_)
        return nullptr;
    return &file_->records[matches_[static_cast<std::size_t>(row)]];
}

int RecordTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : shown_;
}

int RecordTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : NumColumns;
}

QString RecordTableModel::firstOf(const data::Record& record, std::string_view role)
{
    for (const auto& message : record.messages)
        if (message.role == role)
            return oneLine(toQt(message.content));
    return {};
}

QVariant RecordTableModel::data(const QModelIndex& index, int role) const
{
    const auto* row = record(index.row());
    if (row == nullptr || !index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole && index.column() == LineColumn)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case LineColumn:
        return QLocale().toString(static_cast<qulonglong>(row->line));
    case AskedColumn:
        return row->messages.empty() ? oneLine(toQt(row->text)) : firstOf(*row, "user");
    case AnsweredColumn:
        return row->messages.empty()
                   ? tr("%1 letters").arg(QLocale().toString(toQt(row->text).size()))
                   : firstOf(*row, "assistant");
    default:
        return {};
    }
}

QVariant RecordTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == LineColumn ? Qt::AlignRight : Qt::AlignLeft) |
                                Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case LineColumn:
        return tr("Line");
    case AskedColumn:
        return isText() ? tr("Text") : tr("Student");
    case AnsweredColumn:
        return isText() ? tr("Length") : tr("Tutor");
    default:
        return {};
    }
}

bool RecordTableModel::canFetchMore(const QModelIndex& parent) const
{
    return !parent.isValid() && shown_ < numMatches();
}

void RecordTableModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent))
        return;
    const int more = std::min(kLot, numMatches() - shown_);
    beginInsertRows({}, shown_, shown_ + more - 1);
    shown_ += more;
    endInsertRows();
}

} // namespace lyceum::ui
