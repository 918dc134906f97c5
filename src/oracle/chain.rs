//! Who should write for a task at each instant, and who is told when nobody can: a naive walk along the chain.
//! Owns the second reading of *able*, *writer* and of the steps after the last writer; compares nothing with letters.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::knowledge::{Knowledge, Run};
use super::presence::Presence;
use super::{Settings, TaskFact};
use crate::people::{Account, Contact, EngineerId};
use crate::working::WorkingTime;

/// How long before a task the manager is told.
pub(super) const MANAGER: SignedDuration = SignedDuration::from_hours(5 * 24);

/// A stretch of a run in which one engineer is the writer, or nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Turn<'a> {
    /// Who; none while nobody is able.
    pub(super) writer: Option<&'a EngineerId>,
    /// Since when.
    pub(super) since: Timestamp,
    /// Until when.
    pub(super) until: Timestamp,
}

/// Somebody who has to be told when nobody can write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step<'a> {
    /// Who.
    pub(super) to: &'a Contact,
    /// As which step.
    pub(super) stage: &'static str,
    /// When at the latest.
    pub(super) at: Timestamp,
}

/// The writers of a task in order, nobody twice.
pub(super) fn candidates<'a>(knowledge: &Knowledge<'a>, task: &TaskFact) -> Vec<&'a EngineerId> {
    let Some(account) = knowledge.account(task) else { return Vec::new() };
    let team = &knowledge.world.team;
    let holds = |id: &EngineerId, holds: &dyn Fn(jiff::civil::Date) -> bool| {
        team.engineers.get(id).is_some_and(|engineer| holds(engineer.zone.date(task.start)))
    };
    let present = account.backups.iter().filter(|backup| holds(&backup.engineer, &|date| backup.holds(date)));
    let mut seen = BTreeSet::new();
    account.engineers.iter().chain(present.map(|backup| &backup.engineer)).filter(|id| seen.insert(*id)).collect()
}

/// Whether somebody can write at `now` what they could begin at `base`.
fn able(presence: &Presence, start: Timestamp, base: Timestamp, now: Timestamp, settings: &Settings) -> bool {
    presence.deadline(start).is_some_and(|deadline| deadline > now)
        && presence.between(base, start) >= settings.min_writing
        && presence.arrive(base).is_some_and(|instant| instant < start)
}

/// The writers of a run one after the other, by what was known at each instant.
pub(super) fn turns<'a>(knowledge: &Knowledge<'a>, run: &Run) -> Vec<Turn<'a>> {
    let candidates = candidates(knowledge, &run.task);
    let mut began: BTreeMap<&EngineerId, Timestamp> = candidates.first().map(|owner| (*owner, run.known)).into_iter().collect();
    let mut turns: Vec<Turn<'a>> = Vec::new();
    for now in instants(knowledge, run, &candidates) {
        // Who comes after a time without anybody may count from its beginning: the kinder reading for what stays silent.
        let current = turns.last().cloned();
        let base = current.as_ref().filter(|turn| turn.writer.is_none()).map_or(now, |turn| turn.since);
        let can = |id: &EngineerId| {
            let since = began.get(id).copied().unwrap_or(base);
            let presence = knowledge.presence(id, now);
            presence.is_some_and(|presence| able(presence, run.task.start, since, now, &knowledge.world.settings))
        };
        let stays = current.as_ref().and_then(|turn| turn.writer).filter(|id| can(id));
        let writer = stays.or_else(|| candidates.iter().copied().find(|id| can(id)));
        if let Some(id) = writer {
            began.entry(id).or_insert(base);
        }
        if current.as_ref().is_none_or(|turn| turn.writer != writer) {
            if let Some(turn) = turns.last_mut() {
                turn.until = now;
            }
            turns.push(Turn { writer, since: now, until: run.end });
        }
    }
    turns
}

/// The instants of a run at which the writer can change: what is known does, or somebody's deadline passes.
fn instants(knowledge: &Knowledge<'_>, run: &Run, candidates: &[&EngineerId]) -> BTreeSet<Timestamp> {
    let mut instants = BTreeSet::from([run.known]);
    for id in candidates {
        let changes: Vec<Timestamp> = [run.known].into_iter().chain(knowledge.changes(id, run.known, run.end)).collect();
        let ends = changes.iter().skip(1).copied().chain([run.end]);
        for (from, until) in changes.iter().copied().zip(ends) {
            let deadline = knowledge.presence(id, from).and_then(|presence| presence.deadline(run.task.start));
            instants.insert(from);
            instants.extend(deadline.filter(|instant| from <= *instant && *instant < until));
        }
    }
    instants
}

