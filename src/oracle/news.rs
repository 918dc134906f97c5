//! News of changes: everybody who was told hears of each that stood, once, when it is due, and nobody else does.
//! Walks through what each person believes of each task; what is news at all, `changed` and `retracted` say.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::briefing::{Briefing, Difference, answered_at, briefing, said};
use super::chain::candidates;
use super::history::{State, Thread};
use super::knowledge::Knowledge;
use super::picture::{Person, Picture, asks, by_thread, is_news};
use super::unsaid::shown;
use super::{Answer, Broken, Heard, TaskFact, changed, retracted};
use crate::people::EngineerId;

/// Somebody who had been told did not hear of a change.
const MISSING: &str = "a change is told to whoever was told before";
/// Somebody heard of it before it had stood, or too late.
const MISTIMED: &str = "a change is told when it has stood half an hour";
/// Nothing had changed for them.
const NEEDLESS: &str = "no news without a change";
/// They had never been told of the task.
const STRANGER: &str = "news is for whoever was told before";
/// It was told as something else, or of another start.
const WRONG: &str = "news says what is";
/// They were asked about what they believed otherwise.
const FIRST: &str = "nobody is asked before they know of the change";
/// How long a change stands before it is told.
const STANDING: SignedDuration = SignedDuration::from_mins(30);

/// What is to be told to somebody.
struct News<'a> {
    /// As what.
    kind: &'static str,
    /// Whether it is certain that it has to be.
    sure: bool,
    /// Since when it stands, by the earlier reading.
    first: Timestamp,
    /// Since when it stands, by the later reading.
    last: Timestamp,
    /// The task as it is, or was last.
    task: &'a TaskFact,
}

/// When news may come.
#[derive(Clone, Copy)]
struct Due {
    /// Not before.
    from: Timestamp,
    /// Not after.
    by: Timestamp,
    /// Whether there is only one reading of the half hour and the deadline.
    sure: bool,
}

/// One person's side of one task.
struct Side<'k, 'a, 'h> {
    /// The world.
    knowledge: &'k Knowledge<'a>,
    /// The task.
    thread: &'k Thread<'a>,
    /// The person.
    person: &'k Person,
    /// What they heard of it.
    heard: Vec<&'h Heard>,
    /// When anybody heard of it first.
    told: Timestamp,
}

/// All news that came wrongly or not at all.
pub(super) fn check(knowledge: &Knowledge<'_>, heard: &[Heard]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for (thread, heard) in knowledge.threads.iter().zip(by_thread(knowledge, heard)) {
        // A task without an account is nobody's: only the last resort may know of it, and only if its feed says so.
        let nobodys = thread.states.iter().filter_map(|state| state.fact).any(|task| task.account.is_none());
        if thread.unsure || nobodys || shared(knowledge, thread, &heard) {
            continue;
        }
        // Which occurrence of a series a list meant, it does not say.
        let recurs = thread.names.iter().any(|name| name.recurrence_id.is_some());
        let told = heard.iter().find(|notice| !recurs || notice.uids.is_none()).map_or(Timestamp::MAX, |notice| notice.at);
        for person in people(knowledge, thread, &heard) {
            let mine = heard.iter().copied().filter(|notice| Person::who(notice) == person).collect();
            let side = Side { knowledge, thread, person: &person, heard: mine, told };
            broken.extend(side.walk());
        }
    }
    broken
}

/// Whether a task shares its briefing or its lists with the rest of its series, so that who knows what is open.
pub(super) fn shared(knowledge: &Knowledge<'_>, thread: &Thread<'_>, heard: &[&Heard]) -> bool {
    thread.names.iter().any(|name| {
        let answered = knowledge.world.answers.iter().any(|(_, other, ..)| other.uid == name.uid);
        let marked = thread.states.iter().filter_map(|state| state.fact).any(|task| task.marked.is_some());
        knowledge.is_series(&name.uid) && (answered || marked || heard.iter().any(|notice| notice.uids.is_some()))
    })
}

