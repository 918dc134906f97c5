//! The regular report to the admin: uncovered tasks, feeds, and what matched nobody.
//! It comes when there is nothing to tell as well, for its absence is the alarm.

use super::alert;
use super::brief;
use super::page::{Page, count, line};
use super::time::Times;
use crate::plan::notice::{Brief, Briefing, FeedLine, Report};

/// `Coverage: 3 uncovered tasks, 1 feed in trouble`, or that all is well.
pub(super) fn subject(report: &Report) -> String {
    let mut parts = Vec::new();
    let open = report.tasks.iter().filter(|brief| is_open(brief)).count();
    if !report.tasks.is_empty() {
        parts.push(format!("{}, {open} without a briefing", count(report.tasks.len(), "uncovered task", "uncovered tasks")));
    }
    let failing = report.feeds.iter().filter(|feed| is_failing(feed)).count();
    if failing > 0 {
        parts.push(count(failing, "feed in trouble", "feeds in trouble"));
    }
    if !report.unmatched_tasks.is_empty() || !report.unmatched_people.is_empty() {
        parts.push(alert::unmatched_counts(report.unmatched_tasks.len(), &report.unmatched_people));
    }
    if parts.is_empty() { "Coverage: all is well".to_owned() } else { format!("Coverage: {}", parts.join(", ")) }
}

/// The report.
pub(super) fn section(page: &mut Page, report: &Report, times: &Times<'_>) {
    let quiet = report.tasks.is_empty() && report.unmatched_tasks.is_empty() && report.unmatched_people.is_empty();
    if quiet && !report.feeds.iter().any(is_failing) {
        page.prose(
            "All is well: no uncovered task in the next 14 days, every feed is read, and everything in them has an owner. This \
             report comes regularly all the same; should it stay out, something is wrong with offwatch.",
        );
    } else {
        page.prose(&format!("This is the state of {}.", times.moment(report.at)));
    }
    if !report.tasks.is_empty() {
        page.heading(&format!("Uncovered tasks of the next 14 days (times in {})", times.zone()), "-");
        for brief in &report.tasks {
            let when = if brief.date_only { times.dates(brief) } else { times.short(brief.window.start()) };
            page.item(
                &format!("{when:<17} {:<11}", brief.briefing.name()),
                &format!("{}{}{}", brief::label(brief), brief::also(brief), brief::by(brief)),
            );
        }
    }
    if !report.feeds.is_empty() {
        page.heading("Feeds", "-");
        let longest = report.feeds.iter().map(|feed| feed.feed.as_str().chars().count()).max().unwrap_or_default();
        for feed in &report.feeds {
            line_of(page, feed, longest.clamp(17, 40), times);
        }
    }
    if !report.unmatched_tasks.is_empty() || !report.unmatched_people.is_empty() {
        page.heading("What is not understood", "-");
        alert::unmatched(page, &report.unmatched_tasks, &report.unmatched_people, times);
    }
}

/// One feed: its name in a column of `width`, the age of its copy, how much is in it, and what went wrong.
fn line_of(page: &mut Page, feed: &FeedLine, width: usize, times: &Times<'_>) {
    let age = feed.fetched.map_or_else(|| "never read".to_owned(), |at| format!("read {}", times.age(at)));
    let events = count(feed.events, "event", "events");
    let error = feed.error.as_ref().map(|error| format!("; the last try said: {}", line(error, 300))).unwrap_or_default();
    let held = feed.hold.map(|hold| format!("; held back since {}, for it lacks {}", times.moment(hold.since), alert::missing(hold)));
    page.item(&format!("{:<width$} ", feed.feed.as_str()), &format!("{age}, {events}{error}{}", held.unwrap_or_default()));
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
