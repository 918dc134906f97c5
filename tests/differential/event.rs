//! A drawn event: what it means to say, and how that is written (RFC 5545 §3.6.1). Owns no chance.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// How a date or a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A date.
    Date,
    /// A time of nowhere.
    Floating,
    /// UTC.
    Utc,
    /// The time of a zone.
    Local(&'static str),
}

impl Form {
    /// A property of this form.
    pub(crate) fn property(self, name: &str, walls: &[DateTime]) -> String {
        let (parameter, format) = match self {
            Self::Date => (";VALUE=DATE".to_owned(), "%Y%m%d"),
            Self::Floating => (String::new(), "%Y%m%dT%H%M%S"),
            Self::Utc => (String::new(), "%Y%m%dT%H%M%SZ"),
            Self::Local(zone) => (format!(";TZID={zone}"), "%Y%m%dT%H%M%S"),
        };
        let values: Vec<String> = walls.iter().map(|wall| wall.strftime(format).to_string()).collect();
        format!("{name}{parameter}:{}\n", values.join(","))
    }

    /// The zone in which it is read by somebody in `reader`.
    pub(crate) fn zone(self, reader: &str) -> TimeZone {
        let name = match self {
            Self::Date | Self::Floating => reader,
            Self::Utc => "UTC",
            Self::Local(zone) => zone,
        };
        TimeZone::get(name).unwrap()
    }

    /// The instant of a wall time: in a gap by the offset before it, of a repeated hour the first (§3.3.5).
    pub(crate) fn instant(self, wall: DateTime, reader: &str) -> Timestamp {
        self.zone(reader).to_ambiguous_zoned(wall).compatible().unwrap().timestamp()
    }

    /// The same wall time, said as UTC if it is one of a zone.
    pub(crate) fn in_utc(self, wall: DateTime) -> (Self, DateTime) {
        match self {
            Self::Local(_) => (Self::Utc, self.instant(wall, "UTC").to_zoned(TimeZone::UTC).datetime()),
            Self::Date | Self::Floating | Self::Utc => (self, wall),
        }
    }
}

/// How long an event lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// Not said.
    Unsaid,
    /// DTEND.
    Until(Form, DateTime),
    /// DURATION: days, and seconds beyond them.
    For(i64, i64),
}

impl Length {
    /// Its line.
    fn line(self) -> String {
        match self {
            Self::Unsaid => String::new(),
            Self::Until(form, wall) => form.property("DTEND", &[wall]),
            Self::For(days, seconds) => format!("DURATION:{}\n", duration(days, seconds)),
        }
    }

    /// The end of an occurrence that starts at the instant `start`, if one that starts at `base` lasts so: DTEND is an
    /// exact duration (§3.8.5.3), days are nominal and hours exact (§3.3.6). None for dates.
    pub(crate) fn end(self, (form, base): (Form, DateTime), start: Timestamp, reader: &str) -> Option<Timestamp> {
        if form == Form::Date {
            return None;
        }
        Some(match self {
            Self::Unsaid => start,
            Self::Until(its, end) => start + its.instant(end, reader).duration_since(form.instant(base, reader)),
            Self::For(0, seconds) => start + SignedDuration::from_secs(seconds),
            Self::For(days, seconds) => {
                let wall = start.to_zoned(form.zone(reader)).datetime() + days.days();
                form.instant(wall, reader) + SignedDuration::from_secs(seconds)
            }
        })
    }
}

/// A duration as it is written (§3.3.6).
pub(crate) fn duration(days: i64, seconds: i64) -> String {
    match (days, seconds) {
        (0, _) => format!("PT{}M", seconds / 60),
        (_, 0) if days % 7 == 0 => format!("P{}W", days / 7),
        (_, 0) => format!("P{days}D"),
        _ => format!("P{days}DT{}H{}M", seconds / 3600, seconds / 60 % 60),
    }
}

/// An RDATE that is a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Period {
    /// Its start, in the form of the event.
    pub(crate) start: DateTime,
    /// Its end.
    pub(crate) length: Length,
}

