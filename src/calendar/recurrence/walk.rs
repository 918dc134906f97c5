//! One walk of a rule through a stretch: what was found, what may still be counted and spent.
//! Decides when to stop, and never what comes next.

use jiff::civil::Date;

use super::{Rule, Walls, civil};

/// A walk under way. `None` from any step means that nothing more is to be found here.
pub(super) struct Walk {
    /// What was found.
    pub(super) walls: Walls,
    /// The first second of the stretch, not before DTSTART.
    pub(super) from: i64,
    /// The last second of the stretch, not after UNTIL.
    pub(super) to: i64,
    /// DTSTART.
    start: i64,
    /// How many instances COUNT still allows.
    count: u64,
    /// What the walk may cost.
    allowed: usize,
    /// What it may still cost.
    left: usize,
    /// The day that was found last, and its date.
    last: (i64, Date),
}

impl Walk {
    /// A walk of `rule` from one second to another that may cost `allowed`.
    pub(super) fn new(rule: &Rule, (from, to): (i64, i64), allowed: usize) -> Self {
        let (start, count) = (rule.start, rule.count.map_or(u64::MAX, u64::from));
        Self { walls: Walls::default(), from, to, start, count, allowed, left: allowed, last: (0, Date::constant(1970, 1, 1)) }
    }

    /// What it has cost.
    pub(super) fn spent(&self) -> usize {
        self.allowed - self.left
    }

    /// Pays for work; when that is too much, the walk is cut.
    pub(super) fn spend(&mut self, work: usize) -> Option<()> {
        let left = self.left.checked_sub(work);
        self.walls.cut |= left.is_none();
        self.left = left.unwrap_or(0);
        left.map(|_| ())
    }

    /// Numbers `instances` that lie before the stretch.
    pub(super) fn pass(&mut self, instances: u64) -> Option<()> {
        self.count = self.count.saturating_sub(instances);
        (self.count > 0).then_some(())
    }

    /// Takes the next instance, which is no earlier than the one before it.
    pub(super) fn take(&mut self, at: i64) -> Option<()> {
        if at > self.to || self.count == 0 {
            return None;
        }
        self.spend(1)?;
        if at < self.start {
            return Some(());
        }
        if at >= self.from {
            let day = at.div_euclid(civil::DAY);
            if self.last.0 != day {
                self.last = (day, civil::jiff_date(day)?);
            }
            self.walls.found.push(civil::jiff_wall(self.last.1, at.rem_euclid(civil::DAY))?);
        }
        self.pass(1)
    }
}
