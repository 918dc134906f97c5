//! What was known at each instant, and what follows from it at once: presence, coverage, and since when a task is as it is.
//! Owns the second reading of *uncovered* and *known*; decides nothing about letters.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use super::presence::{Piece, Presence, hours};
use super::{Answer, Away, Heard, Moment, TaskFact, TaskRef, World};
use crate::people::{Account, EngineerId};
use crate::window::{Window, Windows};

/// A world with the presence of everybody at each of its moments.
pub(super) struct Knowledge<'a> {
    /// The world.
    pub(super) world: &'a World,
    /// By engineer, one presence for each moment; shared while nothing changes.
    presence: BTreeMap<&'a EngineerId, Vec<Rc<Presence>>>,
    /// UIDs with more than one occurrence, or with a RECURRENCE-ID.
    series: BTreeSet<&'a str>,
    /// The runs of every occurrence.
    runs: BTreeMap<TaskRef, Vec<Run>>,
    /// By UID, others that may be the same task re-created.
    aliases: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The aliases of what has none.
    nobody: BTreeSet<&'a str>,
}

/// A time in which one occurrence stood unchanged, wanted somebody and was known.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The task as it was at the first moment of the run.
    pub(super) task: TaskFact,
    /// Since when it is known like that.
    pub(super) known: Timestamp,
    /// When it changed, was covered, cancelled or gone, or began.
    pub(super) end: Timestamp,
    /// The start that it had just before, when it was moved.
    pub(super) moved_from: Option<Timestamp>,
}

impl Run {
    /// Whether it stood until the task began.
    pub(super) fn held(&self) -> bool {
        self.end == self.task.start
    }

    /// Whether it was moved by so little that this is no change: then requests may name either start.
    pub(super) fn nudged(&self) -> bool {
        self.moved_from.is_some_and(|old| near(old, self.task.start))
    }
}

/// Whether two starts are less than an hour apart.
pub(super) fn near(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() < SignedDuration::from_hours(1)
}

impl<'a> Knowledge<'a> {
    /// Works out everybody's presence.
    pub(super) fn new(world: &'a World) -> Self {
        let all = || world.moments.iter().flat_map(|moment| &moment.tasks);
        let mut names: BTreeMap<&str, BTreeSet<Option<&String>>> = BTreeMap::new();
        for task in all() {
            names.entry(&task.uid).or_default().insert(task.recurrence_id.as_ref());
        }
        let recurs = |ids: &BTreeSet<Option<&String>>| ids.len() > 1 || ids.iter().any(Option::is_some);
        let series = names.iter().filter(|(_, ids)| recurs(ids)).map(|(uid, _)| *uid).collect();
        let (presence, aliases) = (presence(world), aliases(world));
        let mut knowledge = Self { world, presence, series, runs: BTreeMap::new(), aliases, nobody: BTreeSet::new() };
        knowledge.runs = knowledge.tasks().into_iter().map(|name| (name.clone(), knowledge.find_runs(&name))).collect();
        knowledge
    }

    /// Which moment was in force.
    pub(super) fn index(&self, instant: Timestamp) -> Option<usize> {
        self.world.moments.partition_point(|moment| moment.at <= instant).checked_sub(1)
    }

