#pragma once

#include "core/store/run_rows.h"
#include "ui/widgets/styled.h"

#include <QFrame>

#include <optional>

class QLineEdit;

namespace lyceum::ui {

class Button;
class RunModel;

/// A new value for a run that goes on: its learning rate or its last step. Says at once what is
/// wrong with what is typed. Return takes it, Escape closes it; it deletes itself.
class ChangePopover final : public QFrame {
    Q_OBJECT

public:
    /// @param kind SetLearningRate or SetMaxSteps. `run` outlives it.
    ChangePopover(store::CommandKind kind, RunModel& run, QWidget* parent);

    [[nodiscard]] QLineEdit& line() const noexcept { return *line_; }
    [[nodiscard]] QString problem() const;
    void accept();

signals:
    void chosen(double value);

private:
    void check();
    [[nodiscard]] std::optional<double> value() const;

    store::CommandKind kind_;
    RunModel& run_;
    QLineEdit* line_;
    QLabel* problem_;
    Button* apply_;
};

} // namespace lyceum::ui
