//! Amounts as people write them: plain durations ("15m") and working time ("3 working days").
//! Owns their spelling, both ways; what they mean on a calendar is availability's.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;

/// An amount that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAmount {
    /// Not a plain duration.
    #[error("`{0}` is no duration; write `15m`, `4h` or `2d`")]
    Duration(String),
    /// Not working time.
    #[error("`{0}` is no working time; write `2 working hours` or `3 working days`")]
    Working(String),
}

/// Reads a duration such as `90s`, `15m`, `4h`, `2d`, `1w` or `1h30m`; a day is 24 h.
pub fn duration(text: &str) -> Result<SignedDuration, BadAmount> {
    let bad = || BadAmount::Duration(text.to_owned());
    let mut total = SignedDuration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(bad());
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).ok_or_else(bad)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|letter: char| letter.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let seconds: i32 = match unit.trim() {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return Err(bad()),
        };
        let number: i32 = number.parse().map_err(|_| bad())?;
        let part = SignedDuration::from_secs(i64::from(number)).checked_mul(seconds).ok_or_else(bad)?;
        total = total.checked_add(part).ok_or_else(bad)?;
        rest = tail.trim_start();
    }
    Ok(total)
}

/// Writes a duration the way [`duration`] reads it, in its largest whole units.
pub fn written(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let mut text = String::new();
    for (count, unit) in parts.iter().filter(|(count, _)| *count != 0) {
        text.push_str(&count.to_string());
        text.push_str(unit);
    }
    if text.is_empty() { "0m".to_owned() } else { text }
}

/// An amount of somebody's own working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkingTime {
    /// So many hours of availability.
    Hours(u16),
    /// So many working days that have availability.
    Days(u16),
}

impl FromStr for WorkingTime {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let bad = || BadAmount::Working(text.to_owned());
        let mut words = text.split_whitespace();
        let (number, working, unit) = (words.next(), words.next(), words.next());
        let number: u16 = number.and_then(|number| number.parse().ok()).filter(|number| *number > 0).ok_or_else(bad)?;
        if working != Some("working") || words.next().is_some() {
            return Err(bad());
        }
        match unit {
            Some("hour" | "hours") => Ok(Self::Hours(number)),
            Some("day" | "days") => Ok(Self::Days(number)),
            _ => Err(bad()),
        }
    }
}

impl fmt::Display for WorkingTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self {
            Self::Hours(number) => (number, "hour"),
            Self::Days(number) => (number, "day"),
        };
        write!(out, "{number} working {unit}{}", if *number == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_alike() {
        for text in ["90s", "15m", "4h", "2d", "1h30m", "1d12h"] {
            let read = duration(text).unwrap();
            assert_eq!(duration(&written(read)).unwrap(), read, "{text}");
        }
        assert_eq!(written(duration("90s").unwrap()), "1m30s");
    }

    #[test]
    fn what_is_no_amount_is_refused_by_name() {
        for text in ["", "15", "m", "4 hours", "-3h", "99999999999999d", "2 working hours"] {
            assert_eq!(duration(text).unwrap_err(), BadAmount::Duration(text.to_owned()));
        }
        for text in ["", "3 days", "0 working days", "-1 working days", "3 working weeks", "3 working days more"] {
            assert_eq!(text.parse::<WorkingTime>().unwrap_err(), BadAmount::Working(text.to_owned()));
        }
    }

    #[test]
    fn working_time_keeps_its_spelling() {
        for text in ["1 working day", "3 working days", "1 working hour", "2 working hours"] {
            assert_eq!(text.parse::<WorkingTime>().unwrap().to_string(), text);
        }
    }
}
