#include "ui/models/chat_session.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

/// Answers each request on loopback with `head` and `events`, piece by piece, as a slow server
/// does.
class FakeServer final : public QTcpServer {
public:
    FakeServer()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            auto* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                request += socket->readAll();
                if (request.contains("\"seed\"") && !std::exchange(answered_, true)) {
                    socket->write(status);
                    for (const auto& piece : pieces)
                        socket->write(piece);
                    if (closes)
                        socket->disconnectFromHost();
                }
            });
            connect(socket, &QTcpSocket::disconnected, this, [this] { wasClosed = true; });
        });
    }

    [[nodiscard]] QUrl url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(serverPort())); }

    QByteArray request;
    QByteArray status =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    QByteArrayList pieces;
    bool closes = true;
    bool wasClosed = false;

private:
    bool answered_ = false;
};

QByteArray piece(const char* text)
{
    return QByteArray("data: {\"choices\":[{\"delta\":{\"content\":\"") + text +
           "\"},\"finish_reason\":null}]}\n\n";
}

} // namespace

class TestChatSession : public QObject {
    Q_OBJECT

private slots:
    void anAnswerStreamsInAndEndsWithTheServersFigures()
    {
        FakeServer server;
        server.pieces = {piece("Half"), piece(" of it."),
                         "data: "
                         "{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":{"
                         "\"completion_tokens\":7,"
                         "\"tokens_per_second\":91.5}}\n\ndata: [DONE]\n\n"};
        ChatSession chat;
        chat.setServer(server.url());
        chat.send(u"What is 1/2?"_s);
        QVERIFY(chat.isAnswering());
        QTRY_VERIFY(!chat.isAnswering());
        const auto& turn = chat.turns().last();
        QCOMPARE(turn.state, ChatTurn::State::Done);
        QCOMPARE(turn.text, u"Half of it."_s);
        QCOMPARE(turn.numTokens, 7);
        QCOMPARE(turn.tokensPerSecond, 91.5);
        QVERIFY(turn.reachedLimit);
        QVERIFY(server.request.contains("What is 1/2?"));
    }

    void everySettingIsAskedOfTheServer()
    {
        FakeServer server;
        server.pieces = {piece("ok"), "data: [DONE]\n\n"};
        ChatSession chat;
        chat.setServer(server.url());
        chat.setSettings({.temperature = 0.5,
                          .topP = 0.75,
                          .topK = 40,
                          .minP = 0.25,
                          .repetitionPenalty = 1.5,
                          .maxNewTokens = 9,
                          .seed = 7,
                          .systemPrompt = u"Be brief."_s});
        chat.send(u"hello"_s);
        QTRY_VERIFY(!chat.isAnswering());
        for (const char* part :
             {"\"temperature\":0.5", "\"top_p\":0.75", "\"top_k\":40", "\"min_p\":0.25",
              "\"repetition_penalty\":1.5", "\"max_tokens\":9", "\"seed\":7", "Be brief."})
            QVERIFY2(server.request.contains(part), part);
    }

    void stoppingKeepsWhatHasComeAndClosesTheConnection()
    {
        FakeServer server;
        server.pieces = {piece("Once upon")};
        server.closes = false;
        ChatSession chat;
        chat.setServer(server.url());
        chat.send(u"Tell me"_s);
        QTRY_COMPARE(chat.turns().last().text, u"Once upon"_s);
        chat.stop();
        QCOMPARE(chat.turns().last().state, ChatTurn::State::Stopped);
        QCOMPARE(chat.turns().last().text, u"Once upon"_s);
        QTRY_VERIFY(server.wasClosed);
    }

    void aRefusalIsShownInTheServersWords()
    {
        FakeServer server;
        server.status = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: "
                        "close\r\n\r\n";
        server.pieces = {
            R"({"error":{"message":"The prompt has 9000 tokens; the context holds 8192."}})"};
        ChatSession chat;
        chat.setServer(server.url());
        chat.send(u"long"_s);
        QTRY_COMPARE(chat.turns().last().state, ChatTurn::State::Failed);
        QVERIFY(chat.turns().last().error.contains(u"9000"_s));
    }

    void aServerThatIsGoneFailsTheAnswerWithWhatToDo()
    {
        ChatSession chat;
        chat.setServer(QUrl(u"http://127.0.0.1:1"_s));
        chat.send(u"hello"_s);
        QTRY_COMPARE(chat.turns().last().state, ChatTurn::State::Failed);
        QVERIFY(!chat.turns().last().hint.isEmpty());
    }

    void aQuestionThatFailedIsNotSentAgainWithTheNext()
    {
        ChatSession chat;
        chat.setServer(QUrl(u"http://127.0.0.1:1"_s));
        chat.send(u"far too long"_s);
        QTRY_COMPARE(chat.turns().last().state, ChatTurn::State::Failed);
        FakeServer server;
        server.pieces = {piece("Yes.")};
        chat.setServer(server.url());
        chat.send(u"Is 2/4 a half?"_s);
        QTRY_COMPARE(chat.turns().last().state, ChatTurn::State::Done);
        QVERIFY(server.request.contains("Is 2/4 a half?"));
        QVERIFY(!server.request.contains("far too long"));
    }

    void nothingIsSentWithoutAServerOrWords()
    {
        ChatSession chat;
        chat.send(u"hello"_s);
        QVERIFY(chat.turns().isEmpty());
        chat.setServer(QUrl(u"http://127.0.0.1:1"_s));
        chat.send(u"  \n"_s);
        QVERIFY(chat.turns().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestChatSession)
#include "tst_chat_session.moc"
