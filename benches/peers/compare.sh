#!/usr/bin/env bash
# Whole processes against each other on the same files: `offwatch inspect`, libical (libical.c), recurring-ical-events
# (recurring.py) and `wc -l`, in turn, each finding the occurrences of thirty days and printing them. Prints medians of
# wall time and peak memory, and the ratios.
#
#     benches/peers/compare.sh [RUNS]          (default: 15)
#
# Needs a C compiler, pkg-config and Debian's libical-dev, and python3 with venv; PYTHON=… names a Python that has
# recurring-ical-events already, otherwise a temporary one gets it at a pinned version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

RECURRING=3.8.2
runs=${1:-15}
target=${CARGO_TARGET_DIR:-$PWD/target}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for tool in cargo cc pkg-config python3; do
    command -v "$tool" >/dev/null || { echo "missing: $tool" >&2; exit 2; }
done
pkg-config --exists libical || { echo "missing: libical with its headers (Debian: libical-dev)" >&2; exit 2; }
if [[ -z ${PYTHON:-} ]]; then
    python3 -m venv "$scratch/python" || { echo "missing: Python's venv (Debian: python3-venv)" >&2; exit 2; }
    PYTHON=$scratch/python/bin/python3
    "$PYTHON" -m pip install --quiet "recurring-ical-events==$RECURRING"
fi
"$PYTHON" -c 'import recurring_ical_events' || { echo "missing: recurring-ical-events for $PYTHON" >&2; exit 2; }

cargo build --quiet --release
# shellcheck disable=SC2046
cc -O2 -o "$scratch/libical" benches/peers/libical.c $(pkg-config --cflags --libs libical)
cargo bench --quiet --bench feed -- 10000 1000 >"$scratch/feed.ics"
cargo bench --quiet --bench feed -- 100000 10000 >"$scratch/ten.ics"

"$PYTHON" - "$runs" "$target/release/offwatch" "$scratch" "$PYTHON" <<'DRIVER'
import math
import os
import statistics
import subprocess
import sys
import time

runs, offwatch, scratch, python = int(sys.argv[1]), *sys.argv[2:]


def commands(feed):
    """The command lines over one file."""
    window = ["20260601T000000Z", "20260701T000000Z"]
    span = ["--from", "2026-06-01T00:00:00Z", "--to", "2026-07-01T00:00:00Z", "--zone", "UTC", "--format", "json"]
    return {
        "offwatch": [offwatch, "inspect", feed, *span],
        "libical": [f"{scratch}/libical", feed, *window],
        "Python": [python, "benches/peers/recurring.py", feed, *window],
        "wc -l": ["wc", "-l", feed],
    }


def run(command):
    """Seconds, KiB at the peak, and whether it went well."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - began, used.ru_maxrss, child.returncode


def measure(name, feed, peers, times):
    """Runs the peers in turn, prints the medians, and gives those of time."""
    size, found = os.path.getsize(feed) / 1e6, {peer: [] for peer in peers}
    for _ in range(times):
        for peer in peers:
            found[peer].append(run(commands(feed)[peer]))
    print(f"{name}: {size:.1f} MB, medians of {times} runs")
    medians = {}
    for peer, rows in found.items():
        seconds, memory, codes = zip(*rows)
        medians[peer] = statistics.median(seconds) if not any(codes) else math.nan
        failed = "" if not any(codes) else f", FAILED with {sorted(set(codes))}"
        print(f"  {peer:<9} {1000 * statistics.median(seconds):9.1f} ms {statistics.median(memory) / 1024:7.1f} MiB{failed}")
    return medians


print(f"peaks below {run(['true'])[1] / 1024:.1f} MiB, the size of what starts the processes, are not seen")
one = measure("10,000 single and 1,000 recurring events", f"{scratch}/feed.ics", ["offwatch", "libical", "Python", "wc -l"], runs)
ten = measure("100,000 single and 10,000 recurring events", f"{scratch}/ten.ics", ["offwatch", "libical", "wc -l"], runs)
for peer in ["libical", "Python", "wc -l"]:
    print(f"offwatch : {peer} = {one['offwatch'] / one[peer]:.3f}")
for peer in ["offwatch", "libical"]:
    print(f"{peer}, 100,000 : 10,000 events = {ten[peer] / one[peer]:.1f}")
DRIVER
