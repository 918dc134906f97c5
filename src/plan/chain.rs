//! Who is to write for a task at this moment, and since when: the owner, then the next who is able.
//! A hand-over once made stands; who becomes able again is asked again at their next lead. One by people stands in any case.

use jiff::{SignedDuration, Timestamp};

use super::case::{Case, Link};
use super::desk::Scene;
use super::look::Look;
use super::past::{Handing, Past, Said, Writer};
use super::wishes;
use crate::people::EngineerId;

/// How long after an instant that the plan wakes at its turn comes at the latest.
const TICK: SignedDuration = SignedDuration::from_mins(1);

/// Somebody who is asked to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    /// Who.
    pub(super) link: &'a Link,
    /// When they became the writer.
    pub(super) since: Timestamp,
    /// Whether they had been the writer before and lost it: then only leads after `since` count.
    pub(super) again: bool,
}

/// Who is to write, now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing<'a> {
    /// Everybody who is asked: the first able one, and those to whom it was handed before and who are still able.
    pub(super) asked: Vec<Asked<'a>>,
    /// Since when nobody is able.
    pub(super) nobody_since: Option<Timestamp>,
    /// A hand-over that this turn has found, to be remembered; the first writer is one too.
    pub(super) handover: Option<Writer>,
    /// When this may change by time alone: the next deadline of somebody asked.
    pub(super) until: Option<Timestamp>,
}

/// Everything that the walk along the chain looks at.
struct Walk<'a, 'w> {
    /// The task.
    case: &'a Case,
    /// People and hours.
    scene: &'a Scene,
    /// What was said before.
    past: &'a Past,
    /// Writers so far, oldest first.
    handed: &'w [&'a Writer],
    /// The hand-over by people that stands.
    given: Option<&'a Handing>,
    /// Since when it is known in its present form.
    known: Timestamp,
    /// The turn before this one.
    turn: Timestamp,
    /// This turn.
    now: Timestamp,
}

/// Finds the writer of `case` at `now`.
pub(super) fn standing<'a>(case: &'a Case, look: Look<'a>) -> Standing<'a> {
    let Look { scene, past, now, .. } = look;
    let known = look.known(case);
    // Hand-overs from before it was covered for a while do not count.
    let mut handed = wishes::writers(case, past);
    handed.retain(|writer| known <= writer.since);
    let (handed, given) = (handed.as_slice(), wishes::handing(case, past));
    let walk = Walk { case, scene, past, handed, given, known, turn: look.last_turn(), now };
    let (current, since) = walk.first_able();
    let latest = handed.last();
    let handover = match latest {
        Some(latest) if latest.engineer.as_ref() == current.map(|link| &link.engineer) => None,
        Some(_) | None => {
            let again = current.is_some_and(|link| walk.entries(link).next().is_some() || walk.comes_back(link));
            let since = if again { now } else { since };
            Some(Writer { task: case.id.clone(), start: case.anchor, engineer: current.map(|link| link.engineer.clone()), since })
        }
    };
    let nobody_since = current.is_none().then(|| handover.as_ref().or(latest.copied()).map_or(since, |writer| writer.since));
    let asked: Vec<Asked<'a>> = case.chain.iter().filter_map(|link| walk.asked(link, current, handover.as_ref())).collect();
    let until = asked.iter().filter_map(|asked| asked.link.deadline).filter(|deadline| *deadline > now).min();
    Standing { asked, nobody_since, handover, until }
}

