//! One task: who could write, where each of their leads stands, and when the manager and the last resort come in.

use jiff::{SignedDuration, Timestamp};

use crate::agenda::TaskId;
use crate::people::{Contact, EngineerId};
use crate::plan::case::{Case, Link, Role};
use crate::plan::chain::{Standing, standing};
use crate::plan::desk::{Desk, Outside, Reach};
use crate::plan::escalation::{MANAGER, in_chain};
use crate::plan::look::Look;
use crate::plan::notice::{Briefing, Gap, Kind, Recipient, Step};
use crate::plan::past::{Answer, Handing, Past, Said, Writer};
use crate::plan::request::{settled, told_of_change, usable};
use crate::plan::series::Part;
use crate::plan::verdict::Why;
use crate::plan::wishes;

/// What became of one lead, or will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It was said.
    Said {
        /// When.
        at: Timestamp,
        /// Whether a list stood in for it.
        listed: bool,
    },
    /// Its instant had passed before the task was known in its present form.
    KnownLate,
    /// Its instant had passed before the writing fell to them.
    BeforeTheirs,
    /// It had passed when they were told that the task has changed: that stood for it.
    News {
        /// When.
        at: Timestamp,
    },
    /// It is not used: of a stale briefing only the last two leads are, of a series asked for in vain only the first.
    Unused,
    /// One nearer to the deadline was said in its place.
    Nearer,
    /// It is due and waits for them.
    Due {
        /// When it reaches them; none when that is beyond sight.
        arrives: Option<Timestamp>,
    },
    /// Its time will come.
    Coming,
    /// Nothing is said: at its instant the writing is, or was, somebody else's.
    NotTheirs,
    /// Nothing is said: nothing is to be asked any more.
    Needless,
}

/// One configured lead of one possible writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadStory {
    /// As configured.
    pub lead: String,
    /// Its instant; none when it lies before all that is known.
    pub at: Option<Timestamp>,
    /// What became of it.
    pub became: Became,
}

/// Where a possible writer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The writing is theirs.
    Writes {
        /// Since when.
        since: Timestamp,
    },
    /// Somebody before them can write.
    Behind,
    /// They have no working time before the task.
    NoTime,
    /// Their last working moment before the task is over.
    Over,
    /// Between the news and the task they have less working time than `min_writing`, or none in which a letter reaches them.
    TooLittle {
        /// How much they have.
        left: SignedDuration,
    },
    /// It was given to somebody else, past them or by them.
    Given,
    /// Nothing is to be written any more.
    Idle,
}

/// A possible writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriterStory {
    /// Who.
    pub engineer: EngineerId,
    /// What they are to the account.
    pub role: Role,
    /// The end of their last available stretch before the task starts.
    pub deadline: Option<Timestamp>,
    /// How much working time they have until then.
    pub left: SignedDuration,
    /// Where they stand.
    pub place: Place,
    /// Their leads by instant.
    pub leads: Vec<LeadStory>,
}

/// Somebody who is told when nobody can write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepStory {
    /// Which step.
    pub step: Step,
    /// Who.
    pub to: Recipient,
    /// From when on they are told, once nobody is able to write.
    pub due: Timestamp,
    /// When they were told; for each start and each change once.
    pub told: Vec<Timestamp>,
    /// Whether nobody is able to write at this moment, and something is to be said.
    pub applies: bool,
    /// Whether they stand among the possible writers, and so are not told as the manager.
    pub among_writers: bool,
}

/// Everything that decisions about one task rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskStory {
    /// The task, its people and its cover.
    pub case: Case,
    /// Since when it is known as it is, cover included: from then on the time to write counts.
    pub known: Timestamp,
    /// The uncovered parts, as the owner's hours give their reasons.
    pub gaps: Vec<Gap>,
    /// What is known of its briefing.
    pub briefing: Briefing,
    /// Why nothing more is to be said, if so.
    pub settled: Option<Why>,
    /// The last answer that somebody gave, still valid or not.
    pub answer: Option<Answer>,
    /// Whom people gave it to, if that stands.
    pub given: Option<Handing>,
    /// Who wished to be left alone with it, until when.
    pub snoozed: Vec<(EngineerId, Timestamp)>,
    /// Whether that answer holds for the task as it is.
    pub answer_holds: bool,
    /// What it is to its series.
    pub part: Part,
    /// Possible writers, in order.
    pub writers: Vec<WriterStory>,
    /// Since when nobody is able to write.
    pub nobody_since: Option<Timestamp>,
    /// Whose the writing was and since when, for its present start.
    pub handed: Vec<Writer>,
    /// The manager and the last resort.
    pub steps: Vec<StepStory>,
    /// What was said about it, oldest first; lists that held it among that.
    pub said: Vec<Said>,
}

