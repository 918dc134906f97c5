//! The life of a letter: its states, what a server's answer means for it, and the waits between tries.
//! Pure. The store keeps it, `send` speaks to servers.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

pub mod census;
pub mod life;
pub mod reply;
#[cfg(test)]
mod tests;

pub use census::Census;
pub use life::{Life, next_try};
pub use reply::{Stage, answer, dropped, wants_rest};

use crate::people::{Address, BadName};
use crate::plan::{Key, Said};

/// What became of one attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Accepted {
        /// What it said.
        answer: String,
    },
    /// The server refused this letter or recipient for good (5xx).
    Refused {
        /// What it said.
        answer: String,
    },
    /// Nobody knows, or not now (4xx, dropped line, time-out): try again.
    Unclear {
        /// What happened.
        answer: String,
        /// Whether it happened after the final dot: it may arrive twice.
        maybe_sent: bool,
    },
    /// Not the letter's fault (cannot connect, TLS, login refused): the round stops, nothing is counted.
    Halted {
        /// What happened.
        answer: String,
        /// Whether the server had heard of this letter's recipient by then: another letter may fare better.
        particular: bool,
    },
}

impl Outcome {
    /// What was said or happened, whatever it means.
    pub fn answer(&self) -> &str {
        match self {
            Self::Accepted { answer } | Self::Refused { answer } | Self::Unclear { answer, .. } | Self::Halted { answer, .. } => answer,
        }
    }

    /// The same, for whoever knows what must not stand in it.
    pub fn answer_mut(&mut self) -> &mut String {
        match self {
            Self::Accepted { answer } | Self::Refused { answer } | Self::Unclear { answer, .. } | Self::Halted { answer, .. } => answer,
        }
    }
}

/// Where a letter stands. The database allows no other words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Waiting for its due instant.
    Queued,
    /// An attempt was written down and not yet answered; after a crash this is what is left.
    Sending,
    /// Taken by the server.
    Accepted,
    /// Refused for good.
    Refused,
    /// Taken back before it was sent, with a reason on record.
    Withdrawn,
}

impl State {
    /// All of them with their names.
    const NAMES: [(Self, &'static str); 5] = [
        (Self::Queued, "queued"),
        (Self::Sending, "sending"),
        (Self::Accepted, "accepted"),
        (Self::Refused, "refused"),
        (Self::Withdrawn, "withdrawn"),
    ];

    /// Its name, in the database and in lists.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// Whether nothing more happens to the letter by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Refused | Self::Withdrawn)
    }
}

impl FromStr for State {
    type Err = BadName;

    fn from_str(name: &str) -> Result<Self, BadName> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name).map(|(state, _)| *state);
        let reason = "there is no such state of a letter";
        found.ok_or_else(|| BadName { name: name.escape_debug().to_string(), what: "state", reason })
    }
}

impl fmt::Display for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// One e-mail, its bytes frozen when it was queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The key of its first notice: what its Message-ID derives from.
    pub key: Key,
    /// To whom.
    pub to: Address,
    /// The engineer's id, if it is one.
    pub engineer: Option<String>,
    /// Its subject.
    pub subject: String,
    /// The whole message, CRLF line ends.
    pub bytes: Vec<u8>,
    /// What it says.
    pub notices: Vec<Said>,
    /// When it was queued.
    pub queued: Timestamp,
    /// After which it is of no use (the start of its task, …).
    pub useful_until: Option<Timestamp>,
}

/// A letter in the outbox: what it is, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the outbox; older letters have smaller ones.
    pub id: i64,
    /// The key of its first notice.
    pub key: Key,
    /// To whom.
    pub to: Address,
    /// The engineer's id, if it is one.
    pub engineer: Option<String>,
    /// Its subject.
    pub subject: String,
    /// The whole message, CRLF line ends; the same for every try.
    pub bytes: Vec<u8>,
    /// What it says, by key.
    pub notices: Vec<Said>,
    /// When it was queued.
    pub queued: Timestamp,
    /// What has become of it.
    pub life: Life,
}
