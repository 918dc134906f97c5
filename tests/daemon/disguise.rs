//! Mail servers whose certificate is another than it should be, or that offer no TLS at all: neither a password nor a letter
//! leaves, the log and the outbox say why, and letters go out as soon as it is right.

use std::process::Command;

use tempfile::TempDir;

use crate::clerk::{Clerk, Door, Heard, credentials};
use crate::postfix::certificates;
use crate::world::{Clock, EVENING, World, missing};

/// A server's certificate that is wrong: whose authority has signed it, its file, and what the log says of it.
const WRONG: [(&str, &str, &str); 4] = [
    ("stranger", "localhost.pem", "UnknownIssuer"),
    ("impostor", "localhost.pem", "BadSignature"),
    ("company", "elsewhere.pem", "not valid for name"),
    ("company", "short.pem", "xpired"),
];

/// The certificates of the company, of a stranger, and of an impostor whose authority calls itself like the company's, each in a
/// folder of that name. Nothing, and a line that says so, without the program that makes them.
fn authorities() -> Option<TempDir> {
    if Command::new("openssl").arg("version").output().is_err() {
        return missing("openssl", "Debian's `openssl`");
    }
    let folder = tempfile::tempdir().unwrap();
    for (owner, authority) in [("company", "company"), ("stranger", "stranger"), ("impostor", "company")] {
        std::fs::create_dir(folder.path().join(owner)).unwrap();
        certificates(&folder.path().join(owner), authority);
    }
    Some(folder)
}

/// A server, protected in that way with that certificate, and a world that knows the company's authority.
fn clerk(tls: &str, authorities: &TempDir, certificate: &str) -> (Clerk, World) {
    let config = credentials(&authorities.path().join(certificate));
    let door = if tls == "implicit" { Door::Implicit(config) } else { Door::StartTls(config) };
    let clerk = Clerk::start(door, |_, _| None);
    let world = clerk.world(tls);
    world.write("ca.pem", &std::fs::read_to_string(authorities.path().join("company/ca.pem")).unwrap());
    (clerk, world)
}

/// The outbox as a person sees it.
fn outbox(world: &World, clock: &Clock) -> String {
    let (code, said) = world.run(Some(clock), &["outbox", "list"]);
    assert_eq!(code, 0, "{said}");
    said
}

/// That nobody was told who the client is, or what it knows, before it was sure of the server.
#[track_caller]
fn nothing_left(clerk: &Clerk, what: &str) {
    for (_, heard) in clerk.heard() {
        if let Heard::Line(line, protected) = heard {
            let greets = line.starts_with("EHLO ") || line == "STARTTLS";
            assert!(greets && !protected, "{what}: the server heard `{line}`: {}", clerk.talk());
        }
    }
    assert!(clerk.talk().contains('*') && clerk.letters().is_empty(), "{what}: {}", clerk.talk());
}

#[test]
fn behind_the_right_certificate_login_and_letter_go_over_tls_only() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(authorities) = authorities() else { return };
    for (tls, talk) in [("implicit", "* TLS EHLO AUTH MAIL"), ("starttls", "* EHLO STARTTLS TLS EHLO AUTH MAIL")] {
        let (clerk, world) = clerk(tls, &authorities, "company/localhost.pem");
        let (code, said) = world.run(Some(&clock), &["once"]);
        assert_eq!(code, 0, "{tls}: {said}");
        assert_eq!(clerk.talk(), format!("{talk} RCPT DATA letter QUIT"));
    }
}

#[test]
fn behind_a_wrong_certificate_nothing_leaves_and_the_outbox_says_why() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let Some(authorities) = authorities() else { return };
    for tls in ["implicit", "starttls"] {
        for (owner, file, why) in WRONG {
            let what = format!("{tls}, {file} of {owner}");
            let (clerk, world) = clerk(tls, &authorities, &format!("{owner}/{file}"));
            let (code, said) = world.run(Some(&clock), &["once"]);
            let halted = said.lines().find(|line| line.contains("mail is halted: ")).unwrap_or_default();
            assert!(code == 1 && halted.contains("certificate") && halted.contains(why), "{what}: {said}");
            assert!(halted.ends_with("; the letters wait and the next turn tries again"), "{halted}");
            let waits = outbox(&world, &clock);
            assert!(waits.contains("queued, due") && waits.contains("tries 0") && waits.contains(why), "{what}: {waits}");
            nothing_left(&clerk, &what);
        }
    }
}

#[test]
fn a_server_without_tls_gets_no_password_however_it_offers_to_take_one() {
    let Some(clock) = Clock::new(EVENING, 1) else { return };
    let clerk = Clerk::start(Door::Open, |_, _| None);
    let world = clerk.world("starttls");
    world.edit("ca_file = \"ca.pem\"\n", "");
    let (code, said) = world.run(Some(&clock), &["once"]);
    assert!(code == 1 && said.contains("mail is halted: `localhost` offers no STARTTLS, and nothing is sent without"), "{said}");
    assert!(outbox(&world, &clock).contains("offers no STARTTLS"));
    assert_eq!(clerk.talk(), "* EHLO");
}

#[test]
fn the_daemon_says_once_that_a_certificate_is_wrong_and_goes_on_when_its_authority_is_known() {
    let Some(clock) = Clock::new(EVENING, 30) else { return };
    let Some(authorities) = authorities() else { return };
    let (clerk, world) = clerk("starttls", &authorities, "stranger/localhost.pem");
    let daemon = world.daemon(Some(&clock));
    daemon.says("mail is halted: at STARTTLS: ");
    let knocks = || clerk.talk().matches('*').count();
    crate::world::wait("another try", || (knocks() > 1).then_some(()));
    nothing_left(&clerk, "daemon");
    assert_eq!(daemon.log().matches("UnknownIssuer").count(), 1, "{}", daemon.log());
    // Read anew for each connection, so that nobody need tell the daemon.
    world.write("ca.pem", &std::fs::read_to_string(authorities.path().join("stranger/ca.pem")).unwrap());
    daemon.says("mail is no longer halted");
    crate::world::wait("the letter", || clerk.letters().first().cloned());
    daemon.stop();
}
