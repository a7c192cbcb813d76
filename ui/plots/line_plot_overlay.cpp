/// @file
/// What LinePlot draws over its curves: title, shading, rules, cursor, read-out.

#include "ui/plots/line_plot.h"
#include "ui/plots/line_plot_data.h"
#include "ui/plots/plot_view.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr double kMarkerRadius = 4.0;
constexpr int kSwatchWidth = 20;

QFont textFont(TextStyle style)
{
    return Theme::instance().font(style);
}

QFont bold(TextStyle style)
{
    QFont out = textFont(style);
    out.setBold(true);
    return out;
}

/// Draws text with its top at `y`; returns the y below it.
int drawLine(QPainter& painter, const QFont& face, const QColor& color, int x, int y,
             const QString& text)
{
    painter.setFont(face);
    painter.setPen(color);
    const QFontMetrics metrics(face);
    painter.drawText(x, y + metrics.ascent(), text);
    return y + metrics.height();
}

} // namespace

void paintMarker(QPainter& painter, int color, const QPointF& at, double radius)
{
    constexpr int kShapes = 4;
    switch (color % kShapes) {
    case 0:
        painter.drawEllipse(at, radius, radius);
        break;
    case 1:
        painter.drawRect(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius));
        break;
    case 2:
        painter.drawPolygon(QPolygonF({at + QPointF(0, -radius), at + QPointF(radius, radius),
                                       at + QPointF(-radius, radius)}));
        break;
    default:
        painter.drawPolygon(QPolygonF({at + QPointF(0, -radius), at + QPointF(radius, 0),
                                       at + QPointF(0, radius), at + QPointF(-radius, 0)}));
    }
}

void LinePlot::Overlay::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    owner_->paintOverlay(painter, tokens());
}

QRect LinePlot::plotRect() const
{
    const QMargins margins = plot_->axisRect()->margins();
    return rect().marginsRemoved(margins);
}

double LinePlot::pixelOf(double x) const
{
    const curve::Range range = view_.range();
    const QRect box = plotRect();
    return box.left() + (x - range.lower) / range.size() * box.width();
}

double LinePlot::xAt(double pixel) const
{
    const curve::Range range = view_.range();
    const QRect box = plotRect();
    return range.lower + (pixel - box.left()) / std::max(1, box.width()) * range.size();
}

double LinePlot::pixelOfY(double y) const
{
    const QCPRange range = plot_->yAxis->range();
    const QRect box = plotRect();
    const double share = isLog_ ? std::log(y / range.lower) / std::log(range.upper / range.lower)
                                : (y - range.lower) / range.size();
    return box.bottom() + 1 - share * box.height();
}

void LinePlot::paintOverlay(QPainter& painter, const Tokens& colors) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    paintTitle(painter, colors);
    painter.save();
    painter.setClipRect(plotRect().adjusted(0, 0, 1, 1));
    paintToCome(painter, colors);
    paintBreak(painter, colors);
    paintRules(painter, colors);
    paintLimit(painter, colors);
    paintClipped(painter, colors);
    painter.restore();
    paintCursor(painter, colors);
    paintReadout(painter, colors);
}

void LinePlot::paintTitle(QPainter& painter, const Tokens& colors) const
{
    const int y = space::k4;
    const QFont titleFont = bold(TextStyle::Small);
    drawLine(painter, titleFont, colors.text, measure::kPlotGutterLeft, y, title_);
    const int x =
        measure::kPlotGutterLeft + QFontMetrics(titleFont).horizontalAdvance(title_) + space::k8;
    const QFont wordsFont = textFont(TextStyle::Caption);
    const QString logNote = isLog_ ? tr(", log scale") : QString();
    const QString words = QFontMetrics(wordsFont).elidedText(explanation_ + logNote, Qt::ElideRight,
                                                             plotRect().right() - x);
    drawLine(painter, wordsFont, colors.text3, x, y + 1, words);
    if (showsXLabels_)
        painter.drawText(QRect(plotRect().left(), height() - QFontMetrics(wordsFont).height(),
                               plotRect().width(), QFontMetrics(wordsFont).height()),
                         Qt::AlignRight | Qt::AlignVCenter, xName_);
}

void LinePlot::paintToCome(QPainter& painter, const Tokens& colors) const
{
    const QRect box = plotRect();
    // Behind the last marker, not over it.
    const double from = pixelOf(view_.last()) + kMarkerRadius + 1;
    if (from >= box.right() || view_.end() <= view_.last())
        return;
    QColor shade = colors.sunken;
    shade.setAlphaF(0.55F);
    painter.fillRect(QRectF(QPointF(from, box.top()), QPointF(box.right() + 1, box.bottom() + 1)),
                     shade);
    const QFont words = textFont(TextStyle::Caption);
    if (break_ ||
        QFontMetrics(words).horizontalAdvance(toCome_) + 2 * space::k8 > box.right() - from)
        return;
    drawLine(painter, words, colors.text3, static_cast<int>(from) + space::k8,
             box.top() + space::k4, toCome_);
}

void LinePlot::paintBreak(QPainter& painter, const Tokens& colors) const
{
    if (!break_)
        return;
    const QRect box = plotRect();
    const double x = pixelOf(break_->x);
    QColor shade = colors.fault;
    shade.setAlphaF(0.10F);
    painter.fillRect(
        QRectF(QPointF(pixelOf(break_->redoFrom), box.top()), QPointF(x, box.bottom() + 1)), shade);
    painter.setPen(QPen(colors.fault, 2));
    painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
    const QFont words = textFont(TextStyle::Caption);
    const int needed = QFontMetrics(words).horizontalAdvance(break_->redoText) + space::k16;
    const bool fitsRight = x + needed < box.right();
    const int left = static_cast<int>(fitsRight ? x + space::k8 : x - needed);
    const int below = drawLine(painter, bold(TextStyle::Caption), colors.fault, left,
                               box.top() + space::k4, break_->text);
    drawLine(painter, words, colors.text2, left, below, break_->redoText);
}

