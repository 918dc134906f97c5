//! Which events are planned customer tasks, and all that an event says about one: account, time, ticket, answer.
//! Keeps cancelled ones, for somebody may have to be told; remembers nothing.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use super::matching::Accounts;
use super::phrases::fold;
use super::{FeedRole, Identity, Mark, Purpose, Reading, Sheet, Task};
use crate::calendar::{Event, Occurrence, Status, When};
use crate::people::Account;
use crate::window::Window;

/// A link in running text or HTML, up to what cannot stand in one.
static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?i)https?://[^\s<>"'\\]+"#).ok());

/// Reads the tasks of one feed, in the order of its occurrences.
pub(super) fn read(sheet: &Sheet, accounts: &Accounts, reading: &Reading) -> Vec<Task> {
    if !sheet.role.reads.contains(&Purpose::Tasks) {
        return Vec::new();
    }
    sheet.occurrences.iter().filter_map(|occurrence| task(sheet.role, occurrence, accounts, reading)).collect()
}

/// Whether two titles are the same beyond case, spacing and marks in square brackets.
pub fn same_title(one: &str, other: &str) -> bool {
    bare_title(one) == bare_title(other)
}

/// What titles that are the same have in common.
pub(super) fn bare_title(title: &str) -> String {
    let bare = without_spaces(&without_marks(title));
    // Titles that are nothing but marks differ by them.
    if bare.is_empty() { without_spaces(title) } else { bare }
}

/// Whether an event of a feed like `role` is a task. In a feed that is read for more than tasks it must name an
/// account and sound like one.
pub(super) fn is_task(role: &FeedRole, event: &Event, account: Option<&Account>, reading: &Reading) -> bool {
    let only_tasks = role.reads.len() == 1;
    role.reads.contains(&Purpose::Tasks) && (only_tasks || account.is_some() && reading.task.is_match(&event.summary))
}

/// The identity of an occurrence.
pub(super) fn identity(occurrence: &Occurrence) -> Identity {
    let recurrence_id = occurrence.recurrence_id.as_ref().map(ToString::to_string);
    Identity { uid: occurrence.event.uid.clone(), recurrence_id }
}

/// The ticket of an event: its URL, else the first link in its description that is one to a ticket, without what
/// may follow the ticket's number. A pattern that is not about links is looked for in the whole description.
pub(super) fn ticket(event: &Event, reading: &Reading) -> Option<String> {
    if let Some(url) = event.url.as_deref().map(str::trim).filter(|url| !url.is_empty()) {
        return Some(url.to_owned());
    }
    let text = event.description.as_str();
    let mut links = LINK.as_ref().into_iter().flat_map(|link| link.find_iter(text)).map(|link| link.as_str());
    let in_link = links.find_map(|link| {
        let found = reading.ticket.find(link)?;
        let whole = if found.start() == 0 { found.as_str() } else { link };
        Some(whole.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}']))
    });
    in_link.or_else(|| reading.ticket.find(text).map(|found| found.as_str())).map(str::to_owned)
}

/// From when to when an occurrence lasts: dates from midnight to midnight where the customer is, else where the feed
/// is, else where everybody is.
pub(super) fn placed(role: &FeedRole, when: When, account: Option<&Account>, reading: &Reading) -> (Timestamp, Timestamp) {
    let zone = account.and_then(|account| account.zone.as_ref()).or(role.zone.as_ref()).unwrap_or(&reading.zone);
    when.placed(zone)
}

/// The task that `occurrence` is, if it is one.
fn task(role: &FeedRole, occurrence: &Occurrence, accounts: &Accounts, reading: &Reading) -> Option<Task> {
    let event = &occurrence.event;
    let (account, matched_by) = accounts.of(event).unzip();
    if !is_task(role, event, account, reading) {
        return None;
    }
    let (start, end) = placed(role, occurrence.when, account, reading);
    let hour = || start.saturating_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX);
    Some(Task {
        identity: identity(occurrence),
        feed: role.name.clone(),
        account: account.map(|account| account.id.clone()),
        matched_by,
        window: Window::new(start, end).or_else(|| Window::new(start, hour()))?,
        date_only: matches!(occurrence.when, When::AllDay { .. }),
        title: event.summary.trim().to_owned(),
        ticket: ticket(event, reading),
        description: event.description.clone(),
        recurs: event.recurs,
        cancelled: event.status == Status::Cancelled,
        mark: mark(event, reading),
        escalate_unmatched: role.escalate_unmatched,
    })
}

/// The first answer about the briefing in the event: in its title, then its description, then its categories.
fn mark(event: &Event, reading: &Reading) -> Option<Mark> {
    let texts = [&event.summary, &event.description].into_iter().chain(&event.categories);
    let found = texts.map(String::as_str).find_map(|text| reading.done.find(text))?;
    Some(if fold(found.as_str()).contains("waive") { Mark::Waived } else { Mark::Done })
}

/// `title` without `[…]`; a bracket that is never closed is no mark.
fn without_marks(title: &str) -> String {
    let mut bare = String::with_capacity(title.len());
    let mut rest = title;
    while let Some((before, (_, after))) = rest.split_once('[').and_then(|(before, tail)| Some((before, tail.split_once(']')?))) {
        bare.push_str(before);
        rest = after;
    }
    bare.push_str(rest);
    bare
}

/// `title` in lower case without any space.
fn without_spaces(title: &str) -> String {
    fold(title).replace(' ', "")
}
