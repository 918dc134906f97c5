//! A quick look at an event's lines: whether it surely has no part in a window, so that it need not be read.
//! Passes over an event only when nothing about it is odd; whoever asks for another window hears of the same problems.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::blocks::Block;
use super::bytes::Line;
use super::stamp;
use super::syntax::{self, Content};

use crate::window::Window;

/// Farther than any zone, or any two of them, can move a date.
const SLACK: i32 = 3;

/// Which events are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Watch {
    /// All of them.
    Everything,
    /// None: only whether the file is a calendar is of interest.
    Nothing,
    /// Those that may have a part in the dates from the first to the last, both written as the number `YYYYMMDD`.
    Dates(u32, u32),
}

/// An event that was passed over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skipped {
    /// What tells its UID from others.
    pub(super) uid: u64,
    /// Where its BEGIN stands in the text.
    pub(super) at: usize,
    /// Where the line stands that ends it.
    pub(super) until: usize,
    /// The line of it.
    pub(super) line: usize,
    /// Which calendar of the file it stands in.
    pub(super) calendar: usize,
}

/// What was seen of the events that were passed over.
#[derive(Debug, Default)]
pub(super) struct Passed<'a> {
    /// The events in order.
    pub(super) events: Vec<Skipped>,
    /// The time zones that they name, each with the line of its first use.
    pub(super) zones: HashMap<&'a [u8], usize>,
    /// The zone named last.
    named: &'a [u8],
    /// The parameters read last: most lines have the same.
    latest: Params<'a>,
}

/// What tells one UID from others; as good as the UID, for a clash costs only the reading of an event too many.
pub(super) fn fingerprint(uid: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(uid);
    hasher.finish()
}

impl Watch {
    /// For the events that may have a part in `span`.
    pub(super) fn over(span: Window) -> Self {
        let date = |instant: Timestamp, days: i32| number(Offset::UTC.to_datetime(instant).date().saturating_add(days.days()));
        Self::Dates(date(span.start(), -SLACK), date(span.end(), SLACK))
    }

    /// Whether `event`, which ends before the line at `until`, is wanted; if not, it is noted as passed over.
    pub(super) fn wants<'a>(self, event: &Block<'a>, until: usize, passed: &mut Passed<'a>) -> bool {
        let (first, last) = match self {
            Self::Everything => return true,
            Self::Nothing => return false,
            Self::Dates(first, last) => (first, last),
        };
        let Some(sketch) = Sketch::of(&event.lines, &mut passed.latest) else { return true };
        let Some((begins, ends)) = sketch.dates() else { return true };
        if begins <= last && ends >= first {
            return true;
        }
        let Some(uid) = sketch.uid else { return true };
        for (zone, line) in [sketch.start, sketch.end].into_iter().flatten().filter_map(|moment| moment.zone.zip(Some(moment.line))) {
            if zone != passed.named {
                passed.named = zone;
                passed.zones.entry(zone).or_insert(line);
            }
        }
        passed.events.push(Skipped { uid: fingerprint(uid), at: event.at, until, line: event.line, calendar: event.calendar });
        false
    }
}

/// A date as the number `YYYYMMDD`.
fn number(date: Date) -> u32 {
    let (year, month, day) = (u32::try_from(date.year()).unwrap_or(0), date.month().unsigned_abs(), date.day().unsigned_abs());
    year * 10_000 + u32::from(month) * 100 + u32::from(day)
}

/// DTSTART or DTEND in a form that leaves nothing open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment<'a> {
    /// Its date as the number `YYYYMMDD`.
    date: u32,
    /// Its time as the number `HHMMSS`; none of a date.
    time: Option<u32>,
    /// Whether it ends with `Z`.
    utc: bool,
    /// TZID as it stands.
    zone: Option<&'a [u8]>,
    /// Its line.
    line: usize,
}

/// What a quick look shows of an event that does not recur.
#[derive(Debug, Default)]
struct Sketch<'a> {
    /// UID.
    uid: Option<&'a [u8]>,
    /// DTSTART.
    start: Option<Moment<'a>>,
    /// DTEND.
    end: Option<Moment<'a>>,
    /// How many days DURATION takes at most.
    days: Option<i32>,
}

