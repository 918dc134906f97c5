//! Recurrence rules on wall time (RFC 5545 §3.3.10): a rule is read once and asked for its wall times in a stretch.
//! Knows no zone, the caller places what comes out. Never panics and never does more work than its budget allows.

#[cfg(test)]
mod agreement;
mod civil;
mod clock;
mod days;
mod period;
#[cfg(test)]
mod tests;
mod text;
mod walk;

use jiff::civil::DateTime;

use self::walk::Walk;

/// How much work one rule may cause in one search: a unit is a wall time made, or a period (or a month of days) looked
/// at in vain. The most dense rule that is followed to the end of a month has an instance every 26 seconds.
const STEPS: usize = 100_000;

/// How much work may still be done, over all rules of a search, in the units of [`STEPS`].
#[derive(Debug)]
pub(super) struct Budget(pub(super) usize);

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

/// FREQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    /// By calendar year.
    Yearly,
    /// By calendar month.
    Monthly,
    /// By week, from WKST on.
    Weekly,
    /// By day.
    Daily,
    /// By hour.
    Hourly,
    /// By minute.
    Minutely,
    /// By second.
    Secondly,
}

/// A set of ordinals that count from the front or from the back: bit `n` of a side is the ordinal `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ordinals {
    /// Positive ones.
    front: u64,
    /// Negative ones, without their sign.
    back: u64,
}

impl Ordinals {
    /// Whether there is none.
    fn is_empty(self) -> bool {
        self.front == 0 && self.back == 0
    }
}

/// The BY parts, with what DTSTART says where they are silent. A set without a bit, an empty list: no such part.
#[derive(Clone, Debug, Default)]
struct By {
    /// BYMONTH, from bit 1.
    months: u64,
    /// BYWEEKNO.
    weeks: Ordinals,
    /// BYYEARDAY.
    year_days: Vec<i16>,
    /// BYMONTHDAY.
    month_days: Ordinals,
    /// BYDAY without numbers; bit 0 is Monday.
    weekdays: u64,
    /// BYDAY with numbers: the number, then the weekday from Monday on.
    numbered: Vec<(i16, i64)>,
    /// BYHOUR.
    hours: u64,
    /// BYMINUTE.
    minutes: u64,
    /// BYSECOND.
    seconds: u64,
    /// BYSETPOS.
    positions: Vec<i16>,
}

/// A recurrence rule with its first wall time. Wall times are seconds since 1970 as if they were UTC.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// FREQ.
    frequency: Frequency,
    /// INTERVAL, at least 1.
    interval: i64,
    /// COUNT.
    count: Option<u32>,
    /// DTSTART; midnight of a date.
    start: i64,
    /// The last wall time it may reach.
    until: Option<i64>,
    /// WKST, from Monday on.
    week_start: i64,
    /// The BY parts.
    by: By,
}

impl Rule {
    /// The wall times of this rule from `from` to `to`, both included. DTSTART is one of them only if the rule hits it;
    /// COUNT counts what the rule hits from DTSTART on.
    pub(super) fn walls(&self, from: DateTime, to: DateTime, budget: &mut Budget) -> Walls {
        let from = civil::seconds(from).max(self.start);
        let to = self.until.map_or(civil::seconds(to), |until| until.min(civil::seconds(to)));
        if to < from {
            return Walls::default();
        }
        let mut walk = Walk::new(self, (from, to), STEPS.min(budget.0));
        // Whoever stops early has said in `walk` why.
        let _stopped = match self.frequency {
            Frequency::Yearly | Frequency::Monthly | Frequency::Weekly => period::follow(self, &mut walk),
            Frequency::Daily => clock::follow(self, civil::DAY, &mut walk),
            Frequency::Hourly => clock::follow(self, civil::HOUR, &mut walk),
            Frequency::Minutely => clock::follow(self, civil::MINUTE, &mut walk),
            Frequency::Secondly => clock::follow(self, 1, &mut walk),
        };
        budget.0 = budget.0.saturating_sub(walk.spent());
        walk.walls
    }

    /// The seconds after the begin of a period, or of a day in it, at which it has instances. None when they cost too much.
    fn times(&self, walk: &mut Walk) -> Option<Vec<i64>> {
        let (hours, minutes, seconds) = (self.by.hours, self.by.minutes, self.by.seconds);
        let (hours, minutes, seconds) = match self.frequency {
            Frequency::Yearly | Frequency::Monthly | Frequency::Weekly | Frequency::Daily => (hours, minutes, seconds),
            Frequency::Hourly => (1, minutes, seconds),
            Frequency::Minutely => (1, 1, seconds),
            Frequency::Secondly => (1, 1, 1),
        };
        let total =
            [hours, minutes, seconds].iter().try_fold(1, |total: usize, set| total.checked_mul(usize::try_from(set.count_ones()).ok()?));
        walk.spend(total?)?;
        let mut times = Vec::with_capacity(total?);
        for hour in civil::bits(hours) {
            for minute in civil::bits(minutes) {
                times.extend(civil::bits(seconds).map(|second| hour * civil::HOUR + minute * civil::MINUTE + second));
            }
        }
        Some(times)
    }

    /// What a look at a period costs beyond its instances: nothing, unless the rule is a very long list, or one of weeks,
    /// each of which is looked at day by day.
    fn price(&self) -> usize {
        let weeks = self.by.weeks.front.count_ones() + self.by.weeks.back.count_ones();
        (self.by.year_days.len() + self.by.numbered.len() + self.by.positions.len()) / 4 + usize::try_from(weeks).unwrap_or(0)
    }

    /// The places of a period's set of `size` that BYSETPOS keeps, in order; only for a rule that has one.
    fn places(&self, size: usize) -> Vec<usize> {
        let place = |position: &i16| {
            let distance = usize::from(position.unsigned_abs());
            if *position > 0 { distance.checked_sub(1).filter(|place| *place < size) } else { size.checked_sub(distance) }
        };
        let mut places: Vec<usize> = self.by.positions.iter().filter_map(place).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}
