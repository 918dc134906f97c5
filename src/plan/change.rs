//! `task-changed` and `retraction`: what somebody was told of a task is not so any more.
//! Owns what each person has in mind of it, and when they hear that it is otherwise. Who is asked for a briefing is decided
//! elsewhere; whoever has such news to come is asked for nothing until they have it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::case::Case;
use super::chain;
use super::desk::{Plan, Reach, Scene, about};
use super::escalation;
use super::look::{Look, STANDING};
use super::marks;
use super::news::{Difference, Fall, Reader};
use super::notice::{Body, Key, Kind, Notice, Recipient};
use super::request::hold;
use super::series::Part;
use super::verdict::Why;
use super::wishes;
use crate::agenda::history::{self, Sighting};
use crate::agenda::{Task, Thing};
use crate::people::{Address, Contact, EngineerId};

/// What one person has in mind of a task.
#[derive(Clone, Copy, Debug)]
struct Picture<'a> {
    /// Since when.
    at: Timestamp,
    /// The form that it had then.
    form: &'a Thing,
    /// Whether they think that a briefing is wanted; else they were told that none is any more.
    wanted: bool,
    /// Why they have it in mind.
    source: Source,
}

/// Why somebody has a task in mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// They were told of it.
    Told,
    /// They wrote its briefing.
    Wrote,
    /// Somebody unknown wrote it: they would write it now.
    Writes,
}

/// What is otherwise.
enum News {
    /// It changed, or is wanted again.
    Changed(Difference),
    /// It needs nothing any more.
    Fallen(Fall),
}

/// The people who have a wrong picture of a task, each with what they hear.
pub(super) type Outdated = BTreeMap<String, Hears>;

/// When somebody hears that a task is otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hears {
    /// When that reaches them.
    pub(super) at: Timestamp,
    /// When it has stood for a while.
    pub(super) stood: Timestamp,
}

/// Decides about the news of `case`. Gives those who hear it now or later, before the task starts.
pub(super) fn decide(case: &Case, look: Look<'_>, plan: &mut Plan) -> Outdated {
    let mut outdated = Outdated::new();
    let Some(sighting) = look.scene.history.get(&case.id).filter(|_| look.now < case.start()) else { return outdated };
    for (person, picture) in pictures(case, sighting, look) {
        let Some((news, since)) = news(case, sighting, &person, picture, look) else { continue };
        let Some(to) = recipient(case, &person, look) else { continue };
        let kind = match news {
            News::Changed(_) => Kind::TaskChanged,
            News::Fallen(_) => Kind::Retraction,
        };
        if look.scene.rules.leaves_out(to.engineer.as_ref(), kind) {
            plan.hold.push(hold(case, kind, Some(&person), Why::LeftOut));
            continue;
        }
        let stood = stood(since);
        match due(case, &to, since, look) {
            Ok(()) => {
                plan.say.push(notice(case, to, picture, news, look));
                outdated.insert(person, Hears { at: look.now, stood });
            }
            Err(why) => {
                plan.hold.push(hold(case, kind, Some(&person), why.clone()));
                if let Why::JustChanged(next) | Why::NotThere { until: Some(next) } = why {
                    plan.wake(Some(next));
                    outdated.insert(person, Hears { at: next, stood });
                }
            }
        }
    }
    outdated
}

