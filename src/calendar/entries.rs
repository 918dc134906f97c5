//! Blocks become entries: every time zone of the file is known before its first event is read, and events that were
//! passed over come back when another one shares their UID.

use std::collections::{HashMap, HashSet};

use super::blocks::{self, Block, Blocks};
use super::bytes::Text;
use super::component;
use super::event::{Entry, Reader};
use super::problem::Problems;
use super::sketch::{Passed, Skipped, fingerprint};
use super::zones::{Place, Zones};

/// The events in `blocks`, in the order of the file.
pub(super) fn entries(text: &Text<'_>, blocks: Blocks<'_>, zones: &mut Zones, problems: &mut Problems) -> Vec<Entry> {
    let Blocks { calendars, zones: defined, events, passed, .. } = blocks;
    for zone in defined {
        let number = zone.calendar;
        zones.define(component::component(zone, problems), number);
    }
    let mut homes = HashMap::new();
    for calendar in calendars {
        let number = calendar.calendar;
        let component = component::component(calendar, problems);
        zones.enter(number);
        homes.insert(number, zones.home(&component));
    }
    let mut gathering = Gathering { zones, homes, entries: Vec::with_capacity(events.len()), problems };
    let mut uses = first_uses(&passed).into_iter().peekable();
    for event in events {
        while let Some((line, name)) = uses.next_if(|(line, _)| *line < event.line) {
            gathering.zones.place(name, line);
        }
        let calendar = event.calendar;
        gathering.read(event, calendar);
    }
    for (line, name) in uses {
        gathering.zones.place(name, line);
    }
    for skipped in sharing(&passed.events, &gathering.entries) {
        if let Some(event) = blocks::event(text, &skipped) {
            gathering.read(event, skipped.calendar);
        }
    }
    gathering.finish()
}

/// Entries as they are read.
struct Gathering<'p> {
    /// The zones of the file.
    zones: &'p mut Zones,
    /// Where the floating times of each calendar belong, if it says so.
    homes: HashMap<usize, Place>,
    /// What is read.
    entries: Vec<Entry>,
    /// What is odd.
    problems: &'p mut Problems,
}

impl Gathering<'_> {
    /// Reads one event of the calendar with this number.
    fn read(&mut self, event: Block<'_>, calendar: usize) {
        let component = component::component(event, self.problems);
        let floating = self.homes.get(&calendar).cloned().unwrap_or(Place::Floating);
        self.zones.enter(calendar);
        let mut reader = Reader { zones: self.zones, floating, problems: self.problems };
        self.entries.extend(reader.entry(&component));
    }

    /// The entries in the order of the file.
    fn finish(mut self) -> Vec<Entry> {
        self.entries.sort_by_key(|entry| entry.line);
        self.entries
    }
}

/// The zones that passed-over events name, by the line of their first use.
fn first_uses<'a>(passed: &Passed<'a>) -> Vec<(usize, &'a str)> {
    let named = passed.zones.iter().filter_map(|(name, line)| Some((*line, std::str::from_utf8(name).ok()?)));
    let mut uses: Vec<(usize, &str)> = named.collect();
    uses.sort_unstable();
    uses
}

/// Those of `skipped` whose UID another event has too: which of them count can only be said of all of them together.
fn sharing(skipped: &[Skipped], entries: &[Entry]) -> Vec<Skipped> {
    let mut seen: HashSet<u64> = HashSet::with_capacity(skipped.len());
    let mut shared: HashSet<u64> = entries.iter().map(|entry| fingerprint(entry.event.uid.as_bytes())).collect();
    shared.extend(skipped.iter().map(|event| event.uid).filter(|uid| !seen.insert(*uid)));
    skipped.iter().filter(|event| shared.contains(&event.uid)).copied().collect()
}
