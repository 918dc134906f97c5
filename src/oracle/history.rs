//! What one task was over time: how it stood from when on, under which names, whether anybody was there for it.
//! Owns the second reading of *the same task*; where that is open to more than one reading the task is `unsure`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::knowledge::{Knowledge, near, plain};
use super::{TaskFact, TaskRef};

/// A task that comes back so soon is the same.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Half the time between occurrences of most series.
const HALF_A_WEEK: SignedDuration = SignedDuration::from_hours(84);

/// How a task stood from one moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State<'a> {
    /// The moment.
    pub(super) index: usize,
    /// Its instant, not before the first turn.
    pub(super) at: Timestamp,
    /// The task; none while it is gone.
    pub(super) fact: Option<&'a TaskFact>,
    /// Whether nobody of its account is there for it. Of a task that has begun nothing is said any more.
    pub(super) uncovered: bool,
}

/// One task, whatever it was called.
#[derive(Clone, Debug)]
pub(super) struct Thread<'a> {
    /// Its names, the first one first.
    pub(super) names: Vec<TaskRef>,
    /// How it stood, a row for each change, in order.
    pub(super) states: Vec<State<'a>>,
    /// Whether it may be another task than it seems.
    pub(super) unsure: bool,
}

impl<'a> State<'a> {
    /// The task, if it stands and nobody is there for it.
    pub(super) fn wanted(&self) -> Option<&'a TaskFact> {
        self.fact.filter(|task| !task.cancelled && self.uncovered)
    }

    /// The task, if it stands and somebody is there for it.
    pub(super) fn covered(&self) -> Option<&'a TaskFact> {
        self.fact.filter(|task| !task.cancelled && !self.uncovered)
    }

    /// Whether both show the same form and cover.
    pub(super) fn like(&self, other: &Self) -> bool {
        let form = |state: &Self| state.fact.map(|task| (task.start, &task.title, &task.account, &task.ticket, task.cancelled));
        form(self) == form(other) && self.uncovered == other.uncovered
    }
}

impl<'a> Thread<'a> {
    /// How it stood at `instant`.
    pub(super) fn at(&self, instant: Timestamp) -> Option<&State<'a>> {
        self.states.get(self.place(instant)?)
    }

    /// Which of its states was in force at `instant`.
    pub(super) fn place(&self, instant: Timestamp) -> Option<usize> {
        self.states.partition_point(|state| state.at <= instant).checked_sub(1)
    }

    /// The task as it was last seen at `instant`, perhaps gone since.
    pub(super) fn last(&self, instant: Timestamp) -> Option<&'a TaskFact> {
        let place = self.place(instant)?;
        self.states.iter().take(place + 1).rev().find_map(|state| state.fact)
    }

    /// The task as it was first seen.
    pub(super) fn first(&self) -> Option<&'a TaskFact> {
        self.states.iter().find_map(|state| state.fact)
    }

    /// Whether it ever had that name.
    pub(super) fn named(&self, name: &TaskRef) -> bool {
        self.names.contains(name)
    }
}

/// How every occurrence stood over time, by name.
pub(super) fn rows<'a>(knowledge: &Knowledge<'a>) -> BTreeMap<TaskRef, Vec<State<'a>>> {
    let world = knowledge.world;
    let mut rows: BTreeMap<(&'a str, Option<&'a str>), Vec<State<'a>>> = BTreeMap::new();
    let mut before: &[TaskFact] = &[];
    for (index, moment) in world.moments.iter().enumerate() {
        let same = moment.tasks == before;
        if same && !knowledge.anybody_changed(index) {
            continue;
        }
        let at = moment.at.max(world.born);
        let mut seen = BTreeSet::new();
        for task in &moment.tasks {
            let name = (task.uid.as_str(), task.recurrence_id.as_deref());
            if seen.insert(name) {
                let states = rows.entry(name).or_default();
                let begun = states.last().is_some_and(|state| state.uncovered);
                let uncovered = if task.start <= moment.at { begun } else { knowledge.uncovered(task, index) };
                push(states, State { index, at, fact: Some(task), uncovered });
            }
        }
        for (_, states) in rows.iter_mut().filter(|(name, _)| !seen.contains(*name)) {
            push(states, State { index, at, fact: None, uncovered: false });
        }
        before = &moment.tasks;
    }
    let name = |(uid, id): (&str, Option<&str>)| TaskRef { uid: uid.to_owned(), recurrence_id: id.map(str::to_owned) };
    rows.into_iter().map(|(key, states)| (name(key), states)).collect()
}

