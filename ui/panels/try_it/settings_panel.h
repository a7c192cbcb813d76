#pragma once

#include "ui/models/chat_settings.h"

#include <QWidget>

class QDoubleSpinBox;
class QPlainTextEdit;
class QSpinBox;

namespace lyceum::ui {

class Button;

/// How answers are drawn; folded away until asked for.
class SettingsPanel final : public QWidget {
    Q_OBJECT

public:
    explicit SettingsPanel(QWidget* parent = nullptr);

    void setSettings(const ChatSettings& settings);
    [[nodiscard]] ChatSettings settings() const;
    /// "the likeliest word each time, at most 256 tokens"
    [[nodiscard]] static QString describe(const ChatSettings& settings);

signals:
    void changed();

private:
    [[nodiscard]] QWidget* makeMore();
    void connectAll();
    void showMore(bool show);

    QDoubleSpinBox* temperature_;
    QDoubleSpinBox* topP_;
    QSpinBox* topK_;
    QDoubleSpinBox* minP_;
    QDoubleSpinBox* repetitionPenalty_;
    QSpinBox* maxNewTokens_;
    QSpinBox* seed_;
    QPlainTextEdit* system_;
    Button* moreButton_;
    QWidget* more_; ///< The fields that few need.
};

} // namespace lyceum::ui
