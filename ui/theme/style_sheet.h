#pragma once

#include "ui/theme/tokens.h"

#include <QString>

namespace lyceum::ui {

/// The application's style sheet for `tokens`, with type sizes times `textScale`. What widgets say
/// about themselves (kind, tone, textStyle) are dynamic properties set by ui/widgets.
[[nodiscard]] QString makeStyleSheet(const Tokens& tokens, double textScale);

} // namespace lyceum::ui
