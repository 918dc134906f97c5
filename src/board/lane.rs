//! One engineer's two weeks: drawn, and the same as rows. Says that they are away and until when, nothing more.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::drawing::{Colours, Drawn, Week, week};
use super::line::{gap, when};
use super::sight::{Named, Sight};
use super::tag::Tag;
use crate::availability::Availability;
use crate::explain::words::hours;
use crate::people::Engineer;
use crate::plan::Case;
use crate::plan::explain::AskedFor;
use crate::window::{Window, Windows};

/// One thing in somebody's two weeks.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    /// `away`, `deadline` or `task`.
    kind: &'static str,
    /// When, on the team's clock.
    when: String,
    /// The same for programs; the end is none where it is an instant, or beyond sight.
    from: String,
    /// See above.
    until: Option<String>,
    /// Which task.
    task: Option<Named>,
    /// Whose it is.
    account: Option<Named>,
    /// More of it in words.
    note: String,
    /// How it stands.
    tag: Option<Tag>,
}

/// One engineer.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Lane {
    /// The id.
    id: String,
    /// Their page.
    engineer: Named,
    /// Their zone.
    zone: String,
    /// Their weekly hours there.
    hours: String,
    /// `in`, `off` or `away`.
    state: &'static str,
    /// The same with until when.
    presence: String,
    /// When they are there, for programs.
    there: Vec<(String, String)>,
    /// The weeks, drawn.
    weeks: Vec<Week>,
    /// What happens in them.
    rows: Vec<Row>,
}

/// What is known of somebody's two weeks.
struct Weeks<'a> {
    /// When they are there.
    there: Windows,
    /// When they would be, but are away.
    away: Windows,
    /// Their accounts' tasks.
    tasks: &'a [&'a Case],
    /// What they are to write.
    asked: Vec<(Timestamp, &'a Case)>,
}

/// One engineer, with `tasks` as those of their accounts in the two weeks; none of one whose hours are not in sight.
pub(super) fn lane(sight: &Sight<'_>, engineer: &Engineer, tasks: &[&Case]) -> Option<Lane> {
    let ground = sight.ground();
    let availability = ground.desk.scene().availability.get(&engineer.id)?;
    let frame = sight.span.window()?;
    let of_asked = |asked: &AskedFor| Some((asked.deadline?, ground.desk.case(&asked.task)?));
    let asked = sight.asked.get(&engineer.id).into_iter().flatten();
    let mut asked: Vec<(Timestamp, &Case)> = asked.filter_map(of_asked).collect();
    asked.retain(|(at, case)| frame.contains(*at) && sight.concerns(case));
    let there = availability.free().within(frame);
    let weeks = Weeks { away: availability.work().within(frame).minus(&there), there, tasks, asked };
    let (state, presence) = presence(sight, availability);
    Some(Lane {
        id: engineer.id.to_string(),
        engineer: sight.engineer(&engineer.id)?,
        zone: engineer.zone.name().to_owned(),
        hours: hours(&engineer.hours),
        state,
        presence,
        there: weeks.there.iter().map(|window| (window.start().to_string(), window.end().to_string())).collect(),
        weeks: weeks.draw(sight),
        rows: weeks.rows(sight, availability),
    })
}

/// Whether somebody is there at this moment, and until when; never why not.
pub(super) fn presence(sight: &Sight<'_>, availability: &Availability) -> (&'static str, String) {
    let (now, span) = (sight.span.now, &sight.span);
    if let Some(there) = availability.free().containing(now) {
        return ("in", format!("in until {}", span.clock(there.end())));
    }
    let missed = sight.ground().rules().min_missed;
    let away =
        availability.work().contains(now) || availability.spells().iter().any(|spell| spell.touches(now, now) && spell.is_leave(missed));
    let state = if away { "away" } else { "off" };
    let until =
        availability.next_free(now).map_or_else(|| "for as long as can be seen".to_owned(), |at| format!("until {}", span.clock(at)));
    (state, format!("{state} {until}"))
}

