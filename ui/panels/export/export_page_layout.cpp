// How the Export page is built; what it does is in export_page.cpp.
#include "core/base/paths.h"
#include "ui/models/convert.h"
#include "ui/models/export_offers.h"
#include "ui/models/export_queue.h"
#include "ui/panels/export/export_card.h"
#include "ui/panels/export/export_page.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_label.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/page_header.h"
#include "ui/widgets/teardown.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

ExportPage::ExportPage(Context& context, QWidget* parent)
    : Place(parent)
    , context_(context)
    , queue_(new ExportQueue(toQt(program_path("lyceum-engine")), toQt(context.session.workspace()),
                             exportFormats(), this))
    , offers_(new ExportOffers(toQt(program_path("lyceum-engine")),
                               toQt(context.session.workspace()), this))
    , choices_(new ModelChoiceModel(ModelChoiceModel::Show::TrainedOnly, this))
    , header_(new PageHeader(tr("Export")))
    , start_(new Button(tr("Export"), u"document-export"_s, ButtonKind::Filled))
    , cancel_(new Button(tr("Cancel"), u"dialog-cancel"_s))
    , open_(new Button(tr("Open folder"), u"folder-open"_s, ButtonKind::Filled))
    , message_(new MessageBar)
    , states_(new QStackedWidget)
    , choice_(new QComboBox)
    , facts_(makeParagraph({}, TextStyle::Small))
    , folder_(new QLineEdit)
    , browse_(new Button(tr("Choose"), u"folder-open"_s))
    , roomIcon_(new IconLabel(u"documentinfo"_s))
    , room_(makeParagraph({}, TextStyle::Small))
{
    setObjectName(u"exportPage"_s);
    const QStringList chosen =
        context_.settings.value(u"export/formats"_s, QStringList{u"hf"_s}).toStringList();
    for (auto* job : queue_->jobs()) {
        cards_.append(new ExportCard(job->objectName(), *job));
        cards_.last()->setChosen(chosen.contains(job->objectName()));
    }
    makeHeader();
    states_->addWidget(makeScrollArea(makeContent()));
    states_->addWidget(makeNothingYet());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::kPageMargin, space::k16, space::kPageMargin, space::k16);
    column->setSpacing(space::kCardGap);
    column->addWidget(header_);
    column->addWidget(message_);
    column->addWidget(states_, 1);
    connectAll();
    refresh();
}

ExportPage::~ExportPage()
{
    deleteWidgets(*this);
}

void ExportPage::makeHeader()
{
    start_->setObjectName(u"startExport"_s);
    cancel_->setObjectName(u"cancelExport"_s);
    header_->addButton(cancel_);
    header_->addButton(start_);
    header_->addButton(open_);
}

QWidget* ExportPage::makeContent()
{
    auto* left = new QVBoxLayout;
    left->setSpacing(space::kCardGap);
    left->addWidget(makeChoice());
    left->addWidget(makeLabel(tr("Formats"), TextStyle::Caption, Role::Text2));
    for (auto* card : cards_)
        left->addWidget(card);
    left->addStretch(1);
    auto* content = new QWidget;
    auto* row = new QHBoxLayout(content);
    row->setContentsMargins({});
    row->setSpacing(space::kCardGap);
    row->addLayout(left, 5);
    row->addWidget(makeTravels(), 3, Qt::AlignTop);
    return content;
}

QWidget* ExportPage::makeChoice()
{
    choice_->setModel(choices_);
    choice_->setObjectName(u"exportChoice"_s);
    choice_->setAccessibleName(tr("Model to export"));
    folder_->setObjectName(u"exportFolder"_s);
    folder_->setAccessibleName(tr("Folder to write"));
    browse_->setAccessibleName(tr("Choose the folder"));
    connect(browse_, &QPushButton::clicked, this, &ExportPage::chooseFolder);
    auto* place = new QHBoxLayout;
    place->setSpacing(space::k8);
    place->addWidget(folder_, 1);
    place->addWidget(browse_);
    auto* room = new QHBoxLayout;
    room->setSpacing(space::k8);
    room->addWidget(roomIcon_, 0, Qt::AlignTop);
    room->addWidget(room_, 1);
    auto* card = new Card;
    card->setTitle(tr("What to hand over"));
    card->body()->addWidget(choice_);
    card->body()->addWidget(facts_);
    card->body()->addWidget(makeLabel(tr("Folder"), TextStyle::Strong));
    card->body()->addLayout(place);
    card->body()->addLayout(room);
    card->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return card;
}

QWidget* ExportPage::makeTravels()
{
    const std::pair<QString, QString> lines[] = {
        {tr("Model card"), tr("What it is, what it learnt from, how it was checked: README.md.")},
        {tr("How it was made"),
         tr("The run's settings, seed and versions, and a hash of every file.")},
        {tr("Tokenizer and chat template"),
         tr("It reads and answers elsewhere as it does here. An adapter takes its base model's.")},
        {tr("Licences"), tr("The base model's licence and your data's hold for the export, too.")},
    };
    auto* card = new Card;
    card->setTitle(tr("Travels with the model"));
    for (const auto& [title, text] : lines) {
        auto* words = new QVBoxLayout;
        words->setSpacing(space::k2);
        words->addWidget(makeLabel(title, TextStyle::Strong));
        words->addWidget(makeParagraph(text, TextStyle::Small));
        auto* row = new QHBoxLayout;
        row->setSpacing(space::k12);
        row->addWidget(new IconLabel(u"dialog-ok-apply"_s, Role::Good), 0, Qt::AlignTop);
        row->addLayout(words, 1);
        card->body()->addLayout(row);
    }
    card->body()->addWidget(makeSeparator(Qt::Horizontal));
    card->body()->addWidget(makeParagraph(
        tr("An export is a copy: training on, or deleting the run, does not change it. After "
           "writing, each is read back from the disk and its answers are compared with the model "
           "that was trained; only then does it get its name."),
        TextStyle::Small));
    return card;
}

QWidget* ExportPage::makeNothingYet()
{
    auto* nothing =
        new EmptyState(u"document-export"_s, tr("Nothing to export yet"),
                       tr("A run can be exported as soon as it has saved its first checkpoint."));
    connect(nothing->addAction(tr("Set up a run"), u"list-add"_s, true), &QPushButton::clicked,
            this, [this] { context_.navigator.go({.place = PlaceId::NewRun}); });
    return nothing;
}

} // namespace lyceum::ui
