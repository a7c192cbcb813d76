#pragma once

#include "ui/widgets/card.h"

class QLabel;

namespace lyceum::ui {

class Button;

/// The starter project: what it does, what it takes, and the button that starts it.
class StarterCard final : public QWidget {
    Q_OBJECT

public:
    explicit StarterCard(QWidget* parent = nullptr);

    /// As the page's next step, with an example; or as one line for those who have runs already.
    void setProminent(bool isProminent);
    void setStarting(bool isStarting);

signals:
    void startRequested();
    void settingsRequested();
    void dataRequested();

private:
    [[nodiscard]] QWidget* makeExample();

    QWidget* example_;
    QLabel* title_;
    Button* start_;
    Button* settings_;
    Button* data_;
};

} // namespace lyceum::ui
