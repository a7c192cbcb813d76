#pragma once

#include "ui/widgets/card.h"

class QLabel;

namespace lyceum::ui {

class Button;
class IconLabel;

/// A message under the page header, never a pop-up: what, where, with which value; the repair as a
/// button; the technical text folds out and copies. Hidden until shown.
class MessageBar final : public QWidget {
    Q_OBJECT

public:
    struct Message {
        Tone tone = Tone::Info;
        QString title;
        QString text;    ///< A sentence or two; may be empty.
        QString action;  ///< The repair's label; empty: no button.
        QString details; ///< Technical text; empty: nothing to fold out.
        bool isClosable = true;
    };

    explicit MessageBar(QWidget* parent = nullptr);

    void showMessage(const Message& message);
    void clear();
    [[nodiscard]] bool isShown() const noexcept { return isShown_; }
    [[nodiscard]] const Message& message() const noexcept { return message_; }
    /// The repair becomes the page's one filled button.
    void setActionIsPrimary(bool isPrimary);

signals:
    void actionTriggered();
    void closed();

private:
    void toggleDetails();

    Message message_;
    bool isShown_ = false;
    Card* card_;
    IconLabel* icon_;
    QLabel* title_;
    QLabel* text_;
    Button* action_;
    Button* detailsToggle_;
    Button* close_;
    QWidget* detailsBox_;
    QLabel* details_;
};

} // namespace lyceum::ui
