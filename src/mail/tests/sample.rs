//! People, tasks and notices that the tests of this room share.

use jiff::{SignedDuration, Timestamp};

use crate::agenda::TaskId;
use crate::mail::Post;
use crate::plan::notice::{Brief, Briefing, Gap, OnCall, Person, Reason, Recipient};
use crate::plan::{Body, Key, Kind, Notice};
use crate::window::Window;

/// An instant.
pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A stretch.
pub(super) fn window(start: &str, end: &str) -> Window {
    Window::new(at(start), at(end)).unwrap()
}

/// Thursday noon before the task.
pub(super) fn now() -> Timestamp {
    at("2026-12-10T11:00Z")
}

/// The installation.
pub(super) fn post() -> Post {
    Post::new("offwatch <offwatch@example.com>".parse().unwrap(), None)
}

/// An engineer in Berlin.
pub(super) fn engineer(id: &str, name: &str) -> Recipient {
    let address = format!("{id}@example.com").parse().unwrap();
    let zone = "Europe/Berlin".parse().unwrap();
    Recipient { engineer: Some(id.parse().unwrap()), name: Some(name.to_owned()), address, zone }
}

/// A mailbox in UTC.
pub(super) fn mailbox(address: &str) -> Recipient {
    Recipient { engineer: None, name: None, address: address.parse().unwrap(), zone: "UTC".parse().unwrap() }
}

/// Somebody who knows the customer.
pub(super) fn person(name: &str, role: &'static str, away_until: Option<&str>) -> Person {
    let address = format!("{}@example.com", name.to_lowercase()).parse().unwrap();
    Person { name: name.to_owned(), address, role, before_reader: true, is_asked: false, is_in: false, away_until: away_until.map(at) }
}

/// An upgrade on a Saturday night.
pub(super) fn upgrade() -> Brief {
    Brief {
        task: TaskId::new("t-0a1b".to_owned()),
        title: "[ACME] Upgrade to 17.4".to_owned(),
        short_title: "Upgrade to 17.4".to_owned(),
        account: Some("ACME Corp".to_owned()),
        customer_zone: Some("America/New_York".parse().unwrap()),
        window: window("2026-12-12T21:00Z", "2026-12-13T01:00Z"),
        aftercare: SignedDuration::from_hours(4),
        date_only: false,
        recurs: false,
        one_for_all: false,
        also: 0,
        ticket: Some("https://tickets.example.com/4711".to_owned()),
        description: "Rolling upgrade of three nodes.\n\nRoll back by snapshot.".to_owned(),
        notes: Some("https://wiki.example.com/acme".to_owned()),
        uncovered: vec![
            Gap { window: window("2026-12-12T21:00Z", "2026-12-12T23:00Z"), reason: Reason::Weekend },
            Gap { window: window("2026-12-12T23:00Z", "2026-12-13T05:00Z"), reason: Reason::Leave },
        ],
        deadline: Some(at("2026-12-11T16:00Z")),
        briefing: Briefing::Wanted,
        answered: None,
        given: None,
        is_readers: true,
        people: vec![person("Grace", "backup", None), person("Linus", "engineer", Some("2026-12-14T08:00Z"))],
        on_call: vec![OnCall { name: "Edsger".to_owned(), window: window("2026-12-12T18:00Z", "2026-12-13T06:00Z") }],
        old_copies: Vec::new(),
        slot: Some(window("2026-12-10T12:00Z", "2026-12-10T12:30Z")),
        version: 0,
        told: 0,
        days: Vec::new(),
        last: None,
    }
}

/// A notice of `body`.
pub(super) fn notice(kind: Kind, to: Recipient, reason: &str, body: Body) -> Notice {
    let brief = match &body {
        Body::Request(brief) | Body::Escalation(brief, _) | Body::Changed(brief, _) | Body::Retracted(brief, _) => Some((**brief).clone()),
        Body::BeforeLeave(_) | Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => None,
    };
    let task_start = brief.as_ref().map(|brief| brief.window.start());
    let task = brief.map(|brief| brief.task);
    let subject = task.as_ref().map(ToString::to_string).unwrap_or_default();
    Notice {
        kind,
        key: Key::new(kind, to.person(), &subject, task_start, "1 working day", 0),
        to,
        account: None,
        task,
        uid: None,
        recurrence_id: None,
        task_start,
        stage: None,
        reason: reason.to_owned(),
        uids: None,
        covers: Vec::new(),
        freed: Vec::new(),
        outcomes: Vec::new(),
        body,
    }
}

/// A request to Ada.
pub(super) fn request(brief: Brief) -> Notice {
    let reason = "you look after ACME Corp, and 1 working day is left";
    notice(Kind::BriefingRequest, engineer("ada", "Ada Lovelace"), reason, Body::Request(Box::new(brief)))
}
