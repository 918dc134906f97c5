//! Mail servers that take only so many letters: by `[mail] per_minute`, by what they say, and Postfix as it counts.
//! Every letter arrives, once, and a server that asks for rest gets it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::clerk::{Clerk, Door, Heard, Mood};
use crate::postfix::Postfix;
use crate::world::{Clock, Daemon, EVENING, World, calendar, event, wait};

/// How many times faster than the real ones the minutes here are.
const SPEED: u32 = 20;

/// A minute of the fast clock, and a little less: two clocks that differ measure it.
const MINUTE: Duration = Duration::from_millis(2_900);

/// Gives the world so many customers whose engineer is away, each with a manager who is told so at once.
fn crowd(world: &World, count: usize) {
    let account = |number: usize| {
        format!(
            "[[account]]\nid = \"client{number}\"\nengineers = [\"bob\"]\nmatch = [\"Client{number}\"]\nmanager = \"{}\"\n",
            manager(number)
        )
    };
    let text = std::fs::read_to_string(world.path("offwatch.toml")).unwrap();
    world.write("offwatch.toml", &(text + &(0..count).map(account).collect::<String>()));
    let task = |number| event(&format!("t{number}"), "20300109T012500Z", "20300109T022500Z", &format!("Client{number}: work"));
    world.web.put("/tasks.ics", calendar(&(0..count).map(task).collect::<Vec<_>>()));
}

/// The manager of that customer.
fn manager(number: usize) -> String {
    format!("m{number}@example.com")
}

/// All managers of so many customers.
fn managers(count: usize) -> BTreeSet<String> {
    (0..count).map(manager).collect()
}

