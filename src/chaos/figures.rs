//! Counts what was played, for people and programs. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::play::Played;
use super::world::World;
use crate::oracle::Heard;

/// How much of what there was in one world, or in many.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Worlds played.
    pub worlds: usize,
    /// Tasks in them, a series being one.
    pub tasks: usize,
    /// What happened to calendars, by kind.
    pub changes: BTreeMap<&'static str, usize>,
    /// Turns.
    pub turns: usize,
    /// States of knowledge that differ from the one before.
    pub moments: usize,
    /// How often the process died.
    pub crashes: usize,
    /// Letters queued.
    pub letters: usize,
    /// Notices heard, by kind, escalations also by stage.
    pub notices: BTreeMap<String, usize>,
    /// Tasks of which only the manager or the last resort heard: known too late to be asked for, or nobody could write.
    pub late: usize,
}

impl Figures {
    /// Those of one world.
    pub(super) fn of(world: &World, played: &Played) -> Self {
        let mut figures = Self {
            worlds: 1,
            tasks: world.tasks(),
            turns: played.turns,
            moments: played.world.moments.len(),
            crashes: played.crashes,
            letters: played.letters.len(),
            late: late(&played.heard),
            ..Self::default()
        };
        for change in &world.changes {
            add(&mut figures.changes, change.name(), 1);
        }
        for notice in &played.heard {
            add(&mut figures.notices, kind(notice), 1);
        }
        figures
    }

    /// Both together.
    pub fn add(&mut self, other: &Self) {
        let sum = |own: &mut usize, more: usize| *own = own.saturating_add(more);
        sum(&mut self.worlds, other.worlds);
        sum(&mut self.tasks, other.tasks);
        sum(&mut self.turns, other.turns);
        sum(&mut self.moments, other.moments);
        sum(&mut self.crashes, other.crashes);
        sum(&mut self.letters, other.letters);
        sum(&mut self.late, other.late);
        other.changes.iter().for_each(|(name, count)| add(&mut self.changes, name, *count));
        other.notices.iter().for_each(|(name, count)| add(&mut self.notices, name.clone(), *count));
    }
}

/// Adds to a count.
fn add<Name: Ord>(counts: &mut BTreeMap<Name, usize>, name: Name, more: usize) {
    let count = counts.entry(name).or_default();
    *count = count.saturating_add(more);
}

/// The kind of a notice; of an escalation with its stage, all leads being one.
fn kind(notice: &Heard) -> String {
    match (notice.kind.as_str(), notice.stage.as_deref()) {
        ("escalation", Some(stage @ ("manager" | "last call"))) => format!("escalation to {stage}"),
        ("escalation", _) => "escalation to writer".to_owned(),
        (kind, _) => kind.to_owned(),
    }
}

/// How many tasks nobody was asked for, but somebody was told of.
fn late(heard: &[Heard]) -> usize {
    let (mut told, mut asked) = (BTreeSet::new(), BTreeSet::new());
    for notice in heard {
        let task = (notice.uid.as_deref(), notice.recurrence_id.as_deref());
        match kind(notice).as_str() {
            "escalation to manager" | "escalation to last call" => drop(told.insert(task)),
            "briefing-request" | "escalation to writer" | "task-changed" => drop(asked.insert(task)),
            "before-leave" => asked.extend(notice.uids.iter().flatten().map(|uid| (Some(uid.as_str()), None))),
            _ => {}
        }
    }
    told.difference(&asked).count()
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |counts: Vec<(&str, usize)>| counts.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ");
        let Self { worlds, tasks, turns, moments, crashes, letters, late, .. } = self;
        let changes = list(self.changes.iter().map(|(name, count)| (*name, *count)).collect());
        let notices = list(self.notices.iter().map(|(name, count)| (name.as_str(), *count)).collect());
        writeln!(out, "{worlds} worlds, {tasks} tasks, {turns} turns, {moments} states of knowledge, {crashes} crashes")?;
        writeln!(out, "changes: {}", if changes.is_empty() { "none" } else { &changes })?;
        write!(out, "{letters} letters: {notices}; {late} tasks that only the manager or the last resort heard of")
    }
}
