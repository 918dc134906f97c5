//! Which vanished task a new one goes on as, look by look.

use super::super::history::Update;
use super::super::register::{Fetched, Register};
use super::super::shown::Shown;
use super::*;

/// What is remembered after a feed of tasks has shown these rows at these instants, one thing a row by its first UID
/// and its start, with every UID it had. Rows are `uid | title | when`, of an occurrence `uid#date | …`.
fn check(looks: &[(&str, &[&str])]) -> Vec<String> {
    let (team, role) = (team(), role("tasks", &[Purpose::Tasks]));
    let (mut register, mut shown, mut before) = (Register::default(), Shown::of(1), None);
    for (now, rows) in looks {
        let now = instant(now);
        let occurrences: Vec<Occurrence> = rows.iter().map(|row| occurrence(row)).collect();
        shown.replace(vec![(0, sheet(&role, &occurrences, &team, &Matcher::new(&team), &reading()))]);
        let fetched = BTreeMap::from([(role.name.clone(), Fetched { place: Some(0), before })]);
        let update = register.compare(&shown, &shown.names(), &fetched, now);
        register.apply(&update);
        assert_eq!(register.compare(&shown, &shown.names(), &fetched, now), Update::default(), "the same again is nothing new");
        before = Some(now);
    }
    let mut sightings: Vec<&Sighting> = register.history().values().collect();
    sightings.sort_by_key(|sighting| (sighting.uids().next(), sighting.anchor()));
    sightings.iter().map(|sighting| remembered(sighting)).collect()
}

/// One row.
fn occurrence(row: &str) -> Occurrence {
    let [name, title, when] = row.split(" | ").collect::<Vec<_>>()[..] else { panic!("no row: {row}") };
    let (uid, date) = name.split_once('#').map_or((name, None), |(uid, date)| (uid, Some(date)));
    let event = Event { uid: uid.to_owned(), recurs: date.is_some(), ..event(title) };
    let recurrence_id = date.map(|date| RecurrenceId::Date(date.parse().unwrap()));
    Occurrence { recurrence_id, ..at(when, event) }
}

/// Its UIDs, its start, and when it was seen last if it is gone.
fn remembered(sighting: &Sighting) -> String {
    let mut uids: Vec<&str> = sighting.uids().collect();
    uids.dedup();
    let instant = |instant: Timestamp| instant.strftime("%m-%dT%H:%M").to_string();
    let seen = sighting.last_seen.map_or("never".to_owned(), instant);
    let gone = sighting.gone.map(|gone| format!(" gone {}, seen {seen}", instant(gone))).unwrap_or_default();
    format!("{} {}{gone}", uids.join(" "), instant(sighting.thing.start()))
}

/// Rows with another task's.
fn among_others(rows: &[String]) -> Vec<&str> {
    rows.iter().map(String::as_str).chain([OTHER]).collect()
}

const MONDAY: &str = "2026-11-30T09:00Z";
const GONE: &str = "a 12-05T09:00 gone 11-30T12:00, seen 11-30T09:00";
const NOON: &str = "2026-11-30T12:00Z";
const A: &str = "a | ACME: Upgrade | 2026-12-05T09:00Z/2026-12-05T10:00Z";
const OTHER: &str = "z | Globex: Review | 2026-12-20T09:00Z/2026-12-20T10:00Z";

#[test]
fn one_of_the_same_account_and_title_that_comes_within_a_day_is_the_one_that_vanished() {
    let b = "b | acme:  UPGRADE | 2027-03-05T09:00Z/2027-03-05T10:00Z";
    assert_eq!(check(&[(MONDAY, &[A, OTHER]), (NOON, &[b, OTHER])]), ["a b 03-05T09:00", "z 12-20T09:00"]);
    let later = |last: &str| check(&[(MONDAY, &[A, OTHER]), (NOON, &[OTHER]), (last, &[b, OTHER])]);
    assert_eq!(later("2026-12-01T12:00Z"), ["a b 03-05T09:00", "z 12-20T09:00"]);
    assert_eq!(later("2026-12-01T12:01Z"), [GONE, "b 03-05T09:00", "z 12-20T09:00"]);
}

#[test]
fn what_is_over_for_four_hundred_days_is_forgotten_once_no_feed_shows_it() {
    let gone = |last: &str| check(&[(MONDAY, &[A, OTHER]), ("2026-12-10T09:00Z", &[OTHER]), (last, &[OTHER])]);
    assert_eq!(gone("2028-01-09T09:59Z"), ["a 12-05T09:00", "z 12-20T09:00"]);
    assert_eq!(gone("2028-01-09T10:01Z"), ["z 12-20T09:00"]);
    assert_eq!(check(&[(MONDAY, &[A]), ("2028-02-09T10:01Z", &[A])]), ["a 12-05T09:00"]);
}

