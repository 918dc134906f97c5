//! Dates, date-times, durations and offsets as iCalendar writes them (RFC 5545 §3.3), read leniently.
//! All arithmetic is checked: what does not fit is no value. Knows nothing of zones.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A date or a date-time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stamp {
    /// A date.
    Date(Date),
    /// A local time, in whatever zone its property names.
    Wall(DateTime),
    /// An instant: written with `Z` or an offset. The second part is the wall time as written.
    Instant(Timestamp, DateTime),
}

impl Stamp {
    /// The date as written.
    pub(super) fn date(self) -> Date {
        match self {
            Self::Date(date) => date,
            Self::Wall(wall) | Self::Instant(_, wall) => wall.date(),
        }
    }
}

/// Takes digits off the front of a text.
struct Digits<'a>(&'a str);

impl Digits<'_> {
    /// The number in the next `width` digits.
    fn number(&mut self, width: usize) -> Option<i16> {
        let (head, rest) = self.0.split_at_checked(width)?;
        if !head.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        head.parse().ok()
    }

    /// Skips one of `marks` if it comes next.
    fn skip(&mut self, marks: &[char]) -> bool {
        let rest = self.0.strip_prefix(marks);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// The number in the next `width` digits as a small one.
    fn small(&mut self, width: usize) -> Option<i8> {
        self.number(width).and_then(|number| i8::try_from(number).ok())
    }
}

/// Reads `20260102`, `20260102T100000Z`, and what is commonly written in their place: dashes and colons, missing
/// seconds, fractions, an offset at the end, hour 24, second 60 (which means 59, RFC 5545 §3.3.12).
pub(super) fn stamp(text: &str) -> Option<Stamp> {
    let mut digits = Digits(text.trim());
    let (year, _) = (digits.number(4)?, digits.skip(&['-']));
    let (month, _) = (digits.small(2)?, digits.skip(&['-']));
    let date = Date::new(year, month, digits.small(2)?).ok()?;
    if digits.0.is_empty() {
        return Some(Stamp::Date(date));
    }
    if !digits.skip(&['T', 't', ' ']) {
        return None;
    }
    let (hour, _) = (digits.small(2)?, digits.skip(&[':']));
    let (minute, _) = (digits.small(2)?, digits.skip(&[':']));
    let second = digits.small(2).unwrap_or(0).min(59);
    if digits.skip(&['.', ',']) {
        digits.0 = digits.0.trim_start_matches(|character: char| character.is_ascii_digit());
    }
    let date = if hour == 24 { date.tomorrow().ok()? } else { date };
    let wall = date.to_datetime(Time::new(if hour == 24 { 0 } else { hour }, minute, second, 0).ok()?);
    match digits.0.trim() {
        "" => Some(Stamp::Wall(wall)),
        "Z" | "z" => Some(Stamp::Instant(instant(Offset::UTC, wall), wall)),
        rest => Some(Stamp::Instant(instant(offset(rest)?, wall), wall)),
    }
}

/// The instant at which a clock `offset` from UTC shows `wall`; the ends of time where it would lie beyond: the last
/// second of 9999 is how some programs say "for ever".
fn instant(offset: Offset, wall: DateTime) -> Timestamp {
    let edge = if wall.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    offset.to_timestamp(wall).unwrap_or(edge)
}

/// Reads a UTC-OFFSET (RFC 5545 §3.3.14): `+0100`, `-013015`, also with colons.
pub(super) fn offset(text: &str) -> Option<Offset> {
    let mut digits = Digits(text.trim());
    let west = digits.0.starts_with('-');
    if !digits.skip(&['+', '-']) {
        return None;
    }
    let (hours, _) = (digits.number(2)?, digits.skip(&[':', '.']));
    let (minutes, _) = (digits.number(2).unwrap_or(0), digits.skip(&[':']));
    let seconds = digits.number(2).unwrap_or(0);
    if !digits.0.is_empty() || minutes > 59 || seconds > 59 {
        return None;
    }
    let total = i32::from(hours) * 3600 + i32::from(minutes) * 60 + i32::from(seconds);
    Offset::from_seconds(if west { -total } else { total }).ok()
}

/// A DURATION: nominal days, then exact time (RFC 5545 §3.3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// Days by the calendar.
    pub(super) days: i32,
    /// Time by the clock.
    pub(super) exact: SignedDuration,
}

impl Span {
    /// Whether it runs backwards.
    pub(super) fn is_negative(self) -> bool {
        self.days < 0 || self.exact.is_negative()
    }

