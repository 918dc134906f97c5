//! Plays a world and writes down for the oracle what was known from which instant on, and what was heard.
//! Owns only this translation: the facts are the agenda's, and no rule is applied here.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::agenda::{self, Sighting};
use crate::config::Config;
use crate::cycle::{Cycle, Written};
use crate::oracle::{AbsenceFact, Answer, Away, EmergencyFact, Heard, Moment, Settings, TaskFact, TaskRef, World};
use crate::plan::Rules;
use crate::simulate::{self, Reply, Simulation};

/// A world that was played.
#[derive(Debug)]
pub(super) struct Played {
    /// What was known.
    pub(super) world: World,
    /// What was heard.
    pub(super) heard: Vec<Heard>,
    /// The letters that said it.
    pub(super) letters: Vec<(Timestamp, Written)>,
    /// How many turns it took.
    pub(super) turns: usize,
}

/// Plays a world from its beginning to its end.
pub(super) async fn play(config: &Arc<Config>, feeds: simulate::World, replies: Vec<Reply>, from: Timestamp, until: Timestamp) -> Played {
    let mut play = Simulation::new(Arc::clone(config), feeds, replies, from, until).await.unwrap();
    let mut played = Played { world: world(config, from, until), heard: Vec::new(), letters: Vec::new(), turns: 0 };
    let mut answers = BTreeMap::new();
    while let Some((at, report)) = play.step().await.unwrap() {
        // A step without a turn cannot have learnt anything.
        if report.next.is_none() && report.letters.is_empty() && report.hold.is_empty() {
            continue;
        }
        played.turns += 1;
        played.heard.extend(report.letters.iter().flat_map(|written| heard(at, written)));
        played.letters.extend(report.letters.into_iter().map(|written| (at, written)));
        let known = moment(at, play.cycle());
        let same = |last: &Moment| Moment { at, ..last.clone() } == known;
        if !played.world.moments.last().is_some_and(same) {
            played.world.moments.push(known);
        }
        for (id, answer) in &play.cycle().past().answers {
            if answers.insert(id.clone(), answer.at) != Some(answer.at) {
                let how = if answer.waived { Answer::Waived } else { Answer::Done };
                played.world.answers.push((answer.at, reference(&play.cycle().history()[id]), how));
            }
        }
    }
    played
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

/// The notices of a letter.
fn heard(at: Timestamp, written: &Written) -> Vec<Heard> {
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

/// Everything known after a turn.
fn moment(at: Timestamp, cycle: &Cycle) -> Moment {
    let standing = || cycle.history().values().filter(|sighting| sighting.gone.is_none());
    let tasks = standing().filter_map(|sighting| Some(task(sighting, sighting.thing.task()?))).collect();
    let emergencies =
        standing().filter_map(|sighting| sighting.thing.emergency()).filter(|emergency| !emergency.cancelled).map(|emergency| {
            EmergencyFact {
                uid: emergency.identity.uid.clone(),
                account: emergency.account.clone(),
                start: emergency.start,
                end: emergency.end,
                ticket: emergency.ticket.clone(),
            }
        });
    let agenda = cycle.agenda();
    let absences =
        agenda.absences.values().flatten().map(|absence| AbsenceFact { engineer: absence.engineer.clone(), away: away(absence.away) });
    let shifts = agenda.shifts.iter().filter_map(|shift| Some((shift.engineer.clone()?, shift.window)));
    Moment { at, tasks, absences: absences.collect(), emergencies: emergencies.collect(), shifts: shifts.collect() }
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
        marked_done: task.mark.is_some(),
    }
}

/// When somebody is away.
fn away(away: agenda::Away) -> Away {
    match away {
        agenda::Away::Dates { first, until } => Away::Dates { first, until },
        agenda::Away::Stretch(window) => Away::Stretch(window),
    }
}
