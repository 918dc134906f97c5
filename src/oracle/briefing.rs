//! How the briefing of one task stands: wanted, written, stale, waived. Owns the second reading of *stale*.
//! Where two answers contradict each other, or a task went there and back again, it is unsure.

use jiff::{SignedDuration, Timestamp};

use super::history::{State, Thread};
use super::knowledge::{Knowledge, near, plain};
use super::{Answer, TaskFact};
use crate::people::EngineerId;

/// A cover that lasts less is none.
const FLIP: SignedDuration = SignedDuration::from_mins(30);

/// How a briefing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Briefing {
    /// Nobody said anything of it.
    Wanted,
    /// It is written, as last said then.
    Written(Timestamp),
    /// It was written for another form of the task.
    Stale,
    /// None is needed.
    Waived,
    /// The rules leave it open.
    Unsure,
}

/// One answer to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said<'a> {
    /// When; of a mark in the event, the fetch that first showed it.
    pub(super) at: Timestamp,
    /// What.
    pub(super) answer: Answer,
    /// Who, when that is one of us.
    pub(super) by: Option<&'a EngineerId>,
    /// Whether the event said it.
    pub(super) mark: bool,
}

/// How much one form of a task differs from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// Not at all, or by less than counts.
    No,
    /// Who can say.
    Maybe,
    /// It counts.
    Yes,
}

/// Whether a task was moved or renamed from one form to the other.
pub(super) fn changed(old: &TaskFact, new: &TaskFact) -> Difference {
    let date = |task: &TaskFact| task.start.to_zoned(jiff::tz::TimeZone::UTC).date();
    if !near(old.start, new.start) || date(old) != date(new) {
        return Difference::Yes;
    }
    match (plain(&old.title) == plain(&new.title), old.marked == new.marked) {
        (true, _) => Difference::No,
        // A mark in a title is no change of it.
        (false, false) => Difference::Maybe,
        (false, true) => Difference::Yes,
    }
}

/// Everything said of a task not after `now`, in no order.
pub(super) fn said<'a>(knowledge: &Knowledge<'a>, thread: &Thread<'_>, now: Timestamp) -> Vec<Said<'a>> {
    let answers = knowledge.world.answers.iter().filter(|(at, name, ..)| *at <= now && thread.named(name));
    let mut said: Vec<Said<'a>> =
        answers.map(|(at, _, answer, by)| Said { at: *at, answer: *answer, by: by.as_ref(), mark: false }).collect();
    let mut before = None;
    for state in thread.states.iter().take_while(|state| state.at <= now) {
        let Some(task) = state.fact else { continue };
        if let Some(answer) = task.marked.filter(|_| task.marked != before) {
            said.push(Said { at: state.at, answer, by: None, mark: true });
        }
        before = task.marked;
    }
    said
}

/// Whether somebody answered in that very instant, so that a letter may have come before it or after.
pub(super) fn answered_at(knowledge: &Knowledge<'_>, thread: &Thread<'_>, instant: Timestamp) -> bool {
    knowledge.world.answers.iter().any(|(at, name, ..)| *at == instant && thread.named(name))
}

/// How the briefing of a task stands at `now`.
pub(super) fn briefing(knowledge: &Knowledge<'_>, thread: &Thread<'_>, now: Timestamp) -> Briefing {
    let said = said(knowledge, thread, now);
    let taken_back = said.iter().any(|said| said.mark) && thread.last(now).is_some_and(|task| task.marked.is_none());
    if taken_back || whole_series(knowledge, thread) {
        return Briefing::Unsure;
    }
    let waived = said.iter().filter(|said| said.answer == Answer::Waived).count();
    if waived > 0 {
        return if waived == said.len() { Briefing::Waived } else { Briefing::Unsure };
    }
    let mut found = Briefing::Wanted;
    for one in &said {
        match (stale(thread, one.at, now), found) {
            (Difference::Maybe, _) => return Briefing::Unsure,
            (Difference::No, Briefing::Written(at)) => found = Briefing::Written(at.max(one.at)),
            (Difference::No, _) => found = Briefing::Written(one.at),
            (Difference::Yes, Briefing::Wanted) => found = Briefing::Stale,
            (Difference::Yes, _) => {}
        }
    }
    // The last word is stale and an earlier one, for nearly the same form, is not: which of them counts is open.
    let last = said.iter().max_by_key(|said| said.at);
    let open = last.is_some_and(|last| matches!(found, Briefing::Written(at) if at < last.at));
    if open { Briefing::Unsure } else { found }
}

/// Whether somebody answered a whole series by its bare name, of which this is one occurrence.
fn whole_series(knowledge: &Knowledge<'_>, thread: &Thread<'_>) -> bool {
    let whole = |uid: &str| thread.names.iter().any(|own| own.uid == uid && own.recurrence_id.is_some());
    knowledge.world.answers.iter().any(|(_, name, ..)| name.recurrence_id.is_none() && whole(&name.uid))
}

/// Whether what was written at `at` is stale at `now`.
fn stale(thread: &Thread<'_>, at: Timestamp, now: Timestamp) -> Difference {
    let (Some(first), Some(last)) = (thread.place(at), thread.place(now)) else { return Difference::Maybe };
    let states: Vec<&State<'_>> = thread.states.iter().take(last + 1).skip(first).collect();
    // Said of what was cancelled, or covered, then: what it is worth later is open.
    let Some(then) = states.first().and_then(|state| state.wanted()) else { return Difference::Maybe };
    let forms = || states.iter().filter_map(|state| state.fact);
    let present = forms().next_back().map_or(Difference::No, |form| changed(then, form));
    let ever = forms().map(|form| changed(then, form)).max().unwrap_or(Difference::No);
    if present == Difference::Yes {
        return Difference::Yes;
    }
    // There and back again, or step by step: open.
    if ever != Difference::No {
        return Difference::Maybe;
    }
    states.iter().zip(states.iter().skip(1)).map(|(before, after)| flipped(thread, before, after, now)).max().unwrap_or(Difference::No)
}

/// Whether somebody was there for a task for a while that began with `after`, and was not before nor later.
fn flipped(thread: &Thread<'_>, before: &State<'_>, after: &State<'_>, now: Timestamp) -> Difference {
    if after.covered().is_none() || before.covered().is_some() {
        return Difference::No;
    }
    let later = || thread.states.iter().filter(|state| after.at < state.at && state.at <= now);
    let Some(end) = later().find(|state| state.covered().is_none()) else { return Difference::No };
    let Some(back) = later().find(|state| state.wanted().is_some()) else { return Difference::No };
    // Cancelled or gone on one side of it: whether it became covered is open.
    if before.wanted().is_none() || end.at != back.at {
        return Difference::Maybe;
    }
    match end.at.duration_since(after.at).cmp(&FLIP) {
        std::cmp::Ordering::Less => Difference::No,
        std::cmp::Ordering::Equal => Difference::Maybe,
        std::cmp::Ordering::Greater => Difference::Yes,
    }
}
