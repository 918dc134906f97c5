//! An engineer's side of it: where they are, what they are asked for, which leaves lie ahead, what was and will be said.

use jiff::Timestamp;

use super::person::{folded, letters, more, next_letter};
use super::picked;
use crate::agenda::{Absence, Away, TaskId};
use crate::availability::Availability;
use crate::cli::plan::Coming;
use crate::explain::words::{Page, clock, hours, length, presence, span, work};
use crate::explain::{Ground, LISTED};
use crate::people::{Account, Engineer, EngineerId};
use crate::plan::explain::{AskedFor, ListAhead, PassedOn, PersonStory, SpellAhead};
use crate::plan::{Kind, Notice};
use crate::zone::Zone;

/// No more absences are listed.
const ABSENCES: usize = 12;

/// Letters to come for an engineer.
pub(super) fn to(id: &EngineerId, coming: Vec<Coming>) -> Vec<(Timestamp, Notice)> {
    picked(coming, |notice| notice.to.engineer.as_ref() == Some(id))
}

/// Everything about an engineer, for people.
pub(super) fn page(ground: &Ground, engineer: &Engineer, story: &PersonStory, coming: &[(Timestamp, Notice)]) -> String {
    let mut page = Page::default();
    let zone = &engineer.zone;
    page.heading(&format!("{} ({})", engineer.name, engineer.id));
    page.line(1, &format!("works {} ({}); letters go to {}", hours(&engineer.hours), zone.name(), engineer.email));
    page.line(1, &ground.as_of(zone));
    page.heading("In short");
    page.lines(1, &in_short(ground, engineer, story, coming), "");
    if let Some(availability) = ground.desk.scene().availability.get(&engineer.id) {
        page.heading("Away");
        page.lines(1, &absences(ground, engineer, availability), "no absence lies ahead in the feeds");
    }
    page.heading("Times off in the next 4 weeks");
    page.lines(1, &spells(ground, story, zone), "none");
    page.heading("Accounts");
    page.lines(1, &accounts(ground, &engineer.id), "none");
    let (told, untold) = asked(ground, &engineer.id, story, zone);
    page.heading("Asked to write now");
    page.lines(1, &told, "nothing");
    if !untold.is_empty() {
        page.heading("Theirs to write, not told yet");
        page.lines(1, &untold, "");
    }
    page.heading("Lists before leaves");
    page.lines(1, &lists(ground, &engineer.id, story, zone), "");
    page.heading("Digests after absences");
    page.lines(1, &digests(ground, &engineer.id, story, zone), "");
    letters(&mut page, ground, engineer.id.as_str(), &story.said, coming, &reach(ground, engineer, story, coming));
    page.text()
}

/// Where they are, what they were asked for and have not answered, and the next letter.
fn in_short(ground: &Ground, engineer: &Engineer, story: &PersonStory, coming: &[(Timestamp, Notice)]) -> Vec<String> {
    let availability = ground.desk.scene().availability.get(&engineer.id);
    let now = availability.map(|availability| format!("Now {}.", presence(engineer, availability, ground.now)));
    let next = next_letter(ground, coming, &engineer.zone);
    now.into_iter().chain([owed(ground, engineer, story)]).chain(passed(ground, story)).chain([next]).collect()
}

/// What they were asked about and never answered, and whose it is now.
fn passed(ground: &Ground, story: &PersonStory) -> Option<String> {
    let folded = folded(ground, story.passed.iter(), |passed| Some(&passed.task));
    let task = |(passed, count): &(&PassedOn, usize)| {
        let to: Vec<String> = passed.to.iter().map(|id| ground.called(id.as_str())).collect();
        let to = if to.is_empty() { "nobody, for nobody can write it any more".to_owned() } else { to.join(" and ") };
        format!("{}{}, to {to}", title(ground, &passed.task), more(*count))
    };
    let tasks: Vec<String> = folded.iter().take(LISTED).map(task).collect();
    let rest = folded.len().saturating_sub(tasks.len());
    let rest = if rest == 0 { String::new() } else { format!("; and {rest} more") };
    let them = match story.passed.len() {
        0 => return None,
        1 => "One task that they were asked about passed on unanswered".to_owned(),
        several => format!("{several} tasks that they were asked about passed on unanswered"),
    };
    Some(format!("{them}: {}{rest}.", tasks.join("; ")))
}

