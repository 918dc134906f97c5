//! Who is away when: leave in personal calendars, in a team's calendar and in leave systems, and public holidays.
//! Meetings are never leave, and whether an event blocks time (TRANSP) says nothing about it. What stands in somebody's own
//! calendar and is no leave is a meeting.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};

use super::busy;
use super::matching::People;
use super::measure::{ENTRIES, TOO_MANY};
use super::{Absence, Agenda, Away, Cause, FeedRole, Purpose, Reading, Sheet};
use crate::calendar::{Event, Occurrence, Status, When};
use crate::people::{Engineer, EngineerId};
use crate::window::Window;
use crate::zone::Zone;

/// What is being noted of one feed.
struct Notes<'a> {
    /// Where.
    agenda: &'a mut Agenda,
    /// How many absences were noted.
    noted: usize,
}

/// Reads the absences and holidays of one feed into `agenda`, and what matches nobody.
pub(super) fn read(sheet: &Sheet, people: &People, reading: &Reading, agenda: &mut Agenda) {
    let notes = &mut Notes { agenda, noted: 0 };
    if sheet.role.reads.contains(&Purpose::Holidays) {
        holidays(sheet, people, reading, notes);
    }
    if !sheet.role.reads.contains(&Purpose::Absences) {
        return;
    }
    let owners: Vec<_> = people.all().iter().copied().filter(|engineer| engineer.feeds.contains(&sheet.role.name)).collect();
    if owners.is_empty() {
        team(sheet, people, reading, notes);
    } else {
        personal(sheet, &owners, people, reading, notes);
    }
}

/// Public holidays, for the engineers who named the feed.
fn holidays(sheet: &Sheet, people: &People, reading: &Reading, notes: &mut Notes<'_>) {
    let name = &sheet.role.name;
    let takers: Vec<_> = people.all().iter().filter(|engineer| engineer.holidays.contains(name)).collect();
    for occurrence in sheet.occurrences {
        let event = &occurrence.event;
        let observance = reading.not_away.iter().any(|pattern| pattern.is_match(&event.summary) || pattern.is_match(&event.description));
        if observance || !stands(event, reading) {
            continue;
        }
        let Some(away) = literal(occurrence.when) else { continue };
        for engineer in &takers {
            note(notes, engineer, Cause::Holiday, away, sheet.role, occurrence, &event.summary);
        }
    }
}

/// Leave in a calendar that is its owners' own.
fn personal(sheet: &Sheet, owners: &[&Engineer], people: &People, reading: &Reading, notes: &mut Notes<'_>) {
    let mut meetings: BTreeMap<&EngineerId, Vec<Window>> = BTreeMap::new();
    for occurrence in sheet.occurrences {
        let event = &occurrence.event;
        let marked = event.out_of_office || sheet.role.every_event_is_absence;
        if !stands(event, reading) || !(marked || speaks_of_leave(event, reading)) {
            for owner in owners {
                meetings.entry(&owner.id).or_default().extend(busy::meeting(owner, occurrence, people));
            }
            continue;
        }
        let named = if marked { Vec::new() } else { people.named(&event.summary) };
        let another = |owner: &Engineer| named.iter().any(|one| one.id != owner.id) || people.organised_by_another(owner, event);
        let theirs: Vec<_> = owners.iter().filter(|owner| marked || !another(owner)).collect();
        let title = if theirs.len() == 1 { event.summary.as_str() } else { "" };
        for owner in theirs {
            if !people.declined(owner, event) {
                leave(notes, owner, sheet.role, occurrence, title);
            }
        }
    }
    let busy = meetings.into_iter().map(|(owner, meetings)| (owner.clone(), Arc::new(meetings.into_iter().collect())));
    notes.agenda.busy.extend(busy.filter(|(_, busy): &(_, Arc<busy::Busy>)| !busy.is_empty()));
}

