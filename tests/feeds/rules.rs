//! RRULE: each frequency, each part, and where a rule ends. Those of 1996 to 2007 are the examples of RFC 5545 §3.8.5.3,
//! with the answers that it gives.

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// The examples of RFC 5545 lie here.
const EXAMPLES: &str = "1996-01-01 2031-01-01 America/New_York";

/// Compares when the events of a file start with the expected rows.
#[track_caller]
fn check(file: &str, span: &str, expected: &[&str]) {
    compare(&inspect(&feed(&format!("recurrence/{file}")), span).starts(), &expected.join("\n"));
}

/// `times` on their dates in a row.
fn at(time: &str, dates: &str) -> String {
    dates.split(' ').map(|date| format!("{date}T{time}")).collect::<Vec<_>>().join(" ")
}

/// Compares when the events of a file start, all at nine, with the expected dates of each.
#[track_caller]
fn check_dates(file: &str, expected: &[(&str, &str)]) {
    let rows: Vec<String> = expected.iter().map(|(uid, dates)| format!("{uid}: {}", at("09:00", dates))).collect();
    compare(&inspect(&feed(&format!("recurrence/{file}")), EXAMPLES).starts(), &rows.join("\n"));
}

#[test]
fn frequencies_of_a_day_are_followed() {
    check(
        "frequencies_of_a_day",
        DECEMBER,
        &[
            "hours: 2026-12-01T11:00 2026-12-01T14:00 2026-12-01T17:00",
            "minutes: 2026-12-01T10:00 2026-12-01T11:30 2026-12-01T13:00 2026-12-01T14:30",
            "seconds: 2026-12-01T09:00 2026-12-01T09:00:45 2026-12-01T09:01:30",
        ],
    );
}

#[test]
fn frequencies_of_a_year_are_followed() {
    check(
        "frequencies_of_a_year",
        "2026-12-01 2029-01-01 UTC",
        &[
            "days: 2026-12-01T09:00 2026-12-11T09:00 2026-12-21T09:00 2026-12-31T09:00",
            "months: 2026-12-03T09:00 2027-01-03T09:00 2027-02-03T09:00",
            "weeks: 2026-12-02T09:00 2026-12-09T09:00 2026-12-16T09:00",
            "years: 2026-12-04T09:00 2027-12-04T09:00 2028-12-04T09:00",
        ],
    );
}

#[test]
fn byhour_byminute_and_bysecond_expand_and_limit() {
    check(
        "bysecond_byminute_byhour",
        DECEMBER,
        &[
            "hours: 2026-12-01T11:00 2026-12-01T15:00 2026-12-02T11:00",
            "limited: 2026-12-01T12:00 2026-12-01T12:30 2026-12-01T14:00 2026-12-01T14:30 2026-12-02T12:00",
            "minutes: 2026-12-01T10:00 2026-12-01T10:20 2026-12-01T10:40 2026-12-01T11:00",
            "seconds: 2026-12-01T09:00 2026-12-01T09:00:30 2026-12-01T09:01",
        ],
    );
}

#[test]
fn byday_is_followed_in_weeks_months_and_years() {
    check_dates(
        "byday",
        &[
            (
                "first-friday",
                "1997-09-05 1997-10-03 1997-11-07 1997-12-05 1998-01-02 1998-02-06 1998-03-06 1998-04-03 1998-05-01 1998-06-05",
            ),
            ("second-to-last", "1997-09-22 1997-10-20 1997-11-17 1997-12-22 1998-01-19 1998-02-16"),
            ("twentieth", "1997-05-19 1998-05-18 1999-05-17"),
            ("weekly", "1997-09-02 1997-09-04 1997-09-09 1997-09-11 1997-09-16 1997-09-18 1997-09-23 1997-09-25 1997-09-30 1997-10-02"),
        ],
    );
}

#[test]
fn bymonth_is_followed() {
    check_dates(
        "bymonth",
        &[
            ("election", "1996-11-05 2000-11-07 2004-11-02"),
            ("january", "1998-01-01 1998-01-16 1998-01-31 1999-01-11"),
            ("march", "1997-03-13 1997-03-20 1997-03-27 1998-03-05 1998-03-12 1998-03-19 1998-03-26"),
        ],
    );
}

#[test]
fn bymonthday_counts_from_both_ends_and_skips_what_a_month_lacks() {
    check_dates(
        "bymonthday",
        &[
            ("edges", "1997-09-30 1997-10-01 1997-10-31 1997-11-01 1997-11-30 1997-12-01 1997-12-31 1998-01-01 1998-01-31 1998-02-01"),
            ("friday", "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13"),
            ("third-last", "1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26"),
            ("thirtieth", "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30"),
        ],
    );
}

#[test]
fn byyearday_counts_from_both_ends() {
    // The -306th day is the first of March (§3.3.10); the -366th exists in leap years only.
    let forward = "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09 2000-07-18 2003-01-01 2003-04-10 2003-07-19 2006-01-01";
    check(
        "byyearday",
        "1996-01-01 2033-01-01 America/New_York",
        &[
            &format!("backward: {}", at("04:00", "2026-12-31 2027-03-01 2027-12-31 2028-03-01 2028-12-31 2029-03-01")),
            &format!("forward: {}", at("09:00", forward)),
            &format!("leap: {}", at("04:00", "2024-01-01 2028-01-01 2032-01-01")),
        ],
    );
}

