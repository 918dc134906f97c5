#!/usr/bin/env bash
# The figures of endurance: kills at random, every crash point, replicas, outages, throughput; a week of virtual time with
# everything that can go wrong; what becomes of a letter and of a feed at each fault; and whether a secret is told. Needs what
# the tests need (PostgreSQL, libfaketime, aiosmtpd); Postfix's smtp-source is measured beside it where it is installed.
#
#     tests/endurance/run.sh [KILLS]          (default: 500 on one daemon, 200 among three replicas)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

kills=${1:-500}
# Where .ci/run keeps aiosmtpd.
export PATH=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/offwatch-ci/python/bin:$PATH
cargo build --release --quiet
# play KILLS TEST: one part, alone, its figures only.
play() {
    OFFWATCH_ENDURANCE=$1 OFFWATCH_REQUIRE="faketime postgresql" \
        cargo test --release --quiet --test endurance -- --nocapture --include-ignored "$2" 2>&1 |
        sed -E 's/^\.+//' | grep -Ev '^(running|test result|test |$)'
}
# quietly COMMAND…: what it says only if it fails.
quietly() {
    local said
    said=$("$@" 2>&1) || {
        echo "$said"
        return 1
    }
}
# rows TEST SNAPSHOT…: tables that this test has just found to be as they are.
rows() {
    local test=$1 table
    shift
    INSTA_UPDATE=no quietly cargo test --release --quiet --lib "$test"
    for table in "$@"; do
        echo "-- $(basename "$table" .snap)"
        awk 'marks == 2 { print } /^---$/ { marks++ }' "$table"
    done
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
echo "== a mail server that goes wrong at each step"
rows every_step_goes_wrong src/send/tests/snapshots/offwatch__send__tests__faults__every_step_goes_wrong_in_every_way.snap
echo "== a calendar's server that goes wrong"
feeds=src/feeds/tests/snapshots/offwatch__feeds__tests
rows feeds::tests "${feeds}__matrix__http.snap" "${feeds}__http2__http2.snap" "${feeds}__tls__tls.snap"
echo "== canaries"
# A run in which a peer is missing is none.
OFFWATCH_REQUIRE="aiosmtpd faketime postgresql" quietly cargo test --release --quiet --test daemon canary::
echo "canaries: 0 secrets, 0 reasons of leave where they do not belong"
