//! What a mail server's reply means for the letter it was given to (RFC 5321 §4.2, RFC 3463).
//! Pure: code and text in, outcome out. Knows no connection.

use std::fmt;

use super::Outcome;
use crate::people;

/// No answer is kept longer.
const LONGEST_ANSWER: usize = 500;

/// What stands in the place of a server's words about a login: some quote it.
const LEFT_OUT: &str = "(what else the server says may quote the login and is left out)";

/// The step of SMTP that a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Connecting and the greeting.
    Connect,
    /// EHLO.
    Hello,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Login,
    /// MAIL FROM: names the same sender for every letter.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA.
    Data,
    /// The message, before its final dot: it gets no reply.
    Body,
    /// The final dot.
    Dot,
}

impl fmt::Display for Stage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Connect => "connecting",
            Self::Hello => "at EHLO",
            Self::StartTls => "at STARTTLS",
            Self::Login => "logging in",
            Self::Mail => "at MAIL",
            Self::Rcpt => "at RCPT",
            Self::Data => "at DATA",
            Self::Body => "in the message",
            Self::Dot => "after the message",
        })
    }
}

/// What the reply `code text` at `stage` means; nothing when the talk goes on.
///
/// Only 250 after the dot is *accepted*. What would meet every letter alike (login, TLS, the sender, a day's quota, a server
/// about to close before it has heard of this letter) is *halted*; a full mailbox is a matter of time and never *refused*.
pub fn answer(code: u16, text: &str, stage: Stage) -> Option<Outcome> {
    let enhanced = enhanced(text);
    let answer = if stage == Stage::Login {
        format!("{stage}: {code} {}{LEFT_OUT}", enhanced.map(status).unwrap_or_default())
    } else {
        words(&format!("{stage}: {code} {text}"))
    };
    let wanted = match stage {
        Stage::Connect | Stage::StartTls => code == 220,
        Stage::Login => code == 235,
        Stage::Rcpt => matches!(code, 250..=252),
        Stage::Data => code == 354,
        Stage::Hello | Stage::Mail | Stage::Dot => code == 250,
        Stage::Body => false,
    };
    if wanted {
        return (stage == Stage::Dot).then_some(Outcome::Accepted { answer: words(&format!("{code} {text}")) });
    }
    if stage <= Stage::Login || concerns_all(code, enhanced, text, stage) {
        return Some(Outcome::Halted { answer, particular: stage >= Stage::Rcpt });
    }
    Some(match code {
        400..=499 => Outcome::Unclear { answer, maybe_sent: false },
        500..=599 if mailbox_full(code, enhanced) => Outcome::Unclear { answer, maybe_sent: false },
        500..=599 => Outcome::Refused { answer },
        // A positive reply of the wrong kind: the talk is out of step.
        _ => Outcome::Unclear { answer, maybe_sent: stage == Stage::Dot },
    })
}

/// What it means that `stage` ended without a reply: `what` happened instead.
pub fn dropped(stage: Stage, what: &str) -> Outcome {
    let answer = words(&format!("{stage}: {what}"));
    match stage {
        Stage::Connect | Stage::Hello | Stage::StartTls | Stage::Login => Outcome::Halted { answer, particular: false },
        Stage::Mail | Stage::Rcpt | Stage::Data | Stage::Body => Outcome::Unclear { answer, maybe_sent: false },
        Stage::Dot => Outcome::Unclear { answer, maybe_sent: true },
    }
}

/// Whether the reply `code text` says that the server, and not this letter or recipient, wants to be left alone for a while.
///
/// The letter's attempt counts all the same: were it the letter that upsets the server, it must not stand in the way for ever.
pub fn wants_rest(code: u16, text: &str, stage: Stage) -> bool {
    // A full system, one that takes no messages, congestion (RFC 3463 §3.4, §3.5).
    let busy = matches!(enhanced(text), Some((4, 3, 1 | 2) | (4, 4, 5)));
    // MAIL names nothing but the sender, which is the same for all.
    let all_alike = stage == Stage::Mail && (400..500).contains(&code);
    // Limits and policies (RFC 3463 §3.8). A greylist means this sender and recipient alone, and others need not wait.
    let greylist = stage == Stage::Rcpt && ["greylist", "graylist"].iter().any(|word| text.to_ascii_lowercase().contains(word));
    let policy = matches!(enhanced(text), Some((4, 7, _))) && !greylist;
    // 454 belongs to AUTH and STARTTLS; anywhere else it is the server that has a problem.
    matches!(code, 421 | 454) || all_alike || (400..500).contains(&code) && (busy || policy) || spent(code, text)
}

/// Whether a refusal would meet any other letter as well.
fn concerns_all(code: u16, enhanced: Option<(u16, u16, u16)>, text: &str, stage: Stage) -> bool {
    let login = matches!(code, 530 | 534 | 535 | 538) || matches!(enhanced, Some((_, 7, 8 | 9 | 11 | 57)));
    // Exchange: this login may not send as this sender. Postfix tells at RCPT what it has against the client or the sender.
    let phrases = ["SendAsDenied", "Client host rejected", "; Client host [", "Helo command rejected", "Sender address rejected"];
    let sender = enhanced == Some((5, 7, 60)) || phrases.iter().any(|phrase| text.contains(phrase));
    let before_the_letter = stage == Stage::Mail && (code == 421 || (code >= 500 && !too_big(code, enhanced)));
    login || sender || before_the_letter || spent(code, text)
}

/// Whether so much was sent today that the server takes no more, from anybody or from this login: that passes by itself.
fn spent(code: u16, text: &str) -> bool {
    // Google's and Microsoft's codes, and the latter's word behind one that means anything.
    let quota = matches!(enhanced(text), Some((5, 4, 5) | (5, 1, 90) | (5, 7, 700..=799)));
    (500..600).contains(&code) && (quota || text.contains("QuotaExceeded"))
}

/// Whether the letter's size is refused.
fn too_big(code: u16, enhanced: Option<(u16, u16, u16)>) -> bool {
    code == 552 || matches!(enhanced, Some((5, 2, 3) | (5, 3, 4)))
}

/// Whether the mailbox is full; a bare 552 may be (RFC 5321 §4.5.3.1.10 has it treated like 452).
fn mailbox_full(code: u16, enhanced: Option<(u16, u16, u16)>) -> bool {
    enhanced == Some((5, 2, 2)) || (code == 552 && enhanced.is_none())
}

/// The enhanced status code that a text begins with (RFC 2034).
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.').map(str::parse);
    let (class, subject, detail) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    matches!(class, 2 | 4 | 5).then_some((class, subject, detail))
}

/// An enhanced status code as it is written, and a space.
fn status((class, subject, detail): (u16, u16, u16)) -> String {
    format!("{class}.{subject}.{detail} ")
}

/// A text from outside on one line, without control and direction characters, not endless.
fn words(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if people::steers(letter) { ' ' } else { letter }).take(LONGEST_ANSWER).collect();
    plain.trim_end().to_owned()
}
