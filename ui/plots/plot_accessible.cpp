#include "ui/plots/plot_accessible.h"

#include "ui/plots/line_plot.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>

#include <vector>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

/// One line of a plot, as a value with a name.
class SeriesAccessible final : public QAccessibleInterface {
public:
    SeriesAccessible(LinePlot* plot, int index) : plot_(plot), index_(index) {}

    [[nodiscard]] bool isValid() const override { return !plot_.isNull(); }
    [[nodiscard]] QObject* object() const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface* parent() const override
    {
        return QAccessible::queryAccessibleInterface(plot_.data());
    }
    [[nodiscard]] QAccessibleInterface* child(int) const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    [[nodiscard]] int childCount() const override { return 0; }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    [[nodiscard]] QAccessible::Role role() const override { return QAccessible::StaticText; }
    [[nodiscard]] QAccessible::State state() const override
    {
        QAccessible::State state;
        state.readOnly = true;
        return state;
    }
    [[nodiscard]] QRect rect() const override
    {
        return plot_ ? QRect(plot_->mapToGlobal(QPoint()), plot_->size()) : QRect();
    }
    void setText(QAccessible::Text, const QString&) override {}
    [[nodiscard]] QString text(QAccessible::Text what) const override
    {
        if (!plot_ || index_ >= plot_->seriesList().size())
            return {};
        const auto reading = plot_->readings().value(index_);
        if (what == QAccessible::Name)
            return u"%1 %2 %3"_s.arg(reading.name, reading.value, reading.detail).trimmed();
        return what == QAccessible::Value ? reading.value : QString();
    }

private:
    QPointer<LinePlot> plot_;
    int index_;
};

class PlotAccessible final : public QAccessibleWidget {
public:
    explicit PlotAccessible(LinePlot* plot) : QAccessibleWidget(plot, QAccessible::Chart) {}
    ~PlotAccessible() override
    {
        for (const auto id : ids_)
            QAccessible::deleteAccessibleInterface(id);
    }

    [[nodiscard]] int childCount() const override
    {
        return static_cast<int>(plot()->seriesList().size());
    }
    [[nodiscard]] QAccessibleInterface* child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        while (ids_.size() <= static_cast<std::size_t>(index))
            ids_.push_back(QAccessible::registerAccessibleInterface(
                new SeriesAccessible(plot(), static_cast<int>(ids_.size()))));
        return QAccessible::accessibleInterface(ids_[static_cast<std::size_t>(index)]);
    }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface* wanted) const override
    {
        for (int i = 0; i < childCount(); ++i)
            if (child(i) == wanted)
                return i;
        return -1;
    }
    [[nodiscard]] QString text(QAccessible::Text what) const override
    {
        if (what == QAccessible::Value)
            return plot()->spokenReadings();
        return QAccessibleWidget::text(what);
    }

private:
    [[nodiscard]] LinePlot* plot() const { return static_cast<LinePlot*>(object()); }

    mutable std::vector<QAccessible::Id> ids_;
};

QAccessibleInterface* makeInterface(const QString& className, QObject* object)
{
    if (className == u"lyceum::ui::LinePlot"_s && object && object->isWidgetType())
        return new PlotAccessible(static_cast<LinePlot*>(object));
    return nullptr;
}

} // namespace

void installPlotAccessibility()
{
    static const bool kInstalled = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    Q_UNUSED(kInstalled)
}

} // namespace lyceum::ui
