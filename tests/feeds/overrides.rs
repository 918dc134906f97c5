//! RECURRENCE-ID: single occurrences and whole tails of a series that were moved, renamed or cancelled.

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// Compares what a file says about a span with the expected rows.
#[track_caller]
fn check(file: &str, span: &str, expected: &[&str]) {
    compare(&inspect(&feed(&format!("recurrence/{file}")), span).rows(), &expected.join("\n"));
}

#[test]
fn an_occurrence_is_where_it_was_moved_to_be_that_into_the_window_or_out_of_it() {
    check(
        "override_moved",
        DECEMBER,
        &[
            "2026-12-03T14:00Z 1h standup@acme [2026-11-15T09:00Z] ACME: stand-up, moved in",
            "2026-12-06T09:00Z 30m standup@acme [2026-12-06T09:00Z] ACME: stand-up",
            "2026-12-20T09:00Z 30m standup@acme [2026-12-20T09:00Z] ACME: stand-up",
            "2026-12-27T09:00Z 30m standup@acme [2026-12-27T09:00Z] ACME: stand-up",
        ],
    );
    let january = ["2027-01-03T14:00Z 1h standup@acme [2026-12-13T09:00Z] ACME: stand-up, moved out"];
    check("override_moved", "2027-01-01 2027-02-01 UTC", &january);
}

#[test]
fn a_cancelled_occurrence_stays_listed_although_it_stands_before_its_series() {
    check(
        "override_cancelled",
        DECEMBER,
        &[
            "2026-12-01T09:00Z 30m standup@acme [2026-12-01T09:00Z] ACME: stand-up",
            "2026-12-08T09:00Z 30m standup@acme [2026-12-08T09:00Z] CANCELLED ACME: stand-up",
            "2026-12-15T09:00Z 30m standup@acme [2026-12-15T09:00Z] ACME: stand-up",
        ],
    );
}

#[test]
fn an_occurrence_without_its_series_stands_for_itself() {
    check("override_without_master", DECEMBER, &["2026-12-08T14:00Z 30m standup@acme [2026-12-08T09:00Z] ACME: stand-up"]);
}

#[test]
fn of_several_versions_of_an_occurrence_the_highest_sequence_counts() {
    check(
        "override_sequences",
        DECEMBER,
        &[
            "2026-12-01T09:00Z 30m standup@acme [2026-12-01T09:00Z] ACME: stand-up",
            "2026-12-08T16:00Z 30m standup@acme [2026-12-08T09:00Z] ACME: stand-up, moved twice",
        ],
    );
}

#[test]
fn an_occurrence_is_found_by_its_instant_in_utc_and_in_another_zone() {
    check(
        "override_ids",
        "2026-11-30 2027-01-01 Europe/Berlin",
        &[
            "2026-11-30T23:30Z 30m standup@acme [2026-11-30T23:30Z] ACME: stand-up",
            "2026-12-02T13:00Z 30m standup@acme [2026-12-01T23:30Z] ACME: by UTC",
            "2026-12-02T23:30Z 30m standup@acme [2026-12-02T23:30Z] ACME: stand-up",
            "2026-12-04T15:00Z 30m standup@acme [2026-12-03T23:30Z] ACME: by another zone",
        ],
    );
}

#[test]
fn an_occurrence_is_found_by_its_local_date() {
    check(
        "override_by_date",
        "2026-11-30 2027-01-01 Europe/Berlin",
        &[
            "2026-11-30T23:30Z 30m standup@acme [2026-11-30T23:30Z] ACME: stand-up",
            "2026-12-02T14:00Z 30m standup@acme [2026-12-01T23:30Z] ACME: by date",
        ],
    );
}

#[test]
fn a_tail_moves_by_as_much_and_takes_its_new_name_and_one_of_it_may_be_cancelled() {
    check(
        "onward_moved",
        DECEMBER,
        &[
            "2026-12-01T09:00Z 30m standup@acme [2026-12-01T09:00Z] ACME: stand-up",
            "2026-12-08T09:00Z 30m standup@acme [2026-12-08T09:00Z] ACME: stand-up",
            "2026-12-16T14:00Z 1h standup@acme [2026-12-15T09:00Z] ACME: stand-up in the afternoon",
            "2026-12-23T14:00Z 1h standup@acme [2026-12-22T09:00Z] CANCELLED ACME: stand-up, called off",
            "2026-12-30T14:00Z 1h standup@acme [2026-12-29T09:00Z] ACME: stand-up in the afternoon",
        ],
    );
}

#[test]
fn a_tail_ends_where_another_begins_in_any_order_of_the_file() {
    check(
        "onward_twice",
        DECEMBER,
        &[
            "2026-12-01T09:00Z 30m standup@acme [2026-12-01T09:00Z] ACME: stand-up",
            "2026-12-08T14:00Z 30m standup@acme [2026-12-08T09:00Z] ACME: stand-up at two",
            "2026-12-15T14:00Z 30m standup@acme [2026-12-15T09:00Z] ACME: stand-up at two",
            "2026-12-22T16:00Z 30m standup@acme [2026-12-22T09:00Z] ACME: stand-up at four",
            "2026-12-29T16:00Z 30m standup@acme [2026-12-29T09:00Z] ACME: stand-up at four",
        ],
    );
}

#[test]
fn a_tail_moved_into_the_window_from_afar_is_found() {
    check(
        "onward_from_afar",
        DECEMBER,
        &[
            "2026-12-10T09:00Z 1h review@acme [2026-11-10T09:00Z] ACME: review, thirty days later",
            "2026-12-17T09:00Z 1h review@acme [2026-11-17T09:00Z] ACME: review, thirty days later",
            "2026-12-24T09:00Z 1h review@acme [2026-11-24T09:00Z] ACME: review, thirty days later",
        ],
    );
}

#[test]
fn a_day_of_a_series_may_become_a_time() {
    check(
        "override_of_a_date",
        DECEMBER,
        &[
            "2026-12-04 1d leave@ada [2026-12-04] Ada: part-time",
            "2026-12-11T12:00Z 4h leave@ada [2026-12-11] Ada: only the afternoon",
            "2026-12-18 1d leave@ada [2026-12-18] Ada: part-time",
        ],
    );
}

#[test]
fn a_cancelled_tail_stays_listed() {
    check(
        "onward_cancelled",
        DECEMBER,
        &[
            "2026-12-01T09:00Z 30m standup@acme [2026-12-01T09:00Z] ACME: stand-up",
            "2026-12-08T09:00Z 30m standup@acme [2026-12-08T09:00Z] ACME: stand-up",
            "2026-12-15T09:00Z 30m standup@acme [2026-12-15T09:00Z] CANCELLED ACME: stand-up",
            "2026-12-22T09:00Z 30m standup@acme [2026-12-22T09:00Z] CANCELLED ACME: stand-up",
        ],
    );
}

#[test]
fn a_tail_keeps_its_local_time_over_a_change_of_the_clock() {
    check(
        "onward_over_the_change",
        "2026-10-01 2026-11-01 UTC",
        &[
            "2026-10-05T07:00Z 30m standup@acme [2026-10-05T07:00Z] ACME: stand-up",
            "2026-10-12T07:00Z 30m standup@acme [2026-10-12T07:00Z] ACME: stand-up",
            "2026-10-19T08:00Z 30m standup@acme [2026-10-19T07:00Z] ACME: stand-up an hour later",
            "2026-10-26T09:00Z 30m standup@acme [2026-10-26T08:00Z] ACME: stand-up an hour later",
        ],
    );
}
