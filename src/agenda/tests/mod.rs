//! What the agenda makes of hand-made occurrences. Owns the small team and the events by hand that its tables use.

mod absences;
mod accounts;
mod bygone;
mod heirs;
mod joining;
mod shifts;
mod tasks;

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use regex::Regex;

use super::*;
use crate::calendar::{Event, Party, RecurrenceId, Status, When};
use crate::people::{Account, Backup, Contact, Engineer, Hours};

/// An engineer in Berlin.
fn engineer(id: &str, name: &str, aliases: &[&str], feeds: &[&str]) -> (EngineerId, Engineer) {
    let (key, email) = (id.parse().unwrap(), format!("{id}@example.com").parse().unwrap());
    let engineer = Engineer {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        email,
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        team: None,
        zone: "Europe/Berlin".parse().unwrap(),
        hours: Hours::default(),
        feeds: feeds.iter().map(|feed| feed.parse().unwrap()).collect(),
        holidays: vec!["de-holidays".parse().unwrap()],
    };
    (key, engineer)
}

/// An account without people.
fn account(id: &str, name: &str, matches: &[&str], zone: Option<&str>) -> Account {
    Account {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        engineers: Vec::new(),
        backups: Vec::<Backup>::new(),
        manager: None,
        last_resort: Contact::Mailbox("on-call@example.com".parse().unwrap()),
        matches: matches.iter().map(|&word| word.to_owned()).collect(),
        zone: zone.map(|zone| zone.parse().unwrap()),
        notes: None,
    }
}

/// Four engineers and four accounts.
fn team() -> Team {
    let mut engineers = BTreeMap::from([
        engineer("ada", "Ada Lovelace", &["A. Lovelace", "ada@lovelace.example"], &["ada", "shared"]),
        engineer("annl", "Ann Lee", &[], &["shared"]),
        engineer("anns", "Ann Lee-Smith", &[], &[]),
        engineer("raj", "Raj Patel", &[], &["raj-leave"]),
    ]);
    let raj = engineers.get_mut(&"raj".parse().unwrap()).unwrap();
    raj.zone = "Asia/Kolkata".parse().unwrap();
    raj.holidays.clear();
    let accounts = vec![
        account("acme", "ACME Corp", &["ACME", "acme.example"], Some("America/New_York")),
        account("cloud", "Cloud Nine", &["ACME Cloud", "cloud.acme.example"], None),
        account("globex", "Globex", &["Globex"], None),
        account("initech", "Initech", &["Inic"], None),
    ];
    Team { engineers, accounts, admin: "admin@example.com".parse().unwrap() }
}

/// The words of the shipped configuration, compiled once.
static READING: LazyLock<Reading> = LazyLock::new(|| {
    let pattern = |text: &str| Regex::new(text).unwrap();
    Reading {
        away: vec![pattern(r"(?i)\b(out of (the )?office|ooo|pto|vacation|leave|sick|holidays?|urlaub)\b")],
        not_away: vec![pattern(r"(?i)\bwfh\b|working from|cover for|observance")],
        tentative: false,
        ticket: pattern(r"https://\S+/tickets/\d+"),
        done: pattern(r"(?i)\[briefing (done|waived)\]"),
        task: pattern("(?i)upgrade|migrat|maintenance"),
        zone: "Asia/Tokyo".parse().unwrap(),
    }
});

/// A copy of [`READING`] for a test to change.
fn reading() -> Reading {
    READING.clone()
}

/// A feed that is read for `reads`.
fn role(name: &str, reads: &[Purpose]) -> FeedRole {
    FeedRole {
        name: name.parse().unwrap(),
        reads: reads.iter().copied().collect(),
        every_event_is_absence: false,
        literal_times: false,
        zone: None,
        escalate_unmatched: false,
    }
}

/// An event that says nothing but its title.
fn event(title: &str) -> Event {
    Event {
        uid: "uid-1".to_owned(),
        summary: title.to_owned(),
        description: String::new(),
        location: String::new(),
        url: None,
        categories: Vec::new(),
        organizer: None,
        attendees: Vec::new(),
        status: Status::Confirmed,
        out_of_office: false,
        transparent: false,
        account: None,
        recurs: false,
    }
}

/// A party from `Name <address>`, `<address>`, `Name`, with a leading `!` for one who declined.
fn party(text: &str) -> Party {
    let declined = text.starts_with('!');
    let text = text.trim_start_matches('!');
    let (name, email) = text.split_once('<').unwrap_or((text, ""));
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Party { name: some(name.trim()), email: some(email.trim_end_matches('>')), declined }
}

/// When, from `2026-12-01/2026-12-03` (dates) or two instants.
fn when(text: &str) -> When {
    let (start, end) = text.split_once('/').unwrap();
    match (start.parse(), end.parse()) {
        (Ok(first), Ok(until)) if !start.contains('T') => When::AllDay { first, until },
        _ => When::Timed { start: start.parse().unwrap(), end: end.parse().unwrap() },
    }
}

/// The only occurrence of `event`.
fn at(text: &str, event: Event) -> Occurrence {
    Occurrence { event: Arc::new(event), recurrence_id: None, when: when(text) }
}

/// An instant as it is written.
fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A stretch in a few letters.
fn shown(start: Timestamp, end: Timestamp) -> String {
    format!("{}/{}", start.strftime("%m-%dT%H:%M"), end.strftime("%m-%dT%H:%M"))
}
