//! One feed: the copy in force, what it shows, and what a fetch does to it. Every fetch, of the daemon, of `once`, of
//! `simulate` and of `feeds fetch`, comes in through this one door.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::agenda::{self, Agenda, Matcher, Purpose};
use crate::calendar::{self, Problem, Reading};
use crate::config::Config;
use crate::feeds::brake::{self, Ends, Loss};
use crate::feeds::{self, Body, Feed, Fetched, Retry};
use crate::plan::{FeedHold, Release};
use crate::store::{Claim, FeedCopy, Held, Hold, Stage};
use crate::window::Window;
use crate::zone::Zone;

/// The longest wait that a failure leads to: a day, which a server may ask for, and a tenth on top.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(27);

/// One feed and what is known of it.
#[derive(Clone, Debug)]
pub struct FeedState {
    /// The configuration of it.
    pub feed: Feed,
    /// Its last good copy and what the tries after it said.
    pub copy: FeedCopy,
    /// Where floating times and dates belong if the file does not say.
    zone: Zone,
    /// What its copy says in the span in force, until somebody asks what that means.
    reading: Option<Reading>,
    /// When the events of its copy end, in the span in force.
    ends: Option<Ends>,
    /// Whether what this copy means in the span in force was taken in.
    pub(super) is_read: bool,
    /// How many occurrences it shows in the span.
    pub(super) events: usize,
    /// What was odd about it.
    pub problems: Vec<Problem>,
    /// How many fetches in a row failed, as far as this process knows.
    failures: u32,
    /// Set when a new copy came in that no turn has looked at.
    pub(super) fresh: Option<Fresh>,
}

/// What one copy means in the span in force.
#[derive(Default)]
pub(super) struct Meaning {
    /// What its events mean.
    pub(super) part: Agenda,
    /// When they end.
    ends: Option<Ends>,
    /// How many occurrences it shows.
    events: usize,
    /// What was odd about it.
    problems: Vec<Problem>,
}

/// A copy that no turn has looked at yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fresh {
    /// The good fetch before it.
    pub(super) before: Option<Timestamp>,
}

/// Where floating times and dates of a feed belong if its file does not say: where the configuration says, else where the
/// one engineer is whose calendar it is.
pub(super) fn zone<'a>(feed: &'a Feed, config: &'a Config) -> &'a Zone {
    let mut owners = config.team.engineers.values().filter(|engineer| engineer.feeds.contains(&feed.role.name));
    let owner = owners.next().map(|owner| &owner.zone).filter(|_| owners.next().is_none());
    feed.role.zone.as_ref().or(owner).unwrap_or(&config.reading.zone)
}

impl FeedState {
    /// What a process asks for before it fetches this feed.
    pub fn claim(&self) -> Claim {
        Claim { feed: self.copy.feed.clone(), tried: self.copy.tried, timeout: self.feed.timeout }
    }

    /// A feed with its stored copy, if there is one.
    pub(super) fn new(feed: &Feed, zone: Zone, copy: Option<&FeedCopy>) -> Self {
        let copy = copy.cloned().unwrap_or_else(|| FeedCopy::none(feed.role.name.clone()));
        let (reading, ends, is_read, problems, fresh) = (None, None, false, Vec::new(), None);
        Self { feed: feed.clone(), copy, zone, reading, ends, is_read, events: 0, problems, failures: 0, fresh }
    }

    /// Takes over what another process has stored; whether that is another calendar.
    pub(super) fn renew(&mut self, stored: &FeedCopy) -> bool {
        if stored.body == self.copy.body {
            self.copy = stored.clone();
            return false;
        }
        self.fresh.get_or_insert(Fresh { before: self.copy.fetched });
        self.copy = stored.clone();
        self.forget();
        true
    }

