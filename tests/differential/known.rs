//! Where the other engine is known to differ from RFC 5545, and what is right there. An entry looks at the event, never at
//! a seed, and puts the other's answer right, so that ours is still compared in full.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Row;
use crate::draw::Scene;
use crate::event::{Event, Form, Length, Override};

/// What the other engine says of an event.
pub(crate) struct Told<'a> {
    /// Who looks.
    pub(crate) scene: &'a Scene,
    /// The event.
    pub(crate) event: &'a Event,
    /// Its occurrences.
    pub(crate) rows: &'a [Row],
    /// Those of the same series without exceptions, if that was asked.
    pub(crate) bare: &'a [Row],
}

/// A known disagreement in which we are right.
pub(crate) struct Known {
    /// Its name, with the section that decides.
    pub(crate) name: &'static str,
    /// Which events it may concern.
    pub(crate) concerns: fn(&Event) -> bool,
    /// The other's answer put right.
    pub(crate) right: fn(&Told<'_>) -> Vec<Row>,
}

/// All that are known, in the order in which they are put right.
pub(crate) const KNOWN: [Known; 7] = [
    Known {
        name: "DTEND is an exact duration for every instance, not one of the clock on the wall (3.8.5.3)",
        concerns: |event| lengths(event).any(|length| matches!(length, Length::Until(..))),
        right: |told| ended(told, |length| matches!(length, Length::Until(..))),
    },
    Known {
        name: "hours of a DURATION are exact, also over a change of the clock (3.3.6)",
        concerns: |event| lengths(event).any(|length| matches!(length, Length::For(_, 1..))),
        right: |told| ended(told, |length| matches!(length, Length::For(_, 1..))),
    },
    Known {
        name: "a start in the gap indicates the time after it, and days are counted from there (3.3.5)",
        concerns: |event| lengths(event).any(|length| matches!(length, Length::For(1.., 0))),
        right: |told| ended(told, |length| matches!(length, Length::For(1.., 0))),
    },
    Known {
        name: "two local times that a gap makes one instant are one instance (3.3.5, 3.8.5.3)",
        concerns: |event| matches!(event.form, Form::Local(_) | Form::Floating) && (event.rule.is_some() || !event.extra.is_empty()),
        right: |Told { event, rows, .. }| {
            let mut seen = BTreeSet::new();
            rows.iter().filter(|row| row.summary != event.uid || seen.insert(&row.start)).cloned().collect()
        },
    },
    Known {
        name: "an EXDATE that is a date takes the overrides of that day's instances too (3.8.5.1)",
        concerns: |event| event.form != Form::Date && event.gone.iter().any(|(form, _)| *form == Form::Date),
        right: |Told { scene, event, rows, .. }| {
            let dates = dates_gone(event);
            let local = |one: &Override| one.id_form.instant(one.id, scene.reader).to_zoned(event.form.zone(scene.reader)).date();
            let gone = |row: &Row| replaced(event, row).is_some_and(|one| dates.contains(&local(one)));
            rows.iter().filter(|row| !gone(row)).cloned().collect()
        },
    },
    Known {
        name: "the end of a period is that of its own instant, not of another that reads the same elsewhere (3.8.5.2)",
        concerns: |event| !event.periods.is_empty(),
        right: |told| ended(told, |_| true),
    },
    Known {
        name: "exceptions go by the instant, or by the date where the series starts, not by other readings (3.8.4.4, 3.8.5.1)",
        concerns: |event| event.bare().is_some(),
        right: excepted,
    },
];

/// How long the parts of an event last.
fn lengths(event: &Event) -> impl Iterator<Item = Length> {
    let overrides = event.overrides.iter().map(|one| one.length);
    let periods = event.periods.iter().map(|period| period.length);
    std::iter::once(event.length).chain(overrides).chain(periods)
}

/// The override that a row tells of.
fn replaced<'a>(event: &'a Event, row: &Row) -> Option<&'a Override> {
    row.summary.rsplit_once(" override ").map(|(_, number)| &event.overrides[number.parse::<usize>().unwrap()])
}

/// The dates that are excepted as a whole.
fn dates_gone(event: &Event) -> BTreeSet<Date> {
    event.gone.iter().filter(|(form, _)| *form == Form::Date).map(|(_, wall)| wall.date()).collect()
}

/// The series without exceptions, to which they are applied here: each by its instant.
fn excepted(Told { scene, event, bare, .. }: &Told<'_>) -> Vec<Row> {
    let instant = |form: Form, wall| form.instant(wall, scene.reader);
    let gone: BTreeSet<Timestamp> =
        event.gone.iter().filter(|(form, _)| *form != Form::Date).map(|(form, wall)| instant(*form, *wall)).collect();
    let dates = dates_gone(event);
    // Of several overrides of one instance the highest SEQUENCE counts.
    let mut latest: BTreeMap<Timestamp, (usize, &Override)> = BTreeMap::new();
    for (number, one) in event.overrides.iter().enumerate() {
        let place = latest.entry(instant(one.id_form, one.id)).or_insert((number, one));
        if one.sequence > place.1.sequence {
            *place = (number, one);
        }
    }
    let is_gone = |at: &Timestamp| gone.contains(at) || dates.contains(&at.to_zoned(event.form.zone(scene.reader)).date());
    let stays = |row: &&Row| {
        let start: Timestamp = row.start.parse().unwrap();
        !is_gone(&start) && !latest.contains_key(&start)
    };
    let mut rows: Vec<Row> = bare.iter().filter(stays).map(|row| Row { summary: event.uid.clone(), ..row.clone() }).collect();
    for (number, one) in latest.iter().filter(|(id, _)| !is_gone(id)).map(|(_, one)| *one) {
        let start = instant(one.form, one.start);
        let end = one.length.end((one.form, one.start), start, scene.reader).unwrap();
        let status = if one.cancelled { "CANCELLED" } else { "CONFIRMED" }.to_owned();
        rows.push(Row {
            start: written(start),
            end: written(end),
            all_day: false,
            status,
            summary: format!("{} override {number}", event.uid),
        });
    }
    rows
}

/// The rows with their ends worked out anew, where the length of what they tell of is `meant`.
fn ended(Told { scene, event, rows, .. }: &Told<'_>, meant: fn(Length) -> bool) -> Vec<Row> {
    let end = |row: &Row| {
        let start: Timestamp = row.start.parse().ok().filter(|_| !row.all_day)?;
        let period = event.periods.iter().find(|period| event.form.instant(period.start, scene.reader) == start);
        let (form, base, length) = match (replaced(event, row), period) {
            (Some(one), _) => (one.form, one.start, one.length),
            (None, Some(period)) => (event.form, period.start, period.length),
            (None, None) => (event.form, event.start, event.length),
        };
        length.end((form, base), start, scene.reader).filter(|_| meant(length))
    };
    rows.iter().map(|row| Row { end: end(row).map_or_else(|| row.end.clone(), written), ..row.clone() }).collect()
}

/// An instant as rows have it.
fn written(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
