#pragma once

#include <QStyledItemDelegate>

namespace lyceum::ui {

/// Draws a row of a RunTableModel: the state as icon and word, the name over what the run is,
/// progress with its bar.
class RunDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    /// False where columns of their own say model and data: the second line is then the method
    /// alone.
    void setSaysSetup(bool saysSetup) { saysSetup_ = saysSetup; }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;

private:
    static void paintState(QPainter* painter, const QRect& rect, const QModelIndex& index);
    void paintName(QPainter* painter, const QRect& rect, const QModelIndex& index) const;
    static void paintProgress(QPainter* painter, const QRect& rect, const QModelIndex& index);
    static void paintText(QPainter* painter, const QRect& rect, const QModelIndex& index);

    bool saysSetup_ = false;
};

} // namespace lyceum::ui
