#pragma once

#include "core/config/fields.h"

#include <QWidget>

class QLabel;

namespace lyceum::ui {

class RunDraft;

/// One field of a RunDraft: its label, the control that suits its kind, and what is wrong with it
/// while typing.
class FieldEditor final : public QWidget {
    Q_OBJECT

public:
    enum class Help : quint8 { Below, ToolTip };

    /// `draft` outlives the editor. An empty `label` takes the field's own.
    FieldEditor(RunDraft& draft, const QString& path, Help help, const QString& label = {},
                QWidget* parent = nullptr);

    [[nodiscard]] const QString& path() const { return path_; }
    void focusEditor();
    [[nodiscard]] bool matches(const QString& words) const; ///< For finding a setting.

signals:
    void edited(); ///< A person changed the line, by whatever means.

private:
    [[nodiscard]] QWidget* makeEditor();
    [[nodiscard]] QWidget* makeLine();
    [[nodiscard]] QWidget* makeList();
    [[nodiscard]] QWidget* makeChoice();
    [[nodiscard]] QWidget* makeChoices();
    [[nodiscard]] QWidget* makeToggle();
    void refresh();
    void showValue(const QString& value);
    [[nodiscard]] QString valueOf(const QString& text) const;

    RunDraft& draft_;
    QString path_;
    const config::FieldInfo& info_;
    QLabel* label_;
    QWidget* editor_ = nullptr;
    QLabel* problem_;
};

} // namespace lyceum::ui
