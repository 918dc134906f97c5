//! Who is on call when: every event of an on-call feed, one shift for each person it names.
//! A shift is no working time and covers nobody's account.

use super::matching::People;
use super::measure::{ENTRIES, TOO_MANY};
use super::{Agenda, Purpose, Reading, Sheet, Shift};
use crate::calendar::{Event, Occurrence, Party, Status};
use crate::people::EngineerId;
use crate::window::Window;

/// Reads the shifts of one feed into `agenda`, in the order of its occurrences.
pub(super) fn read(sheet: &Sheet, people: &People, reading: &Reading, agenda: &mut Agenda) {
    if !sheet.role.reads.contains(&Purpose::OnCall) {
        return;
    }
    let held = sheet.occurrences.iter().filter(|occurrence| occurrence.event.status != Status::Cancelled);
    let mut held = held.flat_map(|occurrence| shifts(sheet, occurrence, people, reading));
    agenda.shifts.extend(held.by_ref().take(ENTRIES));
    agenda.cut.extend(held.next().map(|_| TOO_MANY));
}

/// The shifts that an occurrence is; none when it has no length.
fn shifts(sheet: &Sheet, occurrence: &Occurrence, people: &People, reading: &Reading) -> Vec<Shift> {
    let (start, end) = occurrence.when.placed(sheet.role.zone.as_ref().unwrap_or(&reading.zone));
    let Some(window) = Window::new(start, end) else { return Vec::new() };
    let shift = |(engineer, name)| Shift { engineer, name, window, feed: sheet.role.name.clone() };
    on_call(&occurrence.event, people).into_iter().map(shift).collect()
}

/// Who is on call: the attendees: the attendees, unless none of them is known and the title names somebody who is. A name is shown before
/// an address: the attendee's own, the engineer's, the title's.
fn on_call(event: &Event, people: &People) -> Vec<(Option<EngineerId>, String)> {
    let taking: Vec<&Party> = event.attendees.iter().filter(|party| !party.declined).collect();
    let titled = name_in(&event.summary).filter(|_| taking.len() == 1);
    let attendee = |party: &&Party| {
        let known = people.party(party);
        let name = name_of(party).or_else(|| known.map(|engineer| engineer.name.as_str())).or(titled).or_else(|| address_of(party))?;
        Some((known.map(|engineer| engineer.id.clone()), name.to_owned()))
    };
    let attendees: Vec<_> = taking.iter().filter_map(attendee).collect();
    if attendees.iter().any(|(engineer, _)| engineer.is_some()) {
        return attendees;
    }
    let name = name_in(&event.summary).unwrap_or(event.summary.trim());
    let named = people.named(name);
    if named.is_empty() {
        return if attendees.is_empty() { vec![(None, name.to_owned())] } else { attendees };
    }
    named.iter().map(|engineer| (Some(engineer.id.clone()), engineer.name.clone())).collect()
}

/// What an attendee is called; some systems write the address as the name as well.
fn name_of(party: &Party) -> Option<&str> {
    party.name.as_deref().map(str::trim).filter(|name| !name.is_empty() && !name.contains('@'))
}

/// Where an attendee is reached, when nothing better is known of them.
fn address_of(party: &Party) -> Option<&str> {
    let texts = [party.email.as_deref(), party.name.as_deref()];
    texts.into_iter().flatten().map(str::trim).find(|text| !text.is_empty())
}

/// The part of a shift's title that names the person, where the title holds more: `On Call - Name - Schedule` (PagerDuty)
/// and `Rotation L1: name` (Grafana `OnCall`).
fn name_in(title: &str) -> Option<&str> {
    let title = title.trim();
    let mut parts = title.splitn(3, " - ").map(str::trim);
    if let (Some(head), Some(name)) = (parts.next(), parts.next())
        && ["on call", "on-call", "oncall"].iter().any(|word| head.eq_ignore_ascii_case(word))
    {
        return Some(name).filter(|name| !name.is_empty());
    }
    title.rsplit_once(": ").map(|(_, name)| name.trim()).filter(|name| !name.is_empty())
}
