//! Series: one briefing serves a recurring window, so one occurrence at a time leads and all others ride on it.
//! Owns which occurrences belong together and which one leads. Says nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::briefing::Word;
use super::case::Case;
use super::desk::{Plan, Scene};
use super::marks;
use super::notice::Kind;
use super::past::Past;
use crate::agenda::{TaskId, Thing, history, same_title};
use crate::people::FeedName;

/// How long after an occurrence that was asked for in vain the next one is asked for.
const AGAIN: SignedDuration = SignedDuration::from_hours(28 * 24);

/// What an occurrence is to its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It belongs to none, or was changed by itself.
    Alone,
    /// It is the one that is asked for.
    Leads {
        /// Whether no occurrence before it was asked for in vain.
        first: bool,
    },
    /// Another occurrence is asked for in its place, if any is ahead.
    Rides {
        /// When that one starts.
        leader: Option<Timestamp>,
    },
}

/// The occurrence that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leader {
    /// Which.
    task: TaskId,
    /// When it starts.
    start: Timestamp,
    /// Whether none before it was asked for in vain.
    first: bool,
}

/// One series.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    /// All occurrences.
    all: Vec<TaskId>,
    /// Those that are as the rule has them, by start.
    unchanged: Vec<TaskId>,
    /// The one that is asked for.
    leader: Option<Leader>,
    /// What was said of the briefing at any occurrence, the latest first.
    words: Vec<Word>,
    /// When to look again although nothing is new: when the first of those that lead, or led and may do so again, begins.
    again: Option<Timestamp>,
    /// Whether something was said or answered since the last look.
    touched: bool,
}

/// Finds the series among `cases` and tells each unchanged occurrence which one it belongs to.
pub(super) fn gather(cases: &mut BTreeMap<TaskId, Case>, scene: &Scene) -> Vec<Series> {
    if scene.rules.every_occurrence {
        return Vec::new();
    }
    for case in cases.values_mut() {
        (case.group, case.series) = (None, None);
    }
    let names = names(cases, scene);
    let mut groups: BTreeMap<&(FeedName, String), Vec<TaskId>> = BTreeMap::new();
    for (id, name) in &names {
        groups.entry(name).or_default().push(id.clone());
    }
    let mut all = Vec::with_capacity(groups.len());
    for (place, mut members) in groups.into_values().enumerate() {
        members.sort_by_key(|id| cases.get(id).map(|case| (case.start(), case.id.clone())));
        let title = usual_title(&members, cases);
        let is_unchanged = |id: &&TaskId| cases.get(*id).is_some_and(|case| unchanged(case, title.as_deref(), scene));
        let unchanged: Vec<TaskId> = members.iter().filter(is_unchanged).cloned().collect();
        for id in &members {
            if let Some(case) = cases.get_mut(id) {
                case.group = Some(place);
            }
        }
        for id in &unchanged {
            if let Some(case) = cases.get_mut(id) {
                case.series = Some(place);
            }
        }
        all.push(Series { all: members, unchanged, touched: true, ..Series::default() });
    }
    all
}

/// The name of the series of each recurring task: a feed and a UID, the earliest one when it went on under another.
fn names(cases: &BTreeMap<TaskId, Case>, scene: &Scene) -> BTreeMap<TaskId, (FeedName, String)> {
    let recurring = || cases.values().filter(|case| case.task.recurs);
    let mut renamed: BTreeMap<(&FeedName, &str), &str> = BTreeMap::new();
    for case in recurring() {
        let Some(sighting) = scene.history.get(&case.id) else { continue };
        let mut forms = sighting.revisions.iter().map(|revision| &revision.was).chain([&sighting.thing]).map(uid);
        let Some(first) = forms.next() else { continue };
        renamed.extend(forms.filter(|uid| *uid != first).map(|uid| ((&case.task.feed, uid), first)));
    }
    let origin = |feed: &FeedName, uid: &str| {
        let mut seen = BTreeSet::new();
        let mut name = uid;
        while let Some(earlier) = renamed.get(&(feed, name)).filter(|earlier| seen.insert(**earlier)) {
            name = earlier;
        }
        (feed.clone(), name.to_owned())
    };
    recurring().map(|case| (case.id.clone(), origin(&case.task.feed, &case.task.identity.uid))).collect()
}

/// What an event is called.
fn uid(thing: &Thing) -> &str {
    &thing.identity().uid
}

