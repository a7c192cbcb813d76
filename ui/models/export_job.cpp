#include "ui/models/export_job.h"

#include "ui/models/engine_error.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

namespace lyceum::ui {
namespace {

constexpr int kKillMs = 3000;

QByteArray lastLine(const QByteArray& text)
{
    const QByteArray trimmed = text.trimmed();
    return trimmed.mid(trimmed.lastIndexOf('\n') + 1);
}

ExportJob::Outcome readOutcome(const QByteArray& json, const QString& folder)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    ExportJob::Outcome outcome;
    outcome.verified = object.value(u"verified").toBool();
    if (object.value(u"max_difference").isDouble())
        outcome.maxDifference = object.value(u"max_difference").toDouble();
    const QJsonObject format = object.value(u"formats").toArray().first().toObject();
    if (format.value(u"limit").isDouble())
        outcome.limit = format.value(u"limit").toDouble();
    outcome.tensors = format.value(u"tensors").toInteger();
    outcome.probeTokens = format.value(u"probe_tokens").toInteger();
    outcome.sameChoices = format.value(u"same_choices").toInteger();
    const QJsonObject hashes = object.value(u"sha256").toObject();
    for (const auto& entry : object.value(u"files").toArray()) {
        const QFileInfo file(QDir(folder), entry.toString());
        outcome.files.append(
            {file.absoluteFilePath(), file.size(), hashes.value(entry.toString()).toString()});
    }
    return outcome;
}

} // namespace

ExportJob::ExportJob(QString program, QString workspace, QObject* parent)
    : QObject(parent), program_(std::move(program)), workspace_(std::move(workspace))
{
}

ExportJob::~ExportJob()
{
    if (process_ == nullptr)
        return;
    process_->disconnect(this);
    process_->terminate();
    if (!process_->waitForFinished(kKillMs))
        process_->kill();
}

void ExportJob::prepare(const Request& request)
{
    if (process_ != nullptr)
        return;
    request_ = request;
    outcome_ = {};
    message_.clear();
    hint_.clear();
    progress_.clear();
    setState(State::Waiting);
}

void ExportJob::start()
{
    if (process_ != nullptr)
        return;
    errors_.clear();
    cancelled_ = false;
    clock_.start();
    process_ = new QProcess(this);
    connect(process_, &QProcess::readyReadStandardError, this, &ExportJob::readErrors);
    connect(process_, &QProcess::finished, this, &ExportJob::ended);
    connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            end(State::Failed,
                tr("The engine %1 could not be started: %2.")
                    .arg(program_, process_->errorString()),
                tr("Build or install lyceum-engine beside the studio."));
    });
    setState(State::Running);
    process_->start(program_,
                    {QStringLiteral("export"), request_.reference, QStringLiteral("--workspace"),
                     workspace_, QStringLiteral("--format"), request_.format,
                     QStringLiteral("--out"), request_.folder, QStringLiteral("--json"),
                     QStringLiteral("--dtype"), request_.dtype});
}

void ExportJob::cancel()
{
    if (state_ == State::Waiting)
        setState(State::Cancelled);
    if (process_ == nullptr)
        return;
    cancelled_ = true;
    process_->terminate();
    QTimer::singleShot(kKillMs, process_, &QProcess::kill);
}

void ExportJob::reset()
{
    if (process_ == nullptr && state_ != State::Idle)
        setState(State::Idle);
}

double ExportJob::seconds() const
{
    return state_ == State::Running ? static_cast<double>(clock_.elapsed()) / 1000.0 : took_;
}

void ExportJob::readErrors()
{
    errors_ += process_->readAllStandardError().replace('\r', '\n');
    const QString line = QString::fromUtf8(lastLine(errors_)).trimmed();
    if (line.isEmpty() || line == progress_)
        return;
    progress_ = line;
    emit progressChanged();
}

void ExportJob::ended(int status, QProcess::ExitStatus how)
{
    const QByteArray output = lastLine(process_->readAllStandardOutput());
    if (cancelled_) {
        end(State::Cancelled);
        return;
    }
    if (how == QProcess::NormalExit && status == 0) {
        outcome_ = readOutcome(output, request_.folder);
        end(State::Done);
        return;
    }
    if (const auto error = readEngineError(output)) {
        end(State::Failed, error->message, error->hint);
        return;
    }
    end(State::Failed,
        how == QProcess::CrashExit
            ? tr("The engine was ended from outside or crashed while exporting %1.")
                  .arg(request_.reference)
            : tr("Exporting %1 failed with exit status %2.").arg(request_.reference).arg(status),
        progress_);
}

void ExportJob::end(State state, const QString& message, const QString& hint)
{
    took_ = static_cast<double>(clock_.elapsed()) / 1000.0;
    message_ = message;
    hint_ = hint;
    process_->disconnect(this);
    process_->deleteLater();
    process_ = nullptr;
    setState(state);
}

void ExportJob::setState(State state)
{
    state_ = state;
    emit stateChanged();
}

} // namespace lyceum::ui
