#include "ui/panels/runs/run_delegate.h"

#include "ui/models/run_table_model.h"
#include "ui/models/run_words.h"
#include "ui/models/session.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace lyceum::ui {
namespace {

constexpr int kBarHeight = 4;

store::RunStatus statusOf(const QModelIndex& index)
{
    return static_cast<store::RunStatus>(index.data(RunTableModel::StatusRole).toInt());
}

Role moodRole(const QModelIndex& index)
{
    using enum words::StateLook::Mood;
    switch (static_cast<words::StateLook::Mood>(index.data(RunTableModel::MoodRole).toInt())) {
    case Neutral:
        break;
    case Good:
        return Role::Good;
    case Caution:
        return Role::Caution;
    case Fault:
        return Role::Fault;
    }
    return Role::Text2;
}

void drawLine(QPainter* painter, const QRect& rect, const QString& text, TextStyle style,
              const QColor& color, Qt::Alignment alignment = Qt::AlignLeft)
{
    const QFont font = Theme::instance().font(style);
    painter->setFont(font);
    painter->setPen(color);
    const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, rect.width());
    painter->drawText(rect, static_cast<int>(alignment | Qt::AlignVCenter), shown);
}

} // namespace

QSize RunDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto height = [](TextStyle style) {
        return QFontMetrics(Theme::instance().font(style)).height();
    };
    const int lines =
        height(TextStyle::Strong) + height(TextStyle::Small) + space::k2 + 2 * space::k8;
    return {QStyledItemDelegate::sizeHint(option, index).width(), lines};
}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const auto& colors = tokens();
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, colors.accentWeak);
    painter->setPen(colors.border);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    const QRect inside = option.rect.adjusted(space::k8, 0, -space::k8, 0);
    switch (index.column()) {
    case RunTableModel::StateColumn:
        paintState(painter, inside, index);
        break;
    case RunTableModel::NameColumn:
        paintName(painter, inside, index);
        break;
    case RunTableModel::ProgressColumn:
        paintProgress(painter, inside, index);
        break;
    default:
        paintText(painter, inside, index);
    }
    painter->restore();
}

void RunDelegate::paintState(QPainter* painter, const QRect& rect, const QModelIndex& index)
{
    const Role role = moodRole(index);
    QRect place(rect.left(), 0, measure::kIconSmall, measure::kIconSmall);
    place.moveTop(rect.center().y() - measure::kIconSmall / 2);
    themeIcon(index.data(RunTableModel::IconRole).toString(), role).paint(painter, place);
    drawLine(painter, rect.adjusted(measure::kIconSmall + space::k8, 0, 0, 0),
             index.data().toString(), TextStyle::Body, colorOf(tokens(), role));
}

void RunDelegate::paintName(QPainter* painter, const QRect& rect, const QModelIndex& index) const
{
    const int nameHeight = QFontMetrics(Theme::instance().font(TextStyle::Strong)).height();
    const int detailHeight = QFontMetrics(Theme::instance().font(TextStyle::Small)).height();
    const int top = rect.center().y() - (nameHeight + space::k2 + detailHeight) / 2;
    drawLine(painter, {rect.left(), top, rect.width(), nameHeight}, index.data().toString(),
             TextStyle::Strong, tokens().text);
    const Role role = moodRole(index);
    const bool isWarning = role == Role::Fault || role == Role::Caution;
    const QString detail =
        index.data(isWarning || saysSetup_ ? RunTableModel::DetailRole : RunTableModel::MethodRole)
            .toString();
    drawLine(painter, {rect.left(), top + nameHeight + space::k2, rect.width(), detailHeight},
             detail, TextStyle::Small, isWarning ? colorOf(tokens(), role) : tokens().text2);
}

void RunDelegate::paintProgress(QPainter* painter, const QRect& rect, const QModelIndex& index)
{
    if (!isActive(statusOf(index))) {
        paintText(painter, rect, index);
        return;
    }
    const QRect words = rect.adjusted(0, 0, 0, -kBarHeight - space::k4);
    drawLine(painter, words, index.data().toString(), TextStyle::Body, tokens().text);
    const int textHeight = QFontMetrics(Theme::instance().font(TextStyle::Body)).height();
    QRectF bar(rect.left(), words.center().y() + textHeight / 2.0 + space::k4, rect.width(),
               kBarHeight);
    painter->setPen(Qt::NoPen);
    painter->setBrush(tokens().border);
    painter->drawRoundedRect(bar, kBarHeight / 2.0, kBarHeight / 2.0);
    bar.setWidth(bar.width() * index.data(RunTableModel::ShareRole).toDouble());
    painter->setBrush(tokens().accent);
    painter->drawRoundedRect(bar, kBarHeight / 2.0, kBarHeight / 2.0);
}

void RunDelegate::paintText(QPainter* painter, const QRect& rect, const QModelIndex& index)
{
    const auto alignment =
        Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt()) & Qt::AlignHorizontal_Mask;
    drawLine(painter, rect, index.data().toString(), TextStyle::Body, tokens().text, alignment);
}

} // namespace lyceum::ui
