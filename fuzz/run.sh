#!/usr/bin/env bash
# Fuzzes what reads other people's bytes, for a while in all: calendars two thirds of it, configurations and the replies of
# mail servers a sixth each, less a little for the tokens of links. Fails on a crash, a broken promise, or an input that takes long.
#
#     fuzz/run.sh [SECONDS [TARGET]]          (default: 180, and all targets)
#
# Seeds are the hand-written calendars of tests/feeds and, if $OFFWATCH_CORPUS names one, a corpus of real ones; the
# configurations in the tree; and fuzz/seeds. What was found stays in fuzz/corpus. Needs cargo-fuzz and a C++ compiler.
# Without a nightly toolchain the stable one is told to behave like it; nothing that offwatch is built of depends on that.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-180}
only=${2:-}
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
mkdir "$seeds/calendar" "$seeds/config" "$seeds/smtp" "$seeds/token"

# collect TARGET: copies the files named on standard input. Same names in different folders are different files.
collect() {
    while IFS= read -r -d '' file; do
        cp "$file" "$seeds/$1/$(printf %s "$file" | sha1sum | cut -c1-16)"
    done
}
find tests/feeds ${OFFWATCH_CORPUS:+"$OFFWATCH_CORPUS"} -type f -name '*.ics' -size -16k -print0 | collect calendar
find config src/config/tests fuzz/seeds/config -type f -name '*.toml' -print0 | collect config
find fuzz/seeds/smtp -type f -print0 | collect smtp

# fuzz TARGET SECONDS [OPTION…]: builds, then runs for so long.
fuzz() {
    local target=$1 seconds=$2
    shift 2
    [[ -z $only || $only == "$target" ]] || return 0
    [[ -z $only ]] || seconds=$total
    mkdir -p "fuzz/corpus/$target"
    echo "fuzzing $target for $seconds s"
    RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --no-trace-compares "$target" "fuzz/corpus/$target" "$seeds/$target" -- \
        -max_len=16384 -rss_limit_mb=2048 -max_total_time="$seconds" -print_final_stats=1 "$@" 2>&1 |
        grep --text --line-buffered -E '^(stat::|Done|SUMMARY|==|artifact|thread|assertion|  (left|right))|INITED|error|panicked'
}

total=$seconds
# An execution reads its input up to four times, each of which must take less than a second.
fuzz calendar $((seconds * 4 / 6)) -timeout=4
fuzz config $((seconds / 6)) -timeout=2 -dict=fuzz/seeds/config.dict
fuzz smtp $((seconds / 9)) -timeout=1 -dict=fuzz/seeds/smtp.dict
fuzz token $((seconds / 18)) -timeout=1 -max_len=256
