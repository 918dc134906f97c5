//! Who is on call when: every event of an on-call feed, one shift for each person it names.
//! A shift is no working time and covers nobody's account.

use super::matching::People;
use super::{Purpose, Reading, Sheet, Shift};
use crate::calendar::{Event, Occurrence, Party, Status};
use crate::people::EngineerId;
use crate::window::Window;

/// Reads the shifts of one feed, in the order of its occurrences.
pub(super) fn read(sheet: &Sheet, people: &People, reading: &Reading) -> Vec<Shift> {
    if !sheet.role.reads.contains(&Purpose::OnCall) {
        return Vec::new();
    }
    let held = sheet.occurrences.iter().filter(|occurrence| occurrence.event.status != Status::Cancelled);
    held.flat_map(|occurrence| shifts(sheet, occurrence, people, reading)).collect()
}

/// The shifts that an occurrence is; none when it has no length.
fn shifts(sheet: &Sheet, occurrence: &Occurrence, people: &People, reading: &Reading) -> Vec<Shift> {
    let (start, end) = occurrence.when.placed(sheet.role.zone.as_ref().unwrap_or(&reading.zone));
    let Some(window) = Window::new(start, end) else { return Vec::new() };
    let shift = |(engineer, name)| Shift { engineer, name, window, feed: sheet.role.name.clone() };
    on_call(&occurrence.event, people).into_iter().map(shift).collect()
}

/// Who is on call: the attendees, unless none of them is known and the title names somebody who is.
fn on_call(event: &Event, people: &People) -> Vec<(Option<EngineerId>, String)> {
    let taking = event.attendees.iter().filter(|party| !party.declined);
    let attendees: Vec<_> = taking.filter_map(|party| Some((people.party(party).map(|found| found.id.clone()), shown(party)?))).collect();
    if attendees.iter().any(|(engineer, _)| engineer.is_some()) {
        return attendees;
    }
    let name = person_in(&event.summary);
    let named = people.named(name);
    match named.as_slice() {
        [] if attendees.is_empty() => vec![(None, name.to_owned())],
        [] => attendees,
        [engineer] => vec![(Some(engineer.id.clone()), name.to_owned())],
        several => several.iter().map(|engineer| (Some(engineer.id.clone()), engineer.name.clone())).collect(),
    }
}

/// What to call an attendee.
fn shown(party: &Party) -> Option<String> {
    let texts = [party.name.as_deref(), party.email.as_deref()];
    texts.into_iter().flatten().map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

/// The part of a shift's title that names the person: `On Call - Name - Schedule` (PagerDuty) and
/// `Rotation L1: name` (Grafana `OnCall`) hold more; any other title is taken whole.
fn person_in(title: &str) -> &str {
    let title = title.trim();
    let mut parts = title.splitn(3, " - ").map(str::trim);
    if let (Some(head), Some(name)) = (parts.next(), parts.next())
        && ["on call", "on-call", "oncall"].iter().any(|word| head.eq_ignore_ascii_case(word))
    {
        return name;
    }
    title.rsplit_once(": ").map_or(title, |(_, name)| name.trim())
}
