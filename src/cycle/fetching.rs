//! Asks feeds side by side, each in a task of its own, so that a slow one costs nobody else their time.
//! Knows when each was asked last and for which of them a turn had better wait. Takes nothing in, and owns no clock.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;
use tokio::task::{Id, JoinError, JoinSet};

use super::FeedState;
use crate::feeds::{self, Client, Fetched, Previous, Retry};
use crate::people::FeedName;

/// How many feeds are asked at the same time: each may bring 16 MiB.
const AT_ONCE: usize = 32;

/// How many of them may be feeds that failed the last time: those that hang take nobody else's turn.
const FAILING_AT_ONCE: usize = AT_ONCE / 2;

/// How long a turn waits for feeds that were asked just now: what changes in two of them together is then seen together.
const TOGETHER: SignedDuration = SignedDuration::from_secs(5);

/// All fetches under way.
#[derive(Debug)]
pub struct Fetching {
    /// What speaks HTTP.
    client: Arc<Client>,
    /// Lets so many ask at the same time.
    gate: Arc<Semaphore>,
    /// Lets so many of those ask that failed the last time.
    side_gate: Arc<Semaphore>,
    /// The tasks.
    tasks: JoinSet<Fetched>,
    /// What each task asks.
    asked: HashMap<Id, Asked>,
    /// When each feed was last asked.
    last: BTreeMap<FeedName, Timestamp>,
    /// Feeds never tried before that other replicas are asking.
    elsewhere: BTreeMap<FeedName, Elsewhere>,
    /// What came and was not picked up.
    answers: Vec<Answer>,
}

/// A fetch under way.
#[derive(Clone, Debug)]
struct Asked {
    /// Which feed.
    feed: FeedName,
    /// What it is compared with.
    previous: Previous,
    /// Since when.
    since: Timestamp,
    /// Whether it was never tried before: until it answers or fails nobody knows who is there.
    is_first: bool,
}

/// A feed never tried before that another replica is asking.
#[derive(Clone, Copy, Debug)]
struct Elsewhere {
    /// Since when this process knows of that.
    since: Timestamp,
    /// How long the fetch takes at most.
    timeout: SignedDuration,
}

/// What a feed was asked, and how that ended.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Which feed.
    pub feed: FeedName,
    /// What it was compared with.
    pub previous: Previous,
    /// How it ended.
    pub fetched: Fetched,
}

impl Fetching {
    /// Nothing was asked yet.
    pub fn new() -> Self {
        Self {
            client: Arc::new(Client::new()),
            gate: Arc::new(Semaphore::new(AT_ONCE)),
            side_gate: Arc::new(Semaphore::new(FAILING_AT_ONCE)),
            tasks: JoinSet::new(),
            asked: HashMap::new(),
            last: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            answers: Vec::new(),
        }
    }

    /// Asks a feed for what is new since `previous`; each day once for the whole, lest a server whose tags lie be believed
    /// for ever.
    pub fn ask(&mut self, state: &FeedState, mut previous: Previous, now: Timestamp) {
        if state.copy.fetched.is_some_and(|fetched| date(fetched) != date(now)) {
            (previous.etag, previous.last_modified) = (None, None);
        }
        let (feed, client, gate) = (state.feed.clone(), Arc::clone(&self.client), Arc::clone(&self.gate));
        let asked = Asked { feed: feed.role.name.clone(), previous: previous.clone(), since: now, is_first: state.copy.tried.is_none() };
        self.last.insert(asked.feed.clone(), now);
        self.elsewhere.remove(&asked.feed);
        let side_gate = state.copy.failing_since.map(|_| Arc::clone(&self.side_gate));
        let task = self.tasks.spawn(async move {
            // Waiting for one's turn does not count towards the feed's own time. The gates are never closed.
            let _aside = match &side_gate {
                Some(side_gate) => Some(side_gate.acquire().await),
                None => None,
            };
            let _permit = gate.acquire().await;
            feeds::fetch(&feed, &previous, &client, now).await
        });
        self.asked.insert(task.id(), asked);
    }

    /// Takes into account that another process has asked a feed: it need not be asked again until its schedule says so.
    pub fn heed(&mut self, state: &FeedState) {
        let Some(tried) = state.copy.tried else { return };
        if self.elsewhere.remove(&state.copy.feed).is_some() {
            self.last.entry(state.copy.feed.clone()).or_insert(tried);
        }
        if let Some(last) = self.last.get_mut(&state.copy.feed) {
            *last = tried.max(*last);
        }
    }

    /// Leaves a feed to another replica that is asking it. If it was never tried before, that answer is waited for as if it
    /// were this process's own.
    pub fn leave(&mut self, state: &FeedState, now: Timestamp) {
        if state.copy.tried.is_none() {
            let fresh = Elsewhere { since: now, timeout: state.feed.timeout };
            let known = self.elsewhere.entry(state.copy.feed.clone()).or_insert(fresh);
            known.since = known.since.min(now);
        }
    }

