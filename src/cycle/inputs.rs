//! Feeds and what they show: the last good copy of each, read once per change, and the scene made from all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::agenda::history::KEPT;
use crate::agenda::{self, Agenda, History, Purpose, Thing};
use crate::availability::Availability;
use crate::calendar::{self, Problem};
use crate::config::Config;
use crate::feeds::{self, Feed, Fetched, Previous};
use crate::people::{AccountId, EngineerId, FeedName};
use crate::plan::{FeedHealth, HORIZON, Past, Scene};
use crate::store::FeedCopy;
use crate::window::Window;
use crate::zone::Zone;

/// How far beyond the plan's horizon calendars are expanded, so that the desk need not be laid out anew every turn.
const SLACK: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What a fetch came to for the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing that a turn could see.
    None,
    /// Another calendar, or a feed that began to fail or came back.
    Some,
}

/// One feed and what is known of it.
#[derive(Clone, Debug)]
pub struct FeedState {
    /// The configuration of it.
    pub feed: Feed,
    /// Its last good copy and what the tries after it said.
    pub copy: FeedCopy,
    /// What its events mean, in the span in force.
    part: Option<Agenda>,
    /// How many occurrences it shows in the span.
    events: usize,
    /// What was odd about it.
    pub problems: Vec<Problem>,
    /// Set when a new copy came in that no turn has looked at.
    fresh: Option<Fresh>,
}

/// A copy that no turn has looked at yet.
#[derive(Clone, Copy, Debug)]
struct Fresh {
    /// The good fetch before it.
    before: Option<Timestamp>,
}

/// All feeds, in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Their states.
    feeds: Vec<FeedState>,
    /// The span in which calendars are expanded.
    span: Option<Window>,
    /// All parts together.
    agenda: Agenda,
    /// Whether a copy changed since the last look.
    changed: bool,
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
        let feeds = config.feeds.iter().map(|feed| FeedState::new(feed, copies.get(&feed.role.name)));
        Self { feeds: feeds.collect(), changed: true, ..Self::default() }
    }

    /// Takes over another configuration; copies of feeds that stay are kept.
    pub(super) fn adopt(&mut self, config: &Config) {
        let sources: BTreeMap<_, _> = self.feeds.iter().map(|state| (state.copy.feed.clone(), state.feed.source.clone())).collect();
        let copies = self.feeds.iter().map(|state| (state.copy.feed.clone(), state.copy.clone())).collect();
        *self = Self::new(config, &copies);
        for state in &mut self.feeds {
            // What one address said of its copy means nothing to another.
            if sources.get(&state.copy.feed).is_some_and(|source| *source != state.feed.source) {
                state.copy.etag = None;
                state.copy.last_modified = None;
                state.copy.hash = None;
            }
        }
    }

    /// Takes over copies that another process has stored since.
    pub(super) fn renew(&mut self, copies: &BTreeMap<FeedName, FeedCopy>) {
        for state in &mut self.feeds {
            let stored = copies.get(&state.copy.feed).filter(|stored| stored.fetched > state.copy.fetched);
            let Some(stored) = stored.filter(|stored| stored.hash != state.copy.hash) else { continue };
            let fresh = Fresh { before: state.copy.fetched };
            *state = FeedState { fresh: Some(fresh), ..FeedState::new(&state.feed, Some(stored)) };
            self.changed = true;
        }
    }

    /// All feeds.
    pub fn feeds(&self) -> &[FeedState] {
        &self.feeds
    }

    /// What all feeds together mean, as the last turn saw them.
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
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

    /// Takes in what a fetch of `feed` brought. The copy to be stored is that feed's state afterwards.
    pub fn take(&mut self, feed: &FeedName, fetched: Fetched, now: Timestamp) -> News {
        let Some(state) = self.feeds.iter_mut().find(|state| state.copy.feed == *feed) else { return News::None };
        let was_failing = state.copy.failing_since.is_some();
        let changed = state.take(fetched, now);
        self.changed |= changed;
        let turned = was_failing != state.copy.failing_since.is_some();
        if changed || turned { News::Some } else { News::None }
    }

    /// Whether the desk must be laid out anew.
    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        let sees = |span: Window| now.saturating_add(HORIZON).is_ok_and(|horizon| horizon <= span.end());
        self.changed || !self.span.is_some_and(sees)
    }

    /// Reads what changed, in a span that reaches beyond the horizon.
    pub(super) fn read(&mut self, config: &Config, now: Timestamp) {
        let from = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let until = now.saturating_add(HORIZON).and_then(|until| until.saturating_add(SLACK)).unwrap_or(Timestamp::MAX);
        let kept = self.span.filter(|span| now.saturating_add(HORIZON).is_ok_and(|horizon| horizon <= span.end()));
        let Some(span) = kept.or_else(|| Window::new(from, until)) else { return };
        let moved = self.span != Some(span);
        self.span = Some(span);
        for state in self.feeds.iter_mut().filter(|state| moved || state.part.is_none()) {
            state.read(config, span);
        }
        self.agenda = agenda::merge(self.feeds.iter().filter_map(|state| state.part.as_ref()));
        self.changed = false;
    }

    /// Everything that tasks and emergencies feeds show.
    pub(super) fn shown(&self) -> Vec<Thing> {
        let tasks = self.agenda.tasks.iter().cloned().map(Thing::Task);
        tasks.chain(self.agenda.emergencies.iter().cloned().map(Thing::Emergency)).collect()
    }

    /// The feeds whose new copies no turn has looked at yet, each with the fetch before; from now on one has.
    pub(super) fn take_fresh(&mut self) -> BTreeMap<FeedName, Option<Timestamp>> {
        let fresh = self.feeds.iter_mut().filter_map(|state| state.fresh.take().map(|fresh| (state.copy.feed.clone(), fresh.before)));
        fresh.collect()
    }

    /// How each feed is.
    pub fn health(&self) -> Vec<FeedHealth> {
        let health = self.feeds.iter().map(|state| FeedHealth {
            feed: state.copy.feed.clone(),
            fetched: state.copy.fetched,
            failing_since: state.copy.failing_since,
            error: state.copy.error.clone(),
            stale_after: state.feed.stale_after,
            events: state.events,
        });
        health.collect()
    }

    /// Everything known that does not depend on `now`.
    pub(super) fn scene(&self, config: &Config, past: &Past, history: Arc<History>) -> Scene {
        let span = self.span;
        let absences = self.agenda.absences.clone();
        let availability = config.team.engineers.iter().filter_map(|(id, engineer)| {
            let own = absences.get(id).map(Vec::as_slice).unwrap_or_default();
            span.map(|span| (id.clone(), Availability::of(engineer, own, span)))
        });
        let instant = |name: String| past.instants.get(&name).copied();
        let accounts = &config.team.accounts;
        Scene {
            team: Arc::new(config.team.clone()),
            rules: Arc::new(config.rules.clone()),
            zone: config.zone.clone(),
            accounts: accounts.iter().map(|account| (account.id.clone(), Arc::new(account.clone()))).collect(),
            accounts_added: accounts.iter().filter_map(|account| Some((account.id.clone(), instant(account_mark(&account.id))?))).collect(),
            feeds_added: config
                .feeds
                .iter()
                .filter_map(|feed| Some((feed.role.name.clone(), instant(feed_mark(&feed.role.name))?)))
                .collect(),
            engineers_added: config.team.engineers.keys().filter_map(|id| Some((id.clone(), instant(engineer_mark(id))?))).collect(),
            history,
            availability: availability.collect(),
            absences,
            shifts: self.agenda.shifts.clone(),
            unmatched: self.agenda.unmatched.clone(),
        }
    }
}

