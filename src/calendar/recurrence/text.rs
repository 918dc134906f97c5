//! Reads a rule as iCalendar writes it (RFC 5545 §3.3.10), leniently: case, blanks, empty and unknown parts do not matter.
//! Says why a rule cannot be followed; never guesses a value that is not there.

use std::borrow::Cow;

use jiff::civil::DateTime;

use super::super::stamp::{self, Stamp};
use super::{By, Frequency, Ordinals, Rule, Written, civil};

/// The rule parts that are kept for reading once all are known; UNTIL needs a zone and is read apart.
const PARTS: [&str; 13] = [
    "FREQ",
    "COUNT",
    "INTERVAL",
    "WKST",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
];

/// The weekdays, from Monday on.
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Rule {
    /// Reads `text`; `dated` when DTSTART is a date, `until` turns UNTIL into wall time.
    /// The refusal says why the rule cannot be followed.
    pub(in super::super) fn read(text: &str, start: DateTime, dated: bool, until: impl Fn(Stamp) -> DateTime) -> Result<Written, String> {
        if !text.is_ascii() {
            return Err("it holds characters that no rule has".to_owned());
        }
        let text = tidy(text);
        let (mut values, mut dropped, mut limit) = ([None; PARTS.len()], Vec::new(), None);
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim_matches(',');
            let slot = PARTS.iter().position(|part| *part == name).and_then(|place| values.get_mut(place));
            match (name, slot) {
                ("UNTIL", _) => limit = Some(stamp::stamp(value).ok_or_else(|| format!("UNTIL `{value}` is no date"))?),
                ("RSCALE", _) if value == "GREGORIAN" => {}
                ("RSCALE", _) => return Err(format!("it counts by another calendar, `{value}`")),
                ("BYHOUR" | "BYMINUTE" | "BYSECOND", _) if dated => {}
                ("INTERVAL", _) if value.parse() == Ok(0_u32) => dropped.push("INTERVAL=0".to_owned()),
                (_, Some(Some(_))) => return Err(format!("{name} stands in it twice")),
                (_, Some(slot)) if !value.is_empty() => *slot = Some(value),
                (_, _) => dropped.push(name.to_owned()),
            }
        }
        let until = limit.map(until);
        let rule = rule(values, start, until.map(civil::seconds))?;
        if until.is_some_and(|until| until < start) {
            return Err("UNTIL lies before DTSTART".to_owned());
        }
        Ok(Written { rule, dropped })
    }
}

/// The text in capitals, without blanks.
fn tidy(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_lowercase()) {
        return Cow::Borrowed(text);
    }
    text.chars().filter(|mark| !mark.is_whitespace()).map(|mark| mark.to_ascii_uppercase()).collect()
}

/// The rule that the values of [`PARTS`] make.
fn rule(values: [Option<&str>; PARTS.len()], start: DateTime, until: Option<i64>) -> Result<Rule, String> {
    let [freq, count, interval, week_start, second, minute, hour, day, month_day, year_day, week, month, position] = values;
    let frequency = frequency(freq.ok_or("it has no FREQ")?)?;
    let count = count.map(|value| value.parse::<u32>().map_err(|_| odd("COUNT", value))).transpose()?;
    if count == Some(0) {
        return Err("COUNT is 0".to_owned());
    }
    let interval = interval.map(|value| value.parse::<u32>().map_err(|_| odd("INTERVAL", value))).transpose()?;
    let week_start = week_start.map(|value| weekday(value).ok_or_else(|| odd("WKST", value))).transpose()?;
    for (name, value, fits) in [
        ("BYMONTHDAY", month_day, frequency != Frequency::Weekly),
        ("BYYEARDAY", year_day, !matches!(frequency, Frequency::Monthly | Frequency::Weekly | Frequency::Daily)),
        ("BYWEEKNO", week, frequency == Frequency::Yearly),
    ] {
        if value.is_some() && !fits {
            return Err(format!("{name} has no meaning in a rule of its FREQ"));
        }
    }
    let mut by = By {
        months: set("BYMONTH", month, 1, 12)?,
        weeks: ordinals("BYWEEKNO", week, 53)?,
        year_days: list("BYYEARDAY", year_day)?,
        month_days: ordinals("BYMONTHDAY", month_day, 31)?,
        hours: set("BYHOUR", hour, 0, 23)?,
        minutes: set("BYMINUTE", minute, 0, 59)?,
        seconds: set("BYSECOND", second, 0, 60)?,
        positions: list("BYSETPOS", position)?,
        ..By::default()
    };
    by.add_days(day.unwrap_or_default(), frequency, week.is_some())?;
    // No wall clock of ours shows second 60; a leap second is read as the one before (§3.3.12).
    if by.seconds & civil::bit(60) != 0 {
        by.seconds = by.seconds & !civil::bit(60) | civil::bit(59);
    }
    by.fill(frequency, start);
    let interval = interval.unwrap_or(1).into();
    Ok(Rule { frequency, interval, count, start: civil::seconds(start), until, week_start: week_start.unwrap_or(0), by })
}

