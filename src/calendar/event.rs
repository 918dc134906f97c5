//! A VEVENT becomes an entry: what it says, when it starts, how long it lasts, how it recurs.
//! Never refuses an event that has a start; what it cannot follow it leaves out and says so.

use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::component::{Component, Property};
use super::problem::Problems;
use super::recurrence::{Budget, Rule, Walls};
use super::stamp::{self, Span, Stamp};
use super::zones::{Place, Zones};
use super::{Event, Party, Status};

/// No clock goes back by more.
const REPEATED: SignedDuration = SignedDuration::from_hours(26);

/// A stamp with the zone it was written in.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// The date or time as written.
    pub(super) stamp: Stamp,
    /// The zone of its property; UTC for an instant.
    pub(super) place: Place,
}

impl Point {
    /// The wall time as written; midnight of a date.
    pub(super) fn wall(&self) -> DateTime {
        match self.stamp {
            Stamp::Date(date) => date.at(0, 0, 0, 0),
            Stamp::Wall(wall) | Stamp::Instant(_, wall) => wall,
        }
    }

    /// Makes a date the time of `start` on that date, if that is a time: a timed event stays one on an added date.
    fn timed_like(&mut self, start: &Self) {
        if let (Stamp::Date(date), Stamp::Wall(_) | Stamp::Instant(..)) = (self.stamp, start.stamp) {
            let wall = date.to_datetime(start.wall().time());
            *self = Self { stamp: Stamp::Wall(wall), place: start.place.clone() };
        }
    }

    /// Whether it is a date.
    pub(super) fn is_date(&self) -> bool {
        matches!(self.stamp, Stamp::Date(_))
    }
}

/// How long an event lasts, as written.
#[derive(Clone, Debug)]
pub(super) enum Length {
    /// Not said: a date lasts a day, a time is without length.
    Unsaid,
    /// DTEND.
    Until(Point),
    /// DURATION, never negative.
    For(Span),
}

/// An RDATE, with its own end if it is a PERIOD.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    /// Its start.
    pub(super) start: Point,
    /// Its own length.
    pub(super) length: Length,
}

/// RECURRENCE-ID.
#[derive(Clone, Debug)]
pub(super) struct Original {
    /// The original start.
    pub(super) start: Point,
    /// RANGE=THISANDFUTURE.
    pub(super) onward: bool,
}

/// A rule and the line it stands in.
#[derive(Clone, Debug)]
pub(super) struct Lined {
    /// The rule.
    rule: Rule,
    /// The last instant it may reach, if it was given as one.
    pub(super) until: Option<Timestamp>,
    /// Its line.
    pub(super) line: usize,
}

impl Lined {
    /// The wall times of the rule from `from` to `to`.
    pub(super) fn walls(&self, from: DateTime, to: DateTime, budget: &mut Budget) -> Walls {
        self.rule.walls(from, to, budget)
    }
}

/// One VEVENT.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// What it says.
    pub(super) event: Arc<Event>,
    /// The line of its BEGIN.
    pub(super) line: usize,
    /// DTSTART.
    pub(super) start: Point,
    /// DTEND or DURATION.
    pub(super) length: Length,
    /// SEQUENCE.
    pub(super) sequence: i64,
    /// What tells its start, length and recurrence, as written, from those of another event.
    pub(super) timing: u64,
    /// RRULEs.
    pub(super) rules: Vec<Lined>,
    /// EXRULEs.
    pub(super) except: Vec<Lined>,
    /// RDATEs.
    pub(super) extra: Vec<Extra>,
    /// EXDATEs.
    pub(super) gone: Vec<Point>,
    /// RECURRENCE-ID.
    pub(super) original: Option<Original>,
}

/// Reads VEVENTs with the zones of their file.
pub(super) struct Reader<'a> {
    /// The zones of the file.
    pub(super) zones: &'a mut Zones,
    /// Where floating times belong.
    pub(super) floating: Place,
    /// What is odd.
    pub(super) problems: &'a mut Problems,
}