/// An override of one occurrence.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    /// The form of its RECURRENCE-ID.
    pub(crate) id_form: Form,
    /// The original start, in that form.
    pub(crate) id: DateTime,
    /// The form of its own start.
    pub(crate) form: Form,
    /// Its own start.
    pub(crate) start: DateTime,
    /// How long it lasts.
    pub(crate) length: Length,
    /// SEQUENCE.
    pub(crate) sequence: u8,
    /// Whether it is cancelled.
    pub(crate) cancelled: bool,
}

/// An event with all that stands under its UID.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// UID; its title begins with it too.
    pub(crate) uid: String,
    /// The form of its start, and of all its original starts.
    pub(crate) form: Form,
    /// DTSTART.
    pub(crate) start: DateTime,
    /// How long it lasts.
    pub(crate) length: Length,
    /// RRULE.
    pub(crate) rule: Option<String>,
    /// EXDATEs, a line each.
    pub(crate) gone: Vec<(Form, DateTime)>,
    /// RDATEs.
    pub(crate) extra: Vec<(Form, DateTime)>,
    /// RDATEs that are periods.
    pub(crate) periods: Vec<Period>,
    /// Its overrides.
    pub(crate) overrides: Vec<Override>,
    /// Whether it is an override without the event that it overrides.
    pub(crate) orphan: bool,
    /// Whether its overrides stand before it.
    pub(crate) overrides_first: bool,
}

impl Event {
    /// How it is written.
    pub(crate) fn text(&self) -> String {
        let overrides: String = self.overrides.iter().enumerate().map(|(number, one)| self.override_text(number, one)).collect();
        match (self.orphan, self.overrides_first) {
            (true, _) => overrides,
            (false, true) => overrides + &self.master_text(),
            (false, false) => self.master_text() + &overrides,
        }
    }

    /// The same series without exceptions, where one reading of an exception may be another reading of another instance:
    /// its local time the other's universal time, or its date the other's date in UTC.
    pub(crate) fn bare(&self) -> Option<Self> {
        let elsewhere = self.extra.iter().any(|(form, _)| *form != self.form);
        let timed = self.gone.iter().any(|(form, _)| *form != Form::Date) || !self.overrides.is_empty();
        if self.orphan || !(timed || elsewhere && !self.gone.is_empty()) || !matches!(self.form, Form::Local(_)) {
            return None;
        }
        Some(Self { uid: format!("{} bare", self.uid), gone: Vec::new(), overrides: Vec::new(), ..self.clone() })
    }

    /// The event itself.
    fn master_text(&self) -> String {
        let mut text = format!("BEGIN:VEVENT\nUID:{0}\nDTSTAMP:20260102T030405Z\nSUMMARY:{0}\n", self.uid);
        text += &self.form.property("DTSTART", &[self.start]);
        text += &self.length.line();
        if let Some(rule) = &self.rule {
            writeln!(text, "RRULE:{rule}").unwrap();
        }
        for (form, wall) in &self.gone {
            text += &form.property("EXDATE", &[*wall]);
        }
        for (form, wall) in &self.extra {
            text += &form.property("RDATE", &[*wall]);
        }
        for Period { start, length } in &self.periods {
            let line = self.form.property("RDATE;VALUE=PERIOD", &[*start]);
            let end = match length {
                Length::Unsaid => unreachable!("a period has an end"),
                Length::Until(form, end) => form.property("", &[*end]).rsplit(':').next().unwrap().trim().to_owned(),
                Length::For(days, seconds) => duration(*days, *seconds),
            };
            writeln!(text, "{}/{end}", line.trim()).unwrap();
        }
        text + "END:VEVENT\n"
    }

    /// One of its overrides.
    fn override_text(&self, number: usize, one: &Override) -> String {
        let mut text = format!("BEGIN:VEVENT\nUID:{0}\nDTSTAMP:20260102T030405Z\nSUMMARY:{0} override {number}\n", self.uid);
        text += &one.id_form.property("RECURRENCE-ID", &[one.id]);
        text += &one.form.property("DTSTART", &[one.start]);
        text += &one.length.line();
        writeln!(text, "SEQUENCE:{}", one.sequence).unwrap();
        if one.cancelled {
            text += "STATUS:CANCELLED\n";
        }
        text + "END:VEVENT\n"
    }
}