/// What everybody has in mind who was told of the task, or wrote its briefing; when nobody was told and nobody known wrote
/// it, whoever would write it now.
fn pictures<'a>(case: &'a Case, sighting: &'a Sighting, look: Look<'a>) -> BTreeMap<String, Picture<'a>> {
    let mut pictures: BTreeMap<String, Picture<'a>> = BTreeMap::new();
    let mut see = |person: &str, at: Timestamp, wanted: bool, source: Source| {
        if wishes::gave_away(case, person, at, look.past) {
            return;
        }
        let picture = Picture { at, form: sighting.form_at(at), wanted, source };
        match pictures.get_mut(person) {
            Some(known) if at < known.at => {}
            Some(known) => *known = picture,
            None => drop(pictures.insert(person.to_owned(), picture)),
        }
    };
    for said in look.past.about(&case.id).filter(|said| !said.withdrawn) {
        see(&said.person, said.at, said.kind != Kind::Retraction, Source::Told);
    }
    // A list names UIDs: which occurrence of a series it meant, it does not say.
    let uids: BTreeSet<&str> = if case.task.recurs { BTreeSet::new() } else { sighting.uids().collect() };
    let lists = uids.into_iter().flat_map(|uid| look.past.lists_of(uid));
    for said in lists.filter(|said| !said.withdrawn && said.at >= case.first_seen && said.at < case.start()) {
        see(&said.person, said.at, true, Source::Told);
    }
    let word = case.word(look).filter(|standing| !standing.word.waived && led(case, sighting, look));
    if let Some(standing) = word.filter(|standing| was_wanted(case, sighting, standing.word.at, look)) {
        match standing.word.author(look) {
            Some(author) => see(author.as_str(), standing.word.at, true, Source::Wrote),
            None if pictures.is_empty() && case.stands && case.uncovered => {
                let form = sighting.form_at(standing.word.at);
                let picture = |id| (id, Picture { at: standing.word.at, form, wanted: true, source: Source::Writes });
                pictures.extend(chain_writer(case, look).map(picture));
            }
            None => {}
        }
    }
    pictures
}

/// Whether a briefing was wanted at `instant`, as far as was known then: who answers for what is cancelled, gone or covered
/// has nothing else in mind than that.
fn was_wanted(case: &Case, sighting: &Sighting, instant: Timestamp, look: Look<'_>) -> bool {
    let over = |since: Option<Timestamp>| since.is_some_and(|since| since <= instant);
    let cancelled = sighting.form_at(instant).task().is_none_or(|task| task.cancelled);
    !cancelled && !over(sighting.gone) && !over(look.covered_since(case))
}

/// Whether it is this task that its author has in mind: of a series the occurrence that led when the change came.
fn led(case: &Case, sighting: &Sighting, look: Look<'_>) -> bool {
    match look.part(case) {
        Part::Alone => true,
        Part::Leads { .. } => look.instant(&marks::leads(&case.id)).is_some_and(|since| since <= turned(sighting)),
        Part::Rides { .. } => false,
    }
}

/// Who would write now.
fn chain_writer(case: &Case, look: Look<'_>) -> Option<String> {
    chain::standing(case, look).asked.first().map(|asked| asked.link.engineer.to_string())
}

/// What is otherwise than in `picture`, and since when it is as it is now.
fn news(case: &Case, sighting: &Sighting, person: &str, picture: Picture<'_>, look: Look<'_>) -> Option<(News, Timestamp)> {
    let (was, is) = (picture.form.task()?, &case.task);
    let word = case.word(look).filter(|standing| !standing.stale);
    if word.as_ref().is_some_and(|standing| standing.word.waived) {
        return None;
    }
    let turned = turned(sighting);
    let fall = if sighting.gone.is_some() {
        Some((Fall::Gone, sighting.gone.unwrap_or(turned)))
    } else if is.cancelled {
        Some((Fall::Cancelled, turned))
    } else if is.account.is_none() && !is.escalate_unmatched {
        // Whose it is, nobody knows any more: the admin hears that it matches no account.
        return None;
    } else if !(concerns(case, person, look.scene) || picture.wanted && is_author(case, person, was, look)) {
        // Whom only the configuration took off the account hears nothing.
        (was.account != is.account).then_some((Fall::Elsewhere, turned)).filter(|_| picture.wanted)?;
        Some((Fall::Elsewhere, turned))
    } else if !case.uncovered {
        // What was never seen uncovered needed nothing before either.
        look.instant(&marks::uncovered(&case.id))?;
        let was = was.window;
        let moved = history::moved(was.start(), is.window.start());
        let fall = if moved { Fall::MovedIn { was } } else { Fall::Covered };
        Some((fall, look.covered_since(case).unwrap_or(look.now)))
    } else {
        taken_back(case, person, picture, look).filter(|_| word.is_none()).map(|since| (Fall::TakenBack, since))
    };
    if let Some((fall, since)) = fall {
        return picture.wanted.then_some((News::Fallen(fall), since));
    }
    // To whom it was said that others write it, nobody said that none is needed.
    let again = !picture.wanted && wishes::taken_back(case, person, look.past).is_none_or(|undone| picture.at < undone);
    let difference = difference(was, is, again);
    let known = look.known(case).max(turned).max(left(sighting, picture.form));
    // Who writes briefings and knows of one that came after the change needs no news of it; nor does anybody who thinks that
    // nothing is needed, while that is so.
    let writes = case.chain.iter().any(|link| link.engineer.as_str() == person);
    let answered = word.is_some_and(|standing| !picture.wanted || writes && standing.word.at >= turned);
    let says = difference.says() && !answered;
    says.then_some((News::Changed(Difference { reader: reader(case, person, look), ..difference }), known))
}

