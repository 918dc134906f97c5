//! Why something is not said (yet). Silence has a reason too.

use std::fmt;

use jiff::Timestamp;

use super::notice::Kind;
use crate::agenda::TaskId;

/// One thing that is not said in this turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What it would be.
    pub kind: Kind,
    /// To whom: an id or an address; empty when it concerns nobody in particular.
    pub person: String,
    /// About which task.
    pub task: Option<TaskId>,
    /// What it is about, for people: a title, a feed's name.
    pub subject: String,
    /// Why not.
    pub why: Why,
}

/// Why something is not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody who knows the customer is there.
    Covered,
    /// The task is cancelled or gone.
    Cancelled,
    /// The task has begun.
    Begun,
    /// The briefing stands in the ticket.
    Written,
    /// No briefing is needed.
    Waived,
    /// It was said.
    AlreadySaid {
        /// When.
        at: Timestamp,
        /// When there is more to say, if nothing changes.
        next: Option<Timestamp>,
    },
    /// Its time has not come.
    TooEarly(Timestamp),
    /// It has just changed and may change back; then it is told.
    JustChanged(Timestamp),
    /// They hear first of what has changed.
    NewsFirst,
    /// One briefing serves the whole series: another occurrence is asked for.
    Series {
        /// When that one starts; none when none is ahead.
        leader: Option<Timestamp>,
    },
    /// It waits until the person is there.
    NotThere {
        /// Until when; none when that is beyond sight.
        until: Option<Timestamp>,
    },
    /// Nobody could be reached in their hours before the task.
    OutOfReach,
    /// No account was found in it.
    NoAccount,
    /// Nothing to tell.
    Nothing,
    /// It waited so long that it is of no use any more.
    Outdated,
    /// It lies before the time that offwatch answers for.
    BeforeTime,
    /// It stands in a list that goes out in the same letter.
    InList,
    /// They wished to be left alone with it until then.
    Snoozed(Timestamp),
    /// They want nothing of this kind.
    LeftOut,
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Covered => out.write_str("covered: somebody who knows the customer is there"),
            Self::Cancelled => out.write_str("cancelled or gone"),
            Self::Begun => out.write_str("the task has begun"),
            Self::Written => out.write_str("the briefing is written"),
            Self::Waived => out.write_str("no briefing is needed"),
            Self::AlreadySaid { at, next: Some(next) } => write!(out, "said at {at}, next {next}"),
            Self::AlreadySaid { at, next: None } => write!(out, "said at {at}, nothing more to say"),
            Self::TooEarly(next) => write!(out, "too early, next {next}"),
            Self::JustChanged(next) => write!(out, "it has just changed: told once that has stood, next {next}"),
            Self::NewsFirst => out.write_str("they hear first of what has changed"),
            Self::Series { leader: Some(leader) } => {
                write!(out, "one briefing serves the series: it is asked for at the occurrence of {leader}")
            }
            Self::Series { leader: None } => out.write_str("one briefing serves the series, which is asked for every four weeks"),
            Self::NotThere { until: Some(until) } => write!(out, "not there until {until}"),
            Self::NotThere { until: None } => out.write_str("not there as far as can be seen"),
            Self::OutOfReach => out.write_str("not there again before the task starts"),
            Self::NoAccount => out.write_str("no account was found in it"),
            Self::Nothing => out.write_str("nothing to tell"),
            Self::Outdated => out.write_str("waited too long to be of use"),
            Self::BeforeTime => out.write_str("before the time that offwatch answers for: noted only"),
            Self::Snoozed(until) => write!(out, "they wished to be reminded later, next {until}"),
            Self::LeftOut => out.write_str("they want no letters of this kind: `kinds` leaves it out"),
            Self::InList => out.write_str("stands in the list of the same letter"),
        }
    }
}
