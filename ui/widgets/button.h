#pragma once

#include <QPushButton>

namespace lyceum::ui {

/// One Filled button a page: the next step. Link looks like a link and acts like a button.
enum class ButtonKind : quint8 { Filled, Outlined, Link };
enum class ButtonSize : quint8 { Small, Normal, Large };

/// A button with a word, and an icon that takes the colour of its text. An empty `iconName` means
/// no icon; an icon without a word needs setButtonName.
class Button final : public QPushButton {
    Q_OBJECT

public:
    explicit Button(const QString& text, const QString& iconName = {},
                    ButtonKind kind = ButtonKind::Outlined, ButtonSize size = ButtonSize::Normal,
                    QWidget* parent = nullptr);

    void setKind(ButtonKind kind);
    [[nodiscard]] ButtonKind kind() const noexcept { return kind_; }
    void setIconName(const QString& iconName);

    /// Accessible name and tooltip of a button that shows an icon only.
    void setSpokenName(const QString& name);

private:
    void refreshIcon();

    QString iconName_;
    ButtonKind kind_;
};

} // namespace lyceum::ui