/// A task's title in quotation marks.
fn title(ground: &Ground, id: &TaskId) -> String {
    ground.desk.case(id).map_or_else(|| id.to_string(), |case| format!("\"{}\"", case.task.title))
}

/// When letters reach them, and for what a digest to come waits.
fn reach(ground: &Ground, engineer: &Engineer, story: &PersonStory, coming: &[(Timestamp, Notice)]) -> Vec<String> {
    let away = ground.in_since(engineer.id.as_str()).is_none();
    let digest = coming.iter().find(|(_, notice)| notice.kind == Kind::CatchUp).map(|(at, _)| *at);
    let next = story.next_digest.filter(|_| away).and_then(|(at, ahead)| match digest {
        Some(digest) if digest <= at => Some(format!("The next digest waits until {}.", clock(at, &engineer.zone))),
        Some(_) | None if ahead.leave => {
            Some(format!("The next digest, should there be anything to tell, waits until {}.", clock(at, &engineer.zone)))
        }
        Some(_) | None => None,
    });
    std::iter::once(ground.reach()).chain(next).collect()
}

/// What they were asked for and have not answered, by when; and how much more is theirs.
fn owed(ground: &Ground, engineer: &Engineer, story: &PersonStory) -> String {
    let (zone, person) = (&engineer.zone, engineer.id.as_str());
    let folded = folded(ground, story.asked.iter(), |asked| Some(&asked.task));
    let heard = |(asked, _): &&(&AskedFor, usize)| ground.past.was_asked(Some(person), &asked.task);
    let (told, untold): (Vec<_>, Vec<_>) = folded.iter().partition(heard);
    let told_of = |(asked, count): &&(&AskedFor, usize)| {
        let by = asked.deadline.map(|at| format!(", by {}", clock(at, zone))).unwrap_or_default();
        format!("{}{}{by}", title(ground, &asked.task), more(*count))
    };
    let tasks: Vec<String> = told.iter().take(LISTED).map(told_of).collect();
    let rest = told.len().saturating_sub(tasks.len());
    let rest = if rest == 0 { String::new() } else { format!("; and {rest} more") };
    let owed = if tasks.is_empty() && !story.passed.is_empty() {
        "Nothing that they were asked for is theirs to answer any more.".to_owned()
    } else if tasks.is_empty() {
        "Nothing that they were asked for waits for an answer.".to_owned()
    } else {
        format!("Asked for and not answered: {}{rest}.", tasks.join("; "))
    };
    match untold.len() {
        0 => owed,
        1 => format!("{owed} One more is theirs to write, of which they have not been told yet."),
        several => format!("{owed} {several} more are theirs to write, of which they have not been told yet."),
    }
}

/// Absences that are not over: from when, until when, and which feed says so.
pub(super) fn ahead<'g>(ground: &'g Ground, engineer: &Engineer) -> Vec<(Timestamp, Timestamp, &'g Absence)> {
    let own = ground.desk.scene().absences.get(&engineer.id).map(Vec::as_slice).unwrap_or_default();
    let stretch = |absence: &'g Absence| match absence.away {
        Away::Dates { first, until } => (engineer.zone.midnight(first), engineer.zone.midnight(until), absence),
        Away::Stretch(window) => (window.start(), window.end(), absence),
    };
    let mut ahead: Vec<_> = own.iter().map(stretch).filter(|(_, until, _)| *until > ground.now).collect();
    ahead.sort_by_key(|(from, until, absence)| (*from, *until, absence.feed.clone()));
    ahead.dedup_by_key(|(from, until, absence)| (*from, *until, absence.feed.clone()));
    ahead
}

