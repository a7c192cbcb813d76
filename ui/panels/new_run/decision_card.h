#pragma once

#include <QString>
#include <QWidget>

class QVBoxLayout;

namespace lyceum::ui {

class Card;

/// The frame of one of New run's decisions: a number, what is decided, and what it means.
class DecisionCard : public QWidget {
    Q_OBJECT

public:
    DecisionCard(int number, const QString& title, const QString& question,
                 QWidget* parent = nullptr);

    [[nodiscard]] QVBoxLayout* body() const;

private:
    Card* card_;
};

} // namespace lyceum::ui
