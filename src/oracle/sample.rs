//! A small world for this room's tests: ada and her backup bob in Berlin, one customer, one Saturday task.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};

use super::knowledge::Knowledge;
use super::{AbsenceFact, Answer, Away, Broken, EmergencyFact, Heard, Moment, Settings, TaskFact, TaskRef, World, check};
use super::{news, passed, promise, series};
use crate::people::{Account, Backup, Contact, Engineer, Hours, Stretch, Team};
use crate::window::Window;

/// An instant from text.
pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A stretch of time from text.
pub(super) fn window(start: &str, end: &str) -> Window {
    Window::new(at(start), at(end)).unwrap()
}

/// An engineer in that zone with the same hours, in minutes from midnight, on each working day.
pub(super) fn engineer(id: &str, zone: &str, stretches: &[(u16, u16)]) -> Engineer {
    let stretches: Vec<Stretch> = stretches.iter().map(|(from, until)| Stretch { from: *from, until: *until }).collect();
    let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    Engineer {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        email: format!("{id}@example.com").parse().unwrap(),
        aliases: Vec::new(),
        team: None,
        zone: zone.parse().unwrap(),
        hours: Hours::new(days.map(|day| (day, stretches.clone()))),
        feeds: Vec::new(),
        holidays: Vec::new(),
    }
}

/// The settings of the shipped defaults.
pub(super) fn settings() -> Settings {
    let leads = ["10 working days", "3 working days", "1 working day", "2 working hours"];
    Settings {
        settle: SignedDuration::from_mins(15),
        leads: leads.map(|lead| lead.parse().unwrap()).to_vec(),
        min_uncovered: SignedDuration::from_mins(30),
        min_writing: SignedDuration::from_mins(30),
        last_call: SignedDuration::from_hours(24),
        aftercare: SignedDuration::ZERO,
        every_occurrence: false,
        min_missed: SignedDuration::from_hours(4),
        before_leave: Some("3 working days".parse().unwrap()),
        overnight: true,
        send_empty: false,
    }
}

/// A task `upgrade` of acme.
pub(super) fn task(start: &str, end: &str) -> TaskFact {
    let (start, end) = (at(start), at(end));
    let account = Some("acme".parse().unwrap());
    TaskFact {
        uid: "upgrade".to_owned(),
        recurrence_id: None,
        account,
        title: "Upgrade".to_owned(),
        start,
        end,
        cancelled: false,
        ticket: None,
        recurs: false,
        marked: None,
    }
}

/// The task on Saturday, 16 January 2027, at 10:00 in UTC.
pub(super) fn saturday() -> TaskFact {
    task("2027-01-16T10:00Z", "2027-01-16T12:00Z")
}

/// An absence of ada's by the clock.
pub(super) fn away(start: &str, end: &str) -> AbsenceFact {
    AbsenceFact { engineer: "ada".parse().unwrap(), away: Away::Stretch(window(start, end)) }
}

/// An emergency of acme's.
pub(super) fn emergency(uid: &str, start: &str, end: &str) -> EmergencyFact {
    EmergencyFact { uid: uid.to_owned(), account: Some("acme".parse().unwrap()), start: at(start), end: at(end), ticket: None }
}

/// What was known from `since`: those tasks and nothing else.
pub(super) fn moment(since: &str, tasks: Vec<TaskFact>) -> Moment {
    Moment { at: at(since), tasks, absences: Vec::new(), emergencies: Vec::new(), shifts: Vec::new() }
}

/// The world of those moments, from Monday, 4 January to 1 February 2027.
pub(super) fn world(moments: Vec<Moment>) -> World {
    let people = [engineer("ada", "Europe/Berlin", &[(540, 1020)]), engineer("bob", "Europe/Berlin", &[(540, 1020)])];
    let account = Account {
        id: "acme".parse().unwrap(),
        name: "ACME".to_owned(),
        engineers: vec!["ada".parse().unwrap()],
        backups: vec![Backup { engineer: "bob".parse().unwrap(), from: None, until: None }],
        manager: Some(Contact::Mailbox("manager@example.com".parse().unwrap())),
        last_resort: Contact::Mailbox("duty@example.com".parse().unwrap()),
        matches: Vec::new(),
        zone: None,
        notes: None,
    };
    let engineers: BTreeMap<_, _> = people.into_iter().map(|engineer| (engineer.id.clone(), engineer)).collect();
    let team = Team { engineers, accounts: vec![account], admin: "admin@example.com".parse().unwrap() };
    let (born, until) = (at("2027-01-04T00:00Z"), at("2027-02-01T00:00Z"));
    World { team, settings: settings(), born, until, moments, answers: Vec::new() }
}