/// Adds a state that is news; of two at one instant the later counts.
fn push<'a>(states: &mut Vec<State<'a>>, state: State<'a>) {
    states.pop_if(|last| last.at == state.at);
    if states.last().is_none_or(|last| last.fact != state.fact || last.uncovered != state.uncovered) {
        states.push(state);
    }
}

/// Every task under all its names.
pub(super) fn threads<'a>(rows: &BTreeMap<TaskRef, Vec<State<'a>>>) -> Vec<Thread<'a>> {
    let recurring = recurring(rows);
    let (mut next, mut unsure) = (BTreeMap::new(), BTreeSet::new());
    singles(rows, &recurring, &mut next, &mut unsure);
    occurrences(rows, &recurring, &mut next, &mut unsure);
    let heirs: BTreeSet<&TaskRef> = next.values().copied().collect();
    let mut threads = Vec::new();
    for first in rows.keys().filter(|name| !heirs.contains(name)) {
        let mut thread = Thread { names: Vec::new(), states: Vec::new(), unsure: false };
        let mut name = Some(first);
        while let Some(current) = name {
            let states = rows.get(current).map_or(&[][..], Vec::as_slice);
            let begins = states.first().map_or(Timestamp::MAX, |state| state.at);
            thread.states.retain(|state| state.at < begins);
            thread.states.extend(states);
            thread.names.push(current.clone());
            thread.unsure |= unsure.contains(current);
            name = next.get(current).copied();
        }
        threads.push(thread);
    }
    threads
}

/// The UIDs of series.
fn recurring<'r>(rows: &'r BTreeMap<TaskRef, Vec<State<'_>>>) -> BTreeSet<&'r str> {
    let recurs = |states: &Vec<State<'_>>| states.iter().filter_map(|state| state.fact).any(|task| task.recurs);
    let many = rows.iter().filter(|(name, states)| name.recurrence_id.is_some() || recurs(states));
    many.map(|(name, _)| name.uid.as_str()).collect()
}

