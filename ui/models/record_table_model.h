#pragma once

#include "core/data/dataset.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <memory>
#include <vector>

namespace lyceum::ui {

/// The records of one file, a row each, filtered as one types. GUI thread only.
///
/// Rows are handed to the view in lots of `kLot`, so that a file of a million records opens at
/// once.
class RecordTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr int kLot = 500;
    enum Column { LineColumn, AskedColumn, AnsweredColumn, NumColumns };

    using QAbstractTableModel::QAbstractTableModel;

    /// Shows `file`, whole; null shows nothing. Keeps the filter.
    void setFile(std::shared_ptr<const data::RecordFile> file);
    /// Only records that hold every word of `filter`, in any order and case.
    void setFilter(const QString& filter);

    [[nodiscard]] int numMatches() const { return static_cast<int>(matches_.size()); }
    [[nodiscard]] int numRecords() const;
    [[nodiscard]] const data::Record* record(int row) const; ///< Null outside the rows shown.
    [[nodiscard]] bool isText() const;                       ///< Texts, not conversations.

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index,
                                int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

    /// The first message of `role`, cut to what a row can show, on one line.
    [[nodiscard]] static QString firstOf(const data::Record& record, std::string_view role);

private:
    void applyFilter();
    [[nodiscard]] bool matches(const data::Record& record) const;

    std::shared_ptr<const data::RecordFile> file_;
    QStringList words_;
    std::vector<std::size_t> matches_; ///< Positions in file_->records.
    int shown_ = 0;                    ///< Rows handed out so far.
};

} // namespace lyceum::ui
