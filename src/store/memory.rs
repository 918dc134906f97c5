//! The store that is gone when dropped; `simulate` and stories play on it. Behaves like the file, costs nothing.
//! Hands out what it keeps by reference count: a turn that changes nothing copies nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Committed, FeedCopy, Matter, PAGE, Step, Stepped, Turn, Undo};
use crate::agenda::history::SetBack;
use crate::agenda::{Bygone, History, TaskId};
use crate::outbox::{Census, Letter, Life, State, Waiting};
use crate::people::FeedName;
use crate::plan::{Answer, Handing, Key, Past, Snooze};

/// A store in memory.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Kept>);

/// What it keeps.
#[derive(Debug, Default)]
struct Kept {
    /// What was said, answered and handed over.
    past: Arc<Past>,
    /// What was seen when.
    history: Arc<History>,
    /// What feeds showed of people's time and show no more.
    bygone: BTreeMap<FeedName, Bygone>,
    /// Copies of feeds.
    copies: Arc<BTreeMap<FeedName, FeedCopy>>,
    /// Every letter by its number.
    letters: BTreeMap<i64, Waiting>,
    /// The numbers of those that are not done.
    open: BTreeSet<i64>,
    /// Which letter says a key.
    said_in: BTreeMap<Key, i64>,
    /// All answers.
    answers: Vec<Answer>,
    /// The last number given.
    last: i64,
}

impl Memory {
    /// What is kept, also when a thread died while holding it: every change below is whole.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was said, answered and handed over.
    pub(super) fn past(&self) -> Arc<Past> {
        Arc::clone(&self.kept().past)
    }

    /// What was seen when.
    pub(super) fn history(&self) -> Arc<History> {
        Arc::clone(&self.kept().history)
    }

    /// What feeds showed of people's time and show no more.
    pub(super) fn bygone(&self) -> BTreeMap<FeedName, Bygone> {
        self.kept().bygone.clone()
    }

    /// Copies of feeds.
    pub(super) fn copies(&self) -> Arc<BTreeMap<FeedName, FeedCopy>> {
        Arc::clone(&self.kept().copies)
    }

    /// Copies of feeds that are other ones than these.
    pub(super) fn copies_beside(&self, known: &BTreeMap<FeedName, FeedCopy>) -> BTreeMap<FeedName, FeedCopy> {
        let kept = self.kept();
        let others = kept.copies.iter().filter(|(feed, copy)| known.get(*feed).is_none_or(|known| known.is_behind(copy)));
        others.map(|(feed, copy)| (feed.clone(), copy.clone())).collect()
    }

    /// Keeps copies, but none whose hold was accepted meanwhile; the feeds of which nothing was kept.
    pub(super) fn save_copies(&self, copies: &[FeedCopy]) -> Vec<FeedName> {
        let mut kept = self.kept();
        let mut refused = Vec::new();
        for copy in copies {
            if kept.copies.get(&copy.feed).is_some_and(|known| known.overrules(copy)) {
                refused.push(copy.feed.clone());
            } else {
                Arc::make_mut(&mut kept.copies).insert(copy.feed.clone(), copy.clone());
            }
        }
        refused
    }

    /// Puts in force what is held of a feed.
    pub(super) fn accept(&self, feed: &FeedName, now: Timestamp) -> Option<FeedCopy> {
        let mut kept = self.kept();
        let copy = Arc::make_mut(&mut kept.copies).get_mut(feed)?;
        copy.accept(now).then(|| copy.clone())
    }

    /// Keeps what a turn leaves behind.
    pub(super) fn commit(&self, turn: &Turn, now: Timestamp) -> Committed {
        let mut kept = self.kept();
        let mut committed = Committed::default();
        for letter in &turn.letters {
            match kept.queue(letter) {
                Some(id) => committed.queued.push(id),
                None => committed.dropped.push(letter.key.clone()),
            }
        }
        if !(turn.sightings.is_empty() && turn.forgotten.is_empty()) {
            let history = Arc::make_mut(&mut kept.history);
            history.extend(turn.sightings.iter().map(|sighting| (sighting.id.clone(), sighting.clone())));
            history.retain(|id, _| !turn.forgotten.contains(id));
        }
        if !(turn.writers.is_empty() && turn.instants.is_empty()) {
            let past = Arc::make_mut(&mut kept.past);
            for writer in &turn.writers {
                past.hand_over(writer.clone());
            }
            past.instants.extend(turn.instants.iter().cloned());
        }
        for (feed, bygone) in &turn.bygone {
            kept.bygone.insert(feed.clone(), bygone.clone());
        }
        kept.bygone.retain(|_, bygone| !bygone.is_empty());
        turn.answers.iter().for_each(|answer| kept.answer(answer));
        if let Some(set_back) = &turn.set_back {
            kept.set_back(set_back);
        }
        for (id, reason) in &turn.withdrawn {
            kept.step(*id, &Step::Withdraw(reason), now);
        }
        for (id, until, reason) in &turn.put_off {
            kept.step(*id, &Step::PutOff(*until, reason), now);
        }
        committed
    }

