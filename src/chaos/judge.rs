//! Judges a world that was played: by the oracle, and by what crashes and a moody mail server must not break.
//! Owns what may be asked of a world in which mail is late; the rules themselves are the oracle's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::play::Played;
use super::trouble::{Mood, Trouble};
use super::world::World;
use crate::oracle::{self, Broken, Heard};
use crate::outbox::{State, Waiting};
use crate::zone::Zone;

/// The same thing was heard in two letters, or in two that differ.
const TWICE: &str = "what is heard twice is the same message";
/// A letter is gone, or waits although it need not.
const LOST: &str = "nothing queued is lost";
/// A letter was given up and nobody knows.
const UNTOLD: &str = "the admin hears of a refused letter";

/// Everything that is wrong in it, by instant.
pub(super) fn judge(world: &World, played: &Played) -> Vec<Broken> {
    let mut heard: Vec<Heard> = Vec::new();
    let mut keys = BTreeSet::new();
    // A message that came twice was heard when it first came; whether it was the same is asked below.
    heard.extend(played.heard.iter().filter(|notice| keys.insert(notice.key.as_str())).cloned());
    let smooth = world.crashes.is_empty() && world.troubles.is_empty();
    let mut broken = if !world.leaps.is_empty() {
        // What was said counts: letters that were taken back by a clock that lied are said again.
        let exact = oracle::check(&played.world, &played.said).into_iter();
        exact.filter(|broken| oracle::WHATEVER_THE_CLOCK.contains(&broken.rule)).collect()
    } else if smooth {
        oracle::check(&played.world, &heard)
    } else {
        // What is decided must be right to the minute; what mail then makes of it must be right at its own time.
        let late: Vec<Heard> = heard.iter().map(|notice| nudged(&played.world, notice)).collect();
        let found = any_time(&played.world, &late, &[]);
        // A letter goes out as it was queued for as long as anything in it is right.
        let alone: Vec<Heard> = late.into_iter().filter(|notice| !has_company(played, notice)).collect();
        let late = any_time(&played.world, &alone, &oracle::AS_QUEUED).into_iter().chain(found);
        // Of a letter that was taken back nobody knows anything, and the second opinion does not know which those are.
        let taken_back = played.outbox.iter().any(|letter| letter.life.state == State::Withdrawn);
        let exact = oracle::check(&played.world, &played.said).into_iter();
        exact.filter(|broken| !taken_back || oracle::AT_ANY_TIME.contains(&broken.rule)).chain(late).collect()
    };
    broken.extend(twice(&played.taken));
    broken.extend(lost(played, &world.troubles));
    broken.extend(untold(world, played));
    broken.sort();
    broken.dedup();
    broken
}

/// What breaks a rule that holds at any time: one of `only`, or any that is not [`oracle::AS_QUEUED`] when none is named.
fn any_time(world: &oracle::World, heard: &[Heard], only: &[&str]) -> Vec<Broken> {
    let mut broken = oracle::check(world, heard);
    let asked = |rule: &str| if only.is_empty() { !oracle::AS_QUEUED.contains(&rule) } else { only.contains(&rule) };
    broken.retain(|broken| oracle::AT_ANY_TIME.contains(&broken.rule) && asked(broken.rule));
    broken
}

/// Whether a notice came later than it was queued, in a letter that says other things too.
fn has_company(played: &Played, notice: &Heard) -> bool {
    let letter = played.letters.iter().find(|(_, written)| written.notices.iter().any(|other| other.key.as_str() == notice.key));
    letter.is_some_and(|(queued, written)| *queued < notice.at && written.notices.len() > 1)
}

