//! An engineer's side of it: where they are, what they are asked for, which leaves lie ahead, what was and will be said.

use jiff::Timestamp;

use super::words::{Page, as_of, clock, hours, length, presence, span, work};
use super::{Ground, picked};
use crate::agenda::{Absence, Away, TaskId};
use crate::availability::Availability;
use crate::cli::plan::Coming;
use crate::people::{Account, Engineer, EngineerId};
use crate::plan::explain::{AskedFor, ListAhead, PersonStory, SpellAhead};
use crate::plan::{Case, Hold, Notice, Said, Why};
use crate::zone::Zone;

/// No more absences are listed.
const ABSENCES: usize = 12;

/// No more letters are listed.
const LETTERS: usize = 20;

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
    page.line(1, &as_of(ground.now, ground.last_turn(), ground.played, zone));
    if let Some(availability) = ground.desk.scene().availability.get(&engineer.id) {
        page.line(1, &format!("now {}", presence(engineer, availability, ground.now)));
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
    page.heading("What was said to them (the last 20)");
    page.lines(1, &ground.said(last(&story.said), None), "nothing so far");
    page.heading("What is not said to them at this moment, and why");
    page.lines(1, &silence(ground, &engineer.id), "no request waits for them; what they miss comes with the digest below");
    page.heading("What will be said to them in the next 30 days, if nothing changes");
    page.lines(1, &ground.coming(coming, None), "nothing");
    page.text
}

/// The last letters.
pub(super) fn last(said: &[Said]) -> &[Said] {
    said.get(said.len().saturating_sub(LETTERS)..).unwrap_or_default()
}

/// What is held for somebody, by the starts of the tasks; without tasks that have begun.
pub(super) fn held<'g>(ground: &'g Ground, id: &EngineerId) -> Vec<&'g Hold> {
    let mut held: Vec<&Hold> = ground.hold.iter().filter(|hold| hold.person == id.as_str() && hold.why != Why::Begun).collect();
    held.sort_by_key(|hold| (hold.task.as_ref().and_then(|task| ground.desk.case(task)).map(Case::start), &hold.task, hold.kind));
    held
}

/// One item for each series, the first, with how many there are; others as they are.
fn folded<'i, T>(ground: &Ground, items: impl Iterator<Item = &'i T>, task: impl Fn(&T) -> Option<&TaskId>) -> Vec<(&'i T, usize)> {
    let mut folded: Vec<(&T, usize, Option<&str>)> = Vec::new();
    for item in items {
        let case = task(item).and_then(|id| ground.desk.case(id)).filter(|case| case.task.recurs);
        let uid = case.map(|case| case.task.identity.uid.as_str());
        match folded.iter_mut().find(|(_, _, known)| uid.is_some() && *known == uid) {
            Some((_, more, _)) => *more += 1,
            None => folded.push((item, 0, uid)),
        }
    }
    folded.into_iter().map(|(item, more, _)| (item, more)).collect()
}

/// How many more of a series there are.
fn more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" (and {count} more of the series)") }
}

/// What is held for somebody, in lines, one for each series.
fn silence(ground: &Ground, id: &EngineerId) -> Vec<String> {
    let held = held(ground, id);
    let folded = folded(ground, held.iter(), |hold: &&Hold| hold.task.as_ref());
    let lines = ground.held(folded.iter().map(|(hold, _)| **hold), true);
    lines.into_iter().zip(&folded).map(|(line, (_, count))| line + &more(*count)).collect()
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
