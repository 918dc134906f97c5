//! Hands letters to the world: SMTP, a folder of `.eml` files, or memory; an answer becomes an [`Outcome`].
//! Owns its connection to the server; never retries by itself.

use std::collections::VecDeque;
use std::path::PathBuf;

use jiff::SignedDuration;

mod folder;
mod offer;
#[cfg(test)]
mod peer;
mod reply;
mod smtp;
#[cfg(test)]
mod tests;
mod wire;

pub use smtp::Postman;

use crate::crash::{self, Point};
use crate::feeds::Secret;
use crate::outbox::{Outcome, Waiting};
use crate::people::Address;

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// None: loopback only, unless the configuration allows it.
    None,
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is protected.
    pub tls: Tls,
    /// A CA file to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// User and password.
    pub login: Option<(String, Secret)>,
    /// Where bounces go.
    pub envelope_from: Address,
    /// Limits of the steps.
    pub timeouts: Timeouts,
    /// How many letters a minute it is given at most.
    pub per_minute: Option<u32>,
}

/// Why no letter can be sent for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// For how long.
    pub wait: SignedDuration,
    /// What the server said that asked for it; nothing when it is by `[mail] per_minute`.
    pub trouble: Option<String>,
}

impl Pause {
    /// In words for the log.
    pub fn told(&self) -> String {
        if let Some(trouble) = &self.trouble {
            return format!("the mail server is left alone for a minute: {trouble}");
        }
        let seconds = self.wait.as_secs().saturating_add(1);
        format!("`[mail] per_minute` allows no more for now; the other letters wait, the next goes out in {seconds} s")
    }
}

/// How long each step of SMTP may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Connecting and greeting.
    pub connect: SignedDuration,
    /// EHLO, AUTH, MAIL, RCPT.
    pub command: SignedDuration,
    /// DATA.
    pub data: SignedDuration,
    /// After the final dot.
    pub dot: SignedDuration,
}

/// More than the steps of an attempt together take beyond their limits.
const MARGIN: SignedDuration = SignedDuration::from_mins(1);

impl Timeouts {
    /// How long after its beginning an attempt may still hand the message over. An attempt that was stopped for longer, or
    /// whose machine slept, might find that another replica has sent the letter.
    pub fn handover(&self) -> SignedDuration {
        // MAIL on a line that was used before; on a new one EHLO twice, STARTTLS and its handshake, AUTH of three steps, MAIL,
        // RCPT, and a look at what the server says unasked.
        let commands = self.command.saturating_mul(11);
        // The message has the limit of its dot for itself.
        [commands, self.data, self.dot, MARGIN].into_iter().fold(self.connect, SignedDuration::saturating_add)
    }

    /// How long an attempt takes at most: nobody else tries the letter before.
    pub fn attempt(&self) -> SignedDuration {
        self.handover().saturating_add(self.dot).saturating_add(MARGIN)
    }
}

/// `[mail] send`: where letters go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A mail server.
    Smtp(Box<Smtp>),
    /// `.eml` files in a folder.
    Folder(PathBuf),
}

/// Who carries letters away.
#[derive(Debug)]
pub enum Sender {
    /// To a mail server.
    Smtp(Box<Postman>),
    /// Into a folder, as `.eml` files.
    Folder(PathBuf),
    /// Into memory: for `simulate` and stories.
    Memory(Memory),
}

/// A sender that keeps what it is given.
#[derive(Debug, Default)]
pub struct Memory {
    /// What was accepted, in order, and what was taken without a word.
    pub sent: Vec<Waiting>,
    /// What to answer next; accepted when nothing is left.
    pub answers: VecDeque<Outcome>,
    /// Whether the next attempt never ends.
    pub hang: Option<Hang>,
}

/// Where an attempt hangs for ever, for whoever rehearses a crash in the middle of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hang {
    /// Before the letter was taken.
    Untaken,
    /// After it was taken, before the answer came.
    Taken,
}

impl Sender {
    /// A sender for that way; connects when the first letter comes.
    pub fn new(way: &Way) -> Self {
        match way {
            Way::Smtp(smtp) => Self::Smtp(Box::new(Postman::new((**smtp).clone()))),
            Way::Folder(folder) => Self::Folder(folder.clone()),
        }
    }

    /// Begins an attempt and says how long it takes at most. Called before the attempt is written down, so that the time in
    /// which it must hand the message over ends before somebody else may try the letter.
    pub fn begin(&mut self) -> SignedDuration {
        match self {
            Self::Smtp(postman) => postman.begin(),
            Self::Folder(_) | Self::Memory(_) => MARGIN,
        }
    }

    /// How long to wait before the next letter, if it must wait.
    pub fn pause(&self) -> Option<Pause> {
        match self {
            Self::Smtp(postman) => postman.pause(),
            Self::Folder(_) | Self::Memory(_) => None,
        }
    }

    /// Makes one attempt at one letter.
    pub async fn send(&mut self, letter: &Waiting) -> Outcome {
        let outcome = match self {
            Self::Smtp(postman) => postman.send(letter).await,
            Self::Folder(folder) => folder::send(folder, letter),
            Self::Memory(memory) => memory.send(letter).await,
        };
        crash::at(Point::Answered);
        outcome
    }

    /// Ends a round: says goodbye to the server.
    pub async fn close(&mut self) {
        match self {
            Self::Smtp(postman) => postman.close().await,
            Self::Folder(_) | Self::Memory(_) => {}
        }
    }
}

impl Memory {
    /// Keeps a letter, or answers as told.
    async fn send(&mut self, letter: &Waiting) -> Outcome {
        if let Some(hang) = self.hang.take() {
            self.sent.extend((hang == Hang::Taken).then(|| letter.clone()));
            return std::future::pending().await;
        }
        let outcome = self.answers.pop_front().unwrap_or_else(|| Outcome::Accepted { answer: "kept in memory".to_owned() });
        if matches!(outcome, Outcome::Accepted { .. } | Outcome::Unclear { maybe_sent: true, .. }) {
            self.sent.push(letter.clone());
        }
        outcome
    }
}
