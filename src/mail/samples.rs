//! One letter of every kind, of people and tasks that do not exist: what templates are tried with, and shown with.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Post, word};
use crate::agenda::TaskId;
use crate::links::{Keys, Signer};
use crate::outbox::Letter;
use crate::people::{Address, FeedName};
use crate::plan::news::{Difference, Fall, Reader};
use crate::plan::notice::{
    AccountNews, Alert, Answered, BeforeLeave, Brief, Briefing, Change, Digest, Earlier, FeedHold, FeedLine, Gap, Given, Incident, News,
    OldCopy, OnCall, Person, Reason, Recipient, Release, Report, Step, Stray,
};
use crate::plan::{Body, Key, Kind, Notice};
use crate::window::Window;
use crate::wording::{Reads, Style, Words};

/// The instant at which they are written: Thursday, 10 December 2026, 11:00 UTC.
const NOW: Timestamp = Timestamp::constant(1_796_900_400, 0);

/// Which of them stand in one letter, in one of the samples.
const SEVERAL: [&str; 3] = ["briefing-request", "task-changed-moved", "catch-up"];

/// One sample.
#[derive(Debug)]
pub struct Sample {
    /// A name by which it can be told, e.g. `task-changed-moved`.
    pub name: &'static str,
    /// The letter.
    pub letter: Letter,
}

/// Whatever goes wrong when every letter is written with these words, in every language there is.
pub fn check(words: &Arc<Words>) -> Vec<String> {
    let mut empty = Vec::new();
    for language in words.languages() {
        let reads = Reads { language: language.to_owned(), ..Reads::default() };
        let samples = samples(Style { words: Arc::clone(words), reads, ..Style::default() });
        let nameless = samples.iter().filter(|sample| sample.letter.subject.trim().is_empty());
        empty.extend(
            nameless.map(|sample| format!("{language}: the letter `{}` has no subject, which is the template's first line", sample.name)),
        );
    }
    words.troubles().into_iter().chain(empty).collect()
}