void LinePlot::paintRules(QPainter& painter, const Tokens& colors) const
{
    const QRect box = plotRect();
    for (const Rule& rule : rules_) {
        QPen pen(colorOf(colors, rule.role), 1.5);
        pen.setDashPattern({1.0, 2.0});
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        const double x = pixelOf(rule.x);
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
    }
}

void LinePlot::paintLimit(QPainter& painter, const Tokens& colors) const
{
    if (!limit_)
        return;
    const QRect box = plotRect();
    const double y = pixelOfY(limit_->value);
    QPen pen(colors.fault, 1.5);
    pen.setDashPattern({6, 4});
    painter.setPen(pen);
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y));
    const QFont words = textFont(TextStyle::Caption);
    const int width = QFontMetrics(words).horizontalAdvance(limit_->label);
    drawLine(painter, words, colors.fault, box.right() - width - space::k4,
             static_cast<int>(y) + space::k2, limit_->label);
}

void LinePlot::paintClipped(QPainter& painter, const Tokens& colors) const
{
    const QRect box = plotRect();
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.series[0]);
    constexpr double kSide = 4.0;
    double lastX = -100;
    for (const Clipped& spike : clipped_) {
        const double x = pixelOf(spike.at.x());
        if (x - lastX < kSide)
            continue;
        lastX = x;
        const bool isTop = spike.value >= spike.at.y();
        const double y = isTop ? box.top() : box.bottom();
        const double tip = isTop ? y + 1 : y - 1;
        const double base = isTop ? y + 1 + kSide : y - 1 - kSide;
        painter.drawPolygon(
            QPolygonF({QPointF(x, tip), QPointF(x - kSide, base), QPointF(x + kSide, base)}));
    }
}

void LinePlot::paintCursor(QPainter& painter, const Tokens& colors) const
{
    const QRect box = plotRect();
    if (dragFrom_) {
        QColor fill = colors.accent;
        fill.setAlphaF(0.15F);
        const QRect band = QRect(QPoint(*dragFrom_, box.top()), QPoint(dragTo_, box.bottom()));
        painter.fillRect(band.normalized().intersected(box), fill);
    }
    const auto cursor = view_.cursor();
    if (!cursor)
        return;
    const double x = pixelOf(*cursor);
    if (x < box.left() || x > box.right() + 1)
        return;
    painter.setPen(QPen(colors.text2, 1.5));
    painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
    const QList<Reading> all = readings();
    for (int i = 0; i < all.size(); ++i) {
        if (all[i].value.isEmpty())
            continue;
        painter.setPen(QPen(colors.surface, 1));
        painter.setBrush(colors.series[static_cast<std::size_t>(specs_[i].color)]);
        const QPointF at(pixelOf(all[i].x), pixelOfY(all[i].y));
        if (box.contains(at.toPoint()))
            paintMarker(painter, specs_[i].color, at, kMarkerRadius + 1);
    }
}

void LinePlot::paintReadout(QPainter& painter, const Tokens& colors) const
{
    const int left = plotRect().right() + space::k12;
    const int textLeft = left + kSwatchWidth + space::k8;
    int y = plotRect().top() - space::k2;
    const QList<Reading> all = readings();
    for (int i = 0; i < all.size(); ++i) {
        const QColor color = colors.series[static_cast<std::size_t>(specs_[i].color)];
        const QFontMetrics nameMetrics(textFont(TextStyle::Caption));
        const double middle = y + nameMetrics.height() / 2.0;
        painter.setPen(QPen(color, 2));
        painter.drawLine(QPointF(left, middle), QPointF(left + kSwatchWidth, middle));
        if (specs_[i].kind == Kind::Points) {
            painter.setPen(QPen(colors.surface, 1));
            painter.setBrush(color);
            paintMarker(painter, specs_[i].color, {left + kSwatchWidth / 2.0, middle},
                        kMarkerRadius);
        }
        y = drawLine(painter, textFont(TextStyle::Caption), colors.text2, textLeft, y, all[i].name);
        y = drawLine(painter, bold(TextStyle::Body), colors.text, textLeft, y,
                     all[i].value.isEmpty() ? u"—"_s : all[i].value);
        if (!all[i].detail.isEmpty() && y + nameMetrics.height() <= height())
            y = drawLine(painter, textFont(TextStyle::Caption), colors.text3, textLeft, y,
                         all[i].detail);
        y += space::k4;
    }
}

void LinePlot::render(QPainter& painter, const Tokens& colors)
{
    refreshNow();
    applyColors(colors);
    plot_->replot(QCustomPlot::rpImmediateRefresh);
    QCPPainter plotPainter;
    painter.save();
    // QCustomPlot paints with its own painter, which cannot share a device: by way of a picture.
    QPicture picture;
    plotPainter.begin(&picture);
    plot_->toPainter(&plotPainter, width(), height());
    plotPainter.end();
    painter.drawPicture(0, 0, picture);
    paintOverlay(painter, colors);
    painter.restore();
    applyColors(tokens());
    plot_->replot(QCustomPlot::rpImmediateRefresh);
}

} // namespace lyceum::ui
