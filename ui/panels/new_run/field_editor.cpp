#include "ui/panels/new_run/field_editor.h"

#include "ui/models/convert.h"
#include "ui/models/run_draft.h"
#include "ui/widgets/styled.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kListLines = 3;
constexpr int kMostWidth = 420;
constexpr QLatin1String kMinusOne("-1");

/// Of a line of a Choices field, its choice: the line may hold options, "{name: {...}}".
QString choiceOf(const QString& line)
{
    return line.startsWith(u'{') ? line.mid(1).section(u':', 0, 0).trimmed() : line.trimmed();
}

QStringList linesOf(const QString& value)
{
    return value.split(u'\n', Qt::SkipEmptyParts);
}

/// The value with a choice more or less; the others keep their options.
QString withChoice(const QString& value, const QString& name, bool on)
{
    QStringList lines;
    for (const auto& line : linesOf(value))
        if (choiceOf(line) != name)
            lines << line;
    if (on)
        lines << name;
    return lines.join(u'\n');
}

} // namespace

FieldEditor::FieldEditor(RunDraft& draft, const QString& path, Help help, const QString& label,
                         QWidget* parent)
    : QWidget(parent)
    , draft_(draft)
    , path_(path)
    , info_(fieldInfo(path))
    , label_(makeLabel(label.isEmpty() ? toQt(info_.label) : label, TextStyle::Strong))
    , problem_(makeParagraph({}, TextStyle::Small, Role::Fault))
{
    setObjectName(u"field:"_s + path);
    editor_ = makeEditor();
    editor_->setAccessibleName(label_->text());
    editor_->setAccessibleDescription(toQt(info_.help));
    editor_->setToolTip(u"%1\n%2"_s.arg(toQt(info_.help), path));
    if (help == Help::Below)
        editor_->setMaximumWidth(kMostWidth);
    setFocusProxy(editor_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(space::k4);
    if (info_.kind != config::FieldKind::Toggle)
        column->addWidget(label_);
    else
        label_->hide();
    column->addWidget(editor_);
    if (help == Help::Below)
        column->addWidget(makeParagraph(toQt(info_.help), TextStyle::Small, Role::Text3));
    column->addWidget(problem_);
    label_->setParent(this);
    connect(&draft_, &RunDraft::changed, this, &FieldEditor::refresh);
    refresh();
}

QWidget* FieldEditor::makeEditor()
{
    switch (info_.kind) {
    case config::FieldKind::Choice:
        return makeChoice();
    case config::FieldKind::Toggle:
        return makeToggle();
    case config::FieldKind::Choices:
        return makeChoices();
    case config::FieldKind::TextList:
    case config::FieldKind::Mapping:
        return makeList();
    case config::FieldKind::Text:
    case config::FieldKind::Integer:
    case config::FieldKind::Number:
    case config::FieldKind::NumberPair:
        break;
    }
    return makeLine();
}

QWidget* FieldEditor::makeLine()
{
    auto* line = new QLineEdit;
    // Not textEdited: assistive technology changes the text without it.
    connect(line, &QLineEdit::textChanged, this, [this](const QString& text) {
        draft_.setField(path_, valueOf(text));
        emit edited();
    });
    connect(line, &QLineEdit::editingFinished, this, &FieldEditor::refresh);
    return line;
}

QWidget* FieldEditor::makeList()
{
    auto* list = new QPlainTextEdit;
    list->setTabChangesFocus(true);
    list->setPlaceholderText(info_.kind == config::FieldKind::Mapping ? tr("hidden_size: 256")
                             : info_.has_auto                         ? tr("auto")
                                                                      : tr("One a line"));
    list->setFixedHeight(list->fontMetrics().lineSpacing() * kListLines + 2 * space::k12);
    connect(list, &QPlainTextEdit::textChanged, this,
            [this, list] { draft_.setField(path_, list->toPlainText()); });
    return list;
}

QWidget* FieldEditor::makeChoice()
{
    auto* choice = new QComboBox;
    for (const auto& item : info_.choices)
        choice->addItem(toQt(item.label), toQt(item.value));
    connect(choice, &QComboBox::activated, this,
            [this, choice] { draft_.setField(path_, choice->currentData().toString()); });
    return choice;
}

QWidget* FieldEditor::makeChoices()
{
    auto* group = new QWidget;
    auto* column = new QVBoxLayout(group);
    column->setContentsMargins({});
    column->setSpacing(space::k4);
    for (const auto& item : info_.choices) {
        auto* box = new QCheckBox(toQt(item.label));
        box->setObjectName(toQt(item.value));
        box->setAccessibleDescription(toQt(info_.help));
        connect(box, &QCheckBox::clicked, this, [this, name = toQt(item.value)](bool on) {
            draft_.setField(path_, withChoice(draft_.field(path_), name, on));
        });
        column->addWidget(box);
        if (group->focusProxy() == nullptr)
            group->setFocusProxy(box);
    }
    return group;
}

QWidget* FieldEditor::makeToggle()
{
    auto* toggle = new QCheckBox(label_->text());
    connect(toggle, &QCheckBox::clicked, this,
            [this](bool on) { draft_.setField(path_, on ? u"true"_s : u"false"_s); });
    return toggle;
}

void FieldEditor::refresh()
{
    showValue(draft_.field(path_));
    const auto* problem = draft_.problemOf(path_);
    setStyleProperty(editor_, "invalid", problem != nullptr);
    const QString text =
        problem == nullptr
            ? QString()
            : ((toQt(problem->field) == path_ ? label_->text() : problemLabel(*problem)) + u' ' +
               toQt(problem->message) + u' ' + toQt(problem->hint))
                  .trimmed();
    if (!text.isEmpty() && text != problem_->text() && editor_->hasFocus())
        announce(editor_, text);
    problem_->setText(text);
    problem_->setVisible(problem != nullptr);
    editor_->setAccessibleDescription(text.isEmpty() ? toQt(info_.help) : text);
    if (!info_.enabled_by.empty())
        editor_->setEnabled(config::is_in_force(draft_.config(), info_.path));
}

void FieldEditor::showValue(const QString& value)
{
    const QSignalBlocker notEdited(editor_);
    if (info_.kind == config::FieldKind::Choices) {
        QStringList names;
        for (const auto& line : linesOf(value))
            names << choiceOf(line);
        for (auto* box : editor_->findChildren<QCheckBox*>())
            box->setChecked(names.contains(box->objectName()));
    } else if (auto* toggle = qobject_cast<QCheckBox*>(editor_)) {
        toggle->setChecked(value == u"true");
    } else if (auto* choice = qobject_cast<QComboBox*>(editor_)) {
        choice->setCurrentIndex(choice->findData(value));
    } else if (auto* line = qobject_cast<QLineEdit*>(editor_)) {
        const bool isWord = value == kMinusOne && !info_.minus_one.empty();
        const QString text = isWord ? toQt(info_.minus_one) : value;
        if (!line->hasFocus() && line->text() != text)
            line->setText(text);
    } else if (auto* list = qobject_cast<QPlainTextEdit*>(editor_)) {
        if (!list->hasFocus() && list->toPlainText() != value)
            list->setPlainText(value);
    }
}

QString FieldEditor::valueOf(const QString& text) const
{
    const bool isWord = !info_.minus_one.empty() &&
                        text.trimmed().compare(toQt(info_.minus_one), Qt::CaseInsensitive) == 0;
    return isWord ? QString(kMinusOne) : text;
}

void FieldEditor::focusEditor()
{
    editor_->setFocus(Qt::OtherFocusReason);
}

bool FieldEditor::matches(const QString& words) const
{
    const QString all = label_->text() + u' ' + toQt(info_.help) + u' ' + path_;
    const QStringList parts = words.split(u' ', Qt::SkipEmptyParts);
    return std::ranges::all_of(
        parts, [&all](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

} // namespace lyceum::ui
