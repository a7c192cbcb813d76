#pragma once

#include "ui/models/chat_settings.h"
#include "ui/models/sse_parser.h"

#include <QElapsedTimer>
#include <QObject>
#include <QUrl>
#include <QVector>

#include <optional>

class QNetworkAccessManager;
class QNetworkReply;

namespace lyceum::ui {

struct ChatTurn {
    enum class State { Done, Waiting, Streaming, Stopped, Failed };

    QString role; ///< "user" | "assistant"
    QString text;
    State state = State::Done;
    int numTokens = 0;
    double tokensPerSecond = 0; ///< After the first token; 0 until known.
    bool reachedLimit = false;  ///< It ended at maxNewTokens.
    QString error;              ///< Failed: what went wrong, a sentence.
    QString hint;
};

/// A conversation with a served model, streamed. GUI thread only.
class ChatSession final : public QObject {
    Q_OBJECT

public:
    explicit ChatSession(QObject* parent = nullptr);
    ~ChatSession() override;

    /// Where the model is served; an invalid URL: nowhere, and an answer under way fails.
    void setServer(const QUrl& url);
    void setSettings(const ChatSettings& settings) { settings_ = settings; }
    [[nodiscard]] const ChatSettings& settings() const { return settings_; }
    [[nodiscard]] const QVector<ChatTurn>& turns() const { return turns_; }
    [[nodiscard]] bool isAnswering() const { return reply_ != nullptr; }

    /// Asks; the answer comes in piece by piece. Only when a server is set and nothing is being
    /// answered.
    void send(const QString& text);
    void stop();  ///< Keeps what has come so far.
    void retry(); ///< Asks the last question again, dropping its answer.
    void clear();
    [[nodiscard]] QString asText() const; ///< "Student: ...", "Model: ...", for the clipboard.

signals:
    void turnAdded(int index);
    void turnChanged(int index);
    void cleared();
    void answeringChanged();

private:
    void ask();
    [[nodiscard]] QByteArray requestBody() const;
    void readStream();
    void readEvent(const QByteArray& json);
    void replyFinished();
    void closeTurn(ChatTurn::State state);
    [[nodiscard]] ChatTurn* openTurn();

    QNetworkAccessManager* network_;
    QNetworkReply* reply_ = nullptr; ///< Null when nothing is being answered.
    QUrl url_;
    ChatSettings settings_;
    QVector<ChatTurn> turns_;
    SseParser parser_;
    QByteArray errorBody_;
    QElapsedTimer sinceFirst_;
    int piecesAfterFirst_ = 0;
};

} // namespace lyceum::ui
