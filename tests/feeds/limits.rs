//! Rules that no machine should follow to their end, and old ones that it must find its way in.

use crate::inspect::{DECEMBER, compare, feed, inspect};

#[test]
fn each_second_since_1970_is_cut_and_told_and_costs_no_other_event() {
    let said = inspect(&feed("recurrence/secondly_since_1970"), DECEMBER);
    compare(&said.problems().join("\n"), "! 8 VEVENT probe@acme: …too many instances, cut…");
    assert_eq!(said.count("drill@globex"), 1);
    assert!(said.count("probe@acme") < 31 * 86_400, "{}", said.count("probe@acme"));
}

#[test]
fn each_second_since_1970_is_found_in_a_window_of_a_minute() {
    let said = inspect(&feed("recurrence/secondly_since_1970"), "2026-12-01T00:00:00Z 2026-12-01T00:01:00Z UTC");
    assert_eq!((said.count("probe@acme"), said.problems()), (60, Vec::new()));
}

#[test]
fn old_rules_keep_their_step_into_a_window_far_away() {
    let said = inspect(&feed("recurrence/far_phases"), DECEMBER);
    compare(
        &said.starts(),
        "counted: 2026-12-01T11:00 2026-12-02T11:00
         days: 2026-12-03T09:00 2026-12-06T09:00 2026-12-09T09:00 2026-12-12T09:00 2026-12-15T09:00 2026-12-18T09:00 \
               2026-12-21T09:00 2026-12-24T09:00 2026-12-27T09:00 2026-12-30T09:00
         fortnight: 2026-12-04T08:00 2026-12-14T08:00 2026-12-18T08:00 2026-12-28T08:00
         sundays: 2026-12-02T08:00 2026-12-13T08:00 2026-12-16T08:00 2026-12-27T08:00 2026-12-30T08:00",
    );
    let said = inspect(&feed("recurrence/far_hours"), "2026-12-01 2026-12-10 UTC");
    compare(&said.starts(), "hours: 2026-12-01T00:00 2026-12-03T13:00 2026-12-06T02:00 2026-12-08T15:00");
}

#[test]
fn old_rules_of_months_keep_their_step_and_skip_what_a_month_lacks() {
    let said = inspect(&feed("recurrence/far_months"), "2026-01-01 2029-01-01 UTC");
    compare(
        &said.starts(),
        "months: 2028-01-31T09:00 2028-08-31T09:00
         quarters: 2026-04-30T10:00 2026-09-30T10:00 2027-02-26T10:00 2027-07-30T10:00 2027-12-31T10:00 2028-05-31T10:00 \
                   2028-10-31T10:00
         years: 2028-02-29T09:00",
    );
}

#[test]
fn each_quarter_of_an_hour_since_2000_is_found_in_a_window_far_away() {
    let said = inspect(&feed("recurrence/old_minutely"), "2026-12-01T00:00:00Z 2026-12-01T01:00:00Z UTC");
    // The window begins 14,156,640 minutes after the start, one more than a multiple of seven.
    compare(
        &said.starts(),
        "odd: 2026-12-01T00:06 2026-12-01T00:13 2026-12-01T00:20 2026-12-01T00:27 2026-12-01T00:34 2026-12-01T00:41 2026-12-01T00:48 \
         2026-12-01T00:55
         poll: 2026-12-01T00:00 2026-12-01T00:15 2026-12-01T00:30 2026-12-01T00:45",
    );
}

#[test]
fn ten_times_each_minute_are_all_there_and_no_more() {
    let said = inspect(&feed("recurrence/many_seconds"), "2026-12-01T00:00:00Z 2026-12-01T00:10:00Z UTC");
    assert_eq!((said.count("probe"), said.problems()), (100, Vec::new()));
}

#[test]
fn a_day_that_never_comes_is_looked_for_and_not_found() {
    let said = inspect(&feed("recurrence/never"), DECEMBER);
    let (rows, _): (Vec<String>, Vec<String>) = said.rows().lines().map(str::to_owned).partition(|row| !row.starts_with('!'));
    assert_eq!(rows, ["2026-12-15T13:00Z 2h drill@globex Globex: restore drill"]);
}
