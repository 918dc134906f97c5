//! One turn at one `now`: read what the feeds brought, decide, word, queue, deliver.
//! The daemon, `once` and `simulate` run this same turn. Owns no clock: `now` is handed in.

mod calendar;
mod delivery;
mod feed;
mod fetching;
mod inputs;
mod post;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};

pub use delivery::{Limits, Round};
pub use feed::FeedState;
pub use fetching::{Answer, Fetching};
pub use inputs::{Inputs, News};

use crate::agenda::history::SetBack;
use crate::agenda::{History, Register, Shown, Sighting, history, register};
use crate::config::Config;
use crate::mail;
use crate::outbox::{Letter, Waiting};
use crate::people::FeedName;
use crate::plan::{BORN, Desk, Hold, Key, Kind, LAST_TURN, Notice, Outside, Past, RefusedLetter, Renewal, Said};
use crate::send::Sender;
use crate::store::{Store, Turn};
use post::post;

/// How long the copy of a feed that has left the configuration is kept after it was asked last: it may have left by mistake.
const UNCONFIGURED: SignedDuration = SignedDuration::from_hours(24);

/// A clock that was set back by less than this is left to catch up.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(2);

/// A clock that is further ahead of the last turn than this may be wrong: nothing is forgotten by it at once.
const LEAP: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long its time must have stood before anything is.
const BELIEVED: SignedDuration = SignedDuration::from_hours(24);

/// The name under which it is remembered when the clock leapt.
const LEAPT: &str = "clock/leapt";

/// The name under which it is remembered from where.
const BEFORE_LEAP: &str = "clock/before";

/// A letter with the notices in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The letter as queued.
    pub letter: Letter,
    /// What it says.
    pub notices: Vec<Notice>,
}

/// What one turn came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Letters queued, by recipient and key.
    pub letters: Vec<Written>,
    /// What was not said, and why.
    pub hold: Vec<Hold>,
    /// When the answer can next change without new input.
    pub next: Option<Timestamp>,
}

/// Everything that lives from turn to turn.
#[derive(Debug)]
pub struct Cycle {
    /// The configuration in force.
    config: Arc<Config>,
    /// Feeds and what they show.
    inputs: Inputs,
    /// What earlier turns left behind.
    past: Past,
    /// Everything seen.
    register: Register,
    /// The desk as last laid out; none when inputs changed since.
    desk: Option<Box<Desk>>,
    /// Letters refused so far.
    refused: Vec<RefusedLetter>,
    /// What the last round of sending left to the next.
    left: delivery::Left,
    /// What was seen but could not be written down yet, because the store refused it (a full disk): the next turn tries.
    unwritten: Turn,
}

impl Written {
    /// Its text, line ends as `\n`.
    pub fn text(&self, config: &Config, at: Timestamp) -> String {
        mail::text(&self.notices, &post(config), at).1
    }
}

impl Cycle {
    /// Takes up where the store left off.
    pub async fn resume(config: Arc<Config>, store: &Store) -> Result<Self> {
        let copies = store.copies().await.context("reading the copies of feeds")?;
        let inputs = Inputs::new(&config, &copies);
        let mut cycle = Self {
            config,
            inputs,
            past: Past::default(),
            register: Register::default(),
            desk: None,
            refused: Vec::new(),
            left: delivery::Left::default(),
            unwritten: Turn::default(),
        };
        cycle.recall(store).await?;
        cycle.inputs.resume(cycle.past.instants.get(LAST_TURN).copied());
        Ok(cycle)
    }

    /// Reads again what other processes may have written.
    pub async fn reload(&mut self, store: &Store) -> Result<()> {
        let others = store.copies_beside(&self.inputs.copies()).await.context("reading the copies of feeds")?;
        self.inputs.renew(&others);
        self.recall(store).await
    }

    /// Takes over what is stored of `feeds`: what this process has fetched of them was not kept, for others know better.
    pub async fn give_way(&mut self, store: &Store, feeds: &[FeedName]) -> Result<()> {
        if feeds.is_empty() {
            return Ok(());
        }
        let mut known = self.inputs.copies();
        known.retain(|feed, _| !feeds.contains(feed));
        let stored = store.copies_beside(&known).await.context("reading the copies of feeds")?;
        self.inputs.give_way(&stored, feeds);
        Ok(())
    }

