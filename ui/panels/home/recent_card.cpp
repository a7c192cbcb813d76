#include "ui/panels/home/recent_card.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/run_facts.h"
#include "ui/models/run_words.h"
#include "ui/models/session.h"
#include "ui/panels/home/run_pill.h"
#include "ui/widgets/button.h"
#include "ui/widgets/pill.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t kMostLines = 5;
constexpr int kPillWidth = 128;
constexpr int kTimeWidth = 104;

QString lossText(const store::RunRow& run)
{
    const bool isExplained =
        run.status == store::RunStatus::Failed || run.status == store::RunStatus::Lost;
    return run.best_val_loss && !isExplained
               ? RecentCard::tr("validation loss %1").arg(format::loss(run.best_val_loss))
               : QString();
}

/// Everything a line shows.
QString signature(const store::RunRow& run)
{
    return QStringList{toQt(run.name), words::stateLook(run).word, facts::detail(run),
                       lossText(run), format::clock(run.created_at)}
        .join(u'\n');
}

} // namespace

RecentCard::RecentCard(QWidget* parent) : QWidget(parent), card_(new Card)
{
    auto* head = card_->setTitle(tr("Recent"));
    auto* all = new Button(tr("All runs"), {}, ButtonKind::Link, ButtonSize::Small);
    connect(all, &QPushButton::clicked, this, &RecentCard::allRequested);
    head->addWidget(all);
    card_->body()->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card_);
}

void RecentCard::showRuns(const std::vector<store::RunRow>& runs)
{
    QString now;
    for (std::size_t i = 0; i < runs.size() && i < kMostLines; ++i)
        now += signature(runs[i]) + u'\f';
    if (now == shown_ && lines_ != nullptr)
        return;
    shown_ = now;
    delete lines_;
    lines_ = new QWidget;
    auto* column = new QVBoxLayout(lines_);
    column->setContentsMargins({});
    column->setSpacing(space::k8);
    for (std::size_t i = 0; i < runs.size() && i < kMostLines; ++i) {
        if (i > 0)
            column->addWidget(makeSeparator(Qt::Horizontal));
        column->addWidget(makeLine(runs[i]));
    }
    card_->body()->insertWidget(1, lines_);
}

QWidget* RecentCard::makeLine(const store::RunRow& run)
{
    const QString name = toQt(run.name);
    auto* line = new QWidget;
    auto* words = new QVBoxLayout;
    words->setSpacing(space::k2);
    words->addWidget(makeLabel(name, TextStyle::Strong));
    const QString loss = lossText(run);
    auto* detail = makeParagraph(
        loss.isEmpty() ? facts::detail(run) : facts::detail(run) + u" · "_s + loss,
        TextStyle::Small, run.status == store::RunStatus::Failed ? Role::Fault : Role::Text2);
    words->addWidget(detail);
    auto* pill = new Pill;
    showState(*pill, run);
    auto* pillBox = new QHBoxLayout;
    pillBox->addWidget(pill);
    pillBox->addStretch(1);
    auto* pillHolder = new QWidget;
    pillBox->setContentsMargins({});
    pillHolder->setLayout(pillBox);
    pillHolder->setFixedWidth(kPillWidth);
    auto* time = makeLabel(format::clock(run.created_at), TextStyle::Small, Role::Text2);
    time->setFixedWidth(kTimeWidth);
    time->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins({});
    row->setSpacing(space::k12);
    row->addWidget(pillHolder);
    row->addLayout(words, 1);
    row->addWidget(time);
    const auto add = [&](const QString& text, auto signal) {
        auto* button = new Button(text, {}, ButtonKind::Outlined, ButtonSize::Small);
        button->setAccessibleName(u"%1 %2"_s.arg(text, name));
        connect(button, &QPushButton::clicked, this,
                [this, signal, name] { emit(this->*signal)(name); });
        row->addWidget(button);
    };
    if (canResume(run.status))
        add(tr("Resume"), &RecentCard::resumeRequested);
    else if (run.status == store::RunStatus::Finished)
        add(tr("Try it"), &RecentCard::tryRequested);
    add(tr("Open"), &RecentCard::openRequested);
    return line;
}

} // namespace lyceum::ui
