//! The request: the owner of a customer is asked for a briefing while there is working time left to write it.

use super::brief::{self, Eyes};
use super::page::Page;
use super::time::Times;
use crate::plan::notice::Brief;

/// `Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00`.
pub(super) fn subject(brief: &Brief, times: &Times<'_>) -> String {
    let by = brief.deadline.map(|deadline| format!(" by {}", times.brief(deadline))).unwrap_or_default();
    format!("Briefing wanted{by}: {}", with_start(brief, times))
}

/// The task with its start, or its date when there is no more.
pub(super) fn with_start(brief: &Brief, times: &Times<'_>) -> String {
    let start = brief.window.start();
    let when = if brief.date_only { times.dates(brief) } else { times.brief(start) };
    format!("{}, {when}", super::page::line(&brief::label(brief), 100))
}

/// What is planned, why nobody is there, and by when a briefing helps.
pub(super) fn section(page: &mut Page, brief: &Brief, times: &Times<'_>) {
    let customer = brief::customer(brief);
    page.prose(&format!(
        "Something is planned for {customer} at a time when nobody who knows them is there. A short briefing from you, \
         written while you are still in, would help whoever is on call then."
    ));
    brief::facts(page, brief, times, Eyes::Own);
    page.fact("Helps by:", &deadline(brief, times));
    brief::sources(page, brief, times);
}

/// By when it helps, and how much time that leaves.
pub(super) fn deadline(brief: &Brief, times: &Times<'_>) -> Vec<String> {
    let Some(deadline) = brief.deadline else { return Vec::new() };
    let what = match deadline {
        passed if passed <= times.now => "your last working moment before it has passed",
        start if start == brief.window.start() => "when it starts; you are in until then",
        _ => "your last working moment before it",
    };
    vec![format!("{}, {what} ({})", times.moment(deadline), times.distance(deadline))]
}

/// Where the briefing belongs, and how to say that it is there.
pub(super) fn answer(page: &mut Page, brief: &Brief) {
    page.prose(
        "The best place for a briefing is an internal note in the ticket. To stop these letters put [briefing done] or \
         [briefing waived] into the title or description of the event; an admin can also run",
    );
    page.item("    ", &format!("offwatch briefing done {}", brief.task));
}
