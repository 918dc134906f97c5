//! What happened to a task's event since it was first seen, in words: moved, renamed, cancelled, gone.

use jiff::Timestamp;

use super::Ground;
use super::words::clock;
use crate::agenda::{Mark, Sighting, Task, Thing, same_title};
use crate::plan::explain::TaskStory;
use crate::zone::Zone;

/// Every change of the event, oldest first.
pub(super) fn changes(ground: &Ground, story: &TaskStory) -> Vec<String> {
    let zone = ground.zone();
    let Some(sighting) = ground.desk.scene().history.get(&story.case.id) else { return Vec::new() };
    let mut lines = vec![format!("{}  first seen", clock(sighting.first_seen, zone))];
    lines.extend(revisions(sighting, zone).into_iter().map(|(at, what)| format!("{}  {what}", clock(at, zone))));
    let known = clock(story.known, zone);
    if story.known > sighting.known {
        lines.push(format!("counts as known since {known}: it was first seen to be uncovered then, or its account was added"));
    } else if story.known != sighting.first_seen {
        lines.push(format!("known in its present form since {known}"));
    }
    lines
}

/// Every change with its instant.
pub fn revisions(sighting: &Sighting, zone: &Zone) -> Vec<(Timestamp, String)> {
    let after = sighting.revisions.iter().skip(1).map(|revision| &revision.was).chain([&sighting.thing]);
    let mut changes = Vec::new();
    for (revision, is) in sighting.revisions.iter().zip(after) {
        changes.push((revision.at, change(&revision.was, is, zone)));
    }
    if let Some(gone) = sighting.gone {
        let last = sighting.last_seen.map(|last| format!(" (the fetch of {} still showed it)", clock(last, zone))).unwrap_or_default();
        changes.push((gone, format!("gone from its feed{last}")));
    }
    changes
}

/// What differs between two forms.
fn change(was: &Thing, is: &Thing, zone: &Zone) -> String {
    let (Some(was), Some(is)) = (was.task(), is.task()) else { return "changed".to_owned() };
    let mut words = Vec::new();
    let mut differ = |differs: bool, say: &dyn Fn() -> String| {
        if differs {
            words.push(say());
        }
    };
    let (from, to) = (was.window, is.window);
    differ(from.start() != to.start(), &|| format!("moved from {} to {}", clock(from.start(), zone), clock(to.start(), zone)));
    differ(from.start() == to.start() && from != to, &|| {
        format!("its end moved from {} to {}", clock(from.end(), zone), clock(to.end(), zone))
    });
    differ(!same_title(&was.title, &is.title), &|| format!("renamed from \"{}\" to \"{}\"", was.title, is.title));
    differ(was.account != is.account, &|| format!("account changed from {} to {}", account(was), account(is)));
    differ(was.ticket != is.ticket, &|| format!("ticket changed from {} to {}", or_none(was.ticket.as_ref()), or_none(is.ticket.as_ref())));
    differ(!was.cancelled && is.cancelled, &|| "cancelled".to_owned());
    differ(was.cancelled && !is.cancelled, &|| "no longer cancelled".to_owned());
    differ(was.mark != is.mark, &|| mark(is.mark).to_owned());
    differ(was.identity.uid != is.identity.uid, &|| format!("now under the UID {} (before: {})", is.identity.uid, was.identity.uid));
    differ(was.feed != is.feed, &|| format!("now shown by feed `{}` (before: `{}`)", is.feed, was.feed));
    if words.is_empty() { "changed in what matters to nobody here, such as its description".to_owned() } else { words.join("; ") }
}

/// What a mark in the event says.
fn mark(mark: Option<Mark>) -> &'static str {
    match mark {
        Some(Mark::Done) => "the event now says that the briefing is written",
        Some(Mark::Waived) => "the event now says that no briefing is needed",
        None => "the event no longer says anything of a briefing",
    }
}

/// A task's account, or that it has none.
fn account(task: &Task) -> String {
    task.account.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
}

/// A text, or that there is none.
fn or_none(text: Option<&String>) -> String {
    text.cloned().unwrap_or_else(|| "none".to_owned())
}
