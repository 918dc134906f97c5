//! What is no calendar, or only the beginning of one: exit code 1 and a word for it.

use std::io::Write;

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// Refuses `bytes` being taken for a calendar, or called anything but `word`.
#[track_caller]
fn check(bytes: &[u8], word: &str) {
    compare(&inspect(bytes, DECEMBER).rows(), &format!("! - - -: …{word}…\nexit 1"));
}

#[test]
fn a_page_is_no_calendar() {
    check(b"<!DOCTYPE html>\r\n<html><head><title>Sign in</title></head><body>BEGIN:VCALENDAR</body></html>\r\n", "HTML");
    check(b"\r\n<html lang=\"en\"><body>503 Service Unavailable</body></html>", "HTML");
}

#[test]
fn the_word_for_nothing_is_no_calendar() {
    check(b"N/A", "N/A");
    check(b"n/a\r\n", "N/A");
}

#[test]
fn an_empty_file_is_no_calendar() {
    check(b"", "empty");
}

#[test]
fn white_space_is_an_empty_file() {
    check(b" \r\n\t\r\n\r\n", "empty");
    check(b"\xEF\xBB\xBF\r\n", "empty");
}

#[test]
fn json_is_no_calendar_whole_or_truncated() {
    check(b"{\"error\": {\"code\": 401, \"message\": \"token expired\"}}\n", "JSON");
    check(b"{\"events\": [{\"uid\": \"upgrade@acme\", \"start\": \"2026-12", "JSON");
    check(b"[\"vcalendar\", [], [[\"vevent\", [[\"uid\", {}, \"text\", \"upgrade@acme\"]], []]]]", "JSON");
}

#[test]
fn compressed_bytes_are_no_calendar() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&feed("reading/plain")).unwrap();
    check(&packed.finish().unwrap(), "compressed");
}

#[test]
fn xml_is_no_calendar() {
    check(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<icalendar xmlns=\"urn:ietf:params:xml:ns:icalendar-2.0\"/>\r\n", "XML");
}

#[test]
fn a_card_is_no_calendar() {
    check(b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Lovelace\r\nEND:VCARD\r\n", "vCard");
}

#[test]
fn a_calendar_is_cut_off_wherever_it_stops_inside_a_component() {
    let text = String::from_utf8(feed("reading/plain")).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for kept in 1..lines.len() {
        let said = inspect(lines[..kept].concat().as_bytes(), DECEMBER);
        let (begun, ended) = (lines[..kept].iter().filter(|line| line.starts_with("BEGIN:VEVENT")), "END:VEVENT\r\n");
        let (begun, ended) = (begun.count(), lines[..kept].iter().filter(|line| **line == ended).count());
        let problems = said.problems();
        assert_eq!(problems.iter().any(|row| row == "exit 1"), begun > ended, "after line {kept}: {problems:?}");
        assert!(
            problems.iter().any(|row| row.starts_with("! 1 VCALENDAR -: `END:VCALENDAR` is missing")),
            "after line {kept}: {problems:?}"
        );
        let whole = ["upgrade@acme", "leave@ada", "drill@globex"].iter().filter(|uid| said.count(uid) == 1).count();
        assert!(whole >= ended, "after line {kept}: what was whole is there");
    }
}

#[test]
fn a_calendar_that_stops_inside_an_end_is_cut_off_inside_its_component() {
    let text = String::from_utf8(feed("reading/plain")).unwrap();
    let stops = |at: &str| inspect(text.rsplit_once(at).unwrap().0.as_bytes(), DECEMBER).problems().contains(&"exit 1".to_owned());
    assert!(stops("VENT\r\nEND:VCALENDAR"), "inside END:VEVENT");
    assert!(!stops("LENDAR"), "inside END:VCALENDAR");
}

#[test]
fn a_calendar_cut_off_inside_a_component_is_none_but_shows_what_it_has() {
    let found = inspect(&feed("reading/cut_off"), DECEMBER).rows();
    // How much of the last event is told is the program's own matter; that it is not made up is not.
    let (rows, problems): (Vec<&str>, Vec<&str>) = found.lines().partition(|line| !line.starts_with('!'));
    assert_eq!(rows, ["2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4", "exit 1"]);
    assert!(problems.iter().any(|problem| problem.starts_with("! - - -: ") && problem.contains("stops inside")), "{found}");
    assert!(problems.iter().any(|problem| problem.starts_with("! 11 VEVENT drill@globex: ")), "{found}");
}
