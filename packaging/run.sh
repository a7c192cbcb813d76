#!/usr/bin/env bash
# From nothing to Lyceum: installs what is missing, builds, and opens the studio. Without a display it
# trains the starter project in the terminal. Start it as often as you like.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

bin="$root/build/release/bin"
workspace="${XDG_DATA_HOME:-$HOME/.local/share}/lyceum"
run=fractions-tutor

run_status() {
    # The run's own status comes before that of its summary.
    "$bin/lyceum" runs show "$run" --json 2>/dev/null |
        sed -nE 's/^\{"run":"[^"]*","name":"[^"]*","status":"([a-z]+)".*/\1/p'
}

what_next() {
    say ""
    say "The run '$run' is $1. Everything of it is in $workspace/runs/$run"
    say "What you can do next:"
    say "  $bin/lyceum generate $run --chat --prompt 'What is 1/2 + 1/3?'"
    say "  $bin/lyceum evaluate $run --data fractions-tutor:test"
    say "  $bin/lyceum export $run --format hf --out $PWD/$run-hf"
    say "  $bin/lyceum runs list"
    say "With a display, this same command opens the studio."
}

train_in_terminal() {
    say "There is no display: training the starter project in this terminal (Ctrl-C stops and saves)."
    case $(run_status) in
    "") "$bin/lyceum" train starter ;;
    finished) say "It has been trained already; 'lyceum runs delete $run' makes room to train it anew." ;;
    stopped | failed | lost) "$bin/lyceum" train --resume "$run" ;;
    *) say "It is being trained by another process; 'lyceum runs show $run' tells how far it is." ;;
    esac
    what_next "$(run_status)"
}

bash "$root/packaging/setup.sh" run
build release
if [[ -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]]; then
    say "Opening the studio."
    exec "$bin/lyceum-studio" "$@"
fi
train_in_terminal
