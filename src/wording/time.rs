//! How instants and lengths are written for one reader: in their language, their own zone first, then the customer's, then UTC.
//! Reads no clock; `now` is an argument and only decides whether a year is worth writing.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Dates, Language};
use crate::plan::Recipient;
use crate::plan::notice::Brief;
use crate::window::Window;
use crate::zone::Zone;

/// Writes times for one reader.
#[derive(Clone, Debug)]
pub struct Times {
    /// The reader's zone.
    zone: Zone,
    /// Whether that zone is a person's own and not a mailbox's default.
    pub own: bool,
    /// When the letter is written.
    pub now: Timestamp,
    /// The reader's language.
    language: Arc<Language>,
    /// How they read dates.
    dates: Dates,
}

/// A task's stretch on one clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Whose: `reader`, `customer` or `utc`.
    pub whose: &'static str,
    /// The name of its zone.
    pub zone: String,
    /// The stretch.
    pub text: String,
}

/// A clock that can be read.
#[derive(Clone, Debug)]
pub struct Face {
    /// What its zone is called, e.g. `CET`.
    pub name: String,
    /// Its zone.
    zone: Zone,
    /// What it calls days.
    language: Arc<Language>,
}

impl Face {
    /// What it shows, as short as can be: `06`, `05:30`, and at midnight the day that begins.
    pub fn shows(&self, instant: Timestamp) -> String {
        let local = self.zone.local(instant);
        match (local.hour(), local.minute()) {
            (0, 0) => self.language.weekday(local.date()),
            (hour, 0) => format!("{hour:02}"),
            (hour, minute) => format!("{hour:02}:{minute:02}"),
        }
    }
}

impl Times {
    /// Times as `to` reads them.
    pub fn of(to: &Recipient, language: &Arc<Language>, dates: Dates, now: Timestamp) -> Self {
        Self { zone: to.zone.clone(), own: to.engineer.is_some(), now, language: Arc::clone(language), dates }
    }

    /// The reader's language.
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// `Fri 11 Dec`.
    pub fn date(&self, instant: Timestamp) -> String {
        self.date_in(&self.zone, instant)
    }

    /// `Fri 11 Dec 17:00`, for subjects; with its zone for a mailbox, behind which anybody may sit.
    pub fn brief(&self, instant: Timestamp) -> String {
        if self.own { self.short(instant) } else { self.moment(instant) }
    }

    /// `Fri 11 Dec 17:00`, for tables that name the zone elsewhere.
    pub fn short(&self, instant: Timestamp) -> String {
        self.wall(&self.zone, instant)
    }

    /// `Fri 11 Dec 17:00 CET`.
    pub fn moment(&self, instant: Timestamp) -> String {
        format!("{} {}", self.wall(&self.zone, instant), abbreviation(&self.zone, instant))
    }

    /// The reader's zone, e.g. `Europe/Berlin`: a list may reach over a change of clocks.
    pub fn zone(&self) -> &str {
        self.zone.name()
    }

    /// `Sat 12 Dec 22:00 to Sun 13 Dec 02:00 CET`.
    pub fn stretch(&self, window: Window) -> String {
        self.stretch_in(&self.zone, window)
    }

    /// `in 2 hours 5 minutes`, `3 days ago`.
    pub fn distance(&self, instant: Timestamp) -> String {
        if instant >= self.now {
            return self.language.to_come(instant.duration_since(self.now));
        }
        self.language.gone(self.now.duration_since(instant))
    }

    /// `3 days ago`, also for what has only just happened.
    pub fn age(&self, instant: Timestamp) -> String {
        self.language.gone(self.now.duration_since(instant).max(SignedDuration::ZERO))
    }

    /// A length in its two largest units: `2 days 3 hours`, `45 minutes`.
    pub fn span(&self, length: SignedDuration) -> String {
        self.language.span(length)
    }

