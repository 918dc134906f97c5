//! TZID becomes a place on the clock: IANA names, the file's own VTIMEZONE, Windows and display names, plain offsets.
//! Offsets of named zones come from `crate::zone` only; whatever had to be guessed is said once per zone.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use strum::IntoEnumIterator;
use windows_timezones::WindowsTimezone;

use super::Problem;
use super::component::Component;
use super::observance::Observances;
use super::stamp;
use crate::zone::Zone;

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
    /// The file's own VTIMEZONEs by TZID.
    own: HashMap<String, Component>,
    /// What names were found to mean.
    known: HashMap<String, Option<Place>>,
    /// What had to be guessed.
    pub(super) problems: Vec<Problem>,
}

impl Zones {
    /// Takes a VTIMEZONE; the first one with a given TZID counts.
    pub(super) fn define(&mut self, component: Component) {
        let name = component.value("TZID").map(clean);
        match name {
            Some(name) => drop(self.own.entry(name).or_insert(component)),
            None => self.problems.push(component.problem(component.line, "a VTIMEZONE without TZID, passed over")),
        }
    }

    /// What `name` means; none when nobody knows, which is said once.
    pub(super) fn place(&mut self, name: &str, line: usize) -> Option<Place> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let tidy = clean(name);
        let (place, guess) = match self.resolve(&tidy) {
            Some(place) => (Some(place), None),
            None => match fixed(&tidy) {
                Some(offset) => (
                    Some(Place::Own(Arc::new(Observances::fixed(offset)))),
                    Some(format!("unknown time zone `{tidy}`, read as the fixed offset {offset}")),
                ),
                None => (None, Some(format!("unknown time zone `{tidy}`, read as local time"))),
            },
        };
        if let Some(problem) = guess {
            self.problems.push(Problem { line: Some(line), component: None, uid: None, problem });
        }
        self.known.insert(name.to_owned(), place.clone());
        place
    }

    /// What `name` surely means.
    fn resolve(&mut self, name: &str) -> Option<Place> {
        if let Ok(zone) = name.parse() {
            return Some(Place::Zone(zone));
        }
        let own = self.own.get(name).map(|component| (Observances::read(component, &mut self.problems), component));
        if let Some((Some(observances), _)) = own {
            return Some(Place::Own(Arc::new(observances)));
        }
        let hint = own.and_then(|(_, component)| component.value("X-LIC-LOCATION")).and_then(|hint| hint.parse().ok());
        tail(name).or_else(|| windows(name)).or(hint).map(Place::Zone)
    }
}

/// A TZID without quotes, escapes and blanks around it.
fn clean(name: &str) -> String {
    name.trim().trim_matches('"').replace('\\', "").trim().to_owned()
}

/// The IANA name at the end of a path such as `/example.org/2005/Europe/Berlin`.
fn tail(name: &str) -> Option<Zone> {
    name.match_indices('/').find_map(|(at, _)| name.get(at + 1..).and_then(|rest| rest.parse().ok()))
}

/// A Windows zone by its name or its display name, also with a number after it (`GMT Standard Time 1`).
fn windows(name: &str) -> Option<Zone> {
    let plain = name.trim_end_matches(|character: char| character.is_ascii_digit() || character == ' ');
    let named = name.parse::<WindowsTimezone>().or_else(|_| plain.parse::<WindowsTimezone>()).ok();
    let zone = named.or_else(|| displayed(name))?;
    zone.tzdb_id().parse().ok()
}

/// A Windows zone by the cities of its display name: the offset in front is written in many ways.
fn displayed(name: &str) -> Option<WindowsTimezone> {
    let (_, cities) = name.split_once(')')?;
    let wanted = letters(cities);
    WindowsTimezone::iter().find(|zone| zone.description().split_once(')').is_some_and(|(_, cities)| letters(cities) == wanted))
}

/// Only the letters of a text, in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The offset in `(UTC+01:00) Somewhere`, `GMT-0500`, `UTC+2`, `+01:00`.
fn fixed(name: &str) -> Option<Offset> {
    let name = name.trim_start_matches('(');
    let bare = ["UTC", "GMT", "Z"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    let digits: String = bare.chars().take_while(|mark| mark.is_ascii_digit() || matches!(mark, '+' | '-' | ':' | '.')).collect();
    let whole = bare.len() == digits.len() || bare.get(digits.len()..).is_some_and(|rest| rest.starts_with(')'));
    match digits.chars().collect::<Vec<char>>().as_slice() {
        [] if whole && bare.len() < name.len() => Some(Offset::UTC),
        [sign @ ('+' | '-'), hour] if whole => stamp::offset(&format!("{sign}0{hour}")),
        ['+' | '-', ..] if whole => stamp::offset(&digits),
        _ => None,
    }
}