    /// What was known.
    pub(super) fn moment(&self, instant: Timestamp) -> Option<&'a Moment> {
        self.world.moments.get(self.index(instant)?)
    }

    /// Somebody's time as it was known.
    pub(super) fn presence(&self, engineer: &EngineerId, instant: Timestamp) -> Option<&Presence> {
        self.presence_at(engineer, self.index(instant)?)
    }

    /// Somebody's time as that moment has it.
    pub(super) fn presence_at(&self, engineer: &EngineerId, index: usize) -> Option<&Presence> {
        self.presence.get(engineer)?.get(index).map(Rc::as_ref)
    }

    /// The account of a task.
    pub(super) fn account(&self, task: &TaskFact) -> Option<&'a Account> {
        self.world.team.account(task.account.as_ref()?)
    }

    /// The occurrence as that moment has it.
    pub(super) fn fact(&self, name: &TaskRef, index: usize) -> Option<&'a TaskFact> {
        let mut tasks = self.world.moments.get(index)?.tasks.iter();
        tasks.find(|task| task.uid == name.uid && task.recurrence_id == name.recurrence_id)
    }

    /// The occurrence as it was known.
    pub(super) fn fact_at(&self, name: &TaskRef, instant: Timestamp) -> Option<&'a TaskFact> {
        self.fact(name, self.index(instant)?)
    }

    /// Every occurrence that was ever known.
    pub(super) fn tasks(&self) -> BTreeSet<TaskRef> {
        self.world.moments.iter().flat_map(|moment| &moment.tasks).map(TaskFact::reference).collect()
    }

    /// Whether one briefing serves several occurrences of that UID.
    pub(super) fn is_series(&self, uid: &str) -> bool {
        !self.world.settings.every_occurrence && self.series.contains(uid)
    }

    /// From its start to the end of its aftercare.
    pub(super) fn watch(&self, task: &TaskFact) -> Option<Window> {
        let end = if task.end > task.start { task.end } else { task.start + SignedDuration::from_hours(1) };
        Window::new(task.start, end + self.world.settings.aftercare)
    }

    /// Whether none of the account's engineers is there for long enough, as that moment has it.
    pub(super) fn uncovered(&self, task: &TaskFact, index: usize) -> bool {
        let (Some(account), Some(watch)) = (self.account(task), self.watch(task)) else { return false };
        let mut bare = Windows::from(watch);
        for engineer in &account.engineers {
            if let Some(presence) = self.presence_at(engineer, index) {
                bare = bare.minus(&presence.covering);
            }
        }
        bare.iter().any(|part| part.length() >= self.world.settings.min_uncovered)
    }

    /// Whether it is there, not cancelled, somebody's and uncovered, as that moment has it.
    pub(super) fn wanting(&self, task: &TaskFact, index: usize) -> bool {
        !task.cancelled && self.uncovered(task, index)
    }

    /// The times in which an occurrence stood with one start and account and was uncovered, before it began.
    pub(super) fn runs(&self, name: &TaskRef) -> &[Run] {
        self.runs.get(name).map_or(&[], Vec::as_slice)
    }

    /// Works the runs of an occurrence out.
    fn find_runs(&self, name: &TaskRef) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut before: Option<&TaskFact> = None;
        let mut open = false;
        for (index, moment) in self.world.moments.iter().enumerate() {
            let fact = self.fact(name, index);
            let wanted = fact.filter(|task| task.start > moment.at && self.wanting(task, index));
            let same = |run: &Run, task: &TaskFact| run.task.start == task.start && run.task.account == task.account;
            let goes_on = runs.last().zip(wanted).is_some_and(|(run, task)| open && same(run, task));
            if let Some(run) = runs.last_mut().filter(|_| open && !goes_on) {
                run.end = run.end.min(moment.at);
            }
            if let Some(task) = wanted.filter(|_| !goes_on) {
                let known = moment.at.max(self.world.born);
                let moved_from = before.map(|task| task.start).filter(|start| *start != task.start);
                runs.push(Run { task: task.clone(), known, end: task.start, moved_from });
            }
            open = wanted.is_some();
            before = fact.or(before);
        }
        runs.retain(|run| run.known < run.end);
        runs
    }

    /// When that occurrence, or its series, was answered first, and how, by word or by its own event.
    pub(super) fn answered(&self, name: &TaskRef) -> Option<(Timestamp, Option<Answer>)> {
        let meant = |other: &TaskRef| other.uid == name.uid && (self.is_series(&name.uid) || other.covers(name));
        let said = self.world.answers.iter().filter(|(_, other, _)| meant(other)).map(|(at, _, how)| (*at, Some(*how)));
        let mut tasks = self.world.moments.iter().flat_map(|moment| moment.tasks.iter().map(move |task| (moment.at, task)));
        let marked = tasks.find(|(_, task)| task.marked_done && meant(&task.reference())).map(|(at, _)| (at, None));
        said.chain(marked).min_by_key(|(at, _)| *at)
    }

    /// Names under which the same task may have been known: same account and title, never seen together with it.
    pub(super) fn aliases(&self, uid: &str) -> &BTreeSet<&'a str> {
        self.aliases.get(uid).unwrap_or(&self.nobody)
    }

    /// Where letters to that engineer go.
    pub(super) fn is_address_of(&self, heard: &Heard, engineer: &EngineerId) -> bool {
        self.world.team.engineers.get(engineer).is_some_and(|engineer| engineer.email.is(&heard.to))
    }
}

impl TaskRef {
    /// Whether what is said of it holds for `other`: the same occurrence, or the whole event.
    fn covers(&self, other: &Self) -> bool {
        self.uid == other.uid && (self.recurrence_id.is_none() || self.recurrence_id == other.recurrence_id)
    }
}

/// A title without case, spacing and marks in brackets.
pub(super) fn plain(title: &str) -> String {
    let mut depth = 0_u32;
    let mut text = String::new();
    for letter in title.chars() {
        match letter {
            '[' | '(' => depth = depth.saturating_add(1),
            ']' | ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 && !letter.is_whitespace() => text.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    text
}

/// By UID, others of the same account and title that were never seen together with it.
fn aliases(world: &World) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut seen: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut titles = BTreeSet::new();
    for (index, moment) in world.moments.iter().enumerate() {
        for task in &moment.tasks {
            seen.entry(&task.uid).or_default().insert(index);
            titles.insert((task.account.as_ref(), task.title.as_str(), task.uid.as_str()));
        }
    }
    let mut alike: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (account, title, uid) in titles {
        alike.entry((account, plain(title))).or_default().insert(uid);
    }
    let apart = |one: &str, other: &str| seen.get(one).zip(seen.get(other)).is_some_and(|(one, other)| one.is_disjoint(other));
    let mut aliases: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for uids in alike.values() {
        for uid in uids {
            let others = uids.iter().copied().filter(|other| apart(uid, other));
            aliases.entry(uid).or_default().extend(others);
        }
    }
    aliases
}

/// Everybody's presence at each moment.
fn presence(world: &World) -> BTreeMap<&EngineerId, Vec<Rc<Presence>>> {
    let far = |days: i64| SignedDuration::from_hours(24 * days);
    let mut everybody = BTreeMap::new();
    for (id, engineer) in &world.team.engineers {
        let (first, last) = (engineer.zone.date(world.born - far(200)), engineer.zone.date(world.until + far(150)));
        let hours: Vec<Piece> = hours(engineer, first, last);
        let mut by_moment: Vec<Rc<Presence>> = Vec::new();
        let mut before: Option<Vec<Away>> = None;
        for moment in &world.moments {
            let absences: Vec<Away> = moment.absences.iter().filter(|fact| fact.engineer == *id).map(|fact| fact.away).collect();
            let unchanged = by_moment.last().filter(|_| before.as_ref() == Some(&absences)).cloned();
            by_moment.push(unchanged.unwrap_or_else(|| Rc::new(Presence::new(&hours, &absences, &world.settings))));
            before = Some(absences);
        }
        everybody.insert(id, by_moment);
    }
    everybody
}
