//! Where single occurrences lie: floating times, whole days, changes of the clock, lengths, short months, and what began
//! before the window.

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// Compares what a file says about a span with the expected rows.
#[track_caller]
fn check(file: &str, span: &str, expected: &[&str]) {
    compare(&inspect(&feed(&format!("recurrence/{file}")), span).rows(), &expected.join("\n"));
}

#[test]
fn a_floating_series_follows_the_clock_of_the_zone_asked_for() {
    check(
        "floating",
        "2026-10-01 2026-11-01 Europe/Berlin",
        &[
            "2026-10-24T07:00Z 0m daily [2026-10-24T07:00Z] ACME: wherever you are",
            "2026-10-25T08:00Z 0m daily [2026-10-25T08:00Z] ACME: wherever you are",
            "2026-10-26T08:00Z 0m daily [2026-10-26T08:00Z] ACME: wherever you are",
        ],
    );
}

#[test]
fn an_all_day_series_is_a_matter_of_dates() {
    check(
        "all_day_series",
        "2026-10-01 2026-11-30 America/New_York",
        &["2026-10-23 2d leave@ada [2026-10-23] Ada: part-time", "2026-10-30 2d leave@ada [2026-10-30] Ada: part-time"],
    );
}

#[test]
fn a_time_that_does_not_exist_is_read_with_the_offset_before_the_gap() {
    // §3.3.10 sends a computed time that does not exist to §3.3.5: 02:30 by the offset before is 03:30 summer time.
    check(
        "gap",
        "2026-03-01 2026-04-01 Europe/Berlin",
        &[
            "2026-03-28T01:30Z 30m night@acme [2026-03-28T01:30Z] ACME: night run",
            "2026-03-29T01:30Z 30m night@acme [2026-03-29T01:30Z] ACME: night run",
            "2026-03-30T00:30Z 30m night@acme [2026-03-30T00:30Z] ACME: night run",
        ],
    );
}

#[test]
fn a_time_that_exists_twice_is_the_first() {
    check(
        "repeated_hour",
        "2026-10-01 2026-11-01 Europe/Berlin",
        &[
            "2026-10-24T00:30Z 1h night@acme [2026-10-24T00:30Z] ACME: night run",
            "2026-10-25T00:15Z 2h once@acme ACME: once",
            "2026-10-25T00:30Z 1h night@acme [2026-10-25T00:30Z] ACME: night run",
            "2026-10-26T01:30Z 1h night@acme [2026-10-26T01:30Z] ACME: night run",
        ],
    );
}

#[test]
fn an_end_means_an_exact_length_and_days_of_a_duration_a_nominal_one() {
    check(
        "length_over_the_change",
        "2026-10-01 2026-11-01 Europe/Berlin",
        &[
            "2026-10-17T10:00Z 24h exact@acme [2026-10-17T10:00Z] ACME: exact",
            "2026-10-17T11:00Z 24h nominal@acme [2026-10-17T11:00Z] ACME: nominal",
            "2026-10-17T12:00Z 24h hours@acme [2026-10-17T12:00Z] ACME: hours",
            "2026-10-24T10:00Z 24h exact@acme [2026-10-24T10:00Z] ACME: exact",
            "2026-10-24T11:00Z 25h nominal@acme [2026-10-24T11:00Z] ACME: nominal",
            "2026-10-24T12:00Z 24h hours@acme [2026-10-24T12:00Z] ACME: hours",
        ],
    );
}

#[test]
fn leap_days_and_thirty_firsts_are_skipped_where_there_is_none() {
    let said = inspect(&feed("recurrence/short_months"), "2024-01-01 2033-01-01 UTC");
    compare(
        &said.starts(),
        "leap: 2024-02-29 2028-02-29 2032-02-29
         thirty-first: 2026-01-31T09:00 2026-03-31T09:00 2026-05-31T09:00 2026-07-31T09:00 2026-08-31T09:00",
    );
}

#[test]
fn what_began_before_the_window_and_still_runs_is_listed() {
    check(
        "still_running",
        "2026-12-01 2026-12-02 UTC",
        &[
            "2026-11-16 19d leave@ada Ada: leave",
            "2026-11-25T09:00Z 240h series@acme [2026-11-25T09:00Z] ACME: ten days each month",
            "2026-11-29T09:00Z 72h timed@acme ACME: migration",
        ],
    );
}

#[test]
fn a_moment_lies_in_the_window_that_begins_with_it() {
    check(
        "edges_of_the_window",
        DECEMBER,
        &[
            "2026-12-01T00:00Z 0m first@acme ACME: a moment as the window begins",
            "2026-12-31T23:30Z 1h into@acme ACME: over the year's end",
        ],
    );
    check(
        "edges_of_the_window",
        "2027-01-01 2027-02-01 UTC",
        &["2026-12-31T23:30Z 1h into@acme ACME: over the year's end", "2027-01-01T00:00Z 0m last@acme ACME: a moment as the window ends"],
    );
}

#[test]
fn the_window_begins_and_ends_as_half_open_stretches_do() {
    let row = "2026-11-30T09:00Z 15h over@acme ACME: over as the window begins";
    let rows = inspect(&feed("recurrence/still_running"), "2026-11-30 2026-12-01 UTC").rows();
    assert!(rows.contains(row), "{rows}");
    let rows = inspect(&feed("recurrence/still_running"), DECEMBER).rows();
    assert!(!rows.contains("over@acme"), "{rows}");
}
