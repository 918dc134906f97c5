//! Who is on call by the feeds of on-call systems.

use super::*;

/// The shifts of one event.
fn check(when: &str, title: &str, attendees: &[&str], status: Status) -> String {
    let event = Event { attendees: attendees.iter().map(|text| party(text)).collect(), status, ..event(title) };
    let agenda = sheet(&role("on-call", &[Purpose::OnCall]), &[at(when, event)], &team(), &Matcher::new(&team()), &reading());
    let shift = |shift: &Shift| format!("{}={}", shift.name, shift.engineer.as_ref().map_or("?", EngineerId::as_str));
    agenda.shifts.iter().map(shift).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_person_is_an_attendee_or_stands_in_the_title() {
    for (title, attendees, expected) in [
        ("On Call - Ada Lovelace - Primary", &[][..], "Ada Lovelace=ada"),
        ("On Call - Ada Lovelace - Primary", &["<ada@example.com>"], "Ada Lovelace=ada"),
        ("On Call - Ada Lovelace - Primary", &["<ada@elsewhere.example>"], "Ada Lovelace=ada"),
        ("On Call - Bob Stone - Team of Ada Lovelace", &[], "Bob Stone=?"),
        ("On Call - Bob Stone - Primary", &["<bob@example.com>"], "Bob Stone=?"),
        ("On Call", &["<bob@example.com>"], "bob@example.com=?"),
        ("On Call - Bob Stone - Primary", &["bob@example.com <bob@example.com>"], "Bob Stone=?"),
        ("On Call - Bob Stone - Primary", &["Robert Stone <bob@example.com>"], "Robert Stone=?"),
        ("On Call", &["Raj Patel <r@elsewhere.example>", "<bob@example.com>"], "Raj Patel=raj, bob@example.com=?"),
        ("On Call", &["!<ada@example.com>", "<raj@example.com>"], "Raj Patel=raj"),
        ("Rotation L1: raj@example.com", &[], "Raj Patel=raj"),
        ("Rotation L1: stone@example.com", &[], "stone@example.com=?"),
        ("raj", &[], "Raj Patel=raj"),
        ("Ada and Raj", &[], "Ada Lovelace=ada, Raj Patel=raj"),
        ("Nobody", &[], "Nobody=?"),
    ] {
        assert_eq!(check("2026-12-01T09:00Z/2026-12-01T17:00Z", title, attendees, Status::Confirmed), expected, "{title} {attendees:?}");
    }
}

#[test]
fn cancelled_shifts_and_those_without_length_are_none() {
    assert_eq!(check("2026-12-01T09:00Z/2026-12-01T17:00Z", "raj", &[], Status::Cancelled), "");
    assert_eq!(check("2026-12-01T09:00Z/2026-12-01T09:00Z", "raj", &[], Status::Confirmed), "");
}
