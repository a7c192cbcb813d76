/// @file
/// How LinePlot is read and moved by mouse and keyboard.

#include "ui/plots/line_plot.h"
#include "ui/plots/line_plot_data.h"
#include "ui/plots/plot_view.h"
#include "ui/widgets/styled.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kSmallestDrag = 6;
constexpr double kWheelFactor = 0.8; ///< A notch of the wheel.
constexpr double kNotch = 120.0;
constexpr int kBigStep = 10;

} // namespace

LinePlot::Reading LinePlot::reading(int series) const
{
    const Data& data = *data_[static_cast<std::size_t>(series)];
    Reading out{.name = specs_[series].name};
    if (data.x.empty())
        return out;
    const auto cursor = view_.cursor();
    const double wanted = cursor.value_or(data.x.back());
    const auto index = *curve::nearestIndex(data.x, wanted);
    const bool isPoint = specs_[series].kind == Kind::Points;
    // Beyond its data a line says nothing; a marker says the nearest one it has.
    if (!isPoint && cursor && (*cursor > data.x.back() || *cursor < data.x.front()))
        return out;
    out.x = data.x[index];
    out.y = data.y[index];
    const auto write = [this](double y) {
        return valueFormat_ ? valueFormat_(y) : QString::number(y);
    };
    if (specs_[series].kind == Kind::Curve && smoothing_ > 0) {
        const double raw = out.y;
        out.y = curve::smoothAt(data.columns(), data.step[index], smoothing_).value_or(raw);
        out.detail = tr("raw %1").arg(write(raw));
    } else if (isPoint) {
        out.detail =
            tr("at %1 %2").arg(xName_, xFormat_ ? xFormat_(out.x) : QString::number(out.x));
    }
    out.value = std::isfinite(out.y) ? write(out.y) : QString();
    return out;
}

QList<LinePlot::Reading> LinePlot::readings() const
{
    QList<Reading> all;
    for (int i = 0; i < specs_.size(); ++i)
        all.append(reading(i));
    return all;
}

QString LinePlot::spokenReadings() const
{
    QStringList parts;
    const double at = view_.cursor().value_or(view_.last());
    parts << u"%1 %2"_s.arg(xName_, xFormat_ ? xFormat_(at) : QString::number(at));
    const QList<Reading> all = readings();
    for (int i = 0; i < all.size(); ++i) {
        if (all[i].value.isEmpty())
            continue;
        QString part = u"%1 %2"_s.arg(all[i].name, all[i].value);
        if (specs_[i].kind == Kind::Points)
            part += u' ' + all[i].detail;
        parts << part;
    }
    return parts.join(u", "_s);
}

void LinePlot::mouseMoveEvent(QMouseEvent* event)
{
    const int x = event->position().toPoint().x();
    const QRect box = plotRect();
    if (dragFrom_) {
        dragTo_ = x;
        overlay_->update();
        return;
    }
    if (!box.adjusted(0, 0, 1, 1).contains(event->position().toPoint())) {
        view_.setCursor({});
        return;
    }
    view_.setCursor(xAt(x));
    for (const Clipped& spike : clipped_) {
        if (std::abs(pixelOf(spike.at.x()) - x) > kSmallestDrag ||
            std::abs(pixelOfY(spike.at.y()) - event->position().y()) > 2 * kSmallestDrag)
            continue;
        const QString value =
            valueFormat_ ? valueFormat_(spike.value) : QString::number(spike.value);
        QToolTip::showText(event->globalPosition().toPoint(),
                           tr("%1, outside of the picture").arg(value), this);
        return;
    }
}

void LinePlot::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !plotRect().contains(event->position().toPoint()))
        return;
    setFocus(Qt::MouseFocusReason);
    dragFrom_ = event->position().toPoint().x();
    dragTo_ = *dragFrom_;
}

void LinePlot::mouseReleaseEvent(QMouseEvent*)
{
    if (!dragFrom_)
        return;
    const int from = std::min(*dragFrom_, dragTo_);
    const int to = std::max(*dragFrom_, dragTo_);
    dragFrom_.reset();
    overlay_->update();
    if (to - from >= kSmallestDrag)
        view_.zoomTo({.lower = xAt(from), .upper = xAt(to)});
}

void LinePlot::mouseDoubleClickEvent(QMouseEvent*)
{
    dragFrom_.reset();
    yZoom_.reset();
    view_.setMode(ViewMode::Whole);
    schedule();
}

void LinePlot::leaveEvent(QEvent* event)
{
    QWidget::leaveEvent(event);
    if (!dragFrom_)
        view_.setCursor({});
}

void LinePlot::zoomAround(double x, double factor)
{
    const curve::Range range = view_.range();
    view_.zoomTo(
        {.lower = x - (x - range.lower) * factor, .upper = x + (range.upper - x) * factor});
}

void LinePlot::zoomY(double around, double factor)
{
    const QCPRange range = plot_->yAxis->range();
    yZoom_ = curve::Range{.lower = around - (around - range.lower) * factor,
                          .upper = around + (range.upper - around) * factor};
    schedule();
}

void LinePlot::wheelEvent(QWheelEvent* event)
{
    const QPointF at = event->position();
    if (!plotRect().contains(at.toPoint())) {
        event->ignore();
        return;
    }
    const double factor = std::pow(kWheelFactor, event->angleDelta().y() / kNotch);
    if (event->modifiers() & Qt::ControlModifier)
        zoomY(plot_->yAxis->pixelToCoord(at.y()), factor);
    else
        zoomAround(xAt(at.x()), factor);
    event->accept();
}

void LinePlot::moveCursor(int points)
{
    if (data_.empty() || data_.front()->x.empty())
        return;
    const auto& x = data_.front()->x;
    const double at = view_.cursor().value_or(x.back());
    const auto index = static_cast<std::ptrdiff_t>(*curve::nearestIndex(x, at));
    const auto last = static_cast<std::ptrdiff_t>(x.size()) - 1;
    const auto next = view_.cursor() ? std::clamp<std::ptrdiff_t>(index + points, 0, last) : index;
    view_.setCursor(x[static_cast<std::size_t>(next)]);
    announce(this, spokenReadings());
}

void LinePlot::keyPressEvent(QKeyEvent* event)
{
    const int step = event->modifiers() & Qt::ShiftModifier ? kBigStep : 1;
    constexpr int kAll = 1 << 30;
    switch (event->key()) {
    case Qt::Key_Left:
        return moveCursor(-step);
    case Qt::Key_Right:
        return moveCursor(step);
    case Qt::Key_Home:
        moveCursor(0);
        return moveCursor(-kAll);
    case Qt::Key_End:
        moveCursor(0);
        return moveCursor(kAll);
    case Qt::Key_Plus:
        return zoomAround(view_.cursor().value_or(view_.last()), kWheelFactor);
    case Qt::Key_Minus:
        return zoomAround(view_.cursor().value_or(view_.last()), 1.0 / kWheelFactor);
    case Qt::Key_0:
        yZoom_.reset();
        view_.setMode(ViewMode::Whole);
        return schedule();
    case Qt::Key_Backspace:
        return view_.zoomBack();
    case Qt::Key_L:
        return setLogScale(!isLog_);
    case Qt::Key_X:
        emit axisCycleRequested();
        return;
    case Qt::Key_Escape:
        if (view_.cursor())
            return view_.setCursor({});
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace lyceum::ui
