//! What somebody believes of a task: what they were told of it last, or wrote of it. Owns the second reading of *told*.
//! A list names UIDs only: what it says of one occurrence among several is left open.

use std::collections::BTreeMap;

use super::history::Thread;
use super::knowledge::Knowledge;
use super::{Heard, TaskFact, TaskRef};
use crate::people::{Account, Contact, EngineerId};

/// What somebody believes of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Picture<'a> {
    /// Nothing at all.
    Blank,
    /// One thing or another.
    Open,
    /// That nothing is needed.
    Nothing,
    /// That a briefing is wanted, or written, for the task in this form.
    Wanted(&'a TaskFact),
}

/// Somebody who may be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    /// Who, if they have hours.
    pub(super) id: Option<EngineerId>,
    /// Their address.
    pub(super) address: String,
}

impl Person {
    /// Who heard it.
    pub(super) fn who(notice: &Heard) -> Self {
        Self { id: notice.engineer.as_ref().and_then(|id| id.parse().ok()), address: notice.to.to_lowercase() }
    }

    /// An engineer of the team.
    pub(super) fn engineer(knowledge: &Knowledge<'_>, id: &EngineerId) -> Option<Self> {
        let engineer = knowledge.world.team.engineers.get(id)?;
        Some(Self { id: Some(id.clone()), address: engineer.email.as_str().to_lowercase() })
    }

    /// Whether that contact is them.
    pub(super) fn is(&self, knowledge: &Knowledge<'_>, contact: &Contact) -> bool {
        knowledge.world.team.address(contact).is_some_and(|address| address.is(&self.address))
    }

    /// Whether they are the manager or the last resort.
    pub(super) fn is_behind(&self, knowledge: &Knowledge<'_>, account: &Account) -> bool {
        let mut contacts = account.manager.iter().chain([&account.last_resort]);
        contacts.any(|contact| self.is(knowledge, contact))
    }
}

/// What was heard about each of the knowledge's threads, in the order of time, news first.
pub(super) fn by_thread<'h>(knowledge: &Knowledge<'_>, heard: &'h [Heard]) -> Vec<Vec<&'h Heard>> {
    let mut places: BTreeMap<&TaskRef, usize> = BTreeMap::new();
    let mut of_uid: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, thread) in knowledge.threads.iter().enumerate() {
        for name in &thread.names {
            places.insert(name, place);
            of_uid.entry(&name.uid).or_default().push(place);
        }
    }
    let mut found: Vec<Vec<&Heard>> = vec![Vec::new(); knowledge.threads.len()];
    for notice in heard {
        let named = notice.uid.clone().map(|uid| TaskRef { uid, recurrence_id: notice.recurrence_id.clone() });
        let listed = notice.uids.iter().filter(|_| notice.kind == "before-leave").flatten();
        let listed = listed.filter_map(|uid| of_uid.get(uid.as_str())).flatten();
        for place in named.and_then(|name| places.get(&name)).into_iter().chain(listed) {
            found.get_mut(*place).into_iter().for_each(|heard| heard.push(notice));
        }
    }
    for heard in &mut found {
        heard.sort_by_key(|notice| (notice.at, !is_news(notice)));
    }
    found
}

/// Whether a notice tells of a change.
pub(super) fn is_news(notice: &Heard) -> bool {
    matches!(notice.kind.as_str(), "task-changed" | "retraction")
}

/// Whether a notice asks for a briefing.
pub(super) fn asks(notice: &Heard) -> bool {
    matches!(notice.kind.as_str(), "briefing-request" | "escalation")
}

impl<'a> Picture<'a> {
    /// What somebody who believed `self` believes after a notice about that task.
    pub(super) fn after(self, knowledge: &Knowledge<'_>, thread: &Thread<'a>, notice: &Heard) -> Self {
        let task = thread.at(notice.at).and_then(|state| state.fact);
        match notice.kind.as_str() {
            "retraction" => Self::Nothing,
            "briefing-request" | "escalation" | "task-changed" => task.map_or(self, Self::Wanted),
            "before-leave" => self.after_list(knowledge, thread, notice),
            _ => self,
        }
    }

    /// What somebody believes after a list before a leave.
    fn after_list(self, knowledge: &Knowledge<'_>, thread: &Thread<'a>, list: &Heard) -> Self {
        let Some(task) = thread.at(list.at).and_then(|state| state.fact) else { return self };
        if !list.lists(&task.uid) {
            return self;
        }
        let moment = knowledge.moment(list.at);
        let several = moment.is_some_and(|moment| moment.tasks.iter().filter(|other| other.uid == task.uid).count() > 1);
        if several || task.recurs || knowledge.is_series(&task.uid) { Self::Open } else { Self::Wanted(task) }
    }
}