    /// The next letters that are to be tried.
    pub(super) fn due(&self, now: Timestamp, after: i64) -> Vec<Waiting> {
        let due = |letter: &Waiting| letter.id > after && letter.life.is_due(now);
        self.waiting().into_iter().filter(due).take(PAGE).collect()
    }

    /// Letters that are not done.
    pub(super) fn waiting(&self) -> Vec<Waiting> {
        let kept = self.kept();
        kept.open.iter().filter_map(|id| kept.letters.get(id)).cloned().collect()
    }

    /// When the next letter is due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let kept = self.kept();
        kept.open.iter().filter_map(|id| kept.letters.get(id)).map(|letter| letter.life.due).min()
    }

    /// Takes a step with a letter.
    pub(super) fn step(&self, id: i64, step: &Step<'_>, now: Timestamp) -> Stepped {
        self.kept().step(id, step, now)
    }

    /// All letters.
    pub(super) fn outbox(&self) -> Vec<Waiting> {
        self.kept().letters.values().cloned().collect()
    }

    /// The letter that says a key.
    pub(super) fn letter(&self, key: &str) -> Option<Waiting> {
        let kept = self.kept();
        kept.said_in.get(&Key::stored(key.to_owned())).and_then(|id| kept.letters.get(id)).cloned()
    }

    /// Keeps an answer.
    pub(super) fn answer(&self, answer: &Answer) {
        self.kept().answer(answer);
    }

    /// Keeps until when somebody is not to be asked.
    pub(super) fn snooze(&self, snooze: &Snooze) {
        Arc::make_mut(&mut self.kept().past).snooze(snooze.clone());
    }

    /// Keeps whom a briefing was given to.
    pub(super) fn hand(&self, handing: &Handing) {
        Arc::make_mut(&mut self.kept().past).hand(handing.clone());
    }

    /// Takes back what was said.
    pub(super) fn undo(&self, undo: &Undo) -> bool {
        self.kept().undo(undo)
    }

    /// One thing that was seen, and what people said of it.
    pub(super) fn matter(&self, task: &TaskId) -> Option<Matter> {
        let kept = self.kept();
        let mut answers: Vec<Answer> = kept.answers.iter().filter(|answer| answer.task == *task).cloned().collect();
        answers.sort_by_key(|answer| answer.at);
        let (snoozes, handings) = (kept.past.snoozes(task).to_vec(), kept.past.handings(task).to_vec());
        Some(Matter { sighting: kept.history.get(task)?.clone(), answers, snoozes, handings })
    }

    /// Letters refused from then on.
    pub(super) fn refused_since(&self, from: Timestamp) -> Vec<Waiting> {
        let refused = |letter: &&Waiting| letter.life.state == State::Refused && letter.life.done.is_some_and(|done| from <= done);
        self.kept().letters.values().filter(refused).cloned().collect()
    }

    /// How the outbox stands.
    pub(super) fn census(&self, now: Timestamp) -> Census {
        Census::of(self.kept().letters.values().map(|letter| letter.life.clone()), now)
    }

    /// Forgets what is old.
    pub(super) fn prune(&self, before: Timestamp) {
        let mut kept = self.kept();
        let kept = &mut *kept;
        let old = |instant: Option<Timestamp>| instant.is_some_and(|instant| instant < before);
        kept.letters.retain(|_, letter| !old(letter.life.done));
        kept.said_in.retain(|_, id| kept.letters.contains_key(id));
        let history = Arc::make_mut(&mut kept.history);
        history.retain(|_, sighting| !old(sighting.gone.or(sighting.last_seen)));
        let past = Arc::make_mut(&mut kept.past);
        past.retain_said(|key| kept.said_in.contains_key(key));
        let marks = ["covered/", "uncovered/", "leads/", "slot/", "proposed/", "heard/"];
        let mark = |name: &str| marks.iter().any(|mark| name.starts_with(mark));
        past.instants.retain(|name, at| before <= *at || !mark(name));
        past.writers.retain(|(_, start), _| before <= *start);
        past.retain_wishes(before);
        past.answers.retain(|task, answer| before <= answer.at || history.contains_key(task));
        kept.answers.retain(|answer| past.answers.contains_key(&answer.task));
    }

    /// Forgets copies of feeds that are not among `configured` and that nobody has asked since `before`.
    pub(super) fn drop_copies(&self, configured: &BTreeSet<&FeedName>, before: Timestamp) {
        let asked = |copy: &FeedCopy| copy.tried.or(copy.fetched).is_some_and(|tried| before <= tried);
        Arc::make_mut(&mut self.kept().copies).retain(|feed, copy| configured.contains(feed) || asked(copy));
    }

    /// Leaves no traces: there are none.
    #[expect(clippy::unused_self, reason = "the same methods as the file has")]
    pub(super) fn write_back(&self) {}

    /// Nobody else writes here.
    #[expect(clippy::unused_self, reason = "the same methods as the file has")]
    pub(super) fn data_version(&self) -> i64 {
        0
    }
}

