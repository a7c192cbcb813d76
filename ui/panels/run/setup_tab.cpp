#include "ui/panels/run/setup_tab.h"

#include "ui/models/resume_proof.h"
#include "ui/models/run_model.h"
#include "ui/panels/run/tracker_list.h"
#include "ui/widgets/button.h"
#include "ui/widgets/message_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMostBytes = 1 << 20;

/// The file's text, or a sentence on why it is not here.
QString readText(const std::filesystem::path& path)
{
    const QString name = QString::fromStdString(path.string());
    QFile file(name);
    if (!file.exists())
        return SetupTab::tr("%1 is not there yet; the engine writes it when it starts.").arg(name);
    if (!file.open(QIODevice::ReadOnly))
        return SetupTab::tr("%1 cannot be read: %2.").arg(name, file.errorString());
    return QString::fromUtf8(file.read(kMostBytes));
}

Card* textCard(const QString& title, QPlainTextEdit* text)
{
    text->setReadOnly(true);
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setProperty("mono", u"true"_s);
    text->setAccessibleName(title);
    auto* card = new Card;
    auto* copy =
        new Button(SetupTab::tr("Copy"), u"edit-copy"_s, ButtonKind::Outlined, ButtonSize::Small);
    copy->setAccessibleName(SetupTab::tr("Copy %1").arg(title));
    QObject::connect(copy, &QPushButton::clicked, text,
                     [text] { QApplication::clipboard()->setText(text->toPlainText()); });
    card->setTitle(title, TextStyle::H3)->addWidget(copy);
    card->body()->addWidget(text, 1);
    return card;
}

} // namespace

SetupTab::SetupTab(RunModel& run, const std::filesystem::path& workspace, QWidget* parent)
    : QWidget(parent)
    , run_(run)
    , proof_(new ResumeProof(workspace, this))
    , proofBar_(new MessageBar)
    , prove_(new Button(tr("Prove that resuming is exact"), u"dialog-ok-apply"_s))
    , yaml_(new QPlainTextEdit)
    , environment_(new QPlainTextEdit)
    , folder_(makeLabel({}, TextStyle::Small, Role::Text2))
    , trackers_(new TrackerList)
{
    folder_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kCardGap);
    row->addWidget(textCard(tr("Settings, as resolved (run.yaml)"), yaml_), 1);
    row->addWidget(textCard(tr("Environment and hashes (environment.json)"), environment_), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(space::k8);
    auto* top = new QHBoxLayout;
    top->addWidget(folder_, 1);
    top->addWidget(prove_);
    column->addLayout(top);
    column->addWidget(proofBar_);
    column->addWidget(trackers_);
    column->addLayout(row, 1);
    prove_->setToolTip(tr("Trains 20 steps with these settings twice, once killed and resumed, in "
                          "a temporary folder, and compares every bit."));
    connect(prove_, &QPushButton::clicked, this, [this] {
        if (run_.isValid())
            proof_->start(run_.row().folder);
    });
    connect(proof_, &ResumeProof::changed, this, &SetupTab::showProof);
    connect(proofBar_, &MessageBar::actionTriggered, proof_, &ResumeProof::cancel);
}

void SetupTab::showProof()
{
    using enum ResumeProof::State;
    const auto state = proof_->state();
    prove_->setEnabled(state != Running);
    if (state == Idle) {
        proofBar_->clear();
        return;
    }
    const bool isRunning = state == Running;
    proofBar_->showMessage(
        {.tone = isRunning        ? Tone::Info
                 : state == Exact ? Tone::Good
                                  : Tone::Fault,
         .title = isRunning ? tr("Proving that resuming is exact") : proof_->text(),
         .text = isRunning ? proof_->text() : proof_->hint(),
         .action = isRunning ? tr("Cancel") : QString(),
         .isClosable = !isRunning});
}

void SetupTab::reload()
{
    if (!run_.isValid())
        return;
    const auto& folder = run_.row().folder;
    folder_->setText(
        tr("Everything of this run is in %1").arg(QString::fromStdString(folder.string())));
    const auto show = [](QPlainTextEdit* edit, const QString& text) {
        if (edit->toPlainText() != text)
            edit->setPlainText(text);
    };
    trackers_->reload(run_.row());
    show(yaml_, readText(folder / "run.yaml"));
    show(environment_, readText(folder / "environment.json"));
}

} // namespace lyceum::ui
