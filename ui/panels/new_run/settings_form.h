#pragma once

#include <QWidget>

#include <vector>

class QLineEdit;

namespace lyceum::ui {

class FieldEditor;
class RunDraft;

/// Every setting that changes something in the run, in groups, in two columns, with a line to find
/// one.
class SettingsForm final : public QWidget {
    Q_OBJECT

public:
    /// `draft` outlives the form.
    explicit SettingsForm(RunDraft& draft, QWidget* parent = nullptr);

    /// Puts the keyboard on a field; it may be far down: the caller scrolls. @return null when
    /// there is none.
    FieldEditor* focusField(const QString& path);
    [[nodiscard]] static int numFields();

private:
    struct Group {
        QWidget* box;
        std::vector<FieldEditor*> fields;
    };
    void addGroup(const QString& key);
    void showMatching(const QString& words);

    RunDraft& draft_;
    QLineEdit* find_;
    std::vector<Group> groups_;
};

} // namespace lyceum::ui
