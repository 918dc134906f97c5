//! `offwatch health`: how offwatch fares, from the state alone: it works beside a daemon, and without one. Exits with 1
//! when something is red. What is red is `health`'s to say.

use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::session::Session;
use super::{Format, WRONG, print};
use crate::clock;
use crate::config::Config;
use crate::cycle::{Cycle, FeedState};
use crate::health::check::{self, Check, Light, check, second};
use crate::health::{FeedFacts, overall};
use crate::plan::LAST_TURN;
use crate::store::{Address, Lock, Store};
use crate::working::written;

/// How much later than its schedule a fetch may come: a server may ask to be left alone for a while.
const LATE: SignedDuration = SignedDuration::from_mins(30);

/// The contract of its answer for programs.
const JSON: &str = r#"With `--format json`, one object: {"at","state","checks":{NAME:{"state","said",…}}}.
`state` is `green`, `amber` or `red`, that of the whole the worst of all checks.
NAME is `turning` ("process", of a file), `replicas` ("alive","replicas":[{"number",
"host","process","since"}], of a server), `turn` ("last_turn","last_fetch",
"next_fetch"), `letters` ("queued","sending","oldest_due","seconds",
"limit_seconds"), `refusals` ("refused"), `feeds` ("feeds":{FEED:{"fetched",
"seconds","failing_since","held_since","stale"}}) and `schema` ("number").
`/readyz` answers in the same way. Absent facts are null; fields and checks are
only ever added."#;

/// What to look for.
#[derive(Debug, clap::Args)]
#[command(after_long_help = JSON)]
pub(super) struct Health {
    /// Turns are taken by `offwatch once` from a timer: nobody need be at it at this moment.
    #[arg(long)]
    timer: bool,
}

/// Says how everything is.
pub(super) async fn run(session: &Session<'_>, health: &Health) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = clock::now();
    let checks = if config.state.is_missing() {
        let said = format!("there is no state {} yet: `offwatch run` or `offwatch once` makes it", config.state);
        vec![check("turn", Light::Red, said, json!({ "last_turn": null, "last_fetch": null, "next_fetch": null }))]
    } else {
        let store = Store::open(&config.state).await?;
        let found = looked(&config, &store, health.timer, now).await;
        store.close().await;
        found?
    };
    show(session.format, &checks, now)?;
    Ok(if overall(&checks) == Light::Red { WRONG } else { 0 })
}

/// Looks into the state.
async fn looked(config: &Arc<Config>, store: &Store, timer: bool, now: Timestamp) -> Result<Vec<Check>> {
    let census = store.census(now).await?;
    let mut cycle = Cycle::resume(Arc::clone(config), store).await?;
    let last_turn = cycle.past().instants.get(LAST_TURN).copied();
    let schema = store.schema().await?;
    let who = match &config.state {
        Address::File(path) => turning(Lock::holder(path)),
        Address::Server { .. } => check::replicas(&store.replicas().await?),
    };
    let who =
        if timer && who.light == Light::Red { Check { light: Light::Green, said: "nobody at this moment".to_owned(), ..who } } else { who };
    let facts: Vec<FeedFacts> = cycle.inputs().health().iter().map(|feed| FeedFacts::of(feed, now)).collect();
    Ok(vec![
        who,
        turn(last_turn, cycle.inputs().feeds(), now),
        check::letters(&census, now),
        check::refusals(&census),
        check::feeds(&facts, now),
        check("schema", Light::Green, schema.map_or_else(String::new, |number| format!("number {number}")), json!({ "number": schema })),
    ])
}

/// Whether a process takes turns on a file.
fn turning(process: Option<u32>) -> Check {
    let facts = json!({ "process": process });
    match process {
        Some(process) => check("turning", Light::Green, format!("process {process}"), facts),
        None => check("turning", Light::Red, "nobody takes turns; start `offwatch run`", facts),
    }
}

/// Whether turns are taken as they should be. A turn is taken when there is something to decide, a fetch by its schedule:
/// it is the fetches that show whether anybody is at work.
fn turn(last_turn: Option<Timestamp>, feeds: &[FeedState], now: Timestamp) -> Check {
    let last_fetch = feeds.iter().filter_map(|feed| feed.copy.tried).max();
    let next_fetch = feeds.iter().filter_map(|feed| feed.feed.fetch.after(feed.copy.tried?)).min();
    let facts = json!({
        "last_turn": last_turn.map(second),
        "last_fetch": last_fetch.map(second),
        "next_fetch": next_fetch.map(second),
    });
    let ago = |at: Timestamp| written(SignedDuration::from_secs(now.duration_since(at).as_secs().max(0)));
    let Some(last) = last_turn else { return check("turn", Light::Red, "no turn was ever finished", facts) };
    let said = format!("the last turn was finished {} ago", ago(last));
    // The feed that is the most behind may be one that asked to be left alone: all of them must be late.
    let behind = feeds.iter().filter_map(|feed| feed.feed.fetch.after(feed.copy.tried?)).max();
    match behind.filter(|due| now.duration_since(*due) > LATE) {
        Some(due) => check("turn", Light::Red, format!("{said}; a fetch is due for {} and nobody makes it", ago(due)), facts),
        None => check("turn", Light::Green, said, facts),
    }
}

/// Prints all checks.
fn show(format: Format, checks: &[Check], now: Timestamp) -> Result<()> {
    match format {
        Format::Json => print(&format!("{}\n", check::object(checks, now))),
        Format::Text => {
            let line = |check: &Check| format!("{:<6}{:<10}{}\n", check.light.name(), check.name, check.said);
            print(&checks.iter().map(line).collect::<String>())
        }
    }
}