impl By {
    /// Reads BYDAY. A number has a meaning by month and year only, and none beside BYWEEKNO; elsewhere it is passed over.
    fn add_days(&mut self, value: &str, frequency: Frequency, weeks: bool) -> Result<(), String> {
        let most = match frequency {
            Frequency::Monthly => Some(5),
            Frequency::Yearly if !weeks => Some(53),
            Frequency::Yearly | Frequency::Weekly | Frequency::Daily | Frequency::Hourly | Frequency::Minutely | Frequency::Secondly => {
                None
            }
        };
        for item in value.split(',').filter(|item| !item.is_empty()) {
            let (number, name) = item.split_at_checked(item.len().saturating_sub(2)).unwrap_or_default();
            let refusal = || format!("BYDAY `{item}` is no weekday");
            let day = weekday(name).ok_or_else(refusal)?;
            if number.is_empty() {
                self.weekdays |= civil::bit(day);
                continue;
            }
            let number = number.parse::<i16>().ok().filter(|number| *number != 0).ok_or_else(refusal)?;
            match most {
                Some(most) if number.unsigned_abs() > most => return Err(refusal()),
                Some(_) => self.numbered.push((number, day)),
                None => self.weekdays |= civil::bit(day),
            }
        }
        self.numbered.sort_unstable();
        self.numbered.dedup();
        Ok(())
    }

    /// Takes from DTSTART what the parts leave open: "information, not contained in the rule, necessary to determine
    /// the various recurrence instance start time and dates are derived from DTSTART" (§3.3.10).
    fn fill(&mut self, frequency: Frequency, start: DateTime) {
        let no_date = self.month_days.is_empty() && self.year_days.is_empty() && self.weekdays == 0 && self.numbered.is_empty();
        let weekday = civil::bit(start.weekday().to_monday_zero_offset().into());
        match frequency {
            Frequency::Yearly if no_date && !self.weeks.is_empty() => self.weekdays = weekday,
            Frequency::Yearly if no_date => {
                self.month_days.front = civil::bit(start.day().into());
                fall_back(&mut self.months, start.month());
            }
            Frequency::Monthly if no_date => self.month_days.front = civil::bit(start.day().into()),
            Frequency::Weekly if no_date => self.weekdays = weekday,
            Frequency::Yearly | Frequency::Monthly | Frequency::Weekly | Frequency::Daily => {}
            Frequency::Hourly => return self.fill_clock(start, false, true),
            Frequency::Minutely => return self.fill_clock(start, false, false),
            Frequency::Secondly => return,
        }
        self.fill_clock(start, true, true);
    }

    /// Takes the second from DTSTART where the rule is silent, likewise the hour and the minute where they are wanted.
    fn fill_clock(&mut self, start: DateTime, hour: bool, minute: bool) {
        if hour {
            fall_back(&mut self.hours, start.hour());
        }
        if minute {
            fall_back(&mut self.minutes, start.minute());
        }
        fall_back(&mut self.seconds, start.second());
    }
}

/// Puts a number into a set that is empty.
fn fall_back(set: &mut u64, number: i8) {
    if *set == 0 {
        *set = civil::bit(number.into());
    }
}

/// Reads FREQ.
fn frequency(value: &str) -> Result<Frequency, String> {
    Ok(match value {
        "YEARLY" => Frequency::Yearly,
        "MONTHLY" => Frequency::Monthly,
        "WEEKLY" => Frequency::Weekly,
        "DAILY" => Frequency::Daily,
        "HOURLY" => Frequency::Hourly,
        "MINUTELY" => Frequency::Minutely,
        "SECONDLY" => Frequency::Secondly,
        _ => return Err(odd("FREQ", value)),
    })
}

/// Reads a weekday; 0 is Monday.
fn weekday(value: &str) -> Option<i64> {
    WEEKDAYS.iter().position(|name| *name == value).and_then(|place| i64::try_from(place).ok())
}

/// Why a value is refused.
fn odd(name: &str, value: &str) -> String {
    format!("`{value}` is no {name}")
}

/// The numbers of a part.
fn numbers(name: &str, value: Option<&str>) -> impl Iterator<Item = Result<i16, String>> {
    let items = value.unwrap_or_default().split(',').filter(|item| !item.is_empty());
    items.map(move |item| item.parse().map_err(|_| odd(name, item)))
}

/// The numbers of a part as a set.
fn set(name: &str, value: Option<&str>, least: i16, most: i16) -> Result<u64, String> {
    numbers(name, value).try_fold(0, |set, number| match number? {
        number if (least..=most).contains(&number) => Ok(set | civil::bit(number.into())),
        number => Err(odd(name, &number.to_string())),
    })
}

/// The ordinals of a part.
fn ordinals(name: &str, value: Option<&str>, most: i16) -> Result<Ordinals, String> {
    let mut ordinals = Ordinals::default();
    for number in numbers(name, value) {
        match number? {
            number if (1..=most).contains(&number) => ordinals.front |= civil::bit(number.into()),
            number if (-most..=-1).contains(&number) => ordinals.back |= civil::bit(number.unsigned_abs().into()),
            number => return Err(odd(name, &number.to_string())),
        }
    }
    Ok(ordinals)
}

/// The ordinals of a part that may be as large as a year is long.
fn list(name: &str, value: Option<&str>) -> Result<Vec<i16>, String> {
    let fits = |number: i16| if number != 0 && number.unsigned_abs() <= 366 { Ok(number) } else { Err(odd(name, &number.to_string())) };
    let mut list: Vec<i16> = numbers(name, value).map(|number| number.and_then(fits)).collect::<Result<_, _>>()?;
    list.sort_unstable();
    list.dedup();
    Ok(list)
}