/// The world in which only the Saturday task is known, from the start.
pub(super) fn quiet() -> World {
    world(vec![moment("2027-01-04T00:00Z", vec![saturday()])])
}

/// The same with an answer at `when`.
pub(super) fn answered(when: &str) -> World {
    let name = TaskRef { uid: "upgrade".to_owned(), recurrence_id: None };
    World { answers: vec![(at(when), name, Answer::Done, None)], ..quiet() }
}

/// A notice about `upgrade`, from `at kind person start stage`, the stage perhaps of several words.
pub(super) fn notice(line: &str) -> Heard {
    let words: Vec<&str> = line.splitn(5, ' ').collect();
    let (when, kind, person, start, stage) = (at(words[0]), words[1], words[2], at(words[3]), words[4]);
    Heard {
        at: when,
        to: format!("{person}@example.com"),
        kind: kind.to_owned(),
        engineer: matches!(person, "ada" | "bob").then(|| person.to_owned()),
        account: Some("acme".to_owned()),
        uid: Some("upgrade".to_owned()),
        recurrence_id: None,
        task_start: Some(start),
        stage: (stage != "-").then(|| stage.to_owned()),
        key: line.split_once(' ').unwrap().1.to_owned(),
        uids: None,
    }
}

/// A list for ada, from `at kind uid uid …`.
pub(super) fn list(line: &str) -> Heard {
    let mut words = line.split(' ');
    let (when, kind) = (at(words.next().unwrap()), words.next().unwrap().to_owned());
    let uids = Some(words.map(str::to_owned).collect());
    let (to, engineer, key) = ("ada@example.com".to_owned(), Some("ada".to_owned()), line.to_owned());
    Heard { at: when, to, kind, engineer, account: None, uid: None, recurrence_id: None, task_start: None, stage: None, key, uids }
}

/// What is right in the quiet world.
pub(super) fn right() -> Vec<Heard> {
    let lines = [
        "2027-01-04T08:15Z briefing-request ada 2027-01-16T10:00Z 10 working days",
        "2027-01-12T08:15Z briefing-request ada 2027-01-16T10:00Z 3 working days",
        "2027-01-14T08:15Z briefing-request ada 2027-01-16T10:00Z 1 working day",
        "2027-01-15T14:00Z briefing-request ada 2027-01-16T10:00Z 2 working hours",
        "2027-01-15T16:00Z escalation manager 2027-01-16T10:00Z manager",
        "2027-01-15T16:00Z escalation duty 2027-01-16T10:00Z last call",
    ];
    lines.map(notice).to_vec()
}

/// The rules broken, each with its instant, as text.
pub(super) fn broken(world: &World, heard: &[Heard]) -> Vec<String> {
    check(world, heard).into_iter().map(|Broken { at, rule, .. }| format!("{at} {rule}")).collect()
}

/// Those lines of rules, and no others.
#[track_caller]
pub(super) fn expect(world: &World, heard: &[Heard], lines: &[&str]) {
    assert_eq!(broken(world, heard), lines, "{:#?}", check(world, heard));
}

/// The rules of changes and series broken, and no others. What the second promise says has samples of its own.
#[track_caller]
pub(super) fn expect_change(world: &World, heard: &[Heard], lines: &[&str]) {
    let knowledge = Knowledge::new(world);
    let rules = [news::check, passed::check, series::check];
    compare(rules.iter().flat_map(|check| check(&knowledge, heard)).collect(), lines);
}

/// The rules of the second promise broken, and no others.
#[track_caller]
pub(super) fn expect_promise(world: &World, heard: &[Heard], lines: &[&str]) {
    compare(promise::check(&Knowledge::new(world), heard), lines);
}

/// Those lines, and no others.
#[track_caller]
fn compare(mut broken: Vec<Broken>, lines: &[&str]) {
    broken.sort();
    let found: Vec<String> = broken.iter().map(|Broken { at, rule, .. }| format!("{at} {rule}")).collect();
    assert_eq!(found, lines, "{broken:#?}");
}

/// What was heard, a line a notice, in the order of time.
pub(super) fn notices(lines: &[&str]) -> Vec<Heard> {
    let mut heard: Vec<Heard> = lines.iter().map(|line| notice(line)).collect();
    heard.sort_by_key(|notice| notice.at);
    heard
}
