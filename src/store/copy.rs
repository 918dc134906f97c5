//! A feed's copies: the last good one, in force, and the one that the brake holds back, if any.
//! Owns how one takes the other's place; when it does, others decide.

use std::sync::Arc;

use jiff::Timestamp;

use crate::people::FeedName;
use crate::plan::Release;

/// A feed's last good copy and what the tries after it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedCopy {
    /// Which feed.
    pub feed: FeedName,
    /// The last good bytes.
    pub body: Option<Arc<[u8]>>,
    /// Their hash.
    pub hash: Option<String>,
    /// The server's `ETag` of them.
    pub etag: Option<String>,
    /// The server's Last-Modified of them.
    pub last_modified: Option<String>,
    /// The last good fetch, whether it brought something new or not; not one that is held.
    pub fetched: Option<Timestamp>,
    /// When these bytes came into force.
    pub changed: Option<Timestamp>,
    /// The last try, good or bad.
    pub tried: Option<Timestamp>,
    /// What the last try said, when it failed.
    pub error: Option<String>,
    /// The first failed try since the last good one.
    pub failing_since: Option<Timestamp>,
    /// When it is tried again after that; none when its schedule alone says so.
    pub next_try: Option<Timestamp>,
    /// What the brake holds back, or held back last.
    pub hold: Option<Hold>,
}

/// What the brake holds back, or held back last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The first good fetch that was held.
    pub since: Timestamp,
    /// The last one.
    pub last: Timestamp,
    /// How many there were.
    pub fetches: u32,
    /// How many future events the last one lacked…
    pub missing: u32,
    /// …of how many that the copy in force shows.
    pub of: u32,
    /// Whether it still stands.
    pub stage: Stage,
}

/// Whether a hold still stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What the last of its fetches brought waits.
    Standing(Held),
    /// It was over at that instant, in that way.
    Over(Timestamp, Release),
}

/// Bytes that wait to come into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The bytes.
    pub body: Arc<[u8]>,
    /// Their hash; none when they came from an address that is not the feed's any more.
    pub hash: Option<String>,
    /// The server's `ETag` of them.
    pub etag: Option<String>,
    /// The server's Last-Modified of them.
    pub last_modified: Option<String>,
}

impl Hold {
    /// The bytes that wait; none when it is over.
    pub fn held(&self) -> Option<&Held> {
        match &self.stage {
            Stage::Standing(held) => Some(held),
            Stage::Over(..) => None,
        }
    }

    /// When it was over, and how.
    pub fn released(&self) -> Option<(Timestamp, Release)> {
        match &self.stage {
            Stage::Standing(_) => None,
            Stage::Over(at, how) => Some((*at, *how)),
        }
    }
}

impl FeedCopy {
    /// Nothing known of `feed` yet.
    pub fn none(feed: FeedName) -> Self {
        let (body, hash, etag, last_modified, error, hold) = (None, None, None, None, None, None);
        let (fetched, changed, tried, failing_since, next_try) = (None, None, None, None, None);
        Self { feed, body, hash, etag, last_modified, fetched, changed, tried, error, failing_since, next_try, hold }
    }

    /// The hold that stands.
    pub fn standing(&self) -> Option<&Hold> {
        self.hold.as_ref().filter(|hold| hold.held().is_some())
    }

    /// Ends the hold that stands, if one does; what it held stays out of force.
    pub fn release(&mut self, how: Release, now: Timestamp) {
        if let Some(hold) = self.hold.as_mut().filter(|hold| hold.held().is_some()) {
            hold.stage = Stage::Over(now, how);
        }
    }

    /// Puts in force what is held, on somebody's word; whether anything was.
    pub fn accept(&mut self, now: Timestamp) -> bool {
        let Some(hold) = self.hold.as_mut() else { return false };
        let Stage::Standing(kept) = hold.stage.clone() else { return false };
        hold.stage = Stage::Over(now, Release::Accepted);
        (self.fetched, self.changed) = (Some(hold.last), Some(now));
        (self.body, self.hash, self.etag, self.last_modified) = (Some(kept.body), kept.hash, kept.etag, kept.last_modified);
        true
    }

    /// Whether `other` knows something of the feed that came after all that is known here.
    pub fn is_behind(&self, other: &Self) -> bool {
        other.overrules(self) || other.last_word() > self.last_word()
    }

    /// Whether a hold that stands in `other` was released here on somebody's word.
    pub(super) fn overrules(&self, other: &Self) -> bool {
        let accepted = |hold: &&Hold| hold.released().is_some_and(|(_, how)| how == Release::Accepted);
        let accepted = self.hold.as_ref().filter(accepted).map(|hold| hold.since);
        accepted.is_some() && accepted == other.standing().map(|hold| hold.since)
    }

    /// The last instant at which anything about it changed.
    fn last_word(&self) -> Option<Timestamp> {
        let released = self.hold.as_ref().and_then(Hold::released).map(|(at, _)| at);
        self.tried.max(self.changed).max(released)
    }
}
