//! The second promise for every task, however often it changed: when it begins somebody knows it as it is, and the last
//! resort does once nobody can write. The kinder reading throughout: what is named here no reading allows.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::briefing::{Briefing, Difference, answered_at, briefing, changed, said};
use super::chain::candidates;
use super::history::{State, Thread};
use super::knowledge::Knowledge;
use super::picture::{Person, Picture, by_thread};
use super::unsaid::shown;
use super::{Broken, Heard, TaskFact};
use crate::people::Contact;

/// Nobody knew the task as it was when it began.
pub(super) const UNSAID: &str = "somebody knows each task as it is";
/// Nobody could write any more, and the last resort did not know.
pub(super) const LATE: &str = "the last resort knows when nobody can write";
/// How long a change may stand before somebody is told of it.
const STANDING: SignedDuration = SignedDuration::from_mins(30);

/// Every task that went unsaid, or of which the last resort heard too late.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (thread, heard) in knowledge.threads.iter().zip(by_thread(knowledge, heard)) {
        let Some((task, since)) = stood(knowledge, thread) else { continue };
        if task.start > knowledge.world.until || thread.unsure || !by_itself(knowledge, thread, task) {
            continue;
        }
        broken.extend(unsaid(knowledge, thread, &heard, task, since));
        broken.extend(late(knowledge, thread, &heard, task, since));
    }
    broken
}

/// The task that began with nobody there for it, and since when it stood like that.
fn stood<'a>(knowledge: &Knowledge<'_>, thread: &Thread<'a>) -> Option<(&'a TaskFact, Timestamp)> {
    let same = |one: &TaskFact, other: &TaskFact| changed(one, other) == Difference::No && one.account == other.account;
    let begins = thread.states.iter().filter_map(|state| state.wanted().filter(|task| task.start > state.at));
    let task =
        begins.into_iter().rfind(|task| thread.at(task.start).and_then(State::wanted).is_some_and(|then| then.start == task.start))?;
    let place = thread.place(task.start)?;
    let before = thread.states.iter().take(place + 1).rev();
    let since = before.take_while(|state| state.wanted().is_some_and(|other| same(other, task))).last()?.at;
    (knowledge.world.born <= since && since < task.start).then_some((task, since))
}

/// Whether a task is asked for by itself: it is none of a series, or a changed occurrence of one.
fn by_itself(knowledge: &Knowledge<'_>, thread: &Thread<'_>, task: &TaskFact) -> bool {
    let index = thread.place(task.start).and_then(|place| thread.states.get(place)).map(|state| state.index);
    !knowledge.is_series(&task.uid) || index.and_then(|index| knowledge.own(task, index)) == Some(true)
}

/// What everybody believed of a task before `now`, or at it.
fn pictures<'a>(knowledge: &Knowledge<'_>, thread: &Thread<'a>, heard: &[&Heard], now: Timestamp) -> BTreeMap<Person, Picture<'a>> {
    let mut pictures = BTreeMap::new();
    for notice in heard.iter().filter(|notice| notice.at <= now) {
        let picture = pictures.entry(Person::who(notice)).or_insert(Picture::Blank);
        *picture = picture.after(knowledge, thread, notice);
    }
    pictures
}

/// Whether that picture may be right for a task.
fn fits(picture: Picture<'_>, task: &TaskFact) -> bool {
    match picture {
        Picture::Blank | Picture::Nothing => false,
        Picture::Open => true,
        Picture::Wanted(form) => changed(form, task) != Difference::Yes && form.account == task.account,
    }
}

/// Whether a briefing was wanted at `now`, or would be again, for certain.
fn wanted(knowledge: &Knowledge<'_>, thread: &Thread<'_>, now: Timestamp) -> bool {
    !answered_at(knowledge, thread, now) && matches!(briefing(knowledge, thread, now), Briefing::Wanted | Briefing::Stale)
}

