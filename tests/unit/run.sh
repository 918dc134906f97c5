#!/usr/bin/env bash
# The shipped unit under a real systemd: boots a small Debian 12 in a container of its own, installs the program there as
# systemd/README.md says, and shows what the unit promises. Leaves nothing running, mounted or lying about.
#
#     tests/unit/run.sh [PROGRAM]          (default: target/release/offwatch)
#
# Needs root (or sudo without a password), systemd-container, mmdebstrap, openssl and python3, and the network once for
# the small Debian. Where that cannot be had it says so and passes, unless $OFFWATCH_REQUIRE names `systemd`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
house=$(cd "$here/../.." && pwd)

PACKAGES=systemd,systemd-sysv,dbus,libnss-systemd,ca-certificates,tzdata
# Seconds: for making the small Debian, and for everything else.
MAKING=300
LIMIT=900

program=$(realpath -m "${1:-${CARGO_TARGET_DIR:-$house/target}/release/offwatch}")
cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/offwatch-ci

# skip WHY: this machine cannot do it.
skip() {
    if [[ " ${OFFWATCH_REQUIRE:-} " == *" systemd "* ]]; then
        echo "the unit under a real systemd cannot be tested: $1" >&2
        exit 1
    fi
    echo "skipped: the unit under a real systemd: $1"
    exit 0
}

# Makes the small Debian, once for each list of packages, and prints where it is.
base() {
    local wanted=$cache/debian-12 making=$cache/debian-12.new
    mkdir -p "$cache"
    exec {lock}>"$cache/debian-12.lock"
    flock "$lock"
    if [[ $(cat "$wanted.packages" 2>/dev/null) != "$PACKAGES" || ! -d $wanted ]]; then
        rm -rf --one-file-system "$wanted" "$making"
        timeout "$MAKING" mmdebstrap --quiet --variant=minbase --include="$PACKAGES" bookworm "$making" >&2 || return 1
        mv "$making" "$wanted"
        echo "$PACKAGES" >"$wanted.packages"
    fi
    echo "$wanted"
}

if ((EUID != 0)); then
    sudo -n true 2>/dev/null || skip "it needs root"
    exec sudo -n --preserve-env=HOME,XDG_CACHE_HOME,OFFWATCH_REQUIRE "$0" "$program"
fi
for tool in systemd-nspawn mmdebstrap openssl python3; do
    command -v "$tool" >/dev/null || skip "$tool is missing"
done
[[ -x $program ]] || { echo "there is no program $program: build it with cargo build --release" >&2; exit 1; }
root=$(base) || skip "mmdebstrap could not make a small Debian"

scratch=$(mktemp -d)
checks=
# shellcheck disable=SC2317  # called by the trap
# Whatever ends this script ends the checks first, which take the machine down.
finish() {
    local status=$?
    trap '' INT TERM
    if [[ -n $checks ]] && kill -TERM "$checks" 2>/dev/null; then
        wait "$checks" || true
    fi
    rm -rf --one-file-system "$scratch"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
timeout --foreground --kill-after=30 "$LIMIT" bash "$here/checks.sh" "$root" "$program" "$scratch" &
checks=$!
status=0
wait "$checks" || status=$?
checks=
case $status in
0) echo "the unit holds what it promises, after $SECONDS s" ;;
75) skip "$(tail -n 1 "$scratch/console" 2>/dev/null || true) (it does not boot)" ;;
124 | 137) echo "the checks were not through after $LIMIT s" >&2 ;;
esac
exit "$status"
