#pragma once

#include "core/store/run_store.h"

namespace lyceum::ui {

class Pill;

/// Shows the state of `run` in `pill`, as every page words it.
void showState(Pill& pill, const store::RunRow& run);

} // namespace lyceum::ui
