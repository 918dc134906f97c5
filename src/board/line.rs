//! One task as a line of a table: when, what, whose, how long nobody is there, how its briefing stands and who writes it.

use serde::Serialize;

use super::sight::{Named, Sight, plain};
use super::tag::Tag;
use crate::explain::LISTED;
use crate::explain::moment::length;
use crate::people::EngineerId;
use crate::plan::Case;
use crate::plan::explain::Danger;

/// One task.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    /// offwatch's id of it.
    id: String,
    /// Its page.
    task: Named,
    /// The account's page.
    account: Option<Named>,
    /// From when until when.
    when: String,
    /// How far away that is.
    away: String,
    /// Its start for programs.
    start: String,
    /// How much of it nobody is there.
    gap: String,
    /// How it stands.
    tag: Tag,
    /// The state of its briefing in a word.
    briefing: &'static str,
    /// What endangers it, in words.
    danger: Option<String>,
    /// Who is to write it.
    writer: Option<Named>,
    /// Until when they can.
    by: Option<String>,
    /// How far away that is.
    left: Option<String>,
}

/// One task.
pub(super) fn line(sight: &Sight<'_>, case: &Case) -> Line {
    let ground = sight.ground();
    let writer = ground.desk.writer(case, &ground.past, ground.now);
    Line {
        id: case.id.to_string(),
        task: sight.task(case),
        account: case.account.as_ref().map(|account| sight.account(account)),
        when: when(sight, case),
        away: if case.start() <= ground.now { "runs now".to_owned() } else { sight.span.away(case.start()) },
        start: case.start().to_string(),
        gap: gap(sight, case),
        tag: sight.tag(case),
        briefing: ground.desk.briefing(case, &ground.past, ground.now).name(),
        danger: sight.danger(case).map(|danger| words(sight, danger)),
        left: writer.as_ref().and_then(|(_, deadline)| deadline.map(|at| sight.span.away(at))),
        by: writer.as_ref().and_then(|(_, deadline)| deadline.map(|at| sight.span.clock(at))),
        writer: writer.and_then(|(writer, _)| sight.engineer(&writer)),
    }
}

/// From when until when, without aftercare.
pub(super) fn when(sight: &Sight<'_>, case: &Case) -> String {
    let words = sight.span.stretch(case.task.window);
    if case.task.date_only { format!("{words}, no time given") } else { words }
}

/// How much of it nobody is there, aftercare included, and of a part when that is: what a drawing shows can be read too.
pub(super) fn gap(sight: &Sight<'_>, case: &Case) -> String {
    let (missing, all) = (length(case.parts.length()), length(case.watch.length()));
    match (case.account.is_some(), case.uncovered) {
        (false, _) => "no account".to_owned(),
        (true, true) if missing == all => format!("nobody there for {all}"),
        (true, true) => format!("nobody there for {missing} of {all}, {}", parts(sight, case)),
        (true, false) => "covered".to_owned(),
    }
}

/// The stretches in which nobody is there, the first of them by name.
fn parts(sight: &Sight<'_>, case: &Case) -> String {
    let named: Vec<String> = case.parts.iter().take(LISTED).map(|part| sight.span.stretch(part)).collect();
    match case.parts.iter().count().saturating_sub(LISTED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// What endangers a task.
fn words(sight: &Sight<'_>, danger: &Danger) -> String {
    let team = sight.ground().team();
    let name = |id: &EngineerId| team.engineers.get(id).map_or_else(|| id.to_string(), |engineer| plain(&engineer.name));
    match danger {
        Danger::NobodyWrites => "Nobody can write it any more; the manager or the last resort is told next.".to_owned(),
        Danger::NobodyLeft => "Nobody can write it any more; everybody who is to be told has been told.".to_owned(),
        Danger::LastWriter { engineer, left } => {
            format!("Only {} can write it, with {} of working time left.", name(engineer), length(*left))
        }
    }
}
