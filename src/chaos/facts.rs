//! Writes down for the oracle what was known from which instant on, and what letters say. Owns only this translation:
//! the facts are the agenda's, and no rule is applied here.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::agenda::{self, History, Sighting, TaskId};
use crate::config::Config;
use crate::cycle::{Cycle, Written};
use crate::oracle::{AbsenceFact, Answer, Away, EmergencyFact, Heard, Moment, Settings, TaskFact, TaskRef, World};
use crate::plan::Rules;

/// Watches turns and writes down what they know. Facts are made anew only when what they are made of changed.
#[derive(Debug)]
pub(super) struct Witness {
    /// What was known so far.
    pub(super) world: World,
    /// The history that the last facts are made of. While it is held here, a changed one is another one.
    history: Arc<History>,
    /// The absences and shifts that they are made of.
    absences: Vec<AbsenceFact>,
    /// The shifts that they are made of.
    shifts: Vec<(crate::people::EngineerId, crate::window::Window)>,
    /// When each answer was given.
    answers: BTreeMap<TaskId, Timestamp>,
}

impl Witness {
    /// Nobody has seen anything yet.
    pub(super) fn new(config: &Config, from: Timestamp, until: Timestamp) -> Self {
        let world = world(config, from, until);
        Self { world, history: Arc::default(), absences: Vec::new(), shifts: Vec::new(), answers: BTreeMap::new() }
    }

    /// Looks at what a turn at `at` knows.
    pub(super) fn look(&mut self, at: Timestamp, cycle: &Cycle) {
        let (absences, shifts) = (absences(cycle), shifts(cycle));
        let same = Arc::ptr_eq(&self.history, cycle.history()) && self.absences == absences && self.shifts == shifts;
        if !same || self.world.moments.is_empty() {
            self.history = Arc::clone(cycle.history());
            (self.absences, self.shifts) = (absences.clone(), shifts.clone());
            let known = Moment { at, tasks: tasks(&self.history), absences, emergencies: emergencies(&self.history), shifts };
            let same = |last: &Moment| {
                (&last.tasks, &last.absences, &last.emergencies, &last.shifts)
                    == (&known.tasks, &known.absences, &known.emergencies, &known.shifts)
            };
            if !self.world.moments.last().is_some_and(same) {
                self.world.moments.push(known);
            }
        }
        for (id, answer) in &cycle.past().answers {
            if self.answers.get(id) == Some(&answer.at) {
                continue;
            }
            if let Some(sighting) = cycle.history().get(id) {
                self.answers.insert(id.clone(), answer.at);
                let how = if answer.waived { Answer::Waived } else { Answer::Done };
                let by = answer.by.parse().ok().filter(|id| self.world.team.engineers.contains_key(id));
                self.world.answers.push((answer.at, reference(sighting), how, by));
            }
        }
    }
}

/// The world before anything is known.
fn world(config: &Config, from: Timestamp, until: Timestamp) -> World {
    let (team, settings) = (config.team.clone(), settings(&config.rules));
    World { team, settings, born: from, until, moments: Vec::new(), answers: Vec::new() }
}

/// What was decided.
fn settings(rules: &Rules) -> Settings {
    Settings {
        settle: rules.settle,
        leads: rules.leads.clone(),
        min_uncovered: rules.min_uncovered,
        min_writing: rules.min_writing,
        last_call: rules.last_call,
        aftercare: rules.aftercare,
        every_occurrence: rules.every_occurrence,
        min_missed: rules.min_missed,
        before_leave: rules.before_leave,
        overnight: rules.overnight,
        send_empty: rules.send_empty,
    }
}

/// The notices of a letter queued at `at`.
pub(super) fn heard(at: Timestamp, written: &Written) -> Vec<Heard> {
    let notices = written.notices.iter().map(|notice| Heard {
        at,
        to: written.letter.to.as_str().to_owned(),
        kind: notice.kind.name().to_owned(),
        engineer: notice.to.engineer.as_ref().map(|id| id.as_str().to_owned()),
        account: notice.account.as_ref().map(|id| id.as_str().to_owned()),
        uid: notice.uid.clone(),
        recurrence_id: notice.recurrence_id.clone(),
        task_start: notice.task_start,
        stage: notice.stage.clone(),
        key: notice.key.as_str().to_owned(),
        uids: notice.uids.clone(),
    });
    notices.collect()
}

/// Everything that stands of what is remembered.
fn standing(history: &History) -> impl Iterator<Item = &Sighting> {
    history.values().filter(|sighting| sighting.gone.is_none())
}

/// Tasks known.
fn tasks(history: &History) -> Vec<TaskFact> {
    standing(history).filter_map(|sighting| Some(task(sighting, sighting.thing.task()?))).collect()
}

/// Emergencies known.
fn emergencies(history: &History) -> Vec<EmergencyFact> {
    let standing = standing(history).filter_map(|sighting| sighting.thing.emergency()).filter(|emergency| !emergency.cancelled);
    let facts = standing.map(|emergency| EmergencyFact {
        uid: emergency.identity.uid.clone(),
        account: emergency.account.clone(),
        start: emergency.start,
        end: emergency.end,
        ticket: emergency.ticket.clone(),
    });
    facts.collect()
}

/// Absences known.
fn absences(cycle: &Cycle) -> Vec<AbsenceFact> {
    let absences = cycle.config().team.engineers.keys().flat_map(|engineer| cycle.shown().absences(engineer));
    absences.map(|absence| AbsenceFact { engineer: absence.engineer.clone(), away: away(absence.away) }).collect()
}

/// On-call shifts of engineers known.
fn shifts(cycle: &Cycle) -> Vec<(crate::people::EngineerId, crate::window::Window)> {
    cycle.shown().shifts().into_iter().filter_map(|shift| Some((shift.engineer?, shift.window))).collect()
}

/// A task's outside name.
fn reference(sighting: &Sighting) -> TaskRef {
    let identity = sighting.thing.identity();
    TaskRef { uid: identity.uid.clone(), recurrence_id: identity.recurrence_id.clone() }
}

/// A task as remembered.
fn task(sighting: &Sighting, task: &agenda::Task) -> TaskFact {
    let TaskRef { uid, recurrence_id } = reference(sighting);
    TaskFact {
        uid,
        recurrence_id,
        account: task.account.clone(),
        title: task.title.clone(),
        start: task.window.start(),
        end: task.window.end(),
        cancelled: task.cancelled,
        ticket: task.ticket.clone(),
        recurs: task.recurs,
        marked: task.mark.map(|mark| if mark == agenda::Mark::Waived { Answer::Waived } else { Answer::Done }),
    }
}

/// When somebody is away.
fn away(away: agenda::Away) -> Away {
    match away {
        agenda::Away::Dates { first, until } => Away::Dates { first, until },
        agenda::Away::Stretch(window) => Away::Stretch(window),
    }
}