    /// Takes in a fetch; whether it brought another calendar into force.
    pub(super) fn take(&mut self, fetched: Fetched, span: Option<Window>, now: Timestamp) -> bool {
        self.copy.tried = Some(now);
        let (body, span) = match (fetched, span) {
            (Fetched::Unchanged, _) => {
                self.succeeded(now);
                return false;
            }
            (Fetched::Failed { why, retry }, _) => {
                self.failed(why, retry, now);
                return false;
            }
            (Fetched::New(_), None) => return false,
            (Fetched::New(body), Some(span)) => (body, span),
        };
        // Another process may have put the same bytes in force since they were asked for.
        if self.copy.hash.as_ref() == Some(&body.hash) {
            self.succeeded(now);
            return false;
        }
        let reading = calendar::read(&body.bytes, span, &self.zone);
        if let Err(why) = feeds::judge(&reading.standing, self.feed.empty_body_is_empty) {
            self.failed(why, Retry::SCHEDULED, now);
            return false;
        }
        let ends = Ends::of(&reading.found, &self.zone);
        let loss = self.ends(span).and_then(|before| brake::loss(before.ahead(now), ends.ahead(now)));
        if let Some(loss) = loss {
            if self.holds(&body, loss, now) {
                return false;
            }
            self.copy.release(Release::Taken, now);
        }
        self.put_in_force(body, now);
        (self.reading, self.ends) = (Some(reading), Some(ends));
        true
    }

    /// Notes a good fetch of what is in force from now on.
    fn succeeded(&mut self, now: Timestamp) {
        self.copy.release(Release::Returned, now);
        self.copy.fetched = Some(now);
        self.answered();
    }

    /// Forgets its failures.
    fn answered(&mut self) {
        (self.copy.error, self.copy.failing_since, self.copy.next_try, self.failures) = (None, None, None, 0);
    }

    /// Notes a failed fetch: the copy in force stays, and grows older.
    fn failed(&mut self, why: String, retry: Retry, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.copy.error = Some(why);
        self.copy.failing_since.get_or_insert(now);
        self.copy.next_try = retry.next(&self.copy.feed, self.failures, &self.feed.fetch, now);
    }

    /// Puts another copy in force.
    fn put_in_force(&mut self, body: Body, now: Timestamp) {
        // Several copies may come in before a turn looks: what vanished, vanished after the first of them.
        self.fresh.get_or_insert(Fresh { before: self.copy.fetched });
        self.succeeded(now);
        self.copy.changed = Some(now);
        self.copy.body = Some(body.bytes);
        self.copy.hash = Some(body.hash);
        self.copy.etag = body.etag;
        self.copy.last_modified = body.last_modified;
        self.is_read = false;
    }

    /// Holds back a good fetch that lost so much; false when the loss has stood long enough to be believed.
    fn holds(&mut self, body: &Body, loss: Loss, now: Timestamp) -> bool {
        // After a clock that went back a hold begins anew, lest it wait for an instant far ahead.
        let standing = self.copy.standing().filter(|hold| hold.since <= now);
        let (since, before) = standing.map_or((now, 0), |hold| (hold.since, hold.fetches));
        let fetches = before.saturating_add(1);
        let held = Held {
            body: Arc::clone(&body.bytes),
            hash: Some(body.hash.clone()),
            etag: body.etag.clone(),
            last_modified: body.last_modified.clone(),
        };
        let Loss { missing, of } = loss;
        self.copy.hold = Some(Hold { since, last: now, fetches, missing, of, stage: Stage::Standing(held) });
        self.answered();
        !brake::is_over(since, fetches, now)
    }

    /// What the brake did with the fetch at `now`, for the log.
    pub fn braked(&self, now: Timestamp) -> Option<String> {
        let Hold { since, missing, of, stage, .. } = self.copy.hold.as_ref()?;
        match stage {
            Stage::Standing(_) if *since == now => {
                Some(format!("held back, it lacks {missing} of {of} future events; `offwatch feeds accept {}` takes it", self.copy.feed))
            }
            Stage::Over(at, how) if *at == now => Some(format!("held back no longer: {how}")),
            Stage::Standing(_) | Stage::Over(..) => None,
        }
    }

