//! Whose clock a time means: zones that a file brings along, names from everywhere, and names that nobody knows.

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// 2026 as a whole, in a zone that none of the files names.
const YEAR: &str = "2026-01-01 2027-01-01 Asia/Tokyo";

/// Compares what a file says about a span with the expected rows.
#[track_caller]
fn check(file: &str, span: &str, expected: &[&str]) {
    compare(&inspect(&feed(&format!("zones/{file}")), span).rows(), &expected.join("\n"));
}

#[test]
fn a_zone_of_the_file_with_rules_from_1601_is_followed() {
    check(
        "own",
        YEAR,
        &[
            "2026-07-01T07:00Z 1h summer@acme ACME: summer",
            "2026-10-24T10:00Z 25h before@acme ACME: over the change",
            "2026-12-01T08:00Z 1h winter@acme ACME: winter",
        ],
    );
}

#[test]
fn a_zone_of_the_file_has_gaps_repeated_hours_and_series_like_any_other() {
    check(
        "own_edges",
        YEAR,
        &[
            "2026-03-29T01:30Z 1h gap@acme ACME: a time that does not exist",
            "2026-10-18T07:00Z 1h weekly@acme [2026-10-18T07:00Z] ACME: a series over the change",
            "2026-10-25T00:30Z 1h twice@acme ACME: a time that exists twice",
            "2026-10-25T08:00Z 1h weekly@acme [2026-10-25T08:00Z] ACME: a series over the change",
            "2026-11-01T08:00Z 1h weekly@acme [2026-11-01T08:00Z] ACME: a series over the change",
        ],
    );
}

#[test]
fn a_zone_of_outlook_with_a_number_is_the_zone_without_it() {
    check("outlook_number", YEAR, &["2026-07-01T08:00Z 1h summer@acme ACME: London in summer"]);
    let defined = ["2026-07-01T08:00Z 1h summer@acme ACME: London in summer", "2026-12-01T09:00Z 1h winter@acme ACME: London in winter"];
    check("outlook_number_defined", YEAR, &defined);
}

#[test]
fn a_zone_may_list_its_changes_as_dates() {
    let said = inspect(&feed("zones/dated"), "2026-01-01 2029-01-01 UTC");
    compare(
        &said.starts(),
        "monthly@acme: 2026-03-10T12:00 2026-06-10T10:00 2026-09-10T10:00 2026-12-10T12:00 2027-03-10T12:00 2027-06-10T10:00 \
         2027-09-10T10:00 2027-12-10T12:00 2028-03-10T12:00 2028-06-10T10:00 2028-09-10T10:00 2028-12-10T12:00",
    );
}

#[test]
fn names_behind_a_prefix_are_known() {
    check(
        "prefixed",
        YEAR,
        &[
            "2026-07-01T07:00Z 1h berlin@acme ACME: Berlin",
            "2026-07-02T13:00Z 1h york@acme ACME: New York",
            "2026-07-03T12:00Z 1h aires@acme ACME: Buenos Aires",
        ],
    );
}

#[test]
fn windows_names_are_known() {
    check(
        "windows",
        YEAR,
        &[
            "2026-07-01T07:00Z 1h berlin@acme ACME: Berlin",
            "2026-07-02T13:00Z 1h york@acme ACME: New York",
            "2026-07-03T03:30Z 1h delhi@acme ACME: Delhi",
        ],
    );
}

#[test]
fn names_as_windows_displays_them_are_known() {
    check("displayed", YEAR, &["2026-07-01T07:00Z 1h berlin@acme ACME: Berlin", "2026-07-02T13:00Z 1h york@acme ACME: New York"]);
}

#[test]
fn floating_times_are_in_the_zone_of_their_calendar() {
    check(
        "of_the_calendar",
        "2026-12-01 2027-01-01 Asia/Tokyo",
        &[
            "2026-12-01T08:00Z 1h zoned@acme ACME: its own zone counts",
            "2026-12-01T14:00Z 1h upgrade@acme ACME: upgrade to 17.4",
            "2026-12-07 1d leave@ada Ada: leave",
        ],
    );
}

#[test]
fn an_unknown_zone_is_read_as_the_one_asked_for_and_told_once() {
    check(
        "unknown",
        "2026-12-01 2027-01-01 Asia/Tokyo",
        &[
            "2026-12-01T00:00Z 1h kickoff@acme ACME: kick-off",
            "2026-12-02T00:00Z 1h upgrade@acme ACME: upgrade to 17.4",
            "2026-12-03T00:00Z 1h review@acme ACME: review",
            "! 7 …: …`Mars/Olympus`…",
        ],
    );
}

#[test]
fn an_unknown_zone_is_read_as_the_one_of_its_calendar_and_told_once() {
    check(
        "unknown_in_a_calendar_with_one",
        "2026-12-01 2027-01-01 Asia/Tokyo",
        &[
            "2026-12-01T14:00Z 1h kickoff@acme ACME: kick-off",
            "2026-12-02T14:00Z 1h upgrade@acme ACME: upgrade to 17.4",
            "! 7 …: …`Mars/Olympus`…America/New_York…",
        ],
    );
}

#[test]
fn a_zone_that_defines_nothing_is_unknown_unless_its_name_is_known() {
    check(
        "nothing_defined",
        YEAR,
        &["2026-07-01T00:00Z 1h kickoff@acme ACME: kick-off", "2026-07-02T08:00Z 1h london@acme ACME: London", "! 14 …: …`Desk`…"],
    );
}

#[test]
fn a_zone_of_the_file_belongs_to_its_own_calendar() {
    check(
        "same_name_in_two_calendars",
        DECEMBER,
        &["2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4", "2026-12-02T17:00Z 1h rollback@acme ACME: rollback window"],
    );
}

#[test]
fn a_zone_may_be_defined_after_its_use() {
    check("defined_after_use", DECEMBER, &["2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4"]);
}
