#pragma once

#include "ui/models/session.h"

#include <QAbstractButton>
#include <QWidget>

class QLabel;
class QProgressBar;

namespace lyceum::ui {

class IconLabel;

/// The line at the window's foot: the run at work and how far it is, that closing is safe, memory
/// and free disk. A click on the run opens it.
class StatusStrip final : public QWidget {
    Q_OBJECT

public:
    explicit StatusStrip(Session& session, QWidget* parent = nullptr);

signals:
    void runClicked(const QString& name);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refreshRun();
    void refreshMachine();
    [[nodiscard]] QString progressText(const store::RunRow& run) const;

    Session& session_;
    QString runName_;
    QAbstractButton* runButton_;
    IconLabel* runIcon_;
    QLabel* name_;
    QProgressBar* bar_;
    QLabel* progress_;
    QLabel* more_;
    QWidget* safe_;
    QLabel* idle_;
    QLabel* machine_;
};

} // namespace lyceum::ui
