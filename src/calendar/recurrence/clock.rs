//! Rules by day, hour, minute or second: periods of equal length, so that any of them is found by division.
//! Jumps over days, hours and minutes that the BY parts exclude, and never tests each second (RFC 5545 §3.3.10).

use super::days::Days;
use super::walk::Walk;
use super::{Frequency, Rule, civil};

/// All numbers below 60, or all hours and more.
const ALL: u64 = (1 << 60) - 1;

/// All hours.
const HOURS: u64 = (1 << 24) - 1;

/// The periods of a rule.
struct Clock<'a> {
    /// The days that it allows.
    days: Days<'a>,
    /// When the period of DTSTART begins.
    first: i64,
    /// From the begin of one period to that of the next.
    step: i64,
    /// The seconds of a period at which it has instances, BYSETPOS obeyed.
    times: Vec<i64>,
    /// The hours that a period may begin in.
    hours: u64,
    /// The minutes that it may begin in.
    minutes: u64,
    /// The seconds that it may begin in.
    seconds: u64,
    /// What a look at a period costs beyond its instances.
    price: usize,
}

/// Walks a rule whose periods are `unit` seconds long.
pub(super) fn follow(rule: &Rule, unit: i64, walk: &mut Walk) -> Option<()> {
    let mut times = rule.times(walk)?;
    if !rule.by.positions.is_empty() {
        times = rule.places(times.len()).into_iter().filter_map(|place| times.get(place).copied()).collect();
    }
    if times.is_empty() {
        return None;
    }
    let limit = |limits: bool, set: u64, all: u64| if limits && set != 0 { set } else { all };
    let mut clock = Clock {
        days: Days::new(rule),
        first: rule.start.div_euclid(unit) * unit,
        step: rule.interval.saturating_mul(unit),
        times,
        hours: limit(rule.frequency != Frequency::Daily, rule.by.hours, HOURS),
        minutes: limit(unit <= civil::MINUTE, rule.by.minutes, ALL),
        seconds: limit(unit == 1, rule.by.seconds, ALL),
        price: rule.price(),
    };
    let mut period = if rule.count.is_some() { clock.pass(rule.start, walk)? } else { clock.near(walk.from) };
    loop {
        period = clock.next(period, walk)?;
        let begin = clock.begin(period);
        clock.times.iter().try_for_each(|time| walk.take(begin + time))?;
        period += 1;
    }
}

impl Clock<'_> {
    /// When a period begins.
    fn begin(&self, period: i64) -> i64 {
        self.first.saturating_add(period.saturating_mul(self.step))
    }

    /// The last period that begins at `second` or before; never one before DTSTART's.
    fn near(&self, second: i64) -> i64 {
        (second - self.first).div_euclid(self.step).max(0)
    }

    /// The first period from `period` on that the BY parts allow; each jump costs.
    fn next(&mut self, mut period: i64, walk: &mut Walk) -> Option<i64> {
        loop {
            let begin = self.begin(period);
            if begin > walk.to {
                return None;
            }
            walk.spend(self.price)?;
            let (day, second) = (begin.div_euclid(civil::DAY), begin.rem_euclid(civil::DAY));
            let target = if !self.days.allow(day) {
                self.days.next(day + 1, walk.to.div_euclid(civil::DAY), walk)? * civil::DAY
            } else if let Some(due) = self.due(second) {
                if due == second {
                    return Some(period);
                }
                day * civil::DAY + due
            } else {
                (day + 1) * civil::DAY
            };
            walk.spend(1)?;
            period = self.near(target - 1) + 1;
        }
    }

    /// The first second of a day from `second` on that BYHOUR, BYMINUTE and BYSECOND allow.
    fn due(&self, second: i64) -> Option<i64> {
        let (hour, minute, second) = (second / civil::HOUR, second / civil::MINUTE % 60, second % civil::MINUTE);
        let first = |set: u64| i64::from(set.trailing_zeros());
        let at = |hour: i64, minute: i64, second: i64| hour * civil::HOUR + minute * civil::MINUTE + second;
        if self.hours & civil::bit(hour) != 0 {
            if self.minutes & civil::bit(minute) != 0
                && let Some(second) = civil::at_or_after(self.seconds, second)
            {
                return Some(at(hour, minute, second));
            }
            if let Some(minute) = civil::at_or_after(self.minutes, minute + 1) {
                return Some(at(hour, minute, first(self.seconds)));
            }
        }
        civil::at_or_after(self.hours, hour + 1).map(|hour| at(hour, first(self.minutes), first(self.seconds)))
    }

    /// Numbers instances before the stretch, and gives the period from which on they are still to be counted one by one.
    fn pass(&mut self, start: i64, walk: &mut Walk) -> Option<i64> {
        let each = u64::try_from(self.times.len()).ok()?;
        let near = self.near(walk.from);
        if self.days.all() && (self.hours, self.minutes, self.seconds) == (HOURS, ALL, ALL) {
            // Every period has as many as the other; only the first may begin before DTSTART.
            if near > 0 {
                let late = self.times.iter().filter(|time| self.first + **time >= start).count();
                walk.pass(u64::try_from(late).ok()?)?;
                walk.pass(each.saturating_mul(near.unsigned_abs() - 1))?;
            }
            return Some(near);
        }
        let (today, that_day) = (start.div_euclid(civil::DAY), walk.from.div_euclid(civil::DAY));
        if civil::DAY % self.step != 0 || that_day <= today {
            return Some(0);
        }
        // Every allowed day has as many as the other; only the first may begin before DTSTART.
        if self.days.allow(today) {
            let second = self.first.rem_euclid(civil::DAY);
            let skipped = self.times.iter().filter(|time| self.first + **time < start).count();
            let skipped = if self.due(second) == Some(second) { u64::try_from(skipped).ok()? } else { 0 };
            let late = self.within(second, walk)?.saturating_mul(each).saturating_sub(skipped);
            walk.pass(late)?;
        }
        let whole = self.within(self.first.rem_euclid(self.step), walk)?.saturating_mul(each);
        let days = self.days.count(today + 1, that_day, walk)?;
        walk.pass(days.saturating_mul(whole))?;
        Some(self.near(that_day * civil::DAY - 1) + 1)
    }

    /// How many periods of a day are allowed, of those that begin at `second` and by steps later; each costs.
    fn within(&self, mut second: i64, walk: &mut Walk) -> Option<u64> {
        let (mut count, phase) = (0, second);
        while let Some(due) = self.due(second).filter(|_| second < civil::DAY) {
            walk.spend(1)?;
            count += u64::from(due == second);
            let later = due.max(second + 1);
            second = phase + (later - phase + self.step - 1) / self.step * self.step;
        }
        Some(count)
    }
}
