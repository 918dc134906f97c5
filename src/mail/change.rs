//! News of a task: it changed, or it needs nothing any more. To whoever was told of it or wrote its briefing.
//! Old and new stand side by side; nobody is asked for more than whether the briefing still holds.

use super::brief::{self, Eyes};
use super::page::Page;
use super::request::{self, with_start};
use super::time::Times;
use crate::plan::news::{Difference, Fall, Reader};
use crate::plan::notice::{Brief, Briefing};

/// `Moved: ACME Corp, Upgrade to 17.4, now Sun 13 Dec 22:00`.
pub(super) fn subject(brief: &Brief, difference: &Difference, times: &Times<'_>) -> String {
    let what = if difference.again {
        "Wanted again"
    } else if difference.account {
        "Another customer's now"
    } else if difference.window.is_some() {
        "Moved"
    } else if difference.title.is_some() {
        "Renamed"
    } else if difference.ticket.is_some() {
        "New ticket"
    } else {
        "Changed"
    };
    let asks = brief.briefing == Briefing::Stale && (brief.is_readers || difference.reader == Reader::Wrote);
    let holds = if asks { ". Does the briefing still hold?" } else { "" };
    format!("{what}: {}{holds}", with_start(brief, times))
}

/// What was, what is, and what that means for the briefing.
pub(super) fn section(page: &mut Page, brief: &Brief, difference: &Difference, times: &Times<'_>) {
    let customer = brief::customer(brief);
    page.prose(&format!("{} {}", opening(difference, customer), meaning(brief, difference)));
    page.gap();
    if let Some(window) = difference.window {
        page.fact("Was:", &[times.stretch(window)]);
        page.fact("Is now:", &times.task(brief));
    }
    if let Some(title) = &difference.title {
        page.fact("Old title:", &[super::page::line(title, 200)]);
    }
    if let Some(ticket) = &difference.ticket {
        page.fact("Old link:", &[super::page::line(ticket, 500)]);
    }
    let eyes = if brief.is_readers { Eyes::Own } else { Eyes::Others };
    brief::facts(page, brief, times, eyes);
    if brief.is_readers {
        page.fact("Helps by:", &request::deadline(brief, times));
    }
    brief::sources(page, brief, times);
}

/// What happened.
fn opening(difference: &Difference, customer: &str) -> String {
    if difference.again {
        return format!(
            "You were told that a task for {customer} needs nothing any more. That has changed: nobody who knows them is there again."
        );
    }
    let all = [
        (difference.account, "was another customer's before"),
        (difference.window.is_some(), "was moved"),
        (difference.title.is_some(), "has another title"),
        (difference.ticket.is_some(), "has another ticket"),
    ];
    let what: Vec<String> = all.into_iter().filter(|(is, _)| *is).map(|(_, words)| words.to_owned()).collect();
    format!("A task for {customer} that you know of {}.", brief::names(&what))
}

/// What it means for the reader.
fn meaning(brief: &Brief, difference: &Difference) -> &'static str {
    let only_ticket = difference.ticket.is_some() && difference.window.is_none() && difference.title.is_none() && !difference.again;
    match brief.briefing {
        Briefing::Stale if difference.reader == Reader::Wrote => {
            "Does your briefing still hold? If it does, say so once more in the way named below; if not, a few changed lines help."
        }
        Briefing::Stale if brief.is_readers => {
            "There is a briefing from before that. Does it still hold? If it does, say so once more in the way named below."
        }
        Briefing::Stale => {
            "This is only so that you do not go by what you were told before: the briefing that there is may not hold any more."
        }
        Briefing::Written if only_ticket => "If the briefing stands in the old ticket, whoever is on call will not find it there.",
        Briefing::Written => "A briefing is there; nothing is asked of you.",
        Briefing::Wanted | Briefing::Asked if brief.is_readers => "A short briefing from you would still help.",
        Briefing::Wanted | Briefing::Asked | Briefing::TooLate if difference.reader == Reader::Manages => {
            "offwatch knows of no briefing, and nobody it could ask has working time left to write one. You manage the account and may \
             know somebody who can."
        }
        Briefing::Wanted | Briefing::Asked | Briefing::Waived | Briefing::TooLate | Briefing::NotNeeded => {
            "This is only so that you do not go by what you were told before; offwatch knows of no briefing."
        }
    }
}

/// `No longer needed: ACME Corp, Upgrade to 17.4, Sat 12 Dec 22:00`.
pub(super) fn retracted_subject(brief: &Brief, fall: Fall, times: &Times<'_>) -> String {
    let what = match fall {
        Fall::Cancelled | Fall::Gone | Fall::Covered | Fall::MovedIn { .. } => "No longer needed",
        Fall::Elsewhere => "Another customer's now",
        Fall::TakenBack => "Taken back",
    };
    format!("{what}: {}", with_start(brief, times))
}

/// That nothing is needed any more, and why.
pub(super) fn retracted(page: &mut Page, brief: &Brief, fall: Fall, times: &Times<'_>) {
    let customer = brief::customer(brief);
    let why = match fall {
        Fall::Cancelled => format!("A task for {customer} that you know of was cancelled."),
        Fall::Gone => format!("A task for {customer} that you know of has vanished from its calendar."),
        Fall::Covered => format!("Somebody who knows {customer} will be there after all while this task runs."),
        Fall::MovedIn { .. } => {
            format!("A task for {customer} that you know of was moved to a time at which somebody who knows them is there.")
        }
        Fall::Elsewhere if brief.account.is_none() => "A task that you know of does not say any more for which customer it is.".to_owned(),
        Fall::Elsewhere => format!("A task that you know of is for another customer now, {customer}."),
        Fall::TakenBack => format!("The briefing for {customer} that was given to you was taken back{}.", writers(brief)),
    };
    let then = match fall {
        Fall::Elsewhere | Fall::TakenBack => "Nothing is asked of you for it any more.",
        Fall::Cancelled | Fall::Gone | Fall::Covered | Fall::MovedIn { .. } if brief.recurs => {
            "No briefing is needed for this one; of the others in its series this says nothing."
        }
        Fall::Cancelled | Fall::Gone | Fall::Covered | Fall::MovedIn { .. } => {
            "No briefing is needed from anybody; one that is written already does no harm."
        }
    };
    page.prose(&format!("{why} {then}"));
    page.gap();
    page.fact("What:", &[brief::title(brief)]);
    page.fact("Customer:", &[customer.to_owned()]);
    let when = times.task(brief);
    match fall {
        Fall::Covered | Fall::Elsewhere | Fall::TakenBack => page.fact("When:", &when),
        Fall::Cancelled | Fall::Gone => page.fact("Was:", &when),
        Fall::MovedIn { was } => {
            page.fact("Was:", &[times.stretch(was)]);
            page.fact("Is now:", &when);
        }
    }
    page.fact("Ticket:", &[brief::ticket(brief)]);
}

/// Who writes a briefing in the reader's place; nothing when nobody can.
fn writers(brief: &Brief) -> String {
    let names: Vec<String> = brief.people.iter().filter(|person| person.is_asked).map(|person| person.name.clone()).collect();
    match names.len() {
        0 => String::new(),
        1 => format!(": {} writes it again", brief::names(&names)),
        _ => format!(": {} write it again", brief::names(&names)),
    }
}