/// Everybody who may have to hear something.
fn people(knowledge: &Knowledge<'_>, thread: &Thread<'_>, heard: &[&Heard]) -> BTreeSet<Person> {
    let mut people: BTreeSet<Person> = heard.iter().map(|notice| Person::who(notice)).collect();
    let said = said(knowledge, thread, Timestamp::MAX);
    people.extend(said.iter().filter_map(|said| Person::engineer(knowledge, said.by?)));
    if said.iter().any(|said| said.by.is_none()) {
        let accounts = thread.states.iter().filter_map(|state| knowledge.account(state.fact?));
        people.extend(accounts.filter_map(|account| Person::engineer(knowledge, account.owner()?)));
    }
    people
}

impl<'a> Side<'_, 'a, '_> {
    /// Everything that goes wrong between the first sight of the task and its beginning.
    fn walk(&self) -> Vec<Broken> {
        let mut broken = Vec::new();
        let (mut picture, mut wrote, mut missed) = (Picture::Blank, false, false);
        let slices = self.slices();
        let ends = slices.iter().skip(1).copied().chain([self.knowledge.world.until]);
        for (from, until) in slices.iter().copied().zip(ends) {
            if let Some(form) = self.written(from) {
                (picture, wrote, missed) = (form, true, false);
            }
            let mut now = from;
            for notice in self.heard.iter().filter(|notice| from <= notice.at && notice.at < until) {
                broken.extend(self.judge(notice, picture, wrote, missed, now));
                picture = picture.after(self.knowledge, self.thread, notice);
                (wrote, missed, now) = (false, false, notice.at);
            }
            let due = self.news(picture, wrote, now).filter(|news| news.sure).and_then(|news| Some((self.due(&news, now)?, news)));
            let in_time = |due: &Due| due.sure && due.by < until && !answered_at(self.knowledge, self.thread, due.by);
            if let Some((due, news)) = due.filter(|(due, _)| !missed && in_time(due) && !self.others_know(picture, due.by)) {
                let what = format!("{} of {} at {}", news.kind, shown(&news.task.reference()), news.task.start);
                broken.push(Broken { at: due.by, rule: MISSING, what: format!("{what} was not heard by {}", self.person.address) });
                missed = true;
            }
        }
        broken
    }

    /// The instants at which what is to be told can change.
    fn slices(&self) -> BTreeSet<Timestamp> {
        let mut slices: BTreeSet<Timestamp> = self.thread.states.iter().map(|state| state.at).collect();
        let (first, last) = (slices.first().copied().unwrap_or(Timestamp::MAX), self.knowledge.world.until);
        slices.extend(self.person.id.iter().flat_map(|id| self.knowledge.changes(id, first, last)));
        slices.extend(said(self.knowledge, self.thread, last).iter().map(|said| said.at).filter(|at| *at > first));
        slices.retain(|at| *at < last);
        slices
    }

