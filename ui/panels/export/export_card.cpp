#include "ui/panels/export/export_card.h"

#include "ui/models/export_job.h"
#include "ui/models/format.h"
#include "ui/panels/export/export_result.h"
#include "ui/theme/theme.h"
#include "ui/widgets/button.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/pill.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;
using State = ExportJob::State;

namespace {

enum DtypeRole { NameRole = Qt::UserRole + 1, BytesRole };

constexpr int kIndent = measure::kIconSmall + space::k8; // under the word beside the box

QString sentence(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

} // namespace

ExportCard::ExportCard(const QString& format, ExportJob& job, QWidget* parent)
    : QWidget(parent)
    , format_(format)
    , words_(exportWords(format))
    , job_(job)
    , card_(new Card)
    , check_(new QCheckBox(words_.title))
    , pill_(new Pill)
    , dtype_(new QComboBox)
    , noteIcon_(new IconLabel(u"documentinfo"_s))
    , noteTitle_(makeParagraph({}, TextStyle::Small, Role::Text))
    , noteText_(makeParagraph({}, TextStyle::Small))
    , progress_(makeParagraph({}, TextStyle::Small))
{
    setObjectName(u"exportCard-"_s + format);
    card_->body()->addWidget(makeHead());
    note_ = makeNote();
    progressBox_ = makeProgress();
    card_->body()->addWidget(note_);
    card_->body()->addWidget(progressBox_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card_);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(check_, &QCheckBox::toggled, this, &ExportCard::refreshEnabled);
    connect(check_, &QCheckBox::clicked, this, &ExportCard::chosenChanged);
    connect(dtype_, &QComboBox::activated, this, [this] {
        if (job_.request().dtype != dtype())
            job_.reset();
        emit chosenChanged();
    });
    connect(&job_, &ExportJob::stateChanged, this, [this] {
        refresh();
        showResult();
    });
    connect(&job_, &ExportJob::progressChanged, this, &ExportCard::showProgress);
    setOffer(nullptr, {});
}

QWidget* ExportCard::makeHead()
{
    check_->setFont(Theme::instance().font(TextStyle::H3));
    check_->setAccessibleDescription(words_.purpose);
    check_->setObjectName(u"exportFormat-"_s + format_);
    dtype_->setAccessibleName(tr("Numbers of the %1").arg(words_.title));
    dtype_->setToolTip(tr("How exactly each weight is kept, and how large that is"));
    dtype_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::k8);
    top->addWidget(check_);
    top->addWidget(pill_);
    top->addStretch(1);
    top->addWidget(dtype_);
    auto* purpose = makeParagraph(words_.purpose, TextStyle::Small);
    purpose->setContentsMargins(kIndent, 0, 0, 0);
    auto* head = new QWidget;
    auto* column = new QVBoxLayout(head);
    column->setContentsMargins({});
    column->setSpacing(space::k2);
    column->addLayout(top);
    column->addWidget(purpose);
    return head;
}

