#include "ui/panels/new_run/settings_form.h"

#include "ui/models/convert.h"
#include "ui/models/run_draft.h"
#include "ui/panels/new_run/field_editor.h"
#include "ui/widgets/card.h"

#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kColumns = 2;

/// The part of a path before its first dot: "optimizer"; of a field of the run itself, nothing.
QString groupOf(const std::string& path)
{
    const auto dot = path.find('.');
    return dot == std::string::npos ? QString() : toQt(path.substr(0, dot));
}

QString groupTitle(const QString& group)
{
    const std::pair<QString, QString> titles[] = {
        {u""_s, SettingsForm::tr("Run")},
        {u"model"_s, SettingsForm::tr("Model")},
        {u"task"_s, SettingsForm::tr("Task")},
        {u"data"_s, SettingsForm::tr("Data")},
        {u"trainer"_s, SettingsForm::tr("Training")},
        {u"optimizer"_s, SettingsForm::tr("Optimizer")},
        {u"checkpoint"_s, SettingsForm::tr("Saving")},
        {u"callbacks"_s, SettingsForm::tr("Stopping early")},
        {u"samples"_s, SettingsForm::tr("Sample answers while training")},
    };
    for (const auto& [key, title] : titles)
        if (key == group)
            return title;
    return group;
}

} // namespace

int SettingsForm::numFields()
{
    return static_cast<int>(config::fields().size());
}

SettingsForm::SettingsForm(RunDraft& draft, QWidget* parent)
    : QWidget(parent), draft_(draft), find_(new QLineEdit)
{
    find_->setPlaceholderText(tr("Find a setting"));
    find_->setAccessibleName(tr("Find a setting"));
    find_->setClearButtonEnabled(true);
    connect(find_, &QLineEdit::textChanged, this, &SettingsForm::showMatching);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(space::k24);
    column->addWidget(find_);
    QStringList groups;
    for (const auto& field : config::fields())
        if (const QString group = groupOf(field.path); !groups.contains(group))
            groups << group;
    for (const auto& group : groups)
        addGroup(group);
    connect(&draft_, &RunDraft::changed, this, [this] { showMatching(find_->text()); });
    showMatching({});
}

void SettingsForm::addGroup(const QString& key)
{
    Group group{.box = new QWidget, .fields = {}};
    auto* grid = new QGridLayout(group.box);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(space::k24);
    grid->setVerticalSpacing(space::k16);
    grid->addWidget(makeLabel(groupTitle(key), TextStyle::H3), 0, 0, 1, kColumns);
    for (const auto& field : config::fields()) {
        if (groupOf(field.path) != key)
            continue;
        auto* editor = new FieldEditor(draft_, toQt(field.path), FieldEditor::Help::Below);
        const auto at = static_cast<int>(group.fields.size());
        grid->addWidget(editor, 1 + at / kColumns, at % kColumns, Qt::AlignTop);
        group.fields.push_back(editor);
    }
    for (int i = 0; i < kColumns; ++i)
        grid->setColumnStretch(i, 1);
    layout()->addWidget(group.box);
    groups_.push_back(std::move(group));
}

void SettingsForm::showMatching(const QString& words)
{
    for (const auto& group : groups_) {
        bool hasAny = false;
        for (auto* field : group.fields) {
            const bool isShown = field->matches(words) && draft_.isUsed(field->path());
            field->setVisible(isShown);
            hasAny = hasAny || isShown;
        }
        group.box->setVisible(hasAny);
    }
}

FieldEditor* SettingsForm::focusField(const QString& path)
{
    find_->clear();
    for (const auto& group : groups_)
        for (auto* field : group.fields)
            if (field->path() == path) {
                field->focusEditor();
                return field;
            }
    return nullptr;
}

} // namespace lyceum::ui