/// Leave in a team's feed, for whom each entry is about.
fn team(sheet: &Sheet, people: &People, reading: &Reading, notes: &mut Notes<'_>) {
    let mut unmatched = BTreeSet::new();
    for occurrence in sheet.occurrences {
        let event = &occurrence.event;
        let by_title = if sheet.role.every_event_is_absence { !denied(event, reading) } else { speaks_of_leave(event, reading) };
        if !stands(event, reading) || !(event.out_of_office || by_title) {
            continue;
        }
        let subjects = people.subjects(event);
        if subjects.is_empty() {
            unmatched.insert(event.summary.trim());
        }
        let title = if people.is_of_one(&subjects, event) { event.summary.as_str() } else { "" };
        for engineer in subjects {
            if !people.declined(engineer, event) {
                leave(notes, engineer, sheet.role, occurrence, title);
            }
        }
    }
    notes.agenda.unmatched.extend(unmatched.into_iter().map(|title| (sheet.role.name.clone(), title.to_owned())));
}

/// Whether the status of `event` lets it count. A mark for out of office is a decision that a tentative status does
/// not take back.
fn stands(event: &Event, reading: &Reading) -> bool {
    match event.status {
        Status::Confirmed => true,
        Status::Tentative => reading.tentative || event.out_of_office,
        Status::Cancelled => false,
    }
}

/// Whether the title means leave.
fn speaks_of_leave(event: &Event, reading: &Reading) -> bool {
    reading.away.iter().any(|pattern| pattern.is_match(&event.summary)) && !denied(event, reading)
}

/// Whether the title says that it is no leave.
fn denied(event: &Event, reading: &Reading) -> bool {
    reading.not_away.iter().any(|pattern| pattern.is_match(&event.summary))
}

/// Notes leave of `engineer`, unless it has no length. `title` is what they may read of it: nothing where the entry may be
/// somebody else's, for then it may say why that one is away.
fn leave(notes: &mut Notes<'_>, engineer: &Engineer, role: &FeedRole, occurrence: &Occurrence, title: &str) {
    let reads_local = role.every_event_is_absence && !role.literal_times;
    let local = if reads_local { meant_locally(occurrence.when, &engineer.zone) } else { None };
    if let Some(away) = local.or_else(|| literal(occurrence.when)) {
        note(notes, engineer, Cause::Leave, away, role, occurrence, title);
    }
}

/// Notes an absence.
fn note(notes: &mut Notes<'_>, engineer: &Engineer, cause: Cause, away: Away, role: &FeedRole, occurrence: &Occurrence, title: &str) {
    if notes.noted == ENTRIES {
        notes.agenda.cut.insert(TOO_MANY);
        return;
    }
    notes.noted += 1;
    let (feed, uid, title) = (role.name.clone(), occurrence.event.uid.clone(), title.trim().to_owned());
    let absence = Absence { engineer: engineer.id.clone(), away, cause, title, feed, uid };
    notes.agenda.absences.entry(engineer.id.clone()).or_default().push(absence);
}

/// `when` as it stands; nothing when it has no length.
fn literal(when: When) -> Option<Away> {
    match when {
        When::AllDay { first, until } => (first < until).then_some(Away::Dates { first, until }),
        When::Timed { start, end } => Window::new(start, end).map(Away::Stretch),
    }
}

/// What a leave system means by times in UTC that are really somebody's local ones: days from midnight (or a minute
/// past) to midnight (or a minute before), and halves of a working day, which are 09–13, 13–17 and 09–17.
fn meant_locally(when: When, zone: &Zone) -> Option<Away> {
    let When::Timed { start, end } = when else { return None };
    if start >= end {
        return None;
    }
    let (start, end) = (Zone::utc().local(start), Zone::utc().local(end));
    whole_days(start, end).or_else(|| half_days(start, end, zone))
}

/// The dates from `start` to `end`, when both are the ends of days.
fn whole_days(start: DateTime, end: DateTime) -> Option<Away> {
    let opens = start.hour() == 0 && start.minute() <= 1;
    let first = start.date();
    let until = match (end.hour(), end.minute()) {
        (0, 0) => end.date(),
        (23, 59) => end.date().tomorrow().unwrap_or(Date::MAX),
        _ => return None,
    };
    (opens && first < until).then_some(Away::Dates { first, until })
}

/// The same wall times in `zone`, when both are ends of half a working day.
fn half_days(start: DateTime, end: DateTime, zone: &Zone) -> Option<Away> {
    let full = |time: Time, hours: [i8; 2]| hours.contains(&time.hour()) && time.minute() == 0 && time.second() == 0;
    let halves = full(start.time(), [9, 13]) && full(end.time(), [13, 17]);
    if !halves {
        return None;
    }
    Window::new(zone.first(start), zone.last(end)).map(Away::Stretch)
}