/// The same in lines.
fn absences(ground: &Ground, engineer: &Engineer, availability: &Availability) -> Vec<String> {
    let ahead = ahead(ground, engineer);
    let line = |(from, until, absence): &(Timestamp, Timestamp, &Absence)| {
        let back = availability.next_free(*until).map(|back| format!(", there again {}", clock(back, &engineer.zone))).unwrap_or_default();
        let when = match absence.away {
            Away::Dates { first, until } if until == first.tomorrow().unwrap_or(until) => {
                format!("{} all day", first.strftime("%a %Y-%m-%d"))
            }
            Away::Dates { first, until } => {
                let last = until.yesterday().unwrap_or(until);
                format!("{} to {} all day", first.strftime("%a %Y-%m-%d"), last.strftime("%a %Y-%m-%d"))
            }
            Away::Stretch(_) => span(*from, *until, &engineer.zone),
        };
        format!("{when}, says feed `{}`{back}", absence.feed)
    };
    let mut lines: Vec<String> = ahead.iter().take(ABSENCES).map(line).collect();
    if ahead.len() > ABSENCES {
        lines.push(format!("and {} more", ahead.len() - ABSENCES));
    }
    lines
}

/// Leaves in lines, and how many ordinary nights and weekends there are beside them.
fn spells(ground: &Ground, story: &PersonStory, zone: &Zone) -> Vec<String> {
    let least = length(ground.rules().min_missed);
    let line = |ahead: &SpellAhead| {
        let end = ahead.spell.end.map_or_else(|| "beyond sight".to_owned(), |end| clock(end, zone));
        let from = clock(ahead.spell.start, zone);
        let missed = work(ahead.spell.missed);
        if ahead.leave {
            format!("{from} to {end}: a leave, for {missed} is missed in it ({least} make a leave)")
        } else {
            format!("{from} to {end}: no leave, for only {missed} is missed in it ({least} make a leave)")
        }
    };
    let told = |ahead: &&SpellAhead| ahead.leave || ahead.spell.missed.is_positive();
    let mut lines: Vec<String> = story.spells.iter().filter(told).map(line).collect();
    let ordinary = story.spells.len().saturating_sub(lines.len());
    if ordinary > 0 {
        let them = if lines.is_empty() { "" } else { "beside those " };
        lines.push(format!("{them}{ordinary} ordinary nights and weekends, in which no work is missed"));
    }
    lines
}

/// What somebody is to an account, and for which dates.
pub(super) fn role(account: &Account, id: &EngineerId) -> Option<(&'static str, String)> {
    if let Some(place) = account.engineers.iter().position(|engineer| engineer == id) {
        return Some((if place == 0 { "owner" } else { "engineer" }, String::new()));
    }
    let backup = account.backups.iter().find(|backup| backup.engineer == *id)?;
    let from = backup.from.map(|from| format!(" from {from}")).unwrap_or_default();
    let until = backup.until.map(|until| format!(" until before {until}")).unwrap_or_default();
    Some(("backup", from + &until))
}

/// Accounts in lines.
fn accounts(ground: &Ground, id: &EngineerId) -> Vec<String> {
    let meaning = |role: &str| match role {
        "owner" => "asked first; covers; gets digests",
        "engineer" => "covers; asked when those before cannot write; gets digests",
        _ => "covers nothing; asked when no engineer can write",
    };
    let line = |account: &Account| role(account, id).map(|(role, dates)| format!("{}: {role}{dates} ({})", account.name, meaning(role)));
    let mut lines: Vec<String> = ground.team().accounts.iter().filter_map(line).collect();
    let me = crate::people::Contact::Engineer(id.clone());
    let told = ground.team().accounts.iter().flat_map(|account| {
        let manager = (account.manager.as_ref() == Some(&me)).then(|| format!("{}: manager (told when nobody can write)", account.name));
        let last = (account.last_resort == me).then(|| format!("{}: last resort (told last, at any hour)", account.name));
        manager.into_iter().chain(last)
    });
    lines.extend(told);
    lines
}

/// A task's title and start.
pub(super) fn label(ground: &Ground, id: &TaskId, zone: &Zone) -> String {
    ground.desk.case(id).map_or_else(|| id.to_string(), |case| format!("{} ({id}), starts {}", case.task.title, clock(case.start(), zone)))
}

