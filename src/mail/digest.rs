//! The catch-up digest: what happened while its reader was away, and what to do next.
//! Theirs alone: the titles of their own entries may stand here and in no other letter.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::brief;
use super::page::{Page, count, line};
use super::time::{Times, span};
use crate::agenda::TaskId;
use crate::plan::notice::{AccountNews, Brief, Briefing, Change, Digest, Incident, News};

/// What was over by as much before the time away began belongs to it all the same.
const JUST_OVER: SignedDuration = SignedDuration::from_hours(1);

/// `While you were away: 2 emergencies, 3 tasks ran; 1 briefing wanted soon`.
pub(super) fn subject(digest: &Digest, asked: &BTreeSet<&TaskId>) -> String {
    format!("While you were away: {}", counts(digest, asked))
}

/// Counts first, then each account, then the next steps.
pub(super) fn section(page: &mut Page, digest: &Digest, asked: &BTreeSet<&TaskId>, times: &Times<'_>) {
    let away = format!("{} to {}", times.moment(digest.start), times.moment(digest.end));
    if digest.accounts.is_empty() {
        page.prose(&format!("Nothing happened at your accounts while you were away ({away}). Have a good start."));
        let notes = brief::old_copies(&digest.old_copies, times);
        if !notes.is_empty() {
            page.gap();
            page.fact("Note:", &notes);
        }
        return;
    }
    page.prose(&format!("While you were away: {}.", counts(digest, asked)));
    page.gap();
    page.fact("Away:", &[away]);
    let titles: Vec<String> = digest.titles.iter().map(|title| format!("\"{}\"", line(title, 80))).collect();
    if !titles.is_empty() {
        page.fact("", &[format!("your entries: {}", titles.join(", "))]);
    }
    page.fact("Note:", &brief::old_copies(&digest.old_copies, times));
    for account in &digest.accounts {
        about(page, account, digest.start, asked, times);
    }
    next_steps(page, digest, asked);
}

/// What wants a briefing soon and is not asked for in the same letter.
fn soon<'a>(account: &'a AccountNews, asked: &BTreeSet<&TaskId>) -> Vec<&'a Brief> {
    account.coming.iter().filter(|brief| !asked.contains(&brief.task)).collect()
}