impl<'a> Weeks<'a> {
    /// The weeks as drawings.
    fn draw(&self, sight: &Sight<'_>) -> Vec<Week> {
        let drawn = |case: &&'a Case| Drawn {
            watch: case.watch,
            parts: case.uncovered.then_some(&case.parts),
            sign: sight.tag(case).sign,
            risk: sight.danger(case).is_some(),
        };
        let tasks: Vec<Drawn<'_>> = self.tasks.iter().map(drawn).collect();
        let deadlines: Vec<Timestamp> = self.asked.iter().map(|(at, _)| *at).collect();
        let colours = Colours { there: &self.there, away: &self.away, tasks: &tasks, deadlines: &deadlines, now: sight.span.now };
        sight.span.weeks().filter_map(|days| week(days, &colours)).collect()
    }

    /// The same in rows, by time.
    fn rows(&self, sight: &Sight<'_>, availability: &Availability) -> Vec<Row> {
        let mut rows = self.away(sight, availability);
        rows.extend(self.asked.iter().map(|(at, case)| {
            let row = Row {
                kind: "deadline",
                when: format!("by {}", sight.span.clock(*at)),
                from: at.to_string(),
                until: None,
                task: Some(sight.task(case)),
                account: None,
                note: "last working moment to write for it".to_owned(),
                tag: Some(sight.tag(case)),
            };
            (*at, row)
        }));
        rows.extend(self.tasks.iter().map(|case| {
            let row = Row {
                kind: "task",
                when: when(sight, case),
                from: case.start().to_string(),
                until: Some(case.task.window.end().to_string()),
                task: Some(sight.task(case)),
                account: case.account.as_ref().map(|account| sight.account(account)),
                note: gap(sight, case),
                tag: Some(sight.tag(case)),
            };
            (case.start(), row)
        }));
        rows.sort_by_key(|(at, row)| (*at, row.kind));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// When they are away: leaves whole, and the hours missed beside them.
    fn away(&self, sight: &Sight<'_>, availability: &Availability) -> Vec<(Timestamp, Row)> {
        let (Some(frame), missed) = (sight.span.window(), sight.ground().rules().min_missed) else { return Vec::new() };
        let leave = |spell: &&crate::availability::Spell| spell.is_leave(missed) && spell.touches(frame.start(), frame.end());
        let spells = availability.spells().iter().filter(leave);
        let leaves: Vec<(Timestamp, Option<Timestamp>)> = spells.map(|spell| (spell.start, spell.end)).collect();
        let held = leaves.iter().filter_map(|(from, until)| Window::new(*from, until.unwrap_or(Timestamp::MAX)));
        let rest = self.away.minus(&held.collect());
        let mut rows: Vec<(Timestamp, Row)> = leaves.into_iter().map(|(from, until)| (from, absence(sight, from, until))).collect();
        rows.extend(rest.iter().map(|window| (window.start(), absence(sight, window.start(), Some(window.end())))));
        rows
    }
}

/// A time without somebody.
fn absence(sight: &Sight<'_>, from: Timestamp, until: Option<Timestamp>) -> Row {
    let span = &sight.span;
    let begun = from <= span.now;
    let when = match (until, until.and_then(|until| Window::new(from, until))) {
        (Some(until), _) if begun && until > span.now => format!("until {}", span.clock(until)),
        (Some(_), Some(window)) => span.stretch(window),
        (Some(_) | None, _) => format!("from {}", span.clock(from)),
    };
    let beyond = until.is_none_or(|until| until.duration_since(span.now) > SignedDuration::from_hours(24 * 365));
    let note = if beyond { "away, for as long as can be seen" } else { "away" }.to_owned();
    Row { kind: "away", when, from: from.to_string(), until: until.map(|at| at.to_string()), task: None, account: None, note, tag: None }
}