    /// What of it the admin hears of, beside another calendar: whether it fails, and what is held since when.
    pub(super) fn trouble(&self) -> (bool, Option<Timestamp>) {
        (self.copy.failing_since.is_some(), self.copy.standing().map(|hold| hold.since))
    }

    /// What the brake holds back, or held back last.
    pub(super) fn hold(&self) -> Option<FeedHold> {
        let Hold { since, last, fetches, missing, of, .. } = *self.copy.hold.as_ref()?;
        let released = self.copy.hold.as_ref().and_then(Hold::released);
        // A fetch that failed since does not count, and the next one comes after it.
        let tried = self.copy.tried.map_or(last, |tried| tried.max(last));
        let due = if released.is_none() { brake::due(since, fetches, tried, &self.feed.fetch) } else { None };
        Some(FeedHold { since, last, fetches, missing, of, due, released })
    }

    /// When the events of the copy in force end; none when there is none.
    fn ends(&mut self, span: Window) -> Option<&Ends> {
        if self.ends.is_none() {
            let reading = calendar::read(self.copy.body.as_ref()?, span, &self.zone);
            self.ends = Some(Ends::of(&reading.found, &self.zone));
            self.reading = Some(reading);
        }
        self.ends.as_ref()
    }

    /// Forgets what was read in a span that is in force no more.
    pub(super) fn forget(&mut self) {
        (self.reading, self.ends, self.is_read) = (None, None, false);
    }

    /// Finds out what the copy means in `span`; [`FeedState::understand`] remembers that.
    pub(super) fn read(&self, config: &Config, matcher: &Matcher, span: Window) -> Meaning {
        let unread = self.copy.body.as_ref().filter(|_| self.reading.is_none());
        let read_now = unread.map(|body| calendar::read(body, span, &self.zone));
        let Some(reading) = self.reading.as_ref().or(read_now.as_ref()) else { return Meaning::default() };
        let ends = self.ends.is_none().then(|| Ends::of(&reading.found, &self.zone));
        let part = agenda::sheet(&self.feed.role, &reading.found, &config.team, matcher, &config.reading);
        let whole = |problem: &&str| Problem { line: None, component: None, uid: None, problem: (*problem).to_owned() };
        let problems = reading.problems.iter().cloned().chain(part.cut.iter().map(whole)).collect();
        Meaning { part, ends, events: reading.found.len(), problems }
    }

    /// Remembers what the copy in force means; the part of the agenda in it.
    pub(super) fn understand(&mut self, meaning: Meaning) -> Agenda {
        let Meaning { part, ends, events, problems } = meaning;
        for cut in &part.cut {
            tracing::warn!(feed = %self.copy.feed, "{cut}");
        }
        (self.is_read, self.reading, self.events, self.problems) = (true, None, events, problems);
        self.ends = ends.or_else(|| self.ends.take());
        part
    }

    /// When the fetch is due that is taken by itself although the brake holds it back; none when nothing is held.
    pub fn due(&self) -> Option<Timestamp> {
        self.hold().and_then(|hold| hold.due)
    }

    /// When it is asked next by a daemon that asked it last at `last`.
    pub fn next_try(&self, last: Timestamp) -> Option<Timestamp> {
        self.copy.next_try.or_else(|| self.feed.fetch.after(last))
    }

    /// Whether it is to be left alone for longer than its schedule says, because its server asked for that or is in trouble:
    /// a process that was started anew keeps to it too. A wait that no process gives is none of ours.
    pub fn is_to_be_spared(&self, now: Timestamp) -> bool {
        let Some((tried, next)) = self.copy.tried.zip(self.copy.next_try) else { return false };
        let is_known = self.copy.body.is_some() && tried <= now && next.duration_since(now) <= LONGEST_WAIT;
        is_known && next > now && self.feed.fetch.after(tried) != Some(next)
    }

    /// Whether it is read for `purpose`.
    pub fn reads(&self, purpose: Purpose) -> bool {
        self.feed.role.reads.contains(&purpose)
    }
}