/// `2 emergencies, 3 tasks ran; 1 briefing wanted soon`, without what is zero.
fn counts(digest: &Digest, asked: &BTreeSet<&TaskId>) -> String {
    let sum = |part: fn(&AccountNews) -> usize| digest.accounts.iter().map(part).sum::<usize>();
    let parts = [
        (sum(|account| account.incidents.len()), "emergency", "emergencies"),
        (sum(|account| account.ran.len()), "task ran", "tasks ran"),
        (sum(|account| account.news.len()), "change of plan", "changes of plan"),
        (sum(|account| account.older), "older item", "older items"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(number, _, _)| *number > 0).map(|(number, one, many)| count(*number, one, many)).collect();
    let told = if told.is_empty() { "nothing to tell".to_owned() } else { told.join(", ") };
    match digest.accounts.iter().map(|account| soon(account, asked).len()).sum() {
        0 => told,
        wanted => format!("{told}; {} wanted soon", count(wanted, "briefing", "briefings")),
    }
}

/// One account's part, of a time away that began at `start`.
fn about(page: &mut Page, account: &AccountNews, start: Timestamp, asked: &BTreeSet<&TaskId>, times: &Times<'_>) {
    let soon = soon(account, asked);
    let past = account.incidents.len() + account.ran.len() + account.news.len() + account.older;
    if past + soon.len() == 0 {
        return;
    }
    page.heading(&account.account, "-");
    list(page, "Emergencies:", account.incidents.iter().map(|incident| happened(incident, start, times)));
    list(page, "Tasks that ran:", account.ran.iter().map(|brief| ran(brief, times)));
    list(page, "Announced, moved or cancelled:", account.news.iter().map(|news| changed(news, times)));
    list(page, "Coming up, briefing wanted:", soon.into_iter().map(|brief| coming(brief, times)));
    if account.older > 0 {
        let (one, many) = if past > account.older { ("more item", "more items") } else { ("item", "items") };
        page.prose(&format!("{}, too old to be listed.", count(account.older, one, many)));
    }
}

/// A titled list; nothing when it is empty.
fn list(page: &mut Page, title: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    page.gap();
    page.text(title);
    for item in items {
        page.item("- ", &item);
    }
}

/// An incident: when, how long, title, tickets; and that it is told late when it was long over as the time away began.
fn happened(incident: &Incident, start: Timestamp, times: &Times<'_>) -> String {
    let length = incident.end.duration_since(incident.start);
    let length = if length.is_positive() { format!(" ({})", span(length)) } else { String::new() };
    let tickets = if incident.tickets.is_empty() { "no ticket link".to_owned() } else { incident.tickets.join(" ") };
    let late = if start.duration_since(incident.start.max(incident.end)) > JUST_OVER { ", told late" } else { "" };
    format!("{}{length}: {}, {tickets}{late}", times.moment(incident.start), named(&incident.title))
}

/// A task that ran, and what became of its briefing.
fn ran(brief: &Brief, times: &Times<'_>) -> String {
    let briefing = match brief.briefing {
        Briefing::Written => "a briefing was there",
        Briefing::Stale => "with a briefing from before it changed",
        Briefing::Waived => "no briefing was wanted",
        Briefing::NotNeeded => "covered, no briefing needed",
        Briefing::Wanted | Briefing::Asked | Briefing::TooLate => "without a briefing",
    };
    let when = if brief.date_only { times.dates(brief) } else { times.moment(brief.window.start()) };
    let end = brief.window.end();
    let until = if end > times.now { format!(", still running until {}", times.moment(end)) } else { String::new() };
    let by = brief::by(brief);
    format!("{when}{until}{}: {}, {briefing}{by}, {}", brief::also(brief), brief::short_title(brief), link(brief.ticket.as_ref()))
}

/// A change of plan.
fn changed(news: &News, times: &Times<'_>) -> String {
    let (title, start) = (named(&news.title), times.moment(news.start));
    let what = match news.what {
        Change::Announced => format!("new, {start}: {title}"),
        Change::Moved { from } => format!("moved from {} to {start}: {title}", times.moment(from)),
        Change::Cancelled => format!("cancelled, was {start}: {title}"),
    };
    format!("{what}, {}", link(news.ticket.as_ref()))
}

/// What still wants a briefing, and by when it helps when it is the reader who is asked.
fn coming(brief: &Brief, times: &Times<'_>) -> String {
    let when = if brief.date_only { times.dates(brief) } else { times.moment(brief.window.start()) };
    let by =
        brief.deadline.filter(|_| brief.is_readers).map(|deadline| format!(", helps by {}", times.moment(deadline))).unwrap_or_default();
    let given = brief::given(brief);
    format!("{when}{}: {}{given}{by}, {}", brief::also(brief), brief::short_title(brief), link(brief.ticket.as_ref()))
}

/// What may help now, as a list to tick off.
fn next_steps(page: &mut Page, digest: &Digest, asked: &BTreeSet<&TaskId>) {
    let mut steps = Vec::new();
    let happened = |account: &&AccountNews| !account.incidents.is_empty();
    // Only what has a link above can be read there.
    let linked = |account: &AccountNews| {
        account.incidents.iter().any(|incident| !incident.tickets.is_empty()) || account.ran.iter().any(|brief| brief.ticket.is_some())
    };
    if digest.accounts.iter().any(linked) {
        steps.push("read the tickets above".to_owned());
    }
    let mut met = BTreeSet::new();
    for (people, what) in
        [(names(digest, |account| &account.colleagues), "in meanwhile"), (names(digest, |account| &account.backups), "standing in for you")]
    {
        let people: Vec<&str> = people.into_iter().filter(|name| met.insert(*name)).collect();
        if digest.leave && !people.is_empty() {
            let were = if people.len() == 1 { "was" } else { "were" };
            steps.push(format!("meet {}, who {were} {what}", and(&people)));
        }
    }
    let hit: Vec<&str> = digest.accounts.iter().filter(happened).map(|account| account.account.as_str()).collect();
    if !hit.is_empty() {
        steps.push(format!("reach out to {} about the next steps", and(&hit)));
    }
    if digest.accounts.iter().any(|account| soon(account, asked).iter().any(|brief| brief.is_readers)) {
        steps.push("write the briefings that are still wanted".to_owned());
    }
    if steps.is_empty() {
        return;
    }
    page.heading("What may help now", "-");
    for step in steps {
        page.item("[ ] ", &step);
    }
}

/// The names in one part of all accounts, each once.
fn names(digest: &Digest, part: fn(&AccountNews) -> &Vec<String>) -> BTreeSet<&str> {
    digest.accounts.iter().flat_map(part).map(String::as_str).collect()
}

/// `a, b and c`.
fn and(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A title, never empty.
fn named(title: &str) -> String {
    let title = line(title, 200);
    if title.is_empty() { "(no title)".to_owned() } else { title }
}

/// A ticket's link, or that there is none.
fn link(ticket: Option<&String>) -> &str {
    ticket.map_or("no ticket link", String::as_str)
}
