//! `offwatch availability`: who is there, until when, and when next. Never says what an absence is called.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use super::moment::moment;
use super::near::suggestion;
use super::session::{self, Session};
use super::{Format, WRONG, instant, print, usage};
use crate::availability::{Availability, Off};
use crate::config::Config;
use crate::people::Engineer;

/// Whom to look for.
///
/// `--format json` prints one object a line: `{"engineer","at","available","until","next","reason","zone"}`. `until` is the
/// instant at which they go or come, `next` the start of their next stretch, both null beyond sight; `reason` is
/// `outside hours`, `weekend`, `away`, or null for somebody who is there.
#[derive(Debug, clap::Args)]
pub(super) struct Who {
    /// An engineer's id; everybody when none is given.
    #[arg(value_name = "WHO")]
    engineer: Option<String>,
    /// The instant to look at; now when not given.
    #[arg(long, value_parser = instant, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

/// How one engineer is at one instant.
struct Presence {
    /// Whether they are there.
    available: bool,
    /// When that changes; none when beyond sight.
    until: Option<Timestamp>,
    /// When their next stretch starts; none when beyond sight.
    next: Option<Timestamp>,
    /// Why they are not there.
    reason: Option<&'static str>,
}

/// Looks and prints.
pub(super) async fn run(session: &Session<'_>, who: &Who) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let wanted = wanted(&config, who.engineer.as_deref())?;
    let at = session::at(who.at);
    let (mut cycle, _store) = session.reading(&config, at).await?;
    let Some((desk, _)) = cycle.preview(at) else { return Ok(WRONG) };
    for engineer in wanted {
        let Some(availability) = desk.scene().availability.get(&engineer.id) else { continue };
        let presence = presence(availability, at);
        print(&match session.format {
            Format::Json => object(engineer, at, &presence),
            Format::Text => line(engineer, &presence),
        })?;
    }
    Ok(0)
}

/// The engineer of that id, or all.
fn wanted<'a>(config: &'a Config, id: Option<&str>) -> Result<Vec<&'a Engineer>> {
    let all = &config.team.engineers;
    let Some(id) = id else { return Ok(all.values().collect()) };
    let found: Vec<&Engineer> = all.values().filter(|engineer| engineer.id.as_str() == id).collect();
    if found.is_empty() {
        let near = suggestion(id, all.keys().map(crate::people::EngineerId::as_str));
        return Err(usage(format!("no engineer has the id `{id}`{near}")));
    }
    Ok(found)
}

/// How somebody is at `at`.
fn presence(availability: &Availability, at: Timestamp) -> Presence {
    let there = availability.free().containing(at);
    let next = availability.free().after(at).find(|window| window.start() > at).map(crate::window::Window::start);
    let reason = there.is_none().then(|| match availability.cause(at) {
        Off::OutsideHours => "outside hours",
        Off::Weekend => "weekend",
        Off::Away(_) => "away",
    });
    Presence { available: there.is_some(), until: there.map_or(next, |window| Some(window.end())), next, reason }
}

/// For programs.
fn object(engineer: &Engineer, at: Timestamp, presence: &Presence) -> String {
    let instant = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let line = json!({
        "engineer": engineer.id.as_str(),
        "at": at.to_string(),
        "available": presence.available,
        "until": instant(presence.until),
        "next": instant(presence.next),
        "reason": presence.reason,
        "zone": engineer.zone.name(),
    });
    format!("{line}\n")
}

/// For people.
fn line(engineer: &Engineer, presence: &Presence) -> String {
    let written = |at: Option<Timestamp>| at.map_or_else(|| "beyond sight".to_owned(), |at| moment(at, &engineer.zone));
    let Presence { available, until, next, reason } = presence;
    if *available {
        return format!("{}  there until {}; next {}\n", engineer.id, written(*until), written(*next));
    }
    format!("{}  not there ({}) until {}\n", engineer.id, reason.unwrap_or_default(), written(*until))
}
