//! All feeds together: the span in which they are read, what they mean as a whole, and the scene made from that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::feed::{FeedState, Fresh, Meaning, zone};
use super::fetching::Answer;
use crate::agenda::history::KEPT;
use crate::agenda::shown::Changes;
use crate::agenda::{Busy, Bygone, History, Matcher, Shown, register};
use crate::availability::Availability;
use crate::config::Config;
use crate::feeds::{Fetched, Previous};
use crate::people::{AccountId, EngineerId, FeedName};
use crate::plan::{FeedHealth, HORIZON, Past, Person, Roster, Scene};
use crate::store::{FeedCopy, Stage};
use crate::window::Window;

/// How far beyond the plan's horizon calendars are expanded, so that the desk need not be laid out anew every turn.
const SLACK: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How many feeds are read at the same time when many changed.
const AT_ONCE: usize = 2;

/// From how many feeds on that is worth the threads, each of which keeps memory for itself.
const MANY: usize = 200;

/// What a fetch came to for the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing that a turn could see.
    None,
    /// Another calendar, or a feed that began to fail or to be held, or came back.
    Some,
}

/// All feeds, in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Their states.
    feeds: Vec<FeedState>,
    /// The span in which calendars are expanded.
    span: Option<Window>,
    /// What all feeds show together.
    shown: Shown,
    /// What feeds showed of people's time and show no more.
    bygone: BTreeMap<FeedName, Bygone>,
    /// What finds people and accounts in events.
    matcher: Matcher,
    /// Whether a copy changed since the last look.
    changed: bool,
    /// Whether the span moved since the last look.
    moved: bool,
}

/// What a look came to.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// What is otherwise than before.
    pub(super) changes: Changes,
    /// Whether the span moved, and with it everything that depends on it.
    pub(super) moved: bool,
    /// What is remembered otherwise than before of what feeds showed of people's time.
    pub(super) bygone: Vec<(FeedName, Bygone)>,
}

/// The name under which a feed's first turn is remembered.
pub(super) fn feed_mark(feed: &FeedName) -> String {
    format!("feed/{feed}")
}

/// The name under which an account's first turn is remembered.
pub(super) fn account_mark(account: &AccountId) -> String {
    format!("account/{account}")
}

/// The name under which an engineer's first turn is remembered.
pub(super) fn engineer_mark(engineer: &EngineerId) -> String {
    format!("engineer/{engineer}")
}

impl Inputs {
    /// The feeds of `config` with their stored copies.
    pub(super) fn new(config: &Config, copies: &BTreeMap<FeedName, FeedCopy>) -> Self {
        let feeds = config.feeds.iter().map(|feed| FeedState::new(feed, zone(feed, config).clone(), copies.get(&feed.role.name)));
        let (shown, matcher) = (Shown::of(config.feeds.len()), Matcher::new(&config.team));
        Self { feeds: feeds.collect(), changed: true, shown, matcher, ..Self::default() }
    }

    /// Takes over another configuration; copies of feeds that stay are kept.
    pub(super) fn adopt(&mut self, config: &Config) {
        let sources: BTreeMap<_, _> = self.feeds.iter().map(|state| (state.copy.feed.clone(), state.feed.source.clone())).collect();
        let copies = self.copies();
        let unseen = self.feeds.iter_mut().filter_map(|state| Some((state.copy.feed.clone(), state.fresh.take()?)));
        let mut fresh: BTreeMap<_, _> = unseen.collect();
        let bygone = std::mem::take(&mut self.bygone);
        *self = Self { bygone, ..Self::new(config, &copies) };
        for state in &mut self.feeds {
            // What no turn has looked at yet is still to be looked at.
            state.fresh = fresh.remove(&state.copy.feed);
            // What one address said of its copy means nothing to another.
            if sources.get(&state.copy.feed).is_some_and(|source| *source != state.feed.source) {
                state.copy.etag = None;
                state.copy.last_modified = None;
                state.copy.hash = None;
                state.copy.next_try = None;
                if let Some(Stage::Standing(held)) = state.copy.hold.as_mut().map(|hold| &mut hold.stage) {
                    (held.hash, held.etag, held.last_modified) = (None, None, None);
                }
            }
        }
    }