    /// Reads again all but the copies of feeds.
    async fn recall(&mut self, store: &Store) -> Result<()> {
        self.past = store.past().await.context("reading the ledger")?.as_ref().clone();
        self.register = Register::new(&store.history().await.context("reading the history")?);
        self.heed_winner();
        let refused = store.refused_since(Timestamp::MIN).await.context("reading refused letters")?;
        let told = |waiting: &Waiting| {
            let (life, answer) = (&waiting.life, waiting.life.last_answer.clone().unwrap_or_default());
            delivery::refused_letter(waiting, life, life.done.unwrap_or(waiting.queued), answer)
        };
        self.refused = refused.iter().map(told).collect();
        self.desk = None;
        let mut bygone = store.bygone().await.context("reading what feeds showed of people's time")?;
        bygone.extend(self.unwritten.bygone.iter().cloned());
        self.inputs.recall(bygone);
        if self.unwritten != Turn::default() {
            let Turn { sightings, forgotten, instants, .. } = &self.unwritten;
            self.register.apply(&history::Update { changed: sightings.clone(), forgotten: forgotten.clone() });
            self.past.instants.extend(instants.iter().cloned());
        }
        Ok(())
    }

    /// Drops what could not be written down and was, since, by another process: what that one knows is the older knowledge.
    fn heed_winner(&mut self) {
        let (history, instants) = (self.register.history(), &self.past.instants);
        self.unwritten.sightings.retain(|seen| history.get(&seen.id).is_none_or(|stored| stored.is_behind(seen)));
        self.unwritten.instants.retain(|(name, _)| !instants.contains_key(name));
    }

    /// Forgets what is older than anything that is remembered, here and in the store, and the copies of feeds that have left
    /// the configuration.
    pub async fn forget(&mut self, store: &Store, now: Timestamp) -> Result<()> {
        store.prune(self.oldest_kept(now)).await?;
        let configured = self.config.feeds.iter().map(|feed| &feed.role.name).collect();
        store.drop_copies(&configured, now.checked_sub(UNCONFIGURED).unwrap_or(Timestamp::MIN)).await?;
        store.write_back().await?;
        self.recall(store).await
    }

    /// From when on everything is remembered. A clock that is far ahead, be it for a moment, must not take the ledger along: what
    /// was said would be said again.
    fn oldest_kept(&self, now: Timestamp) -> Timestamp {
        let last = self.past.instants.get(LAST_TURN).copied().filter(|last| now.duration_since(*last) > LEAP);
        let by = last.map_or_else(|| self.believed(now), |last| self.believed(last));
        by.checked_sub(history::KEPT).unwrap_or(Timestamp::MIN)
    }

    /// The time that it surely is when the clock says `at`: after a leap, the one before, until the new one has stood.
    fn believed(&self, at: Timestamp) -> Timestamp {
        let instant = |name| self.past.instants.get(name).copied();
        let leap = instant(LEAPT).zip(instant(BEFORE_LEAP)).filter(|(leapt, _)| at.duration_since(*leapt) < BELIEVED);
        leap.map_or(at, |(_, before)| before.min(at))
    }

    /// Notes that the clock has leapt since the last turn.
    fn note_leap(&mut self, now: Timestamp, leaving: &mut Turn) {
        let last = self.past.instants.get(LAST_TURN).copied().filter(|last| now.duration_since(*last) > LEAP);
        let Some(before) = last.map(|last| self.believed(last)) else { return };
        let leap = [(LEAPT.to_owned(), now), (BEFORE_LEAP.to_owned(), before)];
        self.past.instants.extend(leap.iter().cloned());
        leaving.instants.extend(leap);
    }

    /// Puts another configuration in force.
    pub fn adopt(&mut self, config: Arc<Config>) {
        self.inputs.adopt(&config);
        self.config = config;
        self.desk = None;
    }

    /// The configuration in force.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Feeds and what they show.
    pub fn inputs(&mut self) -> &mut Inputs {
        &mut self.inputs
    }

    /// What all feeds together mean, as the last turn saw them.
    pub fn shown(&self) -> &Shown {
        self.inputs.shown()
    }

    /// What earlier turns left behind.
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// Everything seen.
    pub fn history(&self) -> &Arc<History> {
        self.register.history()
    }

