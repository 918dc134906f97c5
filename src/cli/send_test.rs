//! `offwatch send-test`: sends a test letter at once and shows what became of it. Keeps nothing and passes the outbox by.

use anyhow::Result;
use serde_json::json;

use super::session::{self, Session};
use super::{Format, WRONG, print};
use crate::mail::{self, Post};
use crate::outbox::{Letter, Life, Outcome, Waiting};
use crate::people::Address;
use crate::send::{Sender, Way};

/// The contract for programs.
const JSON: &str = r#"With `--format json`, one object: {"to", "outcome", "answer", "hint"}.
`outcome` is `accepted`, `refused`, `unclear` or `halted`; `hint` is null when
it was accepted."#;

/// Where to send it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = JSON)]
pub(super) struct SendTest {
    /// The address.
    #[arg(value_name = "ADDRESS", value_parser = address)]
    to: Address,
}

/// An address as the command line takes it.
fn address(text: &str) -> Result<Address, String> {
    text.parse::<Address>().map_err(|error| error.to_string())
}

/// Sends and tells.
pub(super) async fn run(session: &Session<'_>, test: &SendTest) -> Result<u8> {
    let config = session.load()?;
    let post = Post { style: config.style.clone(), ..Post::new(config.from.clone(), config.public_url.clone()) };
    let letter = waiting(mail::test(&test.to, &post, session::at(None)));
    let mut sender = Sender::new(&config.way);
    let outcome = sender.send(&letter).await;
    sender.close().await;
    let (name, hint) = meaning(&outcome, &config.way);
    print(&match session.format {
        Format::Json => {
            let line = json!({ "to": letter.to.as_str(), "outcome": name, "answer": outcome.answer(), "hint": hint });
            format!("{line}\n")
        }
        Format::Text => {
            let hint = hint.as_ref().map(|hint| format!("{hint}\n")).unwrap_or_default();
            format!("{name}: {}\n{hint}", outcome.answer())
        }
    })?;
    Ok(if hint.is_none() { 0 } else { WRONG })
}

/// The letter as a sender takes it.
fn waiting(letter: Letter) -> Waiting {
    let life = Life::new(letter.queued, letter.useful_until);
    let Letter { key, to, engineer, subject, bytes, notices, queued, useful_until: _ } = letter;
    Waiting { id: 0, key, to, engineer, subject, bytes, notices, queued, life }
}

/// What became of it in a word, and what to do when it was not accepted.
fn meaning(outcome: &Outcome, way: &Way) -> (&'static str, Option<String>) {
    match outcome {
        Outcome::Accepted { .. } => ("accepted", None),
        Outcome::Refused { .. } => {
            ("refused", Some("the server takes no letter for this address: look at the address and at `[mail] from`".to_owned()))
        }
        Outcome::Unclear { maybe_sent: true, .. } => {
            ("unclear", Some("the line broke after the letter was handed over: it may arrive all the same".to_owned()))
        }
        Outcome::Unclear { maybe_sent: false, .. } => ("unclear", Some("not now, says the server: try again in some minutes".to_owned())),
        Outcome::Halted { answer, .. } => ("halted", Some(remedy(answer, way))),
    }
}

/// What to do about something that would hinder every letter.
fn remedy(answer: &str, way: &Way) -> String {
    let Way::Smtp(smtp) = way else {
        return "let the folder of `[mail] folder` exist, with space left, and belong to the user offwatch runs as".to_owned();
    };
    let (host, port, lower) = (&smtp.host, smtp.port, answer.to_lowercase());
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["certificate", "tls", "ca file", "unknownissuer", "handshake"]) {
        return format!(
            "nothing was sent without TLS: look at `[mail] tls` and `ca_file`, and whether `{host}` is the name in its certificate"
        );
    }
    if says(&["logging in", "login", "535", "530"]) {
        return "the login failed: look at `[mail] username` and the secret that `password_file` or `password_credential` names".to_owned();
    }
    if says(&["at mail", "sender"]) {
        return "this login may not send as `[mail] envelope_from` or `from`: allow it at the server, or name another".to_owned();
    }
    format!("no talk with `{host}` port {port}: look at `[mail] host`, `port` and `tls`, and whether a firewall stands between")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::send::{Smtp, Timeouts, Tls};

    /// What is advised, a line for each answer of a server.
    fn check(answers: &[&str]) -> String {
        let second = SignedDuration::from_secs(1);
        let timeouts = Timeouts { connect: second, command: second, data: second, dot: second };
        let envelope_from = "bounces@example.com".parse().unwrap();
        let (host, port, tls) = ("mail.example.com".to_owned(), 587, Tls::StartTls);
        let smtp = Smtp { host, port, tls, ca_file: None, login: None, envelope_from, timeouts, per_minute: None };
        let way = Way::Smtp(Box::new(smtp));
        let advised = answers.iter().map(|answer| remedy(answer, &way));
        advised.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_hinders_mail_comes_with_what_to_look_at() {
        let answers = [
            "connecting: Connection error: Connection refused (os error 111)",
            "connecting: invalid peer certificate: UnknownIssuer",
            "`mail.example.com` offers no STARTTLS, and nothing is sent without",
            "logging in: 535 5.7.8 Error: authentication failed",
            "`mail.example.com` offers no login that offwatch knows (PLAIN, LOGIN)",
            "at MAIL: 550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        ];
        insta::assert_snapshot!(check(&answers), @"
        no talk with `mail.example.com` port 587: look at `[mail] host`, `port` and `tls`, and whether a firewall stands between
        nothing was sent without TLS: look at `[mail] tls` and `ca_file`, and whether `mail.example.com` is the name in its certificate
        nothing was sent without TLS: look at `[mail] tls` and `ca_file`, and whether `mail.example.com` is the name in its certificate
        the login failed: look at `[mail] username` and the secret that `password_file` or `password_credential` names
        the login failed: look at `[mail] username` and the secret that `password_file` or `password_credential` names
        this login may not send as `[mail] envelope_from` or `from`: allow it at the server, or name another
        ");
    }
}
