//! The outline of a briefing, to be pasted into the ticket as an internal note and filled in.
//! Others will read it: nobody's time is "yours" in it, and nobody's absence has a cause.

use super::brief;
use super::page::Page;
use super::time::Times;
use crate::plan::Recipient;
use crate::plan::notice::Brief;

/// How many lines of an event's description are quoted.
pub(super) const QUOTED: usize = 12;

/// The outline with all that is known of one task.
pub(super) fn filled(page: &mut Page, brief: &Brief, writer: &Recipient, times: &Times<'_>) {
    page.heading("Briefing: an outline to paste into the ticket as an internal note", "-");
    page.prose("WHAT IS PLANNED");
    page.item("- ", &brief::label(brief));
    for line in times.task_for_all(brief) {
        page.item("- ", &line);
    }
    page.quote(&brief.description, QUOTED);
    questions(page);
    page.prose("WHAT IS SPECIAL ABOUT THIS ACCOUNT");
    page.text("(architecture, known problems, what they care about)");
    if let Some(notes) = &brief.notes {
        page.item("- ", &format!("Notes: {notes}"));
    }
    page.item("- ", "");
    page.prose("WHOM TO REACH");
    let name = writer.name.as_deref().unwrap_or(writer.address.as_str());
    page.item("- ", &format!("{name}: (if and how you may be asked, nothing is expected)"));
    for person in &brief.people {
        page.item("- ", &brief::person(person, times));
    }
    for shift in brief::on_call(brief, times) {
        page.item("- ", &format!("On call: {shift}"));
    }
}

/// The outline without a task.
pub(super) fn blank(page: &mut Page) {
    page.heading("Briefing: an outline to paste into each ticket as an internal note", "-");
    page.prose("WHAT IS PLANNED");
    page.item("- ", "");
    questions(page);
    page.prose("WHAT IS SPECIAL ABOUT THIS ACCOUNT");
    page.text("(architecture, known problems, what they care about)");
    page.item("- ", "");
    page.prose("WHOM TO REACH");
    page.item("- ", "");
}

/// The two parts that only somebody who knows the customer can fill.
fn questions(page: &mut Page) {
    page.prose("WHAT COULD GO WRONG");
    page.item("- ", "");
    page.prose("WHAT WOULD HELP");
    page.text("(checks, ways back, workarounds)");
    page.item("- ", "");
}
