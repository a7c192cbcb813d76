#pragma once

#include "core/data/dataset.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace lyceum::ui {

class Button;

/// One record, drawn as what it is: a conversation turn by turn, or a text; with what else its line
/// says.
class RecordView final : public QWidget {
    Q_OBJECT

public:
    explicit RecordView(QWidget* parent = nullptr);

    /// `position` from 0 among `count` rows; a null record shows that nothing is chosen.
    void showRecord(const data::Record* record, int position, int count);

signals:
    void stepRequested(int by); ///< -1 the record before, 1 the next.

private:
    void clearTurns();
    void addTurns(const data::Record& record);
    void addFacts(const data::Record& record);

    QLabel* title_;
    QLabel* where_;
    Button* previous_;
    Button* next_;
    QWidget* content_;
    QVBoxLayout* turns_;
};

} // namespace lyceum::ui
