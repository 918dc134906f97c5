//! Facts as a daemon publishes them, and what they are taken for.

use std::fmt::Write as _;
use std::path::PathBuf;

use insta::assert_snapshot;
use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;
use crate::config::{self, Context};
use crate::plan::{FeedHold, RefusedLetter, Release};

/// The smallest configuration there is.
const LEAST: &str = include_str!("../../config/minimal.toml");

/// The instant so many minutes after the start.
fn at(minutes: i64) -> Timestamp {
    "2030-01-08T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// A daemon that was started just now, and the file of its configuration.
fn daemon() -> (Health, PathBuf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offwatch.toml");
    std::fs::write(&path, LEAST).unwrap();
    let config = config::load(&path, &Context::default()).unwrap();
    (Health::new(&config, at(0)), path, folder)
}

/// A feed as a look finds it.
fn feed(name: &str, failing: Option<i64>, hold: Option<FeedHold>) -> FeedHealth {
    FeedHealth {
        feed: name.parse().unwrap(),
        reads: std::collections::BTreeSet::new(),
        fetched: Some(at(-5)),
        failing_since: failing.map(at),
        error: failing.map(|_| "answered 500".to_owned()),
        stale_after: SignedDuration::from_mins(60),
        events: 3,
        hold,
    }
}

/// A look that found these feeds and this outbox.
fn look(feeds: &[FeedHealth], census: Census) -> Look {
    Look { feeds: feeds.to_vec(), census, replicas: None }
}

/// What is said at a minute, a check a line, and whether the process is worth keeping.
fn check(health: &Health, minute: i64) -> String {
    let facts = health.follow().borrow().clone();
    let checks = facts.checks(at(minute));
    let mut said = format!("{}, {}\n", overall(&checks).name(), facts.lives(at(minute)).map_or("dead", |()| "alive"));
    for check in &checks {
        writeln!(said, "{} {}: {}", check.light.name(), check.name, check.said).unwrap();
    }
    said
}

#[test]
fn a_daemon_that_has_not_looked_yet_is_not_ready_and_one_that_has_is() {
    let (health, path, _folder) = daemon();
    assert_snapshot!(check(&health, 1), @"
    red, alive
    green store: read and written
    green config: in force for 1m
    red turn: no look is finished since the start 1m ago
    green letters: none is due
    green refusals: no letter was refused within a day
    green mail: not halted
    green feeds: all are read
    ");
    health.looked(look(&[feed("tasks", None, None)], Census::default()), &path, at(2));
    assert_snapshot!(check(&health, 3), @"
    green, alive
    green store: read and written
    green config: in force for 3m
    green turn: the last look was finished 1m ago
    green letters: none is due
    green refusals: no letter was refused within a day
    green mail: not halted
    green feeds: all are read
    ");
}

#[test]
fn a_loop_that_stands_still_is_red_and_after_half_an_hour_dead() {
    let (health, path, _folder) = daemon();
    health.looked(look(&[], Census::default()), &path, at(0));
    let turn = |minute| {
        check(&health, minute)
            .lines()
            .filter(|line| line.contains("ive") || line.contains("dead") || line.contains("turn:"))
            .collect::<Vec<_>>()
            .join(" | ")
    };
    assert_snapshot!([10, 11, 29, 30].map(turn).join("\n"), @"
    green, alive | green turn: the last look was finished 10m ago
    red, alive | red turn: no look was finished for 11m
    red, alive | red turn: no look was finished for 29m
    red, dead | red turn: no look was finished for 30m
    ");
    // A clock that went back is no reason to start it again.
    assert!(check(&health, -60).starts_with("green, alive"));
}

#[test]
fn what_keeps_letters_from_people_is_red() {
    let (health, path, _folder) = daemon();
    let census = Census { queued: 2, sending: 0, refused: 1, owed_since: Some(at(0)) };
    health.looked(look(&[], census), &path, at(15));
    assert!(check(&health, 15).starts_with("amber"), "{}", check(&health, 15));
    health.sent(&Round { halted: Some("logging in: 535 for secret".to_owned()), ..Round::default() }, at(16));
    health.sent(&Round { halted: Some("logging in: 535 for secret".to_owned()), ..Round::default() }, at(17));
    health.sent(&Round::default(), at(17));
    health.failed(at(18));
    health.failed(at(19));
    health.refused(at(19));
    assert_snapshot!(check(&health, 20), @"
    red, alive
    red store: cannot be read or written for 2m; the log says why
    red config: the new file was refused, the old settings stay in force; the log says why
    green turn: the last look was finished 5m ago
    red letters: a letter should have gone out 20m ago; see `offwatch outbox list`
    amber refusals: 1 refused within a day; see `offwatch outbox list --state refused`
    red mail: halted for 4m; letters wait, and the log says why
    green feeds: all are read
    ");
    let refused = RefusedLetter {
        key: crate::plan::Key::stored("k".to_owned()),
        subject: "s".to_owned(),
        to: "ada@example.com".parse().unwrap(),
        at: at(21),
        attempt: 1,
        answer: "550".to_owned(),
    };
    health.sent(&Round { refused: vec![refused], ..Round::default() }, at(21));
    health.looked(look(&[], Census::default()), &path, at(21));
    assert!(check(&health, 21).starts_with("green"), "the file is the one in force: {}", check(&health, 21));
    let post = health.follow().borrow().post.clone();
    assert_eq!((post.accepted, post.refused, post.unclear, post.halted), (0, 1, 0, 2));
}

#[test]
fn feeds_in_trouble_are_amber_once_they_matter() {
    let (health, path, _folder) = daemon();
    let hold = FeedHold { since: at(-9), last: at(-1), fetches: 2, missing: 8, of: 9, due: None, released: None };
    let over = FeedHold { released: Some((at(0), Release::Accepted)), ..hold };
    let feeds = |names: &[FeedHealth], minute: i64| {
        health.looked(look(names, Census::default()), &path, at(minute));
        check(&health, minute).lines().filter(|line| line.contains("feeds")).collect::<String>()
    };
    let late = [feed("tasks", Some(1), None), feed("leave", None, Some(hold)), feed("shifts", None, Some(over))];
    let told = [feeds(&late[..1], 2), feeds(&late[..1], 60), feeds(&late, 60), feeds(&late[2..], 60)];
    assert_snapshot!(told.join("\n"), @"
    green feeds: failing: tasks; see `offwatch feeds list`
    amber feeds: stale: tasks; see `offwatch feeds list`
    amber feeds: stale: tasks, leave; held back: leave; see `offwatch feeds list`
    green feeds: all are read
    ");
    let never = FeedHealth { fetched: None, ..feed("tasks", Some(0), None) };
    assert_snapshot!([feeds(std::slice::from_ref(&never), 59), feeds(&[never], 60)].join("\n"), @"
    green feeds: failing: tasks; see `offwatch feeds list`
    amber feeds: stale: tasks; see `offwatch feeds list`
    ");
}

#[test]
fn a_file_that_is_another_than_the_one_in_force_is_told_until_it_is_taken() {
    let (health, path, _folder) = daemon();
    let config = |minute: i64| {
        health.looked(look(&[], Census::default()), &path, at(minute));
        check(&health, minute).lines().filter(|line| line.contains("config")).collect::<String>()
    };
    let mut told = vec![config(1)];
    std::fs::write(&path, format!("{LEAST}# more\n")).unwrap();
    told.push(config(2));
    health.refused(at(3));
    told.push(config(3));
    let taken = config::load(&path, &Context::default()).unwrap();
    health.took(&taken, at(4));
    told.push(config(5));
    std::fs::remove_file(&path).unwrap();
    told.push(config(6));
    assert_snapshot!(told.join("\n"), @"
    green config: in force for 1m
    amber config: the file is another than the one in force; run `offwatch reload`
    red config: the new file was refused, the old settings stay in force; the log says why
    green config: in force for 1m
    amber config: the file cannot be read; the settings in force stay
    ");
    let facts = health.follow().borrow().settings;
    assert_eq!((facts.taken, facts.refused, facts.since), (1, 1, at(4)));
}

#[test]
fn replicas_that_live_are_named() {
    let replica =
        |number: i64, lives: bool| Replica { number, host: format!("host-{number}"), process: 7, since: at(0), lives, is_own: number == 1 };
    let told = |replicas: &[Replica]| {
        let check = check::replicas(replicas);
        format!("{} {} {}", check.light.name(), check.said, serde_json::Value::Object(check.facts))
    };
    assert_snapshot!([told(&[replica(1, true), replica(2, false), replica(3, true)]), told(&[replica(2, false)])].join("\n"), @r#"
    green 2 alive: host-1 (process 7), host-3 (process 7) {"alive":2,"replicas":[{"host":"host-1","number":1,"process":7,"since":"2030-01-08T09:00:00Z"},{"host":"host-3","number":3,"process":7,"since":"2030-01-08T09:00:00Z"}]}
    red nobody takes turns; start `offwatch run` {"alive":0,"replicas":[]}
    "#);
}

#[test]
fn programs_get_one_object() {
    let (health, path, _folder) = daemon();
    health.looked(look(&[feed("tasks", None, None)], Census::default()), &path, at(2));
    let facts = health.follow().borrow().clone();
    let object = check::object(&facts.checks(at(3)), at(3)).to_string();
    // A check a line.
    assert_snapshot!(object.replace("},\"", "},\n\""), @r#"
    {"at":"2030-01-08T09:03:00Z","checks":{"config":{"file":"in force","in_force_since":"2030-01-08T09:00:00Z","refused_at":null,"said":"in force for 3m","state":"green"},
    "feeds":{"feeds":{"tasks":{"failing_since":null,"fetched":"2030-01-08T08:55:00Z","held_since":null,"seconds":480,"stale":false}},
    "said":"all are read","state":"green"},
    "letters":{"limit_seconds":900,"oldest_due":null,"queued":0,"said":"none is due","seconds":null,"sending":0,"state":"green"},
    "mail":{"halted_since":null,"said":"not halted","state":"green"},
    "refusals":{"refused":0,"said":"no letter was refused within a day","state":"green"},
    "store":{"failing_since":null,"said":"read and written","state":"green"},
    "turn":{"last_look":"2030-01-08T09:02:00Z","last_turn":null,"limit_seconds":600,"said":"the last look was finished 1m ago","seconds":60,"state":"green"}},
    "state":"green"}
    "#);
}

#[test]
fn mail_is_halted_as_long_as_letters_wait_for_it() {
    let (health, path, _folder) = daemon();
    let (later, due) = (Census { queued: 1, ..Census::default() }, Census { queued: 1, owed_since: Some(at(0)), ..Census::default() });
    let hanging = Census { sending: 1, owed_since: Some(at(0)), ..Census::default() };
    let after = |census: Census, replicas: Option<Vec<Replica>>| {
        health.sent(&Round { halted: Some("closed".to_owned()), ..Round::default() }, at(1));
        health.looked(Look { replicas, ..look(&[], census) }, &path, at(2));
        health.follow().borrow().post.halted_since.is_some()
    };
    assert_eq!([due, hanging, later, Census::default()].map(|census| after(census, None)), [true, true, true, false]);
    assert_eq!([due, hanging, later, Census::default()].map(|census| after(census, Some(Vec::new()))), [true, true, false, false]);
}

#[test]
fn lengths_of_turns_fall_between_their_bounds() {
    let (health, _path, _folder) = daemon();
    for milliseconds in [0, 1, 2, 700, 400_000] {
        health.turned(&Report::default(), Duration::from_millis(milliseconds), 4, at(1));
    }
    let facts = health.follow().borrow().clone();
    let counted: Vec<u64> = facts.turns.lengths.buckets.iter().map(|(_, count)| *count).collect();
    assert_eq!(counted, [2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    assert_eq!((facts.turns.finished, facts.turns.last, facts.wanting), (5, Some(at(1)), 4));
    assert!((facts.turns.lengths.sum - 400.703).abs() < 1e-6);
}
