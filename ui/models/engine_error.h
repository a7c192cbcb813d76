#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace lyceum::ui {

/// What an engine says when it fails: `{"error":{"message","hint"}}`, on standard output or over
/// HTTP.
struct EngineError {
    QString message;
    QString hint;
};

/// @return nothing when `json` is not such an object.
[[nodiscard]] std::optional<EngineError> readEngineError(const QByteArray& json);

} // namespace lyceum::ui
