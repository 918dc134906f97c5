//! What feeds no longer show of people's time: an absence or a shift that was over when it vanished is still true, for
//! feeds roll their past away. One that vanished earlier, was edited or replaced, or lies among older ones was deleted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::history::KEPT;
use super::{Absence, Agenda, Away, Shift};
use crate::people::{EngineerId, Team};
use crate::zone::Zone;

/// What is remembered of one feed that tells of people's time: what it showed last, and what it has rolled away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bygone {
    /// What the copy in force shows.
    shown: Entries,
    /// What it showed once, and what still holds.
    rolled: Entries,
}

/// Absences and shifts. Without titles when stored: nothing more is needed of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Entries {
    /// Who is away when.
    absences: Vec<Absence>,
    /// Who is on call when.
    shifts: Vec<Shift>,
}

impl Bygone {
    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Puts what was rolled away back into `part`, which is what the feed means now, and remembers that. With `fetched`, the
    /// instant of a new copy, what vanished with it is looked at; without, the same copy was only read again.
    pub fn complete(&mut self, part: &mut Agenda, team: &Team, fetched: Option<Timestamp>) {
        let shown = Entries::of(part);
        if let Some(now) = fetched {
            self.roll(&shown, team, now);
        }
        for absence in &self.rolled.absences {
            part.absences.entry(absence.engineer.clone()).or_default().push(absence.clone());
        }
        part.shifts.extend(self.rolled.shifts.iter().cloned());
        self.shown = shown;
    }

    /// Finds what the new copy does not show any more and still holds.
    fn roll(&mut self, now_shown: &Entries, team: &Team, now: Timestamp) {
        let oldest_kept = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let spans = Spans { zones: team.engineers.values().map(|engineer| (&engineer.id, &engineer.zone)).collect() };
        let before = std::mem::take(&mut self.rolled);
        let oldest = now_shown.absences.iter().filter_map(|absence| spans.absence(absence)).map(|(start, _)| start).min();
        let of_uid = |entries: &[Absence], one: &Absence| {
            entries.iter().filter(|other| other.uid == one.uid && other.engineer == one.engineer).count()
        };
        let holds = |absence: &&Absence, was_rolled: bool| {
            let Some((start, end)) = spans.absence(absence) else { return false };
            let over = end <= now && end >= oldest_kept && oldest.is_none_or(|oldest| start < oldest);
            // The same entry at another time was edited; of a series others are left.
            let edited = !was_rolled && of_uid(&now_shown.absences, absence) > 0 && of_uid(&self.shown.absences, absence) < 2;
            let others = || now_shown.absences.iter().filter(|other| other.engineer == absence.engineer);
            let replaced = others().filter_map(|other| spans.absence(other)).any(|(other, until)| other < end && start < until);
            over && !edited && !replaced
        };
        let absences = before.absences.iter().filter(|absence| holds(absence, true));
        let absences = absences.chain(self.shown.absences.iter().filter(|absence| holds(absence, false)));
        let oldest = now_shown.shifts.iter().map(|shift| shift.window.start()).min();
        let shifts = before.shifts.iter().chain(&self.shown.shifts).filter(|shift| {
            let (start, end) = (shift.window.start(), shift.window.end());
            let over = end <= now && end >= oldest_kept && oldest.is_none_or(|oldest| start < oldest);
            over && !now_shown.shifts.iter().any(|other| other.window.overlaps(shift.window))
        });
        self.rolled = Entries { absences: absences.cloned().map(untitled).collect(), shifts: shifts.cloned().collect() };
    }
}

impl Entries {
    /// Those of a feed.
    fn of(part: &Agenda) -> Self {
        let absences = part.absences.values().flatten().cloned().map(untitled).collect();
        Self { absences, shifts: part.shifts.clone() }
    }
}

/// An absence without its title, which is for its owner's eyes as long as the feed shows it.
fn untitled(absence: Absence) -> Absence {
    Absence { title: String::new(), ..absence }
}

/// When absences begin and end.
struct Spans<'a> {
    /// The zones of engineers.
    zones: BTreeMap<&'a EngineerId, &'a Zone>,
}

impl Spans<'_> {
    /// From when until when; none for somebody who is not of the team any more.
    fn absence(&self, absence: &Absence) -> Option<(Timestamp, Timestamp)> {
        let zone = self.zones.get(&absence.engineer)?;
        Some(match absence.away {
            Away::Dates { first, until } => (zone.midnight(first), zone.midnight(until)),
            Away::Stretch(window) => (window.start(), window.end()),
        })
    }
}
