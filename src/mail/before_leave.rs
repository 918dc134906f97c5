//! The list before a leave: all that wants a briefing while its reader will be away.

use super::brief;
use super::page::{Page, count};
use super::skeleton;
use super::time::Times;
use crate::plan::notice::{BeforeLeave, Brief};

/// `Before you go on Thu 10 Dec: 2 briefings wanted`.
pub(super) fn subject(leave: &BeforeLeave, times: &Times<'_>) -> String {
    let wanted = count(leave.tasks.len(), "briefing", "briefings");
    format!("Before you go on {}: {wanted} wanted", times.date(leave.start))
}

/// The list by start, then one outline for all.
pub(super) fn section(page: &mut Page, leave: &BeforeLeave, times: &Times<'_>) {
    let back = leave.end.map(|end| format!(" until {}", times.moment(end))).unwrap_or_default();
    let tasks = count(leave.tasks.len(), "task", "tasks");
    let each = if leave.tasks.len() == 1 { "" } else { " for each" };
    page.prose(&format!(
        "You will be away from {}{back}. While you are, nobody who knows the customer is there for {tasks}. A short \
         briefing{each}, written before you go, would help whoever is on call.",
        times.moment(leave.start)
    ));
    page.prose(&format!("Helps by: {} ({}).", times.moment(leave.start), times.distance(leave.start)));
    let mut tasks: Vec<&Brief> = leave.tasks.iter().collect();
    tasks.sort_by_key(|brief| brief.window.start());
    for (number, brief) in (1..).zip(tasks) {
        page.gap();
        task(page, number, brief, leave, times);
    }
    let each = if leave.tasks.iter().any(brief::wants_its_own) { " (of a series: of that occurrence, not of all)" } else { "" };
    page.prose(&format!(
        "The best place for a briefing is an internal note in the ticket. When it is there, or none is needed, put [briefing \
         done] or [briefing waived] into the title or description of the event{each}, or ask an admin to run `offwatch briefing \
         done` with the name given above."
    ));
    skeleton::blank(page);
}

/// One task of the list.
fn task(page: &mut Page, number: usize, brief: &Brief, leave: &BeforeLeave, times: &Times<'_>) {
    page.item(&format!("{number}. "), &brief::label(brief));
    page.fact("   When:", &times.task(brief));
    brief::series(page, brief);
    if let Some(deadline) = brief.deadline.filter(|deadline| *deadline != leave.start) {
        page.fact("   By:", &[times.moment(deadline)]);
    }
    page.fact("   Said:", &brief::said(brief, times));
    page.fact("   Ticket:", &[brief::ticket(brief)]);
    page.fact("   Name:", &[brief.task.to_string()]);
    page.fact("   Note:", &brief::old_copies(&brief.old_copies, times));
}
