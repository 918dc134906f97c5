//! How the daemon fares: its loop publishes facts here, whoever shows them reads the last ones and waits for nothing.
//! Refuses the store, sockets, and whatever feeds or letters say: facts are names of feeds, counts and instants.

pub mod check;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

pub use check::{Check, Light, overall};

use crate::config::{Config, Digest, Endpoint};
use crate::cycle::{Report, Round};
use crate::outbox::Census;
use crate::people::FeedName;
use crate::plan::FeedHealth;
use crate::store::Replica;

/// The bounds in seconds between which turns are counted; the last holds all longer ones.
const BOUNDS: [f64; 11] = [0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 20.0, 60.0, 300.0, f64::INFINITY];

/// What the daemon's loop publishes to.
#[derive(Debug)]
pub struct Health(watch::Sender<Facts>);

/// How the daemon fares.
#[derive(Clone, Debug)]
pub struct Facts {
    /// When it started.
    pub started: Timestamp,
    /// Where that is to be shown.
    pub endpoint: Option<Endpoint>,
    /// When the loop came through last: a finished look, or a finished turn within one.
    pub looked: Option<Timestamp>,
    /// Its turns.
    pub turns: Turns,
    /// Since when the state cannot be read or written.
    pub trouble: Option<Timestamp>,
    /// The configuration.
    pub settings: Settings,
    /// How the outbox stood at the last look.
    pub census: Census,
    /// What was queued and sent.
    pub post: Post,
    /// All feeds.
    pub feeds: Vec<FeedFacts>,
    /// Who takes turns on a server, those that have ended lately among them; none of a file.
    pub replicas: Option<Vec<Replica>>,
    /// Uncovered tasks ahead that want a briefing, as the last turn saw them.
    pub wanting: u64,
}

/// Turns since the start.
#[derive(Clone, Debug)]
pub struct Turns {
    /// When the last one was finished.
    pub last: Option<Timestamp>,
    /// How many were finished.
    pub finished: u64,
    /// How many looks failed, each of them at the state; they are tried again.
    pub failed: u64,
    /// How many were decided anew because another replica was faster.
    pub overtaken: u64,
    /// How long the finished ones took.
    pub lengths: Lengths,
}

/// How long turns took.
#[derive(Clone, Debug)]
pub struct Lengths {
    /// All together, in seconds.
    pub sum: f64,
    /// Each bound in seconds with how many lay below it and not below the one before.
    pub buckets: [(f64, u64); BOUNDS.len()],
}

/// What is known of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Since when those in force are.
    pub since: Timestamp,
    /// What their file was.
    digest: Digest,
    /// How many new files were taken.
    pub taken: u64,
    /// How many were refused.
    pub refused: u64,
    /// When a file was refused, unless one was taken since or the file is the one in force again.
    pub refused_at: Option<Timestamp>,
    /// What the file is now.
    pub file: File,
}

/// What the file of the configuration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// The one in force.
    InForce,
    /// Another one.
    Changed,
    /// It cannot be read.
    Unreadable,
}

/// Letters since the start.
#[derive(Clone, Debug, Default)]
pub struct Post {
    /// Notices queued, by the name of their kind.
    pub queued: BTreeMap<&'static str, u64>,
    /// Letters that the server took.
    pub accepted: u64,
    /// Letters refused for good.
    pub refused: u64,
    /// Attempts of which nobody knows, or that were answered "not now".
    pub unclear: u64,
    /// Rounds that stopped because of the server.
    pub halted: u64,
    /// Since when mail is halted.
    pub halted_since: Option<Timestamp>,
}

/// How a feed is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedFacts {
    /// Which.
    pub feed: FeedName,
    /// The last good fetch of the copy in force.
    pub fetched: Option<Timestamp>,
    /// The first failed fetch since.
    pub failing_since: Option<Timestamp>,
    /// Since when it is held back.
    pub held_since: Option<Timestamp>,
    /// Whether its copy is older than it may be.
    pub is_stale: bool,
}

/// What the loop sees at the end of a look.
#[derive(Debug)]
pub struct Look {
    /// How feeds are.
    pub feeds: Vec<FeedHealth>,
    /// How the outbox stands.
    pub census: Census,
    /// Who takes turns; none of a file.
    pub replicas: Option<Vec<Replica>>,
}

impl Look {
    /// Whether a letter waits that this process may have to send. On a server, where others send too, one that is due.
    pub fn has_mail(&self) -> bool {
        let Census { queued, sending, owed_since, .. } = self.census;
        if self.replicas.is_some() { owed_since.is_some() } else { queued > 0 || sending > 0 }
    }
}

impl Lengths {
    /// Counts one more.
    fn add(&mut self, length: Duration) {
        let seconds = length.as_secs_f64();
        self.sum += seconds;
        if let Some((_, count)) = self.buckets.iter_mut().find(|(bound, _)| seconds <= *bound) {
            *count = count.saturating_add(1);
        }
    }
}