impl Kept {
    /// Sets back what was noted by a clock that was ahead.
    fn set_back(&mut self, set_back: &SetBack) {
        let now = set_back.now();
        for letter in self.letters.values_mut() {
            letter.notices.iter_mut().for_each(|said| said.at = set_back.of(said.at));
            let life = &mut letter.life;
            (life.since, life.done) = (life.since.min(now), life.done.map(|done| done.min(now)));
            if life.done.is_none() && life.due > now {
                (life.due, life.due_before) = (now, life.due_before.min(now));
            }
        }
        self.answers.iter_mut().for_each(|answer| answer.at = set_back.of(answer.at));
        Arc::make_mut(&mut self.past).set_back(set_back);
    }

    /// Queues a letter whose own key is new.
    fn queue(&mut self, letter: &Letter) -> Option<i64> {
        if self.said_in.contains_key(&letter.key) {
            return None;
        }
        self.last += 1;
        let id = self.last;
        let past = Arc::make_mut(&mut self.past);
        let mut notices = Vec::new();
        self.said_in.insert(letter.key.clone(), id);
        for said in &letter.notices {
            if !past.said.contains_key(&said.key) {
                self.said_in.insert(said.key.clone(), id);
                past.note(said.clone());
                notices.push(said.clone());
            }
        }
        notices.sort_by(|one, other| one.key.cmp(&other.key));
        let waiting = Waiting {
            id,
            key: letter.key.clone(),
            to: letter.to.clone(),
            engineer: letter.engineer.clone(),
            subject: letter.subject.clone(),
            bytes: letter.bytes.clone(),
            notices,
            queued: letter.queued,
            life: Life::new(letter.queued, letter.useful_until),
        };
        self.letters.insert(id, waiting);
        self.open.insert(id);
        Some(id)
    }

    /// Takes a step with a letter.
    fn step(&mut self, id: i64, step: &Step<'_>, now: Timestamp) -> Stepped {
        let Some(letter) = self.letters.get_mut(&id) else { return Stepped::NOWHERE };
        let stepped = step.take(&mut letter.life, now);
        let withdrawn = letter.life.state == State::Withdrawn && !letter.life.maybe_twice;
        if letter.notices.iter().any(|said| said.withdrawn != withdrawn) {
            letter.notices.iter_mut().for_each(|said| said.withdrawn = withdrawn);
            Arc::make_mut(&mut self.past).withdraw(&letter.key, withdrawn);
        }
        if letter.life.state.is_final() {
            self.open.remove(&id);
        } else {
            self.open.insert(id);
        }
        stepped
    }

    /// Takes back what was said.
    fn undo(&mut self, undo: &Undo) -> bool {
        let said = self.answers.iter().find(|answer| answer.task == undo.task && answer.at == undo.said).cloned();
        let count = self.answers.len();
        self.answers.retain(|answer| {
            let same = |said: &Answer| (&said.task, said.waived, &said.by) == (&answer.task, answer.waived, &answer.by);
            !said.as_ref().is_some_and(same)
        });
        let past = Arc::make_mut(&mut self.past);
        past.answers.remove(&undo.task);
        let left = self.answers.iter().filter(|answer| answer.task == undo.task).max_by_key(|answer| answer.at);
        past.answers.extend(left.map(|answer| (undo.task.clone(), answer.clone())));
        past.undo(&undo.task, undo.said, undo.at) || self.answers.len() < count
    }

    /// Keeps an answer; the latest counts, of two at one instant the later given.
    fn answer(&mut self, answer: &Answer) {
        let same = |old: &Answer| (&old.task, old.waived, old.at, &old.by) == (&answer.task, answer.waived, answer.at, &answer.by);
        // Said again at the same instant, it is the last word.
        self.answers.retain(|old| !same(old));
        self.answers.push(answer.clone());
        let latest = &mut Arc::make_mut(&mut self.past).answers;
        if latest.get(&answer.task).is_none_or(|old| old.at <= answer.at) {
            latest.insert(answer.task.clone(), answer.clone());
        }
    }
}
