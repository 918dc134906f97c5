//! What feeds no longer show of people's time: an absence or a shift that was over when it vanished is still true, for
//! feeds roll their past away. One that vanished earlier, was edited or replaced, or lies among older ones was deleted.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::history::KEPT;
use super::{Absence, Agenda, Away, Shift};
use crate::people::{EngineerId, Team};
use crate::window::{Window, Windows};
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

    /// Finds what the new copy does not show any more and still holds. Looks at each entry once: there may be very many.
    fn roll(&mut self, now_shown: &Entries, team: &Team, now: Timestamp) {
        let spans = Spans { zones: team.engineers.values().map(|engineer| (&engineer.id, &engineer.zone)).collect() };
        let before = std::mem::take(&mut self.rolled);
        let taken = Taken::of(now_shown, &spans);
        let (counts_now, counts_before) = (counts(&now_shown.absences), counts(&self.shown.absences));
        let past = Past::seen_at(now, taken.absences.values().filter_map(Windows::first));
        let holds = |absence: &&Absence, was_rolled: bool| {
            let Some(window) = spans.absence(absence).filter(|window| past.holds(*window)) else { return false };
            // The same entry at another time was edited; of a series others are left.
            let of_uid = |counts: &Counts<'_>| counts.get(&(&absence.engineer, absence.uid.as_str())).copied().unwrap_or(0);
            let edited = !was_rolled && of_uid(&counts_now) > 0 && of_uid(&counts_before) < 2;
            !edited && !taken.absences.get(&absence.engineer).is_some_and(|taken| meets(taken, window))
        };
        let absences = before.absences.iter().filter(|absence| holds(absence, true));
        let absences = absences.chain(self.shown.absences.iter().filter(|absence| holds(absence, false)));
        let past = Past::seen_at(now, taken.shifts.first().into_iter());
        let shifts = before.shifts.iter().chain(&self.shown.shifts);
        let shifts = shifts.filter(|shift| past.holds(shift.window) && !meets(&taken.shifts, shift.window));
        self.rolled = Entries { absences: absences.cloned().map(untitled).collect(), shifts: shifts.cloned().collect() };
    }
}

/// How many entries each engineer has under each UID.
type Counts<'a> = HashMap<(&'a EngineerId, &'a str), usize>;

/// Those of these absences.
fn counts(absences: &[Absence]) -> Counts<'_> {
    let mut counts = Counts::new();
    for absence in absences {
        let count = counts.entry((&absence.engineer, &absence.uid)).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

/// The time that a copy shows as taken.
struct Taken<'a> {
    /// By whose absences.
    absences: BTreeMap<&'a EngineerId, Windows>,
    /// By shifts, whosever they are.
    shifts: Windows,
}

impl<'a> Taken<'a> {
    /// By these entries.
    fn of(entries: &'a Entries, spans: &Spans<'_>) -> Self {
        let mut absences: BTreeMap<&EngineerId, Vec<Window>> = BTreeMap::new();
        for (absence, window) in entries.absences.iter().filter_map(|absence| Some((absence, spans.absence(absence)?))) {
            absences.entry(&absence.engineer).or_default().push(window);
        }
        let absences = absences.into_iter().map(|(engineer, windows)| (engineer, windows.into_iter().collect())).collect();
        Self { absences, shifts: entries.shifts.iter().map(|shift| shift.window).collect() }
    }
}

/// Whether `window` shares an instant with `taken`.
fn meets(taken: &Windows, window: Window) -> bool {
    taken.after(window.start()).next().is_some_and(|next| next.start() < window.end())
}

/// What counts as rolled away.
struct Past {
    /// When the copy came.
    now: Timestamp,
    /// What ended earlier is not remembered.
    kept: Timestamp,
    /// When the oldest entry begins that the copy shows: what began later and is missing was deleted.
    oldest: Option<Timestamp>,
}

impl Past {
    /// That of a copy that came at `now` and shows entries which begin with one of these.
    fn seen_at(now: Timestamp, firsts: impl Iterator<Item = Window>) -> Self {
        Self { now, kept: now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN), oldest: firsts.map(Window::start).min() }
    }

    /// Whether what took that time may have been rolled away.
    fn holds(&self, window: Window) -> bool {
        window.end() <= self.now && window.end() >= self.kept && self.oldest.is_none_or(|oldest| window.start() < oldest)
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
    fn absence(&self, absence: &Absence) -> Option<Window> {
        let zone = self.zones.get(&absence.engineer)?;
        match absence.away {
            Away::Dates { first, until } => Window::new(zone.midnight(first), zone.midnight(until)),
            Away::Stretch(window) => Some(window),
        }
    }
}
