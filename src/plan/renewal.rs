//! What becomes of the desk when a few things are new: only what hangs on them is laid out again, the rest keeps its
//! decision and its hour. Afterwards the desk decides exactly as one laid out anew would.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::before_leave;
use super::case::Case;
use super::desk::Desk;
use super::series;
use crate::agenda::{Absence, Busy, History, Shift, Task, TaskId};
use crate::availability::Availability;
use crate::people::{AccountId, EngineerId, FeedName};

/// Somebody's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// When they are there.
    pub availability: Availability,
    /// What takes them away.
    pub absences: Vec<Absence>,
}

/// What is new.
#[derive(Clone, Debug, Default)]
pub struct Renewal {
    /// Everything seen.
    pub history: Arc<History>,
    /// The tasks and emergencies in it that are new, changed or forgotten.
    pub things: BTreeSet<TaskId>,
    /// The engineers whose absences changed.
    pub people: BTreeMap<EngineerId, Person>,
    /// The meetings of the engineers whose meetings changed.
    pub busy: BTreeMap<EngineerId, Arc<Busy>>,
    /// All shifts, when any changed.
    pub shifts: Option<Vec<Shift>>,
    /// All that matches nobody, when any of it changed.
    pub unmatched: Option<Vec<(FeedName, String)>>,
    /// Feeds that were read for the first time.
    pub feeds_added: Vec<(FeedName, Timestamp)>,
}

impl Desk {
    /// Lets go of the history, so that its owner may change it in place; [`Desk::renew`] brings it back.
    pub fn release(&mut self) {
        self.scene.history = Arc::default();
    }

    /// Takes in what is new.
    pub fn renew(&mut self, renewal: Renewal) {
        let Renewal { history, things, people, busy, shifts, unmatched, feeds_added } = renewal;
        if unmatched.is_some() || !things.is_empty() {
            self.lost_again = Some(Timestamp::MIN);
        }
        self.scene.history = history;
        self.scene.shifts = shifts.unwrap_or_else(|| std::mem::take(&mut self.scene.shifts));
        self.scene.unmatched = unmatched.unwrap_or_else(|| std::mem::take(&mut self.scene.unmatched));
        self.scene.feeds_added.extend(feeds_added);
        // Only the wording of a letter looks at meetings: no decision hangs on them, and so none is opened.
        self.scene.busy.extend(busy);
        let mut tasks = things;
        for (id, person) in people {
            let own = self.scene.roster.named(&id).filter_map(|account| self.by_account.get(account));
            tasks.extend(own.flatten().cloned());
            tasks.extend(self.awaiting.get(id.as_str()).into_iter().flatten().cloned());
            self.scene.availability.insert(id.clone(), person.availability);
            self.scene.absences.insert(id.clone(), person.absences);
            self.leaves.insert(id.clone(), before_leave::leaves(self, &id));
            self.lists.open([id]);
        }
        self.lay(&tasks);
    }

    /// Lays out these tasks and emergencies, and what hangs on them.
    pub(super) fn lay(&mut self, ids: &BTreeSet<TaskId>) {
        let mut accounts = BTreeSet::new();
        let mut regroup = false;
        for id in ids {
            let old = self.cases.remove(id);
            let new = self.scene.history.get(id).and_then(|sighting| Case::of(sighting, &self.scene));
            regroup |= form(old.as_ref()) != form(new.as_ref());
            let (group, series) = old.as_ref().map_or((None, None), |old| (old.group, old.series));
            if let Some(series) = group.and_then(|place| self.series.get_mut(place)) {
                series.touch();
            }
            if let Some(old) = old {
                accounts.extend(self.take_away(&old));
            }
            self.lay_emergency(id);
            if let Some(new) = new {
                accounts.extend(self.put(Case { group, series, ..new }));
            }
        }
        if regroup {
            self.series = series::gather(&mut self.cases, &self.scene);
            // What one is to its series may be otherwise, for all of them.
            self.tasks.open(self.cases.values().filter(|case| case.task.recurs).map(|case| case.id.clone()));
        }
        let engineers = accounts.iter().filter_map(|account| self.scene.roster.account(account));
        let engineers: BTreeSet<EngineerId> = engineers.flat_map(|account| account.engineers.iter().cloned()).collect();
        for id in &engineers {
            self.leaves.insert(id.clone(), before_leave::leaves(self, id));
        }
        self.lists.open(engineers);
        self.tasks.open(ids.iter().cloned());
    }

    /// Takes a task off its place; its account.
    fn take_away(&mut self, case: &Case) -> Option<AccountId> {
        let Some(account) = &case.account else {
            self.lost.remove(&case.id);
            return None;
        };
        if let Some(own) = self.by_account.get_mut(&account.id) {
            own.remove(&case.id);
        }
        Some(account.id.clone())
    }

    /// Puts a task in its place; its account.
    fn put(&mut self, case: Case) -> Option<AccountId> {
        let account = case.account.as_ref().map(|account| account.id.clone());
        match &account {
            Some(account) => self.by_account.entry(account.clone()).or_default().insert(case.id.clone()),
            None => self.lost.insert(case.id.clone()),
        };
        self.cases.insert(case.id.clone(), case);
        account
    }

    /// Lays out an emergency.
    fn lay_emergency(&mut self, id: &TaskId) {
        if let Some(account) = self.emergency_of.remove(id)
            && let Some(own) = self.emergencies.get_mut(&account)
        {
            own.remove(id);
        }
        let standing = self.scene.history.get(id).filter(|sighting| sighting.gone.is_none());
        let emergency = standing.and_then(|sighting| sighting.thing.emergency()).filter(|emergency| !emergency.cancelled);
        if let Some((emergency, account)) = emergency.and_then(|emergency| Some((emergency, emergency.account.as_ref()?))) {
            self.emergencies.entry(account.clone()).or_default().insert(id.clone(), emergency.clone());
            self.emergency_of.insert(id.clone(), account.clone());
        }
    }
}

/// What decides to which series a task belongs: the form of one that recurs.
fn form(case: Option<&Case>) -> Option<&Task> {
    case.map(|case| &case.task).filter(|task| task.recurs)
}
