#pragma once

#include "ui/widgets/card.h"

class QLabel;
class QTabBar;
class QStackedWidget;
class QVBoxLayout;

namespace lyceum::ui {

class EmptyState;
class RunModel;

/// Beside the plots: what the model answers at chosen steps, newest first, and what happened.
class SidePanel final : public QFrame {
    Q_OBJECT

public:
    explicit SidePanel(RunModel& run, QWidget* parent = nullptr);

private:
    void buildPages();
    void rebuildSamples();
    void rebuildEvents();
    void choosePrompt(int offset);

    RunModel& run_;
    QTabBar* tabs_;
    QStackedWidget* pages_;
    QStackedWidget* samplePages_;
    QStackedWidget* eventPages_;
    EmptyState* noSamples_;
    QWidget* promptRow_;
    QLabel* prompt_;
    QLabel* promptPlace_;
    QVBoxLayout* sampleColumn_;
    QVBoxLayout* eventColumn_;
    int promptIndex_ = 0;
};

} // namespace lyceum::ui
