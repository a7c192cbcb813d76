#include "ui/panels/try_it/settings_panel.h"

#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/widgets/button.h"
#include "ui/widgets/card.h"

#include <QDoubleSpinBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

#include <limits>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

void addField(QVBoxLayout* column, const QString& label, const QString& help, QWidget* editor)
{
    editor->setAccessibleName(label);
    editor->setAccessibleDescription(help);
    auto* words = makeLabel(label, TextStyle::Strong);
    words->setBuddy(editor);
    auto* group = new QVBoxLayout;
    group->setSpacing(space::k4);
    group->addWidget(words);
    group->addWidget(editor);
    group->addWidget(makeParagraph(help, TextStyle::Small, Role::Text3));
    column->addLayout(group);
}

QDoubleSpinBox* makeNumber(double minimum, double maximum, double step)
{
    auto* box = new QDoubleSpinBox;
    box->setRange(minimum, maximum);
    box->setSingleStep(step);
    box->setDecimals(2);
    return box;
}

QSpinBox* makeCount(int minimum, int maximum)
{
    auto* box = new QSpinBox;
    box->setRange(minimum, maximum);
    return box;
}

} // namespace

SettingsPanel::SettingsPanel(QWidget* parent)
    : QWidget(parent)
    , temperature_(makeNumber(0.0, 2.0, 0.1))
    , topP_(makeNumber(0.05, 1.0, 0.05))
    , topK_(makeCount(0, 1000))
    , minP_(makeNumber(0.0, 1.0, 0.05))
    , repetitionPenalty_(makeNumber(0.1, 2.0, 0.05))
    , maxNewTokens_(makeCount(1, 4096))
    , seed_(makeCount(0, std::numeric_limits<int>::max()))
    , system_(new QPlainTextEdit)
    , moreButton_(new Button({}, {}, ButtonKind::Link))
    , more_(makeMore())
{
    system_->setTabChangesFocus(true);
    system_->setPlaceholderText(tr("None"));
    auto* content = new QWidget;
    auto* fields = new QVBoxLayout(content);
    fields->setContentsMargins({0, 0, space::k12, 0});
    fields->setSpacing(space::k16);
    addField(fields, tr("Temperature"),
             tr("0 takes the likeliest word each time; higher dares more."), temperature_);
    addField(fields, tr("Top-p"), tr("Only the likeliest words that together reach this share."),
             topP_);
    addField(fields, tr("Most new tokens"), tr("An answer ends here at the latest."),
             maxNewTokens_);
    addField(fields, tr("Seed"), tr("The same seed draws the same answer."), seed_);
    addField(
        fields, tr("Instruction"),
        tr("Told to the model before the conversation. The starter tutor was trained without."),
        system_);
    fields->addWidget(moreButton_, 0, Qt::AlignLeft);
    fields->addWidget(more_);
    fields->addStretch(1);
    auto* card = new Card;
    card->setTitle(tr("Settings"), TextStyle::H3);
    card->body()->addWidget(makeScrollArea(content), 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
    setFixedWidth(296);
    showMore(false);
    connectAll();
}

QWidget* SettingsPanel::makeMore()
{
    auto* more = new QWidget;
    auto* fields = new QVBoxLayout(more);
    fields->setContentsMargins({});
    fields->setSpacing(space::k16);
    topK_->setSpecialValueText(tr("All words"));
    addField(fields, tr("Top-k"), tr("Only so many of the likeliest words."), topK_);
    addField(fields, tr("Min-p"), tr("Only words at least this share as likely as the likeliest."),
             minP_);
    addField(fields, tr("Repetition penalty"),
             tr("Above 1, words that were already said become less likely."), repetitionPenalty_);
    return more;
}

void SettingsPanel::showMore(bool show)
{
    more_->setVisible(show);
    moreButton_->setText(show ? tr("Fewer settings") : tr("More settings"));
}

void SettingsPanel::connectAll()
{
    connect(moreButton_, &QPushButton::clicked, this,
            [this] { showMore(!more_->isVisibleTo(this)); });
    for (auto* box : {temperature_, topP_, minP_, repetitionPenalty_})
        connect(box, &QDoubleSpinBox::valueChanged, this, &SettingsPanel::changed);
    for (auto* box : {topK_, maxNewTokens_, seed_})
        connect(box, &QSpinBox::valueChanged, this, &SettingsPanel::changed);
    connect(system_, &QPlainTextEdit::textChanged, this, &SettingsPanel::changed);
}

void SettingsPanel::setSettings(const ChatSettings& settings)
{
    const QSignalBlocker quiet(this);
    temperature_->setValue(settings.temperature);
    topP_->setValue(settings.topP);
    topK_->setValue(settings.topK);
    minP_->setValue(settings.minP);
    repetitionPenalty_->setValue(settings.repetitionPenalty);
    maxNewTokens_->setValue(settings.maxNewTokens);
    seed_->setValue(static_cast<int>(settings.seed));
    system_->setPlainText(settings.systemPrompt);
    const ChatSettings plain;
    // What differs from the usual is never hidden.
    if (topK_->value() != plain.topK || minP_->value() != plain.minP ||
        repetitionPenalty_->value() != plain.repetitionPenalty)
        showMore(true);
}

ChatSettings SettingsPanel::settings() const
{
    return {.temperature = temperature_->value(),
            .topP = topP_->value(),
            .topK = topK_->value(),
            .minP = minP_->value(),
            .repetitionPenalty = repetitionPenalty_->value(),
            .maxNewTokens = maxNewTokens_->value(),
            .seed = seed_->value(),
            .systemPrompt = system_->toPlainText()};
}

QString SettingsPanel::describe(const ChatSettings& settings)
{
    const QString most =
        counted(settings.maxNewTokens, tr("at most 1 new token"), tr("at most %1 new tokens"));
    if (settings.temperature <= 0)
        return tr("The likeliest word each time, %1").arg(most);
    return tr("Temperature %1, seed %2, %3")
        .arg(format::decimal(settings.temperature, 2), format::count(settings.seed), most);
}

} // namespace lyceum::ui