/// What was heard, with the start and the name that the task has then: minutes by which it moved while mail was late are no
/// change, nor is another UID.
fn nudged(world: &oracle::World, notice: &Heard) -> Heard {
    let named = |task: &&oracle::TaskFact| notice.uid.as_ref() == Some(&task.uid) && notice.recurrence_id == task.recurrence_id;
    let mut known = world.moments.iter().rev().skip_while(|moment| notice.at < moment.at);
    let present = known.next();
    let mut task = present.into_iter().flat_map(|moment| &moment.tasks).find(named);
    if task.is_none()
        && let Some(last) = known.flat_map(|moment| &moment.tasks).find(named)
    {
        let same = |task: &&oracle::TaskFact| task.account.is_some() && task.account == last.account && task.title == last.title;
        let mut heirs = present.into_iter().flat_map(|moment| &moment.tasks).filter(same);
        task = heirs.next().filter(|_| heirs.next().is_none());
    }
    let near = |said: &Timestamp, now: Timestamp| {
        let date = |instant| Zone::utc().date(instant);
        said.duration_since(now).abs() < SignedDuration::from_hours(1) && date(*said) == date(now)
    };
    let start = notice.task_start.map(|said| task.map(|task| task.start).filter(|now| near(&said, *now)).unwrap_or(said));
    let (uid, recurrence_id) = match task {
        Some(task) => (Some(task.uid.clone()), task.recurrence_id.clone()),
        None => (notice.uid.clone(), notice.recurrence_id.clone()),
    };
    Heard { task_start: start, uid, recurrence_id, ..notice.clone() }
}

/// Keys that came in two letters, and letters that came in two forms.
fn twice(taken: &[(Timestamp, Waiting)]) -> Vec<Broken> {
    let mut first: BTreeMap<&str, &Waiting> = BTreeMap::new();
    let mut broken = Vec::new();
    for (at, letter) in taken {
        for said in &letter.notices {
            let before = first.entry(said.key.as_str()).or_insert(letter);
            // The Message-ID is among the bytes.
            if before.id != letter.id || before.bytes != letter.bytes || before.to != letter.to {
                broken.push(Broken { at: *at, rule: TWICE, what: format!("`{}` came again in another letter", said.key) });
            }
        }
    }
    broken
}

/// Letters of which there is no end, and no reason for it.
fn lost(played: &Played, troubles: &[Trouble]) -> Vec<Broken> {
    let until = played.world.until;
    let taken: BTreeSet<i64> = played.taken.iter().map(|(_, letter)| letter.id).collect();
    let known: BTreeSet<&str> = played.outbox.iter().map(|letter| letter.key.as_str()).collect();
    let held = |due: Timestamp| troubles.iter().any(|trouble| trouble.mood == Mood::Down && due < trouble.until && until <= trouble.until);
    let mut broken = Vec::new();
    let mut say = |at: Timestamp, what: String| broken.push(Broken { at, rule: LOST, what });
    for (at, written) in played.letters.iter().filter(|(_, written)| !known.contains(written.letter.key.as_str())) {
        say(*at, format!("`{}` is not in the outbox", written.letter.key));
    }
    for letter in &played.outbox {
        let (key, life) = (&letter.key, &letter.life);
        let reason = life.last_answer.as_ref().is_some_and(|answer| !answer.is_empty());
        match life.state {
            State::Accepted if !taken.contains(&letter.id) => say(letter.queued, format!("`{key}` counts as sent and never was")),
            State::Refused | State::Withdrawn if !reason => say(letter.queued, format!("`{key}` is {} without a reason", life.state)),
            State::Queued | State::Sending if life.due < until && !held(life.due) => {
                say(letter.queued, format!("`{key}` still waits, due since {}", life.due));
            }
            State::Accepted | State::Refused | State::Withdrawn | State::Queued | State::Sending => {}
        }
    }
    broken
}

/// Refused letters of which the admin was not told within a day, as far as the clock that noted their end was right.
fn untold(world: &World, played: &Played) -> Vec<Broken> {
    let lies = world.leaps.iter().map(|leap| leap.by.abs()).max().unwrap_or_default();
    let day = SignedDuration::from_hours(24) + lies;
    let told = |done: Timestamp| {
        let mut alerts = played.said.iter().filter(|notice| notice.kind == "feed-alert");
        alerts.any(|alert| done <= alert.at && alert.at.duration_since(done) < day)
    };
    // That letters to the admin are refused, no letter to the admin can tell.
    let admin = &played.world.team.admin;
    let refused = played.outbox.iter().filter(|letter| letter.life.state == State::Refused && letter.to != *admin);
    let ends = refused.filter_map(|letter| Some((letter, letter.life.done?)));
    let silent = ends.filter(|(_, done)| played.world.until.duration_since(*done) > day && !told(*done));
    silent.map(|(letter, done)| Broken { at: done, rule: UNTOLD, what: format!("`{}`", letter.key) }).collect()
}
