//! Letters handed to servers that go wrong at every step, to a real one, and into folders.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};

use super::peer::Peer;
use super::{Memory, Sender, Smtp, Timeouts, Tls, Way};
use crate::feeds::Secret;
use crate::outbox::{Life, Outcome, Waiting};
use crate::plan::{Key, Kind};

/// A letter to that person.
fn letter(person: &str) -> Waiting {
    let queued: Timestamp = "2030-01-07T09:00:07Z".parse().unwrap();
    Waiting {
        id: 1,
        key: Key::new(Kind::Coverage, person, "", None, "", 0),
        to: format!("{person}@example.com").parse().unwrap(),
        engineer: None,
        subject: "About it".to_owned(),
        bytes: b"Subject: About it\r\n\r\n.a line with a dot\r\n..\r\n.\r\nthe end\r\n".to_vec(),
        notices: Vec::new(),
        queued,
        life: Life::new(queued, None),
    }
}

/// A server on this machine.
fn smtp(port: u16, tls: Tls) -> Smtp {
    let limit = SignedDuration::from_secs(2);
    Smtp {
        host: "localhost".to_owned(),
        port,
        tls,
        ca_file: None,
        login: Some(("user".to_owned(), Secret::new("secret".to_owned()))),
        envelope_from: "offwatch@example.com".parse().unwrap(),
        timeouts: Timeouts { connect: limit, command: limit, data: limit, dot: limit },
    }
}

/// A sender to that server; TLS needs a provider of ciphers, of which a second one is refused.
fn sender(smtp: Smtp) -> Sender {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Sender::new(&Way::Smtp(Box::new(smtp)))
}

/// An outcome in a few words.
fn shown(outcome: &Outcome) -> String {
    let kind = match outcome {
        Outcome::Accepted { .. } => "accepted",
        Outcome::Refused { .. } => "refused",
        Outcome::Unclear { maybe_sent: true, .. } => "unclear, maybe sent",
        Outcome::Unclear { maybe_sent: false, .. } => "unclear",
        Outcome::Halted { .. } => "halted",
    };
    kind.to_owned()
}

