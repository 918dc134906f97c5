//! What is sent, and when: over a night, over kills, and beside a person's answer.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::post::Letter;
use crate::world::{Clock, EVENING, MORNING, World};

/// The four letters of the night, each with the moment it is due.
const NIGHT: [(&str, &str, &str); 4] = [
    ("escalation", "manager@example.com", EVENING),
    ("catch-up", "ada@example.com", "2030-01-08T00:15:00Z"),
    ("briefing-request", "ada@example.com", "2030-01-08T00:20:00Z"),
    ("escalation", "last@example.com", "2030-01-08T00:25:00Z"),
];

/// Kind and recipient of letters, in the order of their arrival.
fn brief(letters: &[Letter]) -> Vec<(&str, &str)> {
    letters.iter().map(|letter| (letter.kind.as_str(), letter.to.as_str())).collect()
}

#[test]
fn each_letter_of_a_night_goes_out_at_its_moment() {
    let Some(clock) = Clock::new(EVENING, 120) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let daemon = world.daemon(Some(&clock));
    for (kind, to, moment) in NIGHT {
        let letter = world.letter(kind, to);
        let moment: Timestamp = moment.parse().unwrap();
        let late = letter.date.duration_since(moment);
        assert!(!late.is_negative() && late <= daemon.slack(), "{kind} to {to} is of {}, not of {moment}", letter.date);
        assert_eq!(letter.automatic, "auto-generated");
        assert!(letter.id.ends_with("@example.com"), "{}", letter.id);
    }
    let letters = world.letters();
    assert_eq!(brief(&letters), NIGHT.map(|(kind, to, _)| (kind, to)));
    assert!(letters[1].text.contains("database down") && letters[2].text.contains("upgrade"), "{letters:#?}");
    let facts = std::fs::read_to_string(world.path("mail/0001.json")).unwrap();
    assert_eq!(facts, r#"{"from": "admin@example.com", "to": ["manager@example.com"], "tls": true, "login": true}"#);
    let asked: Vec<u16> = world.web.requests("/tasks.ics").iter().map(|request| request.status).collect();
    assert!(asked.len() >= 4 && asked.starts_with(&[200, 304, 304]), "{asked:?}");
    daemon.stop();
}

#[test]
fn killed_again_and_again_it_says_nothing_twice_and_forgets_nothing() {
    let Some(clock) = Clock::new(EVENING, 120) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let daemon = world.daemon(Some(&clock));
    daemon.says("sent: 1");
    let clock = daemon.kill();
    let daemon = world.daemon(Some(&clock));
    daemon.reaches("2030-01-08T00:11:00Z");
    let daemon = world.daemon(Some(&daemon.kill()));
    daemon.says("sent: 1");
    let daemon = world.daemon(Some(&daemon.kill()));
    daemon.says("sent: 1");
    let daemon = world.daemon(Some(&daemon.kill()));
    world.letter("escalation", "last@example.com");
    daemon.says("sent: 1");
    let before = world.letters();
    let daemon = world.daemon(Some(&daemon.kill()));
    daemon.reaches("2030-01-08T00:32:00Z");
    let letters = world.letters();
    assert_eq!(before.len(), letters.len(), "something was said again: {:?}", brief(&letters));
    let ids: BTreeSet<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
    assert_eq!(ids.len(), letters.len(), "a letter came twice: {:?}", brief(&letters));
    let said: BTreeSet<(&str, &str)> = NIGHT.into_iter().map(|(kind, to, _)| (kind, to)).collect();
    assert_eq!(brief(&letters).into_iter().collect::<BTreeSet<_>>(), said);
    assert_eq!(letters.len(), NIGHT.len(), "{:?}", brief(&letters));
    daemon.stop();
}

#[test]
fn a_letter_that_was_in_hand_when_it_was_killed_comes_as_the_same_message() {
    let Some(clock) = Clock::new(MORNING, 120) else { return };
    let Some(world) = World::with_post(&clock, &["--slow", "1"]) else { return };
    let daemon = world.daemon(Some(&clock));
    crate::world::wait("a letter in hand", || world.path("mail/0001.json").is_file().then_some(()));
    let daemon = world.daemon(Some(&daemon.kill()));
    world.letter("escalation", "last@example.com");
    let mut copies: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for letter in world.letters() {
        copies.entry(letter.id).or_default().insert(letter.bytes);
    }
    assert_eq!(copies.len(), 3, "the manager, Ada and the last resort: {:?}", copies.keys());
    assert!(copies.values().all(|bytes| bytes.len() == 1), "the same Message-ID, but another message");
    daemon.stop();
}

#[test]
fn told_to_stop_it_finishes_the_letter_in_hand() {
    let Some(clock) = Clock::new(MORNING, 1) else { return };
    let Some(world) = World::with_post(&clock, &["--slow", "2"]) else { return };
    let daemon = world.daemon(Some(&clock));
    crate::world::wait("a letter in hand", || world.path("mail/0001.json").is_file().then_some(()));
    assert_eq!(world.letters().len(), 0);
    daemon.stop();
    assert_eq!(brief(&world.letters()), [("escalation", "manager@example.com")]);
    let later = Clock { start: "2030-01-08T00:19:00Z".parse().unwrap(), ..clock };
    let daemon = world.daemon(Some(&later));
    daemon.reaches("2030-01-08T00:19:05Z");
    assert_eq!(world.letters().len(), 1, "{}", daemon.log());
    daemon.stop();
}

#[test]
fn a_briefing_noted_beside_the_daemon_is_not_asked_for() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let daemon = world.daemon(Some(&clock));
    let (code, said) = world.run(Some(&Clock { speed: 1, ..daemon.clock() }), &["briefing", "done", "acme-1"]);
    assert_eq!((code, said.contains("is written")), (0, true), "{said}");
    assert!(daemon.clock().start < "2030-01-08T00:20:00Z".parse().unwrap(), "the machine is too slow for this test");
    world.letter("escalation", "last@example.com");
    assert_eq!(brief(&world.letters()), [("escalation", "manager@example.com"), ("escalation", "last@example.com")]);
    daemon.stop();
}

#[test]
fn after_a_suspend_it_catches_up_within_a_minute() {
    let Some(clock) = Clock::new("2030-01-08T00:18:30Z", 60) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let daemon = world.daemon(Some(&clock));
    daemon.signal("STOP");
    daemon.reaches("2030-01-08T00:23:00Z");
    let woken = daemon.clock().start;
    daemon.signal("CONT");
    let letter = world.letter("briefing-request", "ada@example.com");
    let late = letter.date.duration_since(woken);
    assert!(late <= daemon.slack(), "woken at {woken}, the letter is of {}", letter.date);
    daemon.stop();
}
