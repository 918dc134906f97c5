//! What letters say of one task: its name, its facts, its gaps and the people around it.
//! Says of nobody but the reader why they are away.

use super::page::{Page, count, line};
use super::time::{Times, span};
use crate::plan::notice::{Brief, Briefing, Gap, OldCopy, Person, Reason};
use crate::window::Window;

/// Whose reasons stand in a letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Eyes {
    /// The reader's own: they may read why.
    Own,
    /// Somebody else's: they are away, and that is all.
    Others,
}

/// The task's title, clean and never empty.
pub(super) fn title(brief: &Brief) -> String {
    let title = line(&brief.title, 200);
    if title.is_empty() { "(no title)".to_owned() } else { title }
}

/// The same without the account's name before it and without marks, where either is told elsewhere.
pub(super) fn short_title(brief: &Brief) -> String {
    let title = line(&brief.short_title, 200);
    if title.is_empty() { "(no title)".to_owned() } else { title }
}

/// `ACME Corp, Upgrade to 17.4`, or the title alone when it names the account itself.
pub(super) fn label(brief: &Brief) -> String {
    named(brief.account.as_deref(), &short_title(brief))
}

/// A title behind its account's name.
pub(super) fn named(account: Option<&str>, title: &str) -> String {
    match account {
        Some(account) if !title.to_lowercase().contains(&account.to_lowercase()) => format!("{account}, {title}"),
        _ => title.to_owned(),
    }
}

/// The customer in a sentence.
pub(super) fn customer(brief: &Brief) -> &str {
    brief.account.as_deref().unwrap_or("the customer")
}

/// What offwatch knows of the briefing of a task that wants one.
pub(super) fn known_briefing(brief: &Brief) -> &'static str {
    match brief.briefing {
        Briefing::Stale => "the only briefing that offwatch knows of is from before the task changed",
        Briefing::Wanted | Briefing::Asked | Briefing::Written | Briefing::Waived | Briefing::TooLate | Briefing::NotNeeded => {
            "offwatch knows of no briefing"
        }
    }
}

/// What is planned, when, and why nobody is there.
pub(super) fn facts(page: &mut Page, brief: &Brief, times: &Times<'_>, eyes: Eyes) {
    page.gap();
    page.fact("What:", &[title(brief)]);
    page.fact("Customer:", &[brief.account.clone().unwrap_or_else(|| "no account was found in the event".to_owned())]);
    page.fact("When:", &times.task(brief));
    series(page, brief);
    page.fact("Uncovered:", &gaps(&brief.uncovered, times, eyes));
    if brief.aftercare.is_positive() {
        page.fact("Watch:", &[format!("trouble may come up to {} after the end", span(brief.aftercare))]);
    }
    page.fact("Said:", &said(brief, times));
}

/// What people said of its briefing, and whom they gave it to: whoever reads on is to know who did so.
pub(super) fn said(brief: &Brief, times: &Times<'_>) -> Vec<String> {
    let answered = brief.answered.as_ref().map(|answered| {
        let who = answered.by.as_deref().unwrap_or("the event");
        let what = if answered.waived { "no briefing is needed" } else { "the briefing is written" };
        format!("{who} said that {what}, {}", times.moment(answered.at))
    });
    let given = brief.given.as_ref().map(|given| format!("{} gave the briefing to {}, {}", given.by, given.to, times.moment(given.at)));
    answered.into_iter().chain(given).collect()
}

/// ` (ada said so)` behind the state of a briefing in a list, or whom it was given to; nothing where nobody said anything.
pub(super) fn by(brief: &Brief) -> String {
    let counts = matches!(brief.briefing, Briefing::Written | Briefing::Waived | Briefing::Stale);
    let by = brief.answered.as_ref().filter(|_| counts).and_then(|answered| answered.by.as_ref());
    by.map_or_else(|| given(brief), |by| format!(" ({by} said so)"))
}

/// ` (ada gave it to cem)` behind a task that wants a briefing; nothing where nobody did.
pub(super) fn given(brief: &Brief) -> String {
    let counts = matches!(brief.briefing, Briefing::Wanted | Briefing::Asked | Briefing::Stale);
    let given = brief.given.as_ref().filter(|_| counts);
    given.map(|given| format!(" ({} gave it to {})", given.by, given.to)).unwrap_or_default()
}

/// That it recurs, and what that means for its briefing.
pub(super) fn series(page: &mut Page, brief: &Brief) {
    let words = match (brief.recurs, brief.one_for_all) {
        (true, true) => "one of a series; one briefing serves them all, as long as they stay the same",
        (true, false) => "one of a series, with a briefing of its own",
        (false, _) => return,
    };
    page.fact("", &[words.to_owned()]);
    if brief.also > 0 {
        page.fact("", &[also(brief).trim_start().to_owned()]);
    }
}

