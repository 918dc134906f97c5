//! Encodings, line ends and folds: the same three events, whatever the bytes between them.

use crate::inspect::{DECEMBER, compare, feed, inspect};

/// What `reading/plain.ics` says.
const PLAIN: &str = "
    2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4
    2026-12-07 2d leave@ada Ada: Urlaub in Köln
    2026-12-15T13:00Z 2h drill@globex Globex: restore drill";

/// Compares what `bytes` say about December with the expected rows.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    compare(&inspect(bytes, DECEMBER).rows(), expected);
}

/// The plain calendar as text.
fn plain() -> String {
    String::from_utf8(feed("reading/plain")).unwrap()
}

/// `bytes` with each `from` replaced.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut out, mut rest, mut times) = (Vec::new(), bytes, 0);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            (rest, times) = (after, times + 1);
        } else {
            out.push(rest[0]);
            rest = &rest[1..];
        }
    }
    assert!(times > 0, "{from:?} stands nowhere");
    out
}

/// `text` in a code page of one byte a character; `odd` are its characters beyond Latin-1.
fn narrow(text: &str, odd: &[(char, u8)]) -> Vec<u8> {
    let byte = |mark: char| odd.iter().find(|(odd, _)| *odd == mark).map_or_else(|| u8::try_from(mark).unwrap(), |(_, byte)| *byte);
    text.chars().map(byte).collect()
}

/// `text` in UTF-16.
fn wide(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

#[test]
fn a_plain_calendar_has_no_problems() {
    check(&feed("reading/plain"), PLAIN);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    check(format!("\u{FEFF}{}", plain()).as_bytes(), PLAIN);
}

#[test]
fn utf_16_of_either_order_is_read() {
    let marked = format!("\u{FEFF}{}", plain());
    check(&wide(&marked, u16::to_le_bytes), PLAIN);
    check(&wide(&marked, u16::to_be_bytes), PLAIN);
}

#[test]
fn utf_16_without_a_mark_is_read() {
    check(&wide(&plain(), u16::to_le_bytes), PLAIN);
    check(&wide(&plain(), u16::to_be_bytes), PLAIN);
}

#[test]
fn lines_may_end_with_a_bare_line_feed() {
    check(plain().replace("\r\n", "\n").as_bytes(), PLAIN);
}

#[test]
fn lines_may_end_with_a_bare_carriage_return() {
    check(plain().replace("\r\n", "\r").as_bytes(), PLAIN);
}

#[test]
fn lines_may_end_with_two_carriage_returns_and_a_line_feed() {
    check(plain().replace("\r\n", "\r\r\n").as_bytes(), PLAIN);
}

#[test]
fn line_ends_may_be_mixed() {
    let ends = ["\r\n", "\n", "\r", "\r\r\n"];
    let mixed: Vec<String> = plain().lines().zip(ends.iter().cycle()).map(|(line, end)| format!("{line}{end}")).collect();
    check(mixed.concat().as_bytes(), PLAIN);
}

#[test]
fn a_problem_names_its_line_whatever_ends_the_lines() {
    let text = String::from_utf8(feed("reading/one_bad_line")).unwrap();
    for end in ["\r\n", "\n", "\r", "\r\r\n"] {
        let problems = inspect(text.replace("\r\n", end).as_bytes(), DECEMBER).problems();
        compare(&problems.join("\n"), "! 8 VEVENT upgrade@acme: …");
    }
}

#[test]
fn the_last_line_needs_no_end() {
    check(plain().trim_end().as_bytes(), PLAIN);
}

#[test]
fn blank_lines_are_passed_over() {
    check(plain().replace("\r\n", "\r\n\r\n").as_bytes(), PLAIN);
    check(plain().replace("\r\n", "\r\n \t\r\n").as_bytes(), PLAIN);
}

#[test]
fn nul_bytes_and_an_end_of_file_mark_cost_nothing() {
    check(format!("{}\u{1A}", plain()).as_bytes(), PLAIN);
    check(format!("{}\0\0\0\0", plain()).as_bytes(), PLAIN);
    check(plain().replace("SUMMARY:ACME: up", "SUMMARY:ACME: \0up").as_bytes(), PLAIN);
}

#[test]
fn a_line_of_a_hundred_kilobytes_without_folds_is_read() {
    let long = format!("DESCRIPTION:{}\r\nSUMMARY:Globex", "runbook ".repeat(12_500));
    check(plain().replace("SUMMARY:Globex", &long).as_bytes(), PLAIN);
}

#[test]
fn a_long_line_in_many_folds_is_read() {
    let folded = format!("DESCRIPTION:{}\r\nSUMMARY:Globex", "runbook \r\n ".repeat(12_500));
    check(plain().replace("SUMMARY:Globex", &folded).as_bytes(), PLAIN);
}

#[test]
fn a_fold_may_lie_inside_a_character() {
    check(&replaced(&feed("reading/plain"), "ö".as_bytes(), b"\xC3\r\n \xB6"), PLAIN);
    check(&replaced(&feed("reading/plain"), "ö".as_bytes(), b"\xC3\n\t\xB6"), PLAIN);
}

#[test]
fn a_fold_takes_one_blank_or_tab_and_no_more() {
    let expected = "2026-12-01T09:00Z 1h upgrade@acme ACME: upgrade to 17.4
        2026-12-15T13:00Z 2h drill@globex Globex: restore drill";
    check(&feed("reading/fold_tab"), expected);
    check(&replaced(&feed("reading/fold_tab"), b"\r\n", b"\r\r\n"), expected);
    check(&replaced(&feed("reading/fold_tab"), b"\r\n", b"\r"), expected);
}

#[test]
fn what_is_no_utf_8_is_read_as_latin_1_and_said_once() {
    let bytes = narrow(&plain().replace("ACME: upgrade to", "ACMÉ: upgrade to"), &[]);
    let expected = PLAIN.replace("ACME", "ACMÉ");
    check(&bytes, &format!("{expected}\n! 9 …: no UTF-8…"));
}

#[test]
fn only_the_line_that_is_no_utf_8_is_read_as_latin_1() {
    let bytes = replaced(&feed("reading/latin1"), "Zürich: Übergabe à Genève".as_bytes(), b"Z\xFCrich: \xDCbergabe \xE0 Gen\xE8ve");
    check(
        &bytes,
        "2026-12-01T09:00Z 1h renewal@acme Zürich: Übergabe à Genève
        2026-12-02T09:00Z 1h visit@initech Initech: вызов в Łódź
        ! 9 …: no UTF-8…",
    );
}

#[test]
fn windows_1252_keeps_its_curly_quotes_and_the_euro() {
    let text = String::from_utf8(feed("reading/curly")).unwrap();
    check(
        &narrow(&text, &[('“', 0x93), ('”', 0x94), ('€', 0x80)]),
        "2026-12-01T09:00Z 1h renewal@acme “ACME”: renewal for 5 000 €
        2026-12-15T13:00Z 2h drill@globex Globex: restore drill
        ! 9 …: no UTF-8…1252…",
    );
}
