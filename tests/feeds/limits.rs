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