/// That nobody knew a task as it was.
fn unsaid(knowledge: &Knowledge<'_>, thread: &Thread<'_>, heard: &[&Heard], task: &TaskFact, since: Timestamp) -> Option<Broken> {
    if !wanted(knowledge, thread, task.start) || out_of_reach(knowledge, thread, heard, task, since) {
        return None;
    }
    let before: Vec<&Heard> = heard.iter().copied().filter(|notice| notice.at < task.start).collect();
    let known = pictures(knowledge, thread, &before, task.start).into_values().any(|picture| fits(picture, task));
    let what = || format!("nobody knew {} at {} as it was since {since}", shown(&task.reference()), task.start);
    (!known).then(|| Broken { at: task.start, rule: UNSAID, what: what() })
}

/// Whether the last resort is an engineer who was told before: news of a change waits for their hours, and may be too
/// late then.
fn out_of_reach(knowledge: &Knowledge<'_>, thread: &Thread<'_>, heard: &[&Heard], task: &TaskFact, since: Timestamp) -> bool {
    let Some(Contact::Engineer(id)) = knowledge.account(task).map(|account| &account.last_resort) else { return false };
    let Some(person) = Person::engineer(knowledge, id) else { return true };
    let wrote = said(knowledge, thread, task.start).iter().any(|said| said.by == Some(id));
    let told = heard.iter().any(|notice| Person::who(notice) == person);
    let arrives = knowledge.presence(id, since).and_then(|presence| presence.arrive(since));
    (told || wrote) && arrives.is_none_or(|instant| instant >= task.start || knowledge.changes(id, since, task.start).next().is_some())
}

/// That a last resort without hours did not know when nobody could write any more.
fn late(knowledge: &Knowledge<'_>, thread: &Thread<'_>, heard: &[&Heard], task: &TaskFact, since: Timestamp) -> Option<Broken> {
    let account = knowledge.account(task)?;
    let Contact::Mailbox(address) = &account.last_resort else { return None };
    let person = Person { id: None, address: address.as_str().to_lowercase() };
    // Moved by minutes, it may be told by either start.
    let standing = thread.states.iter().filter(|state| since <= state.at && state.at < task.start).filter_map(State::wanted);
    let start = standing.map(|task| task.start).max().unwrap_or(task.start);
    let mut over = (start - knowledge.world.settings.last_call).max(since);
    // A move of minutes may take somebody's last working moment away: that is known since then.
    let states = thread.states.iter().filter(|state| since <= state.at && state.at < task.start);
    let nudged = states.filter(|state| state.wanted().is_some_and(|wanted| wanted.start == task.start)).map(|state| state.at).min();
    over = over.max(nudged.unwrap_or(since));
    for id in candidates(knowledge, task) {
        over = over.max(knowledge.changes(id, since, task.start).last().unwrap_or(since));
        // What is fetched at the very instant of the start comes too late to take anybody's time away.
        let known = task.start - SignedDuration::from_secs(1);
        over = over.max(knowledge.presence(id, known)?.deadline(task.start).unwrap_or(over));
    }
    if over >= task.start || !knowledge.world.plays(over) || !wanted(knowledge, thread, over) {
        return None;
    }
    // Whoever was told before hears of the change, and only once it stood.
    let news = nudged.unwrap_or(since);
    let before = pictures(knowledge, thread, heard, news).contains_key(&person);
    let by = if before && news + STANDING < task.start { over.max(news + STANDING) } else { over };
    let known = pictures(knowledge, thread, heard, by).get(&person).is_some_and(|picture| fits(*picture, task));
    let shares = account.manager.as_ref().is_some_and(|manager| person.is(knowledge, manager));
    let what = || format!("{} of {} at {}", person.address, shown(&task.reference()), task.start);
    (!known && !shares && wanted(knowledge, thread, by)).then(|| Broken { at: by, rule: LATE, what: what() })
}