/// The title that most occurrences have; of two as frequent the one that comes first.
fn usual_title(members: &[TaskId], cases: &BTreeMap<TaskId, Case>) -> Option<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for case in members.iter().filter_map(|id| cases.get(id)) {
        match counts.iter_mut().find(|(title, _)| same_title(title, &case.task.title)) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => counts.push((&case.task.title, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.iter().find(|(_, count)| *count == most).map(|(title, _)| (*title).to_owned())
}

/// Whether an occurrence is as its rule has it: it starts when its RECURRENCE-ID says and has the title of the others.
fn unchanged(case: &Case, title: Option<&str>, scene: &Scene) -> bool {
    let named = title.is_none_or(|title| same_title(title, &case.task.title));
    let Some(id) = case.task.identity.recurrence_id.as_deref() else { return named };
    let zone = case.account.as_ref().and_then(|account| account.zone.as_ref()).unwrap_or(&scene.zone);
    let timely = match (id.parse::<Timestamp>(), id.parse::<Date>()) {
        (Ok(planned), _) => !history::moved(planned, case.start()),
        // The feed may place its dates in a zone of its own: a day to either side is no move.
        (Err(_), Ok(date)) => zone.midnight(date).duration_since(case.start()).abs() < SignedDuration::from_hours(24),
        (Err(_), Err(_)) => true,
    };
    named && timely
}

impl Series {
    /// What an unchanged occurrence is to it.
    pub(super) fn part(&self, task: &TaskId) -> Part {
        match &self.leader {
            Some(leader) if leader.task == *task => Part::Leads { first: leader.first },
            leader => Part::Rides { leader: leader.as_ref().map(|leader| leader.start) },
        }
    }

    /// All its occurrences, changed ones too.
    pub(super) fn all(&self) -> &[TaskId] {
        &self.all
    }

    /// What was said of the briefing at any occurrence, the latest first.
    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// Notes that something was said or answered.
    pub(super) fn touch(&mut self) {
        self.touched = true;
    }

    /// Looks again who leads and what was said; the tasks whose decision that changes.
    pub(super) fn renew(&mut self, cases: &BTreeMap<TaskId, Case>, past: &Past, now: Timestamp, plan: &mut Plan) -> Vec<TaskId> {
        // Without anything new nobody comes to lead where nobody does.
        let holds = self.again.is_none_or(|again| now < again);
        if holds && !self.touched {
            plan.wake(self.again);
            return Vec::new();
        }
        let own = self.all.iter().filter_map(|id| cases.get(id));
        let mut words: Vec<Word> = own.flat_map(|case| case.own_words(past)).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.at));
        let leader = self.choose(cases, past, now, plan);
        let wakes = if words != self.words || leader != self.leader { self.unchanged.clone() } else { Vec::new() };
        self.words = words;
        self.leader = leader;
        // Until it is remembered who leads, nothing is settled.
        self.touched = self.leader.as_ref().is_some_and(|leader| !past.instants.contains_key(&marks::leads(&leader.task)));
        let own = self.unchanged.iter().filter_map(|id| cases.get(id));
        let begins = own.filter(|case| now < case.start() && was_chosen(case, past)).map(Case::start);
        self.again = begins.chain(self.leader.as_ref().map(|leader| leader.start)).min();
        plan.wake(self.again);
        wakes
    }

    /// The occurrence that is asked for now: the one chosen before while it is ahead and uncovered, else the next; four
    /// weeks after one that was asked for in vain, also when that was uncovered only after the other had been chosen.
    fn choose(&self, cases: &BTreeMap<TaskId, Case>, past: &Past, now: Timestamp, plan: &mut Plan) -> Option<Leader> {
        let wanting = || self.unchanged.iter().filter_map(|id| cases.get(id)).filter(|case| case.stands && case.uncovered);
        let chosen = |case: &&Case| was_chosen(case, past);
        let ran = |case: &&Case| case.start() <= now && asked_in_vain(case, past);
        let last = self.unchanged.iter().filter_map(|id| cases.get(id)).filter(ran).map(Case::start).max();
        let first = last.is_none();
        let from = last.map_or(now, |last| last.saturating_add(AGAIN).unwrap_or(Timestamp::MAX));
        let asked = |case: &&Case| past.about(&case.id).any(|said| !said.withdrawn);
        let goes_on = |case: &&Case| chosen(case) && (first || from <= case.start() || asked(case));
        if let Some(case) = wanting().filter(|case| now < case.start()).find(goes_on) {
            return Some(Leader { task: case.id.clone(), start: case.start(), first });
        }
        let case = wanting().find(|case| now < case.start() && from <= case.start())?;
        plan.instants.push((marks::leads(&case.id), now));
        Some(Leader { task: case.id.clone(), start: case.start(), first })
    }
}

/// Whether an occurrence came to lead once.
fn was_chosen(case: &Case, past: &Past) -> bool {
    past.instants.contains_key(&marks::leads(&case.id))
}

/// Whether somebody was asked for an occurrence that began, and nobody was told that it needs nothing. What became of it
/// later is no matter: its feed may have dropped it, leave may have been entered afterwards.
fn asked_in_vain(case: &Case, past: &Past) -> bool {
    let told = past.about(&case.id).filter(|said| !said.withdrawn);
    let last = told.max_by_key(|said| said.at);
    was_chosen(case, past) && last.is_some_and(|said| said.kind != Kind::Retraction)
}
