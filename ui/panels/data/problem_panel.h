#pragma once

#include <QWidget>

class QLabel;
class QTableView;

namespace lyceum::ui {

class RecordProblemModel;

/// The lines of a file that cannot be used, each with what to do; hidden while there are none.
class ProblemPanel final : public QWidget {
    Q_OBJECT

public:
    explicit ProblemPanel(RecordProblemModel& model, QWidget* parent = nullptr);

private:
    void refresh();
    void copyAll();

    RecordProblemModel& model_;
    QLabel* title_;
    QTableView* table_;
};

} // namespace lyceum::ui
