#include "ui/panels/export/export_card.h"

#include "ui/models/convert.h"
#include "ui/models/export_job.h"
#include "ui/models/format.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/pill.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include <cmath>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

enum StatePage { ContentsState, ProgressState, ResultState };

/// "3.1 × 10⁻⁵"; exactly nothing is "0".
QString difference(double value)
{
    if (value == 0.0)
        return u"0"_s;
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
    return ExportCard::tr("%1 × 10%2")
        .arg(format::decimal(value / std::pow(10.0, exponent), 1), format::superscript(exponent));
}

void clearLayout(QLayout* layout)
{
    while (auto* item = layout->takeAt(0)) {
        if (item->widget() != nullptr)
            item->widget()->deleteLater();
        delete item;
    }
}

} // namespace

ExportCard::ExportCard(ExportJob& job, QWidget* parent)
    : QWidget(parent)
    , job_(job)
    , pill_(new Pill)
    , progress_(makeParagraph({}))
    , checks_(new QVBoxLayout)
    , path_(makeParagraph({}, TextStyle::Mono, Role::Text))
    , python_(makeParagraph({}, TextStyle::Mono, Role::Text))
{
    auto* card = new Card;
    auto* head = card->setTitle(tr("Hugging Face folder"));
    head->addWidget(pill_);
    card->body()->addWidget(
        makeLabel(tr("For Transformers, vLLM and other tools · float32, adapters merged"),
                  TextStyle::Small, Role::Text2));
    card->body()->addWidget(makeSeparator(Qt::Horizontal));
    pages_ = {makeContents(), makeProgress(), makeResult()};
    for (auto* page : pages_)
        card->body()->addWidget(page);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(&job_, &ExportJob::stateChanged, this, &ExportCard::refresh);
    connect(&job_, &ExportJob::progressChanged, this, &ExportCard::refresh);
    refresh();
}

QWidget* ExportCard::makeContents()
{
    const std::pair<QString, QString> files[] = {
        {u"model.safetensors"_s, tr("The weights, with what was learnt merged in")},
        {u"config.json"_s, tr("The shape of the model")},
        {u"tokenizer.json"_s, tr("How text becomes tokens")},
        {u"tokenizer_config.json"_s, tr("Special tokens and the chat template")},
        {u"generation_config.json"_s, tr("Where an answer stops")},
        {u"README.md"_s, tr("The model card: what it is, what it learnt from, its licence")},
    };
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins({});
    column->setSpacing(space::k8);
    for (const auto& [name, text] : files) {
        auto* row = new QHBoxLayout;
        auto* file = makeLabel(name, TextStyle::Mono, Role::Text);
        file->setMinimumWidth(200);
        row->addWidget(file);
        row->addWidget(makeParagraph(text, TextStyle::Small), 1);
        column->addLayout(row);
    }
    column->addWidget(makeParagraph(
        tr("After writing, the folder is read back and its answers are compared with the model "
           "that was trained."),
        TextStyle::Small));
    return page;
}

QWidget* ExportCard::makeProgress()
{
    auto* busy = new QProgressBar;
    busy->setRange(0, 0);
    busy->setTextVisible(false);
    busy->setAccessibleName(tr("Exporting"));
    auto* cancel = new Button(tr("Cancel"), u"dialog-cancel"_s);
    connect(cancel, &QPushButton::clicked, &job_, &ExportJob::cancel);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins({});
    column->setSpacing(space::k12);
    column->addWidget(progress_);
    column->addWidget(busy);
    column->addWidget(cancel, 0, Qt::AlignLeft);
    column->addStretch(1);
    return page;
}

