#include "ui/panels/new_run/yaml_editor.h"

#include "ui/models/convert.h"
#include "ui/models/run_draft.h"
#include "ui/theme/theme.h"
#include "ui/widgets/card.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QTextBlock>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

YamlEditor::YamlEditor(RunDraft& draft, QWidget* parent)
    : QWidget(parent)
    , draft_(draft)
    , text_(new QPlainTextEdit)
    , problems_(makeParagraph({}, TextStyle::Small, Role::Fault))
{
    text_->setProperty("mono", u"true"_s);
    text_->setAccessibleName(tr("The run's configuration as YAML"));
    text_->setTabChangesFocus(true);
    text_->setLineWrapMode(QPlainTextEdit::NoWrap);
    auto* card = new Card;
    card->setTitle(tr("run.yaml"));
    card->body()->addWidget(makeParagraph(tr("The same draft as the form: a change here shows "
                                             "there. lyceum train takes this text as a file."),
                                          TextStyle::Small));
    card->body()->addWidget(text_, 1);
    card->body()->addWidget(problems_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->addWidget(card);
    connect(text_, &QPlainTextEdit::textChanged, this, [this] {
        if (text_->hasFocus())
            draft_.setYaml(text_->toPlainText());
    });
    connect(&draft_, &RunDraft::changed, this, &YamlEditor::refresh);
    refresh();
}

void YamlEditor::refresh()
{
    if (!text_->hasFocus() && draft_.yamlProblems().empty() &&
        text_->toPlainText() != draft_.yaml())
        text_->setPlainText(draft_.yaml());
    QStringList lines;
    for (const auto& problem : draft_.yamlProblems()) {
        const QString where = problem.line > 0 ? tr("Line %1: ").arg(problem.line) : QString();
        lines << where + (toQt(problem.field) + u' ' + toQt(problem.message) + u' ' +
                          toQt(problem.hint))
                             .trimmed();
    }
    problems_->setText(lines.join(u'\n'));
    problems_->setVisible(!lines.isEmpty());
    markLines();
}

void YamlEditor::markLines()
{
    QList<QTextEdit::ExtraSelection> marks;
    for (const auto& problem : draft_.yamlProblems()) {
        if (problem.line <= 0)
            continue;
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(text_->document()->findBlockByNumber(problem.line - 1));
        mark.format.setBackground(tokens().faultWeak);
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks << mark;
    }
    text_->setExtraSelections(marks);
}

} // namespace lyceum::ui