impl<'a> Walk<'a, '_> {
    /// The first able one and the moment since which they are the writer; without one, since when there is none.
    fn first_able(&self) -> (Option<&'a Link>, Timestamp) {
        // When nobody was able until now, whoever is able now owes it to this turn's news.
        let mut since = match self.handed.last() {
            None => self.known,
            Some(writer) if writer.engineer.is_none() => self.now,
            Some(writer) => writer.since,
        };
        since = self.given.map_or(since, |given| given.at.max(since));
        for link in self.case.chain.iter().filter(|link| !wishes::is_passed(self.case, &link.engineer, self.past)) {
            let became = self.entries(link).next().map_or(since, |writer| writer.since);
            if self.able(link, became) {
                return (Some(link), since);
            }
            since = self.ceased(link, became).map_or(since, |ceased| ceased.max(since));
        }
        (None, since)
    }

    /// The times at which `link` became the writer, oldest first.
    fn entries(&self, link: &Link) -> impl DoubleEndedIterator<Item = &'a Writer> {
        let engineer = link.engineer.clone();
        self.handed.iter().copied().filter(move |writer| writer.engineer.as_ref() == Some(&engineer))
    }

    /// Whether `link` can still write, having become the writer at `became`: their deadline lies ahead, and since then
    /// they have enough working time before the start, with a moment in it at which a letter reaches them.
    fn able(&self, link: &Link, became: Timestamp) -> bool {
        link.deadline.is_some_and(|deadline| self.now < deadline) && self.has_time(link, became)
    }

    /// Whether there is enough working time between `became` and the start.
    fn has_time(&self, link: &Link, became: Timestamp) -> bool {
        let (from, start) = (became.max(self.known), self.case.start());
        self.scene.availability.get(&link.engineer).is_some_and(|availability| {
            let reached = availability.arrive(from, self.scene.rules.settle).is_some_and(|at| at < start);
            reached && availability.measure(from, start) >= self.scene.rules.min_writing
        })
    }

    /// When `link`, who is not able, handed on. Whoever wrote until now does so at their deadline or, when news moved
    /// that into the past or took their time away, in this turn. Whoever is passed over hands on at once.
    fn ceased(&self, link: &Link, became: Timestamp) -> Option<Timestamp> {
        let deadline = link.deadline.filter(|deadline| *deadline <= self.now && self.has_time(link, became));
        let wrote_until_now = self.handed.last().is_some_and(|writer| writer.engineer.as_ref() == Some(&link.engineer));
        if wrote_until_now {
            // There was a turn at a deadline that was known before.
            let known = |deadline: &Timestamp| *deadline > self.turn && self.now.duration_since(*deadline) < TICK;
            return Some(deadline.filter(known).unwrap_or(self.now));
        }
        if self.entries(link).next().is_some() { None } else { deadline }
    }

    /// Whether the writing had gone past `link` to somebody behind them who still has it: that hand-over stands, and `link`
    /// is asked beside them from their next lead on.
    fn comes_back(&self, link: &Link) -> bool {
        let place = |engineer: &EngineerId| self.case.chain.iter().position(|link| link.engineer == *engineer);
        let own = place(&link.engineer);
        let before = self.handed.iter().take_while(|writer| writer.engineer.as_ref() != Some(&link.engineer));
        let mut behind = before.filter_map(|writer| {
            let other = place(writer.engineer.as_ref()?).filter(|other| Some(*other) > own)?;
            self.case.chain.get(other).map(|link| (link, writer.since))
        });
        behind.any(|(other, since)| self.able(other, since))
    }

    /// Whether `link`, or somebody else who wrote and is still able to, was told of the task.
    fn is_known(&self, link: &Link) -> bool {
        let able = |other: &Link| self.entries(other).next().is_some_and(|writer| self.able(other, writer.since));
        self.case.chain.iter().any(|other| (other == link || able(other)) && self.heard(other))
    }

    /// Whether `link` was told of the task since they first became the writer.
    fn heard(&self, link: &Link) -> bool {
        let first = self.entries(link).next().map_or(Timestamp::MAX, |writer| writer.since);
        let mine = |said: &&Said| said.person == link.engineer.as_str() && !said.withdrawn && said.at >= first;
        let listed = self.past.lists_of(&self.case.task.identity.uid);
        self.past.about(&self.case.id).chain(listed).any(|said| mine(&said))
    }

    /// Whether and since when `link` is asked: as the first able one, or because it was handed to them and still stands.
    fn asked(&self, link: &'a Link, current: Option<&Link>, handover: Option<&Writer>) -> Option<Asked<'a>> {
        if wishes::is_passed(self.case, &link.engineer, self.past) {
            return None;
        }
        let is_current = current == Some(link);
        let new = handover.filter(|writer| writer.engineer.as_ref() == Some(&link.engineer));
        let stands = self.entries(link).next().is_some_and(|writer| self.able(link, writer.since));
        if !is_current && !stands {
            return None;
        }
        let since = new.or(self.entries(link).next_back()).map_or(self.known, |writer| writer.since);
        // If nobody heard of it yet who may still write, this is as good as their first time.
        let again = self.entries(link).chain(new).count() > 1 && self.is_known(link) || self.comes_back(link);
        Some(Asked { link, since, again })
    }
}
