#pragma once

#include "core/text/tokenizer.h"

#include <QWidget>

#include <memory>

class QLabel;
class QPlainTextEdit;
class QTextEdit;

namespace lyceum::ui {

class SegmentedControl;

/// Type a text and see how a model reads it: each token in a colour of its own, or by its number.
class TokenPlayground final : public QWidget {
    Q_OBJECT

public:
    explicit TokenPlayground(QWidget* parent = nullptr);

    /// Null: there is none to show.
    void setTokenizer(std::shared_ptr<const text::Tokenizer> tokenizer);
    [[nodiscard]] QString text() const;
    void setText(const QString& text);

signals:
    void textChanged();

private:
    void refresh();

    std::shared_ptr<const text::Tokenizer> tokenizer_;
    QPlainTextEdit* input_;
    SegmentedControl* views_; ///< Text, numbers.
    QLabel* facts_;
    QTextEdit* output_;
};

} // namespace lyceum::ui
