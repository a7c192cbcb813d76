#pragma once

#include "ui/widgets/styled.h"

#include <QWidget>

namespace lyceum::ui {

/// A state as icon and word on a weak fill. Never colour alone: `text` says it.
class Pill final : public QWidget {
    Q_OBJECT

public:
    explicit Pill(QWidget* parent = nullptr);
    Pill(const QString& text, Tone tone, const QString& iconName = {}, QWidget* parent = nullptr);

    void set(const QString& text, Tone tone, const QString& iconName = {});
    [[nodiscard]] QString text() const { return text_; }
    [[nodiscard]] Tone tone() const noexcept { return tone_; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString text_;
    QString iconName_;
    Tone tone_ = Tone::Neutral;
};

/// The text colour that goes with a tone.
[[nodiscard]] Role roleOf(Tone tone);

} // namespace lyceum::ui
