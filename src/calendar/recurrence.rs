//! Recurrence rules on wall time (RFC 5545 §3.3.10), by way of the `rrule` crate.
//! The only file that calls that crate; it gets wall time labelled UTC, never a zone, and a budget it cannot exceed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::civil::{Date, DateTime};
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};

use super::stamp::{self, Stamp};

/// The rule parts of RFC 5545 that the crate may see; UNTIL is kept back, for it needs a zone.
const PARTS: [&str; 13] = [
    "FREQ",
    "COUNT",
    "INTERVAL",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
];

/// How many instances one rule may step through in one search.
const STEPS: usize = 100_000;

/// How many instances may still be looked at, over all rules of a search.
#[derive(Debug)]
pub(super) struct Budget(pub(super) usize);

/// A recurrence rule with its first wall time.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// The rule as the crate understands it, without UNTIL, what it takes from DTSTART filled in.
    engine: RRule,
    /// DTSTART; midnight of a date.
    start: DateTime,
    /// The last wall time it may reach.
    until: Option<DateTime>,
}

/// What a rule gives in a stretch of wall time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Walls {
    /// The wall times, in order.
    pub(super) found: Vec<DateTime>,
    /// Whether the budget ran out before the end.
    pub(super) cut: bool,
}

/// A rule as written, and what had to be left out of it.
pub(super) struct Written {
    /// The rule.
    pub(super) rule: Rule,
    /// Parts that were passed over.
    pub(super) dropped: Vec<String>,
}

impl Rule {
    /// Reads `text`; `dated` when DTSTART is a date, `until` turns UNTIL into wall time.
    /// The refusal says why the rule cannot be followed.
    pub(super) fn read(text: &str, start: DateTime, dated: bool, until: impl Fn(Stamp) -> DateTime) -> Result<Written, String> {
        if !text.is_ascii() {
            return Err("it holds characters that no rule has".to_owned());
        }
        let text: String = text.chars().filter(|mark| !mark.is_whitespace()).map(|mark| mark.to_ascii_uppercase()).collect();
        let (mut kept, mut dropped, mut limit) = (Vec::new(), Vec::new(), None);
        let parts: Vec<(&str, &str)> =
            text.split(';').filter(|part| !part.is_empty()).map(|part| part.split_once('=').unwrap_or((part, ""))).collect();
        let frequency = parts.iter().find(|(name, _)| *name == "FREQ").map_or("", |(_, value)| *value);
        for &(name, value) in &parts {
            let value = value.trim_matches(',');
            match name {
                "UNTIL" => limit = Some(stamp::stamp(value).ok_or_else(|| format!("UNTIL `{value}` is no date"))?),
                "RSCALE" if value != "GREGORIAN" => return Err(format!("it counts by another calendar, `{value}`")),
                "BYHOUR" | "BYMINUTE" | "BYSECOND" if dated => {}
                "BYDAY" => kept.push(format!("BYDAY={}", weekdays(value, frequency)?)),
                "INTERVAL" if value.parse() == Ok(0_u16) => dropped.push("INTERVAL=0".to_owned()),
                _ if value.is_empty() || !PARTS.contains(&name) => dropped.push(name.to_owned()),
                _ => kept.push(format!("{name}={value}")),
            }
        }
        let rule = guarded(|| kept.join(";").parse::<RRule<Unvalidated>>()?.validate(labelled(start)))?;
        if rule.get_count() == Some(0) {
            return Err("COUNT is 0".to_owned());
        }
        let until = limit.map(until);
        if until.is_some_and(|until| until < start) {
            return Err("UNTIL lies before DTSTART".to_owned());
        }
        Ok(Written { rule: Self { engine: rule, start, until }, dropped })
    }

