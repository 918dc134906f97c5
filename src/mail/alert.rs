//! Letters to the admin about feeds, refused letters and names that match nobody.
//! A feed is its name here, never its URL; what a server said is quoted as it came.

use std::collections::BTreeSet;

use super::page::{Page, count, line};
use super::time::{Times, span};
use crate::people::FeedName;
use crate::plan::notice::{Alert, FeedHold, Release, Stray};

use jiff::Timestamp;

/// The trouble, or its end.
pub(super) fn subject(alert: &Alert, times: &Times<'_>) -> String {
    match alert {
        Alert::FeedStale { feed, since: Some(since), .. } => format!("Feed {feed} could not be read since {}", times.brief(*since)),
        Alert::FeedStale { feed, since: None, .. } => format!("Feed {feed} could never be read"),
        Alert::FeedBack { feed, .. } => format!("Feed {feed} is read again"),
        Alert::FeedHeld { feed, hold, .. } => format!("Feed {feed} lacks {} and is held back", missing(*hold)),
        Alert::FeedReleased { feed, how, .. } => format!("Feed {feed} is held back no longer: {}", released(*how)),
        Alert::LetterRefused { subject, to, .. } => format!("A letter to {to} was not delivered: {}", line(subject, 100)),
        Alert::Unmatched { tasks, people } => {
            format!("Not understood: {}", unmatched_counts(tasks.len(), people))
        }
    }
}

/// `2 tasks without an account, 1 entry of feed leave without an engineer`.
pub(super) fn unmatched_counts(tasks: usize, people: &[(FeedName, usize)]) -> String {
    let tasks = (tasks > 0).then(|| count(tasks, "task without an account", "tasks without an account"));
    let entries: usize = people.iter().map(|(_, number)| number).sum();
    let feeds = match people {
        [(feed, _)] => format!("feed {feed}"),
        several => count(several.len(), "feed", "feeds"),
    };
    let entries = (entries > 0).then(|| format!("{} of {feeds} without an engineer", count(entries, "entry", "entries")));
    let parts: Vec<String> = tasks.into_iter().chain(entries).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// What is wrong, what it means, and what may help.
pub(super) fn section(page: &mut Page, alert: &Alert, times: &Times<'_>) {
    match alert {
        Alert::FeedStale { feed, since, stale_after, error } => {
            stale(page, feed, *since, times);
            page.gap();
            page.fact("Last try:", &[line(error, 500)]);
            page.fact("Tolerated:", &[format!("{}, the feed's stale_after", span(*stale_after))]);
            page.prose("This tries it at once and says what happens; one more letter follows when the feed is read again:");
            page.item("    ", &format!("offwatch feeds fetch {feed}"));
        }
        Alert::FeedBack { feed, at, held } => {
            let next = if *held {
                "It shows so much less than before that it is held back; a notice of its own tells of that."
            } else {
                "Nothing is left to do; what changed meanwhile is taken up now."
            };
            page.prose(&format!("Feed `{feed}` is read again since {}. {next}", times.moment(*at)));
        }
        Alert::FeedHeld { feed, copy, hold } => held(page, feed, *copy, *hold, times),
        Alert::FeedReleased { feed, hold, at, how } => page.prose(&release(feed, *hold, *at, *how, times)),
        Alert::LetterRefused { subject, to, answer } => {
            page.prose("A letter could not be delivered, and it will not be tried again by itself.");
            page.gap();
            page.fact("Subject:", &[line(subject, 200)]);
            page.fact("To:", &[to.to_string()]);
            // What is said behind a server's answer, which is no longer than 500, is worth more than that.
            page.fact("Why:", &[line(answer, 700)]);
            page.prose(
                "`offwatch outbox list` shows it. Once the cause is mended, `offwatch outbox retry` tries it again, if it is still of use.",
            );
        }
        Alert::Unmatched { tasks, people } => {
            page.prose(&meaning(tasks, people));
            unmatched(page, tasks, people, times);
        }
    }
}

/// A feed that has not been read for too long.
fn stale(page: &mut Page, feed: &FeedName, since: Option<Timestamp>, times: &Times<'_>) {
    let known = match since {
        Some(since) => format!(
            "Feed `{feed}` could not be read since {} ({}). offwatch goes on with that last good copy: what was added, moved or \
             cancelled since then is not known.",
            times.moment(since),
            times.age(since)
        ),
        None => format!("Feed `{feed}` could never be read. Nothing that it holds is known."),
    };
    page.prose(&known);
}

/// `5 of 9 future events`.
pub(super) fn missing(hold: FeedHold) -> String {
    let of = usize::try_from(hold.of).unwrap_or(usize::MAX);
    format!("{} of {}", hold.missing, count(of, "future event", "future events"))
}

/// How a hold ended, in a few words.
fn released(how: Release) -> &'static str {
    match how {
        Release::Taken => "what it shows is believed",
        Release::Returned => "its events are back",
        Release::Accepted => "accepted",
    }
}