    /// What they believe after they said at `now` that the briefing is written: of what was not wanted just then, who knows.
    fn written(&self, now: Timestamp) -> Option<Picture<'a>> {
        let said = said(self.knowledge, self.thread, now);
        let mine = |by: Option<&EngineerId>| by.is_some() && by == self.person.id.as_ref();
        let own = said.iter().any(|said| said.at == now && said.answer == Answer::Done && mine(said.by));
        let form = self.thread.at(now)?.wanted().map_or(Picture::Open, Picture::Wanted);
        own.then_some(form)
    }

    /// What is wrong with a notice, everything before it being as it was.
    fn judge(&self, notice: &Heard, picture: Picture<'a>, wrote: bool, missed: bool, now: Timestamp) -> Option<Broken> {
        let broken = |rule, what: &str| {
            let about = self.thread.last(notice.at).map(|task| shown(&task.reference())).unwrap_or_default();
            Some(Broken { at: notice.at, rule, what: format!("{} of {about} to {}: {what}", notice.kind, self.person.address) })
        };
        let news = self.news(picture, wrote, now);
        // The last call waits for nobody's hours, so it may come before news that does.
        if notice.is_last_call() && notice.engineer.is_some() {
            return None;
        }
        if asks(notice) {
            return news
                .filter(|news| news.sure && !self.others_know(picture, notice.at))
                .and_then(|news| broken(FIRST, &format!("{} was still to come", news.kind)));
        }
        if !is_news(notice) || answered_at(self.knowledge, self.thread, notice.at) {
            return None;
        }
        let Some(news) = news else {
            let blank = self.believed(picture, now).0 == Picture::Blank;
            return if blank { broken(STRANGER, "they never heard of it") } else { broken(NEEDLESS, "nothing changed for them") };
        };
        let present = news.task.reference();
        if picture == Picture::Open {
            return None;
        }
        if notice.kind != news.kind && !news.sure {
            return None;
        }
        if notice.kind != news.kind {
            return broken(WRONG, &format!("it should have been {}", news.kind));
        }
        if !notice.about(&present) || notice.task_start != Some(news.task.start) || notice.stage.is_some() {
            return broken(WRONG, &format!("it is {} at {}, and news has no stage", shown(&present), news.task.start));
        }
        let Some(due) = self.due(&news, now) else { return broken(MISTIMED, "they could not be reached before the start") };
        if notice.at < due.from {
            return broken(MISTIMED, &format!("it was due at {}", due.from));
        }
        let late = notice.at > due.by && news.sure && !missed;
        if late { broken(MISTIMED, &format!("it was due by {}", due.by)) } else { None }
    }

    /// Whether others were told before `instant`, though they were not: then the form that somebody unknown wrote for is no
    /// longer theirs for certain.
    fn others_know(&self, picture: Picture<'_>, instant: Timestamp) -> bool {
        picture == Picture::Blank && self.told < instant
    }

    /// What they believe: what they were told, or the form somebody unknown wrote for when nobody was ever told. And
    /// whether that is certain.
    fn believed(&self, picture: Picture<'a>, now: Timestamp) -> (Picture<'a>, bool) {
        let said = said(self.knowledge, self.thread, now);
        let done = || said.iter().filter(|said| said.answer == Answer::Done);
        let Some(unknown) = done().filter(|said| said.by.is_none()).map(|said| said.at).max() else { return (picture, true) };
        let writers = self.thread.last(now).map(|task| candidates(self.knowledge, task)).unwrap_or_default();
        let Some(place) = writers.iter().position(|id| self.person.id.as_ref() == Some(*id)) else { return (picture, true) };
        if picture != Picture::Blank || self.told <= unknown {
            return (picture, true);
        }
        let Some(form) = self.thread.at(unknown).and_then(|state| state.fact) else { return (Picture::Open, false) };
        let sure = place == 0 && self.told >= now && done().all(|said| said.by.is_none());
        (Picture::Wanted(form), sure)
    }

    /// What is to be told to them as things stand at `now`.
    fn news(&self, picture: Picture<'a>, wrote: bool, now: Timestamp) -> Option<News<'a>> {
        let (believed, certain) = self.believed(picture, now);
        let unknown = believed != picture;
        let place = self.thread.place(now)?;
        let (state, task) = (self.thread.states.get(place)?, self.thread.last(now)?);
        let (kind, difference) = self.cause(believed, state)?;
        if task.start <= now {
            return None;
        }
        let (first, last) = self.since(believed, place, kind);
        let mut sure = certain && difference == Difference::Yes && (kind == "task-changed" || !(wrote || unknown));
        sure &= !unknown || self.able(task, last, now);
        // An author may hear that it is another customer's now, or that it is no longer theirs.
        let authored = || said(self.knowledge, self.thread, now).iter().any(|said| said.by.is_some() && said.by == self.person.id.as_ref());
        sure &= !matches!(believed, Picture::Wanted(form) if form.account != task.account) || !authored();
        // Of several who wrote, the last one is meant for certain.
        let latest = said(self.knowledge, self.thread, now).into_iter().max_by_key(|said| said.at);
        sure &= !wrote || latest.is_some_and(|said| said.by.is_some() && said.by == self.person.id.as_ref());
        match briefing(self.knowledge, self.thread, now) {
            Briefing::Waived => return None,
            // Who was told that nothing is needed need not hear of a task whose briefing holds.
            Briefing::Written(_) if believed == Picture::Nothing => return None,
            Briefing::Unsure => sure = false,
            Briefing::Written(at) if kind == "task-changed" && self.writes(task) && at >= first => {
                let behind = self.knowledge.account(task).is_some_and(|account| self.person.is_behind(self.knowledge, account));
                if at >= last && !behind {
                    return None;
                }
                sure = false;
            }
            Briefing::Written(_) | Briefing::Wanted | Briefing::Stale => {}
        }
        Some(News { kind, sure, first, last, task })
    }

    /// What of news a state of the task is for them.
    fn cause(&self, picture: Picture<'a>, state: &State<'_>) -> Option<(&'static str, Difference)> {
        let retracted = retracted::cause(self.knowledge, self.person, picture, state);
        let changed = changed::cause(self.knowledge, self.person, picture, state);
        let (kind, difference) = if changed > Difference::No { ("task-changed", changed) } else { ("retraction", retracted) };
        (difference > Difference::No).then_some((kind, difference))
    }

    /// Since when the task stands as it does: by the reading that lets small changes pass, and by the strictest.
    fn since(&self, picture: Picture<'a>, place: usize, kind: &str) -> (Timestamp, Timestamp) {
        let mut states = self.thread.states.iter().take(place + 1).rev();
        let Some(present) = states.next() else { return (Timestamp::MAX, Timestamp::MAX) };
        let (mut first, mut last, mut alike) = (present.at, present.at, true);
        for state in states {
            let same = match state.fact.zip(present.fact) {
                Some((old, new)) if kind == "task-changed" => old.account == new.account && changed::differs(old, new) != Difference::Yes,
                _ => true,
            };
            if !same || self.cause(picture, state).is_none_or(|(other, _)| other != kind) {
                break;
            }
            alike &= state.like(present);
            first = state.at;
            last = if alike { state.at } else { last };
        }
        (first, last)
    }

    /// Whether they are an engineer among the writers.
    fn writes(&self, task: &TaskFact) -> bool {
        candidates(self.knowledge, task).into_iter().any(|id| self.person.id.as_ref() == Some(id))
    }

    /// Whether they could still write, told as late as may be.
    fn able(&self, task: &TaskFact, since: Timestamp, now: Timestamp) -> bool {
        let presence = self.person.id.as_ref().and_then(|id| self.knowledge.presence(id, now));
        presence.is_some_and(|presence| {
            let told = presence.arrive(since + STANDING).unwrap_or(Timestamp::MAX);
            let in_time = presence.deadline(task.start).is_some_and(|deadline| told < deadline);
            in_time && presence.between(told, task.start) >= self.knowledge.world.settings.min_writing
        })
    }

    /// When news comes to them, going by what is known at `now`; never when they cannot be reached before the start.
    fn due(&self, news: &News<'_>, now: Timestamp) -> Option<Due> {
        let start = news.task.start;
        let presence = match &self.person.id {
            Some(id) => Some(self.knowledge.presence(id, now)?),
            None => None,
        };
        let deadline = presence.map_or(Some(start), |presence| presence.deadline(start)).unwrap_or(Timestamp::MIN);
        let arrive = |due: Timestamp| {
            let reach = |due| presence.map_or(Some(due), |presence| presence.arrive(due));
            reach(due).filter(|instant| *instant >= now).or_else(|| reach(now))
        };
        // Half an hour later, unless that would reach them only when it is too late to write.
        let too_late = |since: Timestamp| arrive(since + STANDING).is_none_or(|instant| instant >= deadline);
        let late = |since: Timestamp| if since + STANDING >= deadline || too_late(since) { since } else { since + STANDING };
        let hurried = |since: Timestamp| if since + STANDING > deadline || too_late(since) { since } else { since + STANDING };
        let from = arrive(late(news.first).min(late(news.last)))?;
        let by = arrive(hurried(news.last)).unwrap_or(from);
        let sure = late(news.last) == hurried(news.last) && late(news.first) == hurried(news.first);
        (by.min(from) < start).then_some(Due { from, by, sure: sure && by < start })
    }
}