/// Every letter of the outbox.
fn outbox(world: &World, daemon: &Daemon) -> Vec<Value> {
    let (code, said) = world.run(Some(&daemon.clock()), &["outbox", "list", "--all", "--format", "json"]);
    assert_eq!(code, 0, "{said}");
    said.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Waits until every letter is known to be accepted, which the server knows a little earlier.
#[track_caller]
fn accepted(world: &World, daemon: &Daemon) -> Vec<Value> {
    wait("word that all is accepted", || Some(outbox(world, daemon)).filter(|all| all.iter().all(|one| one["state"] == "accepted")))
}

/// Waits until each of so many managers has had their letter; fails when somebody has had two.
fn everybody(clerk: &Clerk, count: usize) {
    wait("a letter for everybody", || (clerk.letters().len() >= count).then_some(()));
    let heard: Vec<String> = clerk.letters().into_iter().map(|(_, to, _)| to).collect();
    assert_eq!((heard.len(), heard.iter().cloned().collect::<BTreeSet<_>>()), (count, managers(count)), "{heard:?}");
}

/// The most letters that fall into one minute of the fast clock. A third of it is left out: on a busy machine the server may
/// hear the first of them that much later than it was said.
fn densest(moments: &[Instant]) -> usize {
    let within = |first: &Instant| moments.iter().filter(|at| *at >= first && at.duration_since(*first) < MINUTE * 2 / 3).count();
    moments.iter().map(within).max().unwrap_or_default()
}

/// When letters were announced.
fn announced(clerk: &Clerk) -> Vec<Instant> {
    let is_mail = |heard: &Heard| matches!(heard, Heard::Line(line, _) if line.starts_with("MAIL"));
    clerk.heard().into_iter().filter(|(_, heard)| is_mail(heard)).map(|(at, _)| at).collect()
}

/// How long, after each time its mood spoke, nobody knocked.
fn rests(clerk: &Clerk) -> Vec<Duration> {
    let heard = clerk.heard();
    let moments = heard.iter().filter(|(_, heard)| *heard == Heard::Mood).map(|(at, _)| *at);
    let next = |moment: Instant| heard.iter().find(|(at, heard)| *at > moment && *heard == Heard::Knock).map(|(at, _)| *at);
    moments.filter_map(|moment| next(moment).map(|next| next.duration_since(moment))).collect()
}

#[test]
fn no_minute_gets_more_letters_than_the_settings_allow() {
    let Some(clock) = Clock::new(EVENING, SPEED) else { return };
    let clerk = Clerk::start(Door::Open, |_, _| None);
    let world = clerk.world("none");
    crowd(&world, 5);
    world.edit("[schedule]", "per_minute = 2\n\n[schedule]");
    let daemon = world.daemon(Some(&clock));
    everybody(&clerk, 5);
    assert_eq!(densest(&announced(&clerk)), 2, "{}", daemon.log());
    assert!(!daemon.log().contains("left alone"), "the server did not ask for it: {}", daemon.log());
    daemon.stop();
}

#[test]
fn what_a_full_minute_left_over_waits_in_the_outbox_and_is_no_trouble() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let clerk = Clerk::start(Door::Open, |_, _| None);
    let world = clerk.world("none");
    crowd(&world, 5);
    world.edit("[schedule]", "per_minute = 2\n\n[schedule]");
    let daemon = world.daemon(Some(&clock));
    daemon.says("`[mail] per_minute` allows no more for now; the other letters wait, the next goes out in ");
    let letters = outbox(&world, &daemon);
    let states: Vec<&str> = letters.iter().map(|letter| letter["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["accepted", "accepted", "queued", "queued", "queued"]);
    for letter in &letters[2..] {
        assert!(letter["tries"] == 0 && letter["due"] == letter["queued"], "{letter:#?}");
    }
    let (code, said) = world.run(Some(&daemon.clock()), &["send-test", "me@example.com"]);
    assert!(code == 0 && said.starts_with("accepted"), "a person need not wait: {said}");
    assert_eq!(announced(&clerk).len(), 3);
    daemon.stop();
}

#[test]
fn once_waits_out_the_minutes_and_ends_well() {
    let Some(clock) = Clock::new(EVENING, SPEED) else { return };
    let clerk = Clerk::start(Door::Open, |_, _| None);
    let world = clerk.world("none");
    crowd(&world, 5);
    world.edit("[schedule]", "per_minute = 2\n\n[schedule]");
    let output = world.command(Some(&clock), &["once"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    everybody(&clerk, 5);
    // On a machine that is busy a minute of this clock goes by itself at times, and then nobody need wait for it.
    assert!(densest(&announced(&clerk)) <= 2, "{said}");
    let waits = said.matches("`[mail] per_minute` allows no more for now; the other letters wait").count();
    assert!((1..=2).contains(&waits), "{waits}: {said}");
}

#[test]
fn a_server_under_load_is_left_alone_for_a_minute_and_gets_every_letter_once() {
    let Some(clock) = Clock::new(EVENING, SPEED) else { return };
    let moods: [(&str, Mood); 3] = [
        ("at RCPT: 421 4.3.2 busy", |step, letter| (step == "RCPT" && letter % 3 == 0).then_some("421 4.3.2 busy")),
        ("at DATA: 451 4.3.2 busy", |step, letter| (step == "DATA" && letter % 3 == 0).then_some("451 4.3.2 busy")),
        ("after the message: 421 4.3.2 busy", |step, letter| (step == "DOT" && letter % 3 == 0).then_some("421 4.3.2 busy")),
    ];
    let running = moods.map(|(said, mood)| {
        let clerk = Clerk::start(Door::Open, mood);
        let world = clerk.world("none");
        crowd(&world, 5);
        let daemon = world.daemon(Some(&clock));
        (said, clerk, world, daemon)
    });
    for (said, clerk, world, daemon) in running {
        everybody(&clerk, 5);
        // A busy server meets five letters and two of them a second time.
        assert_eq!(announced(&clerk).len(), 7, "{said}: {}", clerk.talk());
        let rests = rests(&clerk);
        assert!(rests.len() == 2 && rests.iter().all(|rest| *rest >= MINUTE), "{said}: {rests:?}, {}", clerk.talk());
        daemon.says_times(&format!("the mail server is left alone for a minute: {said}"), 2);
        let letters = accepted(&world, &daemon);
        assert!(letters.iter().all(|letter| letter["maybe_twice"] == false), "{letters:#?}");
        assert_eq!(letters.iter().map(|letter| letter["tries"].as_u64().unwrap()).sum::<u64>(), 7, "{letters:#?}");
        daemon.stop();
    }
}

#[test]
fn a_server_that_takes_no_sender_for_now_is_asked_on_a_new_line_and_then_left_alone() {
    let Some(clock) = Clock::new(EVENING, SPEED) else { return };
    let clerk = Clerk::start(Door::Open, |step, letter| (step == "MAIL" && matches!(letter, 3 | 4)).then_some("450 4.7.1 too much mail"));
    let world = clerk.world("none");
    crowd(&world, 4);
    let daemon = world.daemon(Some(&clock));
    everybody(&clerk, 4);
    let rests = rests(&clerk);
    assert!(rests.len() == 2 && rests[1] >= MINUTE, "{rests:?}, {}", clerk.talk());
    daemon.says("the mail server is left alone for a minute: at MAIL: 450 4.7.1 too much mail");
    assert!(!daemon.log().contains("halted"), "{}", daemon.log());
    daemon.stop();
}

#[test]
fn once_leaves_a_busy_server_alone_and_the_next_run_brings_the_rest() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let clerk = Clerk::start(Door::Open, |step, letter| (step == "DOT" && letter == 2).then_some("421 4.3.2 busy"));
    let world = clerk.world("none");
    crowd(&world, 4);
    let (code, said) = world.run(Some(&clock), &["once"]);
    assert!(
        code == 1 && said.contains("the mail server wants to be left alone: after the message: 421 4.3.2 busy; the other letters wait"),
        "{said}"
    );
    assert_eq!(clerk.letters().len(), 1, "{}", clerk.talk());
    let later = Clock { start: "2030-01-07T23:46:05Z".parse().unwrap(), ..clock };
    let (code, said) = world.run(Some(&later), &["once"]);
    assert_eq!(code, 0, "{said}");
    everybody(&clerk, 4);
}

#[test]
fn postfix_that_counts_letters_gets_them_all_in_time() {
    // A minute is as long as that Postfix counts in.
    let Some(clock) = Clock::new(EVENING, 12) else { return };
    let people: Vec<String> = (0..5).map(|number| format!("m{number}")).collect();
    let Some(postfix) = Postfix::start(&people.iter().map(String::as_str).collect::<Vec<_>>()) else { return };
    let world = postfix.world("counting", "starttls");
    crowd(&world, 5);
    let daemon = world.daemon(Some(&clock));
    for person in &people {
        assert_eq!(postfix.mailbox(person, 1).len(), 1);
    }
    daemon.says("the mail server is left alone for a minute: at MAIL: 450 4.7.1");
    assert_eq!(accepted(&world, &daemon).len(), 5);
    assert!(people.iter().all(|person| postfix.count(person) == 1), "somebody had a letter twice");
    assert!(!daemon.log().contains("halted"), "{}", daemon.log());
    daemon.stop();
}