    /// The whole dates it covers: a started day counts.
    pub(super) fn dates(self) -> i32 {
        let started = self.exact.as_secs().div_euclid(86_400) + i64::from(self.exact.as_secs().rem_euclid(86_400) > 0);
        self.days.saturating_add(i32::try_from(started).unwrap_or(i32::MAX))
    }
}

/// Reads a DURATION such as `PT1H30M`, `P1DT12H`, `-P2W`; nothing longer than the years there are.
pub(super) fn span(text: &str) -> Option<Span> {
    let text = text.trim().to_ascii_uppercase();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (mut days, mut seconds, mut clock, mut number) = (0_i64, 0_i64, false, None::<i64>);
    for character in text.strip_prefix('P')?.chars() {
        if let Some(digit) = character.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }
        if character == 'T' && !clock && number.is_none() {
            clock = true;
            continue;
        }
        let count = number.take()?;
        match (character, clock) {
            ('W', false) => days = days.checked_add(count.checked_mul(7)?)?,
            ('D', false) => days = days.checked_add(count)?,
            ('H', true) => seconds = seconds.checked_add(count.checked_mul(3600)?)?,
            ('M', true) => seconds = seconds.checked_add(count.checked_mul(60)?)?,
            ('S', true) => seconds = seconds.checked_add(count)?,
            _ => return None,
        }
    }
    let longest = 86_400 * 366 * 1000;
    if number.is_some() || seconds > longest || days > longest / 86_400 {
        return None;
    }
    Some(Span { days: i32::try_from(days * sign).ok()?, exact: SignedDuration::from_secs(seconds * sign) })
}

/// `wall` moved by whole days; the ends of time where it would lie beyond.
pub(super) fn days_later(wall: DateTime, days: i32) -> DateTime {
    wall.saturating_add(days.days())
}

/// A wall time as seconds, as if it were UTC.
pub(super) fn seconds(wall: DateTime) -> i64 {
    let days = i64::from(wall.date().since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days()));
    days * 86_400 + i64::from(wall.hour()) * 3600 + i64::from(wall.minute()) * 60 + i64::from(wall.second())
}

/// The wall time of `seconds`; none beyond the ends of time.
pub(super) fn wall(seconds: i64) -> Option<DateTime> {
    Timestamp::from_second(seconds).ok().map(|instant| Offset::UTC.to_datetime(instant))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        match stamp(text) {
            None => "none".to_owned(),
            Some(Stamp::Date(date)) => format!("date {date}"),
            Some(Stamp::Wall(wall)) => format!("wall {wall}"),
            Some(Stamp::Instant(instant, _)) => format!("instant {instant}"),
        }
    }

    #[test]
    fn stamps_are_read_as_they_are_really_written() {
        for (text, expected) in [
            ("20260102", "date 2026-01-02"),
            ("2026-01-02", "date 2026-01-02"),
            ("20260102T100000", "wall 2026-01-02T10:00:00"),
            ("20260102T1000", "wall 2026-01-02T10:00:00"),
            (" 20260102T100000Z ", "instant 2026-01-02T10:00:00Z"),
            ("2026-01-02T10:00:00.000Z", "instant 2026-01-02T10:00:00Z"),
            ("20260102T100000+0100", "instant 2026-01-02T09:00:00Z"),
            ("20260102T235960Z", "instant 2026-01-02T23:59:59Z"),
            ("20260102T240000", "wall 2026-01-03T00:00:00"),
            ("99991231T235959Z", "instant 9999-12-30T22:00:00.999999999Z"),
            ("20260230", "none"),
            ("2026é102", "none"),
            ("", "none"),
        ] {
            assert_eq!(check(text), expected, "{text}");
        }
    }

    #[test]
    fn durations_are_nominal_days_and_exact_time_and_never_overflow() {
        let days = |text: &str| span(text).map(|span| (span.days, span.exact.as_secs()));
        assert_eq!(days("P1DT2H"), Some((1, 7200)));
        assert_eq!(days("-P2W"), Some((-14, 0)));
        assert_eq!(days("PT0S"), Some((0, 0)));
        for bad in ["P1H", "PT", "1D", "P99999999999D", "PT99999999999999999999H", "P1"] {
            assert!(days(bad).is_none_or(|span| span == (0, 0)), "{bad}");
        }
    }

    #[test]
    fn a_wall_time_survives_the_way_to_seconds_and_back() {
        for text in ["2026-10-25T02:30:00", "1601-01-01T03:00:00", "2400-02-29T23:59:59"] {
            let there: DateTime = text.parse().unwrap();
            assert_eq!(wall(seconds(there)), Some(there));
        }
    }
}