/// All samples, worded in that style; none if they are no samples, which a test would tell.
pub fn samples(style: Style) -> Vec<Sample> {
    let Some((post, notices)) = post(style).zip(notices()) else { return Vec::new() };
    let several: Vec<Notice> = notices.iter().filter(|(name, _)| SEVERAL.contains(name)).map(|(_, notice)| notice.clone()).collect();
    let written = |(name, notice): (&'static str, Notice)| Sample { name, letter: word(&[notice], &[], &post, NOW) };
    let mut samples: Vec<Sample> = notices.into_iter().map(written).collect();
    samples.push(Sample { name: "several", letter: word(&several, &[], &post, NOW) });
    samples.extend(ada().map(|ada| Sample { name: "test", letter: super::test(&ada.address, &post, NOW) }));
    samples
}

/// The installation.
fn post(style: Style) -> Option<Post> {
    let keys = Keys::read("a sample of a key, which signs nothing that counts").ok()?;
    let url = "https://offwatch.example.com".to_owned();
    let links = Some(Signer { keys, url: url.clone() });
    let admin = Some("ops@example.com".parse().ok()?);
    Some(Post { links, style, admin, ..Post::new("offwatch <offwatch@example.com>".parse().ok()?, Some(url)) })
}

/// So many hours from now.
fn at(hours: i64) -> Timestamp {
    NOW.checked_add(SignedDuration::from_hours(hours)).unwrap_or(NOW)
}

/// From so many hours from now until so many.
fn window(from: i64, until: i64) -> Option<Window> {
    Window::new(at(from), at(until))
}

/// The engineer to whom most is written.
fn ada() -> Option<Recipient> {
    let (engineer, address, zone) = ("ada".parse().ok()?, "ada@example.com".parse().ok()?, "Europe/Berlin".parse().ok()?);
    Some(Recipient { engineer: Some(engineer), name: Some("Ada Lovelace".to_owned()), address, zone })
}

/// A mailbox.
fn mailbox(address: &str) -> Option<Recipient> {
    Some(Recipient { engineer: None, name: None, address: address.parse().ok()?, zone: "Europe/Berlin".parse().ok()? })
}

/// Somebody who knows the customer.
fn person(name: &str, role: &'static str, away_until: Option<Timestamp>) -> Option<Person> {
    let address: Address = format!("{}@example.com", name.to_lowercase()).parse().ok()?;
    Some(Person { name: name.to_owned(), address, role, before_reader: true, is_asked: false, is_in: false, away_until })
}

/// An upgrade on a Saturday night, which its owner is asked about on the Thursday before.
fn upgrade() -> Option<Brief> {
    Some(Brief {
        task: TaskId::new("t0a1b2c3d4".to_owned()),
        title: "[ACME] Upgrade to 17.4".to_owned(),
        short_title: "Upgrade to 17.4".to_owned(),
        account: Some("ACME Corp".to_owned()),
        customer_zone: "America/New_York".parse().ok(),
        window: window(58, 62)?,
        aftercare: SignedDuration::from_hours(4),
        date_only: false,
        recurs: false,
        one_for_all: false,
        also: 0,
        ticket: Some("https://tickets.example.com/4711".to_owned()),
        description: "Rolling upgrade of three nodes.\nThe way back is a snapshot.".to_owned(),
        notes: Some("https://wiki.example.com/acme".to_owned()),
        uncovered: vec![Gap { window: window(58, 60)?, reason: Reason::Weekend }, Gap { window: window(60, 66)?, reason: Reason::Leave }],
        deadline: Some(at(29)),
        briefing: Briefing::Asked,
        answered: None,
        given: None,
        is_readers: true,
        people: vec![person("Grace", "backup", None)?, person("Linus", "engineer", Some(at(93)))?],
        on_call: vec![OnCall { name: "Edsger".to_owned(), window: window(55, 67)? }],
        old_copies: Vec::new(),
        slot: window(1, 2),
        version: 0,
        told: 0,
        days: vec![
            (window(36, 45)?, Some(Reason::Weekend)),
            (window(45, 53)?, None),
            (window(53, 60)?, Some(Reason::OutsideHours)),
            (window(60, 84)?, Some(Reason::Leave)),
        ],
        last: Some(Earlier {
            title: "Upgrade to 17.3".to_owned(),
            start: at(-2000),
            ticket: Some("https://tickets.example.com/4000".to_owned()),
        }),
    })
}

/// The same with all that can be odd about a task.
fn odd() -> Option<Brief> {
    let old = |feed: &str, held| {
        let leave_of = vec!["Ada Lovelace".to_owned(), "Grace".to_owned()];
        Some(OldCopy { feed: feed.parse().ok()?, since: at(-29), held, shows_task: true, leave_of })
    };
    let gaps = (0..8).filter_map(|number| Some(Gap { window: window(61 + 3 * number, 62 + 3 * number)?, reason: Reason::OutsideHours }));
    Some(Brief {
        account: None,
        date_only: true,
        recurs: true,
        also: 2,
        ticket: None,
        description: "One of many lines that the event says.\n".repeat(20),
        uncovered: gaps.collect(),
        briefing: Briefing::Stale,
        answered: Some(Answered { waived: false, by: None, at: at(-50) }),
        given: Some(Given { by: "Grace".to_owned(), to: "Ada Lovelace".to_owned(), at: at(-3) }),
        people: Vec::new(),
        days: Vec::new(),
        last: None,
        old_copies: vec![old("tasks", false)?, old("leave", true)?],
        ..upgrade()?
    })
}

/// A notice of `body`.
fn notice(kind: Kind, to: Recipient, body: Body) -> Notice {
    let task = match &body {
        Body::Request(brief) | Body::Escalation(brief, _) | Body::Changed(brief, _) | Body::Retracted(brief, _) => Some(brief.task.clone()),
        Body::BeforeLeave(_) | Body::CatchUp(_) | Body::Alert(_) | Body::Coverage(_) => None,
    };
    let start = task.as_ref().map(|_| at(58));
    let subject = task.as_ref().map(ToString::to_string).unwrap_or_default();
    Notice {
        kind,
        key: Key::new(kind, to.person(), &subject, start, "sample", 0),
        to,
        account: None,
        task,
        uid: None,
        recurrence_id: None,
        task_start: start,
        stage: None,
        reason: "this is a sample".to_owned(),
        uids: None,
        covers: Vec::new(),
        freed: Vec::new(),
        outcomes: Vec::new(),
        body,
    }
}

/// Every notice by name.
fn notices() -> Option<Vec<(&'static str, Notice)>> {
    let mut all = of_a_task()?;
    let ada = ada()?;
    for (name, fall) in [
        ("retraction-cancelled", Fall::Cancelled),
        ("retraction-gone", Fall::Gone),
        ("retraction-covered", Fall::Covered),
        ("retraction-moved", Fall::MovedIn { was: window(48, 50)? }),
        ("retraction-elsewhere", Fall::Elsewhere),
        ("retraction-taken-back", Fall::TakenBack),
    ] {
        all.push((name, notice(Kind::Retraction, ada.clone(), Body::Retracted(Box::new(upgrade()?), fall))));
    }
    let leave = BeforeLeave { start: at(29), end: Some(at(213)), tasks: vec![upgrade()?, odd()?] };
    all.push(("before-leave", notice(Kind::BeforeLeave, ada.clone(), Body::BeforeLeave(leave))));
    let mut catch_up = notice(Kind::CatchUp, ada.clone(), Body::CatchUp(digest()?));
    catch_up.outcomes = vec![odd()?];
    all.push(("catch-up", catch_up));
    let nothing = Digest { accounts: Vec::new(), ..digest()? };
    all.push(("catch-up-nothing", notice(Kind::CatchUp, ada, Body::CatchUp(nothing))));
    all.extend(to_the_admin()?);
    Some(all)
}

/// Those that ask for a briefing, or tell of a task's change.
fn of_a_task() -> Option<Vec<(&'static str, Notice)>> {
    let (ada, boss, duty) = (ada()?, mailbox("boss@example.com")?, mailbox("duty@example.com")?);
    let escalation = |to: &Recipient, brief: Brief, step| notice(Kind::Escalation, to.clone(), Body::Escalation(Box::new(brief), step));
    let asked = |brief: Brief| notice(Kind::BriefingRequest, ada.clone(), Body::Request(Box::new(brief)));
    let after = Brief { people: vec![person("Grace", "owner", Some(at(93)))?], ..upgrade()? };
    let others = Brief { is_readers: false, ..after.clone() };
    let mut all = vec![
        ("briefing-request", asked(upgrade()?)),
        ("briefing-request-odd", asked(odd()?)),
        ("escalation-writer", escalation(&ada, after, Step::Writer)),
        ("escalation-writer-odd", escalation(&ada, odd()?, Step::Writer)),
        ("escalation-manager", escalation(&boss, others.clone(), Step::Manager)),
        ("escalation-manager-odd", escalation(&boss, Brief { is_readers: false, ..odd()? }, Step::Manager)),
        ("escalation-last-call", escalation(&duty, others.clone(), Step::LastCall)),
        ("escalation-last-call-odd", escalation(&duty, Brief { is_readers: false, ..odd()? }, Step::LastCall)),
    ];
    let moved = Difference { window: window(48, 50), reader: Reader::Wrote, ..Difference::default() };
    let renamed =
        Difference { title: Some("Patch".to_owned()), ticket: Some("https://tickets.example.com/1".to_owned()), ..Difference::default() };
    for (name, brief, difference) in [
        ("task-changed-moved", odd()?, moved),
        ("task-changed-renamed", upgrade()?, renamed),
        ("task-changed-again", upgrade()?, Difference { again: true, ..Difference::default() }),
        ("task-changed-account", others.clone(), Difference { account: true, reader: Reader::Manages, ..Difference::default() }),
        ("task-changed-last-call", others, Difference { account: true, reader: Reader::LastResort, ..Difference::default() }),
    ] {
        all.push((name, notice(Kind::TaskChanged, ada.clone(), Body::Changed(Box::new(brief), Box::new(difference)))));
    }
    Some(all)
}

/// What happened in two weeks away.
fn digest() -> Option<Digest> {
    let incident = Incident {
        start: at(-110),
        end: at(-108),
        title: "Database down after failover".to_owned(),
        tickets: vec!["https://tickets.example.com/4712".to_owned(), "https://tickets.example.com/4713".to_owned()],
        uids: Vec::new(),
    };
    let news = |what, title: &str| News { what, title: title.to_owned(), ticket: None, start: at(226) };
    let acme = AccountNews {
        account: "ACME Corp".to_owned(),
        incidents: vec![incident.clone(), Incident { start: at(-500), end: at(-500), tickets: Vec::new(), ..incident }],
        ran: vec![
            Brief { window: window(-110, -106)?, briefing: Briefing::Written, ..upgrade()? },
            Brief { window: window(-2, 2)?, briefing: Briefing::TooLate, ..odd()? },
        ],
        news: vec![
            news(Change::Announced, "Go-live"),
            news(Change::Moved { from: at(200) }, "Patch day"),
            news(Change::Cancelled, "Failover test"),
        ],
        coming: vec![upgrade()?],
        older: 2,
        colleagues: vec!["Alan Turing".to_owned()],
        backups: vec!["Grace Hopper".to_owned()],
    };
    let globex = AccountNews {
        account: "Globex".to_owned(),
        incidents: Vec::new(),
        ran: Vec::new(),
        news: vec![news(Change::Cancelled, "Migration")],
        coming: Vec::new(),
        older: 0,
        colleagues: Vec::new(),
        backups: Vec::new(),
    };
    let titles = vec!["Vacation".to_owned()];
    Some(Digest {
        start: at(-306),
        end: at(-3),
        leave: true,
        titles,
        accounts: vec![acme, globex],
        quiet: vec!["Initech".to_owned(), "Umbrella".to_owned()],
        old_copies: odd()?.old_copies,
    })
}

/// Trouble, its end, and the regular report.
fn to_the_admin() -> Option<Vec<(&'static str, Notice)>> {
    let ops = mailbox("ops@example.com")?;
    let feed: FeedName = "tasks".parse().ok()?;
    let hold = FeedHold { since: at(-2), last: at(-1), fetches: 2, missing: 5, of: 9, due: Some(at(2)), released: None };
    let stale = |since| Alert::FeedStale {
        feed: feed.clone(),
        since,
        stale_after: SignedDuration::from_hours(6),
        error: "the server answered 503".to_owned(),
    };
    let released = |how| Alert::FeedReleased { feed: feed.clone(), hold, at: NOW, how };
    let stray = |escalated| Some(Stray { title: "Who knows".to_owned(), start: at(48), feed: feed.clone(), escalated });
    let people = vec![(feed.clone(), 3)];
    let to = "ada@example.com".parse().ok()?;
    let refused = Alert::LetterRefused { subject: "Briefing wanted".to_owned(), to, answer: "550 5.1.1 no such user".to_owned() };
    let alerts = [
        ("feed-alert-stale", stale(Some(at(-7)))),
        ("feed-alert-never", stale(None)),
        ("feed-alert-back", Alert::FeedBack { feed: feed.clone(), at: NOW, held: false }),
        ("feed-alert-held", Alert::FeedHeld { feed: feed.clone(), copy: Some(at(-3)), hold }),
        ("feed-alert-taken", released(Release::Taken)),
        ("feed-alert-returned", released(Release::Returned)),
        ("feed-alert-accepted", released(Release::Accepted)),
        ("feed-alert-refused", refused),
        ("feed-alert-unmatched", Alert::Unmatched { tasks: vec![stray(false)?, stray(true)?], people: people.clone() }),
    ];
    let mut all: Vec<(&str, Notice)> =
        alerts.into_iter().map(|(name, alert)| (name, notice(Kind::FeedAlert, ops.clone(), Body::Alert(alert)))).collect();
    let line =
        |fetched, error: Option<&str>, hold| FeedLine { feed: feed.clone(), fetched, error: error.map(str::to_owned), events: 12, hold };
    let report = Report {
        at: NOW,
        tasks: vec![Brief { briefing: Briefing::Written, ..upgrade()? }, odd()?],
        feeds: vec![line(Some(at(-1)), None, None), line(None, Some("no answer in time"), Some(hold))],
        unmatched_tasks: vec![stray(false)?],
        unmatched_people: people,
    };
    let quiet = Report { at: NOW, tasks: Vec::new(), feeds: Vec::new(), unmatched_tasks: Vec::new(), unmatched_people: Vec::new() };
    all.push(("coverage", notice(Kind::Coverage, ops.clone(), Body::Coverage(report))));
    all.push(("coverage-quiet", notice(Kind::Coverage, ops, Body::Coverage(quiet))));
    Some(all)
}