impl Desk {
    /// Everything that decisions about a task rest on; none for an id that nothing has.
    pub fn explain_task(&self, id: &TaskId, past: &Past, outside: &Outside, now: Timestamp) -> Option<TaskStory> {
        let case = self.case(id)?;
        let look = self.look(past, outside, now);
        let (known, settled) = (known(case, look), settled(case, look));
        let standing = settled.is_none().then(|| standing(case, look));
        let answer = past.answers.get(id).cloned();
        let mut handed = past.writers(id, case.anchor).to_vec();
        handed.extend(standing.as_ref().and_then(|standing| standing.handover.clone()));
        Some(TaskStory {
            known,
            gaps: case.gaps(None, look.scene),
            briefing: case.briefing(look),
            answer_holds: case.word(look).is_some_and(|standing| !standing.stale),
            part: look.part(case),
            given: wishes::handing(case, past).cloned(),
            snoozed: self.snoozes(case, past, now),
            answer,
            writers: case.chain.iter().map(|link| writer(case, link, standing.as_ref(), look)).collect(),
            nobody_since: standing.as_ref().and_then(|standing| standing.nobody_since),
            handed,
            steps: steps(case, standing.as_ref(), look),
            said: said(case, past),
            settled,
            case: case.clone(),
        })
    }
}

/// Since when a task is known as it is; of a covered one, for which no time to write counts, its form alone.
fn known(case: &Case, look: Look<'_>) -> Timestamp {
    if case.uncovered { look.known(case) } else { case.known }
}

/// One possible writer.
fn writer(case: &Case, link: &Link, standing: Option<&Standing<'_>>, look: Look<'_>) -> WriterStory {
    let availability = look.scene.availability.get(&link.engineer);
    let measure = |from: Timestamp, until: Timestamp| availability.map_or(SignedDuration::ZERO, |own| own.measure(from, until));
    let asked = standing.and_then(|standing| standing.asked.iter().find(|asked| asked.link == link));
    let first = standing.and_then(|standing| standing.asked.first()).and_then(|asked| case.chain.iter().position(|one| one == asked.link));
    let own = case.chain.iter().position(|one| one == link);
    let place = match (asked, link.deadline) {
        (Some(asked), _) => Place::Writes { since: asked.since },
        (None, _) if standing.is_none() => Place::Idle,
        (None, _) if wishes::is_passed(case, &link.engineer, look.past) => Place::Given,
        (None, None) => Place::NoTime,
        (None, Some(deadline)) if deadline <= look.now => Place::Over,
        (None, Some(_)) if first.is_some_and(|first| own > Some(first)) => Place::Behind,
        (None, Some(_)) => Place::TooLittle { left: measure(known(case, look), case.start()) },
    };
    let left = link.deadline.map(|deadline| measure(look.now, deadline)).unwrap_or_default();
    let (engineer, role, deadline) = (link.engineer.clone(), link.role, link.deadline);
    WriterStory { engineer, role, deadline, left, place, leads: leads(case, link, place, asked.is_some_and(|asked| asked.again), look) }
}