QWidget* ExportCard::makeNote()
{
    auto* note = new QWidget;
    auto* words = new QVBoxLayout;
    words->setSpacing(space::k2);
    words->addWidget(noteTitle_);
    words->addWidget(noteText_);
    for (auto* label : {noteTitle_, noteText_})
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* row = new QHBoxLayout(note);
    row->setContentsMargins(0, space::k4, 0, 0);
    row->setSpacing(space::k8);
    row->addWidget(noteIcon_, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    return note;
}

QWidget* ExportCard::makeProgress()
{
    auto* busy = new QProgressBar;
    busy->setRange(0, 0);
    busy->setTextVisible(false);
    busy->setAccessibleName(tr("Exporting the %1").arg(words_.title));
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(kIndent, space::k4, 0, 0);
    column->setSpacing(space::k8);
    column->addWidget(progress_);
    column->addWidget(busy);
    return box;
}

void ExportCard::setOffer(const ExportOffers::Offer* offer, const QString& wanted)
{
    offer_ = offer != nullptr ? *offer : ExportOffers::Offer{};
    dtype_->clear();
    for (const auto& each : offer_.dtypes) {
        dtype_->addItem(dtypeWords(each.name) + u" · "_s + format::fileSize(each.sizeBytes));
        dtype_->setItemData(dtype_->count() - 1, each.name, NameRole);
        dtype_->setItemData(dtype_->count() - 1, each.sizeBytes, BytesRole);
    }
    for (const QString& name : {words_.dtype, wanted})
        if (const int row = dtype_->findData(name, NameRole); row >= 0)
            dtype_->setCurrentIndex(row);
    refresh();
}

void ExportCard::setChosen(bool isChosen)
{
    check_->setChecked(isChosen);
}

bool ExportCard::isChosen() const
{
    return check_->isChecked() && !offer_.dtypes.isEmpty();
}

QString ExportCard::dtype() const
{
    return dtype_->currentData(NameRole).toString();
}

quint64 ExportCard::sizeBytes() const
{
    return dtype_->currentData(BytesRole).toULongLong();
}

void ExportCard::setLocked(bool isLocked)
{
    isLocked_ = isLocked;
    refreshEnabled();
    if (result_ != nullptr) // the one that is written now stays in sight
        result_->setVisible(!isLocked);
}

void ExportCard::refreshEnabled()
{
    const bool isAvailable = !offer_.dtypes.isEmpty();
    check_->setEnabled(isAvailable && !isLocked_);
    dtype_->setVisible(isAvailable);
    dtype_->setEnabled(!isLocked_ && check_->isChecked());
}

void ExportCard::refresh()
{
    refreshEnabled();
    refreshPill();
    refreshNote();
    progressBox_->setVisible(job_.state() == State::Running);
    showProgress();
}

void ExportCard::refreshPill()
{
    const auto& outcome = job_.outcome();
    switch (job_.state()) {
    case State::Idle:
        break;
    case State::Waiting:
        pill_->set(tr("Waits for its turn"), Tone::Neutral, u"clock"_s);
        break;
    case State::Running:
        pill_->set(tr("Writing and verifying"), Tone::Info, u"clock"_s);
        break;
    case State::Done:
        if (!outcome.verified)
            pill_->set(tr("Written, not verified"), Tone::Fault, u"data-error"_s);
        else if (outcome.sameChoices < outcome.probeTokens)
            pill_->set(tr("Verified, with a note"), Tone::Good, u"dialog-ok-apply"_s);
        else
            pill_->set(tr("Verified"), Tone::Good, u"dialog-ok-apply"_s);
        break;
    case State::Failed:
        pill_->set(tr("Failed"), Tone::Fault, u"data-error"_s);
        break;
    case State::Cancelled:
        pill_->set(tr("Cancelled"), Tone::Neutral, u"dialog-cancel"_s);
        break;
    }
    pill_->setVisible(job_.state() != State::Idle);
}

void ExportCard::refreshNote()
{
    if (!offer_.problem.isEmpty()) {
        noteIcon_->setIcon(u"documentinfo"_s, Role::Text2);
        noteTitle_->setText(tr("Not available for this model: %1.").arg(offer_.problem));
        noteText_->setText(offer_.hint);
    } else if (job_.state() == State::Failed) {
        noteIcon_->setIcon(u"data-error"_s, Role::Fault);
        noteTitle_->setText(sentence(job_.message()));
        noteText_->setText(job_.hint());
    } else if (job_.state() == State::Cancelled) {
        noteIcon_->setIcon(u"documentinfo"_s, Role::Text2);
        noteTitle_->setText(tr("Nothing was written, and an earlier export is as it was."));
        noteText_->clear();
    } else {
        noteTitle_->clear();
    }
    noteText_->setVisible(!noteText_->text().isEmpty());
    note_->setVisible(!noteTitle_->text().isEmpty());
}

void ExportCard::showProgress()
{
    progress_->setText(job_.progress().isEmpty() ? tr("Starting the engine")
                                                 : sentence(job_.progress()));
}

void ExportCard::showResult()
{
    if (result_ != nullptr) {
        result_->hide();
        result_->deleteLater();
        result_ = nullptr;
    }
    if (job_.state() != State::Done)
        return;
    result_ = new ExportResult(job_, exportSnippets(format_, job_.request().folder, subject_.name,
                                                    subject_.baseModel, subject_.hasChatTemplate));
    card_->body()->addWidget(result_);
    result_->setVisible(!isLocked_);
}

} // namespace lyceum::ui