/// What they are to write, in lines: what they were told of, and what not yet.
fn asked(ground: &Ground, id: &EngineerId, story: &PersonStory, zone: &Zone) -> (Vec<String>, Vec<String>) {
    let line = |(asked, count): (&AskedFor, usize)| {
        let deadline = asked.deadline.map(|at| clock(at, zone)).unwrap_or_default();
        let (task, role, state) = (label(ground, &asked.task, zone), asked.role.word(), asked.briefing.name());
        let (since, more) = (clock(asked.since, zone), more(count));
        format!("{task}{more}; as {role} since {since}, last working moment before it {deadline}; briefing {state}")
    };
    let folded = folded(ground, story.asked.iter(), |asked| Some(&asked.task)).into_iter();
    let heard = |(asked, _): &(&AskedFor, usize)| ground.past.was_asked(Some(id.as_str()), &asked.task);
    let (told, untold): (Vec<_>, Vec<_>) = folded.partition(heard);
    (told.into_iter().map(line).collect(), untold.into_iter().map(line).collect())
}

/// Lists before leaves, in lines.
fn lists(ground: &Ground, id: &EngineerId, story: &PersonStory, zone: &Zone) -> Vec<String> {
    if ground.rules().leaves_out(Some(id), Kind::BeforeLeave) {
        return vec!["none comes: they want no letters of this kind".to_owned()];
    }
    let Some(before) = &ground.rules().before_leave else { return vec!["switched off in the configuration".to_owned()] };
    let wanted = |list: &ListAhead| {
        let tasks: Vec<String> = list.tasks.iter().map(|task| label(ground, task, zone)).collect();
        if tasks.is_empty() { String::new() } else { format!("; still wanted: {}", tasks.join("; ")) }
    };
    let line = |list: &ListAhead| {
        let when = match list.said {
            Some(at) => format!("said {}; one leave, one list", clock(at, zone)),
            None if list.tasks.is_empty() => "nothing in it wants a briefing any more, so nothing is sent".to_owned(),
            None => format!("sent from {} on, {before} before", clock(list.lead, zone)),
        };
        format!("leave from {}: {when}{}", clock(list.spell.start, zone), wanted(list))
    };
    let running = story.running.iter().map(|list| {
        let since = clock(list.spell.start, zone);
        let when = list.said.map_or_else(|| "no list was said".to_owned(), |at| format!("its list was said {}", clock(at, zone)));
        format!("the leave since {since}: {when}{}", wanted(list))
    });
    let none = if story.running.is_none() { "none: no" } else { "no" };
    let none = format!("{none} leave ahead has an uncovered task of their accounts in it");
    running.chain(story.lists.iter().map(line)).chain(story.lists.is_empty().then_some(none)).collect()
}

/// Which digest was decided, and which is next.
fn digests(ground: &Ground, id: &EngineerId, story: &PersonStory, zone: &Zone) -> Vec<String> {
    let mut lines = vec![story.caught_up.map_or_else(
        || "none has been decided yet: time off that ended before offwatch knew them is noted only".to_owned(),
        |end| format!("decided up to the return of {}", clock(end, zone)),
    )];
    let rules = ground.rules();
    if rules.leaves_out(Some(id), Kind::CatchUp) {
        lines.push("none comes: they want no letters of this kind".to_owned());
    } else if let Some(hour) = rules.digest_hour(id) {
        lines.push(format!("they come from {} of their day on, as they wish", hour.strftime("%H:%M")));
    }
    if !rules.overnight {
        lines.push("only leaves have digests; those after ordinary nights and weekends are switched off".to_owned());
    }
    lines.extend(story.next_digest.map(|(at, ahead)| {
        let what = if ahead.leave {
            "after a leave: sent if there was an emergency, a task that ran, was announced, moved or cancelled"
        } else {
            "after an ordinary night or weekend: sent only if an emergency fell into it, or a task ran that they own and were never asked about"
        };
        format!("the next would come {}, {what}", clock(at, zone))
    }));
    lines
}
