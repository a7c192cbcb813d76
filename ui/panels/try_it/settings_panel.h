#pragma once

#include "ui/models/chat_session.h"

#include <QWidget>

class QDoubleSpinBox;
class QPlainTextEdit;
class QSpinBox;

namespace lyceum::ui {

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
    QDoubleSpinBox* temperature_;
    QDoubleSpinBox* topP_;
    QSpinBox* maxNewTokens_;
    QSpinBox* seed_;
    QPlainTextEdit* system_;
};

} // namespace lyceum::ui
