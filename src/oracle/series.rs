//! Series: one occurrence at a time is asked for, the rest is silent; one answer serves all that are not changed.
//! Exact for series that stay as they are; of others only what no reading of the rules allows is named. Quiet where an
//! occurrence is changed by itself (it is a task of its own) and where a series may have become another.

use jiff::{SignedDuration, Timestamp};

use super::chain::{asks, turns};
use super::history::{State, Thread};
use super::knowledge::{Knowledge, Run};
use super::picture;
use super::request;
use super::unsaid::shown;
use super::{Broken, Heard};

/// An occurrence was asked for beside the one that leads.
const SILENT: &str = "one occurrence of a series at a time";
/// A later leader came too soon.
const APART: &str = "a series is asked for again after four weeks";
/// A later leader was asked for more than once, or escalated.
const ONCE: &str = "a later occurrence is asked for once";
/// A later leader was not asked for.
const MISSING: &str = "a series without an answer is asked for again";
/// The series was answered.
const ANSWERED: &str = "an answered series is silent";
/// How far apart leaders are at least. By local time it may be an hour or two less.
const APART_BY: SignedDuration = SignedDuration::from_hours(4 * 7 * 24);
/// What four weeks may lack, or have too much, when clocks change.
const CLOCKS: SignedDuration = SignedDuration::from_hours(2);

/// A series, and what was said of it.
struct Series<'k, 'a, 'h> {
    /// The world.
    knowledge: &'k Knowledge<'a>,
    /// Its occurrences that never were tasks of their own, by their first start.
    occurrences: Vec<(&'k Thread<'a>, Vec<&'h Heard>)>,
    /// When it was answered first.
    answered: Timestamp,
}

/// Everything wrong with series.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let by_thread = picture::by_thread(knowledge, heard);
    let mut broken = Vec::new();
    for uid in knowledge.all_series() {
        let threads = || knowledge.threads.iter().zip(&by_thread).filter(|(thread, _)| thread.names.iter().any(|name| name.uid == uid));
        let accounts = || threads().filter_map(|(thread, _)| Some(&thread.first()?.account));
        // One that became a task of its own, or stopped being one, changed who leads: the order of things is open then.
        let own = |thread: &Thread<'_>, own: bool| {
            let ends = thread.states.iter().skip(1).map(|state| state.index.saturating_sub(1)).chain([usize::MAX]);
            thread.states.iter().zip(ends).any(|(state, end)| {
                // The others may have changed since, and with them what is usual.
                let mut while_so = state.index..=end.min(knowledge.world.moments.len().saturating_sub(1));
                state.fact.is_some_and(|task| while_so.any(|index| knowledge.own(task, index) == Some(own)))
            })
        };
        let mixed = threads().any(|(thread, _)| own(thread, true) && own(thread, false));
        if mixed
            || knowledge.tied(uid)
            || threads().any(|(thread, _)| thread.unsure)
            || accounts().any(|account| Some(account) != accounts().next())
        {
            continue;
        }
        let plain = |thread: &Thread<'_>| {
            thread.states.iter().all(|state| state.fact.is_none_or(|task| knowledge.own(task, state.index) == Some(false)))
        };
        let mut occurrences: Vec<_> =
            threads().filter(|(thread, _)| plain(thread)).map(|(thread, heard)| (thread, heard.clone())).collect();
        occurrences.sort_by_key(|(thread, _)| thread.first().map(|task| task.start));
        let names = || threads().flat_map(|(thread, _)| &thread.names);
        let answered = names().filter_map(|name| knowledge.answered(name)).map(|(at, _)| at).min().unwrap_or(Timestamp::MAX);
        let series = Series { knowledge, occurrences, answered };
        broken.extend(series.wrong());
        broken.extend(series.missing(heard));
    }
    broken
}

impl<'a> Series<'_, 'a, '_> {
    /// Whatever was said of its occurrences that should not have been.
    fn wrong(&self) -> Vec<Broken> {
        let mut broken = Vec::new();
        for (thread, heard) in &self.occurrences {
            let asked: Vec<&Heard> = heard.iter().copied().filter(|notice| picture::asks(notice)).collect();
            for (place, notice) in asked.iter().enumerate() {
                if let Some(rule) = self.rule(thread, notice, asked.get(..place).unwrap_or_default()) {
                    let name = thread.last(notice.at).map(|task| shown(&task.reference())).unwrap_or_default();
                    let what = format!("{} of {name} ({:?}) to {}", notice.kind, notice.stage, notice.to);
                    broken.push(Broken { at: notice.at, rule, what });
                }
            }
        }
        broken
    }

