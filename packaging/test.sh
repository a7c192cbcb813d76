#!/usr/bin/env bash
# Installs what the tests need, builds, and runs every test without a display. The last lines are ctest's summary.
# Arguments go to ctest: `bash packaging/test.sh -L base`.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

bash "$root/packaging/setup.sh" test
build ci
export QT_QPA_PLATFORM=offscreen
unset DISPLAY WAYLAND_DISPLAY
cd "$root"
exec ctest --preset ci --parallel "$(nproc)" "$@"
