//! Rehearses power cuts: ends this process at a named point, as the kernel's KILL does, when it was told to at its start.
//! Told nothing, as always outside of rehearsals, it does nothing.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// A point between two steps, in the order in which a letter passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A new schema is there, and not yet for good.
    Migrating,
    /// Feeds were fetched, and nothing of that is kept yet.
    Fetched,
    /// What was fetched is kept, and no turn has seen it.
    CopiesKept,
    /// A turn has decided and written, and nothing of that is kept yet.
    Decided,
    /// A turn is kept; its letters wait.
    TurnKept,
    /// An attempt is about to be kept.
    AttemptBegun,
    /// An attempt is kept, and nothing of it was said to a server.
    AttemptKept,
    /// The server waits for the message.
    BeforeDot,
    /// The server has taken the message and said so.
    Answered,
    /// What it said is about to be kept.
    AnswerBegun,
    /// What it said is kept.
    AnswerKept,
}

impl Point {
    /// All of them with their names.
    const NAMES: [(Self, &'static str); 11] = [
        (Self::Migrating, "migrating"),
        (Self::Fetched, "fetched"),
        (Self::CopiesKept, "copies-kept"),
        (Self::Decided, "decided"),
        (Self::TurnKept, "turn-kept"),
        (Self::AttemptBegun, "attempt-begun"),
        (Self::AttemptKept, "attempt-kept"),
        (Self::BeforeDot, "before-dot"),
        (Self::Answered, "answered"),
        (Self::AnswerBegun, "answer-begun"),
        (Self::AnswerKept, "answer-kept"),
    ];
}

/// Where to end, and when: `before-dot`, or `before-dot:3` for the third time that this point is reached.
#[derive(Debug)]
pub struct Plan {
    /// The point.
    point: Point,
    /// How often it is still passed.
    left: AtomicU32,
}

/// What is no plan of a crash.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is no point to crash at; there are {}", .0.escape_debug(), Point::NAMES.map(|(_, name)| name).join(", "))]
pub struct BadPlan(String);

impl FromStr for Plan {
    type Err = BadPlan;

    fn from_str(text: &str) -> Result<Self, BadPlan> {
        let (name, count) = text.split_once(':').unwrap_or((text, "1"));
        let point = Point::NAMES.iter().find(|(_, known)| *known == name).map(|(point, _)| *point);
        let count = count.parse().ok().filter(|count| *count > 0);
        let (Some(point), Some(count)) = (point, count) else { return Err(BadPlan(text.to_owned())) };
        Ok(Self { point, left: AtomicU32::new(count) })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(Self::NAMES.iter().find(|(point, _)| point == self).map_or("", |(_, name)| name))
    }
}

/// What this process was told.
static PLAN: OnceLock<Plan> = OnceLock::new();

/// Takes what this process is told, once.
pub fn rehearse(plan: Plan) {
    // A second word is not heard.
    let _ = PLAN.set(plan);
}

/// Ends this process if it was told to end here.
pub fn at(point: Point) {
    if let Some(plan) = PLAN.get()
        && plan.point == point
        && plan.left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        tracing::warn!("ends at `{point}`, as it was told");
        // Nothing runs after this: no destructor, no flush.
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_has_a_name_of_its_own_and_nothing_else_is_one() {
        for (point, name) in Point::NAMES {
            let plan: Plan = format!("{name}:7").parse().unwrap();
            assert_eq!((plan.point, plan.left.into_inner(), point.to_string().as_str()), (point, 7, name));
        }
        assert_eq!("answered".parse::<Plan>().unwrap().left.into_inner(), 1);
        for wrong in ["", "nowhere", "answered:0", "answered:x", "answered:1:2"] {
            assert!(wrong.parse::<Plan>().unwrap_err().to_string().contains("before-dot, answered"), "{wrong}");
        }
    }
}
