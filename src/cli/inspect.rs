//! `offwatch inspect`: what offwatch sees in a calendar. Owns the form of that answer.
//! Fetches nothing and reads no clock: bytes and `now` are handed in.

use std::io::Write;

use anyhow::Context;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Unit};
use serde::Serialize;

use super::Format;
use crate::calendar::{self, Occurrence, Problem, Standing, Status, When};
use crate::window::Window;
use crate::zone::Zone;

/// Show what offwatch sees in a calendar: its occurrences in a window, and what is odd about it
#[derive(Debug, clap::Args)]
pub(super) struct Inspect {
    /// A file, or an http(s) address
    pub(super) source: String,
    /// First instant, RFC 3339 or a date (its midnight in --zone) [default: now]
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// First instant after the window, likewise [default: 30 days after --from]
    #[arg(long, value_name = "T")]
    to: Option<String>,
    /// Zone of floating times and all-day dates
    #[arg(long, value_name = "TZ", default_value = "UTC")]
    zone: Zone,
}

/// An occurrence as JSON: the order of the fields is part of the contract.
#[derive(Serialize)]
struct Row<'a> {
    /// UID as the file gives it; empty where it gives none.
    uid: &'a str,
    /// Which one of a series: its original start, an instant or a date; null when the event does not recur.
    recurrence_id: Option<String>,
    /// Its first instant in UTC.
    start: Timestamp,
    /// The first instant after it; the same for an occurrence without length.
    end: Timestamp,
    /// Whether it is a matter of dates.
    all_day: bool,
    /// Its title.
    summary: &'a str,
    /// `CONFIRMED` (also when nothing is said), `TENTATIVE` or `CANCELLED`.
    status: &'static str,
}

impl<'a> Row<'a> {
    /// `occurrence` with dates placed in `zone`.
    fn of(occurrence: &'a Occurrence, zone: &Zone) -> Self {
        let (start, end) = occurrence.when.placed(zone);
        Self {
            uid: occurrence.event.given_uid(),
            recurrence_id: occurrence.recurrence_id.as_ref().map(ToString::to_string),
            start,
            end,
            all_day: matches!(occurrence.when, When::AllDay { .. }),
            summary: &occurrence.event.summary,
            status: match occurrence.event.status {
                Status::Confirmed => "CONFIRMED",
                Status::Tentative => "TENTATIVE",
                Status::Cancelled => "CANCELLED",
            },
        }
    }
}

/// A problem as JSON.
#[derive(Serialize)]
struct Odd<'a> {
    /// The line it stands in; null when it concerns the whole.
    line: Option<usize>,
    /// The component it stands in.
    component: Option<&'a str>,
    /// The UID of that component.
    uid: Option<&'a str>,
    /// What is odd, and what was done instead.
    problem: &'a str,
}

impl<'a> From<&'a Problem> for Odd<'a> {
    fn from(problem: &'a Problem) -> Self {
        let Problem { line, component, uid, problem } = problem;
        Self { line: *line, component: component.as_deref(), uid: uid.as_deref(), problem }
    }
}

/// Answers `inspect` about `bytes`; gives the exit code: 0 fine, 1 no (whole) calendar, 2 a window that is none.
pub(super) fn run(
    inspect: &Inspect,
    format: Format,
    bytes: &[u8],
    now: Timestamp,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<u8> {
    let span = match window(inspect, now) {
        Ok(span) => span,
        Err(error) => {
            writeln!(err, "offwatch: {error:#}")?;
            return Ok(2);
        }
    };
    let calendar = calendar::read(bytes, span, &inspect.zone);
    let rows = calendar.found.iter().map(|occurrence| Row::of(occurrence, &inspect.zone));
    let odd: Vec<Odd<'_>> = calendar.problems.iter().map(Odd::from).collect();
    match format {
        Format::Json => json(rows, &odd, out, err)?,
        Format::Text => text(&rows.collect::<Vec<_>>(), &odd, &inspect.zone, out, err)?,
    }
    let verdict = match calendar.standing {
        Standing::Whole => return Ok(0),
        Standing::CutOff => "the calendar stops inside a component, more is missing",
        Standing::Empty => "the file is empty, this is no calendar",
        Standing::NotACalendar(kind) => &format!("this is no calendar but {kind}"),
    };
    match format {
        Format::Json => line(&Odd { line: None, component: None, uid: None, problem: verdict }, err)?,
        Format::Text => writeln!(err, "offwatch: {verdict}")?,
    }
    Ok(1)
}

/// The window that was asked for.
fn window(inspect: &Inspect, now: Timestamp) -> anyhow::Result<Window> {
    let from = match &inspect.from {
        Some(text) => instant("--from", text, &inspect.zone)?,
        None => now.round(Unit::Second).unwrap_or(now),
    };
    let to = match &inspect.to {
        Some(text) => instant("--to", text, &inspect.zone)?,
        None => from.checked_add((30 * 24).hours()).context("`--from` is too late")?,
    };
    Window::new(from, to).with_context(|| format!("`--to` {to} must be later than `--from` {from}"))
}

/// An instant as written on the command line.
fn instant(option: &str, text: &str, zone: &Zone) -> anyhow::Result<Timestamp> {
    // A date with a time would parse as a date as well, so the instant is tried first.
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    let date: Option<Date> = (text.len() == 10).then(|| text.parse().ok()).flatten();
    let date = date.with_context(|| format!("`{option}` `{text}` is neither like 2026-12-01T09:00:00Z nor like 2026-12-01"))?;
    Ok(zone.midnight(date))
}

/// One JSON object on a line of its own.
fn line(value: &impl Serialize, to: &mut dyn Write) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    writeln!(to)?;
    Ok(())
}