    /// The rule that a request for an occurrence breaks, after those others for it.
    fn rule(&self, thread: &Thread<'a>, notice: &Heard, before: &[&Heard]) -> Option<&'static str> {
        let start = thread.at(notice.at)?.fact?.start;
        if self.answered < notice.at {
            // What was changed or covered since may be stale: open.
            let steady = self.occurrences.iter().all(|(other, _)| same_since(other, self.answered));
            return steady.then_some(ANSWERED);
        }
        match self.led(notice.at) {
            Some(last) if start < last + self.apart() => Some(APART),
            Some(last) if before.iter().any(|other| other.at >= last) || notice.kind == "escalation" => Some(ONCE),
            Some(_) => None,
            None => self.behind(thread, notice.at, start).then_some(SILENT),
        }
    }

    /// The start of the last occurrence that led and began without an answer, before `now`.
    fn led(&self, now: Timestamp) -> Option<Timestamp> {
        let begun = self.occurrences.iter().filter_map(|(thread, heard)| {
            let task = thread.last(now)?;
            let stood = thread.at(task.start)?.wanted().is_some_and(|then| then.start == task.start);
            let about = |notice: &&&Heard| notice.at < task.start && (picture::asks(notice) || picture::is_news(notice));
            let before = || heard.iter().filter(about);
            // Who was told that it needs nothing was not asked in vain.
            let taken_back = before().next_back().is_some_and(|notice| notice.kind == "retraction");
            let asked = before().any(|notice| picture::asks(notice)) && !taken_back;
            (task.start <= now && stood && asked).then_some(task.start)
        });
        let mut begun: Vec<Timestamp> = begun.collect();
        begun.sort_unstable();
        // What was asked for although it did not lead is named already, and leads no more for that.
        let leads = |last: Option<Timestamp>, start| last.filter(|last| start < *last + self.apart()).or(Some(start));
        begun.into_iter().fold(None, leads)
    }

    /// How far apart leaders are at least: the one that was chosen already may come nearer when the whole series moves.
    fn apart(&self) -> SignedDuration {
        let moved = self.occurrences.iter().any(|(thread, _)| thread.names.len() > 1);
        let nearer = if moved { SignedDuration::from_hours(7 * 24) } else { CLOCKS };
        APART_BY - nearer
    }

    /// Whether another occurrence was ahead of that one for as long as that one was uncovered, and nothing began yet.
    fn behind(&self, thread: &Thread<'a>, now: Timestamp, start: Timestamp) -> bool {
        let Some(since) = thread.states.iter().find(|state| state.wanted().is_some()).map(|state| state.at) else { return false };
        let begun = |other: &Thread<'_>| other.last(now).is_some_and(|task| task.start <= now);
        let stands = |state: &State<'_>| state.wanted().is_some_and(|task| now < task.start && task.start < start);
        let ahead = |other: &Thread<'_>| {
            let states = other.place(since).map(|place| other.states.iter().skip(place).take_while(|state| state.at <= now));
            states.is_some_and(|mut states| states.all(stands))
        };
        !self.occurrences.iter().any(|(other, _)| begun(other)) && self.occurrences.iter().any(|(other, _)| ahead(other))
    }

    /// What should have been said of a series that never changed and was never answered, and was not.
    fn missing(&self, heard: &[Heard]) -> Vec<Broken> {
        let Some(mut leader) = self.first().filter(|_| self.answered == Timestamp::MAX && self.steady()) else { return Vec::new() };
        if heard.iter().any(|notice| notice.uids.iter().flatten().any(|uid| *uid == leader.task.uid) && notice.kind == "before-leave") {
            return Vec::new();
        }
        let mut broken = request::compare(self.knowledge, &leader.task.reference(), leader, heard);
        while let Some(next) = self.next(leader) {
            broken.extend(self.again(leader, next));
            leader = next;
        }
        broken
    }

    /// The run of the first uncovered occurrence ahead.
    fn first(&self) -> Option<&Run> {
        self.runs().next()
    }

    /// The runs of its uncovered occurrences, by start.
    fn runs(&self) -> impl Iterator<Item = &Run> {
        self.occurrences.iter().filter_map(|(thread, _)| self.knowledge.runs(thread.names.first()?).first())
    }

    /// Whether nothing of it ever changed, but that more of it came into sight, and its people's absences did not.
    fn steady(&self) -> bool {
        let still = |thread: &Thread<'_>| {
            let begins = thread.last(Timestamp::MAX).map_or(Timestamp::MIN, |task| task.start);
            let mut states = thread.states.iter().filter(|state| state.at < begins);
            thread.names.len() == 1 && states.next().is_some() && states.next().is_none()
        };
        self.occurrences.iter().all(|(thread, _)| still(thread)) && self.runs().all(|run| request::people_steady(self.knowledge, run))
    }

    /// Who leads when that one has begun; nobody when clocks make it doubtful.
    fn next(&self, leader: &Run) -> Option<&Run> {
        let far = |run: &&Run| run.task.start > leader.task.start + APART_BY - CLOCKS;
        let next = self.runs().find(far)?;
        (next.task.start.duration_since(leader.task.start + APART_BY).abs() != CLOCKS).then_some(next)
    }

    /// The one request for a later leader, where the owner can write, and it was not heard when it was due.
    fn again(&self, leader: &Run, next: &Run) -> Option<Broken> {
        let doubtful = next.task.start < leader.task.start + APART_BY;
        let began = next.known.max(leader.task.start);
        let owner = self.knowledge.account(&next.task)?.owner()?;
        let presence = self.knowledge.presence(owner, began)?;
        let (at, _) = asks(presence, next.task.start, began, &self.knowledge.world.settings).into_iter().next()?;
        let writes = turns(self.knowledge, next).iter().any(|turn| turn.writer == Some(owner) && turn.since <= at && at < turn.until);
        let mut heard = self.occurrences.iter().flat_map(|(_, heard)| heard);
        let said = heard.any(|notice| notice.at == at && notice.kind == "briefing-request" && notice.task_start == Some(next.task.start));
        let broken = !said && writes && !doubtful && self.knowledge.world.plays(at);
        broken.then(|| Broken { at, rule: MISSING, what: format!("{} at {}", shown(&next.task.reference()), next.task.start) })
    }
}

/// Whether a task stood as it did from `since`, or its first sight, to its beginning.
fn same_since(thread: &Thread<'_>, since: Timestamp) -> bool {
    let begins = thread.last(Timestamp::MAX).map_or(Timestamp::MIN, |task| task.start);
    let place = thread.place(since).unwrap_or_default();
    let mut states = thread.states.iter().skip(place).filter(|state| state.at < begins);
    let first = states.next();
    thread.names.len() == 1 && states.all(|state| first.is_some_and(|first| first.like(state)))
}
