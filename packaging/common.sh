# shellcheck shell=bash
# What the scripts here share. To be sourced, after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# One clear sentence, and what to do about it.
fail() {
    say "Lyceum: $1"
    [[ $# -lt 2 ]] || say "        $2"
    exit 1
}

# free_gib FOLDER: whole GiB free on its disk.
free_gib() { df -Pk -- "$1" | awk 'NR == 2 { print int($4 / 1048576) }'; }

# build PRESET [TARGET...]: configures once and builds; a build that is up to date costs a second.
build() {
    local preset=$1 folder="$root/build/$1" log="$root/build/$1/build.log"
    shift
    mkdir -p "$folder"
    if [[ ! -f $folder/build.ninja ]]; then
        local space
        space=$(free_gib "$folder")
        ((space >= 4)) || fail "the build needs 4 GiB free for $folder, and $space GiB are left." \
            "Free some space and start this again."
        say "Configuring ($folder)."
        (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 || {
            tail -n 20 "$log" >&2
            fail "the build could not be configured." "The whole output is in $log."
        }
    fi
    # A file that includes LibTorch takes up to 2 GiB to compile.
    local jobs memory
    jobs=$(nproc)
    memory=$(awk '/MemAvailable/ { print int($2 / 2097152) }' /proc/meminfo)
    ((memory >= 1)) || memory=1
    ((jobs <= memory)) || jobs=$memory
    say "Building into $folder/bin with $jobs jobs (minutes the first time, a second afterwards)."
    (cd "$root" && NINJA_STATUS='[%f/%t, %e s] ' cmake --build --preset "$preset" -j "$jobs" \
        ${1:+--target "$@"} 2>&1) | tee "$log" >&2 || {
        grep -nE -A8 'error:|FAILED:|undefined reference' "$log" | head -n 40 >&2 || true
        fail "the build failed." "The whole output is in $log."
    }
}