    /// The wall times of this rule from `from` to `to`, both included.
    pub(super) fn walls(&self, from: DateTime, to: DateTime, budget: &mut Budget) -> Walls {
        let to = self.until.map_or(to, |until| until.min(to));
        if to < self.start || to < from {
            return Walls::default();
        }
        let mut walls = Walls::default();
        let left = STEPS.min(budget.0);
        let steps = guarded(|| {
            let set = RRuleSet::new(labelled(self.leap(from))).rrule(self.engine.clone()).limit();
            let mut steps = 0;
            for instance in &set {
                let Some(wall) = stamp::wall(instance.timestamp()) else { break };
                if wall > to {
                    break;
                }
                if steps == left {
                    walls.cut = true;
                    break;
                }
                steps += 1;
                if wall >= from {
                    walls.found.push(wall);
                }
            }
            Ok::<usize, String>(steps)
        });
        walls.cut |= steps.is_err();
        budget.0 = budget.0.saturating_sub(steps.unwrap_or(STEPS).max(1));
        walls
    }

    /// A start nearer to `from` that gives the same instances from there on: later by a multiple of the interval,
    /// one interval early. With COUNT every instance from DTSTART on has to be counted.
    fn leap(&self, from: DateTime) -> DateTime {
        if self.engine.get_count().is_some() {
            return self.start;
        }
        let interval = i64::from(self.engine.get_interval().max(1));
        let months = (i64::from(from.year()) - i64::from(self.start.year())) * 12 + i64::from(from.month()) - i64::from(self.start.month());
        let unit = match self.engine.get_freq() {
            Frequency::Yearly => return self.later_months(months, interval * 12),
            Frequency::Monthly => return self.later_months(months, interval),
            Frequency::Weekly => 7 * 86_400,
            Frequency::Daily => 86_400,
            Frequency::Hourly => 3600,
            Frequency::Minutely => 60,
            Frequency::Secondly => 1,
        } * interval;
        let (start, elapsed) = (stamp::seconds(self.start), stamp::seconds(from) - stamp::seconds(self.start));
        let periods = elapsed / unit - 1;
        if periods < 1 { self.start } else { stamp::wall(start + periods * unit).unwrap_or(self.start) }
    }

    /// The first day of the period of `step` months that lies one period before `months` after the start.
    fn later_months(&self, months: i64, step: i64) -> DateTime {
        let periods = months / step - 1;
        if periods < 1 {
            return self.start;
        }
        let yearly = self.engine.get_freq() == Frequency::Yearly;
        let month = i64::from(self.start.year()) * 12 + if yearly { 0 } else { i64::from(self.start.month()) - 1 } + periods * step;
        let date = i16::try_from(month.div_euclid(12)).ok().zip(i8::try_from(month.rem_euclid(12) + 1).ok());
        date.and_then(|(year, month)| Date::new(year, month, 1).ok()).map_or(self.start, |date| date.at(0, 0, 0, 0))
    }
}

/// A wall time as the crate wants it.
fn labelled(wall: DateTime) -> chrono::DateTime<Tz> {
    chrono::DateTime::from_timestamp(stamp::seconds(wall), 0).unwrap_or_default().with_timezone(&Tz::UTC)
}

/// Runs `work`, which may panic inside the crate; the error is what to tell.
fn guarded<T, E: std::fmt::Display>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    let outcome = catch_unwind(AssertUnwindSafe(work)).map_err(|_| "it breaks the rule engine".to_owned())?;
    outcome.map_err(|error| error.to_string())
}