impl FeedFacts {
    /// What is told of a feed at `now`.
    pub fn of(feed: &FeedHealth, now: Timestamp) -> Self {
        Self {
            feed: feed.feed.clone(),
            fetched: feed.fetched,
            failing_since: feed.failing_since,
            held_since: feed.standing().map(|hold| hold.since),
            is_stale: feed.stale_since(feed.failing_since, now).is_some(),
        }
    }
}

impl Health {
    /// Nothing has happened yet to a daemon with these settings.
    pub fn new(config: &Config, now: Timestamp) -> Self {
        let lengths = Lengths { sum: 0.0, buckets: BOUNDS.map(|bound| (bound, 0)) };
        let (digest, file) = (config.digest, File::InForce);
        let kinds = crate::plan::Kind::all().map(|kind| (kind.name(), 0));
        Self(watch::Sender::new(Facts {
            started: now,
            endpoint: config.health.clone(),
            looked: None,
            turns: Turns { last: None, finished: 0, failed: 0, overtaken: 0, lengths },
            trouble: None,
            settings: Settings { since: now, digest, taken: 0, refused: 0, refused_at: None, file },
            census: Census::default(),
            post: Post { queued: kinds.collect(), ..Post::default() },
            feeds: Vec::new(),
            replicas: None,
            wanting: 0,
        }))
    }

    /// The facts as they are published.
    pub fn follow(&self) -> watch::Receiver<Facts> {
        self.0.subscribe()
    }

    /// A turn was finished at `now`, `wanting` tasks want a briefing after it.
    pub fn turned(&self, report: &Report, length: Duration, wanting: usize, now: Timestamp) {
        self.0.send_modify(|facts| {
            (facts.turns.last, facts.looked) = (Some(now), Some(now));
            facts.turns.finished = facts.turns.finished.saturating_add(1);
            facts.turns.lengths.add(length);
            facts.wanting = wide(wanting);
            for notice in report.letters.iter().flat_map(|written| &written.notices) {
                let count = facts.post.queued.entry(notice.kind.name()).or_default();
                *count = count.saturating_add(1);
            }
        });
    }

    /// A round of sending was finished at `now`.
    pub fn sent(&self, round: &Round, now: Timestamp) {
        self.0.send_modify(|facts| {
            let post = &mut facts.post;
            post.accepted = post.accepted.saturating_add(wide(round.accepted));
            post.refused = post.refused.saturating_add(wide(round.refused.len()));
            post.unclear = post.unclear.saturating_add(wide(round.unclear));
            if round.halted.is_some() {
                post.halted = post.halted.saturating_add(1);
                post.halted_since.get_or_insert(now);
            } else if round.accepted > 0 || round.unclear > 0 || !round.refused.is_empty() {
                post.halted_since = None;
            }
        });
    }

    /// A look was finished at `now`, with the configuration in the file at `path`.
    pub fn looked(&self, look: Look, path: &Path, now: Timestamp) {
        let digest = Digest::of_file(path);
        self.0.send_modify(|facts| {
            (facts.looked, facts.trouble) = (Some(now), None);
            if !look.has_mail() {
                // Nobody tries it, so nothing else would say that it is over.
                facts.post.halted_since = None;
            }
            facts.feeds = look.feeds.iter().map(|feed| FeedFacts::of(feed, now)).collect();
            (facts.census, facts.replicas) = (look.census, look.replicas);
            facts.settings.file = match digest {
                Some(digest) if digest == facts.settings.digest => File::InForce,
                Some(_) => File::Changed,
                None => File::Unreadable,
            };
            if facts.settings.file == File::InForce {
                facts.settings.refused_at = None;
            }
        });
    }

    /// A look failed at `now`: the state could not be read or written.
    pub fn failed(&self, now: Timestamp) {
        self.0.send_modify(|facts| {
            facts.turns.failed = facts.turns.failed.saturating_add(1);
            facts.trouble.get_or_insert(now);
        });
    }

    /// A turn was for nothing: another replica was faster.
    pub fn overtaken(&self) {
        self.0.send_modify(|facts| facts.turns.overtaken = facts.turns.overtaken.saturating_add(1));
    }

    /// A new configuration was taken at `now`.
    pub fn took(&self, config: &Config, now: Timestamp) {
        self.0.send_modify(|facts| {
            facts.endpoint.clone_from(&config.health);
            let taken = facts.settings.taken.saturating_add(1);
            let (digest, file) = (config.digest, File::InForce);
            facts.settings = Settings { since: now, digest, taken, refused_at: None, file, ..facts.settings };
        });
    }

    /// A new configuration was refused at `now`; the old one stays in force.
    pub fn refused(&self, now: Timestamp) {
        self.0.send_modify(|facts| {
            let settings = &mut facts.settings;
            (settings.refused, settings.refused_at) = (settings.refused.saturating_add(1), Some(now));
        });
    }
}

/// A count as it is shown.
fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
