//! What the pages of an engineer and of a mailbox share: what was said to them, what is held, what comes next and after that.

use jiff::Timestamp;

use crate::agenda::TaskId;
use crate::explain::Ground;
use crate::explain::words::{Page, clock};
use crate::plan::{Case, Hold, Kind, Notice, Said, Why};
use crate::zone::Zone;

/// No more letters are listed.
const LETTERS: usize = 20;

/// What was said to somebody, what is not, and what will be; `reach` is what all letters to them wait for.
pub(super) fn letters(page: &mut Page, ground: &Ground, person: &str, said: &[Said], coming: &[(Timestamp, Notice)], reach: &[String]) {
    page.heading("What was said to them (the last 20)");
    page.lines(1, &ground.said(last(said), None), "nothing so far");
    page.heading("What is not said to them at this moment, and why");
    for line in reach {
        page.line(1, line);
    }
    let none = if reach.len() > 1 { "nothing else is held back" } else { "nothing is held back" };
    page.lines(1, &silence(ground, person, coming), none);
    page.heading("What will be said to them in the next 30 days, if nothing changes");
    page.lines(1, &ground.coming(coming, None), "nothing");
}

/// The next letter: when, and what it says.
pub(super) fn next_letter(ground: &Ground, coming: &[(Timestamp, Notice)], zone: &Zone) -> String {
    let Some((next, _)) = coming.first() else { return "No letter to them in the next 30 days, as far as is known now.".to_owned() };
    let notices = coming.iter().take_while(|(at, _)| at == next).map(|(_, notice)| {
        let about = notice.task.as_ref().and_then(|task| ground.desk.case(task));
        let about = about.map(|case| format!(" about \"{}\"", case.task.title)).unwrap_or_default();
        format!("{}{about}", notice.kind)
    });
    format!("Next letter: {}: {}.", clock(*next, zone), notices.collect::<Vec<_>>().join(", "))
}

/// The last letters.
pub(super) fn last(said: &[Said]) -> &[Said] {
    said.get(said.len().saturating_sub(LETTERS)..).unwrap_or_default()
}

/// What is held for somebody, by the starts of the tasks; without tasks that have begun.
pub(super) fn held<'g>(ground: &'g Ground, person: &str) -> Vec<&'g Hold> {
    let mut held: Vec<&Hold> = ground.hold.iter().filter(|hold| hold.person == person && hold.why != Why::Begun).collect();
    held.sort_by_key(|hold| (hold.task.as_ref().and_then(|task| ground.desk.case(task)).map(Case::start), &hold.task, hold.kind));
    held
}

/// One item for each series, the first, with how many there are; others as they are.
pub(super) fn folded<'i, T>(
    ground: &Ground,
    items: impl Iterator<Item = &'i T>,
    task: impl Fn(&T) -> Option<&TaskId>,
) -> Vec<(&'i T, usize)> {
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
pub(super) fn more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" (and {count} more of the series)") }
}

/// Whether a hold is that of a digest in which, as far as is known now, nothing would stand when its time comes.
fn is_empty_digest(hold: &Hold, coming: &[(Timestamp, Notice)]) -> bool {
    let Why::NotThere { until: Some(until) } = hold.why else { return false };
    hold.kind == Kind::CatchUp && !coming.iter().any(|(at, notice)| notice.kind == Kind::CatchUp && *at <= until)
}

/// What is held for somebody, in lines, one for each series.
fn silence(ground: &Ground, person: &str, coming: &[(Timestamp, Notice)]) -> Vec<String> {
    let mut held = held(ground, person);
    held.retain(|hold| !is_empty_digest(hold, coming));
    let folded = folded(ground, held.iter(), |hold: &&Hold| hold.task.as_ref());
    let lines = ground.held(folded.iter().map(|(hold, _)| **hold), true);
    lines.into_iter().zip(&folded).map(|(line, (_, count))| line + &more(*count)).collect()
}
