#include "ui/plots/event_lane.h"

#include "ui/plots/plot_view.h"
#include "ui/theme/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace lyceum::ui {

namespace {

constexpr double kRadius = 4.0;
constexpr int kMarkRow = 14;

Role roleOf(EventLane::Shape shape)
{
    switch (shape) {
    case EventLane::Shape::Best:
        return Role::Good;
    case EventLane::Shape::Person:
        return Role::Accent;
    case EventLane::Shape::Fault:
        return Role::Fault;
    case EventLane::Shape::Checkpoint:
    case EventLane::Shape::Removed:
    case EventLane::Shape::Tick:
        return Role::Text2;
    }
    return Role::Text2;
}

} // namespace

EventLane::EventLane(const QString& title, PlotView& view, QWidget* parent)
    : QWidget(parent), title_(title), view_(view)
{
    setAccessibleName(title);
    setLayoutDirection(Qt::LeftToRight);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&view_, &PlotView::rangeChanged, this, qOverload<>(&QWidget::update));
}

QSize EventLane::sizeHint() const
{
    const QFontMetrics metrics(Theme::instance().font(TextStyle::Caption));
    return {400, metrics.height() + kMarkRow};
}

void EventLane::setMarks(const QList<Mark>& marks)
{
    marks_ = marks;
    QStringList spoken;
    for (const Mark& mark : marks_)
        if (!mark.text.isEmpty())
            spoken << mark.text;
    setAccessibleDescription(spoken.join(u' '));
    update();
}

void EventLane::setSummary(const QString& summary)
{
    summary_ = summary;
    update();
}

QRect EventLane::lane() const
{
    return rect().adjusted(measure::kPlotGutterLeft, 0, -measure::kPlotReadout, 0);
}

double EventLane::pixelOf(double x) const
{
    const curve::Range range = view_.range();
    return lane().left() + (x - range.lower) / range.size() * lane().width();
}

void EventLane::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    render(painter, tokens());
}

void EventLane::render(QPainter& painter, const Tokens& colors) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont font = Theme::instance().font(TextStyle::Caption);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    painter.setPen(colors.text3);
    painter.drawText(QRect(0, 0, measure::kPlotGutterLeft - space::k8, height()),
                     Qt::AlignRight | Qt::AlignBottom, title_);
    painter.drawText(
        QRect(lane().right() + space::k12, 0, measure::kPlotReadout - space::k12, height()),
        Qt::AlignLeft | Qt::AlignBottom, summary_);
    const double y = height() - kMarkRow / 2.0;
    painter.setPen(QPen(colors.border, 1));
    painter.drawLine(QPointF(lane().left(), y), QPointF(lane().right(), y));
    double freeFrom = lane().left();
    for (const Mark& mark : marks_) {
        const double x = pixelOf(mark.x);
        if (x < lane().left() - kRadius || x > lane().right() + kRadius)
            continue;
        paintShape(painter, colors, mark);
        const double width = metrics.horizontalAdvance(mark.label);
        const double left = std::clamp<double>(
            x - width / 2, lane().left(), std::max<double>(lane().left(), lane().right() - width));
        if (mark.label.isEmpty() || left < freeFrom)
            continue;
        painter.setPen(colorOf(colors, roleOf(mark.shape)));
        painter.drawText(QPointF(left, metrics.ascent()), mark.label);
        freeFrom = left + width + space::k8;
    }
}

void EventLane::paintShape(QPainter& painter, const Tokens& colors, const Mark& mark) const
{
    const QPointF at(pixelOf(mark.x), height() - kMarkRow / 2.0);
    const QColor color = colorOf(colors, roleOf(mark.shape));
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    switch (mark.shape) {
    case Shape::Checkpoint:
    case Shape::Best:
        painter.drawRect(QRectF(at.x() - kRadius, at.y() - kRadius, 2 * kRadius, 2 * kRadius));
        break;
    case Shape::Removed:
        painter.setPen(QPen(color, 1));
        painter.setBrush(colors.surface);
        painter.drawRect(QRectF(at.x() - kRadius + 0.5, at.y() - kRadius + 0.5, 2 * kRadius - 1,
                                2 * kRadius - 1));
        break;
    case Shape::Person:
        painter.drawPolygon(
            QPolygonF({at + QPointF(0, -kRadius - 1), at + QPointF(kRadius + 1, 0),
                       at + QPointF(0, kRadius + 1), at + QPointF(-kRadius - 1, 0)}));
        break;
    case Shape::Fault:
        painter.drawPolygon(
            QPolygonF({at + QPointF(0, -kRadius), at + QPointF(kRadius + 1, kRadius),
                       at + QPointF(-kRadius - 1, kRadius)}));
        break;
    case Shape::Tick:
        painter.drawRect(QRectF(at.x() - 0.75, at.y() - kRadius + 1, 1.5, 2 * kRadius - 2));
        break;
    }
}

bool EventLane::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QStringList texts;
    for (const Mark& mark : marks_)
        if (std::abs(pixelOf(mark.x) - help->pos().x()) <= kRadius + 2 && !mark.text.isEmpty())
            texts << mark.text;
    if (texts.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), texts.join(u'\n'), this);
    return true;
}

} // namespace lyceum::ui
