#pragma once

#include "ui/theme/tokens.h"

#include <QIcon>
#include <QString>

namespace lyceum::ui {

/// An icon of the Breeze theme in the colour of `role`, at any size; follows a change of theme by
/// itself, as it is coloured when painted. `name` is the freedesktop name ("go-home-symbolic").
[[nodiscard]] QIcon themeIcon(const QString& name, Role role = Role::Text2);

} // namespace lyceum::ui