    /// How many tasks ahead want a briefing at `now`, as far as the last turn saw.
    pub fn wanting(&self, now: Timestamp) -> usize {
        let wants = |desk: &Desk| desk.cases().filter(|case| desk.settled(case, &self.past, now).is_none()).count();
        self.desk.as_deref().map_or(0, wants)
    }

    /// Lays everything out anew in the next turn, which comes to the same but costs more.
    pub fn lay_anew(&mut self) {
        self.desk = None;
    }

    /// Takes an answer into account without reading everything again; the caller has stored it.
    pub fn answered(&mut self, answer: crate::plan::Answer) {
        if let Some(desk) = &mut self.desk {
            desk.touch([&answer.task]);
        }
        self.past.answers.insert(answer.task.clone(), answer);
    }

    /// One turn: looks at what is new, decides, queues the letters in one transaction. Sends nothing yet.
    pub async fn turn(&mut self, store: &Store, now: Timestamp) -> Result<Report> {
        let mut leaving = std::mem::take(&mut self.unwritten);
        self.set_back(now, &mut leaving);
        let oldest = self.oldest_kept(now);
        self.note_leap(now, &mut leaving);
        self.look(now, oldest, &mut leaving);
        let outside = self.outside();
        let Some(desk) = &mut self.desk else { return Ok(Report::default()) };
        let seen = leaving.instants.len();
        let plan = desk.decide(&self.past, &outside, now);
        let written = write(&plan.say, &self.past, &self.config, now);
        leaving.letters = written.iter().map(|written| written.letter.clone()).collect();
        leaving.writers.clone_from(&plan.writers);
        leaving.instants.extend(plan.instants.iter().cloned());
        leaving.instants.push((LAST_TURN.to_owned(), now));
        let committed = match store.commit(&leaving, now).await {
            Ok(committed) => committed,
            Err(error) => {
                // Nothing was said. What was decided is decided again, what was seen is written down by the next turn.
                let Turn { sightings, forgotten, bygone, mut instants, set_back, .. } = leaving;
                instants.truncate(seen);
                self.unwritten = Turn { sightings, forgotten, bygone, instants, set_back, ..Turn::default() };
                self.desk = None;
                return Err(error.context("writing the turn down"));
            }
        };
        desk.touch(plan.say.iter().filter_map(|notice| notice.task.as_ref()));
        let letters: Vec<Written> = written.into_iter().filter(|written| !committed.dropped.contains(&written.letter.key)).collect();
        self.remember(&letters, leaving);
        // Never the same instant again: what is due now was said now, or is held for a reason.
        let soon = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now);
        let next = plan.next.into_iter().chain(self.inputs.sees_further_at()).min();
        Ok(Report { letters, hold: plan.hold, next: next.map(|next| next.max(soon)) })
    }

    /// What the plan says at `now`, without writing anything down.
    pub fn preview(&mut self, now: Timestamp) -> Option<(&Desk, crate::plan::Plan)> {
        self.look(now, self.oldest_kept(now), &mut Turn::default());
        let outside = self.outside();
        self.desk.as_mut()?.touch_all();
        let plan = self.desk.as_mut()?.decide(&self.past, &outside, now);
        self.desk.as_deref().map(|desk| (desk, plan))
    }

    /// After a clock that was ahead was set back: what was noted in a time that is not yet counts as noted now. Else what
    /// hangs on it would wait until that time comes, which may be years.
    fn set_back(&mut self, now: Timestamp, leaving: &mut Turn) {
        let ahead = now.saturating_add(CLOCK_SLACK).unwrap_or(now);
        if self.past.instants.get(LAST_TURN).is_none_or(|last| *last <= ahead) {
            return;
        }
        for (name, at) in self.past.instants.iter_mut().filter(|(_, at)| **at > now) {
            *at = now;
            leaving.instants.push((name.clone(), now));
        }
        let seen = self.register.history().values().flat_map(Sighting::noted);
        let set_back = SetBack::new(seen.chain(self.past.noted()), now);
        let changed: Vec<_> = self.register.history().values().filter_map(|sighting| sighting.set_back(&set_back)).collect();
        self.register.apply(&history::Update { changed: changed.clone(), forgotten: Vec::new() });
        leaving.sightings.extend(changed);
        // Letters put off, or waiting for their next try, by that clock: each is looked at again before it is sent.
        self.past.set_back(&set_back);
        leaving.set_back = Some(set_back);
        self.desk = None;
    }

    /// Takes in what feeds brought: lays the desk out anew at first and when the horizon has moved, else only what hangs
    /// on the feeds that changed. Nothing is forgotten that ended at `oldest` or later.
    fn look(&mut self, now: Timestamp, oldest: Timestamp, leaving: &mut Turn) {
        if self.desk.is_some() && !self.inputs.is_stale(now) {
            return;
        }
        let found = self.inputs.read(&self.config, now);
        leaving.bygone.extend(found.bygone);
        let desk = self.desk.take().filter(|_| !found.moved);
        let mut fresh = self.inputs.take_fresh();
        let mut feeds_added = Vec::new();
        let names = if desk.is_some() {
            feeds_added = self.note_feeds(fresh.keys(), now, leaving);
            found.changes.things
        } else {
            self.note_arrivals(now, leaving);
            fresh.extend(self.orphans());
            self.inputs.shown().names()
        };
        let mut update = self.register.compare(self.inputs.shown(), &names, &fresh, now);
        let history = self.register.history();
        update.forgotten.retain(|id| history.get(id).is_some_and(|sighting| sighting.thing.end() < oldest));
        let desk = match desk {
            None => {
                self.register.apply(&update);
                Box::new(Desk::new(self.inputs.scene(&self.config, &self.past, Arc::clone(self.register.history()))))
            }
            Some(mut desk) => {
                desk.release();
                self.register.apply(&update);
                let things = update.changed.iter().map(|sighting| &sighting.id).chain(&update.forgotten);
                desk.renew(Renewal {
                    history: Arc::clone(self.register.history()),
                    things: things.cloned().collect(),
                    people: self.inputs.people(&self.config, found.changes.engineers.iter()),
                    busy: self.inputs.busy(found.changes.meetings.iter()),
                    shifts: found.changes.shifts.then(|| self.inputs.shown().shifts()),
                    unmatched: found.changes.unmatched.then(|| self.inputs.shown().unmatched()),
                    feeds_added,
                });
                desk
            }
        };
        self.desk = Some(desk);
        leaving.sightings.extend(update.changed);
        leaving.forgotten.extend(update.forgotten);
    }

    /// Feeds that are remembered and not in the configuration any more: what only they showed is gone with them.
    fn orphans(&self) -> BTreeMap<FeedName, register::Fetched> {
        let configured: BTreeSet<&FeedName> = self.config.feeds.iter().map(|feed| &feed.role.name).collect();
        let orphans = self.register.feeds().filter(|feed| !configured.contains(feed));
        orphans.map(|feed| (feed.clone(), register::Fetched { place: None, before: None })).collect()
    }

    /// Notes when offwatch, each feed, account and engineer was first there.
    fn note_arrivals(&mut self, now: Timestamp, leaving: &mut Turn) {
        let team = &self.config.team;
        // A feed is there from its first good fetch on: what it shows then is no news.
        let read = self.inputs.feeds().iter().filter(|state| state.copy.fetched.is_some());
        let feeds = read.map(|state| inputs::feed_mark(&state.copy.feed));
        let accounts = team.accounts.iter().map(|account| inputs::account_mark(&account.id));
        let engineers = team.engineers.keys().map(inputs::engineer_mark);
        let names: Vec<String> = std::iter::once(BORN.to_owned()).chain(feeds).chain(accounts).chain(engineers).collect();
        for name in names {
            self.note(name, now, leaving);
        }
    }

    /// Notes which of these feeds, new copies of which came in, were never there before.
    fn note_feeds<'a>(
        &mut self,
        feeds: impl Iterator<Item = &'a FeedName>,
        now: Timestamp,
        leaving: &mut Turn,
    ) -> Vec<(FeedName, Timestamp)> {
        feeds.filter(|feed| self.note(inputs::feed_mark(feed), now, leaving)).map(|feed| (feed.clone(), now)).collect()
    }

    /// Remembers an instant unless there is one of that name.
    fn note(&mut self, name: String, now: Timestamp, leaving: &mut Turn) -> bool {
        let is_new = !self.past.instants.contains_key(&name);
        if is_new {
            self.past.instants.insert(name.clone(), now);
            leaving.instants.push((name, now));
        }
        is_new
    }

    /// Feeds' health and refused letters.
    fn outside(&self) -> Outside {
        Outside { feeds: self.inputs.health(), refused: self.refused.clone() }
    }

    /// Takes into memory what a turn left in the store.
    fn remember(&mut self, letters: &[Written], leaving: Turn) {
        for said in letters.iter().flat_map(|written| &written.letter.notices) {
            self.past.note(said.clone());
        }
        for writer in leaving.writers {
            self.past.hand_over(writer);
        }
        self.past.instants.extend(leaving.instants);
    }

    /// Writes down an answer that could not be written down when it came: whoever ends must not leave it unsaid.
    pub async fn settle(&mut self, store: &Store, now: Timestamp) -> Result<()> {
        delivery::settle(store, &mut self.left, now).await
    }

    /// Sends what is due, until `limits` are met or the server wants rest; what became wrong is put off or taken back first.
    pub async fn deliver<C: Fn() -> Timestamp, F: Fn() -> bool>(
        &mut self,
        store: &Store,
        sender: &mut Sender,
        limits: &Limits<C, F>,
    ) -> Result<Round> {
        let Some(desk) = &self.desk else { return Ok(Round::default()) };
        let round = delivery::deliver((desk, &self.past), store, sender, &mut self.left, limits).await?;
        self.refused.extend(round.refused.iter().cloned());
        for letter in &round.withdrawn {
            self.past.withdraw(letter, true);
        }
        if let Some(desk) = self.desk.as_mut().filter(|_| !round.withdrawn.is_empty()) {
            let taken = |said: &&Said| said.withdrawn && round.withdrawn.contains(&said.letter);
            desk.touch(self.past.said.values().filter(taken).filter_map(|said| said.task.as_ref()));
        }
        Ok(round)
    }
}

