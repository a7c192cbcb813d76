#include "ui/models/chat_settings.h"

#include <QSettings>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr auto kTemperature = "try/temperature"_L1;
constexpr auto kTopP = "try/top_p"_L1;
constexpr auto kTopK = "try/top_k"_L1;
constexpr auto kMinP = "try/min_p"_L1;
constexpr auto kRepetitionPenalty = "try/repetition_penalty"_L1;
constexpr auto kMaxNewTokens = "try/max_new_tokens"_L1;
constexpr auto kSeed = "try/seed"_L1;
constexpr auto kSystemPrompt = "try/instruction"_L1;

double readNumber(const QSettings& settings, QLatin1StringView key, double fallback)
{
    bool isNumber = false;
    const double value = settings.value(key).toDouble(&isNumber);
    return isNumber ? value : fallback;
}

qint64 readCount(const QSettings& settings, QLatin1StringView key, qint64 fallback)
{
    bool isNumber = false;
    const qint64 value = settings.value(key).toLongLong(&isNumber);
    return isNumber ? value : fallback;
}

} // namespace

ChatSettings readChatSettings(const QSettings& settings)
{
    const ChatSettings none;
    return {
        .temperature = readNumber(settings, kTemperature, none.temperature),
        .topP = readNumber(settings, kTopP, none.topP),
        .topK = static_cast<int>(readCount(settings, kTopK, none.topK)),
        .minP = readNumber(settings, kMinP, none.minP),
        .repetitionPenalty = readNumber(settings, kRepetitionPenalty, none.repetitionPenalty),
        .maxNewTokens = static_cast<int>(readCount(settings, kMaxNewTokens, none.maxNewTokens)),
        .seed = readCount(settings, kSeed, none.seed),
        .systemPrompt = settings.value(kSystemPrompt).toString(),
    };
}

void writeChatSettings(QSettings& settings, const ChatSettings& chat)
{
    settings.setValue(kTemperature, chat.temperature);
    settings.setValue(kTopP, chat.topP);
    settings.setValue(kTopK, chat.topK);
    settings.setValue(kMinP, chat.minP);
    settings.setValue(kRepetitionPenalty, chat.repetitionPenalty);
    settings.setValue(kMaxNewTokens, chat.maxNewTokens);
    settings.setValue(kSeed, chat.seed);
    settings.setValue(kSystemPrompt, chat.systemPrompt);
}

} // namespace lyceum::ui
