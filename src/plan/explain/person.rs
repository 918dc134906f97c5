//! One engineer: what they are asked for, which absences lie ahead and count as leave, and what was said to them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::agenda::TaskId;
use crate::availability::Spell;
use crate::people::EngineerId;
use crate::plan::before_leave::Leave;
use crate::plan::case::{Case, Role};
use crate::plan::catch_up::{arrival, begins, caught_up};
use crate::plan::chain::standing;
use crate::plan::desk::{Desk, Outside};
use crate::plan::look::Look;
use crate::plan::notice::{Briefing, Kind};
use crate::plan::past::{Past, Said};
use crate::plan::request::settled;

/// How far ahead spells are told.
const SPELLS: SignedDuration = SignedDuration::from_hours(28 * 24);

/// A task that somebody is to write for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedFor {
    /// The task.
    pub task: TaskId,
    /// What they are to its account.
    pub role: Role,
    /// Since when the writing is theirs.
    pub since: Timestamp,
    /// The end of their last available stretch before it starts.
    pub deadline: Option<Timestamp>,
    /// What is known of its briefing.
    pub briefing: Briefing,
}

/// A task that somebody was asked about, and that is not theirs to write any more although nobody has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOn {
    /// The task.
    pub task: TaskId,
    /// Whose it is now; nobody's when nobody can write it any more.
    pub to: Vec<EngineerId>,
}

/// A time to come without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpellAhead {
    /// When, and how much work is missed in it.
    pub spell: Spell,
    /// Whether it is a leave.
    pub leave: bool,
}

/// A list before a leave that is to come or runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListAhead {
    /// The leave.
    pub spell: Spell,
    /// From when on the list may go out.
    pub lead: Timestamp,
    /// When it was said.
    pub said: Option<Timestamp>,
    /// The tasks in it that want a briefing, by start.
    pub tasks: Vec<TaskId>,
}

/// Everything that decisions about one engineer rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonStory {
    /// Times without them in the coming four weeks, and the one that runs.
    pub spells: Vec<SpellAhead>,
    /// What they are to write, by start.
    pub asked: Vec<AskedFor>,
    /// What they were asked about and others are to write, by start.
    pub passed: Vec<PassedOn>,
    /// Their lists before leaves to come.
    pub lists: Vec<ListAhead>,
    /// The list before the leave that runs, if one does; without its lead, which is past.
    pub running: Option<ListAhead>,
    /// The end of the last spell about which a digest was decided.
    pub caught_up: Option<Timestamp>,
    /// When the next digest would come, with the spell after which; it is sent if there is anything to tell.
    pub next_digest: Option<(Timestamp, SpellAhead)>,
    /// What was said to them, oldest first.
    pub said: Vec<Said>,
}

impl Desk {
    /// Everything that decisions about an engineer rest on; none for an id that nobody has.
    pub fn explain_engineer(&self, id: &EngineerId, past: &Past, outside: &Outside, now: Timestamp) -> Option<PersonStory> {
        let look = self.look(past, outside, now);
        let rules = &look.scene.rules;
        let availability = look.scene.availability.get(id)?;
        let told = |spell: &Spell| SpellAhead { spell: *spell, leave: spell.is_leave(rules.min_missed) };
        let until = now.saturating_add(SPELLS).unwrap_or(Timestamp::MAX);
        let coming = || availability.spells().iter().filter(|spell| !spell.ended(now));
        let caught_up = past.instants.get(&caught_up(id)).copied();
        // A spell that ended is decided about at its arrival, so it may still be to come.
        let open = availability.spells().iter().filter(|spell| spell.end > Some(caught_up.unwrap_or_else(|| begins(id, look))));
        let left_out = rules.leaves_out(Some(id), Kind::CatchUp);
        let wanted = |spell: &&Spell| !left_out && (rules.overnight || spell.is_leave(rules.min_missed));
        let arrival = |spell: &Spell| Some((arrival(id, availability, spell.end?, look)?, told(spell)));
        Some(PersonStory {
            spells: coming().filter(|spell| spell.start < until).map(told).collect(),
            asked: self.asked_of(id, past, outside, now),
            passed: self.passed(id, look),
            lists: self.leaves.get(id).into_iter().flatten().filter_map(|leave| self.list(id, leave, past, now)).collect(),
            running: coming()
                .find(|spell| spell.start <= now && spell.is_leave(rules.min_missed))
                .map(|spell| self.running(id, spell, look)),
            caught_up,
            next_digest: open.filter(wanted).filter_map(arrival).find(|(at, _)| *at >= now),
            said: past.said_to(id.as_str()),
        })
    }

