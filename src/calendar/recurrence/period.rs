//! What one week, month or year yields, and the walk from period to period, begun near the stretch (RFC 5545 §3.3.10).
//! Looks at no period from DTSTART to there, unless COUNT makes it count what differs from one to the next.

use super::days::Days;
use super::walk::Walk;
use super::{Frequency, Ordinals, Rule, civil};

/// The periods of a rule.
struct Periods<'a> {
    /// The rule.
    rule: &'a Rule,
    /// The days it allows.
    days: Days<'a>,
    /// The seconds of a day at which it has instances.
    times: Vec<i64>,
    /// The days of the period looked at.
    set: Vec<i64>,
}

/// Walks a rule by weeks, months or years.
pub(super) fn follow(rule: &Rule, walk: &mut Walk) -> Option<()> {
    let times = rule.times(walk)?;
    let mut periods = Periods { rule, days: Days::new(rule), times, set: Vec::new() };
    // A week of the year before or after may reach into the stretch.
    let spill = i64::from(!rule.by.weeks.is_empty());
    let first = periods.number(rule.start);
    let near = ((periods.number(walk.from) - first).div_euclid(rule.interval) - spill).max(-spill);
    if rule.count.is_some() {
        periods.pass(first, (-spill, near), walk)?;
    }
    let mut number = first + near * rule.interval;
    let last = periods.number(walk.to) + spill;
    while number <= last {
        walk.spend(rule.price())?;
        periods.look(number);
        periods.take(walk)?;
        number += rule.interval;
    }
    Some(())
}

impl Periods<'_> {
    /// The number of the period that holds a second: weeks, months or years since some first one.
    fn number(&self, second: i64) -> i64 {
        let day = second.div_euclid(civil::DAY);
        let (year, month, _) = civil::date(day);
        match self.rule.frequency {
            Frequency::Yearly => year,
            Frequency::Monthly => year * 12 + month - 1,
            Frequency::Weekly | Frequency::Daily | Frequency::Hourly | Frequency::Minutely | Frequency::Secondly => {
                (day + 3 - self.rule.week_start).div_euclid(7)
            }
        }
    }

    /// Looks at the period `number`: which days does it have?
    fn look(&mut self, number: i64) {
        self.set.clear();
        match self.rule.frequency {
            Frequency::Yearly if !self.rule.by.weeks.is_empty() => self.add_weeks(number),
            Frequency::Yearly => {
                let months = if self.rule.by.months == 0 { 0b1_1111_1111_1110 } else { self.rule.by.months };
                civil::bits(months).for_each(|month| self.days.add_month(number * 12 + month - 1, &mut self.set));
            }
            Frequency::Monthly => self.days.add_month(number, &mut self.set),
            Frequency::Weekly | Frequency::Daily | Frequency::Hourly | Frequency::Minutely | Frequency::Secondly => {
                self.add_week(number * 7 - 3 + self.rule.week_start);
            }
        }
    }

    /// Adds the allowed days of the week that begins with `day`.
    fn add_week(&mut self, day: i64) {
        let days = &mut self.days;
        self.set.extend((day..day + 7).filter(|day| days.allow(*day)));
    }

    /// Adds the allowed days of the weeks of a year. A week is "a seven day period" and week one "the first week that
    /// contains at least four days in that calendar year" (§3.3.10): it belongs to that year as a whole, with the days
    /// that lie in the year before or after; those have the month and the day of the year of their own date.
    fn add_weeks(&mut self, year: i64) {
        let first = |year: i64| {
            let fourth = civil::day(year, 1, 4);
            fourth - (civil::weekday(fourth) - self.rule.week_start).rem_euclid(7)
        };
        let (start, weeks) = (first(year), (first(year + 1) - first(year)) / 7);
        let Ordinals { front, back } = self.rule.by.weeks;
        let numbers = front | civil::bits(back).fold(0, |set, ordinal| set | civil::bit(weeks + 1 - ordinal));
        for number in civil::bits(numbers).filter(|number| (1..=weeks).contains(number)) {
            self.add_week(start + (number - 1) * 7);
        }
    }

    /// Takes what lies in the period looked at.
    fn take(&self, walk: &mut Walk) -> Option<()> {
        if !self.rule.by.positions.is_empty() {
            let instances = self.chosen();
            if instances.is_empty() {
                walk.spend(1)?;
            }
            return instances.into_iter().try_for_each(|at| walk.take(at));
        }
        if self.set.is_empty() {
            walk.spend(1)?;
        }
        for day in &self.set {
            // Whole days before the stretch are numbered at once.
            if (day + 1) * civil::DAY <= walk.from {
                walk.pass(self.instances(*day))?;
            } else {
                self.times.iter().try_for_each(|time| walk.take(day * civil::DAY + time))?;
            }
        }
        Some(())
    }

    /// The instances of the period looked at that BYSETPOS keeps: places in the set of the whole period, so that those
    /// before DTSTART count too ("the set of recurrence instances in one interval", §3.3.10).
    fn chosen(&self) -> Vec<i64> {
        let size = self.set.len().saturating_mul(self.times.len());
        let instance = |place: usize| {
            let (day, time) = (place.checked_div(self.times.len())?, place.checked_rem(self.times.len())?);
            Some(self.set.get(day)? * civil::DAY + self.times.get(time)?)
        };
        self.rule.places(size).into_iter().filter_map(instance).collect()
    }

    /// How many instances a day has, from DTSTART on.
    fn instances(&self, day: i64) -> u64 {
        let start = self.rule.start - day * civil::DAY;
        let count = if start <= 0 { self.times.len() } else { self.times.iter().filter(|time| **time >= start).count() };
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// How many instances the period `number` has, from DTSTART on.
    fn tally(&mut self, number: i64) -> u64 {
        self.look(number);
        if self.rule.by.positions.is_empty() {
            return self.set.iter().fold(0, |sum: u64, day| sum.saturating_add(self.instances(*day)));
        }
        let count = self.chosen().into_iter().filter(|at| *at >= self.rule.start).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// Numbers the instances of the periods `from` until before `to`, counted from the one of DTSTART, which is `first`.
    fn pass(&mut self, first: i64, (from, to): (i64, i64), walk: &mut Walk) -> Option<()> {
        // Without BYMONTH every week has as many as the other; only the first may begin before DTSTART.
        if self.rule.frequency == Frequency::Weekly && self.rule.by.months == 0 {
            if to > 0 {
                walk.pass(self.tally(first))?;
                walk.pass(self.tally(first + self.rule.interval).saturating_mul(to.unsigned_abs() - 1))?;
            }
            return Some(());
        }
        for period in from..to {
            let instances = self.tally(first + period * self.rule.interval);
            walk.spend(1 + self.rule.price() + self.set.len() / 8)?;
            walk.pass(instances)?;
        }
        Some(())
    }
}