    /// Copies that were stored after the last turn are still to be looked at: a process died between the two.
    pub(super) fn resume(&mut self, last_turn: Option<Timestamp>) {
        for state in &mut self.feeds {
            let unseen = state.copy.changed.is_some_and(|changed| last_turn.is_some_and(|last| last <= changed));
            state.fresh = unseen.then_some(Fresh { before: last_turn });
        }
    }

    /// What is in hand of each feed.
    pub(super) fn copies(&self) -> BTreeMap<FeedName, FeedCopy> {
        self.feeds.iter().map(|state| (state.copy.feed.clone(), state.copy.clone())).collect()
    }

    /// Takes over copies that another process has stored since.
    pub(super) fn renew(&mut self, copies: &BTreeMap<FeedName, FeedCopy>) {
        for state in &mut self.feeds {
            let Some(stored) = copies.get(&state.copy.feed).filter(|stored| state.copy.is_behind(stored)) else { continue };
            self.changed |= state.renew(stored);
        }
    }

    /// Takes over what is stored of these feeds, whatever is in hand of them.
    pub(super) fn give_way(&mut self, copies: &BTreeMap<FeedName, FeedCopy>, feeds: &[FeedName]) {
        for state in self.feeds.iter_mut().filter(|state| feeds.contains(&state.copy.feed)) {
            let Some(stored) = copies.get(&state.copy.feed) else { continue };
            self.changed |= state.renew(stored);
        }
    }

    /// All feeds.
    pub fn feeds(&self) -> &[FeedState] {
        &self.feeds
    }

    /// What all feeds together mean, as the last turn saw them.
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// What a fetch should compare with.
    pub fn previous(&self, feed: &FeedName) -> Previous {
        let state = self.feeds.iter().find(|state| state.copy.feed == *feed);
        state.map(|state| &state.copy).map_or_else(Previous::default, |copy| Previous {
            etag: copy.etag.clone(),
            last_modified: copy.last_modified.clone(),
            hash: copy.hash.clone(),
        })
    }

    /// Takes in what a feed answered. "Nothing new" is no answer any more once another process has stored another copy.
    pub fn hear(&mut self, answer: Answer, now: Timestamp) -> News {
        let Answer { feed, previous, fetched } = answer;
        if fetched == Fetched::Unchanged && self.previous(&feed).hash != previous.hash {
            return News::None;
        }
        self.take(&feed, fetched, now)
    }

    /// Takes in what a fetch of `feed` brought. The copy to be stored is that feed's state afterwards.
    pub fn take(&mut self, feed: &FeedName, fetched: Fetched, now: Timestamp) -> News {
        let span = self.stretch(now);
        let Some(state) = self.feeds.iter_mut().find(|state| state.copy.feed == *feed) else { return News::None };
        let before = state.trouble();
        let changed = state.take(fetched, span, now);
        self.changed |= changed;
        if changed || state.trouble() != before { News::Some } else { News::None }
    }