/// What became of a writer's leads.
fn leads(case: &Case, link: &Link, place: Place, again: bool, look: Look<'_>) -> Vec<LeadStory> {
    let named = |place: usize| look.scene.rules.leads(&link.engineer).get(place).map(ToString::to_string).unwrap_or_default();
    let said: Vec<Option<&Said>> = link.leads.iter().map(|(_, lead)| asked(case, link, &named(*lead), look.past)).collect();
    let since = if let Place::Writes { since } = place { Some(since) } else { None };
    // The same choice as that of `request`: the last one passed, unless it or a nearer one was said.
    let (usable, news) = (usable(case, link, look), told_of_change(case, link.engineer.as_str(), look));
    let counts = |at: Timestamp, since: Timestamp| (!again || at > since) && news.is_none_or(|news| news < at);
    let within = link.leads.get(..usable.end).unwrap_or_default();
    let passed = since.and_then(|since| within.iter().rposition(|(at, _)| *at <= look.now && counts(*at, since)));
    let passed = passed.filter(|passed| usable.contains(passed));
    let due = passed.filter(|passed| !said.iter().skip(*passed).any(Option::is_some));
    // One that passes until the letter reaches them takes its place.
    let arrives = due.and_then(|_| arrives(link, look));
    let due = due.and_then(|due| link.leads.iter().rposition(|(at, _)| Some(*at) <= arrives).map_or(Some(due), |last| Some(last.max(due))));
    let known = known(case, look);
    let became = |position: usize, at: Timestamp| {
        if let Some(said) = said.get(position).copied().flatten() {
            return Became::Said { at: said.at, listed: said.stage.is_none() };
        }
        let nearer = said.iter().skip(position).any(Option::is_some);
        let settled = matches!(place, Place::Idle);
        match since {
            _ if nearer && at >= known => Became::Nearer,
            _ if at > look.now && settled => Became::Needless,
            _ if let Some(news) = news.filter(|news| at <= *news && known <= *news) => Became::News { at: news },
            Some(_) if !usable.contains(&position) => Became::Unused,
            _ if at < known && due != Some(position) => Became::KnownLate,
            _ if settled => Became::Needless,
            None => Became::NotTheirs,
            Some(_) if due == Some(position) => Became::Due { arrives },
            Some(_) if at > look.now => Became::Coming,
            Some(since) if at < since => Became::BeforeTheirs,
            Some(_) => Became::Nearer,
        }
    };
    let sight = |at: Timestamp| (at != Timestamp::MIN).then_some(at);
    let leads = link.leads.iter().enumerate();
    leads.map(|(position, (at, lead))| LeadStory { lead: named(*lead), at: sight(*at), became: became(position, *at) }).collect()
}

/// When a letter due now reaches somebody.
fn arrives(link: &Link, look: Look<'_>) -> Option<Timestamp> {
    match look.scene.reach(Some(&link.engineer), look.now) {
        Reach::Now => Some(look.now),
        Reach::Later(at) => Some(at),
        Reach::Never => None,
    }
}

/// The notice by which `link` was asked at that lead for the present start, if any; the last one.
fn asked<'a>(case: &Case, link: &Link, lead: &str, past: &'a Past) -> Option<&'a Said> {
    let stage = lead.replace(' ', "-");
    let own = [Kind::BriefingRequest, Kind::Escalation].into_iter().filter_map(|kind| {
        let prefix = format!("{kind}/{}/{}/{}/{stage}/", link.engineer, case.id, case.anchor);
        let last = past.said_under(&prefix).max_by_key(|said| said.at).map(|said| &said.key);
        last.and_then(|key| past.said.get(key))
    });
    own.max_by_key(|said| said.at)
}

/// The manager and the last resort.
fn steps(case: &Case, standing: Option<&Standing<'_>>, look: Look<'_>) -> Vec<StepStory> {
    let nobody = standing.and_then(|standing| standing.nobody_since);
    let customer = case.account.as_ref().and_then(|account| account.zone.as_ref());
    let manager = case.account.as_ref().and_then(|account| account.manager.as_ref());
    let last_resort = case.account.as_ref().map_or(&look.scene.rules.last_resort, |account| &account.last_resort);
    let story = |step: Step, contact: &Contact, before: SignedDuration| {
        let to = look.scene.contact(contact, customer)?;
        let due = case.start().saturating_sub(before).unwrap_or(Timestamp::MIN).max(nobody.unwrap_or(Timestamp::MIN));
        let stage = if step == Step::Manager { "manager" } else { "last-call" };
        let prefix = format!("{}/{}/{}/", Kind::Escalation, to.person(), case.id);
        let own = look.past.said_under(&prefix).filter(|said| said.key.as_str().split('/').nth(4) == Some(stage));
        let mut told: Vec<Timestamp> = own.map(|said| said.at).collect();
        told.sort_unstable();
        let among_writers = step == Step::Manager && in_chain(case, contact);
        Some(StepStory { step, due, told, applies: nobody.is_some(), among_writers, to })
    };
    let manager = manager.and_then(|manager| story(Step::Manager, manager, MANAGER));
    manager.into_iter().chain(story(Step::LastCall, last_resort, look.scene.rules.last_call)).collect()
}

/// What was said about a task, oldest first: in letters of its own, and in lists that held it.
fn said(case: &Case, past: &Past) -> Vec<Said> {
    let uid = &case.task.identity.uid;
    let listed = |said: &Said| said.at >= case.first_seen && said.uids.iter().flatten().any(|listed| listed == uid);
    let mut said: Vec<Said> = past.said.values().filter(|said| said.task.as_ref() == Some(&case.id) || listed(said)).cloned().collect();
    said.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
    said
}
