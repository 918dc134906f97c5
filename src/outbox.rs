//! The life of a letter: its states, what a server's answer means for it, and the waits between tries.
//! Pure. The store keeps it, `send` speaks to servers.

use jiff::Timestamp;

use crate::people::Address;
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
    },
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
