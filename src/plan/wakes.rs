//! When what is decided must be decided again: at once, because something about it is new, or at an instant of its own.
//! Knows neither what is decided nor how.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

/// What is to be decided, each thing by its id.
#[derive(Clone, Debug)]
pub(super) struct Wakes<Id> {
    /// In the next turn, whatever the time.
    open: BTreeSet<Id>,
    /// By instant.
    at: BTreeSet<(Timestamp, Id)>,
    /// The instant of each.
    of: BTreeMap<Id, Timestamp>,
}

impl<Id> Default for Wakes<Id> {
    fn default() -> Self {
        Self { open: BTreeSet::new(), at: BTreeSet::new(), of: BTreeMap::new() }
    }
}

impl<Id: Clone + Ord> Wakes<Id> {
    /// Wants these to be decided in the next turn.
    pub(super) fn open(&mut self, ids: impl IntoIterator<Item = Id>) {
        self.open.extend(ids);
    }

    /// Wants it to be decided at `at`, or only when something about it is new.
    pub(super) fn set(&mut self, id: Id, at: Option<Timestamp>) {
        if let Some(old) = self.of.remove(&id) {
            self.at.remove(&(old, id.clone()));
        }
        if let Some(at) = at {
            self.at.insert((at, id.clone()));
            self.of.insert(id, at);
        }
    }

    /// Everything to be decided at `now`; from now on that has been done.
    pub(super) fn due(&mut self, now: Timestamp) -> BTreeSet<Id> {
        let mut due = std::mem::take(&mut self.open);
        while self.at.first().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, id)) = self.at.pop_first() {
                self.of.remove(&id);
                due.insert(id);
            }
        }
        due
    }

    /// The next instant of all.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.at.first().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_wakes_once_and_at_its_last_instant() {
        let at = |minute: i64| Timestamp::from_second(60 * minute).unwrap();
        let mut wakes = Wakes::default();
        wakes.open(["a", "b", "a"]);
        wakes.set("b", Some(at(5)));
        wakes.set("c", Some(at(3)));
        wakes.set("c", Some(at(4)));
        assert_eq!(wakes.due(at(3)), BTreeSet::from(["a", "b"]));
        assert_eq!(wakes.next(), Some(at(4)));
        wakes.set("c", None);
        assert_eq!(wakes.due(at(5)), BTreeSet::from(["b"]));
        assert_eq!((wakes.due(at(9)), wakes.next()), (BTreeSet::new(), None));
    }
}
