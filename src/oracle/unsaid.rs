//! The second promise: every uncovered task that was known is asked for, escalated, or told to the last resort.
//! For tasks that kept their name and are no series.

use jiff::{SignedDuration, Timestamp};

use super::briefing::{Briefing, briefing};
use super::chain::{Step, steps, turns};
use super::history::Thread;
use super::knowledge::{Knowledge, Run, near, plain};
use super::request::comes_back;
use super::{Broken, Heard, TaskRef};
use crate::people::Contact;

/// Nobody heard of a task.
pub(super) const UNSAID: &str = "no uncovered task goes unsaid";
/// The manager or the last resort did not hear of it in time.
pub(super) const LATE: &str = "told in time when nobody can write";
/// The shortest time.
const INSTANT: SignedDuration = SignedDuration::from_secs(1);
/// How long a change may stand before somebody is told of it.
const STANDING: SignedDuration = SignedDuration::from_mins(30);

/// Every task of which nobody heard, or not the right ones in time. Of one that had several names the other reading of
/// this promise is the stricter one; series have their own.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for name in knowledge.tasks().into_iter().filter(|name| !knowledge.is_series(&name.uid) && knowledge.keeps_name(name)) {
        for run in knowledge.runs(&name) {
            broken.extend(unsaid(knowledge, &name, run, heard));
            broken.extend(late(knowledge, &name, run, heard));
        }
    }
    broken
}

/// That nobody heard of a task before it began, though it stood as it was until then.
fn unsaid(knowledge: &Knowledge<'_>, name: &TaskRef, run: &Run, heard: &[Heard]) -> Option<Broken> {
    let start = run.task.start;
    let aliases = knowledge.aliases(&name.uid);
    let open = |thread: &Thread<'_>| matches!(briefing(knowledge, thread, start - INSTANT), Briefing::Wanted | Briefing::Stale);
    // What came at the very instant of the start changes nothing any more.
    let answered = !knowledge.thread(name).is_some_and(open);
    if !run.held() || start > knowledge.world.until || answered {
        return None;
    }
    let named = |uid: &str| uid == name.uid || aliases.contains(uid);
    let told = heard.iter().filter(|notice| notice.at < start).any(|notice| match notice.kind.as_str() {
        "briefing-request" | "escalation" | "task-changed" => {
            // A move by minutes is no change.
            let same = notice.task_start.is_some_and(|said| near(said, start));
            notice.uid.as_deref().is_some_and(named) && same
        }
        "before-leave" => {
            let listed = notice.uids.iter().flatten().any(|uid| named(uid));
            listed && knowledge.fact_at(name, notice.at).is_none_or(|task| run.nudged() || task.start == start)
        }
        _ => false,
    });
    let what = || format!("nobody heard of {} at {start}, known since {}", shown(name), run.known);
    (!told).then(|| Broken { at: start, rule: UNSAID, what: what() })
}

/// Whether it got another title meanwhile: then it is known anew, and who had time to write before may have none after.
fn renamed(knowledge: &Knowledge<'_>, name: &TaskRef, run: &Run) -> bool {
    let states = knowledge.row(name).iter().filter(|state| run.known <= state.at && state.at < run.end);
    let mut facts = states.filter_map(|state| state.fact);
    facts.any(|fact| plain(&fact.title) != plain(&run.task.title))
}