/// Who has to be told, and when at the latest, while nobody is able in that turn of the run.
pub(super) fn steps<'a>(knowledge: &Knowledge<'a>, run: &Run, turn: &Turn<'_>) -> Vec<Step<'a>> {
    let Some(account) = knowledge.account(&run.task).filter(|_| turn.writer.is_none()) else { return Vec::new() };
    let due = |before: SignedDuration| (run.task.start - before).max(turn.since);
    let at = due(knowledge.world.settings.last_call);
    let last = Step { to: &account.last_resort, stage: "last call", at };
    let mut steps = vec![last];
    steps.extend(manager(knowledge, account, run, due(MANAGER)));
    steps.retain(|step| step.at < turn.until);
    steps
}

/// The manager's step when it becomes due at `due`: in their hours, if they have any.
fn manager<'a>(knowledge: &Knowledge<'a>, account: &'a Account, run: &Run, due: Timestamp) -> Option<Step<'a>> {
    let to = account.manager.as_ref()?;
    let at = match to {
        Contact::Mailbox(_) => due,
        Contact::Engineer(id) if candidates(knowledge, &run.task).contains(&id) => return None,
        Contact::Engineer(id) => {
            let presence = knowledge.presence(id, due)?;
            let at = presence.arrive(due)?;
            // Their hours changed before it arrived: when it should have come is not for this naive reading to say.
            let same = knowledge.presence(id, at)?.agrees(presence, due - MANAGER * 8, run.task.start);
            return same.then_some(Step { to, stage: "manager", at });
        }
    };
    Some(Step { to, stage: "manager", at })
}

/// When somebody who is the writer since `base` is asked, and with which lead (several when they coincide exactly).
pub(super) fn asks(presence: &Presence, start: Timestamp, base: Timestamp, settings: &Settings) -> Vec<(Timestamp, Vec<WorkingTime>)> {
    let Some(deadline) = presence.deadline(start) else { return Vec::new() };
    let mut asks: BTreeMap<Timestamp, BTreeMap<Timestamp, Vec<WorkingTime>>> = BTreeMap::new();
    for lead in &settings.leads {
        let instant = presence.lead(*lead, deadline);
        if let Some(at) = presence.arrive(instant.max(base)).filter(|at| *at < deadline) {
            asks.entry(at).or_default().entry(instant).or_default().push(*lead);
        }
    }
    asks.into_iter().filter_map(|(at, mut leads)| leads.pop_last().map(|(_, nearest)| (at, nearest))).collect()
}

/// When the writer of that turn is asked, and with which lead, as their absences were known to change; nothing when
/// that is open: a lead that was passed over lies ahead again, or leads changed places.
pub(super) fn asks_in(
    knowledge: &Knowledge<'_>,
    id: &EngineerId,
    start: Timestamp,
    turn: &Turn<'_>,
) -> Option<Vec<(Timestamp, Vec<WorkingTime>)>> {
    let leads = &knowledge.world.settings.leads;
    let from: Vec<Timestamp> = [turn.since].into_iter().chain(knowledge.changes(id, turn.since, turn.until)).collect();
    let ends = from.iter().skip(1).copied().chain([turn.until]);
    let (mut said, mut over) = (BTreeSet::new(), BTreeSet::new());
    let mut all = Vec::new();
    for (from, until) in from.iter().copied().zip(ends) {
        let presence = knowledge.presence(id, from)?;
        let Some(deadline) = presence.deadline(start) else { continue };
        let instant = |lead: &WorkingTime| presence.lead(*lead, deadline);
        let last_said = said.iter().map(instant).max();
        let ahead = |lead: &&WorkingTime| !said.contains(*lead) && !over.contains(*lead);
        let overtaken = |lead: &WorkingTime| last_said.is_some_and(|last| instant(lead) <= last);
        let nearer = |lead: &WorkingTime| last_said.is_some_and(|last| instant(lead) > last);
        if over.iter().any(|lead| instant(lead) > from || nearer(lead)) || leads.iter().filter(ahead).any(overtaken) {
            return None;
        }
        let arrive = |lead: &WorkingTime| {
            let at = presence.arrive(instant(lead).max(turn.since))?;
            if at < from { presence.arrive(from) } else { Some(at) }
        };
        let mut due: BTreeMap<Timestamp, BTreeMap<Timestamp, Vec<WorkingTime>>> = BTreeMap::new();
        for lead in leads.iter().filter(ahead) {
            if let Some(at) = arrive(lead).filter(|at| *at < deadline.min(until)) {
                due.entry(at).or_default().entry(instant(lead)).or_default().push(*lead);
            }
        }
        for (at, mut together) in due {
            let (_, nearest) = together.pop_last()?;
            said.extend(nearest.iter().copied());
            over.extend(together.into_values().flatten());
            all.push((at, nearest));
        }
    }
    Some(all)
}