/// A feed that lost too much to be believed at once, what happens by itself, and how to decide it.
fn held(page: &mut Page, feed: &FeedName, copy: Option<Timestamp>, hold: FeedHold, times: &Times<'_>) {
    let copy = copy.map(|copy| format!(" of {} ({})", times.moment(copy), times.age(copy))).unwrap_or_default();
    page.prose(&format!(
        "Feed `{feed}` can be read, but all at once it lacks {}. That may be meant, or something went wrong at its source, so \
         it is held back. offwatch goes on with the last copy{copy}: what was added, moved or cancelled since then \
         is not known.",
        missing(hold)
    ));
    page.gap();
    page.fact("Since:", &[times.moment(hold.since)]);
    let due = hold.due.map(|due| format!("{} ({})", times.moment(due), times.distance(due)));
    page.fact(
        "By itself:",
        &due.map(|due| format!("taken {due}, if every fetch until then shows as little")).into_iter().collect::<Vec<_>>(),
    );
    page.prose("If it is right as it is, this takes it at once:");
    page.item("    ", &format!("offwatch feeds accept {feed}"));
    page.prose("If it is not, mend it at its source: as soon as the events are back, offwatch goes on with it. One more letter follows when it is over.");
}

/// What the end of a hold means.
fn release(feed: &FeedName, hold: FeedHold, at: Timestamp, how: Release, times: &Times<'_>) -> String {
    let (at, since) = (times.moment(at), times.moment(hold.since));
    match how {
        Release::Taken => format!(
            "Feed `{feed}` has shown as little since {since}, in {} fetches, so it is believed. Since {at} it is in force as it is, \
             without {} that it had before. Whoever is concerned hears of it.",
            hold.fetches,
            missing(hold)
        ),
        Release::Returned => format!(
            "Feed `{feed}` was held back since {since}, because it lacked {}. Since {at} it shows enough of them again and is in \
             force as it is. Nothing is left to do.",
            missing(hold)
        ),
        Release::Accepted => format!(
            "Feed `{feed}` was held back since {since}. `offwatch feeds accept {feed}` has put it in force as it is at {at}, without {} \
             that it had before. Whoever is concerned hears of it.",
            missing(hold)
        ),
    }
}

/// What it means that something is not understood: nobody hears of it, but where a feed wants the last resort to.
fn meaning(tasks: &[Stray], people: &[(FeedName, usize)]) -> String {
    let feeds: BTreeSet<&FeedName> = tasks.iter().filter(|task| task.escalated).map(|task| &task.feed).collect();
    if feeds.is_empty() {
        return "Some of what the feeds show is not understood, so nobody is asked or told because of it.".to_owned();
    }
    let named: Vec<String> = feeds.iter().map(|feed| format!("`{feed}`")).collect();
    let (named, word, says) = if named.len() == 1 { (named.concat(), "feed", "says") } else { (named.join(", "), "feeds", "say") };
    let rest =
        if people.is_empty() && tasks.iter().all(|task| task.escalated) { "" } else { " Because of the rest nobody is asked or told." };
    format!(
        "Some of what the feeds show is not understood, so no engineer is asked for a briefing because of it. Tasks of {word} {named} are told to \
         the last resort before they start, as the {word} {says} (`unmatched = \"escalate\"`).{rest}"
    )
}

/// What matches nobody, and how to mend it. Titles of team entries are private and not shown.
pub(super) fn unmatched(page: &mut Page, tasks: &[Stray], people: &[(FeedName, usize)], times: &Times<'_>) {
    if !tasks.is_empty() {
        page.prose("Tasks in which no account was found:");
        for task in tasks {
            page.item("- ", &format!("{}: {} (feed `{}`)", times.moment(task.start), line(&task.title, 200), task.feed));
        }
        page.text("A [Name] before the title, a category, or a match word of the account in the configuration helps.");
    }
    if !people.is_empty() {
        page.prose("Entries of team feeds in which no engineer was found:");
        for (feed, number) in people {
            page.item("- ", &format!("feed `{feed}`: {}", count(*number, "entry", "entries")));
        }
        page.text(
            "Their titles are private and not shown here; `offwatch inspect FILE-OR-URL` shows them to whoever may read the feed. An alias of \
             the engineer in the configuration, spelt as in the feed, makes them understood.",
        );
    }
}