    /// Whether the desk must be laid out anew.
    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        self.changed || !self.span.is_some_and(|span| sees(span, now))
    }

    /// When a turn will see further than all before it, though nothing is fetched.
    pub(super) fn sees_further_at(&self) -> Option<Timestamp> {
        self.span.and_then(outgrown)
    }

    /// Reads what changed, in a span that reaches beyond the horizon.
    pub(super) fn read(&mut self, config: &Config, now: Timestamp) -> Look {
        let Some(span) = self.stretch(now) else { return Look::default() };
        let (mut parts, mut bygone) = (Vec::new(), Vec::new());
        for (place, meaning) in self.read_unread(config, span) {
            let Some(state) = self.feeds.get_mut(place) else { continue };
            let mut part = state.understand(meaning);
            let feed = &state.copy.feed;
            let known = self.bygone.get(feed).cloned().unwrap_or_default();
            let mut remembered = known.clone();
            remembered.complete(&mut part, &config.team, state.fresh.and(state.copy.fetched));
            if remembered != known {
                self.bygone.insert(feed.clone(), remembered.clone());
                bygone.push((feed.clone(), remembered));
            }
            parts.push((place, part));
        }
        if self.moved {
            let configured: BTreeSet<&FeedName> = self.feeds.iter().map(|state| &state.copy.feed).collect();
            let orphans: Vec<FeedName> = self.bygone.keys().filter(|feed| !configured.contains(feed)).cloned().collect();
            for feed in orphans {
                self.bygone.remove(&feed);
                bygone.push((feed, Bygone::default()));
            }
        }
        self.changed = false;
        Look { changes: self.shown.replace(parts), moved: std::mem::take(&mut self.moved), bygone }
    }

    /// Takes over what is stored of what feeds showed; a copy that was read with other memories is read again.
    pub(super) fn recall(&mut self, bygone: BTreeMap<FeedName, Bygone>) {
        if bygone == self.bygone {
            return;
        }
        self.bygone = bygone;
        self.feeds.iter_mut().for_each(FeedState::forget);
        self.changed = true;
    }

    /// Reads all feeds that were not read in `span`, several at once when they are many; each with its place.
    fn read_unread(&self, config: &Config, span: Window) -> Vec<(usize, Meaning)> {
        let unread: Vec<(usize, &FeedState)> = self.feeds.iter().enumerate().filter(|(_, state)| !state.is_read).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mine = std::iter::from_fn(|| unread.get(next.fetch_add(1, Ordering::Relaxed)));
            mine.map(|(place, state)| (*place, state.read(config, &self.matcher, span))).collect::<Vec<_>>()
        };
        let mut readings = if unread.len() < MANY {
            work()
        } else {
            std::thread::scope(|scope| {
                let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
                let done = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
                done.flatten().collect()
            })
        };
        readings.sort_by_key(|(place, _)| *place);
        readings
    }

    /// The span in force, which sees the horizon of `now`. When it moves, all that was read in the old one is forgotten.
    fn stretch(&mut self, now: Timestamp) -> Option<Window> {
        if !self.span.is_some_and(|span| sees(span, now)) {
            let from = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
            let until = now.saturating_add(HORIZON).and_then(|until| until.saturating_add(SLACK)).unwrap_or(Timestamp::MAX);
            self.span = Window::new(from, until);
            (self.changed, self.moved) = (true, true);
            self.feeds.iter_mut().for_each(FeedState::forget);
        }
        self.span
    }

    /// The feeds whose new copies no turn has looked at yet, each with the fetch before; from now on one has.
    pub(super) fn take_fresh(&mut self) -> BTreeMap<FeedName, register::Fetched> {
        let fresh = self.feeds.iter_mut().enumerate().filter_map(|(place, state)| {
            let fetched = register::Fetched { place: Some(place), before: state.fresh.take()?.before };
            Some((state.copy.feed.clone(), fetched))
        });
        fresh.collect()
    }

    /// How each feed is.
    pub fn health(&self) -> Vec<FeedHealth> {
        let health = self.feeds.iter().map(|state| FeedHealth {
            feed: state.copy.feed.clone(),
            reads: state.feed.role.reads.clone(),
            fetched: state.copy.fetched,
            failing_since: state.copy.failing_since,
            error: state.copy.error.clone(),
            stale_after: state.feed.stale_after,
            events: state.events,
            hold: state.hold(),
        });
        health.collect()
    }

    /// What these engineers' calendars say of their time.
    pub(super) fn people<'a>(&self, config: &Config, ids: impl Iterator<Item = &'a EngineerId>) -> BTreeMap<EngineerId, Person> {
        let known = ids.filter_map(|id| Some((config.team.engineers.get(id)?, self.span?)));
        let people = known.map(|(engineer, span)| {
            let absences = self.shown.absences(&engineer.id);
            (engineer.id.clone(), Person { availability: Availability::of(engineer, &absences, span), absences })
        });
        people.collect()
    }

    /// What these engineers' calendars say of their meetings.
    pub(super) fn busy<'a>(&self, ids: impl Iterator<Item = &'a EngineerId>) -> BTreeMap<EngineerId, Arc<Busy>> {
        ids.map(|id| (id.clone(), self.shown.busy(id))).collect()
    }

    /// Everything known that does not depend on `now`.
    pub(super) fn scene(&self, config: &Config, past: &Past, history: Arc<History>) -> Scene {
        let (mut availability, mut absences) = (BTreeMap::new(), BTreeMap::new());
        for (id, person) in self.people(config, config.team.engineers.keys()) {
            availability.insert(id.clone(), person.availability);
            absences.insert(id, person.absences);
        }
        let instant = |name: String| past.instants.get(&name).copied();
        let accounts = &config.team.accounts;
        Scene {
            team: Arc::new(config.team.clone()),
            rules: Arc::new(config.rules.clone()),
            zone: config.zone.clone(),
            roster: Arc::new(Roster::new(&config.team)),
            accounts_added: accounts.iter().filter_map(|account| Some((account.id.clone(), instant(account_mark(&account.id))?))).collect(),
            feeds_added: config
                .feeds
                .iter()
                .filter_map(|feed| Some((feed.role.name.clone(), instant(feed_mark(&feed.role.name))?)))
                .collect(),
            engineers_added: config.team.engineers.keys().filter_map(|id| Some((id.clone(), instant(engineer_mark(id))?))).collect(),
            history,
            availability,
            absences,
            busy: self.busy(config.team.engineers.keys()),
            shifts: self.shown.shifts(),
            unmatched: self.shown.unmatched(),
        }
    }
}

