//! How feeds are, and trouble with them as it is told: copies that grew old, copies that the brake holds back.
//! Facts only; `alert`, `brief` and `coverage` decide about them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::agenda::Purpose;
use crate::people::{Address, BadName, FeedName};

/// What a feed's last fetches came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedHealth {
    /// Which.
    pub feed: FeedName,
    /// What it is read for.
    pub reads: BTreeSet<Purpose>,
    /// The last good fetch of the copy in force.
    pub fetched: Option<Timestamp>,
    /// The first failed fetch since.
    pub failing_since: Option<Timestamp>,
    /// What the last failed fetch said.
    pub error: Option<String>,
    /// Past which age a failing feed is told.
    pub stale_after: SignedDuration,
    /// How many events its copy shows in sight.
    pub events: usize,
    /// What the brake holds back of it, or held back last.
    pub hold: Option<FeedHold>,
}

/// A feed that lost so many of its future events that it is not believed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedHold {
    /// The first fetch that was held.
    pub since: Timestamp,
    /// The last one.
    pub last: Timestamp,
    /// How many there were.
    pub fetches: u32,
    /// How many future events the last one lacked…
    pub missing: u32,
    /// …of how many that the copy in force shows.
    pub of: u32,
    /// The first scheduled fetch that is taken by itself if it shows the same; none when it is over or never comes.
    pub due: Option<Timestamp>,
    /// When it was over, and how; none while it stands.
    pub released: Option<(Timestamp, Release)>,
}

/// How a hold ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// It stood long enough: what was held is in force.
    Taken,
    /// The feed showed its events again.
    Returned,
    /// The admin said that it is right: what was held is in force.
    Accepted,
}

impl Release {
    /// All of them with their names.
    const NAMES: [(Self, &'static str); 3] = [(Self::Taken, "taken"), (Self::Returned, "returned"), (Self::Accepted, "accepted")];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(release, _)| *release == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for Release {
    type Err = BadName;

    fn from_str(name: &str) -> Result<Self, BadName> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name).map(|(release, _)| *release);
        let reason = "no hold ends like that";
        found.ok_or_else(|| BadName { name: name.escape_debug().to_string(), what: "release", reason })
    }
}

impl fmt::Display for Release {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FeedHealth {
    /// What the brake holds back now.
    pub fn standing(&self) -> Option<FeedHold> {
        self.hold.filter(|hold| hold.released.is_none())
    }

    /// The last good fetch, whether it was taken or is held.
    pub fn last_good(&self) -> Option<Timestamp> {
        self.fetched.max(self.hold.map(|hold| hold.last))
    }

    /// The instant of the copy in force, when that is older than it may be: newer ones fail, or are held back.
    pub fn stale_since(&self, added: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let last = self.fetched.or(added)?;
        let behind = self.failing_since.is_some() || self.standing().is_some();
        let stale = behind && now.duration_since(last) >= self.stale_after;
        stale.then_some(last)
    }
}

/// A copy older than it may be on which a letter is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldCopy {
    /// Of which feed.
    pub feed: FeedName,
    /// Its instant.
    pub since: Timestamp,
    /// Whether a newer one is held back; else there is none, because fetches fail.
    pub held: bool,
    /// Whether it shows the tasks or emergencies that are told.
    pub shows_task: bool,
    /// Whose leave it shows, by name; never what kind.
    pub leave_of: Vec<String>,
}

/// Trouble, or its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// A feed has not been read for longer than it may.
    FeedStale {
        /// Which.
        feed: FeedName,
        /// The last good copy, if there ever was one.
        since: Option<Timestamp>,
        /// Past which age a failing feed is told.
        stale_after: SignedDuration,
        /// What the last try said.
        error: String,
    },
    /// A feed is read again.
    FeedBack {
        /// Which.
        feed: FeedName,
        /// The instant of the good fetch.
        at: Timestamp,
        /// Whether the brake holds back what it shows.
        held: bool,
    },
    /// A feed lost many of its future events at once and is held back.
    FeedHeld {
        /// Which.
        feed: FeedName,
        /// The instant of the copy that stays in force.
        copy: Option<Timestamp>,
        /// What is held.
        hold: FeedHold,
    },
    /// A feed is held back no longer.
    FeedReleased {
        /// Which.
        feed: FeedName,
        /// What was held.
        hold: FeedHold,
        /// When that was over.
        at: Timestamp,
        /// And how.
        how: Release,
    },
    /// A letter was refused for good.
    LetterRefused {
        /// Its subject.
        subject: String,
        /// To whom it should have gone.
        to: Address,
        /// What the server said.
        answer: String,
    },
    /// Tasks in which no account was found, and names in team feeds that match nobody.
    Unmatched {
        /// The tasks.
        tasks: Vec<Stray>,
        /// Names of team feeds: the feed and how many entries match nobody (their titles are private).
        people: Vec<(FeedName, usize)>,
    },
}

/// A task in which no account was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Its title.
    pub title: String,
    /// When it starts.
    pub start: Timestamp,
    /// Which feed shows it.
    pub feed: FeedName,
    /// Whether that feed wants the last resort to be told of such tasks.
    pub escalated: bool,
}

/// A feed's health, as the regular report shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedLine {
    /// Which.
    pub feed: FeedName,
    /// The last good fetch of the copy in force.
    pub fetched: Option<Timestamp>,
    /// What the last try said, when it failed.
    pub error: Option<String>,
    /// How many events its copy holds in sight.
    pub events: usize,
    /// What the brake holds back of it.
    pub hold: Option<FeedHold>,
}
