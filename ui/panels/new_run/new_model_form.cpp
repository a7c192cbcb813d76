#include "ui/panels/new_run/new_model_form.h"

#include "core/models/new_model.h"
#include "ui/models/convert.h"
#include "ui/models/format.h"
#include "ui/models/new_model_sizes.h"
#include "ui/models/run_draft.h"
#include "ui/panels/new_run/choice_card.h"
#include "ui/panels/new_run/field_editor.h"
#include "ui/widgets/styled.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

const QString& familyField()
{
    static const QString path = u"model.family"_s;
    return path;
}

const QString& configField()
{
    static const QString path = u"model.config"_s;
    return path;
}

const QString& tokenizerField()
{
    static const QString path = u"model.tokenizer"_s;
    return path;
}

/// A combo box under its name.
void addNamed(QGridLayout* grid, int column, const QString& name, QComboBox* box)
{
    auto* label = makeLabel(name, TextStyle::Strong);
    label->setBuddy(box);
    box->setAccessibleName(name);
    grid->addWidget(label, 0, column);
    grid->addWidget(box, 1, column, Qt::AlignTop);
    grid->setColumnStretch(column, 1);
}

} // namespace

NewModelForm::NewModelForm(RunDraft& draft, QWidget* parent)
    : QWidget(parent)
    , draft_(draft)
    , family_(new QComboBox)
    , tokenizer_(new QComboBox)
    , vocabulary_(new FieldEditor(draft, u"model.tokenizer.train.vocab_size"_s,
                                  FieldEditor::Help::ToolTip, tr("Tokens to learn")))
    , sizes_(new QButtonGroup(this))
    , own_(makeParagraph({}, TextStyle::Small))
    , problem_(makeParagraph({}, TextStyle::Small, Role::Fault))
{
    makeFamily();
    makeTokenizer();
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::k16);
    grid->setVerticalSpacing(space::k4);
    addNamed(grid, 0, tr("Family"), family_);
    addNamed(grid, 1, tr("Tokenizer"), tokenizer_);
    grid->addWidget(vocabulary_, 0, 2, 2, 1, Qt::AlignTop);
    grid->setColumnStretch(2, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(space::k12);
    column->addLayout(makeSizes());
    column->addWidget(own_);
    column->addLayout(grid);
    column->addWidget(problem_);
    connect(&draft_, &RunDraft::changed, this, &NewModelForm::refresh);
    setModels({});
}

void NewModelForm::makeFamily()
{
    family_->setObjectName(u"newModelFamily"_s);
    const std::pair<const char*, QString> titles[] = {{"llama", tr("Llama")},
                                                      {"mistral", tr("Mistral")},
                                                      {"qwen2", tr("Qwen2")},
                                                      {"qwen3", tr("Qwen3")},
                                                      {"gpt2", tr("GPT-2")}};
    for (const auto& name : models::new_model_families()) {
        QString title = toQt(name);
        for (const auto& [key, known] : titles)
            title = name == key ? known : title;
        family_->addItem(title, toQt(name));
    }
    connect(family_, &QComboBox::activated, this,
            [this] { chooseFamily(family_->currentData().toString()); });
}

void NewModelForm::makeTokenizer()
{
    tokenizer_->setObjectName(u"newModelTokenizer"_s);
    connect(tokenizer_, &QComboBox::activated, this,
            [this] { draft_.setField(tokenizerField(), tokenizer_->currentData().toString()); });
}

QHBoxLayout* NewModelForm::makeSizes()
{
    auto* row = new QHBoxLayout;
    row->setSpacing(space::k8);
    int id = 0;
    for (const auto& size : newModelSizes(draft_.field(familyField()))) {
        auto* card = new ChoiceCard(size.title, {});
        card->setObjectName(u"size:"_s + size.key);
        sizes_->addButton(card, id++);
        row->addWidget(card, 1);
    }
    // Not idClicked: assistive technology toggles without a click.
    connect(sizes_, &QButtonGroup::idToggled, this, [this](int size, bool on) {
        if (on)
            draft_.setField(configField(), newModelSizes(draft_.field(familyField()))
                                               .at(static_cast<std::size_t>(size))
                                               .config);
    });
    return row;
}

void NewModelForm::setModels(const std::vector<models::ModelSummary>& models)
{
    const QSignalBlocker quiet(tokenizer_);
    tokenizer_->clear();
    tokenizer_->addItem(tr("Byte by byte"), u"byte"_s);
    tokenizer_->addItem(tr("Learnt from this data"), u"train"_s);
    for (const auto& model : models)
        if (model.present && model.problem.empty())
            tokenizer_->addItem(
                tr("That of %1").arg(toQt(model.title.empty() ? model.name : model.title)),
                toQt(model.name));
    refresh();
}

/// Another family has other words for the same size.
void NewModelForm::chooseFamily(const QString& family)
{
    const QString before = draft_.field(familyField());
    const int size = sizeOf(newModelSizes(before), draft_.field(configField()));
    draft_.setField(familyField(), family);
    if (size >= 0)
        draft_.setField(configField(),
                        newModelSizes(family).at(static_cast<std::size_t>(size)).config);
}

void NewModelForm::refresh()
{
    if (draft_.field(u"model.base"_s) != toQt(std::string(models::kFromScratch)))
        return;
    family_->setCurrentIndex(family_->findData(draft_.field(familyField())));
    refreshSizes();
    refreshTokenizer();
    refreshProblem();
}

void NewModelForm::refreshSizes()
{
    const auto sizes = newModelSizes(draft_.field(familyField()));
    const int current = sizeOf(sizes, draft_.field(configField()));
    const bool isTaken =
        draft_.field(tokenizerField()) != u"byte" && draft_.field(tokenizerField()) != u"train";
    const QSignalBlocker notChosen(sizes_);
    sizes_->setExclusive(false); // so that none may be chosen
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        auto* card = qobject_cast<ChoiceCard*>(sizes_->button(static_cast<int>(i)));
        card->setChecked(static_cast<int>(i) == current);
        const auto count = countNewModel(draft_.config().model, sizes[i].config);
        if (!count)
            continue;
        const QString numbers = format::parameters(*count);
        card->setExplanation(isTaken ? tr("%1 numbers, and those of the vocabulary").arg(numbers)
                                     : tr("%1 numbers").arg(numbers));
    }
    sizes_->setExclusive(true);
    own_->setVisible(current < 0);
    if (current >= 0)
        return;
    const auto count = countNewModel(draft_.config().model, draft_.field(configField()));
    own_->setText(count ? tr("A size of its own, as all settings say: %1 numbers.")
                              .arg(format::parameters(*count))
                        : tr("A size of its own, as all settings say."));
}

void NewModelForm::refreshTokenizer()
{
    const QString source = draft_.field(tokenizerField());
    int row = tokenizer_->findData(source);
    if (row < 0 && !source.isEmpty()) { // a folder, or a model that is not in the list
        tokenizer_->addItem(tr("That of %1").arg(source), source);
        row = tokenizer_->count() - 1;
    }
    tokenizer_->setCurrentIndex(row);
    vocabulary_->setVisible(source == u"train");
}

void NewModelForm::refreshProblem()
{
    QString text;
    for (const auto& path : {familyField(), configField(), tokenizerField()})
        if (const auto* problem = draft_.problemOf(path); problem != nullptr && text.isEmpty())
            text = (problemLabel(*problem) + u' ' + toQt(problem->message) + u' ' +
                    toQt(problem->hint))
                       .trimmed();
    problem_->setText(text);
    problem_->setVisible(!text.isEmpty());
}

} // namespace lyceum::ui
