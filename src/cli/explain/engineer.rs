//! An engineer's side of it: where they are, what they are asked for, which leaves lie ahead, what was and will be said.

use jiff::Timestamp;

use super::person::{folded, letters, more, next_letter};
use super::words::{Page, clock, hours, length, presence, span, work};
use super::{Ground, LISTED, picked};
use crate::agenda::{Absence, Away, TaskId};
use crate::availability::Availability;
use crate::cli::plan::Coming;
use crate::people::{Account, Engineer, EngineerId};
use crate::plan::Notice;
use crate::plan::explain::{AskedFor, ListAhead, PersonStory, SpellAhead};
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
    page.heading("Asked to write now");
    page.lines(1, &asked(ground, story, zone), "nothing");
    page.heading("Lists before leaves");
    page.lines(1, &lists(ground, story, zone), "none: no leave ahead has an uncovered task of their accounts in it");
    page.heading("Digests after absences");
    page.lines(1, &digests(ground, story, zone), "");
    letters(&mut page, ground, engineer.id.as_str(), &story.said, coming);
    page.text
}

/// Where they are, what they were asked for and have not answered, and the next letter.
fn in_short(ground: &Ground, engineer: &Engineer, story: &PersonStory, coming: &[(Timestamp, Notice)]) -> Vec<String> {
    let availability = ground.desk.scene().availability.get(&engineer.id);
    let now = availability.map(|availability| format!("Now {}.", presence(engineer, availability, ground.now)));
    now.into_iter().chain([owed(ground, engineer, story), next_letter(ground, coming, &engineer.zone)]).collect()
}

/// What they were asked for and have not answered, by when; and how much more is theirs.
fn owed(ground: &Ground, engineer: &Engineer, story: &PersonStory) -> String {
    let (zone, person) = (&engineer.zone, engineer.id.as_str());
    let folded = folded(ground, story.asked.iter(), |asked| Some(&asked.task));
    let heard = |(asked, _): &&(&AskedFor, usize)| ground.past.was_asked(Some(person), &asked.task);
    let (told, untold): (Vec<_>, Vec<_>) = folded.iter().partition(heard);
    let title = |id: &TaskId| ground.desk.case(id).map_or_else(|| id.to_string(), |case| format!("\"{}\"", case.task.title));
    let told_of = |(asked, count): &&(&AskedFor, usize)| {
        let by = asked.deadline.map(|at| format!(", by {}", clock(at, zone))).unwrap_or_default();
        format!("{}{}{by}", title(&asked.task), more(*count))
    };
    let tasks: Vec<String> = told.iter().take(LISTED).map(told_of).collect();
    let rest = told.len().saturating_sub(tasks.len());
    let rest = if rest == 0 { String::new() } else { format!("; and {rest} more") };
    let owed = if tasks.is_empty() {
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
    let least = length(ground.config.rules.min_missed);
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
    let mut lines: Vec<String> = ground.config.team.accounts.iter().filter_map(line).collect();
    let me = crate::people::Contact::Engineer(id.clone());
    let told = ground.config.team.accounts.iter().flat_map(|account| {
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

/// What they are to write, in lines.
fn asked(ground: &Ground, story: &PersonStory, zone: &Zone) -> Vec<String> {
    let line = |(asked, count): (&AskedFor, usize)| {
        let deadline = asked.deadline.map(|at| clock(at, zone)).unwrap_or_default();
        let (task, role, state) = (label(ground, &asked.task, zone), asked.role.word(), asked.briefing.name());
        let (since, more) = (clock(asked.since, zone), more(count));
        format!("{task}{more}; as {role} since {since}, last working moment before it {deadline}; briefing {state}")
    };
    folded(ground, story.asked.iter(), |asked| Some(&asked.task)).into_iter().map(line).collect()
}

/// Lists before leaves, in lines.
fn lists(ground: &Ground, story: &PersonStory, zone: &Zone) -> Vec<String> {
    let Some(before) = &ground.config.rules.before_leave else { return vec!["switched off in the configuration".to_owned()] };
    let line = |list: &ListAhead| {
        let when = match list.said {
            Some(at) => format!("said {}; one leave, one list", clock(at, zone)),
            None if list.tasks.is_empty() => "nothing in it wants a briefing any more, so nothing is sent".to_owned(),
            None => format!("sent from {} on, {before} before", clock(list.lead, zone)),
        };
        let tasks: Vec<String> = list.tasks.iter().map(|task| label(ground, task, zone)).collect();
        let tasks = if tasks.is_empty() { String::new() } else { format!("; still wanted: {}", tasks.join("; ")) };
        format!("leave from {}: {when}{tasks}", clock(list.spell.start, zone))
    };
    story.lists.iter().map(line).collect()
}

/// Which digest was decided, and which is next.
fn digests(ground: &Ground, story: &PersonStory, zone: &Zone) -> Vec<String> {
    let mut lines = vec![story.caught_up.map_or_else(
        || "none has been decided yet: time off that ended before offwatch knew them is noted only".to_owned(),
        |end| format!("decided up to the return of {}", clock(end, zone)),
    )];
    if !ground.config.rules.overnight {
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
