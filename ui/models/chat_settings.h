#pragma once

#include <QString>

class QSettings;

namespace lyceum::ui {

/// How an answer is drawn. Temperature 0 takes the likeliest word each time.
struct ChatSettings {
    double temperature = 0.0;
    double topP = 1.0;
    int topK = 0; ///< 0: no limit.
    double minP = 0.0;
    double repetitionPenalty = 1.0; ///< 1: none.
    int maxNewTokens = 256;
    qint64 seed = 1234;
    QString systemPrompt;

    friend bool operator==(const ChatSettings&, const ChatSettings&) = default;
};

/// Of last time; what is not there, or no number, is the default.
[[nodiscard]] ChatSettings readChatSettings(const QSettings& settings);
void writeChatSettings(QSettings& settings, const ChatSettings& chat);

} // namespace lyceum::ui
