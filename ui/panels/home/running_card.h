#pragma once

#include "core/store/run_store.h"
#include "ui/widgets/card.h"

class QLabel;
class QProgressBar;

namespace lyceum::ui {

class Button;
class FigureStrip;
class Pill;
class Session;

/// The run that trains now: how far it is, how long it takes, how well it goes.
class RunningCard final : public QWidget {
    Q_OBJECT

public:
    /// `session` outlives the card.
    explicit RunningCard(Session& session, QWidget* parent = nullptr);

    void showRun(const store::RunRow& run);

signals:
    void openRequested(const QString& name);
    void stopRequested(const QString& name);

private:
    void refreshFigures(const store::RunRow& run);

    Session& session_;
    QString name_;
    QLabel* title_;
    Pill* pill_;
    QLabel* facts_;
    QProgressBar* bar_;
    QLabel* share_;
    FigureStrip* figures_;
    Button* stop_;
};

} // namespace lyceum::ui
