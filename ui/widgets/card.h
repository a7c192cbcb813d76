#pragma once

#include "ui/widgets/styled.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace lyceum::ui {

/// The surface that content stands on. Chosen: the one picked of several; Sunken: a part of a card;
/// Drop: takes files; the others are messages by tone.
enum class CardKind : quint8 { Plain, Chosen, Sunken, Drop, Info, Good, Caution, Fault };

class Card final : public QFrame {
    Q_OBJECT

public:
    explicit Card(CardKind kind = CardKind::Plain, QWidget* parent = nullptr);

    void setKind(CardKind kind);

    /// A heading line on top; made at the first call. @return its row, to add things at the right.
    QHBoxLayout* setTitle(const QString& title, TextStyle style = TextStyle::H2);

    [[nodiscard]] QVBoxLayout* body() const noexcept { return body_; }

private:
    QVBoxLayout* body_;
    QHBoxLayout* titleRow_ = nullptr;
    QLabel* title_ = nullptr;
};

} // namespace lyceum::ui
