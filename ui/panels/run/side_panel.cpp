#include "ui/panels/run/side_panel.h"

#include "ui/models/format.h"
#include "ui/models/run_model.h"
#include "ui/models/session.h"
#include "ui/widgets/button.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/pill.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>
#include <ranges>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMostShown = 200;

struct EventLook {
    QString iconName;
    Role role = Role::Text2;
};

EventLook lookOf(const std::string& kind)
{
    if (kind == "fault")
        return {u"data-error"_s, Role::Fault};
    if (kind == "warning")
        return {u"data-warning"_s, Role::Caution};
    if (kind == "best")
        return {u"dialog-ok-apply"_s, Role::Good};
    if (kind == "checkpoint")
        return {u"document-save"_s, Role::Text2};
    if (kind == "validation")
        return {u"office-chart-line"_s, Role::Text2};
    if (kind == "command" || kind == "resumed")
        return {u"user-identity"_s, Role::Accent};
    if (kind == "finished")
        return {u"dialog-ok-apply"_s, Role::Good};
    if (kind == "stopped")
        return {u"media-playback-stop"_s, Role::Text2};
    return {u"media-playback-start"_s, Role::Text2};
}

void clear(QVBoxLayout* column)
{
    while (auto* item = column->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

QWidget* eventRow(const store::Event& event)
{
    auto* widget = new QWidget;
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, space::k4, 0, space::k4);
    row->setSpacing(space::k8);
    const EventLook look = lookOf(event.kind);
    auto* step = makeLabel(format::count(event.step), TextStyle::Small, Role::Text3);
    step->setMinimumWidth(QFontMetrics(step->font()).horizontalAdvance(u"10,000"_s));
    step->setToolTip(format::clockWithSeconds(event.time));
    row->addWidget(new IconLabel(look.iconName, look.role), 0, Qt::AlignTop);
    row->addWidget(step, 0, Qt::AlignTop);
    row->addWidget(makeParagraph(QString::fromStdString(event.text), TextStyle::Small, Role::Text),
                   1);
    return widget;
}

QWidget* sampleCard(const store::Sample& sample, bool isBest)
{
    auto* card = new Card(CardKind::Sunken);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::k8);
    head->addWidget(makeLabel(SidePanel::tr("Step %1").arg(format::count(sample.step)),
                              TextStyle::Strong, Role::Text));
    if (isBest)
        head->addWidget(new Pill(SidePanel::tr("best"), Tone::Good));
    head->addStretch(1);
    if (sample.step == 0)
        head->addWidget(makeLabel(SidePanel::tr("base model"), TextStyle::Caption, Role::Text3));
    card->body()->addLayout(head);
    const QString text = QString::fromStdString(sample.text).trimmed();
    auto* answer = makeParagraph(text.isEmpty() ? SidePanel::tr("(an empty answer)") : text,
                                 TextStyle::Small, Role::Text2);
    answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    card->body()->addWidget(answer);
    return card;
}

QWidget* scrolledColumn(QVBoxLayout*& column)
{
    auto* content = new QWidget;
    auto* outer = new QVBoxLayout(content);
    outer->setContentsMargins(0, 0, space::k4, 0);
    column = new QVBoxLayout;
    column->setSpacing(space::k8);
    outer->addLayout(column);
    outer->addStretch(1);
    return makeScrollArea(content);
}

} // namespace

SidePanel::SidePanel(RunModel& run, QWidget* parent)
    : QFrame(parent)
    , run_(run)
    , tabs_(new QTabBar)
    , pages_(new QStackedWidget)
    , samplePages_(new QStackedWidget)
    , eventPages_(new QStackedWidget)
    , noSamples_(new EmptyState(u"dialog-messages"_s, tr("No answers yet"), {}))
    , promptRow_(new QWidget)
    , prompt_(makeParagraph({}, TextStyle::Strong, Role::Text))
    , promptPlace_(makeLabel({}, TextStyle::Caption, Role::Text3))
{
    setProperty("card", u"true"_s);
    setMinimumWidth(240);
    tabs_->addTab(tr("Samples"));
    tabs_->addTab(tr("Events"));
    tabs_->setExpanding(false);
    tabs_->setAccessibleName(tr("Beside the plots"));
    connect(tabs_, &QTabBar::currentChanged, pages_, &QStackedWidget::setCurrentIndex);

    buildPages();
    pages_->addWidget(samplePages_);
    pages_->addWidget(eventPages_);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::k16, space::k8, space::k12, space::k12);
    column->setSpacing(space::k8);
    column->addWidget(tabs_);
    column->addWidget(pages_, 1);
    connect(&run_, &RunModel::samplesChanged, this, &SidePanel::rebuildSamples);
    connect(&run_, &RunModel::checkpointsChanged, this, &SidePanel::rebuildSamples);
    connect(&run_, &RunModel::eventsChanged, this, &SidePanel::rebuildEvents);
    connect(&run_, &RunModel::restarted, this, [this] {
        promptIndex_ = 0;
        rebuildSamples();
        rebuildEvents();
    });
    connect(&run_, &RunModel::rowChanged, this, [this] {
        noSamples_->setTexts(
            tr("No answers yet"),
            isActive(run_.row().status)
                ? tr("The model answers the run's sample questions every few steps.")
                : tr("This run asked no sample questions. They are set under samples in its "
                     "settings."));
    });
    rebuildSamples();
    rebuildEvents();
}

