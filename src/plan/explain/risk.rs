//! Tasks at risk: uncovered, without a briefing, and soon nobody is left to write one.

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};

use crate::agenda::TaskId;
use crate::people::{EngineerId, Stretch};
use crate::plan::case::{Case, Link};
use crate::plan::chain::standing;
use crate::plan::desk::{Desk, Outside};
use crate::plan::look::Look;
use crate::plan::past::Past;
use crate::plan::request::settled;
use crate::plan::series::Part;

/// What the danger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Danger {
    /// Nobody is able to write: the next word goes to the manager or the last resort.
    NobodyWrites,
    /// Nobody is able to write, and whoever is told then has been told.
    NobodyLeft,
    /// The only one who can still write has less than a working day left.
    LastWriter {
        /// Who.
        engineer: EngineerId,
        /// How much working time they have.
        left: SignedDuration,
    },
}

/// A task at risk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Which.
    pub task: TaskId,
    /// What the danger is.
    pub danger: Danger,
}

impl Desk {
    /// Tasks that begin before `until` and are at risk at `now`, by start.
    pub fn risks(&self, past: &Past, outside: &Outside, now: Timestamp, until: Timestamp) -> Vec<Risk> {
        let look = self.look(past, outside, now);
        let asked = |case: &&Case| settled(case, look).is_none() && !matches!(look.part(case), Part::Rides { .. });
        let mut cases: Vec<&Case> = self.cases().filter(|case| case.start() < until).filter(asked).collect();
        cases.sort_by_key(|case| (case.start(), &case.id));
        let risk = |case: &Case| danger(self, case, look).map(|danger| Risk { task: case.id.clone(), danger });
        cases.into_iter().filter_map(risk).collect()
    }
}

/// What endangers `case`, if anything.
fn danger(desk: &Desk, case: &Case, look: Look<'_>) -> Option<Danger> {
    let standing = standing(case, look);
    let Some(asked) = standing.asked.first() else {
        let story = desk.explain_task(&case.id, look.past, look.outside, look.now)?;
        let silent = story.steps.iter().all(|step| step.among_writers || !step.told.is_empty());
        return Some(if silent { Danger::NobodyLeft } else { Danger::NobodyWrites });
    };
    let own = case.chain.iter().position(|link| link == asked.link)?;
    let others = case.chain.iter().skip(own.saturating_add(1)).any(|link| has_time(link, case, look));
    if others || standing.asked.len() > 1 {
        return None;
    }
    let (availability, deadline) = (look.scene.availability.get(&asked.link.engineer)?, asked.link.deadline?);
    let (engineer, left) = (asked.link.engineer.clone(), availability.measure(look.now, deadline));
    (left < working_day(&engineer, look)).then_some(Danger::LastWriter { engineer, left })
}

/// The length of somebody's longest working day.
fn working_day(engineer: &EngineerId, look: Look<'_>) -> SignedDuration {
    let Some(engineer) = look.scene.team.engineers.get(engineer) else { return SignedDuration::ZERO };
    let minutes = |stretch: &Stretch| i64::from(stretch.until.saturating_sub(stretch.from));
    let days = Weekday::Monday.cycle_forward().take(7);
    let longest = days.map(|day| engineer.hours.on(day).iter().map(minutes).sum()).max();
    SignedDuration::from_mins(longest.unwrap_or_default())
}

/// Whether somebody has time to write from now on.
fn has_time(link: &Link, case: &Case, look: Look<'_>) -> bool {
    let availability = look.scene.availability.get(&link.engineer).filter(|_| link.deadline.is_some_and(|deadline| look.now < deadline));
    availability.is_some_and(|availability| availability.measure(look.now, case.start()) >= look.scene.rules.min_writing)
}
