#include "ui/panels/data/dataset_delegate.h"

#include "ui/models/dataset_list_model.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace lyceum::ui {
namespace {

int lineHeight(TextStyle style)
{
    return QFontMetrics(Theme::instance().font(style)).height();
}

void drawLine(QPainter* painter, const QRect& rect, const QString& text, TextStyle style,
              const QColor& color)
{
    const QFont font = Theme::instance().font(style);
    painter->setFont(font);
    painter->setPen(color);
    painter->drawText(rect, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                      QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width()));
}

} // namespace

QSize DatasetDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    Q_UNUSED(index)
    const int height =
        lineHeight(TextStyle::Strong) + lineHeight(TextStyle::Small) + space::k2 + 2 * space::k8;
    return {option.rect.width(), height};
}

void DatasetDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const auto& colors = tokens();
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(colors.accentWeak);
        painter->drawRoundedRect(option.rect, measure::kRadiusControl, measure::kRadiusControl);
    }
    const QRect inside = option.rect.adjusted(space::k8, space::k8, -space::k8, -space::k8);
    const int titleHeight = lineHeight(TextStyle::Strong);
    drawLine(painter, {inside.topLeft(), QSize(inside.width(), titleHeight)},
             index.data().toString(), TextStyle::Strong, colors.text);
    drawLine(painter,
             {inside.left(), inside.top() + titleHeight + space::k2, inside.width(),
              lineHeight(TextStyle::Small)},
             index.data(DatasetListModel::FactsRole).toString(), TextStyle::Small, colors.text2);
    painter->restore();
}

} // namespace lyceum::ui
