//! One task as the planner sees it: what of it is uncovered, who could write, and when each of them is due.
//! Made when the inputs change, then only read: it depends on no `now`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::desk::Scene;
use super::notice::{Gap, Reason};
use crate::agenda::{Cause, Mark, Sighting, Task, TaskId};
use crate::availability::{Availability, Off};
use crate::people::{Account, Contact, EngineerId};
use crate::window::{Window, Windows};

/// What a possible writer is to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The first engineer.
    Owner,
    /// Another engineer.
    Engineer,
    /// A backup.
    Backup,
}

impl Role {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Engineer => "engineer",
            Self::Backup => "backup",
        }
    }
}

/// A possible writer of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who.
    pub engineer: EngineerId,
    /// What they are to the account.
    pub role: Role,
    /// The end of their last available stretch before the task starts.
    pub deadline: Option<Timestamp>,
    /// Their leads by instant, each with its place in the configuration; those before all that is known come first.
    pub leads: Vec<(Timestamp, usize)>,
}

/// One task, ready for decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// offwatch's id.
    pub id: TaskId,
    /// The task in its present form.
    pub task: Task,
    /// Its account.
    pub account: Option<Arc<Account>>,
    /// The start that keys name.
    pub anchor: Timestamp,
    /// Since when it is known in its present form, and matters.
    pub known: Timestamp,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// Whether it stands: neither cancelled nor gone.
    pub stands: bool,
    /// The mark in its own event, and since when it is there.
    pub marked: Option<(Mark, Timestamp)>,
    /// The series that it belongs to, by its place on the desk.
    pub(super) group: Option<usize>,
    /// The same, when it is one of its unchanged occurrences: one briefing serves them all.
    pub(super) series: Option<usize>,
    /// From its start to the end of its aftercare.
    pub watch: Window,
    /// The parts of that in which none of the account's engineers is there.
    pub parts: Windows,
    /// Whether the longest of them is long enough to want a briefing.
    pub uncovered: bool,
    /// Who could write, in order.
    pub chain: Vec<Link>,
}

impl Case {
    /// Who hears of it last.
    pub(super) fn last_resort<'a>(&'a self, scene: &'a Scene) -> &'a Contact {
        self.account.as_ref().map_or(&scene.rules.last_resort, |account| &account.last_resort)
    }

    /// The case of a remembered task; none for an emergency.
    pub(super) fn of(sighting: &Sighting, scene: &Scene) -> Option<Self> {
        let task = sighting.thing.task()?.clone();
        let account = task.account.as_ref().and_then(|id| scene.roster.account(id)).cloned();
        let end = task.window.end().saturating_add(scene.rules.aftercare).unwrap_or(Timestamp::MAX);
        let watch = Window::new(task.window.start(), end)?;
        let parts = account.as_ref().map_or_else(|| watch.into(), |account| uncovered(account, watch, scene));
        let longest = parts.iter().map(Window::length).max().unwrap_or_default();
        let added = account.as_ref().and_then(|account| scene.accounts_added.get(&account.id)).copied();
        let chain = account.as_ref().map(|account| chain(account, task.window.start(), scene)).unwrap_or_default();
        Some(Self {
            id: sighting.id.clone(),
            anchor: sighting.anchor(),
            known: added.map_or(sighting.known, |added| added.max(sighting.known)),
            first_seen: sighting.first_seen,
            stands: sighting.stands(),
            marked: sighting.marked(),
            group: None,
            series: None,
            uncovered: longest >= scene.rules.min_uncovered && longest > SignedDuration::ZERO,
            task,
            account,
            watch,
            parts,
            chain,
        })
    }

    /// When it starts.
    pub fn start(&self) -> Timestamp {
        self.task.window.start()
    }

    /// Whether `engineer` is one of the account's engineers.
    pub fn is_of(&self, engineer: &EngineerId) -> bool {
        self.account.as_ref().is_some_and(|account| account.engineers.contains(engineer))
    }

    /// Whether `engineer` owns the account.
    pub fn is_owned_by(&self, engineer: &EngineerId) -> bool {
        self.account.as_ref().and_then(|account| account.owner()) == Some(engineer)
    }

    /// The uncovered parts with their reasons, seen from `eyes`, else from the owner.
    pub(super) fn gaps(&self, eyes: Option<&EngineerId>, scene: &Scene) -> Vec<Gap> {
        let own = eyes.filter(|eyes| self.is_of(eyes));
        let seen_by = own.or_else(|| self.account.as_ref().and_then(|account| account.owner()));
        let Some(availability) = seen_by.and_then(|engineer| scene.availability.get(engineer)) else {
            return self.parts.iter().map(|window| Gap { window, reason: Reason::Nobody }).collect();
        };
        let causes = self.parts.iter().flat_map(|part| availability.causes(part));
        causes.map(|(window, off)| Gap { window, reason: reason(off) }).collect()
    }
}

/// The parts of `watch` in which none of the account's engineers is there, short breaks counted as presence.
fn uncovered(account: &Account, watch: Window, scene: &Scene) -> Windows {
    let there = account.engineers.iter().filter_map(|engineer| scene.availability.get(engineer));
    there.fold(Windows::from(watch), |parts, availability| parts.minus(&availability.present().within(watch)))
}

/// The possible writers in order: owner, the account's other engineers, backups whose cover holds on the start's date.
fn chain(account: &Account, start: Timestamp, scene: &Scene) -> Vec<Link> {
    let engineers = account.engineers.iter().enumerate();
    let engineers = engineers.map(|(place, engineer)| (engineer, if place == 0 { Role::Owner } else { Role::Engineer }));
    let covering = account.backups.iter().filter(|backup| {
        let date = scene.team.engineers.get(&backup.engineer).map(|engineer| engineer.zone.date(start));
        date.is_some_and(|date| backup.holds(date))
    });
    let mut links: Vec<Link> = Vec::new();
    for (engineer, role) in engineers.chain(covering.map(|backup| (&backup.engineer, Role::Backup))) {
        let Some(availability) = scene.availability.get(engineer) else { continue };
        if links.iter().any(|link| link.engineer == *engineer) {
            continue;
        }
        let deadline = availability.deadline(start);
        let leads = deadline.map(|deadline| leads(engineer, availability, deadline, scene)).unwrap_or_default();
        links.push(Link { engineer: engineer.clone(), role, deadline, leads });
    }
    links
}

/// The instants of all leads before `deadline`, in order; of those at one instant the later in the configuration is last.
fn leads(engineer: &EngineerId, availability: &Availability, deadline: Timestamp, scene: &Scene) -> Vec<(Timestamp, usize)> {
    let configured = scene.rules.leads(engineer).iter().enumerate();
    let mut leads: Vec<(Timestamp, usize)> =
        configured.map(|(place, lead)| (availability.lead(*lead, deadline, scene.rules.settle).unwrap_or(Timestamp::MIN), place)).collect();
    leads.sort_unstable();
    leads
}

/// The reason that a letter gives.
pub(super) fn reason(off: Off) -> Reason {
    match off {
        Off::OutsideHours => Reason::OutsideHours,
        Off::Weekend => Reason::Weekend,
        Off::Away(Cause::Leave) => Reason::Leave,
        Off::Away(Cause::Holiday) => Reason::Holiday,
    }
}