impl Reader<'_> {
    /// Reads one VEVENT; none when it has no start.
    pub(super) fn entry(&mut self, component: &Component) -> Option<Entry> {
        let original = self.original(component);
        let start = component.property("DTSTART").and_then(|property| self.point(property, &property.value));
        let Some(start) = start.or_else(|| self.start_of(component, original.as_ref())) else {
            let property = component.property("DTSTART").filter(|property| !property.value.trim().is_empty());
            let (line, why) = property.map_or((component.line, "no DTSTART".to_owned()), |property| {
                (property.line, format!("DTSTART `{}` is no date", property.value.trim()))
            });
            self.problems.push(component.problem(line, format!("{why}, event passed over")));
            return None;
        };
        let length = self.length(component, &start);
        let rules = self.rules(component, "RRULE", &start);
        let except = self.rules(component, "EXRULE", &start);
        let mut extra: Vec<Extra> = self.values(component, "RDATE");
        for added in &mut extra {
            added.start.timed_like(&start);
        }
        let gone = self.values(component, "EXDATE").into_iter().map(|extra: Extra| extra.start).collect();
        let recurs = original.is_some() || !rules.is_empty() || !extra.is_empty();
        let sequence = component.value("SEQUENCE").and_then(|value| value.parse().ok()).unwrap_or(0);
        let event = Arc::new(event(component, recurs));
        if event.given_uid().is_empty() {
            self.problems.push(component.problem(component.line, "no UID, known by its content instead: a change makes it another event"));
        }
        let timing = timing(component);
        Some(Entry { event, line: component.line, start, length, sequence, timing, rules, except, extra, gone, original })
    }

    /// The start of an override that has none of its own that can be read.
    fn start_of(&mut self, component: &Component, original: Option<&Original>) -> Option<Point> {
        let start = original?.start.clone();
        if let Some(property) = component.property("DTSTART").filter(|property| !property.value.trim().is_empty()) {
            let problem = format!("DTSTART `{}` is no date, RECURRENCE-ID counts in its place", property.value.trim());
            self.problems.push(component.problem(property.line, problem));
        }
        Some(start)
    }

    /// A stamp of `property` with its zone.
    fn point(&mut self, property: &Property, value: &str) -> Option<Point> {
        let mut stamp = stamp::stamp(value)?;
        // VALUE=DATE with midnight is a date; with any other time the time is believed.
        if property.param("VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE"))
            && let Stamp::Wall(wall) | Stamp::Instant(_, wall) = stamp
            && wall.time() == jiff::civil::Time::midnight()
        {
            stamp = Stamp::Date(wall.date());
        }
        let place = match stamp {
            Stamp::Instant(..) => Place::utc(),
            Stamp::Date(_) | Stamp::Wall(_) => self.place(property),
        };
        Some(Point { stamp, place })
    }

    /// The zone of `property`.
    fn place(&mut self, property: &Property) -> Place {
        let named = property.param("TZID").filter(|name| !name.is_empty());
        named.and_then(|name| self.zones.place(name, property.line)).unwrap_or_else(|| self.floating.clone())
    }

    /// RECURRENCE-ID.
    fn original(&mut self, component: &Component) -> Option<Original> {
        let property = component.property("RECURRENCE-ID").filter(|property| !property.value.trim().is_empty())?;
        let onward = property.param("RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        let start = self.point(property, &property.value);
        if start.is_none() {
            let problem = format!("RECURRENCE-ID `{}` is no date, read as an event of its own", property.value);
            self.problems.push(component.problem(property.line, problem));
        }
        Some(Original { start: start?, onward })
    }

    /// DTEND or DURATION.
    fn length(&mut self, component: &Component, start: &Point) -> Length {
        if let Some(property) = component.property("DTEND") {
            let Some(end) = self.point(property, &property.value) else {
                return self.unsaid(component, property, "is no date");
            };
            // A date as end of a timed event is midnight where the event starts.
            let end = match end.stamp {
                Stamp::Date(date) if !start.is_date() => Point { stamp: Stamp::Wall(date.at(0, 0, 0, 0)), place: start.place.clone() },
                Stamp::Date(_) | Stamp::Wall(_) | Stamp::Instant(..) => end,
            };
            let utc = crate::zone::Zone::utc();
            let backwards = if start.is_date() {
                end.stamp.date() < start.stamp.date()
            } else {
                end.place.instant(end.wall(), &utc) < start.place.instant(start.wall(), &utc) && same_kind(start, &end)
            };
            if backwards {
                return self.unsaid(component, property, "lies before DTSTART");
            }
            if let Some(property) = component.property("DURATION") {
                let problem = format!("DURATION `{}` beside DTEND, passed over", property.value);
                self.problems.push(component.problem(property.line, problem));
            }
            return Length::Until(end);
        }
        let Some(property) = component.property("DURATION") else { return Length::Unsaid };
        match stamp::span(&property.value) {
            Some(span) if span.is_negative() => self.unsaid(component, property, "is negative"),
            Some(span) => Length::For(span),
            None => self.unsaid(component, property, "is no duration"),
        }
    }

    /// No length, and why.
    fn unsaid(&mut self, component: &Component, property: &Property, why: &str) -> Length {
        let problem = format!("{} `{}` {why}, read as an event without length", property.name, property.value);
        self.problems.push(component.problem(property.line, problem));
        Length::Unsaid
    }

    /// The rules of all lines called `name`.
    fn rules(&mut self, component: &Component, name: &str, start: &Point) -> Vec<Lined> {
        let mut rules = Vec::new();
        for property in component.all(name) {
            // Empty ones are common and mean nothing.
            if property.value.trim().is_empty() {
                continue;
            }
            let limit = std::cell::Cell::new(None);
            let until = |stamp: Stamp| match stamp {
                Stamp::Date(date) => date.at(23, 59, 59, 0),
                Stamp::Wall(wall) => wall,
                Stamp::Instant(_, wall) if start.is_date() => wall.date().at(23, 59, 59, 0),
                Stamp::Instant(instant, wall) => match &start.place {
                    Place::Floating => wall,
                    place @ (Place::Zone(_) | Place::Own(_)) => {
                        // The instant decides; in a repeated hour its wall time may be too early.
                        limit.set(Some(instant));
                        let (utc, began) = (crate::zone::Zone::utc(), start.wall());
                        let over = instant < place.instant(began, &utc);
                        place.wall(instant, &utc).saturating_add(if over { SignedDuration::ZERO } else { REPEATED })
                    }
                },
            };
            match Rule::read(&property.value, start.wall(), start.is_date(), until) {
                Ok(written) => {
                    if !written.dropped.is_empty() {
                        let problem = format!("{name} holds `{}`, left out", written.dropped.join("`, `"));
                        self.problems.push(component.problem(property.line, problem));
                    }
                    // Most events have one, and it is large.
                    if rules.is_empty() {
                        rules.reserve_exact(1);
                    }
                    rules.push(Lined { rule: written.rule, until: limit.get(), line: property.line });
                }
                Err(why) => {
                    let problem = || format!("{name} `{}` cannot be followed, only DTSTART counts: {why}", property.value);
                    self.problems.push_with(|| component.problem(property.line, problem()));
                }
            }
        }
        rules
    }

    /// The dates of all lines called `name`.
    fn values(&mut self, component: &Component, name: &str) -> Vec<Extra> {
        let mut found = Vec::new();
        for property in component.all(name) {
            for value in property.value.split([',', ';']).map(str::trim).filter(|value| !value.is_empty()) {
                let (start, end) = value.split_once('/').unwrap_or((value, ""));
                let Some(start) = self.point(property, start) else {
                    let problem = || component.problem(property.line, format!("{name} `{value}` is no date, passed over"));
                    self.problems.push_with(problem);
                    continue;
                };
                let length = match stamp::span(end) {
                    Some(span) if !span.is_negative() => Length::For(span),
                    _ => self.point(property, end).map_or(Length::Unsaid, Length::Until),
                };
                found.push(Extra { start, length });
            }
        }
        found
    }
}