impl FeedState {
    /// A feed with its stored copy, if there is one.
    fn new(feed: &Feed, copy: Option<&FeedCopy>) -> Self {
        let empty = || FeedCopy {
            feed: feed.role.name.clone(),
            body: None,
            hash: None,
            etag: None,
            last_modified: None,
            fetched: None,
            changed: None,
            tried: None,
            error: None,
            failing_since: None,
        };
        let copy = copy.cloned().unwrap_or_else(empty);
        Self { feed: feed.clone(), copy, part: None, events: 0, problems: Vec::new(), fresh: None }
    }

    /// Takes in a fetch; whether it brought another calendar.
    fn take(&mut self, fetched: Fetched, now: Timestamp) -> bool {
        self.copy.tried = Some(now);
        let body = match fetched {
            Fetched::Unchanged => {
                self.succeeded(now);
                return false;
            }
            Fetched::Failed { why, .. } => {
                self.failed(why, now);
                return false;
            }
            Fetched::New(body) => body,
        };
        if let Err(why) = feeds::judge(&body.bytes, self.feed.empty_body_is_empty) {
            self.failed(why, now);
            return false;
        }
        // Several copies may come in before a turn looks: what vanished, vanished after the first of them.
        self.fresh.get_or_insert(Fresh { before: self.copy.fetched });
        self.succeeded(now);
        self.copy.changed = Some(now);
        self.copy.body = Some(body.bytes.to_vec());
        self.copy.hash = Some(body.hash);
        self.copy.etag = body.etag;
        self.copy.last_modified = body.last_modified;
        self.part = None;
        true
    }

    /// Notes a good fetch.
    fn succeeded(&mut self, now: Timestamp) {
        self.copy.fetched = Some(now);
        self.copy.error = None;
        self.copy.failing_since = None;
    }

    /// Notes a failed fetch: the copy in force stays, and grows older.
    fn failed(&mut self, why: String, now: Timestamp) {
        self.copy.error = Some(why);
        self.copy.failing_since.get_or_insert(now);
    }

    /// Finds out what the copy means in `span`.
    fn read(&mut self, config: &Config, span: Window) {
        let Some(body) = &self.copy.body else {
            self.part = Some(Agenda::default());
            return;
        };
        let zone = self.feed.role.zone.as_ref().or_else(|| self.owner_zone(config)).unwrap_or(&config.reading.zone);
        let calendar = calendar::read(body, span, zone);
        self.events = calendar.found.len();
        self.problems = calendar.problems;
        self.part = Some(agenda::sheet(&self.feed.role, &calendar.found, &config.team, &config.reading));
    }

    /// The zone of the one engineer whose calendar it is: floating times in it are theirs.
    fn owner_zone<'a>(&self, config: &'a Config) -> Option<&'a Zone> {
        let mut owners = config.team.engineers.values().filter(|engineer| engineer.feeds.contains(&self.copy.feed));
        owners.next().map(|owner| &owner.zone).filter(|_| owners.next().is_none())
    }

    /// Whether it is read for `purpose`.
    pub fn reads(&self, purpose: Purpose) -> bool {
        self.feed.role.reads.contains(&purpose)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{self, Context};
    use crate::feeds::{Body, fingerprint};

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
        let unread = inputs.feeds.iter().filter(|state| state.part.is_none()).map(|state| state.copy.feed.to_string());
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
        assert_eq!(inputs.agenda().tasks.len(), 1, "one UID in two task feeds is one task");
    }
}