/// The first instant whose horizon a span does not see.
fn outgrown(span: Window) -> Option<Timestamp> {
    span.end().checked_sub(HORIZON).and_then(|last| last.checked_add(SignedDuration::from_secs(1))).ok()
}

/// Whether a span sees the horizon of `now`.
fn sees(span: Window, now: Timestamp) -> bool {
    now.saturating_add(HORIZON).is_ok_and(|horizon| horizon <= span.end())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{self, Context};
    use crate::feeds::{Body, Retry, fingerprint};

    /// A new body with one task of this title.
    fn body(title: &str) -> Fetched {
        let text = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:{title}\nDTSTART:20261205T220000Z\nDTEND:20261206T000000Z\nEND:VEVENT\nEND:VCALENDAR\n"
        );
        Fetched::New(Body { hash: fingerprint(text.as_bytes()), bytes: text.into_bytes().into(), etag: None, last_modified: None })
    }

    /// What became of `fetched`, and which feeds would be read again.
    fn check(inputs: &mut Inputs, feed: &str, fetched: Fetched, now: Timestamp) -> String {
        let news = inputs.take(&feed.parse().unwrap(), fetched, now);
        let unread = inputs.feeds.iter().filter(|state| !state.is_read).map(|state| state.copy.feed.to_string());
        format!("{news:?}, stale {}, to read: {}", inputs.is_stale(now), unread.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn only_the_feed_that_changed_is_read_again() {
        let more = "[[feed]]\nname = \"more\"\npath = \"more.ics\"\nreads = [\"tasks\"]\n";
        let text = format!("{}\n{more}", include_str!("../../config/minimal.toml"));
        let config = config::read(&text, "offwatch.toml", Path::new("/nowhere"), &Context::default()).unwrap();
        let now: Timestamp = "2026-12-01T09:00:00Z".parse().unwrap();
        let mut inputs = Inputs::new(&config, &BTreeMap::new());
        assert_eq!(check(&mut inputs, "tasks", body("ACME: upgrade"), now), "Some, stale true, to read: tasks more");
        assert_eq!(check(&mut inputs, "more", body("ACME: drill"), now), "Some, stale true, to read: tasks more");
        inputs.read(&config, now);
        assert_eq!(check(&mut inputs, "tasks", Fetched::Unchanged, now), "None, stale false, to read: ");
        assert_eq!(check(&mut inputs, "more", body("ACME: restore drill"), now), "Some, stale true, to read: more");
        inputs.read(&config, now);
        assert_eq!(inputs.shown().names().len(), 1, "one UID in two task feeds is one task");
    }

    /// What became of the copy in force and of what is held, in a few words, after a fetch at `time` brought `fetched`.
    fn held(inputs: &mut Inputs, fetched: Fetched, time: &str) -> String {
        let now: Timestamp = format!("2026-12-01T{time}Z").parse().unwrap();
        let news = inputs.take(&"tasks".parse().unwrap(), fetched, now);
        let copy = &inputs.feeds[0].copy;
        let clock = |at: Timestamp| at.strftime("%H:%M").to_string();
        let hold = copy.hold.as_ref().map(|hold| (hold.fetches, clock(hold.since), hold.released().map(|(_, how)| how.name())));
        format!("{time} {news:?}, copy of {}, {hold:?}", clock(copy.fetched.unwrap()))
    }

    #[test]
    fn a_hold_counts_good_fetches_alone_and_begins_anew_when_the_clock_went_back() {
        let text = include_str!("../../config/minimal.toml");
        let config = config::read(text, "offwatch.toml", Path::new("/nowhere"), &Context::default()).unwrap();
        let mut inputs = Inputs::new(&config, &BTreeMap::new());
        let empty = || {
            let text = "BEGIN:VCALENDAR\nEND:VCALENDAR\n";
            Fetched::New(Body { hash: fingerprint(text.as_bytes()), bytes: text.as_bytes().into(), etag: None, last_modified: None })
        };
        let failed = || Fetched::Failed { why: "no answer".to_owned(), retry: Retry::SCHEDULED };
        let before = inputs.previous(&"tasks".parse().unwrap());
        assert_eq!(before, Previous::default());
        let fetches = [
            ("09:00", body("ACME: upgrade")),
            ("09:10", empty()),
            ("09:20", empty()),
            ("09:30", failed()),
            ("09:40", empty()),
            ("08:30", empty()),
            ("08:40", Fetched::Unchanged),
            ("08:50", empty()),
            ("09:00", body("ACME: drill")),
        ];
        let rows: Vec<String> = fetches.into_iter().map(|(time, fetched)| held(&mut inputs, fetched, time)).collect();
        insta::assert_snapshot!(rows.join("\n"), @r#"
        09:00 Some, copy of 09:00, None
        09:10 Some, copy of 09:00, Some((1, "09:10", None))
        09:20 None, copy of 09:00, Some((2, "09:10", None))
        09:30 Some, copy of 09:00, Some((2, "09:10", None))
        09:40 Some, copy of 09:00, Some((3, "09:10", None))
        08:30 Some, copy of 09:00, Some((1, "08:30", None))
        08:40 Some, copy of 08:40, Some((1, "08:30", Some("returned")))
        08:50 Some, copy of 08:40, Some((1, "08:50", None))
        09:00 Some, copy of 09:00, Some((1, "08:50", Some("returned")))
        "#);
    }

    #[test]
    fn nothing_new_is_no_answer_once_another_copy_is_in_force() {
        let text = include_str!("../../config/minimal.toml");
        let config = config::read(text, "offwatch.toml", Path::new("/nowhere"), &Context::default()).unwrap();
        let mut inputs = Inputs::new(&config, &BTreeMap::new());
        let feed: FeedName = "tasks".parse().unwrap();
        let at = |time: &str| format!("2026-12-01T{time}Z").parse().unwrap();
        inputs.take(&feed, body("ACME: upgrade"), at("09:00"));
        let unchanged = |previous| Answer { feed: feed.clone(), previous, fetched: Fetched::Unchanged };
        let asked = inputs.previous(&feed);
        inputs.hear(unchanged(asked.clone()), at("09:10"));
        assert_eq!(inputs.feeds[0].copy.fetched, Some(at("09:10")));
        inputs.take(&feed, body("ACME: drill"), at("09:15"));
        inputs.hear(unchanged(asked), at("09:20"));
        assert_eq!(inputs.feeds[0].copy.fetched, Some(at("09:15")), "it was said of the copy before");
    }

    #[test]
    fn a_copy_that_was_stored_and_never_looked_at_is_fresh_after_a_crash() {
        let config = config::read(include_str!("../../config/minimal.toml"), "offwatch.toml", Path::new("/nowhere"), &Context::default());
        let config = config.unwrap();
        let now: Timestamp = "2026-12-01T09:00:00Z".parse().unwrap();
        let mut inputs = Inputs::new(&config, &BTreeMap::new());
        inputs.take(&"tasks".parse().unwrap(), body("ACME: upgrade"), now);
        let copies = inputs.feeds.iter().map(|state| (state.copy.feed.clone(), state.copy.clone())).collect();
        for (last_turn, fresh) in [("2026-12-01T08:50:00Z", 1), ("2026-12-01T09:00:00Z", 1), ("2026-12-01T09:00:01Z", 0)] {
            let mut resumed = Inputs::new(&config, &copies);
            resumed.resume(Some(last_turn.parse().unwrap()));
            assert_eq!(resumed.take_fresh().len(), fresh, "the last turn was at {last_turn}");
        }
    }
}
