#!/usr/bin/env bash
# The figures of endurance: kills at random, every crash point, replicas, outages, throughput; and a week of virtual time
# with everything that can go wrong. Needs what the tests need (PostgreSQL, libfaketime), and Postfix's smtp-source.
#
#     tests/endurance/run.sh [KILLS]          (default: 500 on one daemon, 200 among three replicas)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

kills=${1:-500}
cargo build --release --quiet
# play KILLS TEST: one part, alone, its figures only.
play() {
    OFFWATCH_ENDURANCE=$1 OFFWATCH_REQUIRE="faketime postgresql" \
        cargo test --release --quiet --test endurance -- --nocapture --include-ignored "$2" 2>&1 |
        sed -E 's/^\.+//' | grep -Ev '^(running|test result|test |$)'
}
echo "== kills"
play "$kills" kills::on_a_file
play "$kills" kills::on_a_server
play "$(((kills * 2 + 4) / 5))" three_replicas
echo "== crash points"
play "$kills" may_end_anywhere
echo "== clocks and stops"
play "$kills" whatever_the_clock_does
play "$kills" stopped_for_too_long
echo "== outages"
play "$kills" outlives
echo "== throughput"
play "$kills" letters_a_second
echo "== weeks of virtual time"
target/release/offwatch simulate --chaos 0..1000 --days 7 --crashes