/// Where a task vanished before it began, and as what.
fn vanished<'s, 'a>(states: &'s [State<'a>]) -> impl Iterator<Item = (Timestamp, &'a TaskFact)> + 's {
    dropped(states).filter(|(at, task)| task.start > *at)
}

/// Where a task vanished, and as what.
fn dropped<'s, 'a>(states: &'s [State<'a>]) -> impl Iterator<Item = (Timestamp, &'a TaskFact)> + 's {
    let pairs = states.iter().zip(states.iter().skip(1));
    pairs.filter(|(_, after)| after.fact.is_none()).filter_map(|(before, after)| Some((after.at, before.fact?)))
}

/// Joins single tasks that vanished with the one that appeared in their place.
fn singles<'r>(
    rows: &'r BTreeMap<TaskRef, Vec<State<'_>>>,
    recurring: &BTreeSet<&str>,
    next: &mut BTreeMap<&'r TaskRef, &'r TaskRef>,
    unsure: &mut BTreeSet<&'r TaskRef>,
) {
    let single = || rows.iter().filter(|(name, _)| !recurring.contains(name.uid.as_str()));
    let first = |states: &[State<'_>]| states.first().map_or(Timestamp::MAX, |state| state.at);
    let mut pairs: Vec<(&TaskRef, &TaskRef, bool)> = Vec::new();
    for (old, states) in single() {
        let back = |at: Timestamp| states.iter().any(|state| state.at > at && state.fact.is_some());
        for (at, task) in dropped(states) {
            for (new, others) in single().filter(|(name, _)| *name != old) {
                let Some(then) = others.first().and_then(|state| state.fact) else { continue };
                // Of tasks without an account nobody can say which is which.
                let same = task.account.is_some() && then.account == task.account;
                let alike = same && plain(&then.title) == plain(&task.title);
                let since = first(others).duration_since(at);
                if alike && !since.is_negative() && since <= DAY {
                    // At the edge of the day, after its own return, or when it had begun already: who knows.
                    pairs.push((old, new, since < DAY && !back(at) && task.start > at));
                }
            }
        }
    }
    let forks = |old: &TaskRef, new: &TaskRef| {
        pairs.iter().filter(|(one, _, _)| *one == old).count() > 1 || pairs.iter().filter(|(_, one, _)| *one == new).count() > 1
    };
    for (old, new, sure) in &pairs {
        if *sure && !forks(old, new) {
            next.insert(old, new);
        } else {
            unsure.extend([*old, *new]);
        }
    }
}

/// Joins the occurrences of a series that was moved as a whole, in order.
fn occurrences<'r>(
    rows: &'r BTreeMap<TaskRef, Vec<State<'_>>>,
    recurring: &BTreeSet<&str>,
    next: &mut BTreeMap<&'r TaskRef, &'r TaskRef>,
    unsure: &mut BTreeSet<&'r TaskRef>,
) {
    for uid in recurring {
        let mine: Vec<(&TaskRef, &Vec<State<'_>>)> = rows.iter().filter(|(name, _)| name.uid == *uid).collect();
        let born = mine.iter().filter_map(|(_, states)| states.first()).map(|state| state.at).min();
        let mut gone: BTreeMap<Timestamp, Vec<(Timestamp, &TaskRef)>> = BTreeMap::new();
        for (name, states) in &mine {
            for (at, task) in vanished(states) {
                gone.entry(at).or_default().push((task.start, *name));
            }
        }
        for (at, mut old) in gone {
            let begun = mine.iter().filter_map(|(name, states)| Some((states.first()?, *name)));
            let begun = begun.filter(|(state, _)| state.at == at && born != Some(at));
            let mut new: Vec<_> =
                begun.filter_map(|(state, name)| Some((state.fact?.start, name))).filter(|(start, _)| *start > at).collect();
            if new.is_empty() {
                continue;
            }
            old.sort_unstable();
            new.sort_unstable();
            let stays = |states: &Vec<State<'_>>| {
                let place = states.partition_point(|state| state.at <= at).checked_sub(1);
                let fact = place.and_then(|place| states.get(place)).and_then(|state| state.fact);
                fact.is_some_and(|task| task.start > at) && states.first().is_some_and(|state| state.at < at)
            };
            // One that comes back by its old name later is two things in one row.
            let back = |name: &TaskRef| rows.get(name).into_iter().flatten().any(|state| state.at > at && state.fact.is_some());
            // Moved by more than half a week, an occurrence may as well be the one before or after it.
            let far = |(old, new): (&(Timestamp, &TaskRef), &(Timestamp, &TaskRef))| old.0.duration_since(new.0).abs() > HALF_A_WEEK;
            if old.iter().zip(&new).any(far)
                || old.len() > new.len()
                || old.iter().any(|(_, name)| back(name))
                || mine.iter().any(|(_, states)| stays(states))
            {
                unsure.extend(old.iter().chain(&new).map(|(_, name)| *name));
            } else {
                next.extend(old.iter().zip(&new).map(|((_, old), (_, new))| (*old, *new)));
            }
        }
    }
    gave_way(rows, recurring, unsure);
}

/// Series that gave way to another one, or to a single task: which of them is which is not for this reading to say.
fn gave_way<'r>(rows: &'r BTreeMap<TaskRef, Vec<State<'_>>>, recurring: &BTreeSet<&str>, unsure: &mut BTreeSet<&'r TaskRef>) {
    let begins = |states: &[State<'_>]| states.first().map_or(Timestamp::MAX, |state| state.at);
    for (old, states) in rows.iter().filter(|(name, _)| recurring.contains(name.uid.as_str())) {
        for (at, task) in vanished(states) {
            let heirs = rows.iter().filter(|(name, others)| {
                let since = begins(others).duration_since(at);
                let form = others.first().and_then(|state| state.fact);
                let alike = form.is_some_and(|then| then.account == task.account && plain(&then.title) == plain(&task.title));
                name.uid != old.uid && alike && !since.is_negative() && since <= DAY
            });
            let heirs: Vec<&TaskRef> = heirs.map(|(name, _)| name).collect();
            if !heirs.is_empty() {
                unsure.insert(old);
                unsure.extend(heirs);
            }
        }
    }
}

/// Whether an occurrence of a series differs from it by more than minutes, so that it is a task of its own; nothing
/// when that cannot be told.
pub(super) fn own(task: &TaskFact, usual: &str) -> Option<bool> {
    let Some(id) = task.recurrence_id.as_deref() else { return Some(false) };
    let retitled = plain(&task.title) != usual;
    if let Ok(planned) = id.parse::<Timestamp>() {
        let date = |instant: Timestamp| instant.to_zoned(jiff::tz::TimeZone::UTC).date();
        return Some(retitled || !near(planned, task.start) || date(planned) != date(task.start));
    }
    retitled.then_some(true)
}
