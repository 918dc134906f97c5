//! Letters handed to servers that go wrong at every step, to a real one, and into folders.

mod faults;
mod swapped;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

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

/// A server on this machine that is waited for, however busy the machine is.
fn smtp(port: u16, tls: Tls) -> Smtp {
    let limit = SignedDuration::from_mins(1);
    Smtp {
        host: "localhost".to_owned(),
        port,
        tls,
        ca_file: None,
        login: Some(("user".to_owned(), Secret::new("secret".to_owned()))),
        envelope_from: "offwatch@example.com".parse().unwrap(),
        timeouts: Timeouts { connect: limit, command: limit, data: limit, dot: limit },
        per_minute: None,
    }
}

/// The same, left as soon as it is silent.
fn hasty(port: u16, tls: Tls) -> Smtp {
    let limit = SignedDuration::from_secs(2);
    Smtp { timeouts: Timeouts { connect: limit, command: limit, data: limit, dot: limit }, ..smtp(port, tls) }
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
async fn a_server_that_quotes_the_login_is_not_quoted() {
    // `user` and `secret`, as AUTH PLAIN and AUTH LOGIN say them.
    let quotes = "AUTH PLAIN AHVzZXIAc2VjcmV0 AUTH LOGIN c2VjcmV0 secret";
    let plain = "ehlo 250-peer\r\n250 AUTH PLAIN";
    let login = "ehlo 250-peer\r\n250 AUTH LOGIN";
    let mut told = Vec::new();
    for (offer, step) in [
        (plain, "auth 535 5.7.8 no:"),
        (plain, "auth 535"),
        (plain, "auth what?"),
        (plain, "auth 235 welcome\r\n500 what?"),
        (login, "auth 502 what?"),
        (plain, "mail 550 5.7.1 no:"),
        (plain, "mail 450 4.7.1 later:"),
        (plain, "rcpt 550 5.1.1 no:"),
        (plain, "data what?"),
        (plain, "dot 250 kept"),
    ] {
        let peer = Peer::start(&[offer, &format!("{step} {quotes}")]).await;
        let mut sender = sender(smtp(peer.port, Tls::None));
        let outcome = sender.send(&letter("ada")).await;
        told.push(format!("{}: {}", shown(&outcome), outcome.answer()));
        told.extend(sender.pause().and_then(|pause| pause.trouble));
    }
    assert_snapshot!(told.join("\n"), @r"
    halted: logging in: 535 5.7.8 (what else the server says may quote the login and is left out)
    halted: logging in: 535 (what else the server says may quote the login and is left out)
    halted: logging in: no reply of a mail server
    unclear: at MAIL: the server spoke unasked: 500 what? AUTH PLAIN … AUTH LOGIN … …
    halted: logging in: 502 (what else the server says may quote the login and is left out)
    halted: at MAIL: 550 5.7.1 no: AUTH PLAIN … AUTH LOGIN … …
    unclear: at MAIL: 450 4.7.1 later: AUTH PLAIN … AUTH LOGIN … …
    at MAIL: 450 4.7.1 later: AUTH PLAIN … AUTH LOGIN … …
    refused: at RCPT: 550 5.1.1 no: AUTH PLAIN … AUTH LOGIN … …
    unclear: at DATA: no reply of a mail server: what? AUTH PLAIN … AUTH LOGIN … …
    accepted: 250 kept AUTH PLAIN … AUTH LOGIN … …
    ");
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
async fn lines_end_in_crlf_alone_and_no_line_of_a_message_is_its_end() {
    let peer = Peer::start(&[]).await;
    let bytes = b"Subject: x\r\n\r\nLF\n.\nCR\r.\rboth\r\n.\r\nMAIL FROM:<a@b>\r\r\n.\n.\r\nend\r.".to_vec();
    assert_eq!(shown(&sender(smtp(peer.port, Tls::None)).send(&Waiting { bytes, ..letter("ada") }).await), "accepted");
    let wire = peer.message();
    assert_eq!(wire, "Subject: x\r\n\r\nLF\r\n..\r\nCR\r\n..\r\nboth\r\n..\r\nMAIL FROM:<a@b>\r\n\r\n..\r\n..\r\nend\r\n..\r\n");
    assert_eq!(peer.heard(), "* EHLO AUTH MAIL RCPT DATA message");
}

#[tokio::test]
async fn no_line_carries_more_than_a_hundred_letters() {
    let peer = Peer::start(&[]).await;
    let mut sender = sender(smtp(peer.port, Tls::None));
    for _ in 0..101 {
        assert_eq!(shown(&sender.send(&letter("ada")).await), "accepted");
    }
    let heard = peer.heard();
    let lines: Vec<usize> = heard.split('*').skip(1).map(|line| line.matches("message").count()).collect();
    assert_eq!(lines, [100, 1]);
    assert!(heard.contains("message QUIT * EHLO"), "{heard}");
}

#[tokio::test]
async fn no_line_is_used_for_more_than_five_minutes() {
    let peer = Peer::start(&[]).await;
    let mut sender = sender(smtp(peer.port, Tls::None));
    for age in [0, 290, 10] {
        assert_eq!(shown(&sender.send(&letter("ada")).await), "accepted");
        let Sender::Smtp(postman) = &mut sender else { panic!("another way") };
        postman.grow_old(Duration::from_secs(age));
    }
    assert_eq!(shown(&sender.send(&letter("ada")).await), "accepted");
    let letter = "MAIL RCPT DATA message";
    assert_eq!(peer.heard(), format!("* EHLO AUTH {letter} {letter} {letter} QUIT * EHLO AUTH {letter}"));
}

#[tokio::test]
async fn a_line_on_which_no_letter_can_be_announced_is_ended_with_a_goodbye() {
    let peer = Peer::start(&["dot 250 kept", "mail 450 4.7.1 too many on this line"]).await;
    let mut sender = sender(smtp(peer.port, Tls::None));
    let told = [shown(&sender.send(&letter("ada")).await), shown(&sender.send(&letter("bob")).await)];
    assert_eq!(told, ["accepted", "accepted"]);
    assert_eq!(peer.heard(), "* EHLO AUTH MAIL RCPT DATA message MAIL QUIT * EHLO AUTH MAIL RCPT DATA message");
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
async fn a_minute_that_is_full_makes_letters_wait_and_a_server_that_asks_is_left_alone() {
    let peer = Peer::start(&["dot 250 kept", "dot 250 kept", "dot 421 4.3.2 closing"]).await;
    let mut sender = sender(Smtp { per_minute: Some(2), ..smtp(peer.port, Tls::None) });
    let mut pauses = Vec::new();
    for person in ["ada", "bob", "cleo"] {
        pauses.push(sender.pause().map(|pause| (pause.wait > SignedDuration::from_secs(30), pause.trouble)));
        sender.send(&letter(person)).await;
    }
    assert_eq!(pauses, [None, None, Some((true, None))]);
    let asked = Some("after the message: 421 4.3.2 closing".to_owned());
    assert_eq!(sender.pause().map(|pause| (pause.wait > SignedDuration::from_secs(30), pause.trouble)), Some((true, asked)));
}

#[tokio::test]
async fn a_letter_goes_where_its_size_and_its_letters_are_taken() {
    let ehlo = "ehlo 250-peer\r\n250-SIZE 200\r\n250-8BITMIME\r\n250 AUTH=LOGIN PLAIN";
    let peer = Peer::start(&[ehlo]).await;
    let mut sender = sender(smtp(peer.port, Tls::None));
    let (mut long, mut foreign, mut eight) = (letter("ada"), letter("ada"), letter("ada"));
    long.bytes = vec![b'a'; 201];
    foreign.to = "jürgen@example.com".parse().unwrap();
    eight.bytes = "Subject: x\r\n\r\nGrüße\r\n".into();
    let mut told = Vec::new();
    for letter in [&long, &foreign, &eight] {
        let outcome = sender.send(letter).await;
        told.push(format!("{}: {}", shown(&outcome), outcome.answer()));
    }
    assert_snapshot!(told.join("\n"), @"
    refused: the server takes no letters of 201 bytes, 200 at most (SIZE)
    refused: the server takes no addresses beyond ASCII (SMTPUTF8)
    accepted: 250 2.0.0 kept
    ");
    assert!(peer.said("MAIL FROM:<offwatch@example.com> SIZE=23 BODY=8BITMIME") && peer.said("AUTH PLAIN "), "{}", peer.heard());
}

#[tokio::test]
async fn an_answer_that_comes_late_is_never_taken_for_the_next_letters() {
    let peer = Peer::start(&["dot silence"]).await;
    let mut sender = sender(hasty(peer.port, Tls::None));
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
async fn nothing_is_written_through_a_link_that_lies_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (outbox, other) = (folder.path().join("outbox"), folder.path().join("other"));
    let mut sender = Sender::new(&Way::Folder(outbox.clone()));
    let Outcome::Accepted { answer } = sender.send(&letter("ada")).await else { panic!("not written") };
    let name = answer.split('`').nth(1).unwrap();
    std::fs::write(&other, "mine").unwrap();
    std::fs::remove_file(outbox.join(name)).unwrap();
    for link in [name.to_owned(), format!(".{name}.part")] {
        std::os::unix::fs::symlink(&other, outbox.join(link)).unwrap();
    }
    assert!(matches!(sender.send(&letter("ada")).await, Outcome::Accepted { .. }));
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "mine");
    assert!(std::fs::symlink_metadata(outbox.join(name)).unwrap().is_file());
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
    for (option, tls, only) in
        [("--starttls", Tls::StartTls, "PLAIN"), ("--implicit", Tls::Implicit, "PLAIN"), ("--starttls", Tls::StartTls, "LOGIN")]
    {
        let folder = tempfile::tempdir().unwrap();
        let options = [option, "--user", "user", "--password", "secret", "--only", only];
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
