//! Draws recurrence rules of every frequency (RFC 5545 §3.3.10), none that the RFC forbids or leaves without instances.

use std::fmt::Write as _;

use jiff::civil::{DateTime, Weekday};
use jiff::{Span, ToSpan};

use crate::dice::Dice;
use crate::event::Form;

/// The weekdays as rules write them.
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// How often something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frequency {
    /// Every few years.
    Yearly,
    /// Every few months.
    Monthly,
    /// Every few weeks.
    Weekly,
    /// Every few days.
    Daily,
    /// Every few hours.
    Hourly,
    /// Every few minutes.
    Minutely,
    /// Every few seconds.
    Secondly,
}

impl Frequency {
    /// A frequency that fits the form: dates know no hours.
    pub(crate) fn draw(dice: &mut Dice, form: Form) -> Self {
        match dice.below(if form == Form::Date { 82 } else { 100 }) {
            0..12 => Self::Yearly,
            12..32 => Self::Monthly,
            32..57 => Self::Weekly,
            57..82 => Self::Daily,
            82..92 => Self::Hourly,
            92..97 => Self::Minutely,
            _ => Self::Secondly,
        }
    }

    /// An interval, mostly the plain one.
    pub(crate) fn interval(self, dice: &mut Dice) -> i64 {
        match self {
            Self::Yearly | Self::Monthly | Self::Weekly => dice.pick(&[1, 1, 1, 2, 3, 5]),
            Self::Daily => dice.pick(&[1, 1, 1, 2, 3, 10]),
            Self::Hourly => dice.pick(&[1, 2, 6, 7, 24, 25]),
            Self::Minutely => dice.pick(&[30, 45, 90, 720, 1441]),
            Self::Secondly => dice.pick(&[1800, 3601, 5400, 86_400]),
        }
    }

    /// `count` intervals.
    pub(crate) fn step(self, interval: i64, count: i64) -> Span {
        let number = interval * count;
        match self {
            Self::Yearly => number.years(),
            Self::Monthly => number.months(),
            Self::Weekly => number.weeks(),
            Self::Daily => number.days(),
            Self::Hourly => number.hours(),
            Self::Minutely => number.minutes(),
            Self::Secondly => number.seconds(),
        }
    }

    /// How many intervals an event may have behind it when it is looked at.
    pub(crate) fn past(self) -> i64 {
        match self {
            Self::Yearly => 8,
            Self::Monthly => 30,
            Self::Weekly => 60,
            Self::Daily => 200,
            Self::Hourly | Self::Minutely | Self::Secondly => 40,
        }
    }

    /// A rule with this interval, without an end.
    pub(crate) fn rule(self, dice: &mut Dice, interval: i64, form: Form) -> String {
        let (name, parts) = match self {
            Self::Yearly => ("YEARLY", yearly(dice, interval)),
            Self::Monthly => ("MONTHLY", monthly(dice, interval)),
            Self::Weekly => ("WEEKLY", weekly(dice)),
            Self::Daily => ("DAILY", daily(dice, form)),
            // An hour that the interval never meets would leave no instance.
            Self::Hourly if interval == 1 => ("HOURLY", format!("{};BYHOUR={}", days(dice), numbers(dice, 0, 24, 3))),
            Self::Hourly => ("HOURLY", [days(dice), format!(";BYMINUTE={}", numbers(dice, 0, 60, 2))][coin(dice)].clone()),
            Self::Minutely => ("MINUTELY", [days(dice), format!(";BYDAY={}", weekdays(dice, 4))][coin(dice)].clone()),
            Self::Secondly => ("SECONDLY", days(dice)),
        };
        let interval = if interval == 1 && dice.chance(80) { String::new() } else { format!(";INTERVAL={interval}") };
        let week = if dice.chance(20) { format!(";WKST={}", dice.pick(&WEEKDAYS)) } else { String::new() };
        format!("FREQ={name}{interval}{parts}{week}")
    }
}

/// `rule` with weeks that begin on `weekday`.
pub(crate) fn beginning_with(rule: &str, weekday: Weekday) -> String {
    let bare = rule.split(';').filter(|part| !part.starts_with("WKST=")).collect::<Vec<_>>().join(";");
    let first = usize::try_from(weekday.to_monday_zero_offset()).unwrap();
    format!("{bare};WKST={}", WEEKDAYS[first])
}

/// UNTIL in the form that the start demands (§3.3.10).
pub(crate) fn until(form: Form, wall: DateTime) -> String {
    let (form, wall) = form.in_utc(wall);
    form.property(";UNTIL", &[wall]).replace(";VALUE=DATE", "").replace(':', "=").trim().to_owned()
}

/// Nought or one.
fn coin(dice: &mut Dice) -> usize {
    usize::from(dice.chance(50))
}

