#include "ui/models/engine_error.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lyceum::ui {

std::optional<EngineError> readEngineError(const QByteArray& json)
{
    const QJsonValue error = QJsonDocument::fromJson(json).object().value(u"error");
    const QString message = error.toObject().value(u"message").toString();
    if (message.isEmpty())
        return {};
    return EngineError{message, error.toObject().value(u"hint").toString()};
}

} // namespace lyceum::ui
