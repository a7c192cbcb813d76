#include "ui/models/export_offers.h"

#include "ui/models/engine_error.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace lyceum::ui {
namespace {

ExportOffers::Offer readOffer(const QJsonObject& json)
{
    ExportOffers::Offer offer{.format = json.value(u"format").toString(),
                              .dtypes = {},
                              .problem = json.value(u"problem").toString(),
                              .hint = json.value(u"hint").toString()};
    for (const auto& dtype : json.value(u"dtypes").toArray())
        offer.dtypes.append(
            {dtype.toObject().value(u"dtype").toString(),
             static_cast<quint64>(dtype.toObject().value(u"size_bytes").toDouble())});
    return offer;
}

} // namespace

ExportOffers::ExportOffers(QString program, QString workspace, QObject* parent)
    : QObject(parent), program_(std::move(program)), workspace_(std::move(workspace))
{
}

ExportOffers::~ExportOffers()
{
    drop();
}

const ExportOffers::Offer* ExportOffers::offer(const QString& format) const
{
    const auto found = std::ranges::find(offers_, format, &Offer::format);
    return found == offers_.end() ? nullptr : &*found;
}

void ExportOffers::ask(const QString& reference)
{
    drop();
    reference_ = reference;
    offers_.clear();
    state_ = State::Asking;
    process_ = new QProcess(this);
    connect(process_, &QProcess::finished, this, &ExportOffers::ended);
    connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            setFailed(tr("The engine %1 could not be started: %2.")
                          .arg(program_, process_->errorString()),
                      tr("Build or install lyceum-engine beside the studio."));
    });
    process_->start(program_, {QStringLiteral("export"), reference, QStringLiteral("--workspace"),
                               workspace_, QStringLiteral("--list"), QStringLiteral("--json")});
    emit changed();
}

void ExportOffers::drop()
{
    if (process_ == nullptr)
        return;
    process_->disconnect(this);
    process_->kill();
    process_->waitForFinished();
    process_->deleteLater();
    process_ = nullptr;
}

void ExportOffers::ended(int status)
{
    const QByteArray output = process_->readAllStandardOutput().trimmed();
    const QJsonObject answer = QJsonDocument::fromJson(output).object();
    if (const auto error = readEngineError(output))
        return setFailed(error->message, error->hint);
    if (status != 0 || !answer.contains(u"formats"))
        return setFailed(
            tr("The engine did not say what %1 can be exported as (exit status %2).")
                .arg(reference_)
                .arg(status),
            QString::fromUtf8(process_->readAllStandardError()).trimmed().section(u'\n', -1));
    for (const auto& each : answer.value(u"formats").toArray())
        offers_.append(readOffer(each.toObject()));
    baseModel_ = answer.value(u"base_model").toString();
    hasChatTemplate_ = answer.value(u"has_chat_template").toBool();
    drop();
    state_ = State::Ready;
    emit changed();
}

void ExportOffers::setFailed(const QString& message, const QString& hint)
{
    drop();
    message_ = message;
    hint_ = hint;
    state_ = State::Failed;
    emit changed();
}

} // namespace lyceum::ui
