//! A mail server that hangs up after the final dot leaves a doubt. Wherever the letter is shown the doubt stands beside it, until
//! it is over and afterwards.

use serde_json::Value;

use crate::clerk::{Clerk, Door};
use crate::world::{Clock, World};

/// When the first turn is, and the later ones: each when the next try is due.
const TURNS: [&str; 3] = ["2030-01-07T23:45:00Z", "2030-01-07T23:46:05Z", "2030-01-07T23:46:10Z"];

/// What lists say of such a letter.
const DOUBT: &str = "it may have been delivered twice";

/// The clocks of [`TURNS`].
fn clocks() -> Option<[Clock; 3]> {
    let clock = Clock::new(TURNS[0], 1)?;
    Some(TURNS.map(|turn| Clock { start: turn.parse().unwrap(), ..clock.clone() }))
}

/// Runs a command that must go well; what it said.
#[track_caller]
fn said(world: &World, clock: &Clock, arguments: &[&str]) -> String {
    let (code, said) = world.run(Some(clock), arguments);
    assert_eq!(code, 0, "{said}");
    said
}

/// State and doubt of the first letter, which every way of showing it must tell alike.
#[track_caller]
fn shown(world: &World, clock: &Clock) -> (String, bool) {
    let json = said(world, clock, &["outbox", "list", "--all", "--format", "json"]);
    let letter: Value = serde_json::from_str(json.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    let single = said(world, clock, &["outbox", "show", "1", "--format", "json"]);
    let single: Value = serde_json::from_str(single.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
    let doubt = letter["maybe_twice"].as_bool().unwrap();
    assert_eq!(single["maybe_twice"], doubt, "{single}");
    let key = letter["key"].as_str().unwrap();
    for arguments in [&["outbox", "list", "--all"][..], &["outbox", "show", "1"], &["outbox", "show", key]] {
        let text = said(world, clock, arguments);
        let entry = &text[text.find(key).unwrap()..];
        assert_eq!(entry.contains(DOUBT), doubt, "{arguments:?}: {entry}");
    }
    (letter["state"].as_str().unwrap().to_owned(), doubt)
}

#[test]
fn a_letter_whose_answer_was_lost_comes_again_as_the_same_message_and_keeps_its_doubt() {
    let Some(clocks) = clocks() else { return };
    let clerk = Clerk::start(Door::Open, |step, letter| (step == "DOT" && letter == 1).then_some(""));
    let world = clerk.world("none");
    said(&world, &clocks[0], &["once"]);
    assert_eq!(shown(&world, &clocks[0]), ("queued".to_owned(), true));
    assert!(said(&world, &clocks[0], &["outbox", "list"]).contains("after the message: the server closed the line"));
    said(&world, &clocks[1], &["once"]);
    assert_eq!(shown(&world, &clocks[1]), ("accepted".to_owned(), true));
    let letters: Vec<_> = clerk.letters().into_iter().map(|(_, to, id)| (to, id)).collect();
    assert!(letters.len() == 2 && letters[0] == letters[1], "{letters:?}");
}

#[test]
fn a_letter_refused_before_its_dot_leaves_no_doubt() {
    let Some(clocks) = clocks() else { return };
    let clerk = Clerk::start(Door::Open, |step, letter| (step == "DATA" && letter == 1).then_some(""));
    let world = clerk.world("none");
    said(&world, &clocks[0], &["once"]);
    assert_eq!(shown(&world, &clocks[0]), ("queued".to_owned(), false));
    said(&world, &clocks[1], &["once"]);
    assert_eq!(shown(&world, &clocks[1]), ("accepted".to_owned(), false));
    assert_eq!(clerk.letters().len(), 1);
}

#[test]
fn the_admin_hears_that_a_refused_letter_may_have_been_delivered() {
    let Some(clocks) = clocks() else { return };
    // As long an answer as is kept.
    let clerk = Clerk::start(Door::Open, |step, letter| match (step, letter) {
        ("DOT", 1) => Some(""),
        ("RCPT", 2) => Some(concat!(
            "550-5.1.1 the address is unknown to this server, which says so at great length, as servers with a lawyer do, on more lines\r\n",
            "550-5.1.1 than anybody reads: the address is unknown to this server, and was unknown to it yesterday, as it will be tomorrow\r\n",
            "550-5.1.1 when somebody looks into the matter, calls the help desk, and asks for the person who looks after addresses that are\r\n",
            "550-5.1.1 unknown to this server; see https://mail.example.com/unknown?address=unknown for all that is known about the unknown\r\n",
            "550 5.1.1 and what is not"
        )),
        _ => None,
    });
    let world = clerk.world("none");
    said(&world, &clocks[0], &["once"]);
    let (code, told) = world.run(Some(&clocks[1]), &["once"]);
    assert!(
        code == 1 && told.contains("refused for good: at RCPT: 550") && told.contains("it may have been delivered all the same"),
        "{told}"
    );
    assert_eq!(shown(&world, &clocks[1]), ("refused".to_owned(), true));
    said(&world, &clocks[2], &["once"]);
    let letters = clerk.letters();
    assert_eq!(letters[letters.len() - 1].1, "admin@example.com", "{letters:?}");
    let alert = said(&world, &clocks[2], &["outbox", "list", "--all", "--format", "json"]);
    let alert = alert.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str::<Value>(line).unwrap());
    let alert = alert.into_iter().find(|letter| letter["to"] == "admin@example.com").unwrap();
    let text = said(&world, &clocks[2], &["preview", alert["key"].as_str().unwrap()]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("it may have been delivered all the same, even twice"), "{text}");
}