/// Since when nobody asks `person` any more, who had been given the briefing: people took that back.
fn taken_back(case: &Case, person: &str, picture: Picture<'_>, look: Look<'_>) -> Option<Timestamp> {
    let undone = wishes::taken_back(case, person, look.past).filter(|undone| picture.at < *undone || !picture.wanted)?;
    let asked = chain::standing(case, look).asked;
    (!asked.iter().any(|asked| asked.link.engineer.as_str() == person)).then_some(undone)
}

/// What differs between what somebody has in mind and what is.
fn difference(was: &Task, is: &Task, again: bool) -> Difference {
    Difference {
        window: history::moved(was.window.start(), is.window.start()).then_some(was.window),
        title: (!crate::agenda::same_title(&was.title, &is.title)).then(|| was.title.clone()),
        ticket: was.ticket.clone().filter(|_| other_ticket(was, is)),
        account: was.account != is.account,
        again,
        reader: Reader::Told,
    }
}

/// Since when a task has its present form, nudges aside.
fn turned(sighting: &Sighting) -> Timestamp {
    let last = sighting.revisions.iter().rev().find(|revision| unlike(&revision.was, &sighting.thing));
    last.map_or(sighting.first_seen, |revision| revision.at)
}

/// Since when a task is not what it was in `form` any more: several nudges together may come to a move.
fn left(sighting: &Sighting, form: &Thing) -> Timestamp {
    let last = sighting.revisions.iter().rev().find(|revision| !unlike(&revision.was, form));
    last.map_or(sighting.first_seen, |revision| revision.at)
}

/// Whether two forms of a task differ in what people are told of.
fn unlike(one: &Thing, other: &Thing) -> bool {
    let (Some(old), Some(new)) = (one.task(), other.task()) else { return true };
    let form = |task: &Task| (task.account.clone(), task.cancelled);
    history::differs(one, other) || form(old) != form(new) || other_ticket(old, new)
}

/// Whether it has another ticket: a link that is lost or found is no news.
fn other_ticket(was: &Task, is: &Task) -> bool {
    was.ticket.is_some() && is.ticket.is_some() && was.ticket != is.ticket
}

/// Whether somebody is one of those who may be told of the task as it is now. A backup for another time is: the task may
/// have moved away from it, or into it again.
pub(super) fn concerns(case: &Case, person: &str, scene: &Scene) -> bool {
    let is = |contact: &Contact| is(contact, person);
    let Some(account) = &case.account else { return is(&scene.rules.last_resort) };
    let writes = case.chain.iter().any(|link| link.engineer.as_str() == person);
    let stands_in = account.backups.iter().any(|backup| backup.engineer.as_str() == person);
    writes || stands_in || account.manager.iter().chain([&account.last_resort]).any(is)
}

/// Whether a contact is that person.
fn is(contact: &Contact, person: &str) -> bool {
    match contact {
        Contact::Engineer(id) => id.as_str() == person,
        Contact::Mailbox(address) => address.as_str() == person,
    }
}

/// Who somebody is to it.
fn reader(case: &Case, person: &str, look: Look<'_>) -> Reader {
    let manager = case.account.as_ref().and_then(|account| account.manager.as_ref());
    if wrote(case, person, look) {
        Reader::Wrote
    } else if is(case.last_resort(look.scene), person) && escalation::last_call(case, look).is_some_and(|due| due <= look.now) {
        Reader::LastResort
    } else if manager.is_some_and(|manager| is(manager, person)) && chain::standing(case, look).nobody_since.is_some() {
        Reader::Manages
    } else {
        Reader::Told
    }
}

