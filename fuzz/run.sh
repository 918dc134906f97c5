#!/usr/bin/env bash
# Fuzzes the calendar room for a while: bytes → occurrences, seeded with the hand-written calendars of tests/feeds and, if
# $OFFWATCH_CORPUS names one, with a corpus of real ones. Fails on a crash, a broken promise, or an input that takes long.
#
#     fuzz/run.sh [SECONDS]          (default: 180)
#
# Needs cargo-fuzz and a C++ compiler. Without a nightly toolchain the stable one is told to behave like it; nothing
# that offwatch is built of depends on that.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-180}
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT

# Same names in different folders are different files.
while IFS= read -r -d '' file; do
    cp "$file" "$seeds/$(printf %s "$file" | sha1sum | cut -c1-16).ics"
done < <(find tests/feeds ${OFFWATCH_CORPUS:+"$OFFWATCH_CORPUS"} -type f -name '*.ics' -size -16k -print0)
mkdir -p fuzz/corpus/calendar

# An execution reads its input up to four times, each of which must take less than a second.
set +e
RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none --no-trace-compares calendar fuzz/corpus/calendar "$seeds" -- \
    -max_len=16384 -timeout=4 -rss_limit_mb=2048 -max_total_time="$seconds" -print_final_stats=1 2>&1 |
    grep --line-buffered -E '^(stat::|Done|SUMMARY|==|artifact|thread|assertion|  (left|right))|INITED|error|panicked'
exit "${PIPESTATUS[0]}"
