#include "ui/plots/plot_view.h"

#include <algorithm>

namespace lyceum::ui {

void PlotView::setExtent(double first, double last, double end, double followWidth)
{
    const curve::Range before = range();
    first_ = first;
    last_ = last;
    end_ = std::max({end, last, first + 1e-9});
    followWidth_ = followWidth;
    if (!(range() == before))
        emit rangeChanged();
}

curve::Range PlotView::range() const
{
    switch (mode_) {
    case ViewMode::Zoomed:
        return zoom_;
    case ViewMode::Follow:
        return {.lower = std::max(first_, last_ - followWidth_),
                .upper = std::max(last_, first_ + std::min(followWidth_, end_ - first_))};
    case ViewMode::Whole:
        break;
    }
    return {.lower = first_, .upper = end_};
}

void PlotView::setMode(ViewMode mode)
{
    if (mode == mode_ || (mode == ViewMode::Zoomed && !hasZoom_))
        return;
    mode_ = mode;
    history_.clear();
    emit modeChanged();
    emit rangeChanged();
}

void PlotView::zoomTo(const curve::Range& wanted)
{
    const double whole = end_ - first_;
    constexpr double kSmallestShare = 1e-5;
    if (!(wanted.size() > whole * kSmallestShare))
        return;
    curve::Range range{.lower = std::max(wanted.lower, first_),
                       .upper = std::min(wanted.upper, end_)};
    if (!(range.size() > whole * kSmallestShare))
        return;
    if (range.lower <= first_ && range.upper >= end_) {
        setMode(ViewMode::Whole);
        return;
    }
    constexpr qsizetype kMaxHistory = 50;
    history_.append(this->range());
    if (history_.size() > kMaxHistory)
        history_.removeFirst();
    zoom_ = range;
    hasZoom_ = true;
    const bool isEntering = mode_ != ViewMode::Zoomed;
    mode_ = ViewMode::Zoomed;
    if (isEntering)
        emit modeChanged();
    emit rangeChanged();
}

void PlotView::zoomBack()
{
    if (history_.isEmpty()) {
        setMode(ViewMode::Whole);
        return;
    }
    zoom_ = history_.takeLast();
    if (zoom_.lower <= first_ && zoom_.upper >= end_)
        setMode(ViewMode::Whole);
    else
        emit rangeChanged();
}

void PlotView::setCursor(std::optional<double> x)
{
    if (cursor_ == x)
        return;
    cursor_ = x;
    emit cursorChanged();
}

} // namespace lyceum::ui