void SidePanel::buildPages()
{
    auto* previous = new Button({}, u"go-previous-symbolic"_s, ButtonKind::Link, ButtonSize::Small);
    auto* next = new Button({}, u"go-next-symbolic"_s, ButtonKind::Link, ButtonSize::Small);
    previous->setSpokenName(tr("Previous question"));
    next->setSpokenName(tr("Next question"));
    connect(previous, &QPushButton::clicked, this, [this] { choosePrompt(-1); });
    connect(next, &QPushButton::clicked, this, [this] { choosePrompt(1); });
    auto* promptLayout = new QHBoxLayout(promptRow_);
    promptLayout->setContentsMargins({});
    promptLayout->addWidget(prompt_, 1);
    promptLayout->addWidget(previous);
    promptLayout->addWidget(promptPlace_);
    promptLayout->addWidget(next);

    auto* samples = new QWidget;
    auto* samplesLayout = new QVBoxLayout(samples);
    samplesLayout->setContentsMargins({});
    samplesLayout->setSpacing(space::k8);
    samplesLayout->addWidget(promptRow_);
    samplesLayout->addWidget(scrolledColumn(sampleColumn_), 1);
    samplePages_->addWidget(noSamples_);
    samplePages_->addWidget(samples);
    eventPages_->addWidget(new EmptyState(u"view-calendar-list"_s, tr("Nothing happened yet"),
                                          tr("Checkpoints, checks and faults appear here.")));
    eventPages_->addWidget(scrolledColumn(eventColumn_));
    eventColumn_->setSpacing(0);
}

void SidePanel::choosePrompt(int offset)
{
    promptIndex_ += offset;
    rebuildSamples();
}

void SidePanel::rebuildSamples()
{
    std::vector<std::string> prompts;
    for (const auto& sample : run_.samples())
        if (std::ranges::find(prompts, sample.prompt) == prompts.end())
            prompts.push_back(sample.prompt);
    samplePages_->setCurrentIndex(prompts.empty() ? 0 : 1);
    clear(sampleColumn_);
    if (prompts.empty())
        return;
    const int count = static_cast<int>(prompts.size());
    promptIndex_ = (promptIndex_ % count + count) % count;
    const auto& prompt = prompts[static_cast<std::size_t>(promptIndex_)];
    prompt_->setText(QString::fromStdString(prompt));
    promptPlace_->setText(tr("%1 of %2").arg(promptIndex_ + 1).arg(count));
    for (auto* button : promptRow_->findChildren<Button*>())
        button->setVisible(count > 1);
    promptPlace_->setVisible(count > 1);
    const auto best = run_.bestCheckpoint();
    int shown = 0;
    for (const auto& sample : run_.samples() | std::views::reverse) {
        if (sample.prompt != prompt || ++shown > kMostShown)
            continue;
        sampleColumn_->addWidget(sampleCard(sample, best && best->step == sample.step));
    }
}

void SidePanel::rebuildEvents()
{
    const auto& events = run_.events();
    tabs_->setTabText(1, events.empty() ? tr("Events") : tr("Events %1").arg(events.size()));
    eventPages_->setCurrentIndex(events.empty() ? 0 : 1);
    clear(eventColumn_);
    int shown = 0;
    for (const auto& event : events | std::views::reverse)
        if (++shown <= kMostShown)
            eventColumn_->addWidget(eventRow(event));
}

} // namespace lyceum::ui
