#include "ui/shell/status_strip.h"

#include "core/base/paths.h"
#include "ui/models/format.h"
#include "ui/models/machine.h"
#include "ui/models/run_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/styled.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QTimer>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMachineIntervalMs = 5000;

/// A button made of the widgets laid out in it.
class LineButton final : public QAbstractButton {
public:
    explicit LineButton(QWidget* parent) : QAbstractButton(parent)
    {
        setFocusPolicy(Qt::StrongFocus);
        setCursor(Qt::PointingHandCursor);
    }
    [[nodiscard]] QSize sizeHint() const override { return layout()->sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override {}
};

} // namespace

StatusStrip::StatusStrip(Session& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , runButton_(new LineButton(this))
    , runIcon_(new IconLabel(u"media-playback-start"_s, Role::Good))
    , name_(makeLabel({}, TextStyle::Small, Role::Text))
    , bar_(new QProgressBar)
    , progress_(makeLabel({}, TextStyle::Small, Role::Text2))
    , more_(makeLabel({}, TextStyle::Small, Role::Text3))
    , safe_(new QWidget)
    , idle_(makeLabel(tr("Nothing is training."), TextStyle::Small, Role::Text2))
    , machine_(makeLabel({}, TextStyle::Small, Role::Text2))
{
    auto* runRow = new QHBoxLayout(runButton_);
    runRow->setContentsMargins({});
    runRow->setSpacing(space::k12);
    bar_->setTextVisible(false);
    bar_->setFixedWidth(120);
    bar_->setAccessibleName(tr("Progress of the run"));
    for (QWidget* part : {static_cast<QWidget*>(runIcon_), static_cast<QWidget*>(name_),
                          static_cast<QWidget*>(bar_), static_cast<QWidget*>(progress_),
                          static_cast<QWidget*>(more_)})
        runRow->addWidget(part);

    auto* safeRow = new QHBoxLayout(safe_);
    safeRow->setContentsMargins({});
    safeRow->setSpacing(space::k8);
    safeRow->addWidget(new IconLabel(u"security-high"_s, Role::Good));
    safeRow->addWidget(makeLabel(tr("Safe to close: training carries on without this window"),
                                 TextStyle::Small, Role::Text2));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::k16, space::k4, space::k16, space::k4);
    row->setSpacing(space::k24);
    row->addWidget(runButton_);
    row->addWidget(idle_);
    row->addStretch(1);
    row->addWidget(safe_);
    row->addStretch(1);
    row->addWidget(machine_);
    setMinimumHeight(measure::kControl + space::k4);
    setAccessibleName(tr("Status"));

    connect(runButton_, &QAbstractButton::clicked, this, [this] { emit runClicked(runName_); });
    connect(&session_, &Session::runsChanged, this, &StatusStrip::refreshRun);
    auto* timer = new QTimer(this);
    connect(timer, &QTimer::timeout, this, &StatusStrip::refreshMachine);
    timer->start(kMachineIntervalMs);
    refreshRun();
    refreshMachine();
}

QString StatusStrip::progressText(const store::RunRow& run) const
{
    if (run.total_steps <= 0 || run.step <= 0)
        return words::phaseWord(run);
    QString text = tr("step %1 of %2").arg(format::count(run.step), format::count(run.total_steps));
    if (const auto left = session_.secondsLeft(run))
        text += u" · "_s + tr("%1 left").arg(format::duration(*left));
    return text;
}

void StatusStrip::refreshRun()
{
    const auto* run = session_.activeRun();
    const int others = session_.activeCount() - 1;
    runButton_->setVisible(run != nullptr);
    safe_->setVisible(run != nullptr);
    idle_->setVisible(run == nullptr);
    if (!run)
        return;
    runName_ = QString::fromStdString(run->name);
    name_->setText(runName_);
    bar_->setRange(0, run->total_steps > 0 ? static_cast<int>(run->total_steps) : 0);
    bar_->setValue(static_cast<int>(run->step));
    progress_->setText(progressText(*run));
    more_->setText(others > 0 ? u"+%1"_s.arg(others) : QString());
    more_->setVisible(others > 0);
    runButton_->setAccessibleName(tr("Open %1, %2").arg(runName_, progress_->text()));
}

void StatusStrip::refreshMachine()
{
    QStringList parts;
    if (const auto memory = machineMemory()) {
        const auto used = static_cast<double>(memory->totalBytes - memory->availableBytes);
        constexpr double kGibi = 1024.0 * 1024.0 * 1024.0;
        parts << tr("Memory %1 / %2")
                     .arg(format::decimal(used / kGibi, 1),
                          format::memory(static_cast<double>(memory->totalBytes)));
    }
    if (const auto disk = free_disk_bytes(session_.workspace()))
        parts << tr("%1 free").arg(format::fileSize(disk.value()));
    machine_->setText(parts.join(u"    "_s));
}

void StatusStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), tokens().rail);
    painter.fillRect(QRect(0, 0, width(), 1), tokens().border);
}

} // namespace lyceum::ui