/// ` and 3 more times` behind the first occurrence of a series in a list; nothing for one that stands for itself.
pub(super) fn also(brief: &Brief) -> String {
    if brief.also == 0 { String::new() } else { format!(" and {}", count(brief.also, "more time", "more times")) }
}

/// Where the ticket is and how old the knowledge is.
pub(super) fn sources(page: &mut Page, brief: &Brief, times: &Times<'_>) {
    page.fact("Ticket:", &[ticket(brief)]);
    page.fact("Note:", &old_copies(&brief.old_copies, times));
}

/// Which copies that a letter rests on are old, and what may have changed since; never why anybody is away.
pub(super) fn old_copies(copies: &[OldCopy], times: &Times<'_>) -> Vec<String> {
    let old = copies.iter().map(|copy| {
        let since = format!("{} ({})", times.moment(copy.since), times.age(copy.since));
        let feed = &copy.feed;
        let state = if copy.held {
            format!("what feed `{feed}` shows since {since} is held back")
        } else {
            format!("feed `{feed}` could not be read since {since}")
        };
        let task = if copy.shows_task { "; newer changes are not in this letter" } else { "" };
        let leave = if copy.leave_of.is_empty() { String::new() } else { format!("; leave of {} may have changed", names(&copy.leave_of)) };
        format!("{state}{task}{leave}")
    });
    old.collect()
}

/// `Ada, Bob and Grace`.
pub(super) fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => name.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The ticket's link, or how to find it.
pub(super) fn ticket(brief: &Brief) -> String {
    let search = || format!("no ticket link in the event; search for \"{}\"", line(&title(brief), 120));
    brief.ticket.clone().unwrap_or_else(search)
}

/// The gaps, those that touch joined into one with all their reasons; at most six lines.
pub(super) fn gaps(gaps: &[Gap], times: &Times<'_>, eyes: Eyes) -> Vec<String> {
    let mut runs: Vec<(Window, Vec<&str>)> = Vec::new();
    for gap in gaps {
        let word = reason(gap.reason, eyes);
        let joined = runs.last().filter(|(run, _)| run.end() == gap.window.start());
        let joined = joined.and_then(|(run, _)| Window::new(run.start(), gap.window.end()));
        match (joined, runs.last_mut()) {
            (Some(whole), Some((run, words))) => {
                *run = whole;
                if !words.contains(&word) {
                    words.push(word);
                }
            }
            _ => runs.push((gap.window, vec![word])),
        }
    }
    let mut lines: Vec<String> = runs.iter().take(6).map(|(run, words)| format!("{}: {}", times.stretch(*run), words.join(", "))).collect();
    if runs.len() > lines.len() {
        lines.push(format!("and {}", count(runs.len() - lines.len(), "more stretch", "more stretches")));
    }
    lines
}

/// A reason in words. Leave and holidays of others are their own business.
fn reason(reason: Reason, eyes: Eyes) -> &'static str {
    match (reason, eyes) {
        (Reason::OutsideHours, Eyes::Own) => "outside your hours",
        (Reason::Leave, Eyes::Own) => "you are on leave",
        (Reason::Holiday, Eyes::Own) => "holiday",
        (Reason::Leave | Reason::Holiday, Eyes::Others) => "away",
        (Reason::OutsideHours, Eyes::Others) => "outside hours",
        (Reason::Weekend, Eyes::Own | Eyes::Others) => "weekend",
        (Reason::Nobody, Eyes::Own | Eyes::Others) => "no engineer is named",
    }
}

/// One of the people who know the customer: name, part, address, and until when they are away.
pub(super) fn person(person: &Person, times: &Times<'_>) -> String {
    let away = person.away_until.map(|until| format!(", away until {}", times.moment(until))).unwrap_or_default();
    format!("{} ({}), {}{away}", person.name, person.role, person.address)
}

/// Whether it is an occurrence with a briefing of its own: a mark in the event of its series would speak for others, too.
pub(super) fn wants_its_own(brief: &Brief) -> bool {
    brief.recurs && !brief.one_for_all
}

/// Where a mark belongs.
pub(super) fn event(brief: &Brief) -> &'static str {
    if wants_its_own(brief) { "this occurrence, not of the whole series" } else { "the event" }
}

/// Who is on call while it runs, one line each.
pub(super) fn on_call(brief: &Brief, times: &Times<'_>) -> Vec<String> {
    brief.on_call.iter().map(|shift| format!("{}, {}", shift.name, times.stretch(shift.window))).collect()
}