/// What becomes of one letter when the server goes wrong that way.
async fn check(fault: &str) -> String {
    let peer = Peer::start(&[fault]).await;
    let outcome = sender(smtp(peer.port, Tls::None)).send(&letter("ada")).await;
    format!("{fault} -> {}", shown(&outcome))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_go_wrong_has_its_outcome() {
    let faults = "greeting 554 go away|greeting 421 busy|greeting silence|greeting drop|greeting garbage|ehlo 550 no|ehlo drop\
        |auth 535 5.7.8 wrong password|auth 454 4.7.0 later|auth silence|mail 451 4.7.1 later|mail 550 5.1.8 bad sender|mail 421 closing\
        |mail silence|mail drop|mail garbage|rcpt 450 4.2.0 greylisted|rcpt 550 5.1.1 unknown|rcpt 552 5.2.2 full|rcpt 421 closing\
        |rcpt silence|rcpt drop|rcpt 354 what|data 451 no|data 554 no|data 250 what|data silence|data drop|body drop|dot 250 kept\
        |dot 451 later|dot 421 closing|dot 554 5.7.1 spam|dot 354 what|dot garbage|dot silence|dot drop";
    let mut running = Vec::new();
    for fault in faults.split('|') {
        running.push(tokio::spawn(async move { check(fault).await }));
    }
    let mut lines = Vec::new();
    for line in running {
        lines.push(line.await.unwrap());
    }
    assert_snapshot!(lines.join("\n"), @r"
    greeting 554 go away -> halted
    greeting 421 busy -> halted
    greeting silence -> halted
    greeting drop -> halted
    greeting garbage -> halted
    ehlo 550 no -> halted
    ehlo drop -> halted
    auth 535 5.7.8 wrong password -> halted
    auth 454 4.7.0 later -> halted
    auth silence -> halted
    mail 451 4.7.1 later -> unclear
    mail 550 5.1.8 bad sender -> halted
    mail 421 closing -> halted
    mail silence -> unclear
    mail drop -> unclear
    mail garbage -> unclear
    rcpt 450 4.2.0 greylisted -> unclear
    rcpt 550 5.1.1 unknown -> refused
    rcpt 552 5.2.2 full -> unclear
    rcpt 421 closing -> unclear
    rcpt silence -> unclear
    rcpt drop -> unclear
    rcpt 354 what -> unclear
    data 451 no -> unclear
    data 554 no -> refused
    data 250 what -> unclear
    data silence -> unclear
    data drop -> unclear
    body drop -> unclear, maybe sent
    dot 250 kept -> accepted
    dot 451 later -> unclear
    dot 421 closing -> unclear
    dot 554 5.7.1 spam -> refused
    dot 354 what -> unclear, maybe sent
    dot garbage -> unclear, maybe sent
    dot silence -> unclear, maybe sent
    dot drop -> unclear, maybe sent
    ");
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_without_starttls_or_to_none() {
    let peer = Peer::start(&[]).await;
    let outcome = sender(smtp(peer.port, Tls::StartTls)).send(&letter("ada")).await;
    assert_snapshot!(outcome.answer(), @"`localhost` offers no STARTTLS, and nothing is sent without");
    assert_eq!((shown(&outcome).as_str(), peer.heard().as_str()), ("halted", "* EHLO"));
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(shown(&sender(smtp(free, Tls::None)).send(&letter("ada")).await), "halted");
}

#[tokio::test]
async fn letters_share_a_connection_also_after_a_refusal() {
    let peer = Peer::start(&["dot 250 kept", "rcpt 550 5.1.1 unknown"]).await;
    let mut sender = sender(smtp(peer.port, Tls::None));
    let mut told = Vec::new();
    for person in ["ada", "bob", "cleo"] {
        told.push(shown(&sender.send(&letter(person)).await));
    }
    sender.close().await;
    assert_eq!(told, ["accepted", "refused", "accepted"]);
    assert_eq!(peer.heard(), "* EHLO AUTH MAIL RCPT DATA message MAIL RCPT RSET MAIL RCPT DATA message QUIT");
    assert_eq!(peer.message(), "Subject: About it\r\n\r\n..a line with a dot\r\n...\r\n..\r\nthe end\r\n");
}

#[tokio::test]
async fn a_line_that_died_between_letters_is_replaced() {
    for fault in ["mail 421 4.4.2 too many letters", "mail drop"] {
        let peer = Peer::start(&["dot 250 kept", fault]).await;
        let mut sender = sender(smtp(peer.port, Tls::None));
        let told = [shown(&sender.send(&letter("ada")).await), shown(&sender.send(&letter("bob")).await)];
        assert_eq!(told, ["accepted", "accepted"], "{fault}");
        assert_eq!(peer.heard(), "* EHLO AUTH MAIL RCPT DATA message MAIL * EHLO AUTH MAIL RCPT DATA message");
    }
}

#[tokio::test]
async fn an_answer_that_comes_late_is_never_taken_for_the_next_letters() {
    let peer = Peer::start(&["dot silence"]).await;
    let mut sender = sender(smtp(peer.port, Tls::None));
    assert_eq!(shown(&sender.send(&letter("ada")).await), "unclear, maybe sent");
    assert!(matches!(&sender, Sender::Smtp(postman) if !postman.is_connected()), "the line is dropped");
}

#[tokio::test]
async fn the_same_letter_is_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/out");
    let mut sender = Sender::new(&Way::Folder(path.clone()));
    let strange = letter("../a/b");
    for letter in [&letter("ada"), &letter("ada"), &strange] {
        assert_eq!(shown(&sender.send(letter).await), "accepted");
    }
    let mut names: Vec<String> = std::fs::read_dir(&path).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_snapshot!(names.join("\n"), @r"
    20300107T090007Z-.._a_b@example.com-8afec3be27.eml
    20300107T090007Z-ada@example.com-5f1e667bd2.eml
    ");
    assert_eq!(std::fs::read(path.join(&names[1])).unwrap(), letter("ada").bytes);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_halts() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let outcome = Sender::new(&Way::Folder(file.path().join("out"))).send(&letter("ada")).await;
    assert_eq!(shown(&outcome), "halted");
    assert!(outcome.answer().contains("Not a directory"), "{outcome:?}");
}

#[tokio::test]
async fn memory_answers_as_told_and_keeps_what_it_accepts() {
    let refused = Outcome::Refused { answer: "550 no".to_owned() };
    let mut sender = Sender::Memory(Memory { answers: [refused.clone()].into(), ..Memory::default() });
    assert_eq!(sender.send(&letter("ada")).await, refused);
    assert_eq!(shown(&sender.send(&letter("bob")).await), "accepted");
    assert!(matches!(&sender, Sender::Memory(memory) if memory.sent == [letter("bob")]));
}

/// A real server beside this test, ended with it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A real server, or nothing when it is not installed; and its port.
fn real_server(folder: &Path, options: &[&str]) -> Option<(Server, u16)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/smtpd.py");
    let mut command = Command::new("python3");
    command.arg(script).arg("--folder").arg(folder).args(options).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Server(command.spawn().ok()?);
    let mut line = String::new();
    BufReader::new(server.0.stdout.take()?).read_line(&mut line).ok()?;
    Some((server, line.trim().parse().ok()?))
}

/// Says that the real server is missing; fails where it must not be.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
#[expect(clippy::disallowed_methods, reason = "whether a peer may be missing is said by the environment")]
fn missing() {
    let required = std::env::var("OFFWATCH_REQUIRE").is_ok_and(|names| names.contains("aiosmtpd"));
    assert!(!required, "aiosmtpd is required and not installed");
    eprintln!("skipped: aiosmtpd is not installed (pip install aiosmtpd)");
}

#[tokio::test]
async fn a_real_server_takes_letters_over_tls_with_a_login() {
    for (option, tls) in [("--starttls", Tls::StartTls), ("--implicit", Tls::Implicit)] {
        let folder = tempfile::tempdir().unwrap();
        let options = [option, "--user", "user", "--password", "secret"];
        let Some((_server, port)) = real_server(folder.path(), &options) else { return missing() };
        let stranger = smtp(port, tls);
        let trusting = Smtp { ca_file: Some(folder.path().join("ca.pem")), ..stranger.clone() };
        let wrong = Smtp { login: Some(("user".to_owned(), Secret::new("guess".to_owned()))), ..trusting.clone() };
        assert_eq!(shown(&sender(stranger).send(&letter("ada")).await), "halted", "{option}: an unknown certificate");
        assert_eq!(shown(&sender(wrong).send(&letter("ada")).await), "halted", "{option}: a wrong password");
        let mut sender = sender(trusting);
        let mut told = Vec::new();
        for person in ["ada", "nobody", "later", "bob"] {
            told.push(shown(&sender.send(&letter(person)).await));
        }
        sender.close().await;
        assert_eq!(told, ["accepted", "refused", "unclear", "accepted"], "{option}");
        assert_eq!(std::fs::read(folder.path().join("0002.eml")).unwrap(), letter("bob").bytes);
        let facts = std::fs::read_to_string(folder.path().join("0002.json")).unwrap();
        assert_eq!(facts, r#"{"from": "offwatch@example.com", "to": ["bob@example.com"], "tls": true, "login": true}"#);
    }
}
