//! What people wish of single tasks: whom they gave a briefing to, and until when they want to be left alone. A wish counts for
//! the start that the task had; of one that was taken back nothing is left but that its keys are spent. Nobody's wish
//! changes what the manager and the last resort are told, or when.

use jiff::Timestamp;

use super::case::{Case, Link};
use super::chain::standing as standing_now;
use super::desk::Desk;
use super::look::Look;
use super::past::{Handing, Past, Said, Snooze, Writer};
use crate::people::EngineerId;

/// The hand-over by people that counts: the latest to somebody who could write.
pub(super) fn handing<'a>(case: &Case, past: &'a Past) -> Option<&'a Handing> {
    standing(case, past).rfind(|handing| place(case, &handing.to).is_some())
}

/// The hand-overs of a task as it is that were not taken back, oldest first.
fn standing<'a>(case: &Case, past: &'a Past) -> impl DoubleEndedIterator<Item = &'a Handing> + use<'a> {
    let anchor = case.anchor;
    past.handings(&case.id).iter().filter(move |handing| handing.undone.is_none() && handing.start == anchor)
}

/// The place of somebody among those who could write.
fn place(case: &Case, engineer: &EngineerId) -> Option<usize> {
    case.chain.iter().position(|link| link.engineer == *engineer)
}

/// Whether the writing went past `engineer` by a hand-over: to somebody after them, or away from them. They are asked no more.
pub(super) fn is_passed(case: &Case, engineer: &EngineerId, past: &Past) -> bool {
    let Some(handing) = handing(case, past).filter(|handing| handing.to != *engineer) else { return false };
    let is_before = place(case, engineer).is_some_and(|own| Some(own) < place(case, &handing.to));
    is_before || standing(case, past).any(|handing| handing.from.as_ref() == Some(engineer))
}

/// Whether `person` gave the task away and has heard nothing of it since: what becomes of it is no news for them.
pub(super) fn gave_away(case: &Case, person: &str, heard: Timestamp, past: &Past) -> bool {
    let is_from = |handing: &Handing| handing.from.as_ref().is_some_and(|from| from.as_str() == person) && heard <= handing.at;
    handing(case, past).is_some_and(|handing| handing.to.as_str() != person) && standing(case, past).any(is_from)
}

/// When people took back that they had given the task to `person`, who had heard of that; none while it is given to them.
pub(super) fn taken_back(case: &Case, person: &str, past: &Past) -> Option<Timestamp> {
    let told = |from: Timestamp, until: Timestamp| {
        past.about(&case.id).any(|said| said.person == person && !said.withdrawn && from <= said.at && said.at < until)
    };
    let given = || past.handings(&case.id).iter().filter(|handing| handing.to.as_str() == person);
    if given().any(|handing| handing.undone.is_none()) {
        return None;
    }
    given().filter_map(|handing| handing.undone.filter(|undone| told(handing.at, *undone))).max()
}

/// The writers that count, oldest first: those since the hand-over by people that stands, less those that one which was taken
/// back had led to.
pub(super) fn writers<'a>(case: &Case, past: &'a Past) -> Vec<&'a Writer> {
    let from = handing(case, past).map_or(Timestamp::MIN, |handing| handing.at);
    let led_to = |writer: &Writer| {
        let undone = past.handings(&case.id).iter().filter(|handing| handing.start == case.anchor);
        undone.filter_map(|handing| Some((handing.at, handing.undone?))).any(|(at, undone)| at <= writer.since && writer.since < undone)
    };
    past.writers(&case.id, case.anchor).iter().filter(|writer| from <= writer.since && !led_to(writer)).collect()
}

/// Until when a wish to be left alone holds: never past the last lead that was ahead when it was made, else the deadline.
fn until(snooze: &Snooze, link: &Link) -> Timestamp {
    let last = link.leads.last().map(|(at, _)| *at).filter(|last| *last > snooze.at);
    last.or(link.deadline).map_or(snooze.at, |last| snooze.until.min(last))
}

/// The wishes of `link` to be left alone with a task as it is.
fn snoozes<'a>(case: &'a Case, link: &'a Link, past: &'a Past) -> impl DoubleEndedIterator<Item = &'a Snooze> {
    let its = |snooze: &&Snooze| snooze.undone.is_none() && snooze.start == case.anchor && snooze.person == link.engineer;
    past.snoozes(&case.id).iter().filter(its)
}

/// Until when `link` is not to be asked now.
pub(super) fn snoozed(case: &Case, link: &Link, look: Look<'_>) -> Option<Timestamp> {
    let latest = snoozes(case, link, look.past).next_back()?;
    Some(until(latest, link)).filter(|until| look.now < *until)
}

/// How often `link` is to hear of its leads anew: each time that the task was given to them, or that they wished to be
/// reminded and the time has come.
pub(super) fn rounds(case: &Case, link: &Link, look: Look<'_>) -> u32 {
    let given = look.past.handings(&case.id).iter().filter(|handing| handing.start == case.anchor && handing.to == link.engineer);
    let over = snoozes(case, link, look.past).filter(|snooze| until(snooze, link) <= look.now);
    u32::try_from(given.count().saturating_add(over.count())).unwrap_or(u32::MAX)
}

impl Desk {
    /// Whether the person of a notice that waits in a letter is not to hear it any more: the task was given to somebody else,
    /// or it was given to them and that was taken back.
    pub fn passed_on(&self, said: &Said, past: &Past) -> bool {
        let Some(case) = said.task.as_ref().and_then(|task| self.case(task)) else { return false };
        let Ok(engineer) = said.person.parse::<EngineerId>() else { return false };
        let taken_back = |handing: &Handing| {
            handing.to == engineer
                && handing.start == case.anchor
                && handing.undone.is_some_and(|undone| said.at < undone)
                && handing.at <= said.at
        };
        is_passed(case, &engineer, past) || past.handings(&case.id).iter().any(taken_back)
    }

    /// Whether the person of a notice hears in it, rightly, that the task was taken back which people had given to them.
    pub fn taken_back(&self, case: &Case, said: &Said, past: &Past, now: Timestamp) -> bool {
        let outside = super::Outside::default();
        let asked = standing_now(case, self.look(past, &outside, now)).asked;
        let is_asked = asked.iter().any(|asked| asked.link.engineer.as_str() == said.person);
        !is_asked && taken_back(case, &said.person, past).is_some_and(|undone| undone <= said.at)
    }

    /// Until when somebody wished to be left alone with a task, by person.
    pub fn snoozes(&self, case: &Case, past: &Past, now: Timestamp) -> Vec<(EngineerId, Timestamp)> {
        let outside = super::Outside::default();
        let look = self.look(past, &outside, now);
        case.chain.iter().filter_map(|link| Some((link.engineer.clone(), snoozed(case, link, look)?))).collect()
    }

    /// Whom people gave a task to, if that stands.
    pub fn handing<'a>(&self, case: &Case, past: &'a Past) -> Option<&'a Handing> {
        handing(case, past)
    }
}