    /// Whether a feed is to be asked: its schedule says so, or the next try after a failure has come.
    pub fn is_due(&self, state: &FeedState, now: Timestamp) -> bool {
        if self.is_asked(&state.copy.feed) {
            return false;
        }
        // A clock that stepped back makes the last fetch lie in the future: then it is as good as none.
        match (self.last.get(&state.copy.feed), state.copy.next_try) {
            (Some(last), Some(next)) if *last <= now => next <= now,
            (Some(last), None) if *last <= now => state.feed.fetch.latest(*last, now).is_some(),
            (Some(_) | None, _) => !state.is_to_be_spared(now),
        }
    }

    /// When a feed is to be asked next; none while it is being asked.
    pub fn next(&self, state: &FeedState, now: Timestamp) -> Option<Timestamp> {
        let last = self.last.get(&state.copy.feed).copied().unwrap_or(now);
        state.next_try(last).filter(|_| !self.is_asked(&state.copy.feed))
    }

    /// Whether a turn had better wait: for feeds that were asked just now, and for those never tried before. The latter
    /// wait no longer than each feed's own time, once, whoever asks them.
    pub fn is_gathering(&self, now: Timestamp) -> bool {
        let is_fresh = |asked: &Asked| asked.since <= now && now.duration_since(asked.since) < TOGETHER;
        let is_awaited = |other: &Elsewhere| other.since <= now && now.duration_since(other.since) < other.timeout;
        self.asked.values().any(|asked| asked.is_first || is_fresh(asked)) || self.elsewhere.values().any(is_awaited)
    }

    /// Waits until an answer comes; for ever while nobody is asked. May be dropped at any time, nothing is lost.
    pub async fn arrival(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(ended) => self.note(ended),
            None => std::future::pending().await,
        }
    }

    /// Waits for all answers.
    pub async fn all(mut self) -> Vec<Answer> {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            self.note(ended);
        }
        self.answers
    }

    /// The answers that came since.
    pub fn answers(&mut self) -> Vec<Answer> {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.note(ended);
        }
        std::mem::take(&mut self.answers)
    }

    /// Drops what is under way and forgets when feeds were asked: other settings are in force.
    pub fn begin_anew(&mut self) {
        (self.tasks, self.asked, self.answers) = (JoinSet::new(), HashMap::new(), Vec::new());
        self.last.clear();
        self.elsewhere.clear();
    }

    /// Notes how a task ended.
    fn note(&mut self, ended: Result<(Id, Fetched), JoinError>) {
        let (id, fetched) = ended.unwrap_or_else(|error| {
            (error.id(), Fetched::Failed { why: "the fetch was broken off: this is a bug".to_owned(), retry: Retry::SCHEDULED })
        });
        let Some(Asked { feed, previous, .. }) = self.asked.remove(&id) else { return };
        self.answers.push(Answer { feed, previous, fetched });
    }

    /// Whether a feed is being asked.
    fn is_asked(&self, feed: &FeedName) -> bool {
        self.asked.values().any(|asked| asked.feed == *feed) || self.answers.iter().any(|answer| answer.feed == *feed)
    }
}

