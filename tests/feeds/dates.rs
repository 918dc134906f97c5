//! EXDATE, RDATE and EXRULE: dates taken away and added, in any kind, zone and number.

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// December 2026 in Berlin.
const BERLIN: &str = "2026-12-01 2027-01-01 Europe/Berlin";

/// Compares when the events of a file start with the expected rows.
#[track_caller]
fn check(file: &str, span: &str, expected: &[&str]) {
    compare(&inspect(&feed(&format!("recurrence/{file}")), span).starts(), &expected.join("\n"));
}

#[test]
fn exdate_takes_away_by_local_date_local_time_another_zone_and_utc() {
    check(
        "exdate",
        BERLIN,
        &[
            "dated: 2026-12-01T00:30 2026-12-03T00:30 2026-12-04T00:30",
            "elsewhere: 2026-12-01T10:00 2026-12-03T10:00 2026-12-04T10:00",
            "timed: 2026-12-01T09:00 2026-12-03T09:00 2026-12-04T09:00",
            "utc: 2026-12-01T11:00 2026-12-03T11:00 2026-12-04T11:00",
        ],
    );
}

#[test]
fn an_exdate_in_utc_means_the_instant_and_not_the_hour_before_a_change_of_the_clock() {
    check("exdate_after_the_change", "2026-10-01 2026-12-01 Europe/Berlin", &["standup@acme: 2026-10-19T09:00 2026-10-26T09:00"]);
}

#[test]
fn exdate_comes_in_lists_and_lines_and_takes_away_the_start_as_well() {
    check(
        "exdate_lists",
        DECEMBER,
        &[
            "another-time: 2026-12-01T12:00 2026-12-02T12:00",
            "first: 2026-12-02T15:00 2026-12-03T15:00",
            "leave: 2026-12-01 2026-12-04",
            "lists: 2026-12-01T09:00 2026-12-04T09:00 2026-12-07T09:00 2026-12-08T09:00 2026-12-09T09:00",
        ],
    );
}

#[test]
fn an_exdate_that_is_a_period_takes_away_its_start() {
    check("exdate_period", DECEMBER, &["period: 2026-12-01T09:00 2026-12-03T09:00"]);
}

#[test]
fn rdate_adds_local_times_other_zones_and_utc() {
    check(
        "rdate",
        BERLIN,
        &[
            "elsewhere: 2026-12-01T11:00 2026-12-03T11:00",
            "timed: 2026-12-01T10:00 2026-12-03T12:00",
            "utc: 2026-12-01T12:00 2026-12-03T12:00",
        ],
    );
}

#[test]
fn a_date_added_to_a_timed_event_is_that_event_on_that_date() {
    check("rdate_date", BERLIN, &["review@acme: 2026-12-01T09:00 2026-12-03T09:00"]);
}

#[test]
fn rdate_comes_in_lists_and_lines() {
    check(
        "rdate_lists",
        DECEMBER,
        &["leave: 2026-12-01 2026-12-03 2026-12-07", "lists: 2026-12-01T09:00 2026-12-03T09:00 2026-12-05T09:00 2026-12-07T09:00"],
    );
}

#[test]
fn an_rdate_that_is_a_period_has_its_own_length() {
    let rows = "2026-12-01T09:00Z 1h period@acme [2026-12-01T09:00Z] ACME: migration
        2026-12-03T09:00Z 3h period@acme [2026-12-03T09:00Z] ACME: migration
        2026-12-05T09:00Z 30m period@acme [2026-12-05T09:00Z] ACME: migration";
    compare(&inspect(&feed("recurrence/rdate_period"), DECEMBER).rows(), rows);
}

#[test]
fn a_period_is_read_in_the_zone_of_its_line() {
    let rows = "2026-12-01T08:00Z 1h period@acme [2026-12-01T08:00Z] ACME: migration
        2026-12-03T08:00Z 3h period@acme [2026-12-03T08:00Z] ACME: migration
        2026-12-05T08:00Z 24h period@acme [2026-12-05T08:00Z] ACME: migration";
    compare(&inspect(&feed("recurrence/rdate_period_zoned"), DECEMBER).rows(), rows);
}

#[test]
fn an_rdate_equal_to_an_instance_is_one_occurrence_and_exdate_wins_over_rdate() {
    check(
        "rdate_and_rule",
        DECEMBER,
        &["excluded@acme: 2026-12-10T09:00 2026-12-12T09:00", "twice@acme: 2026-12-01T09:00 2026-12-02T09:00"],
    );
}

#[test]
fn a_bad_date_costs_that_date() {
    let rows = "2026-12-01T09:00Z 1h watch@acme [2026-12-01T09:00Z] ACME: watch
        2026-12-03T09:00Z 1h watch@acme [2026-12-03T09:00Z] ACME: watch
        2026-12-13T09:00Z 1h watch@acme [2026-12-13T09:00Z] ACME: watch
        2026-12-20T09:00Z 1h watch@acme ACME: watch, moved
        ! 10 VEVENT watch@acme: EXDATE `someday` … no date, passed over
        ! 11 VEVENT watch@acme: RDATE `20261332T090000Z` … no date, passed over
        ! 17 VEVENT watch@acme: RECURRENCE-ID `the third` … no date…an event of its own
        ! 14 VEVENT watch@acme: …same UID…";
    compare(&inspect(&feed("recurrence/bad_dates"), DECEMBER).rows(), rows);
}

#[test]
fn exrule_of_the_older_standard_takes_away() {
    let starts = "watch@acme: 2026-12-01T09:00 2026-12-02T09:00 2026-12-03T09:00 2026-12-05T09:00 2026-12-06T09:00 2026-12-07T09:00";
    check("exrule", DECEMBER, &[starts]);
}