/// Whether somebody wrote its briefing, as far as that is known: it concerns them for as long as it may be read.
fn wrote(case: &Case, person: &str, look: Look<'_>) -> bool {
    case.word(look).and_then(|standing| standing.word.author(look)).is_some_and(|author| author.as_str() == person)
}

/// Whether they wrote its briefing, or did once and somebody else has said since that it holds. What is written down is who spoke
/// last; but who heard news of a task before anything else can only have been its author.
fn is_author(case: &Case, person: &str, was: &Task, look: Look<'_>) -> bool {
    let heard = || look.past.about(&case.id).filter(|said| !said.withdrawn && said.person == person).min_by_key(|said| said.at);
    let once = || heard().is_some_and(|said| matches!(said.kind, Kind::TaskChanged | Kind::Retraction));
    wrote(case, person, look) || was.account == case.task.account && once()
}

/// The person as a recipient; nobody when they left the configuration.
fn recipient(case: &Case, person: &str, look: Look<'_>) -> Option<Recipient> {
    let zone = case.account.as_ref().and_then(|account| account.zone.as_ref());
    match (person.parse::<EngineerId>(), person.parse::<Address>()) {
        (Ok(id), _) => look.scene.engineer(&id),
        (Err(_), Ok(address)) => Some(look.scene.mailbox(&address, zone)),
        (Err(_), Err(_)) => None,
    }
}

/// When what is so since `since` has stood for a while.
fn stood(since: Timestamp) -> Timestamp {
    since.saturating_add(STANDING).unwrap_or(Timestamp::MAX)
}

/// Whether what is so since `since` is to be told now: once it has stood for a while, sooner when the task would have begun
/// by then or nobody would be there to hear it.
fn due(case: &Case, to: &Recipient, since: Timestamp, look: Look<'_>) -> Result<(), Why> {
    let arrive = |at: Timestamp| match &to.engineer {
        None => Some(at),
        Some(id) => look.scene.availability.get(id).and_then(|availability| availability.arrive(at, look.scene.rules.settle)),
    };
    let stood = stood(since);
    let in_time = |at: &Timestamp| *at < case.start();
    let from = if arrive(stood).is_some_and(|at| in_time(&at)) { stood } else { since };
    if look.now < from {
        return Err(arrive(from).filter(in_time).map_or(Why::OutOfReach, Why::JustChanged));
    }
    match look.scene.reach(to.engineer.as_ref(), look.now) {
        Reach::Now => Ok(()),
        Reach::Later(at) if in_time(&at) => Err(Why::NotThere { until: Some(at) }),
        Reach::Later(_) | Reach::Never => Err(Why::OutOfReach),
    }
}

/// The notice.
fn notice(case: &Case, to: Recipient, picture: Picture<'_>, news: News, look: Look<'_>) -> Notice {
    let why = match (picture.source, picture.wanted) {
        (Source::Wrote, _) => "you wrote its briefing",
        (Source::Writes, _) => "you would be asked for its briefing, which somebody said is there",
        (Source::Told, true) => "you were told of this task",
        (Source::Told, false) => "you were told that this task needs nothing any more",
    };
    let heard = format!("{why} {}", to.clock(picture.at));
    let round = look.past.round(to.person(), &case.id);
    let brief = Box::new(case.brief(to.engineer.as_ref(), look));
    let key = |kind: Kind| Key::new(kind, to.person(), case.id.as_str(), Some(case.anchor), "", round);
    match news {
        News::Changed(difference) => {
            let reason = format!("{heard}, and since then {}", difference.words());
            let key = key(Kind::TaskChanged);
            Notice { reason, ..about(Kind::TaskChanged, key, to, case, Body::Changed(brief, Box::new(difference))) }
        }
        News::Fallen(fall) => {
            let reason = format!("{heard}, and since then {}", fall.words());
            let key = key(Kind::Retraction);
            Notice { reason, ..about(Kind::Retraction, key, to, case, Body::Retracted(brief, fall)) }
        }
    }
}
