//! What an engineer finds in the calendar that they subscribe to: the tasks of the accounts that they know or stand in for,
//! as they are now. Decides nothing.

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::desk::{Desk, Outside};
use super::look::Look;
use super::notice::{Planned, Recipient};
use super::past::Past;
use crate::people::EngineerId;

/// How long a task stays after its end.
const KEPT: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How many tasks there are at most, the first to come.
const TASKS: usize = 1000;

impl Desk {
    /// An engineer as a recipient.
    pub fn recipient(&self, engineer: &EngineerId) -> Option<Recipient> {
        self.scene.engineer(engineer)
    }

    /// The tasks for the calendar of `engineer` at `now`, by start.
    pub fn planned(&self, engineer: &EngineerId, past: &Past, outside: &Outside, now: Timestamp) -> Vec<Planned> {
        let look = self.look(past, outside, now);
        let since = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let concerns = |case: &&Case| {
            let theirs = case.is_of(engineer) || case.chain.iter().any(|link| link.engineer == *engineer);
            theirs && case.stands && case.task.window.end() > since
        };
        let mut cases: Vec<&Case> = self.cases().filter(concerns).collect();
        cases.sort_by_key(|case| (case.start(), &case.id));
        cases.truncate(TASKS);
        cases.into_iter().map(|case| Planned { brief: case.brief(Some(engineer), look), noted: noted(case, look) }).collect()
    }
}

/// When the last change of a task was noticed.
fn noted(case: &Case, look: Look<'_>) -> Timestamp {
    let revised = look.scene.history.get(&case.id).and_then(|sighting| sighting.revisions.last()).map(|revision| revision.at);
    revised.map_or(case.known, |revised| revised.max(case.known))
}
