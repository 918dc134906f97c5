//! The request: the owner of a customer is asked for a briefing while there is working time left to write it.

use super::brief::{self, Eyes};
use super::page::Page;
use super::time::Times;
use crate::links::Link;
use crate::plan::notice::{Brief, Briefing};

/// `Briefing wanted by Fri 11 Dec 17:00: ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00`.
pub(super) fn subject(brief: &Brief, times: &Times<'_>) -> String {
    let by = brief.deadline.map(|deadline| format!(" by {}", times.brief(deadline))).unwrap_or_default();
    let what = if brief.briefing == Briefing::Stale { "Does the briefing still hold? Wanted" } else { "Briefing wanted" };
    format!("{what}{by}: {}", with_start(brief, times))
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
    let wanted = if brief.briefing == Briefing::Stale {
        "The only briefing that offwatch knows of is from before the task changed, or was covered for a while. Does it still hold? \
         If it does, say so once more in the way named below; if not, a few changed lines, written while you are still in, \
         would help whoever is on call then."
    } else {
        "A short briefing from you, written while you are still in, would help whoever is on call then."
    };
    page.prose(&format!("Something is planned for {customer} at a time when nobody who knows them is there. {wanted}"));
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
pub(super) fn answer(page: &mut Page, brief: &Brief, links: &[Link]) {
    clicks(page, links);
    if brief.briefing == Briefing::Stale {
        page.prose(
            "If the briefing holds, or once it is changed: an admin can run the command below. A [briefing done] that stood in the \
             event before the change counts again when it is taken out and put back in.",
        );
        page.item("    ", &format!("offwatch briefing done {}", brief.task));
        return;
    }
    page.prose(&format!(
        "The best place for a briefing is an internal note in the ticket. To stop these letters put [briefing done] or \
         [briefing waived] into the title or description of {}; an admin can also run",
        brief::event(brief)
    ));
    page.item("    ", &format!("offwatch briefing done {}", brief.task));
}

/// The links with which it is answered in one click.
pub(super) fn clicks(page: &mut Page, links: &[Link]) {
    if links.is_empty() {
        return;
    }
    page.prose("These links answer this letter. Each opens a page that asks once more before anything happens:");
    for link in links {
        page.item("  ", &format!("{}:", link.label));
        page.item("    ", &link.url);
    }
}
