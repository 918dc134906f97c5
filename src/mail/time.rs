//! How instants and lengths are written for one reader: their own zone first, then the customer's, then UTC.
//! Reads no clock; `now` is an argument and only decides whether a year is worth writing.

use jiff::{SignedDuration, Timestamp};

use super::page::count;
use crate::plan::Recipient;
use crate::plan::notice::Brief;
use crate::window::Window;
use crate::zone::Zone;

/// Writes times for one reader.
pub(super) struct Times<'a> {
    /// The reader's zone.
    zone: &'a Zone,
    /// Whether that zone is a person's own and not a mailbox's default.
    own: bool,
    /// When the letter is written.
    pub(super) now: Timestamp,
}

impl<'a> Times<'a> {
    /// Times as `to` reads them.
    pub(super) fn of(to: &'a Recipient, now: Timestamp) -> Self {
        Self { zone: &to.zone, own: to.engineer.is_some(), now }
    }

    /// `Fri 11 Dec`.
    pub(super) fn date(&self, instant: Timestamp) -> String {
        self.date_in(self.zone, instant)
    }

    /// `Fri 11 Dec 17:00`, for subjects; with its zone for a mailbox, behind which anybody may sit.
    pub(super) fn brief(&self, instant: Timestamp) -> String {
        if self.own { self.short(instant) } else { self.moment(instant) }
    }

    /// `Fri 11 Dec 17:00`, for tables that name the zone elsewhere.
    pub(super) fn short(&self, instant: Timestamp) -> String {
        self.wall(self.zone, instant)
    }

    /// `Fri 11 Dec 17:00 CET`.
    pub(super) fn moment(&self, instant: Timestamp) -> String {
        format!("{} {}", self.wall(self.zone, instant), abbreviation(self.zone, instant))
    }

    /// The reader's zone, e.g. `Europe/Berlin`: a list may reach over a change of clocks.
    pub(super) fn zone(&self) -> &str {
        self.zone.name()
    }

    /// `Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET`.
    pub(super) fn stretch(&self, window: Window) -> String {
        self.stretch_in(self.zone, window)
    }

    /// When a task runs: a line for each clock that shows something else; first a line of its own when there is only a date.
    pub(super) fn task(&self, brief: &Brief) -> Vec<String> {
        let mut lines = Vec::new();
        if brief.date_only {
            lines.push(format!("{}: no time was given, so the whole day is meant", self.dates(brief)));
        }
        let own = if self.own { ", your time" } else { "" };
        lines.push(format!("{}{own}", self.stretch(brief.window)));
        lines.extend(self.elsewhere(brief));
        lines
    }

    /// The same for a text that others will read: nobody's time is "yours".
    pub(super) fn task_for_all(&self, brief: &Brief) -> Vec<String> {
        let mut lines = Vec::new();
        if brief.date_only {
            lines.push(format!("{}: no time was given", self.dates(brief)));
        }
        lines.push(self.stretch(brief.window));
        lines.extend(self.elsewhere(brief));
        lines
    }

    /// `in 2 hours 5 minutes`, `3 days ago`.
    pub(super) fn distance(&self, instant: Timestamp) -> String {
        if instant >= self.now {
            return format!("in {}", span(instant.duration_since(self.now)));
        }
        format!("{} ago", span(self.now.duration_since(instant)))
    }

    /// `3 days ago`, also for what has only just happened.
    pub(super) fn age(&self, instant: Timestamp) -> String {
        format!("{} ago", span(self.now.duration_since(instant).max(SignedDuration::ZERO)))
    }

    /// The task's stretch on the customer's clock and in UTC, where these differ from what is already written.
    fn elsewhere(&self, brief: &Brief) -> Vec<String> {
        let window = brief.window;
        let clocks = |zone: &Zone| (zone.offset(window.start()), zone.offset(window.end()));
        let mut written = vec![clocks(self.zone)];
        let mut lines = Vec::new();
        if let Some(zone) = brief.customer_zone.as_ref().filter(|zone| !written.contains(&clocks(zone))) {
            lines.push(format!("{}, the customer's time ({zone})", self.stretch_in(zone, window)));
            written.push(clocks(zone));
        }
        let utc = Zone::utc();
        if !written.contains(&clocks(&utc)) {
            lines.push(self.stretch_in(&utc, window));
        }
        lines
    }

    /// The date or dates of a task without a time, in the zone in which they begin at midnight.
    pub(super) fn dates(&self, brief: &Brief) -> String {
        let utc = Zone::utc();
        let candidates = [brief.customer_zone.as_ref(), Some(self.zone), Some(&utc)];
        let mut known = candidates.into_iter().flatten();
        let midnight = |zone: &&Zone| zone.midnight(zone.date(brief.window.start())) == brief.window.start();
        let zone = known.find(midnight).unwrap_or(self.zone);
        let last = brief.window.end().saturating_sub(SignedDuration::from_secs(1)).unwrap_or(brief.window.start());
        if zone.date(last) == zone.date(brief.window.start()) {
            return self.date_in(zone, brief.window.start());
        }
        format!("{} to {}", self.date_in(zone, brief.window.start()), self.date_in(zone, last))
    }

    /// A stretch on the clock of `zone`; the second date only when it is another one, both abbreviations when they differ.
    fn stretch_in(&self, zone: &Zone, window: Window) -> String {
        let (start, end) = (window.start(), window.end());
        let same_day = zone.date(start) == zone.date(end);
        let until = if same_day { zone.local(end).strftime("%H:%M").to_string() } else { self.wall(zone, end) };
        let (before, after) = (abbreviation(zone, start), abbreviation(zone, end));
        let from = self.wall(zone, start);
        if before == after { format!("{from} to {until} {after}") } else { format!("{from} {before} to {until} {after}") }
    }

    /// Date and time of day on the clock of `zone`.
    fn wall(&self, zone: &Zone, instant: Timestamp) -> String {
        format!("{} {}", self.date_in(zone, instant), zone.local(instant).strftime("%H:%M"))
    }

    /// The date in `zone`, with its year when that is half a year or more away.
    fn date_in(&self, zone: &Zone, instant: Timestamp) -> String {
        let far = instant.duration_since(self.now).abs() > SignedDuration::from_hours(24 * 180);
        zone.date(instant).strftime(if far { "%a %-d %b %Y" } else { "%a %-d %b" }).to_string()
    }
}

/// What the zone is called at `instant`; bare offsets are told as such.
fn abbreviation(zone: &Zone, instant: Timestamp) -> String {
    let name = zone.abbreviation(instant);
    if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
}

/// A length in its two largest units: `2 days 3 hours`, `45 minutes`.
pub(super) fn span(length: SignedDuration) -> String {
    let minutes = usize::try_from(length.as_mins()).unwrap_or_default();
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let units = [count(days, "day", "days"), count(hours, "hour", "hours"), count(rest, "minute", "minutes")];
    let [in_days, in_hours, in_minutes] = units;
    match (days, hours, rest) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, _) => in_minutes,
        (0, _, 0) => in_hours,
        (0, _, _) => format!("{in_hours} {in_minutes}"),
        (_, 0, _) | (7.., _, _) => in_days,
        _ => format!("{in_days} {in_hours}"),
    }
}