/// BYDAY without what the crate would swallow or refuse: a number has a meaning by month and year only.
fn weekdays(value: &str, frequency: &str) -> Result<String, String> {
    let numbered = matches!(frequency, "MONTHLY" | "YEARLY");
    let mut days = Vec::new();
    for item in value.split(',').filter(|item| !item.is_empty()) {
        let (number, day) = item.split_at_checked(item.len().saturating_sub(2)).unwrap_or_default();
        let number_fits = number.is_empty() || number.parse::<i16>().is_ok_and(|number| number != 0);
        if !number_fits || !["MO", "TU", "WE", "TH", "FR", "SA", "SU"].contains(&day) {
            return Err(format!("BYDAY `{item}` is no weekday"));
        }
        days.push(if numbered { item } else { day });
    }
    Ok(days.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(start: &str, text: &str) -> Result<Rule, String> {
        let until = |stamp: Stamp| match stamp {
            Stamp::Date(date) => date.at(23, 59, 59, 0),
            Stamp::Wall(wall) | Stamp::Instant(_, wall) => wall,
        };
        Rule::read(text, start.parse().unwrap(), false, until).map(|written| written.rule)
    }

    fn check(start: &str, text: &str, from: &str, to: &str) -> String {
        let found = match rule(start, text) {
            Ok(rule) => rule.walls(from.parse().unwrap(), to.parse().unwrap(), &mut Budget(1_000_000)),
            Err(why) => return why,
        };
        let walls: Vec<String> = found.found.iter().map(|wall| wall.strftime("%m%dT%H%M").to_string()).collect();
        format!("{}{}", walls.join(" "), if found.cut { " cut" } else { "" })
    }

    #[test]
    fn leaping_ahead_gives_what_walking_gives() {
        for text in [
            "FREQ=YEARLY;INTERVAL=3",
            "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-1",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU;WKST=SU",
            "FREQ=DAILY;INTERVAL=11",
            "FREQ=HOURLY;INTERVAL=7;BYMINUTE=5,50",
            "FREQ=MINUTELY;INTERVAL=1441",
        ] {
            let leapt = check("1999-12-30T10:30:00", text, "2026-01-01T00:00:00", "2027-06-30T00:00:00");
            let walked = rule("1999-12-30T10:30:00", text).unwrap();
            let all = walked.walls("1999-12-30T10:30:00".parse().unwrap(), "2027-06-30T00:00:00".parse().unwrap(), &mut Budget(1_000_000));
            let late = all.found.iter().filter(|wall| wall.year() > 2025).map(|wall| wall.strftime("%m%dT%H%M").to_string());
            assert_eq!(leapt, late.collect::<Vec<_>>().join(" "), "{text}");
            assert!(!leapt.is_empty(), "{text}");
        }
    }

    #[test]
    fn case_blanks_and_unknown_parts_do_not_matter() {
        let (from, to) = ("2026-03-01T00:00:00", "2026-04-01T00:00:00");
        assert_eq!(check("2026-03-10T09:00:00", "freq=daily; count=2;X-FOO=1;", from, to), "0310T0900 0311T0900");
        assert_eq!(check("2026-03-10T09:00:00", "FREQ=WEEKLY;COUNT=2;BYDAY=1TU", from, to), "0310T0900 0317T0900");
    }

    #[test]
    fn what_cannot_be_followed_is_refused_with_a_reason() {
        for (text, why) in [
            ("FREQ=WEEKLY;BYDAY=ÁO", "it holds characters that no rule has"),
            ("FREQ=WEEKLY;BYDAY=XXMO", "BYDAY `XXMO` is no weekday"),
            ("FREQ=DAILY;UNTIL=20260301", "UNTIL lies before DTSTART"),
            ("FREQ=DAILY;UNTIL=never", "UNTIL `NEVER` is no date"),
            ("RSCALE=CHINESE;FREQ=YEARLY", "it counts by another calendar, `CHINESE`"),
        ] {
            assert_eq!(rule("2026-03-10T09:00:00", text).unwrap_err(), why);
        }
        for text in ["", "FREQ=BOGUS;FOO", "FREQ=DAILY;INTERVAL=99999999", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;BYHOUR=25"] {
            assert!(rule("2026-03-10T09:00:00", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rule_without_measure_is_cut() {
        let every_second = rule("2020-01-01T00:00:00", "FREQ=SECONDLY").unwrap();
        let (from, to) = ("2026-01-01T00:00:00".parse().unwrap(), "2027-01-01T00:00:00".parse().unwrap());
        let found = every_second.walls(from, to, &mut Budget(500));
        assert_eq!((found.found.len() > 400, found.cut), (true, true));
        assert_eq!(check("2026-01-01T00:00:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01T00:00:00", "2030-01-01T00:00:00"), "");
    }
}
