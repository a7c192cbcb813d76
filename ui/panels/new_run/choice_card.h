#pragma once

#include <QAbstractButton>

namespace lyceum::ui {

/// One of a few things to choose from, as a card with a round mark, a title and what it means.
class ChoiceCard final : public QAbstractButton {
    Q_OBJECT

public:
    ChoiceCard(const QString& title, const QString& text, QWidget* parent = nullptr);

    void setExplanation(const QString& text);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString explanation_;
};

} // namespace lyceum::ui
