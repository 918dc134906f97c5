//! When an event begins and ends: dates, times and durations, also as they should not be written.

use crate::inspect::{DRILL, UPGRADE, check_reading as check, compare, feed, inspect};

#[test]
fn the_kind_of_a_value_may_be_said_although_it_is_the_default() {
    check("value_said", &[UPGRADE, DRILL]);
}

#[test]
fn an_end_may_lie_in_another_zone_than_its_start() {
    check("two_zones", &["2026-12-01T09:00Z 9h flight@ada Ada: on the way to ACME", DRILL]);
}

#[test]
fn a_date_written_with_midnight_is_a_date_and_with_another_time_a_time() {
    check("date_with_time", &["2026-12-07 2d leave@ada Ada: leave", "2026-12-08T09:00Z 1h upgrade@acme ACME: upgrade to 17.4", DRILL]);
}

#[test]
fn a_bare_date_is_a_date_without_being_called_one() {
    check("bare_date", &["2026-12-07 2d leave@ada Ada: leave", DRILL]);
}

#[test]
fn an_end_before_its_start_is_no_end() {
    check(
        "end_before_start",
        &[
            "2026-12-01T10:00Z 0m upgrade@acme ACME: upgrade to 17.4",
            "2026-12-09 1d leave@ada Ada: leave",
            DRILL,
            "! 8 VEVENT upgrade@acme: DTEND `20261201T090000Z` … before DTSTART…without length",
            "! 15 VEVENT leave@ada: DTEND `20261207` … before DTSTART…",
        ],
    );
}

#[test]
fn an_end_that_is_no_date_is_no_end() {
    check(
        "bad_end",
        &[
            "2026-12-01T09:00Z 0m upgrade@acme ACME: upgrade to 17.4",
            "2026-12-07 1d leave@ada Ada: leave",
            DRILL,
            "! 8 VEVENT upgrade@acme: DTEND `when it is done` … no date…without length",
            "! 15 VEVENT leave@ada: DTEND `20261301` … no date…",
        ],
    );
}

#[test]
fn a_date_with_a_zone_is_a_date() {
    // §3.2.19: TZID has no meaning for a date.
    check("date_with_zone", &["2026-12-07 2d leave@ada Ada: leave", DRILL]);
}

#[test]
fn an_all_day_event_that_ends_where_it_starts_lasts_that_day() {
    check("one_day", &["2026-12-07 1d leave@ada Ada: leave", "2026-12-08 1d leave@grace Grace: leave", DRILL]);
}

#[test]
fn a_date_and_a_time_as_start_and_end_are_understood() {
    // The date of a timed end is the first day after, as it is of a date; a date as end of a timed event is its midnight.
    check(
        "mixed_ends",
        &["2026-12-07 2d leave@ada Ada: leave", "2026-12-09T22:00Z 26h night@acme ACME: migration through the night", DRILL],
    );
}

#[test]
fn durations_have_weeks_days_and_time_and_never_run_backwards() {
    check(
        "durations",
        &[
            "2026-12-01 14d weeks@ada Ada: parental leave",
            "2026-12-03T09:00Z 26h3m4s parts@acme ACME: long test",
            "2026-12-04T09:00Z 0m negative@acme ACME: backwards",
            DRILL,
            "! 22 VEVENT negative@acme: DURATION `-PT1H` … negative…without length",
        ],
    );
}

#[test]
fn of_an_end_and_a_duration_the_end_counts() {
    check("end_and_duration", &[UPGRADE, DRILL, "! 8 VEVENT upgrade@acme: …DURATION…DTEND…"]);
}

#[test]
fn a_duration_that_no_event_has_is_none() {
    check(
        "absurd_durations",
        &[
            "2026-12-01T09:00Z 0m days@acme ACME: days without end",
            "2026-12-02T09:00Z 0m digits@acme ACME: more digits than a number has",
            "2026-12-03T09:00Z 0m letters@acme ACME: in words",
            DRILL,
            "! 8 VEVENT days@acme: DURATION `P99999999999D` …without length",
            "! 15 VEVENT digits@acme: DURATION `PT99999999999999999999999999S` …without length",
            "! 22 VEVENT letters@acme: DURATION `one hour` …without length",
        ],
    );
}

#[test]
fn trailing_spaces_cost_nothing() {
    check(
        "trailing_spaces",
        &[UPGRADE, "2026-12-07 1d leave@ada [2026-12-07] Ada: leave", "2026-12-08 1d leave@ada [2026-12-08] Ada: leave"],
    );
}

#[test]
fn a_zone_beside_a_time_in_utc_does_not_move_it() {
    check("zone_and_z", &[UPGRADE, DRILL]);
}

#[test]
fn times_without_seconds_and_with_dashes_are_read() {
    check(
        "short_times",
        &[
            "2026-12-01T09:00Z 1h seconds@acme ACME: no seconds",
            "2026-12-02T09:00Z 1h dashes@acme ACME: ISO 8601 as people write it",
            "2026-12-07 2d dashed-date@ada Ada: leave",
            DRILL,
        ],
    );
}

#[test]
fn a_leap_second_is_the_second_before_it() {
    let said = inspect(&feed("reading/leap_second"), "2016-12-31 2017-01-02 UTC");
    compare(&said.rows(), "2016-12-31T23:59:59Z 1m leap@acme ACME: watch the leap second");
}
