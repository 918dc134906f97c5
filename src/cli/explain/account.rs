//! An account's tasks to come, a line each: enough to choose the one to be explained.

use std::collections::BTreeMap;

use serde_json::json;

use crate::cli::Format;
use crate::explain::Ground;
use crate::explain::words::{Page, clock};
use crate::people::{AccountId, EngineerId};
use crate::plan::Case;

/// The tasks of an account that are not over, by start.
pub(super) fn page(ground: &Ground, id: &AccountId, format: Format) -> String {
    let own = |case: &&Case| case.task.account.as_ref() == Some(id) && case.watch.end() > ground.now;
    let mut cases: Vec<&Case> = ground.desk.cases().filter(own).collect();
    cases.sort_by_key(|case| (case.start(), &case.id));
    if format == Format::Json {
        return cases.into_iter().map(|case| object(ground, case)).collect();
    }
    let name = ground.team().account(id).map_or_else(|| id.as_str(), |account| account.name.as_str());
    let mut page = Page::default();
    page.heading(&format!("{name} ({id}): its tasks to come; `offwatch explain TASK` says more of each"));
    page.line(1, &ground.as_of(ground.zone()));
    // A series stands on one line: its next occurrence speaks for all.
    let mut seen = BTreeMap::new();
    for case in &cases {
        *seen.entry(&case.task.identity.uid).or_insert(0_usize) += 1;
    }
    let first = |case: &&Case| seen.remove(&case.task.identity.uid).map(|count| line(ground, case, count - 1));
    let lines: Vec<String> = cases.iter().filter_map(first).collect();
    page.lines(1, &lines, "none in sight");
    page.text()
}

/// One task.
fn line(ground: &Ground, case: &Case, more: usize) -> String {
    let start = clock(case.start(), ground.zone());
    let asked = || {
        let writer = ground.desk.writer(case, &ground.past, ground.now);
        let called = writer.map(|(writer, _)| format!("{} is to write it", ground.called(writer.as_str())));
        let state = ground.desk.briefing(case, &ground.past, ground.now).name();
        format!("uncovered, briefing {state}, {}", called.unwrap_or_else(|| "nobody can write it".to_owned()))
    };
    let what = ground.desk.settled(case, &ground.past, ground.now).map_or_else(asked, |why| why.to_string());
    let more = if more == 0 { String::new() } else { format!(" (and {more} more of the series)") };
    format!("{}  {start}  {}{more}: {what}", case.id, case.task.title)
}

/// The same for programs.
fn object(ground: &Ground, case: &Case) -> String {
    let line = json!({
        "task": case.id.as_str(),
        "uid": case.task.identity.uid,
        "recurrence_id": case.task.identity.recurrence_id,
        "title": case.task.title,
        "start": case.start().to_string(),
        "uncovered": case.uncovered,
        "briefing": ground.desk.briefing(case, &ground.past, ground.now).name(),
        "writer": ground.desk.writer(case, &ground.past, ground.now).as_ref().map(|(writer, _)| EngineerId::as_str(writer)),
        "settled": ground.desk.settled(case, &ground.past, ground.now).as_ref().map(ToString::to_string),
    });
    format!("{line}\n")
}
