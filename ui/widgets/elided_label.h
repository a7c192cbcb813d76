#pragma once

#include <QLabel>

namespace lyceum::ui {

/// A line of text that ends in an ellipsis where it does not fit, and then shows the whole as its
/// tooltip. text() stays the whole. Styled like any label.
class ElidedLabel final : public QLabel {
    Q_OBJECT

public:
    using QLabel::QLabel;

    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
};

} // namespace lyceum::ui
