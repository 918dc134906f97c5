//! What the decisions of one turn look at, and what follows from the instants remembered: since when a task is known as it
//! is, and whether its being covered is news. Decides nothing.

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::desk::{LAST_TURN, Outside, Plan, Scene};
use super::marks;
use super::past::Past;
use super::series::{Part, Series};

/// How long a change must stand before somebody is told of it.
pub(super) const STANDING: SignedDuration = SignedDuration::from_mins(30);

/// Everything that a decision of one turn looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'a> {
    /// What is known.
    pub(super) scene: &'a Scene,
    /// What was said and done before.
    pub(super) past: &'a Past,
    /// Feeds and refused letters.
    pub(super) outside: &'a Outside,
    /// The series on the desk.
    pub(super) series: &'a [Series],
    /// The instant of the turn.
    pub(super) now: Timestamp,
}

impl Look<'_> {
    /// The instant remembered under a name.
    pub(super) fn instant(&self, name: &str) -> Option<Timestamp> {
        self.past.instants.get(name).copied()
    }

    /// When the turn before this one was.
    pub(super) fn last_turn(&self) -> Timestamp {
        self.instant(LAST_TURN).unwrap_or(Timestamp::MIN)
    }

    /// What an occurrence is to its series.
    pub(super) fn part(&self, case: &Case) -> Part {
        let series = case.series.and_then(|place| self.series.get(place));
        series.map_or(Part::Alone, |series| series.part(&case.id))
    }

    /// Since when a task is known in its present form, which includes that it is uncovered: of one that was known before
    /// and is seen uncovered for the first time, since this turn.
    pub(super) fn known(&self, case: &Case) -> Timestamp {
        let uncovered = self.instant(&marks::uncovered(&case.id));
        let covered = self.covered_since(case);
        match uncovered {
            Some(uncovered) if covered.is_none() || self.flickered(covered) => case.known.max(uncovered),
            Some(_) => self.now,
            None if self.last_turn() >= case.known => self.now,
            None => case.known,
        }
    }

    /// Since when a task that was uncovered is covered.
    pub(super) fn covered_since(&self, case: &Case) -> Option<Timestamp> {
        let uncovered = self.instant(&marks::uncovered(&case.id))?;
        self.instant(&marks::covered(&case.id)).filter(|covered| uncovered <= *covered)
    }

    /// Since when a task is uncovered, or was last; this turn counts already.
    pub(super) fn uncovered_since(&self, case: &Case) -> Option<Timestamp> {
        let uncovered = self.instant(&marks::uncovered(&case.id));
        let again = || uncovered.is_none() || self.covered_since(case).is_some_and(|covered| !self.flickered(Some(covered)));
        if case.uncovered && again() { Some(self.known(case)) } else { uncovered }
    }

    /// Whether a cover lasted so shortly that it was none: an entry of leave that was replaced by another.
    fn flickered(&self, covered: Option<Timestamp>) -> bool {
        covered.is_some_and(|covered| self.now.duration_since(covered) < STANDING)
    }

    /// Remembers whether a task that is still to come is covered, when that is news.
    pub(super) fn note_cover(&self, case: &Case, plan: &mut Plan) {
        let uncovered = self.instant(&marks::uncovered(&case.id));
        let covered = self.covered_since(case);
        match (uncovered, covered) {
            (Some(uncovered), Some(_)) if case.uncovered && self.flickered(covered) => {
                // As if it had never been.
                let before = uncovered.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(uncovered);
                plan.instants.push((marks::covered(&case.id), before));
            }
            (None, _) | (Some(_), Some(_)) if case.uncovered => plan.instants.push((marks::uncovered(&case.id), self.known(case))),
            (Some(_), None) if !case.uncovered => plan.instants.push((marks::covered(&case.id), self.now)),
            (None | Some(_), None | Some(_)) => {}
        }
    }
}
