#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;

namespace lyceum::ui {

/// One turn of a conversation: who says it, and what. The words can be selected and copied.
class Bubble final : public QFrame {
    Q_OBJECT

public:
    enum class Side : quint8 {
        Asked,    ///< The student's: tinted, as wide as its words.
        Answered, ///< The model's: on a surface, as wide as the column.
        Setting   ///< System: what the model is told to be.
    };

    Bubble(Side side, const QString& who, const QString& text, QWidget* parent = nullptr);

    void setText(const QString& text);
    [[nodiscard]] QString text() const;
    /// A row under the words for figures and buttons; made at the first call.
    [[nodiscard]] QHBoxLayout* foot();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Side side_;
    QLabel* text_;
    QHBoxLayout* foot_ = nullptr;
    class QVBoxLayout* column_;
};

} // namespace lyceum::ui