/// The date of an instant in UTC.
fn date(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

impl Default for Fetching {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{self, Context};
    use crate::cycle::Cycle;
    use crate::store::Store;

    /// A feed whose last good fetch was at `fetched`, if there was any. Its file is not there.
    async fn state(fetched: Option<Timestamp>) -> FeedState {
        let text = "[service]\nadmin = \"a@example.com\"\n[mail]\nfrom = \"o@example.com\"\nsend = \"folder\"\n\
            [[feed]]\nname = \"tasks\"\npath = \"tasks.ics\"\nreads = [\"tasks\"]\n[[engineer]]\nid = \"ada\"\nemail = \"ada@example.com\"\n\
            [[account]]\nid = \"acme\"\nengineers = [\"ada\"]\n";
        let config = config::read(text, "offwatch.toml", Path::new("/nowhere"), &Context::default()).unwrap();
        let mut cycle = Cycle::resume(Arc::new(config), &Store::memory()).await.unwrap();
        let mut state = cycle.inputs().feeds()[0].clone();
        (state.copy.fetched, state.copy.tried) = (fetched, fetched);
        state
    }

    /// An instant.
    fn at(time: &str) -> Timestamp {
        format!("2026-12-{time}Z").parse().unwrap()
    }

    /// The `ETag` that a feed is asked with at `now`.
    async fn check(fetched: &str, now: &str) -> Option<String> {
        let known = Previous { etag: Some("v1".to_owned()), last_modified: None, hash: Some("h".to_owned()) };
        let mut fetching = Fetching::new();
        fetching.ask(&state(Some(at(fetched))).await, known, at(now));
        fetching.all().await.remove(0).previous.etag
    }

    #[tokio::test]
    async fn a_feed_is_asked_for_the_whole_once_a_day() {
        assert_eq!(check("01T09:00", "01T23:59").await, Some("v1".to_owned()));
        assert_eq!(check("01T23:59", "02T00:00").await, None);
        assert_eq!(check("02T00:00", "02T00:10").await, Some("v1".to_owned()));
    }

    #[tokio::test]
    async fn a_turn_waits_a_moment_for_what_was_just_asked_and_longer_for_what_was_never_tried() {
        let seconds = ["00", "04", "05", "59"];
        let mut rows = Vec::new();
        for fetched in [None, Some(at("01T08:00"))] {
            let mut fetching = Fetching::new();
            fetching.ask(&state(fetched).await, Previous::default(), at("01T09:00:00"));
            rows.push(seconds.map(|second| fetching.is_gathering(at(&format!("01T09:00:{second}")))));
            fetching.arrival().await;
            assert!(!fetching.is_gathering(at("01T09:00:00")), "it has answered");
        }
        assert_eq!(rows, [[true; 4], [true, true, false, false]]);
    }

    #[tokio::test]
    async fn a_turn_waits_for_what_another_replica_tries_first_but_no_longer_than_that_may_take() {
        let (mut state, mut fetching) = (state(None).await, Fetching::new());
        let seconds = ["00", "10", "29", "30"];
        fetching.leave(&state, at("01T09:00:00"));
        fetching.leave(&state, at("01T09:00:29"));
        assert_eq!(seconds.map(|second| fetching.is_gathering(at(&format!("01T09:00:{second}")))), [true, true, true, false]);
        state.copy.tried = Some(at("01T09:00:05"));
        fetching.heed(&state);
        assert!(!fetching.is_gathering(at("01T09:00:06")), "the other one has tried it");
        assert!(!fetching.is_due(&state, at("01T09:00:06")), "it need not be asked again");
        fetching.leave(&state, at("01T09:10:00"));
        assert!(!fetching.is_gathering(at("01T09:10:00")), "something is known of it");
    }

    #[tokio::test]
    async fn feeds_that_hang_again_take_no_turn_of_one_that_is_well() {
        // Whoever connects waits for an answer in vain.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}/", silent.local_addr().unwrap().port());
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (mut fetching, well) = (Fetching::new(), state(Some(at("01T08:00"))).await);
        let mut hanging = well.clone();
        hanging.feed.source = feeds::Source::Url { url: feeds::Secret::new(url), login: None };
        (hanging.feed.timeout, hanging.copy.failing_since) = (SignedDuration::from_mins(10), Some(at("01T08:30")));
        for _ in 0..=AT_ONCE {
            fetching.ask(&hanging, Previous::default(), at("01T09:00"));
        }
        // They have taken all the turns that they get.
        while fetching.side_gate.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        fetching.ask(&well, Previous::default(), at("01T09:00"));
        fetching.arrival().await;
        assert_eq!(fetching.answers().len(), 1);
        assert_eq!(fetching.gate.available_permits(), AT_ONCE - FAILING_AT_ONCE);
    }

    #[tokio::test]
    async fn a_server_that_wants_to_be_left_alone_is_spared_by_a_process_started_anew() {
        let mut state = state(Some(at("01T08:55"))).await;
        let is_due = |state: &FeedState, now| Fetching::new().is_due(state, at(now));
        assert!(is_due(&state, "01T09:00"), "no wait is known");
        (state.copy.body, state.copy.next_try) = (Some(b"BEGIN:VCALENDAR".as_slice().into()), Some(at("01T11:00")));
        assert!(!is_due(&state, "01T09:00") && !is_due(&state, "01T10:59:59") && is_due(&state, "01T11:00"));
        assert!(is_due(&state, "01T08:00"), "after a clock that went back");
        state.copy.next_try = Some(at("01T09:00"));
        assert!(is_due(&state, "01T08:56"), "that is its schedule, and whoever starts it may have mended it");
        state.copy.next_try = Some(at("03T09:00"));
        assert!(is_due(&state, "01T09:00"), "nobody waits that long");
        (state.copy.body, state.copy.next_try) = (None, Some(at("01T11:00")));
        assert!(is_due(&state, "01T09:00"), "nothing is known of it");
    }

    #[tokio::test]
    async fn a_feed_that_is_asked_or_has_a_next_try_ahead_is_not_due() {
        let (mut state, mut fetching) = (state(None).await, Fetching::new());
        assert!(fetching.is_due(&state, at("01T09:00:00")), "never asked");
        fetching.ask(&state, Previous::default(), at("01T09:00:00"));
        assert!(!fetching.is_due(&state, at("01T10:00:00")), "asked, and no answer yet");
        fetching.arrival().await;
        assert!(!fetching.is_due(&state, at("01T10:00:00")), "answered, and nobody has heard it");
        assert_eq!(fetching.answers().len(), 1);
        assert!(!fetching.is_due(&state, at("01T09:09:59")) && fetching.is_due(&state, at("01T09:10:00")), "by its schedule");
        state.copy.next_try = Some(at("01T09:01:00"));
        assert!(!fetching.is_due(&state, at("01T09:00:59")) && fetching.is_due(&state, at("01T09:01:00")), "sooner after a failure");
        state.copy.next_try = Some(at("01T11:00:00"));
        assert!(!fetching.is_due(&state, at("01T10:59:59")) && fetching.is_due(&state, at("01T11:00:00")), "not before it may be");
        assert!(fetching.is_due(&state, at("01T08:00:00")), "after a clock that went back");
    }
}