impl<'a> Sketch<'a> {
    /// What `lines` show; none when anything is odd, or when it recurs.
    fn of(lines: &[Line<'a>], latest: &mut Params<'a>) -> Option<Self> {
        let mut sketch = Self::default();
        for line in lines {
            let content = syntax::content(line.head())?;
            if let Some(name) = Named::of(content.name) {
                if line.is_folded() {
                    return None;
                }
                sketch.take(name, &content, line.number, latest)?;
            }
        }
        sketch.start.is_some().then_some(sketch)
    }

    /// Takes a line that says when.
    fn take(&mut self, name: Named, content: &Content<'a>, line: usize, latest: &mut Params<'a>) -> Option<()> {
        let taken = match name {
            Named::Uid => {
                let plain = content.value.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\') && !content.value.is_empty();
                plain.then(|| self.uid.replace(content.value).is_some())?
            }
            Named::Start => self.start.replace(Moment::of(content, line, latest)?).is_some(),
            Named::End => self.end.replace(Moment::of(content, line, latest)?).is_some(),
            Named::Duration => {
                let span = stamp::span(std::str::from_utf8(content.value).ok()?).filter(|span| !span.is_negative())?;
                self.days.replace(span.dates().checked_add(1)?).is_some()
            }
            Named::Recurrence => true,
        };
        // Said twice is odd.
        (!taken).then_some(())
    }

    /// The first and the last date it may touch.
    fn dates(&self) -> Option<(u32, u32)> {
        let start = self.start?;
        let last = match (self.end, self.days) {
            (None, None) => start.date,
            (Some(end), None) => {
                let alike = (start.utc, start.zone, start.time.is_some()) == (end.utc, end.zone, end.time.is_some());
                let orderly = (start.date, start.time) <= (end.date, end.time);
                if !alike || !orderly {
                    return None;
                }
                end.date
            }
            (None, Some(days)) => {
                let (year, month, day) = (start.date / 10_000, start.date / 100 % 100, start.date % 100);
                let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
                number(date.checked_add(days.days()).ok()?)
            }
            (Some(_), Some(_)) => return None,
        };
        Some((start.date, last))
    }
}

/// The properties that a quick look needs.
#[derive(Clone, Copy, Debug)]
enum Named {
    /// UID.
    Uid,
    /// DTSTART.
    Start,
    /// DTEND.
    End,
    /// DURATION.
    Duration,
    /// RRULE, RDATE, EXRULE, EXDATE or RECURRENCE-ID: such an event is always read.
    Recurrence,
}

impl Named {
    /// Which of them `name` is.
    fn of(name: &[u8]) -> Option<Self> {
        let is = |wanted: &[u8]| name.eq_ignore_ascii_case(wanted);
        match (name.first()?.to_ascii_uppercase(), name.len()) {
            (b'U', 3) if is(b"UID") => Some(Self::Uid),
            (b'D', 7) if is(b"DTSTART") => Some(Self::Start),
            (b'D', 5) if is(b"DTEND") => Some(Self::End),
            (b'D', 8) if is(b"DURATION") => Some(Self::Duration),
            (b'R', 5) if is(b"RRULE") || is(b"RDATE") => Some(Self::Recurrence),
            (b'R', 13) if is(b"RECURRENCE-ID") => Some(Self::Recurrence),
            (b'E', 6) if is(b"EXRULE") || is(b"EXDATE") => Some(Self::Recurrence),
            _ => None,
        }
    }
}

/// The parameters of DTSTART or DTEND.
#[derive(Clone, Copy, Debug, Default)]
struct Params<'a> {
    /// As they stand.
    written: &'a [u8],
    /// TZID.
    zone: Option<&'a [u8]>,
    /// Whether VALUE says that it is a date, or a date with a time.
    dated: Option<bool>,
}

impl<'a> Params<'a> {
    /// The parameters of `content`; none when they are odd.
    fn of(content: &Content<'a>) -> Option<Self> {
        let mut params = Self { written: content.params, ..Self::default() };
        for (name, value) in content.params() {
            if name.eq_ignore_ascii_case(b"TZID") {
                let plain = !value.is_empty() && value.iter().all(|byte| (b' '..0x7F).contains(byte) && !br#""\^"#.contains(byte));
                params.zone = plain.then_some(Some(value))?;
            } else if name.eq_ignore_ascii_case(b"VALUE") {
                let (date, time) = (value.eq_ignore_ascii_case(b"DATE"), value.eq_ignore_ascii_case(b"DATE-TIME"));
                params.dated = (date || time).then_some(Some(date))?;
            }
        }
        Some(params)
    }
}

impl<'a> Moment<'a> {
    /// What `content` says; none unless it is written as RFC 5545 §3.3.4 and §3.3.5 have it, and without surprise.
    fn of(content: &Content<'a>, line: usize, latest: &mut Params<'a>) -> Option<Self> {
        let (date, rest) = content.value.split_at_checked(8)?;
        let (clock, utc) = rest.strip_suffix(b"Z").map_or((rest, false), |clock| (clock, true));
        let time = match (clock.strip_prefix(b"T"), clock.len()) {
            (Some(clock), 7) => Some(digits(clock)?),
            (None, 0) if !utc => None,
            _ => return None,
        };
        let date = digits(date)?;
        if latest.written != content.params {
            *latest = Params::of(content)?;
        }
        let (zone, dated) = (latest.zone, latest.dated);
        // A zone beside `Z`, or of a date, is odd.
        let fits = dated.is_none_or(|dated| dated == time.is_none()) && (zone.is_none() || (time.is_some() && !utc));
        (fits && is_date(date) && time.is_none_or(is_time)).then_some(Self { date, time, utc, zone, line })
    }
}

/// Whether the number `YYYYMMDD` is a date in every year.
fn is_date(number: u32) -> bool {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let days = match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    (1..=9998).contains(&year) && (1..=days).contains(&day)
}

/// Whether the number `HHMMSS` is a time; leap seconds are left to those who know them.
fn is_time(number: u32) -> bool {
    number / 10_000 < 24 && number / 100 % 100 < 60 && number % 100 < 60
}

/// A number in nothing but digits.
fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}