/// What tells when and how often a component takes place from another.
fn timing(component: &Component) -> u64 {
    let mut hasher = DefaultHasher::new();
    for property in &component.properties {
        if ["DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE"].contains(&property.name) {
            (property.name, property.param("TZID"), property.param("VALUE"), &property.value).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// Whether both are placed alike, so that they can be compared without the reader's zone.
fn same_kind(start: &Point, end: &Point) -> bool {
    matches!(start.place, Place::Floating) == matches!(end.place, Place::Floating)
}

/// What a VEVENT says.
fn event(component: &Component, recurs: bool) -> Event {
    let text = |name: &str| component.value(name).map(line).unwrap_or_default();
    let categories = component.all("CATEGORIES").flat_map(|property| list(&property.value)).collect();
    let status = match component.value("STATUS").map(str::to_ascii_uppercase).as_deref() {
        Some("CANCELLED" | "CANCELED") => Status::Cancelled,
        Some("TENTATIVE") => Status::Tentative,
        _ => Status::Confirmed,
    };
    let description = component.value("DESCRIPTION").unwrap_or_default();
    Event {
        uid: uid(component).unwrap_or_else(|| made_up(component)),
        summary: text("SUMMARY"),
        description: description.chars().filter(|mark| *mark == '\n' || !mark.is_control()).collect(),
        location: text("LOCATION"),
        url: component.value("URL").map(line),
        categories,
        organizer: component.property("ORGANIZER").map(party),
        attendees: component.all("ATTENDEE").map(party).collect(),
        status,
        out_of_office: component.value("X-MICROSOFT-CDO-BUSYSTATUS").is_some_and(|status| status.eq_ignore_ascii_case("OOF")),
        transparent: component.value("TRANSP").is_some_and(|takes| takes.eq_ignore_ascii_case("TRANSPARENT")),
        account: component.value("X-OFFWATCH-ACCOUNT").map(line),
        recurs,
    }
}

/// UID as written, blanks around it included, for it is compared and not read; without control characters.
fn uid(component: &Component) -> Option<String> {
    let written = &component.property("UID").filter(|property| !property.value.trim().is_empty())?.value;
    Some(written.chars().filter(|mark| !mark.is_control()).collect())
}

/// A text as one line: breaks and tabs become blanks, other control characters go.
fn line(text: &str) -> String {
    let blanked = text.chars().map(|mark| if matches!(mark, '\n' | '\t') { ' ' } else { mark });
    blanked.filter(|mark| !mark.is_control()).collect::<String>().trim().to_owned()
}

/// The parts of a list of TEXT, split at bare commas and unescaped.
fn list(value: &str) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for mark in value.chars() {
        match (escaped, mark) {
            (false, '\\') => escaped = true,
            (false, ',') => parts.push(std::mem::take(&mut part)),
            (true, 'n' | 'N') => {
                part.push('\n');
                escaped = false;
            }
            _ => {
                part.push(mark);
                escaped = false;
            }
        }
    }
    parts.push(part);
    parts.into_iter().map(|part| line(&part)).filter(|part| !part.is_empty()).collect()
}

/// A person.
fn party(property: &Property) -> Party {
    let value = line(&property.value);
    let address = match value.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
        _ => value.as_str(),
    };
    let email = [address, property.param("EMAIL").unwrap_or_default()].into_iter().map(str::trim).find(|address| address.contains('@'));
    Party {
        name: property.param("CN").map(line).map(|name| name.trim_matches('"').to_owned()).filter(|name| !name.is_empty()),
        email: email.map(str::to_owned),
        declined: property.param("PARTSTAT").is_some_and(|answer| answer.eq_ignore_ascii_case("DECLINED")),
    }
}

/// A UID for an event without one: the same as long as its content is the same.
fn made_up(component: &Component) -> String {
    let mut content = Sha256::new();
    // Whether it takes up time was no part of such a name before it was read.
    for property in component.properties.iter().filter(|property| property.name != "TRANSP") {
        content.update(format!("{}:{}\n", property.name, property.value));
    }
    let mut uid = super::MADE_UP.to_owned();
    for byte in content.finalize().iter().take(8) {
        write!(uid, "{byte:02x}").unwrap_or_default();
    }
    uid
}
