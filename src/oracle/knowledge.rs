//! What was known at each instant, and what follows from it at once: presence, coverage, and since when a task is as it is.
//! Owns the second reading of *uncovered* and *known*; decides nothing about letters.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use super::history::{self, State, Thread};
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
    /// By engineer, the moments that brought other absences, and their instants.
    changes: BTreeMap<&'a EngineerId, Vec<(usize, Timestamp)>>,
    /// How every occurrence stood over time.
    rows: BTreeMap<TaskRef, Vec<State<'a>>>,
    /// Every task under all its names.
    pub(super) threads: Vec<Thread<'a>>,
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
    /// The slips in it, each from its beginning until it was known again.
    pub(super) slips: Vec<(Timestamp, Timestamp)>,
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

    /// When what is due at `instant` can be said: in a slip nobody knew of it.
    pub(super) fn sayable(&self, instant: Timestamp) -> Timestamp {
        self.slips.iter().find(|(from, until)| *from <= instant && instant < *until).map_or(instant, |(_, until)| *until)
    }
}

/// What is missing, or covered, for less is not.
const SLIP: SignedDuration = SignedDuration::from_mins(30);

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
        let recurring: BTreeSet<&str> = all().filter(|task| task.recurs).map(|task| task.uid.as_str()).collect();
        let recurs = |ids: &BTreeSet<Option<&String>>| ids.len() > 1 || ids.iter().any(Option::is_some);
        let series = names.iter().filter(|(uid, ids)| recurring.contains(*uid) || recurs(ids)).map(|(uid, _)| *uid).collect();
        let presence = presence(world);
        let changes = changes(world, &presence);
        let (rows, runs, aliases, nobody) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut knowledge = Self { world, presence, changes, rows, threads: Vec::new(), series, runs, aliases, nobody };
        knowledge.rows = history::rows(&knowledge);
        knowledge.aliases = self::aliases(&knowledge.rows);
        knowledge.threads = history::threads(&knowledge.rows);
        knowledge.runs = knowledge.tasks().into_iter().map(|name| (name.clone(), knowledge.find_runs(&name))).collect();
        knowledge
    }

    /// The task that had that name.
    pub(super) fn thread(&self, name: &TaskRef) -> Option<&Thread<'a>> {
        self.threads.iter().find(|thread| thread.named(name))
    }

    /// Whether a task was known by that name all the while.
    pub(super) fn keeps_name(&self, name: &TaskRef) -> bool {
        self.thread(name).is_some_and(|thread| !thread.unsure && thread.names.len() == 1)
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

    /// Whether that moment brought anybody other absences.
    pub(super) fn anybody_changed(&self, index: usize) -> bool {
        self.changes.values().any(|changes| changes.binary_search_by_key(&index, |(index, _)| *index).is_ok())
    }

    /// The instants between at which an engineer's absences were known to change.
    pub(super) fn changes(&self, engineer: &EngineerId, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
        let changes = self.changes.get(engineer).map_or(&[][..], Vec::as_slice);
        let after = changes.iter().skip(changes.partition_point(|(_, at)| *at <= from));
        after.map(|(_, at)| *at).take_while(move |at| *at < until)
    }

    /// How one occurrence stood over time.
    pub(super) fn row(&self, name: &TaskRef) -> &[State<'a>] {
        self.rows.get(name).map_or(&[], Vec::as_slice)
    }

    /// How the occurrences of that UID stood over time.
    pub(super) fn named<'k>(&'k self, uid: &str) -> impl Iterator<Item = (&'k TaskRef, &'k Vec<State<'a>>)> {
        let first = TaskRef { uid: uid.to_owned(), recurrence_id: None };
        let uid = uid.to_owned();
        self.rows.range(first..).take_while(move |(name, _)| name.uid == uid)
    }

    /// The stretches in which an engineer's absences were known to be the same, with their time under them.
    pub(super) fn segments(&self, engineer: &EngineerId) -> impl Iterator<Item = (Timestamp, Timestamp, &Presence)> {
        let (first, until) = (self.world.moments.first().map_or(Timestamp::MAX, |moment| moment.at), self.world.until);
        let begins: Vec<Timestamp> = [first].into_iter().chain(self.changes(engineer, first, until)).collect();
        let ends: Vec<Timestamp> = begins.iter().skip(1).copied().chain([until]).collect();
        let both = begins.into_iter().zip(ends);
        both.filter_map(move |(from, until)| Some((from, until, self.presence(engineer, from)?)))
    }

    /// The account of a task.
    pub(super) fn account(&self, task: &TaskFact) -> Option<&'a Account> {
        self.world.team.account(task.account.as_ref()?)
    }

    /// The occurrence as that moment has it.
    pub(super) fn fact(&self, name: &TaskRef, index: usize) -> Option<&'a TaskFact> {
        let row = self.row(name);
        row.get(row.partition_point(|state| state.index <= index).checked_sub(1)?)?.fact
    }

    /// The occurrence as it was known.
    pub(super) fn fact_at(&self, name: &TaskRef, instant: Timestamp) -> Option<&'a TaskFact> {
        self.fact(name, self.index(instant)?)
    }

    /// Every occurrence that was ever known.
    pub(super) fn tasks(&self) -> BTreeSet<TaskRef> {
        self.rows.keys().cloned().collect()
    }

    /// Whether one briefing serves several occurrences of that UID.
    pub(super) fn is_series(&self, uid: &str) -> bool {
        !self.world.settings.every_occurrence && self.series.contains(uid)
    }

    /// The UIDs of which one briefing serves several occurrences.
    pub(super) fn all_series(&self) -> impl Iterator<Item = &'a str> {
        self.series.iter().copied().filter(|_| !self.world.settings.every_occurrence)
    }

    /// Whether an occurrence of a series is a task of its own, as that moment has it; nothing when that is open.
    pub(super) fn own(&self, task: &TaskFact, index: usize) -> Option<bool> {
        let titles = self.usual(&task.uid, index);
        let [usual] = titles.as_slice() else { return None };
        history::own(task, usual)
    }

    /// Whether two titles of a series are as common as each other at some moment: which is its own cannot be seen then.
    pub(super) fn tied(&self, uid: &str) -> bool {
        (0..self.world.moments.len()).any(|index| self.usual(uid, index).len() > 1)
    }

    /// The titles that most occurrences of a series have at that moment.
    fn usual(&self, uid: &str, index: usize) -> Vec<String> {
        let mut titles: BTreeMap<String, usize> = BTreeMap::new();
        let tasks = self.world.moments.get(index).map_or(&[][..], |moment| &moment.tasks);
        for task in tasks.iter().filter(|task| task.uid == uid) {
            *titles.entry(plain(&task.title)).or_default() += 1;
        }
        let most = titles.values().max().copied();
        titles.retain(|_, count| Some(*count) == most);
        titles.into_keys().collect()
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
        let (mut open, mut called_off) = (false, false);
        for State { index, at, fact, .. } in self.row(name).iter().copied() {
            let wanted = fact.filter(|task| task.start > at && self.wanting(task, index));
            let same = |run: &Run, task: &TaskFact| run.task.start == task.start && run.task.account == task.account;
            let goes_on = runs.last().zip(wanted).is_some_and(|(run, task)| open && same(run, task));
            if let Some(run) = runs.last_mut().filter(|_| open && !goes_on) {
                run.end = run.end.min(at);
            }
            // What was missing, or covered, for a moment was a slip: it goes on as it was known.
            let slip = |run: &Run| !open && !called_off && at.duration_since(run.end) < SLIP;
            if let Some((run, task)) = runs.last_mut().zip(wanted).filter(|(run, task)| slip(run) && same(run, task)) {
                run.slips.push((run.end, at));
                run.end = task.start;
            } else if let Some(task) = wanted.filter(|_| !goes_on) {
                let moved_from = before.map(|task| task.start).filter(|start| *start != task.start);
                runs.push(Run { task: task.clone(), known: at, end: task.start, moved_from, slips: Vec::new() });
            }
            open = wanted.is_some();
            let elsewhen = |task: &TaskFact| runs.last().is_some_and(|run| run.task.start != task.start);
            called_off = fact.is_some_and(|task| task.cancelled || !open && elsewhen(task)) || called_off && !open;
            before = fact.or(before);
        }
        runs.retain(|run| run.known < run.end);
        runs
    }

    /// When that occurrence, or its series, was answered first, and how, by word or by its own event.
    pub(super) fn answered(&self, name: &TaskRef) -> Option<(Timestamp, Option<Answer>)> {
        let meant = |other: &TaskRef| other.uid == name.uid && (self.is_series(&name.uid) || other.covers(name));
        let said = self.world.answers.iter().filter(|(_, other, ..)| meant(other)).map(|(at, _, how, _)| (*at, Some(*how)));
        let states = self.named(&name.uid).filter(|(other, _)| meant(other)).flat_map(|(_, states)| states);
        let marked = states.filter(|state| state.fact.is_some_and(|task| task.marked.is_some())).map(|state| (state.at, None));
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
fn aliases<'a>(rows: &BTreeMap<TaskRef, Vec<State<'a>>>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut seen: BTreeMap<&str, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    let mut alike: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for states in rows.values() {
        let ends = states.iter().skip(1).map(|state| state.at).chain([Timestamp::MAX]);
        for (state, end) in states.iter().zip(ends) {
            if let Some(task) = state.fact {
                seen.entry(&task.uid).or_default().push((state.at, end));
                alike.entry((task.account.as_ref(), plain(&task.title))).or_default().insert(&task.uid);
            }
        }
    }
    let overlap = |one: &(Timestamp, Timestamp), other: &(Timestamp, Timestamp)| one.0 < other.1 && other.0 < one.1;
    let together = |one: &str, other: &str| {
        let others = seen.get(other).map_or(&[][..], Vec::as_slice);
        seen.get(one).into_iter().flatten().any(|stretch| others.iter().any(|other| overlap(stretch, other)))
    };
    let mut aliases: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for uids in alike.values() {
        for uid in uids {
            let others = uids.iter().copied().filter(|other| other != uid && !together(uid, other));
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

/// By engineer, the moments from which another presence holds.
fn changes<'a>(world: &World, presence: &BTreeMap<&'a EngineerId, Vec<Rc<Presence>>>) -> BTreeMap<&'a EngineerId, Vec<(usize, Timestamp)>> {
    let found = presence.iter().map(|(id, by_moment)| {
        let pairs = by_moment.iter().zip(by_moment.iter().skip(1)).zip(world.moments.iter().enumerate().skip(1));
        let others = pairs.filter(|((before, after), _)| !Rc::ptr_eq(before, after));
        (*id, others.map(|(_, (index, moment))| (index, moment.at)).collect())
    });
    found.collect()
}
