//! What the calendar room promises, told on small calendars.

use super::{Reading, Standing, Status, standing};
use crate::window::Window;
use crate::zone::Zone;

/// A calendar of these VEVENT bodies, read for 2026 in Berlin.
fn calendar(events: &[&str]) -> Reading {
    let events: Vec<String> = events.iter().map(|body| format!("BEGIN:VEVENT\n{body}\nEND:VEVENT\n")).collect();
    read(format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", events.concat()).as_bytes(), "2026-01-01T00:00Z", "2027-01-01T00:00Z")
}

/// What `bytes` say about the time from `from` to `to`, in Berlin.
fn read(bytes: &[u8], from: &str, to: &str) -> Reading {
    super::read(bytes, Window::new(from.parse().unwrap(), to.parse().unwrap()).unwrap(), &"Europe/Berlin".parse().unwrap())
}

/// What occurs in 2026, one row an occurrence: its original start, when it is, and what is not confirmed.
fn check(events: &[&str]) -> String {
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let found = calendar(events).found;
    let rows = found.iter().map(|found| {
        let (start, end) = found.when.placed(&zone);
        let id = found.recurrence_id.as_ref().map_or("-".to_owned(), ToString::to_string);
        let status = if found.event.status == Status::Cancelled { " cancelled" } else { "" };
        format!("{id} {} {}{status}", zone.local(start).strftime("%m%dT%H%M"), zone.local(end).strftime("%m%dT%H%M"))
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn dtend_is_an_exact_duration_and_duration_is_nominal() {
    let until = "UID:a\nDTSTART;TZID=Europe/Berlin:20261017T120000\nDTEND;TZID=Europe/Berlin:20261018T120000\nRRULE:FREQ=WEEKLY;COUNT=2";
    assert_eq!(check(&[until]), "2026-10-17T10:00:00Z 1017T1200 1018T1200\n2026-10-24T10:00:00Z 1024T1200 1025T1100");
    let nominal = "UID:a\nDTSTART;TZID=Europe/Berlin:20261024T120000\nDURATION:P1D";
    assert_eq!(check(&[nominal]), "- 1024T1200 1025T1200");
}

#[test]
fn all_day_events_last_at_least_a_day() {
    assert_eq!(check(&["UID:a\nDTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260501"]), "- 0501T0000 0502T0000");
    assert_eq!(check(&["UID:a\nDTSTART;VALUE=DATE:20260508\nDTEND:20260509T040001Z"]), "- 0508T0000 0509T0000");
}

#[test]
fn a_cancelled_override_before_its_master_is_still_listed() {
    let found = check(&[
        "UID:a\nRECURRENCE-ID:20260311T080000Z\nDTSTART:20260311T080000Z\nSTATUS:CANCELLED",
        "UID:a\nDTSTART;TZID=Europe/Berlin:20260310T090000\nRRULE:FREQ=DAILY;COUNT=2",
    ]);
    assert_eq!(found, "2026-03-10T08:00:00Z 0310T0900 0310T0900\n2026-03-11T08:00:00Z 0311T0900 0311T0900 cancelled");
}

#[test]
fn an_override_without_master_is_an_occurrence() {
    let body = "UID:a\nRECURRENCE-ID:20250311T080000Z\nDTSTART:20260311T080000Z\nDURATION:PT1H";
    assert_eq!(check(&[body]), "2025-03-11T08:00:00Z 0311T0900 0311T1000");
}

#[test]
fn a_bad_rule_keeps_its_start_and_is_reported() {
    let body = "UID:a\nDTSTART:20260310T080000Z\nRRULE:FREQ=BOGUS";
    assert_eq!(check(&[body]), "- 0310T0900 0310T0900");
    let problem = calendar(&[body]).problems.remove(0);
    assert_eq!((problem.line, problem.uid.as_deref()), (Some(5), Some("a")));
    assert!(problem.problem.starts_with("RRULE `FREQ=BOGUS` cannot be followed"), "{}", problem.problem);
}

#[test]
fn a_period_has_an_end_of_its_own() {
    let body = "UID:a\nDTSTART:20260310T080000Z\nRDATE;VALUE=PERIOD:20260312T080000Z/20260312T100000Z,20260313T080000Z/PT3H";
    let rows =
        "2026-03-10T08:00:00Z 0310T0900 0310T0900\n2026-03-12T08:00:00Z 0312T0900 0312T1100\n2026-03-13T08:00:00Z 0313T0900 0313T1200";
    assert_eq!(check(&[body]), rows);
}

#[test]
fn two_events_that_share_a_uid_are_both_kept() {
    let events = ["UID:a\nSUMMARY:Ada\nDTSTART;VALUE=DATE:20260310", "UID:a\nSUMMARY:Bob\nDTSTART;VALUE=DATE:20260311"];
    assert_eq!(check(&events), "- 0310T0000 0311T0000\n- 0311T0000 0312T0000");
    assert_eq!(calendar(&events).problems[0].problem, "another event has the same UID, both are kept");
}

#[test]
fn zones_are_known_by_many_names_and_guessed_aloud() {
    for name in
        ["/example.org/Europe/Berlin", "W. Europe Standard Time", "(GMT+01.00) Amsterdam / Berlin / Bern / Rome / Stockholm / Vienna"]
    {
        assert_eq!(check(&[&format!("UID:a\nDTSTART;TZID=\"{name}\":20260710T090000")]), "- 0710T0900 0710T0900", "{name}");
        assert!(calendar(&[&format!("UID:a\nDTSTART;TZID=\"{name}\":20260710T090000")]).problems.is_empty(), "{name}");
    }
    let unknown = "UID:a\nDTSTART;TZID=Foo/Bar:20260710T090000\nDTEND;TZID=Foo/Bar:20260710T100000";
    assert_eq!(check(&[unknown]), "- 0710T0900 0710T1000");
    assert_eq!(calendar(&[unknown]).problems.len(), 1);
}

#[test]
fn what_is_no_calendar_has_a_word_for_it() {
    assert_eq!(standing(b" \r\n"), Standing::Empty);
    assert_eq!(standing(b"N/A"), Standing::NotACalendar("the word N/A"));
    assert_eq!(standing(b"<!DOCTYPE html>\n<p>BEGIN:VCALENDAR</p>"), Standing::NotACalendar("an HTML page"));
    assert_eq!(standing(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n"), Standing::CutOff);
    assert_eq!(standing(b"BEGIN:VCALENDAR\n"), Standing::Whole);
}

#[test]
fn an_event_without_uid_gets_the_same_one_each_time() {
    let uid = |calendar: &Reading| calendar.found[0].event.uid.clone();
    let body = "SUMMARY:x\nDTSTART:20260310T080000Z";
    assert_eq!(uid(&calendar(&[body])), uid(&calendar(&[&format!("DTSTAMP:20260101T000000Z\n{body}")])));
}

#[test]
fn a_large_feed_is_searched_without_comparing_all_with_all() {
    let events: Vec<String> = (0..5000)
        .map(|number| {
            let rule = if number % 10 == 0 { "\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH" } else { "" };
            format!("UID:{number}\nDTSTART;TZID=Europe/Berlin:2019{:02}10T090000\nDURATION:PT1H{rule}", number % 12 + 1)
        })
        .collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let read = calendar(&events);
    assert_eq!((read.found.len(), read.problems.len()), (500 * 105, 0));
}

#[test]
fn an_event_that_comes_back_for_its_uid_ends_where_it_ended() {
    // The first lies outside of 2026 and has no END; what follows its calendar's is not its own.
    let text = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20200101T080000Z\nEND:VCALENDAR\nRRULE:FREQ=YEARLY\n\
        BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:b\nDTSTART:20260301T080000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let found = read(text, "2026-01-01T00:00Z", "2027-01-01T00:00Z").found;
    assert_eq!(found.iter().map(|found| found.event.summary.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn the_last_second_of_all_means_for_ever() {
    let series = "UID:a\nDTSTART:20261230T100000Z\nRRULE:FREQ=DAILY;UNTIL=99991231T235959Z";
    assert_eq!(check(&[series]).lines().count(), 2);
    let leave = "UID:a\nDTSTART:20251230T100000Z\nDTEND:99991231T235959Z";
    assert_eq!((check(&[leave]).lines().count(), calendar(&[leave]).problems.len()), (1, 0));
}

#[test]
fn a_version_with_an_escaped_uid_is_found_although_it_lies_elsewhere() {
    let old = "UID:a\\,b\nSUMMARY:s\nSEQUENCE:0\nDTSTART:20260105T100000Z";
    let new = "UID:a\\,b\nSUMMARY:s\nSEQUENCE:1\nDTSTART:20280105T100000Z";
    assert_eq!(check(&[old, new]), "");
}

#[test]
fn events_that_differ_in_zone_end_or_rule_are_not_the_same_twice() {
    for (one, other) in [
        ("DTSTART;TZID=Europe/Berlin:20260105T100000", "DTSTART;TZID=America/New_York:20260105T100000"),
        ("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260106", "DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260116"),
        ("DTSTART:20260105T100000Z\nRRULE:FREQ=WEEKLY;COUNT=1", "DTSTART:20260105T100000Z\nRRULE:FREQ=DAILY;COUNT=1"),
    ] {
        let found = calendar(&[&format!("UID:a\nSUMMARY:s\n{one}"), &format!("UID:a\nSUMMARY:s\n{other}")]);
        assert_eq!((found.found.len(), found.problems[0].problem.as_str()), (2, "another event has the same UID, both are kept"));
    }
}

#[test]
fn a_range_that_makes_days_into_times_keeps_the_time() {
    let days = "UID:a\nDTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=4";
    let times = "UID:a\nRECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20260107\nDTSTART:20260107T120000Z\nDURATION:PT1H";
    let rows = check(&[days, times]);
    assert_eq!(rows.lines().filter(|row| row.ends_with("T1300 0107T1400") || row.ends_with("0108T1300 0108T1400")).count(), 2, "{rows}");
}

#[test]
fn until_in_the_repeated_hour_is_compared_as_an_instant() {
    let body = "UID:a\nDTSTART;TZID=Europe/Berlin:20261024T023000\nRRULE:FREQ=DAILY;UNTIL=20261025T011000Z";
    assert_eq!(check(&[body]).lines().count(), 2);
}

#[test]
fn an_override_whose_start_cannot_be_read_says_so() {
    let found = calendar(&["UID:a\nRECURRENCE-ID:20260106T100000Z\nDTSTART:2026-bogus"]);
    assert_eq!(found.problems[0].problem, "DTSTART `2026-bogus` is no date, RECURRENCE-ID counts in its place");
}

#[test]
fn an_exception_rule_also_takes_a_period_that_began_long_before_the_window() {
    let body = "UID:a\nDTSTART:20250101T100000Z\nRDATE;VALUE=PERIOD:20250601T100000Z/20260201T100000Z\nEXRULE:FREQ=DAILY";
    assert_eq!(check(&[body]), "");
}
