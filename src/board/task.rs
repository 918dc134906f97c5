//! The page of a task: how it stands at a glance, then the whole explanation as `offwatch explain` words it.

use serde::Serialize;

use super::line::{Line, line};
use super::sight::{Frame, Sight, plain};
use crate::agenda::TaskId;
use crate::explain::words::Section;

/// A task.
#[derive(Clone, Debug, Serialize)]
pub(super) struct View {
    /// The top of the page.
    frame: Frame,
    /// How it stands.
    line: Line,
    /// The link to its ticket.
    ticket: Option<String>,
    /// The explanation.
    sections: Vec<Part>,
}

/// A part of the explanation.
#[derive(Clone, Debug, Serialize)]
struct Part {
    /// Its heading.
    heading: String,
    /// Its lines.
    lines: Vec<Words>,
}

/// A line of the explanation.
#[derive(Clone, Debug, Serialize)]
struct Words {
    /// How many steps in it stands.
    depth: usize,
    /// What it says.
    text: String,
}

/// The page of a task; none of one that is not in sight.
pub(super) fn view(sight: &Sight<'_>, id: &TaskId) -> Option<View> {
    let ground = sight.ground();
    let story = ground.desk.explain_task(id, &ground.past, &ground.outside, ground.now)?;
    let page = crate::explain::task::page(ground, &story, None);
    let ticket = story.case.task.ticket.as_deref().filter(|link| link.starts_with("https://") || link.starts_with("http://"));
    Some(View {
        frame: sight.frame(),
        line: line(sight, &story.case),
        ticket: ticket.map(plain),
        // The first section is the title with what it rests on: the top of the page says both.
        sections: page.0.into_iter().skip(1).map(part).collect(),
    })
}

/// A line as a page sets it: what a terminal keeps apart by several spaces stands behind a colon.
fn set(text: &str) -> String {
    let columns = text.split("  ").map(str::trim).filter(|column| !column.is_empty());
    plain(&columns.collect::<Vec<_>>().join(": "))
}

/// A section, set.
fn part(section: Section) -> Part {
    let words = |(depth, text): (usize, String)| Words { depth: depth.clamp(1, 4), text: set(&text) };
    Part { heading: section.heading, lines: section.lines.into_iter().map(words).collect() }
}