/// Up to `most` different numbers of `from..until`, in no order.
fn numbers(dice: &mut Dice, from: i64, until: i64, most: i64) -> String {
    let mut found: Vec<String> = Vec::new();
    for _ in 0..=dice.below(most) {
        let number = dice.between(from, until).to_string();
        if !found.contains(&number) {
            found.push(number);
        }
    }
    found.join(",")
}

/// Up to `most` different days of the week.
fn weekdays(dice: &mut Dice, most: i64) -> String {
    let many = usize::try_from(1 + dice.below(most)).unwrap();
    dice.shuffle(WEEKDAYS.to_vec()).into_iter().take(many).collect::<Vec<_>>().join(",")
}

/// Days of the month, from either end.
fn monthdays(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => "-1".to_owned(),
        1 => "31".to_owned(),
        2 => format!("-{},{}", dice.between(1, 32), dice.between(1, 32)),
        _ => numbers(dice, 1, 32, 4),
    }
}

/// Days of the week with a number.
fn numbered(dice: &mut Dice, most: i64) -> String {
    let sign = if dice.chance(40) { "-" } else { "" };
    format!("{sign}{}{}", dice.between(1, most + 1), dice.pick(&WEEKDAYS))
}

/// A place in a set of at least `size`: a rule without instances would be looked through to the end of time.
fn place(dice: &mut Dice, size: usize) -> String {
    format!(";BYSETPOS={}", dice.pick(&["1", "-1", "1,-1", "2", "-2", "3"][..if size < 3 { 3 } else { 6 }]))
}

/// A limit by the calendar, or none.
fn days(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!(";BYMONTH={}", numbers(dice, 1, 13, 6)),
        1 => format!(";BYDAY={}", weekdays(dice, 5)),
        _ => String::new(),
    }
}

/// The parts of a yearly rule.
fn yearly(dice: &mut Dice, interval: i64) -> String {
    match dice.below(9) {
        0 | 1 => String::new(),
        // The other engine counts the days of a week that lie in the neighbouring year to that year, we to the year of
        // the week (ISO 8601, as 3.3.10 numbers weeks): which is only seen when years are left out.
        7 if interval > 1 => String::new(),
        2 => format!(";BYMONTH={}", numbers(dice, 1, 13, 4)),
        3 => format!(";BYMONTH={},12;BYMONTHDAY={}", numbers(dice, 1, 12, 3), monthdays(dice)),
        4 => format!(";BYMONTH={};BYDAY={}", numbers(dice, 1, 13, 3), numbered(dice, 4)),
        5 => format!(";BYDAY={}", numbered(dice, 53)),
        6 => format!(";BYYEARDAY={},-{}", numbers(dice, 1, 367, 4), dice.between(1, 367)),
        7 => format!(";BYWEEKNO={},-1;BYDAY={}", numbers(dice, 1, 54, 5), weekdays(dice, 2)),
        _ => format!(";BYMONTH={};BYDAY={}{}", numbers(dice, 1, 13, 4), weekdays(dice, 5), place(dice, 4)),
    }
}

/// The parts of a monthly rule.
fn monthly(dice: &mut Dice, interval: i64) -> String {
    let mut parts = match dice.below(6) {
        0 | 1 => String::new(),
        2 => format!(";BYMONTHDAY={}", monthdays(dice)),
        3 => format!(";BYDAY={},{}", numbered(dice, 5), numbered(dice, 4)),
        4 => format!(";BYDAY={}{}", weekdays(dice, 7), place(dice, 4)),
        _ => format!(";BYDAY={};BYMONTHDAY={}", weekdays(dice, 2), numbers(dice, 1, 32, 8)),
    };
    // Every second or third month may never be one of those named.
    if dice.chance(20) && matches!(interval, 1 | 5) {
        write!(parts, ";BYMONTH={}", numbers(dice, 1, 13, 6)).unwrap();
    }
    parts
}

/// The parts of a weekly rule.
fn weekly(dice: &mut Dice) -> String {
    match dice.below(5) {
        0 | 1 => String::new(),
        2 => format!(";BYDAY={}{}", weekdays(dice, 5), place(dice, 1)),
        3 => format!(";BYDAY={};BYMONTH={}", weekdays(dice, 3), numbers(dice, 1, 13, 6)),
        _ => format!(";BYDAY={}", weekdays(dice, 4)),
    }
}

/// The parts of a daily rule.
fn daily(dice: &mut Dice, form: Form) -> String {
    match dice.below(6) {
        0 => format!(";BYMONTHDAY={}", monthdays(dice)),
        1 | 2 if form != Form::Date => {
            let last = if dice.chance(40) { place(dice, 1) } else { String::new() };
            format!(";BYHOUR={};BYMINUTE={}{last}", numbers(dice, 0, 24, 3), numbers(dice, 0, 60, 2))
        }
        3 if form != Form::Date => format!(";BYHOUR=1,2,3;BYSECOND={}", numbers(dice, 0, 60, 1)),
        _ => days(dice),
    }
}