#[test]
fn byweekno_reaches_over_the_edge_of_the_year() {
    check(
        "byweekno",
        "1996-01-01 2031-01-01 Europe/London",
        &[
            &format!("first: {}", at("09:00", "2024-12-30 2025-12-29 2027-01-04 2028-01-03")),
            &format!("last: {}", at("09:00", "2024-12-27 2025-12-26 2027-01-01 2027-12-31")),
            &format!("twenty: {}", at("14:00", "1997-05-12 1998-05-11 1999-05-17")),
        ],
    );
}

#[test]
fn byweekno_53_exists_in_long_years_only() {
    check(
        "byweekno_53",
        "2020-01-01 2031-01-01 UTC",
        &[&format!("long@acme: {}", at("09:00", "2020-12-28 2021-01-03 2026-12-28 2027-01-03"))],
    );
}

#[test]
fn a_week_without_a_day_takes_the_day_of_the_start() {
    // §3.3.10: what the rule does not say is derived from DTSTART, here a Monday.
    let starts = format!("week: {}", at("09:00", "2026-05-11 2027-05-17 2028-05-15"));
    check("byweekno_alone", "2026-01-01 2029-01-01 UTC", &[&starts]);
}

#[test]
fn what_a_rule_does_not_say_is_taken_from_the_start() {
    let month = format!("month: {}", at("10:00", "2026-01-15 2026-06-15 2027-01-15"));
    let weekday = format!("weekday: {}", at("11:00", "2026-05-13 2026-05-20"));
    check("what_the_start_says", "2026-01-01 2029-01-01 UTC", &[&month, &weekday]);
}

#[test]
fn bysetpos_counts_from_both_ends() {
    check(
        "bysetpos",
        "1996-01-01 2031-01-01 America/New_York",
        &[
            &format!("both: {}", at("04:00", "2026-12-01 2026-12-31 2027-01-01 2027-01-29 2027-02-01")),
            &format!("second-last: {}", at("09:00", "1997-09-29 1997-10-30 1997-11-27 1997-12-30 1998-01-29 1998-02-26 1998-03-30")),
            &format!("third: {}", at("09:00", "1997-09-04 1997-10-07 1997-11-06")),
        ],
    );
}

#[test]
fn wkst_decides_which_weeks_a_fortnight_skips() {
    check_dates(
        "wkst",
        &[("monday", "1997-08-05 1997-08-10 1997-08-19 1997-08-24"), ("sunday", "1997-08-05 1997-08-17 1997-08-19 1997-08-31")],
    );
}

#[test]
fn count_counts_from_the_start_and_counts_what_is_taken_away() {
    check("count", DECEMBER, &["excluded: 2026-12-01T10:00 2026-12-03T10:00 2026-12-04T10:00", "far: 2026-12-01T09:00 2026-12-02T09:00"]);
}

#[test]
fn until_is_a_date_a_local_time_or_an_instant() {
    check(
        "until",
        "2026-10-01 2027-01-01 Europe/Berlin",
        &[
            "dated: 2026-12-01T23:30 2026-12-02T23:30 2026-12-03T23:30",
            "local: 2026-12-01T09:00 2026-12-02T09:00 2026-12-03T09:00",
            "missed: 2026-10-24T10:00 2026-10-25T10:00",
            "zoned: 2026-10-24T09:00 2026-10-25T09:00 2026-10-26T09:00",
        ],
    );
}

#[test]
fn until_of_dates_and_floating_times_needs_no_zone() {
    check(
        "until_without_zone",
        "2026-12-01 2027-01-01 America/New_York",
        &[
            "dates: 2026-12-07 2026-12-08 2026-12-09",
            "floating: 2026-12-14T09:00 2026-12-15T09:00 2026-12-16T09:00",
            "leave: 2026-12-01 2026-12-02 2026-12-03",
        ],
    );
}

#[test]
fn a_rule_that_ended_before_it_began_leaves_the_start() {
    check("until_before_start", DECEMBER, &["upgrade@acme: 2026-12-01T09:00", "! 9 VEVENT upgrade@acme: RRULE `…` … only DTSTART…"]);
}

#[test]
fn an_empty_rule_means_nothing() {
    let said = inspect(&feed("recurrence/empty_rule"), DECEMBER);
    compare(&said.rows(), "2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4");
}

#[test]
fn unknown_parts_are_left_out_and_told() {
    check(
        "unknown_parts",
        DECEMBER,
        &["review@acme: 2026-12-01T09:00 2026-12-08T09:00", "! 9 VEVENT review@acme: RRULE …X-PRIORITY…BYEASTER…left out"],
    );
}

#[test]
fn a_rule_that_cannot_be_followed_leaves_the_start() {
    check(
        "bad_rule",
        DECEMBER,
        &["review@acme: 2026-12-01T09:00", "! 9 VEVENT review@acme: RRULE `FREQ=FORTNIGHTLY;COUNT=2` … only DTSTART…"],
    );
}

#[test]
fn several_rules_add_up() {
    check(
        "several_rules",
        DECEMBER,
        &[&format!("watch: {}", at("09:00", "2026-12-01 2026-12-06 2026-12-08 2026-12-11 2026-12-15 2026-12-16"))],
    );
}
