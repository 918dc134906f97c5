//! Lines and components that are broken, forgotten or strange: each costs itself, and is told with its place.

use crate::inspect::{DECEMBER, DRILL, UPGRADE, check_reading as check, compare, feed, inspect};

#[test]
fn a_bad_line_costs_that_line() {
    check("one_bad_line", &[UPGRADE, DRILL, "! 8 VEVENT upgrade@acme: … passed over"]);
}

#[test]
fn a_bad_event_costs_that_event() {
    check("one_bad_event", &[DRILL, "! 7 VEVENT upgrade@acme: …DTSTART `next Tuesday`… passed over"]);
}

#[test]
fn an_event_without_its_end_stops_where_the_next_begins() {
    check("end_of_event_missing", &[UPGRADE, DRILL, "! 4 VEVENT upgrade@acme: `END:VEVENT` is missing…"]);
}

#[test]
fn an_event_without_its_end_stops_where_the_calendar_does() {
    check("end_of_last_event_missing", &[UPGRADE, "! 4 VEVENT upgrade@acme: `END:VEVENT` is missing…"]);
}

#[test]
fn a_calendar_without_its_end_alone_is_a_problem_and_no_more() {
    check("end_of_calendar_missing", &[UPGRADE, "! 1 VCALENDAR -: `END:VCALENDAR` is missing…"]);
}

#[test]
fn an_alarm_without_its_end_costs_no_event() {
    check("end_of_alarm_missing", &[UPGRADE, DRILL, "! 10 VALARM -: `END:VALARM` is missing…"]);
}

#[test]
fn an_event_inside_an_event_is_an_event_of_its_own() {
    let rollback = "2026-12-02T09:00Z 1h rollback@acme ACME: rollback window";
    check(
        "event_in_event",
        &[UPGRADE, rollback, DRILL, "! 4 VEVENT upgrade@acme: `END:VEVENT` is missing…", "! 17 VEVENT -: `END:VEVENT` without…passed over"],
    );
}

#[test]
fn components_that_are_no_events_lend_nothing_to_one() {
    check("unknown_components", &[UPGRADE, DRILL]);
}

#[test]
fn several_calendars_in_a_file_are_all_read() {
    check("two_calendars", &[UPGRADE, DRILL]);
}

#[test]
fn names_come_in_any_case() {
    check("lower_case", &[UPGRADE, "2026-12-07 2d leave@ada CANCELLED Ada: Urlaub"]);
}

#[test]
fn an_event_without_uid_is_read_under_one_made_from_its_content() {
    check("no_uid", &["2026-12-01T09:00Z 1h - ACME: upgrade to 17.4", DRILL, "! 4 VEVENT -: …UID…"]);
}

#[test]
fn an_event_without_dtstamp_is_read() {
    check("no_dtstamp", &[UPGRADE, DRILL]);
}

#[test]
fn an_event_without_dtstart_is_passed_over() {
    check("no_dtstart", &[DRILL, "! 4 VEVENT upgrade@acme: no DTSTART… passed over"]);
}

/// A calendar of two events, with so many nested components between them, which end or do not.
fn nested(depth: usize, ends: bool) -> Vec<u8> {
    let text = String::from_utf8(feed("reading/two_calendars")).unwrap();
    let rubbish = format!("{}{}", "BEGIN:X-DEEP\r\n".repeat(depth), if ends { "END:X-DEEP\r\n".repeat(depth) } else { String::new() });
    text.replacen("END:VEVENT\r\n", &format!("END:VEVENT\r\n{rubbish}"), 1).into_bytes()
}

#[test]
fn thousands_of_nested_components_cost_no_event() {
    for depth in [5_000, 100_000] {
        compare(&inspect(&nested(depth, true), DECEMBER).rows(), &[UPGRADE, DRILL, "! … X-DEEP -: …nested…passed over"].join("\n"));
    }
}

#[test]
fn thousands_of_nested_components_without_an_end_cost_no_event() {
    for depth in [5_000, 100_000] {
        let said = inspect(&nested(depth, false), DECEMBER);
        assert_eq!((said.count("upgrade@acme"), said.count("drill@globex")), (1, 1), "{depth}");
        let problems = said.problems();
        assert!(problems.iter().any(|problem| problem.contains("X-DEEP") && problem.contains("nested")), "{depth}");
        assert!(problems.len() < 100, "{depth}: {} problems", problems.len());
        assert!(!problems.iter().any(|row| row.starts_with("exit")), "{depth}: its calendar has an end");
    }
}

#[test]
fn text_after_a_calendar_is_passed_over() {
    let text =
        String::from_utf8(feed("reading/two_calendars")).unwrap().replacen("END:VCALENDAR\r\n", "END:VCALENDAR\r\n<!-- 3 ms -->\r\n", 1);
    compare(&inspect(text.as_bytes(), DECEMBER).rows(), &[UPGRADE, DRILL, "! 12 - -: … passed over"].join("\n"));
}

#[test]
fn text_before_a_calendar_is_passed_over() {
    check("comment_first", &[DRILL, "! 1 - -: … passed over"]);
}