QWidget* ExportCard::makeResult()
{
    const auto copyButton = [this](const QString& text, auto what) {
        auto* button = new Button(text, u"edit-copy"_s, ButtonKind::Outlined, ButtonSize::Small);
        connect(button, &QPushButton::clicked, this,
                [what] { QGuiApplication::clipboard()->setText(what()); });
        return button;
    };
    checks_->setSpacing(space::k8);
    for (auto* label : {path_, python_})
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* box = new Card(CardKind::Sunken);
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(tr("Load it in Python"), TextStyle::Strong));
    head->addStretch(1);
    head->addWidget(copyButton(tr("Copy"), [this] { return pythonLines(); }));
    box->body()->addLayout(head);
    box->body()->addWidget(python_);
    auto* place = new QHBoxLayout;
    place->addWidget(path_, 1);
    place->addWidget(copyButton(tr("Copy path"), [this] { return job_.folder(); }));
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins({});
    column->setSpacing(space::k12);
    column->addLayout(checks_);
    column->addWidget(makeSeparator(Qt::Horizontal));
    column->addLayout(place);
    column->addWidget(box);
    column->addStretch(1);
    return page;
}

QString ExportCard::pythonLines() const
{
    return u"from transformers import pipeline\n"
           "tutor = pipeline(\"text-generation\", model=\"%1\")"_s.arg(job_.folder());
}

void ExportCard::refresh()
{
    refreshPill();
    switch (job_.state()) {
    case ExportJob::State::Running:
        progress_->setText(job_.progress().isEmpty() ? tr("Starting the engine") : job_.progress());
        showPage(ProgressState);
        break;
    case ExportJob::State::Done:
        showResult();
        showPage(ResultState);
        break;
    case ExportJob::State::Idle:
    case ExportJob::State::Failed:
    case ExportJob::State::Cancelled:
        showPage(ContentsState);
        break;
    }
}

void ExportCard::showPage(int shown)
{
    for (int page = 0; page < static_cast<int>(pages_.size()); ++page)
        pages_[static_cast<std::size_t>(page)]->setVisible(page == shown);
}

void ExportCard::refreshPill()
{
    switch (job_.state()) {
    case ExportJob::State::Idle:
        pill_->set({}, Tone::Neutral);
        break;
    case ExportJob::State::Running:
        pill_->set(tr("Writing and verifying"), Tone::Info, u"clock"_s);
        break;
    case ExportJob::State::Done:
        if (job_.outcome().verified)
            pill_->set(tr("Verified"), Tone::Good, u"dialog-ok-apply"_s);
        else
            pill_->set(tr("Written, not verified"), Tone::Fault, u"data-error"_s);
        break;
    case ExportJob::State::Failed:
        pill_->set(tr("Failed"), Tone::Fault, u"data-error"_s);
        break;
    case ExportJob::State::Cancelled:
        pill_->set(tr("Cancelled"), Tone::Neutral, u"dialog-cancel"_s);
        break;
    }
    pill_->setVisible(job_.state() != ExportJob::State::Idle);
}

void ExportCard::addCheck(const QString& iconName, Role role, const QString& text,
                          const QString& value)
{
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins({});
    row->setSpacing(space::k8);
    row->addWidget(new IconLabel(iconName, role));
    row->addWidget(makeParagraph(text, TextStyle::Body, Role::Text), 1);
    row->addWidget(makeLabel(value, TextStyle::Strong));
    checks_->addWidget(line);
}

void ExportCard::showResult()
{
    clearLayout(checks_);
    const auto& outcome = job_.outcome();
    const bool isRight = outcome.verified;
    addCheck(isRight ? u"dialog-ok-apply"_s : u"data-error"_s, isRight ? Role::Good : Role::Fault,
             tr("Read back and compared with the trained model: largest difference"),
             outcome.maxDifference ? difference(*outcome.maxDifference) : format::unknown());
    quint64 bytes = 0;
    for (const auto& file : outcome.files) {
        bytes += static_cast<quint64>(file.size);
        addCheck(u"dialog-ok-apply"_s, Role::Good, QFileInfo(file.path).fileName(),
                 format::fileSize(static_cast<quint64>(file.size)));
    }
    addCheck(u"documentinfo"_s, Role::Text2,
             tr("%1, written in %2")
                 .arg(counted(outcome.files.size(), tr("1 file"), tr("%1 files")),
                      format::duration(job_.seconds())),
             format::fileSize(bytes));
    path_->setText(job_.folder());
    python_->setText(pythonLines());
}

} // namespace lyceum::ui