/// Those who should have been told when nobody could write, and were not, or too late.
fn late(knowledge: &Knowledge<'_>, name: &TaskRef, run: &Run, heard: &[Heard]) -> Vec<Broken> {
    let world = knowledge.world;
    if run.nudged() || recreated(knowledge, name, run) || renamed(knowledge, name, run) {
        return Vec::new();
    }
    let answer = knowledge.answered(name).map_or(Timestamp::MAX, |(at, _)| at);
    let turns = turns(knowledge, run);
    // Who came back may write longer than those asked in turn; the kinder reading of this promise looks at that.
    if comes_back(knowledge, run, &turns) {
        return Vec::new();
    }
    let steps = turns.iter().flat_map(|turn| steps(knowledge, run, turn)).map(|step| Step { at: run.sayable(step.at), ..step });
    // Of a task that changed they may hear as of a change, and only once that has stood. When that of a task that moved comes to
    // somebody who was told before, the reading of news says.
    let knew = |step: &Step<'_>| {
        let address = world.team.address(step.to).map(|address| address.as_str().to_lowercase());
        let before = |notice: &&Heard| notice.at < run.known && Some(notice.to.to_lowercase()) == address;
        heard.iter().filter(before).any(|notice| notice.uid.as_ref() == Some(&name.uid))
    };
    let by = |step: &Step<'_>| if run.moved_from.is_some() || knew(step) { step.at.max(run.known + STANDING) } else { step.at };
    let due =
        |step: &Step<'_>| step.at < answer && by(step) < run.end && world.plays(by(step)) && !(run.moved_from.is_some() && knew(step));
    let missing = steps.filter(|step| due(step) && !told(knowledge, name, run, step, heard));
    let what = |step: &Step<'_>| {
        let stage = step.stage;
        format!("nobody can write for {} at {}, but {:?} was not told as `{stage}` by then", shown(name), run.task.start, step.to)
    };
    missing.map(|step| Broken { at: step.at, rule: LATE, what: what(&step) }).collect()
}

/// Whether the task was known before under another UID at about the same start: then it is known for longer than its
/// name, and who was able then may still be.
fn recreated(knowledge: &Knowledge<'_>, name: &TaskRef, run: &Run) -> bool {
    let aliases = knowledge.aliases(&name.uid);
    let states = aliases.iter().flat_map(|uid| knowledge.named(uid)).flat_map(|(_, states)| states);
    states.filter_map(|state| state.fact).any(|task| near(task.start, run.task.start))
}

/// Whether that step was taken in time: as an escalation, or as news of a change to somebody who had been told before.
fn told(knowledge: &Knowledge<'_>, name: &TaskRef, run: &Run, step: &Step<'_>, heard: &[Heard]) -> bool {
    let start = run.task.start;
    let aliases = knowledge.aliases(&name.uid);
    let named = |uid: &String| *uid == name.uid || aliases.contains(uid.as_str());
    let address = |contact: &Contact| knowledge.world.team.address(contact).map(|address| address.as_str().to_lowercase());
    let account = knowledge.account(&run.task);
    let manager = account.and_then(|account| account.manager.as_ref()).and_then(address);
    // One address in both roles need not hear the same thing twice.
    let both = manager.is_some() && manager == account.map(|account| &account.last_resort).and_then(address);
    let mine = heard.iter().filter(|notice| {
        let to = Some(notice.to.to_lowercase()) == address(step.to);
        // Moved by minutes since, it is what they were told of.
        let same = notice.task_start.is_some_and(|said| near(said, start));
        to && notice.uid.as_ref().is_some_and(named) && same && notice.at < start
    });
    mine.into_iter().any(|notice| match notice.kind.as_str() {
        "escalation" => notice.at <= step.at && (notice.stage.as_deref() == Some(step.stage) || both),
        "task-changed" => notice.at <= stood(knowledge, step, step.at.max(run.known + STANDING)),
        _ => false,
    })
}

/// When news that has stood by `instant` reaches whom a step is for, in their hours if they have any.
fn stood(knowledge: &Knowledge<'_>, step: &Step<'_>, instant: Timestamp) -> Timestamp {
    match step.to {
        Contact::Engineer(id) if step.stage == "manager" => {
            knowledge.presence(id, instant).and_then(|presence| presence.arrive(instant)).unwrap_or(instant)
        }
        Contact::Engineer(_) | Contact::Mailbox(_) => instant,
    }
}

/// A task's name for people.
pub(super) fn shown(name: &TaskRef) -> String {
    name.recurrence_id.as_ref().map_or_else(|| format!("`{}`", name.uid), |id| format!("`{}` of {id}", name.uid))
}
