#include "ui/models/model_server.h"

#include "ui/models/engine_error.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

namespace lyceum::ui {
namespace {

constexpr int kTerminateMs =
    1500; // an idle server leaves at once; one in the middle of a token soon
constexpr qsizetype kLogLetters = 20000;

} // namespace

ModelServer::ModelServer(QString program, QString workspace, QObject* parent)
    : QObject(parent), program_(std::move(program)), workspace_(std::move(workspace))
{
}

ModelServer::~ModelServer()
{
    if (process_ == nullptr)
        return;
    process_->disconnect(this);
    process_->kill(); // holds nothing but the model: nothing to save
    process_->waitForFinished(kTerminateMs);
}

void ModelServer::load(const QString& reference)
{
    endProcess();
    reference_ = reference;
    output_.clear();
    log_.clear();
    message_.clear();
    hint_.clear();
    url_.clear();
    loading_.start();

    process_ = new QProcess(this);
    connect(process_, &QProcess::readyReadStandardOutput, this, &ModelServer::readOutput);
    connect(process_, &QProcess::readyReadStandardError, this, &ModelServer::readErrors);
    connect(process_, &QProcess::finished, this, &ModelServer::ended);
    connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            failed(tr("The engine %1 could not be started: %2.")
                       .arg(program_, process_->errorString()),
                   tr("Build or install lyceum-engine beside the studio."));
    });
    setState(State::Loading);
    process_->start(program_, {QStringLiteral("serve"), reference, QStringLiteral("--workspace"),
                               workspace_, QStringLiteral("--port"), QStringLiteral("0"),
                               QStringLiteral("--json"), QStringLiteral("--exit-with-parent")});
}

void ModelServer::stop()
{
    endProcess();
    reference_.clear();
    url_.clear();
    setState(State::Stopped);
}

double ModelServer::secondsLoading() const
{
    return state_ == State::Loading ? static_cast<double>(loading_.elapsed()) / 1000.0 : 0.0;
}

void ModelServer::readOutput()
{
    output_ += process_->readAllStandardOutput();
    const qsizetype end = output_.indexOf('\n');
    if (state_ != State::Loading || end < 0)
        return;
    const QByteArray line = output_.left(end);
    const QString url = QJsonDocument::fromJson(line).object().value(u"url").toString();
    if (url.isEmpty())
        return; // an error: its words are read when the engine has ended
    url_ = QUrl(url);
    setState(State::Ready);
}

void ModelServer::readErrors()
{
    log_ += QString::fromUtf8(process_->readAllStandardError());
    if (log_.size() > kLogLetters)
        log_ = log_.right(kLogLetters);
}

void ModelServer::ended(int status, QProcess::ExitStatus how)
{
    readErrors();
    output_ += process_->readAllStandardOutput();
    const QByteArray last = output_.trimmed();
    if (const auto error = readEngineError(last.mid(last.lastIndexOf('\n') + 1))) {
        failed(error->message, error->hint);
        return;
    }
    const QString cause = how == QProcess::CrashExit ? tr("it was ended from outside or crashed")
                                                     : tr("exit status %1").arg(status);
    failed(tr("The engine that held %1 is gone: %2.").arg(reference_, cause),
           tr("Restart it to go on; the conversation is kept."));
}

void ModelServer::failed(const QString& message, const QString& hint)
{
    message_ = message;
    hint_ = hint;
    url_.clear();
    process_->disconnect(this);
    process_->deleteLater();
    process_ = nullptr;
    setState(State::Failed);
}

void ModelServer::setState(State state)
{
    state_ = state;
    emit stateChanged();
}

void ModelServer::endProcess()
{
    if (process_ == nullptr)
        return;
    auto* leaving = process_;
    process_ = nullptr;
    leaving->disconnect(this);
    leaving->setParent(nullptr);
    connect(leaving, &QProcess::finished, leaving, &QObject::deleteLater);
    QTimer::singleShot(kTerminateMs, leaving, &QProcess::kill);
    leaving->terminate();
}

} // namespace lyceum::ui
