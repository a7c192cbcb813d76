#include "ui/models/chat_session.h"

#include "ui/models/engine_error.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>

namespace lyceum::ui {
namespace {

QJsonObject message(const QString& role, const QString& content)
{
    return {{QStringLiteral("role"), role}, {QStringLiteral("content"), content}};
}

} // namespace

ChatSession::ChatSession(QObject* parent)
    : QObject(parent), network_(new QNetworkAccessManager(this))
{
}

ChatSession::~ChatSession()
{
    if (reply_ != nullptr)
        reply_->disconnect(this);
}

void ChatSession::setServer(const QUrl& url)
{
    url_ = url;
}

void ChatSession::send(const QString& text)
{
    if (reply_ != nullptr || !url_.isValid() || text.trimmed().isEmpty())
        return;
    turns_.append({.role = QStringLiteral("user"), .text = text.trimmed()});
    emit turnAdded(static_cast<int>(turns_.size()) - 1);
    ask();
}

void ChatSession::retry()
{
    if (reply_ != nullptr || !url_.isValid() || turns_.isEmpty())
        return;
    QVector<ChatTurn> kept = turns_;
    if (kept.last().role != u"user")
        kept.removeLast();
    turns_.clear();
    emit cleared();
    for (const auto& turn : kept) {
        turns_.append(turn);
        emit turnAdded(static_cast<int>(turns_.size()) - 1);
    }
    ask();
}

void ChatSession::ask()
{
    QUrl url = url_;
    url.setPath(QStringLiteral("/v1/chat/completions"));
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    request.setRawHeader("Accept", "text/event-stream");
    const QByteArray body = requestBody();

    turns_.append({.role = QStringLiteral("assistant"), .state = ChatTurn::State::Waiting});
    parser_ = {};
    errorBody_.clear();
    piecesAfterFirst_ = 0;
    sinceFirst_.invalidate();
    reply_ = network_->post(request, body);
    connect(reply_, &QNetworkReply::readyRead, this, &ChatSession::readStream);
    connect(reply_, &QNetworkReply::finished, this, &ChatSession::replyFinished);
    emit turnAdded(static_cast<int>(turns_.size()) - 1);
    emit answeringChanged();
}

QByteArray ChatSession::requestBody() const
{
    QJsonArray messages;
    if (!settings_.systemPrompt.trimmed().isEmpty())
        messages.append(message(QStringLiteral("system"), settings_.systemPrompt.trimmed()));
    for (qsizetype i = 0; i < turns_.size(); ++i) {
        const auto& turn = turns_[i];
        // A question that failed is forgotten with its answer, or it would fail the next one, too.
        const bool hasFailed =
            turn.state == ChatTurn::State::Failed ||
            (i + 1 < turns_.size() && turns_[i + 1].state == ChatTurn::State::Failed);
        if (!hasFailed)
            messages.append(message(turn.role, turn.text));
    }
    const QJsonObject body{
        {QStringLiteral("messages"), messages},
        {QStringLiteral("stream"), true},
        {QStringLiteral("stream_options"), QJsonObject{{QStringLiteral("include_usage"), true}}},
        {QStringLiteral("temperature"), settings_.temperature},
        {QStringLiteral("top_p"), settings_.topP},
        {QStringLiteral("top_k"), settings_.topK},
        {QStringLiteral("min_p"), settings_.minP},
        {QStringLiteral("repetition_penalty"), settings_.repetitionPenalty},
        {QStringLiteral("max_tokens"), settings_.maxNewTokens},
        {QStringLiteral("seed"), settings_.seed},
    };
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

ChatTurn* ChatSession::openTurn()
{
    return reply_ == nullptr || turns_.isEmpty() ? nullptr : &turns_.last();
}

void ChatSession::readStream()
{
    const QByteArray bytes = reply_->readAll();
    const int status = reply_->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200) {
        errorBody_ += bytes;
        return;
    }
    for (const auto& event : parser_.feed(bytes))
        if (event != "[DONE]")
            readEvent(event);
}

void ChatSession::readEvent(const QByteArray& json)
{
    auto* turn = openTurn();
    if (turn == nullptr)
        return;
    if (const auto error = readEngineError(json)) {
        turn->error = error->message;
        turn->hint = error->hint;
        return;
    }
    const QJsonObject event = QJsonDocument::fromJson(json).object();
    const QJsonObject choice = event.value(u"choices").toArray().at(0).toObject();
    const QString piece = choice.value(u"delta").toObject().value(u"content").toString();
    if (!piece.isEmpty()) {
        turn->state = ChatTurn::State::Streaming;
        turn->text += piece;
        ++turn->numTokens;
        if (!sinceFirst_.isValid())
            sinceFirst_.start();
        else if (++piecesAfterFirst_ > 0 && sinceFirst_.elapsed() > 0)
            turn->tokensPerSecond =
                piecesAfterFirst_ * 1000.0 / static_cast<double>(sinceFirst_.elapsed());
    }
    if (choice.value(u"finish_reason").toString() == u"length")
        turn->reachedLimit = true;
    const QJsonObject usage = event.value(u"usage").toObject();
    if (usage.contains(u"completion_tokens"))
        turn->numTokens = usage.value(u"completion_tokens").toInt();
    if (const double speed = usage.value(u"tokens_per_second").toDouble(); speed > 0)
        turn->tokensPerSecond = speed;
    emit turnChanged(static_cast<int>(turns_.size()) - 1);
}

void ChatSession::replyFinished()
{
    auto* turn = openTurn();
    if (turn == nullptr)
        return;
    readStream();
    const bool broken = reply_->error() != QNetworkReply::NoError;
    if (broken && turn->error.isEmpty()) {
        if (const auto error = readEngineError(errorBody_)) {
            turn->error = error->message;
            turn->hint = error->hint;
        } else {
            turn->error = tr("The answer broke off: %1.").arg(reply_->errorString());
            turn->hint = tr("Restart the model, then ask again.");
        }
    }
    closeTurn(turn->error.isEmpty() ? ChatTurn::State::Done : ChatTurn::State::Failed);
}

void ChatSession::stop()
{
    if (reply_ == nullptr)
        return;
    closeTurn(ChatTurn::State::Stopped);
}

void ChatSession::closeTurn(ChatTurn::State state)
{
    turns_.last().state = state;
    auto* reply = reply_;
    reply_ = nullptr;
    reply->disconnect(this);
    reply->abort(); // the engine sees the closed connection and stops within a token
    reply->deleteLater();
    emit turnChanged(static_cast<int>(turns_.size()) - 1);
    emit answeringChanged();
}

void ChatSession::clear()
{
    stop();
    turns_.clear();
    emit cleared();
}

QString ChatSession::asText() const
{
    QString text;
    for (const auto& turn : turns_) {
        const QString who = turn.role == u"user" ? tr("Student") : tr("Model");
        text += who + QStringLiteral(": ") + turn.text + QStringLiteral("\n\n");
    }
    return text.trimmed();
}

} // namespace lyceum::ui
