//! What a real mail server takes, refuses and puts off, and how the admin hears of it.

use crate::health;
use crate::postfix::Postfix;
use crate::world::{Clock, EVENING, World};

/// Those whom the server knows.
const PEOPLE: [&str; 4] = ["ada", "admin", "manager", "j\u{fc}rgen"];

/// A test letter to `to`, sent to Postfix in that way: exit code, and what was said.
fn sent(postfix: &Postfix, clock: &Clock, service: &str, tls: &str, to: &str) -> (i32, String) {
    postfix.world(service, tls).run(Some(clock), &["send-test", to])
}

/// The state, tries and last answer of each letter in the outbox.
fn outbox(world: &World, clock: &Clock) -> Vec<(String, String, u64, String)> {
    let (code, lines) = world.run(Some(clock), &["outbox", "list", "--all", "--format", "json"]);
    assert_eq!(code, 0, "{lines}");
    let letters = lines.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let text = |letter: &serde_json::Value, name: &str| letter.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    letters
        .map(|letter| {
            (
                text(&letter, "to"),
                text(&letter, "state"),
                letter.get("tries").and_then(serde_json::Value::as_u64).unwrap(),
                text(&letter, "last_answer"),
            )
        })
        .collect()
}

#[test]
fn postfix_takes_letters_over_tls_whose_certificate_is_right() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&PEOPLE) else { return };
    for (service, tls) in [("starttls", "starttls"), ("implicit", "implicit")] {
        let (code, said) = sent(&postfix, &clock, service, tls, "ada@example.com");
        assert_eq!(code, 0, "{service}: {said}");
    }
    assert_eq!(postfix.mailbox("ada", 2).len(), 2);
    for (service, why) in [("stranger", "not valid for name"), ("expired", "xpired")] {
        let (code, said) = sent(&postfix, &clock, service, "implicit", "ada@example.com");
        assert!(code == 1 && said.starts_with("halted") && said.contains("certificate") && said.contains(why), "{service}: {said}");
    }
    let world = postfix.world("implicit", "implicit");
    world.edit("ca_file = \"ca.pem\"\n", "");
    let (code, said) = world.run(Some(&clock), &["send-test", "ada@example.com"]);
    assert!(code == 1 && said.contains("UnknownIssuer"), "{said}");
    let (code, said) = sent(&postfix, &clock, "plain", "starttls", "ada@example.com");
    assert!(code == 1 && said.contains("offers no STARTTLS"), "{said}");
    assert_eq!(postfix.mailbox("ada", 2).len(), 2);
}

#[test]
fn postfix_takes_addresses_beyond_ascii_where_it_knows_them() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&PEOPLE) else { return };
    let (code, said) = sent(&postfix, &clock, "starttls", "starttls", "j\u{fc}rgen@example.com");
    assert_eq!(code, 0, "{said}");
    assert!(postfix.mailbox("j\u{fc}rgen", 1)[0].contains("To: j\u{fc}rgen@example.com"));
    let (code, said) = sent(&postfix, &clock, "ascii", "starttls", "j\u{fc}rgen@example.com");
    assert!(code == 1 && said.contains("the server takes no addresses beyond ASCII"), "{said}");
    let (code, said) = sent(&postfix, &clock, "starttls", "starttls", "nobody@example.com");
    assert!(code == 1 && said.starts_with("refused") && said.contains("550 5.1.1"), "{said}");
}

#[test]
fn a_refused_letter_reaches_the_admin_by_another_one() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&["admin"]) else { return };
    let world = postfix.world("starttls", "starttls");
    let (code, said) = world.run(Some(&clock), &["once"]);
    assert!(code == 1 && said.contains("refused for good") && said.contains("550 5.1.1"), "{said}");
    world.run(Some(&clock), &["once"]);
    let alert = &postfix.mailbox("admin", 1)[0];
    assert!(alert.contains("X-Offwatch-Kind: feed-alert") && alert.contains("manager@example.com"), "{alert}");
    let (_, said) = world.run(Some(&clock), &["once"]);
    assert!(!said.contains("refused"), "{said}");
    assert_eq!(postfix.mailbox("admin", 1).len(), 1, "it was told twice");
}

#[test]
fn a_refusal_shows_in_health_and_in_metrics_and_stands_in_the_log() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&["admin"]) else { return };
    let world = postfix.world("starttls", "starttls");
    let port = health::shown(&world);
    let daemon = world.daemon(Some(&clock));
    let (status, object) = health::check(port, "refusals", "amber");
    assert_eq!((status, object["state"].as_str()), (200, Some("amber")), "it keeps no other letter: {object}");
    let (page, samples) = health::scrape(port);
    assert_eq!(samples["offwatch_sent_letters_total{outcome=\"refused\"}"], "1", "{page}");
    daemon.says("refused for good: at RCPT: 550 5.1.1");
    assert!(postfix.mailbox("admin", 1)[0].contains("feed-alert"));
    daemon.stop();
}

#[test]
fn a_letter_refused_to_the_admin_begins_no_other() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&["nobody-else"]) else { return };
    let world = postfix.world("starttls", "starttls");
    for _ in 0..4 {
        world.run(Some(&clock), &["once"]);
    }
    let letters = outbox(&world, &clock);
    let brief: Vec<_> = letters.iter().map(|(to, state, ..)| (to.as_str(), state.as_str())).collect();
    assert_eq!(brief, [("manager@example.com", "refused"), ("admin@example.com", "refused")], "{letters:?}");
}

#[test]
fn a_letter_too_big_for_the_server_is_refused_before_it_is_sent() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&PEOPLE) else { return };
    let world = postfix.world("small", "starttls");
    let (code, said) = world.run(Some(&clock), &["once"]);
    assert!(code == 1 && said.contains("300 at most (SIZE)"), "{said}");
    world.edit(&format!("port = {}", postfix.port("small")), &format!("port = {}", postfix.port("starttls")));
    world.run(Some(&clock), &["once"]);
    assert!(postfix.mailbox("admin", 1)[0].contains("300 at most"));
}

#[test]
fn a_server_that_counts_letters_says_so_and_refuses_none() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(postfix) = Postfix::start(&PEOPLE) else { return };
    // As long as somebody stays connected, the server goes on counting.
    let _connected = std::net::TcpStream::connect(("127.0.0.1", postfix.port("strict"))).unwrap();
    let sent = (0..4).map(|_| sent(&postfix, &clock, "strict", "starttls", "ada@example.com").1);
    let said = sent.into_iter().find(|said| !said.starts_with("accepted")).unwrap_or_default();
    assert!(said.starts_with("unclear: at MAIL: 450 4.7.1"), "{said}");
}
