//! Which days the BY parts allow (RFC 5545 §3.3.10): a month is a set of bits, so that whole months are passed at once.
//! BYWEEKNO is not asked here: weeks belong to their year, see `period`.

use super::walk::Walk;
use super::{Frequency, Rule, civil};

/// Bits 0, 7, 14, 21 and 28: a weekday of a month.
const EVERY_SEVENTH: u64 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

/// A month and the days in it that the rule allows.
#[derive(Clone, Copy)]
struct Month {
    /// The day before its first.
    before: i64,
    /// How many days it has.
    length: i64,
    /// The days of the month that are allowed, from bit 1.
    allowed: u64,
}

/// The days that a rule allows.
pub(super) struct Days<'a> {
    /// The rule.
    rule: &'a Rule,
    /// Whether weekdays are all that it asks for.
    weekly: bool,
    /// The month that was looked at last.
    month: Month,
}

impl<'a> Days<'a> {
    /// The days of `rule`.
    pub(super) fn new(rule: &'a Rule) -> Self {
        let by = &rule.by;
        let weekly = by.months == 0 && by.month_days.is_empty() && by.year_days.is_empty() && by.numbered.is_empty();
        Self { rule, weekly, month: Month { before: 0, length: 0, allowed: 0 } }
    }

    /// Whether every day is allowed.
    pub(super) fn all(&self) -> bool {
        self.weekly && self.rule.by.weekdays == 0
    }

    /// Whether `day` is allowed.
    pub(super) fn allow(&mut self, day: i64) -> bool {
        if self.weekly {
            return self.rule.by.weekdays == 0 || self.rule.by.weekdays & civil::bit(civil::weekday(day)) != 0;
        }
        let month = self.month_of(day);
        month.allowed & civil::bit(day - month.before) != 0
    }

    /// The first allowed day from `day` to `last`; each month in vain costs.
    pub(super) fn next(&mut self, mut day: i64, last: i64, walk: &mut Walk) -> Option<i64> {
        if self.weekly {
            return (day..=last).take(7).find(|day| self.allow(*day));
        }
        while day <= last {
            let month = self.month_of(day);
            if let Some(date) = civil::at_or_after(month.allowed, day - month.before) {
                return Some(month.before + date).filter(|day| *day <= last);
            }
            walk.spend(1 + self.rule.price())?;
            day = month.before + month.length + 1;
        }
        None
    }

    /// How many days are allowed from `day` until before `end`; each month costs.
    pub(super) fn count(&mut self, mut day: i64, end: i64, walk: &mut Walk) -> Option<u64> {
        let mut count = 0;
        if self.weekly {
            let weeks = (end - day).max(0) / 7;
            let each = if self.rule.by.weekdays == 0 { 7 } else { u64::from(self.rule.by.weekdays.count_ones()) };
            count = each.saturating_mul(weeks.unsigned_abs());
            let rest = (day + weeks * 7..end).filter(|day| self.allow(*day)).count();
            return Some(count.saturating_add(u64::try_from(rest).ok()?));
        }
        while day < end {
            walk.spend(1 + self.rule.price())?;
            let month = self.month_of(day);
            let (first, behind) = (day - month.before, end - month.before);
            let counted = month.allowed & !civil::bit(first).wrapping_sub(1) & civil::bit(behind).wrapping_sub(1);
            count += u64::from(counted.count_ones());
            day = month.before + month.length + 1;
        }
        Some(count)
    }

    /// Adds the allowed days of a month, which is given by its number since the year 0, to `days`.
    pub(super) fn add_month(&self, number: i64, days: &mut Vec<i64>) {
        let month = self.month(number.div_euclid(12), number.rem_euclid(12) + 1);
        days.extend(civil::bits(month.allowed).map(|date| month.before + date));
    }

    /// The month of `day`.
    fn month_of(&mut self, day: i64) -> Month {
        if !(1..=self.month.length).contains(&(day - self.month.before)) {
            let (year, month, _) = civil::date(day);
            self.month = self.month(year, month);
        }
        self.month
    }

    /// A month with its allowed days.
    fn month(&self, year: i64, month: i64) -> Month {
        let (by, before, length) = (&self.rule.by, civil::day(year, month, 0), civil::month_length(year, month));
        let mut allowed = civil::bit(length + 1).wrapping_sub(2);
        if by.months != 0 && by.months & civil::bit(month) == 0 {
            return Month { before, length, allowed: 0 };
        }
        if !by.month_days.is_empty() {
            let back = civil::bits(by.month_days.back).fold(0, |set, ordinal| set | civil::bit(length + 1 - ordinal));
            allowed &= by.month_days.front | back;
        }
        let (first_day, days) = (civil::day(year, 1, 1), civil::year_length(year));
        if !by.year_days.is_empty() {
            let place = |ordinal: &i16| if *ordinal > 0 { i64::from(*ordinal) } else { days + 1 + i64::from(*ordinal) };
            let dates = by.year_days.iter().map(|ordinal| first_day - 1 + place(ordinal) - before);
            allowed &= dates.fold(0, |set, date| set | civil::bit(date));
        }
        if by.weekdays != 0 || !by.numbered.is_empty() {
            let first = |weekday: i64, day: i64| 1 + (weekday - civil::weekday(day)).rem_euclid(7);
            let mut wanted = civil::bits(by.weekdays).fold(0, |set, weekday| set | EVERY_SEVENTH << first(weekday, before + 1));
            // The number counts within the month under MONTHLY and where BYMONTH is given, else within the year.
            let by_month = self.rule.frequency == Frequency::Monthly || by.months != 0;
            let (start, span) = if by_month { (before + 1, length) } else { (first_day, days) };
            for (number, weekday) in &by.numbered {
                let first = first(*weekday, start);
                let turn = if *number > 0 { i64::from(*number) - 1 } else { (span - first) / 7 + 1 + i64::from(*number) };
                // Before the first one there is none, although the month before may have such a day.
                if turn >= 0 {
                    wanted |= civil::bit(start - 1 + first + turn * 7 - before);
                }
            }
            allowed &= wanted;
        }
        Month { before, length, allowed }
    }
}