/// Puts all notices for one address into one letter; none whose key is known, which a clock that was behind brings about again.
fn write(say: &[Notice], said: &Past, config: &Config, now: Timestamp) -> Vec<Written> {
    let mut by_address: BTreeMap<&str, Vec<Notice>> = BTreeMap::new();
    for notice in say.iter().filter(|notice| !said.said.contains_key(&notice.key)) {
        by_address.entry(notice.to.address.as_str()).or_default().push(notice.clone());
    }
    let post = post(config);
    let letters = by_address.into_values().map(|notices| {
        let mut letter = mail::word(&notices, &threads(&notices, said), &post, now);
        let covered: Vec<Said> = notices.iter().flat_map(|notice| covered(notice, &letter.key, now)).collect();
        letter.notices.extend(covered);
        Written { letter, notices }
    });
    let letters = letters.collect();
    for trouble in post.style.words.troubles() {
        tracing::error!("{trouble}; the shipped template stands in for it");
    }
    letters
}

/// The keys of the first letters that told this recipient of these tasks: what mail programs put together.
fn threads(notices: &[Notice], past: &Past) -> Vec<Key> {
    let mut firsts: Vec<(Timestamp, Key)> = Vec::new();
    for notice in notices {
        let heard =
            notice.task.iter().flat_map(|task| past.about(task)).filter(|said| said.person == notice.to.person() && !said.withdrawn);
        let first = heard.min_by_key(|said| (said.at, &said.key)).map(|said| (said.at, said.letter.clone()));
        firsts.extend(first.filter(|first| !firsts.contains(first)));
    }
    firsts.sort_unstable();
    firsts.into_iter().map(|(_, letter)| letter).collect()
}

/// The single requests that a list stands in for, as the ledger keeps them.
fn covered(list: &Notice, letter: &Key, now: Timestamp) -> Vec<Said> {
    let said = |key: &Key| Said {
        key: key.clone(),
        kind: Kind::BriefingRequest,
        person: list.to.person().to_owned(),
        task: key.subject().map(|id| crate::agenda::TaskId::new(id.to_owned())),
        task_start: key.start(),
        stage: None,
        reason: format!("stands in the list `{}` of the same letter", list.key),
        uids: None,
        at: now,
        letter: letter.clone(),
        withdrawn: false,
    };
    list.covers.iter().map(said).collect()
}