#[test]
fn another_title_or_account_or_none_is_another_task() {
    for b in [
        "b | ACME: Migration | 2026-12-05T09:00Z/2026-12-05T10:00Z",
        "b | Globex: Upgrade | 2026-12-05T09:00Z/2026-12-05T10:00Z",
        "b | Upgrade | 2026-12-05T09:00Z/2026-12-05T10:00Z",
    ] {
        assert_eq!(check(&[(MONDAY, &[A, OTHER]), (NOON, &[b, OTHER])]), [GONE, "b 12-05T09:00", "z 12-20T09:00"], "{b}");
    }
    let [one, other] = ["a", "b"].map(|uid| format!("{uid} | Upgrade | 2026-12-05T09:00Z/2026-12-05T10:00Z"));
    let unknown = check(&[(MONDAY, &[&one, OTHER]), (NOON, &[&other, OTHER])]);
    assert_eq!(unknown, [GONE, "b 12-05T09:00", "z 12-20T09:00"]);
}

#[test]
fn a_task_that_only_changed_has_no_heir() {
    let moved = A.replace("2026-12-05", "2026-12-06");
    let b = "b | ACME: Upgrade | 2026-12-05T09:00Z/2026-12-05T10:00Z";
    assert_eq!(check(&[(MONDAY, &[A, OTHER]), (NOON, &[&moved, b, OTHER])]), ["a 12-06T09:00", "b 12-05T09:00", "z 12-20T09:00"]);
}

#[test]
fn where_two_could_be_the_heir_or_two_could_have_been_it_nobody_is() {
    let [b, c] = ["b", "c"].map(|uid| format!("{uid} | ACME: Upgrade | 2026-12-06T09:00Z/2026-12-06T10:00Z"));
    assert_eq!(check(&[(MONDAY, &[A, OTHER]), (NOON, &[&b, &c, OTHER])]).len(), 4);
    assert_eq!(check(&[(MONDAY, &[A, &b, OTHER]), (NOON, &[&c, OTHER])]).len(), 4);
}

#[test]
fn a_series_under_another_uid_goes_on_occurrence_by_occurrence() {
    let week = |uid: &str, shift: i32, title: &str| -> Vec<String> {
        let day = |day: i32| format!("{uid}#2026-12-{day:02} | {title} | 2026-12-{day:02}T09:00Z/2026-12-{day:02}T10:00Z");
        [4, 11, 18].iter().map(|start| day(start + shift)).collect()
    };
    let check = |old: &[String], new: &[String]| check(&[(MONDAY, &among_others(old)), (NOON, &among_others(new))]);
    let first = week("a", 0, "ACME: Upgrade");
    let shifted = ["a b 12-07T09:00", "a b 12-14T09:00", "a b 12-21T09:00", "z 12-20T09:00"];
    assert_eq!(check(&first, &week("b", 3, "ACME: Upgrade")), shifted);
    let rule = ["a 12-07T09:00", "a 12-14T09:00", "a 12-21T09:00", "z 12-20T09:00"];
    assert_eq!(check(&first, &week("a", 3, "ACME: Upgrade")), rule);
    assert_eq!(check(&first, &week("b", 3, "ACME: Migration")).len(), 7);
    assert_eq!(check(&first, &week("b", 3, "Globex: Upgrade")).len(), 7);
    assert_eq!(check(&week("a", 0, "Upgrade"), &week("b", 3, "Upgrade")).len(), 7);
    let two: Vec<String> = [week("b", 1, "ACME: Upgrade"), week("c", 2, "ACME: Upgrade")].concat();
    assert_eq!(check(&first, &two).len(), 10);
}

#[test]
fn an_occurrence_goes_on_as_one_less_than_a_week_away_and_a_single_task_wherever_it_is() {
    let old: &[&str] = &["a#2026-12-05 | ACME: Upgrade | 2026-12-05T09:00Z/2026-12-05T10:00Z", OTHER];
    let to = |new: &str| check(&[(MONDAY, old), (NOON, &[new, OTHER])]);
    assert_eq!(to("b#2026-12-12 | ACME: Upgrade | 2026-12-12T08:59Z/2026-12-12T10:00Z"), ["a b 12-12T08:59", "z 12-20T09:00"]);
    assert_eq!(to("b#2026-12-12 | ACME: Upgrade | 2026-12-12T09:00Z/2026-12-12T10:00Z").len(), 3);
    assert_eq!(to("b | ACME: Upgrade | 2027-01-12T09:00Z/2027-01-12T10:00Z"), ["a b 01-12T09:00", "z 12-20T09:00"]);
}

#[test]
fn an_occurrence_that_ran_leaves_nothing_to_the_next() {
    let row = |uid: &str, when: &str| format!("{uid} | ACME: Upgrade | {when}");
    let ran = row("a#2026-11-30", "2026-11-30T10:00Z/2026-11-30T13:00Z");
    let next = row("a#2026-12-03", "2026-12-03T10:00Z/2026-12-03T13:00Z");
    assert_eq!(check(&[(MONDAY, &[&ran, OTHER]), (NOON, &[&next, OTHER])]).len(), 3);
    // A task that stands alone and was moved while it ran is the same.
    let [ran, next] = [ran.replace("#2026-11-30", ""), next.replace("a#2026-12-03", "b")];
    assert_eq!(check(&[(MONDAY, &[&ran, OTHER]), (NOON, &[&next, OTHER])]), ["a b 12-03T10:00", "z 12-20T09:00"]);
}