    /// When a task runs, on each clock that shows something else: the reader's, the customer's, UTC. That is named in any case:
    /// not everybody knows that theirs shows it just then.
    pub fn clocks(&self, brief: &Brief) -> Vec<Clock> {
        let clock =
            |(whose, zone): (&'static str, Zone)| Clock { whose, zone: zone.name().to_owned(), text: self.stretch_in(&zone, brief.window) };
        let (mut zones, utc, start) = (self.zones(brief), Zone::utc(), brief.window.start());
        let is_named =
            zones.iter().any(|(_, zone)| zone.offset(start) == utc.offset(start) && abbreviation(zone, start).starts_with("UTC"));
        zones.extend((!is_named).then_some(("utc", utc)));
        zones.into_iter().map(clock).collect()
    }

    /// Those clocks that show something else, to be read at any instant.
    pub fn faces(&self, brief: &Brief) -> Vec<Face> {
        let name = |zone: &Zone| abbreviation(zone, brief.window.start());
        self.zones(brief).into_iter().map(|(_, zone)| Face { name: name(&zone), zone, language: Arc::clone(&self.language) }).collect()
    }

    /// The reader's zone, the customer's and UTC, those left out that show the same while a task runs.
    fn zones(&self, brief: &Brief) -> Vec<(&'static str, Zone)> {
        let shows = |zone: &Zone| (zone.offset(brief.window.start()), zone.offset(brief.window.end()));
        let mut zones = vec![("reader", self.zone.clone())];
        for (whose, zone) in [("customer", brief.customer_zone.clone()), ("utc", Some(Zone::utc()))] {
            zones.extend(zone.filter(|zone| !zones.iter().any(|(_, known)| shows(known) == shows(zone))).map(|zone| (whose, zone)));
        }
        zones
    }

    /// The date or dates of a task without a time, in the zone in which they begin at midnight.
    pub fn dates(&self, brief: &Brief) -> String {
        let utc = Zone::utc();
        let candidates = [brief.customer_zone.as_ref(), Some(&self.zone), Some(&utc)];
        let mut known = candidates.into_iter().flatten();
        let midnight = |zone: &&Zone| zone.midnight(zone.date(brief.window.start())) == brief.window.start();
        let zone = known.find(midnight).unwrap_or(&self.zone);
        let last = brief.window.end().saturating_sub(SignedDuration::from_secs(1)).unwrap_or(brief.window.start());
        if zone.date(last) == zone.date(brief.window.start()) {
            return self.date_in(zone, brief.window.start());
        }
        self.language.stretch(&self.date_in(zone, brief.window.start()), &self.date_in(zone, last))
    }

    /// A stretch on the clock of `zone`; the second date only when it is another one, both abbreviations when they differ.
    fn stretch_in(&self, zone: &Zone, window: Window) -> String {
        let (start, end) = (window.start(), window.end());
        let same_day = zone.date(start) == zone.date(end);
        let until = if same_day { zone.local(end).strftime("%H:%M").to_string() } else { self.wall(zone, end) };
        let (before, after) = (abbreviation(zone, start), abbreviation(zone, end));
        let from = self.wall(zone, start);
        let until = format!("{until} {after}");
        if before == after { self.language.stretch(&from, &until) } else { self.language.stretch(&format!("{from} {before}"), &until) }
    }

    /// Date and time of day on the clock of `zone`.
    fn wall(&self, zone: &Zone, instant: Timestamp) -> String {
        format!("{} {}", self.date_in(zone, instant), zone.local(instant).strftime("%H:%M"))
    }

    /// The date in `zone`, with its year when that is half a year or more away.
    fn date_in(&self, zone: &Zone, instant: Timestamp) -> String {
        let far = instant.duration_since(self.now).abs() > SignedDuration::from_hours(24 * 180);
        self.language.date(zone.date(instant), far, self.dates)
    }
}

/// What the zone is called at `instant`; bare offsets are told as such.
fn abbreviation(zone: &Zone, instant: Timestamp) -> String {
    let name = zone.abbreviation(instant);
    if name.starts_with(['+', '-']) { format!("UTC{name}") } else { name }
}