/// The answer as JSON.
fn json<'a>(rows: impl Iterator<Item = Row<'a>>, odd: &[Odd<'_>], out: &mut dyn Write, err: &mut dyn Write) -> anyhow::Result<()> {
    // Written a line at a time: there may be a great many.
    let mut text = Vec::new();
    for row in rows {
        text.clear();
        line(&row, &mut text)?;
        out.write_all(&text)?;
    }
    for problem in odd {
        line(problem, err)?;
    }
    Ok(())
}

/// The answer as a table in local time.
fn text(rows: &[Row<'_>], odd: &[Odd<'_>], zone: &Zone, out: &mut dyn Write, err: &mut dyn Write) -> anyhow::Result<()> {
    if rows.is_empty() {
        writeln!(out, "nothing in this window")?;
    } else {
        writeln!(out, "{:<27}{:<27}{:<11}title (times in {zone})", "start", "end", "status")?;
    }
    for row in rows {
        let (start, end) = (moment(row, row.start, zone), moment(row, row.end, zone));
        let recurs = if row.recurrence_id.is_some() { " (recurs)" } else { "" };
        writeln!(out, "{start:<27}{end:<27}{:<11}{}{recurs}", row.status.to_ascii_lowercase(), row.summary)?;
    }
    for problem in odd {
        let place: Vec<String> = [
            problem.line.map(|line| format!("line {line}")),
            problem.component.map(str::to_owned),
            problem.uid.map(|uid| format!("`{uid}`")),
        ]
        .into_iter()
        .flatten()
        .collect();
        writeln!(err, "{}{}{}", place.join(", "), if place.is_empty() { "" } else { ": " }, problem.problem)?;
    }
    Ok(())
}

/// An instant of `row` for people; of an all-day one only the date.
fn moment(row: &Row<'_>, instant: Timestamp, zone: &Zone) -> String {
    let local = zone.local(instant);
    if row.all_day {
        local.strftime("%a %Y-%m-%d").to_string()
    } else {
        format!("{} {}", local.strftime("%a %Y-%m-%d %H:%M"), zone.abbreviation(instant))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        inspect: Inspect,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    }

    const FEED: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:b\nSUMMARY:Upgrade\nSTATUS:CANCELLED\nDTSTART:20261201T090000Z\n\
        DTEND:20261201T100000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\nSUMMARY:Leave\nDTSTART;VALUE=DATE:20261201\n\
        RRULE:FREQ=DAILY;COUNT=2\nNONSENSE\nEND:VEVENT\nEND:VCALENDAR\n";

    fn check(arguments: &str, feed: &str) -> (u8, String, String) {
        let line = Line::parse_from(["inspect", "feed.ics"].into_iter().chain(arguments.split_whitespace()));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let now = "2026-11-30T12:00:00Z".parse().unwrap();
        let code = run(&line.inspect, line.format, feed.as_bytes(), now, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn json_is_one_object_per_occurrence_in_a_fixed_order_of_fields() {
        let (code, out, err) = check("--from 2026-12-01 --to 2026-12-02 --zone Europe/Berlin --format json", FEED);
        assert_eq!(code, 0);
        insta::assert_snapshot!(out, @r#"
        {"uid":"a","recurrence_id":"2026-12-01","start":"2026-11-30T23:00:00Z","end":"2026-12-01T23:00:00Z","all_day":true,"summary":"Leave","status":"CONFIRMED"}
        {"uid":"b","recurrence_id":null,"start":"2026-12-01T09:00:00Z","end":"2026-12-01T10:00:00Z","all_day":false,"summary":"Upgrade","status":"CANCELLED"}
        "#);
        insta::assert_snapshot!(err, @r#"{"line":14,"component":"VEVENT","uid":"a","problem":"no property, passed over"}"#);
    }

    #[test]
    fn text_is_a_table_in_local_time() {
        let (code, out, err) = check("--zone Europe/Berlin", FEED);
        assert_eq!((code, err.as_str()), (0, "line 14, VEVENT, `a`: no property, passed over\n"));
        insta::assert_snapshot!(out, @"
        start                      end                        status     title (times in Europe/Berlin)
        Tue 2026-12-01             Wed 2026-12-02             confirmed  Leave (recurs)
        Tue 2026-12-01 10:00 CET   Tue 2026-12-01 11:00 CET   cancelled  Upgrade
        Wed 2026-12-02             Thu 2026-12-03             confirmed  Leave (recurs)
        ");
    }

    #[test]
    fn what_is_no_calendar_is_said_and_exits_with_1() {
        let (code, out, err) = check("--format json", "<html>Sign in</html>");
        let said = r#"{"line":null,"component":null,"uid":null,"problem":"this is no calendar but an HTML page"}"#;
        assert_eq!((code, out.as_str(), err.trim()), (1, "", said));
        assert_eq!(check("", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n").0, 1);
    }

    #[test]
    fn a_window_that_is_none_exits_with_2() {
        for arguments in ["--from yesterday", "--from 2026-12-02 --to 2026-12-01", "--to 2026-12-01T09:00"] {
            let (code, out, err) = check(arguments, FEED);
            assert_eq!((code, out.as_str()), (2, ""), "{arguments}");
            assert!(err.starts_with("offwatch: `--"), "{err}");
        }
    }
}
