#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;

namespace lyceum::ui {

class RunDraft;

/// The draft as YAML: the same draft as the form's, both ways. Wrong lines are marked and
/// explained.
class YamlEditor final : public QWidget {
    Q_OBJECT

public:
    /// `draft` outlives the editor.
    explicit YamlEditor(RunDraft& draft, QWidget* parent = nullptr);

private:
    void refresh();
    void markLines();

    RunDraft& draft_;
    QPlainTextEdit* text_;
    QLabel* problems_;
};

} // namespace lyceum::ui
