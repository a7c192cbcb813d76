#include "ui/panels/data/record_view.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/widgets/bubble.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QScrollArea>

#include <utility>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

Bubble::Side sideOf(const std::string& role)
{
    if (role == "user")
        return Bubble::Side::Asked;
    return role == "system" ? Bubble::Side::Setting : Bubble::Side::Answered;
}

QString whoOf(const std::string& role)
{
    if (role == "user")
        return RecordView::tr("Student");
    if (role == "system")
        return RecordView::tr("Instruction");
    return RecordView::tr("Tutor, this is learnt");
}

QString valueText(const QJsonValue& value)
{
    if (value.isString())
        return value.toString();
    if (value.isDouble())
        return QLocale().toString(value.toDouble());
    if (value.isBool())
        return value.toBool() ? RecordView::tr("yes") : RecordView::tr("no");
    const QJsonDocument document =
        value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
    return QString::fromUtf8(document.toJson(QJsonDocument::Compact));
}

} // namespace

RecordView::RecordView(QWidget* parent)
    : QWidget(parent)
    , title_(makeLabel({}, TextStyle::H2))
    , where_(makeLabel({}, TextStyle::Small, Role::Text3))
    , previous_(new Button({}, u"go-previous"_s, ButtonKind::Outlined, ButtonSize::Small))
    , next_(new Button({}, u"go-next"_s, ButtonKind::Outlined, ButtonSize::Small))
    , content_(new QWidget)
    , turns_(new QVBoxLayout(content_))
{
    auto* card = new Card;
    previous_->setSpokenName(tr("Previous record (K)"));
    next_->setSpokenName(tr("Next record (J)"));
    connect(previous_, &QPushButton::clicked, this, [this] { emit stepRequested(-1); });
    connect(next_, &QPushButton::clicked, this, [this] { emit stepRequested(1); });
    auto* head = new QHBoxLayout;
    head->setSpacing(space::k8);
    head->addWidget(title_);
    head->addStretch(1);
    head->addWidget(previous_);
    head->addWidget(next_);
    turns_->setContentsMargins({});
    turns_->setSpacing(space::k8);
    card->body()->addLayout(head);
    card->body()->addWidget(where_);
    card->body()->addWidget(makeScrollArea(content_), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
    showRecord(nullptr, -1, 0);
}

void RecordView::showRecord(const data::Record* record, int position, int count)
{
    clearTurns();
    previous_->setEnabled(record != nullptr && position > 0);
    next_->setEnabled(record != nullptr && position + 1 < count);
    if (record == nullptr) {
        title_->setText(tr("No record chosen"));
        where_->setText(tr("Choose a row to read it here."));
        return;
    }
    title_->setText(tr("Record %1").arg(format::count(position + 1)));
    where_->setText(
        tr("of %1 · line %2 of its file")
            .arg(format::count(count), format::count(static_cast<std::int64_t>(record->line))));
    addTurns(*record);
    addFacts(*record);
    turns_->addStretch(1);
}

void RecordView::clearTurns()
{
    while (auto* item = turns_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void RecordView::addTurns(const data::Record& record)
{
    if (record.messages.empty())
        turns_->addWidget(
            new Bubble(Bubble::Side::Answered, tr("Text, all of it is learnt"), toQt(record.text)));
    for (const auto& message : record.messages)
        turns_->addWidget(
            new Bubble(sideOf(message.role), whoOf(message.role), toQt(message.content)));
}

void RecordView::addFacts(const data::Record& record)
{
    const QJsonObject all =
        QJsonDocument::fromJson(QByteArray::fromStdString(record.extra_json)).object();
    const QStringList shown{u"messages"_s, u"text"_s, u"prompt"_s, u"completion"_s};
    bool isFirst = true;
    for (auto field = all.begin(); field != all.end(); ++field) {
        if (shown.contains(field.key()))
            continue;
        if (std::exchange(isFirst, false)) {
            turns_->addSpacing(space::k8);
            turns_->addWidget(makeLabel(tr("Also on this line"), TextStyle::Caption, Role::Text3));
        }
        auto* line = new QWidget;
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins({});
        row->addWidget(makeLabel(field.key(), TextStyle::Small, Role::Text2));
        auto* value = makeParagraph(valueText(field.value()), TextStyle::Small, Role::Text);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setAlignment(Qt::AlignRight);
        row->addWidget(value, 1);
        turns_->addWidget(line);
    }
}

} // namespace lyceum::ui
