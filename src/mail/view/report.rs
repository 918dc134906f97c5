//! What the templates of letters to the admin are told: of feeds, refused letters, names that match nobody, and the regular report.
//! A feed is its name here, never its URL.

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::brief::{self, Eyes};
use super::instant;
use crate::people::FeedName;
use crate::plan::notice::{Alert, Brief, Briefing, FeedHold, FeedLine, Report, Stray};
use crate::wording::Times;

/// Trouble, or its end.
pub(super) fn alert(alert: &Alert) -> Value {
    match alert {
        Alert::FeedStale { feed, since, stale_after, error } => {
            let stale_after = u64::try_from(stale_after.as_millis()).unwrap_or_default();
            context! { what => "stale", feed => feed.as_str(), since => since.map(instant), stale_after, error }
        }
        Alert::FeedBack { feed, at, held } => context! { what => "back", feed => feed.as_str(), at => instant(*at), held },
        Alert::FeedHeld { feed, copy, hold } => {
            context! { what => "held", feed => feed.as_str(), copy => copy.map(instant), hold => self::hold(*hold) }
        }
        Alert::FeedReleased { feed, hold, at, how } => {
            context! { what => "released", feed => feed.as_str(), hold => self::hold(*hold), at => instant(*at), how => how.name() }
        }
        Alert::LetterRefused { subject, to, answer } => context! { what => "refused", subject, to => to.as_str(), answer },
        Alert::Unmatched { tasks, people } => {
            let escalated: BTreeSet<String> = tasks.iter().filter(|task| task.escalated).map(|task| task.feed.to_string()).collect();
            let all_escalated = people.is_empty() && tasks.iter().all(|task| task.escalated);
            context! { what => "unmatched", escalated => escalated.into_iter().collect::<Vec<_>>(), all_escalated, ..unmatched(tasks, people) }
        }
    }
}

/// The regular report.
pub(super) fn coverage(report: &Report, times: &Times) -> Value {
    context! {
        at => instant(report.at),
        tasks => report.tasks.iter().map(|task| brief::brief(task, times, Eyes::Others)).collect::<Vec<_>>(),
        open => report.tasks.iter().filter(|task| is_open(task)).count(),
        feeds => report.feeds.iter().map(feed).collect::<Vec<_>>(),
        failing => report.feeds.iter().filter(|feed| is_failing(feed)).count(),
        ..unmatched(&report.unmatched_tasks, &report.unmatched_people)
    }
}

/// What matches nobody. Titles of team entries are private and not told.
fn unmatched(tasks: &[Stray], people: &[(FeedName, usize)]) -> Value {
    let task = |task: &Stray| context! { start => instant(task.start), title => &task.title, feed => task.feed.as_str() };
    let entry = |(feed, number): &(FeedName, usize)| context! { feed => feed.as_str(), number };
    context! {
        unmatched_tasks => tasks.iter().map(task).collect::<Vec<_>>(),
        unmatched_people => people.iter().map(entry).collect::<Vec<_>>(),
        unmatched_entries => people.iter().map(|(_, number)| number).sum::<usize>(),
    }
}

/// One feed.
fn feed(feed: &FeedLine) -> Value {
    context! {
        feed => feed.feed.as_str(),
        fetched => feed.fetched.map(instant),
        events => feed.events,
        error => &feed.error,
        hold => feed.hold.map(hold),
    }
}

/// What is held back of a feed.
fn hold(hold: FeedHold) -> Value {
    context! {
        since => instant(hold.since),
        fetches => hold.fetches,
        missing => hold.missing,
        of => hold.of,
        due => hold.due.map(instant),
    }
}

/// Whether nothing has come of asking for a briefing yet.
fn is_open(brief: &Brief) -> bool {
    match brief.briefing {
        Briefing::Wanted | Briefing::Asked | Briefing::Stale | Briefing::TooLate => true,
        Briefing::Written | Briefing::Waived | Briefing::NotNeeded => false,
    }
}

/// Whether its last try failed, there never was a good one, or what it shows is held back.
fn is_failing(feed: &FeedLine) -> bool {
    feed.error.is_some() || feed.fetched.is_none() || feed.hold.is_some()
}