    /// What somebody is to write, by start.
    pub fn asked_of(&self, id: &EngineerId, past: &Past, outside: &Outside, now: Timestamp) -> Vec<AskedFor> {
        let own = self.cases().filter(|case| case.chain.iter().any(|link| link.engineer == *id));
        asked(own, self.look(past, outside, now)).remove(id).unwrap_or_default()
    }

    /// What everybody is to write, by start: for those who look at all, at the price of one look at each task.
    pub fn asked(&self, past: &Past, outside: &Outside, now: Timestamp) -> BTreeMap<EngineerId, Vec<AskedFor>> {
        asked(self.cases(), self.look(past, outside, now))
    }

    /// What somebody was asked about and others are to write, by start.
    fn passed(&self, id: &EngineerId, look: Look<'_>) -> Vec<PassedOn> {
        let unanswered = |case: &&Case| settled(case, look).is_none() && case.briefing(look) != Briefing::Stale;
        let heard = self.cases().filter(|case| look.past.was_asked(Some(id.as_str()), &case.id)).filter(unanswered);
        let passed = heard.filter_map(|case| {
            let to: Vec<EngineerId> = standing(case, look).asked.iter().map(|asked| asked.link.engineer.clone()).collect();
            (!to.contains(id)).then(|| (case.start(), PassedOn { task: case.id.clone(), to }))
        });
        let mut passed: Vec<(Timestamp, PassedOn)> = passed.collect();
        passed.sort_by(|(one, first), (other, second)| (one, &first.task).cmp(&(other, &second.task)));
        passed.into_iter().map(|(_, passed)| passed).collect()
    }

    /// The list before the leave that runs.
    fn running(&self, id: &EngineerId, spell: &Spell, look: Look<'_>) -> ListAhead {
        let leave = self.leaves.get(id).into_iter().flatten().find(|leave| leave.spell.start == spell.start);
        let tasks = leave.map(|leave| self.wanted(leave, look.past, look.now)).unwrap_or_default();
        ListAhead { spell: *spell, lead: spell.start, said: list_said(id, spell, look.past), tasks }
    }

    /// The tasks of a leave that want a briefing, by start.
    fn wanted(&self, leave: &Leave, past: &Past, now: Timestamp) -> Vec<TaskId> {
        let cases = leave.tasks.iter().filter_map(|task| self.case(task));
        let mut tasks: Vec<(Timestamp, TaskId)> =
            cases.filter(|case| self.settled(case, past, now).is_none()).map(|case| (case.start(), case.id.clone())).collect();
        tasks.sort();
        tasks.into_iter().map(|(_, task)| task).collect()
    }

    /// The list before a leave to come; none once it began.
    fn list(&self, id: &EngineerId, leave: &Leave, past: &Past, now: Timestamp) -> Option<ListAhead> {
        if leave.spell.start <= now {
            return None;
        }
        let (said, tasks) = (list_said(id, &leave.spell, past), self.wanted(leave, past, now));
        Some(ListAhead { spell: leave.spell, lead: leave.lead, said, tasks })
    }
}

/// What people are to write for those tasks, by start.
fn asked<'a>(cases: impl Iterator<Item = &'a Case>, look: Look<'_>) -> BTreeMap<EngineerId, Vec<AskedFor>> {
    let mut open: Vec<&Case> = cases.filter(|case| settled(case, look).is_none()).collect();
    open.sort_by_key(|case| (case.start(), &case.id));
    let mut all: BTreeMap<EngineerId, Vec<AskedFor>> = BTreeMap::new();
    for case in open {
        let standing = standing(case, look);
        for found in &standing.asked {
            let its = all.entry(found.link.engineer.clone()).or_default();
            // Who is behind themselves in a chain is asked once.
            if its.last().is_none_or(|last| last.task != case.id) {
                let (task, briefing) = (case.id.clone(), case.briefing(look));
                its.push(AskedFor { task, role: found.link.role, since: found.since, deadline: found.link.deadline, briefing });
            }
        }
    }
    all
}

/// When the list before a leave was said.
fn list_said(id: &EngineerId, spell: &Spell, past: &Past) -> Option<Timestamp> {
    let prefix = format!("{}/{}//{}/", Kind::BeforeLeave, id, spell.start);
    past.said_under(&prefix).map(|said| said.at).max()
}
