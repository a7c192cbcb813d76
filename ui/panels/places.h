#pragma once

#include "ui/shell/place.h"

namespace lyceum::ui {

/// Every place this version has something behind.
[[nodiscard]] PlaceRegistry allPlaces();

} // namespace lyceum::ui
