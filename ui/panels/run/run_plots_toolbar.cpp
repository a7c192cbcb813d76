/// @file
/// The toolbar of RunPlots: axis, smoothing, view, and saving.

#include "ui/models/format.h"
#include "ui/panels/run/run_plots.h"
#include "ui/plots/event_lane.h"
#include "ui/plots/line_plot.h"
#include "ui/plots/plot_view.h"
#include "ui/widgets/button.h"
#include "ui/widgets/segmented_control.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QSlider>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kAxisKey = "run/axis"_L1;
constexpr auto kSmoothingKey = "run/smoothing"_L1;
constexpr auto kFollowKey = "run/follow"_L1;
constexpr auto kFolderKey = "run/last-folder"_L1;
constexpr int kDefaultSmoothing = 12;
constexpr int kMaxSmoothing = 60;

} // namespace

void RunPlots::buildToolbar(QVBoxLayout* column)
{
    axisControl_ = new SegmentedControl(tr("Axis"));
    for (const auto& text : {tr("Step"), tr("Tokens"), tr("Time"), tr("Epoch")})
        axisControl_->addSegment(text, tr("What the plots run over (X)"));
    axis_ = static_cast<Axis>(std::clamp(settings_.value(kAxisKey, 0).toInt(), 0, 3));
    axisControl_->setCurrent(static_cast<int>(axis_));
    connect(axisControl_, &SegmentedControl::chosen, this, [this](int index) {
        setAxis(static_cast<Axis>(index));
        settings_.setValue(kAxisKey, static_cast<int>(axis_));
    });

    smoothing_ = new QSlider(Qt::Horizontal);
    smoothing_->setRange(0, kMaxSmoothing);
    smoothing_->setFixedWidth(84);
    smoothing_->setAccessibleName(tr("Smoothing in steps"));
    auto* words = makeLabel({}, TextStyle::Small, Role::Text2);
    words->setMinimumWidth(56);
    connect(smoothing_, &QSlider::valueChanged, this, [this, words](int value) {
        words->setText(value == 0   ? tr("off")
                       : value == 1 ? tr("1 step")
                                    : tr("%1 steps").arg(value));
        loss_->setSmoothing(value);
        settings_.setValue(kSmoothingKey, value);
    });
    // After the plots exist, so that the slot reaches them.
    QMetaObject::invokeMethod(
        this,
        [this] { smoothing_->setValue(settings_.value(kSmoothingKey, kDefaultSmoothing).toInt()); },
        Qt::QueuedConnection);

    buildModeControl();
    saveButton_ =
        new Button(tr("Save plot"), u"document-save"_s, ButtonKind::Outlined, ButtonSize::Small);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k8);
    row->addWidget(makeLabel(tr("Axis"), TextStyle::Small, Role::Text2));
    row->addWidget(axisControl_);
    row->addSpacing(space::k8);
    row->addWidget(makeLabel(tr("Smoothing"), TextStyle::Small, Role::Text2));
    row->addWidget(smoothing_);
    row->addWidget(words);
    row->addSpacing(space::k8);
    row->addWidget(modeControl_);
    row->addStretch(1);
    row->addWidget(saveButton_);
    column->addLayout(row);
    column->addSpacing(space::k8);
}

void RunPlots::buildModeControl()
{
    modeControl_ = new SegmentedControl(tr("View"));
    modeControl_->addSegment(tr("Follow live"), tr("The last 200 steps"));
    modeControl_->addSegment(tr("Whole run"), tr("Everything, and what is still to come (0)"));
    modeControl_->addSegment(tr("Zoomed"), tr("Zoom with the wheel or by dragging over a plot"));
    connect(modeControl_, &SegmentedControl::chosen, this, [this](int index) {
        view_->setMode(static_cast<ViewMode>(index));
        modeControl_->setCurrent(static_cast<int>(view_->mode()));
    });
    connect(view_, &PlotView::modeChanged, this, [this] {
        modeControl_->setCurrent(static_cast<int>(view_->mode()));
        if (view_->mode() != ViewMode::Zoomed)
            settings_.setValue(kFollowKey, view_->mode() == ViewMode::Follow);
    });
    view_->setMode(settings_.value(kFollowKey, false).toBool() ? ViewMode::Follow
                                                               : ViewMode::Whole);
    modeControl_->setCurrent(static_cast<int>(view_->mode()));
}

void RunPlots::buildSaveMenu()
{
    auto* menu = new QMenu(saveButton_);
    for (const auto& [text, kind] : {std::pair{tr("Picture (PNG)"), u"png"_s},
                                     {tr("Picture, twice the size (PNG)"), u"png2"_s},
                                     {tr("Drawing (SVG)"), u"svg"_s},
                                     {tr("All values (CSV)"), u"csv"_s}})
        connect(menu->addAction(text), &QAction::triggered, this, [this, k = kind] { save(k); });
    menu->addSeparator();
    connect(menu->addAction(tr("Copy picture")), &QAction::triggered, this,
            [this] { QApplication::clipboard()->setImage(plotImage(page(), 2.0)); });
    saveButton_->setMenu(menu);
}

PlotPage RunPlots::page() const
{
    PlotPage page{
        .title = QString::fromStdString(run_.row().name),
        .note = tr("Lyceum, %1").arg(QLocale().toString(QDate::currentDate(), QLocale::LongFormat)),
        .lane = lane_};
    for (LinePlot* plot : plots_)
        if (plot->isVisible())
            page.plots.append(plot);
    return page;
}

void RunPlots::save(const QString& kind)
{
    const QString suffix = kind == u"png2" ? u"png"_s : kind;
    const QString folder =
        settings_
            .value(kFolderKey, QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
            .toString();
    const QString wish = u"%1/%2.%3"_s.arg(folder, QString::fromStdString(run_.row().name), suffix);
    const QString path =
        QFileDialog::getSaveFileName(this, tr("Save plot"), wish, u"*."_s + suffix);
    if (path.isEmpty())
        return;
    settings_.setValue(kFolderKey, QFileInfo(path).absolutePath());
    const auto result = kind == u"svg"   ? saveSvg(page(), path)
                        : kind == u"csv" ? savePointsCsv(allPoints(), path)
                                         : savePng(page(), kind == u"png2" ? 2.0 : 1.0, path);
    if (result)
        emit saved(path);
    else
        emit saveFailed(QString::fromStdString(result.error().message),
                        QString::fromStdString(result.error().hint));
}

void RunPlots::setNarrow(bool isNarrow)
{
    axisControl_->setNarrow(isNarrow);
    perplexity_->setVisible(!isNarrow);
    rate_->setVisible(!isNarrow);
    loss_->setExplanation(
        isNarrow ? tr("nats per token, lower is better")
                 : tr("how wrong the next-token guesses are (nats per token, lower is better)"));
}

} // namespace lyceum::ui
