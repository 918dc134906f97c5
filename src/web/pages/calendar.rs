//! `/c/`: the calendar of an engineer, for programs that ask for it time and again. Whoever holds its address may read it, until
//! its key is replaced; nothing can be done by it. The state is read beside the daemon, as `offwatch calendar` does.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Admission, Counter, answered, nowhere, words};
use crate::clock;
use crate::config::Config;
use crate::cycle::Cycle;
use crate::links::{ENDING, Purpose};
use crate::people::EngineerId;
use crate::plan::LAST_TURN;
use crate::store::Store;
use crate::web::sheet;

/// How long one reading of the state serves all who ask: many programs do at the same full hour.
const SHARED: Duration = Duration::from_secs(10);

/// Kept by whoever asked and nobody between, and asked for anew each time.
const KEPT: (HeaderName, &str) = (header::CACHE_CONTROL, "private, no-cache");

/// The state as it was read for calendars.
struct Reading {
    /// What the feeds and the ledger come to.
    cycle: Cycle,
    /// Until when it serves, by how long the machine is up.
    until: Duration,
}

/// Where the last reading lies, for a moment.
#[derive(Default)]
pub(super) struct Shelf(Arc<Mutex<Option<Reading>>>);

/// Gives a calendar, or says that it is still the one that the program has.
pub(super) async fn show(State(counter): State<Arc<Counter>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let token = name.strip_suffix(ENDING).unwrap_or_default();
    match counter.admit(token, &[Purpose::Calendar]) {
        Admission::With(config, ticket) => match words::engineer(&config, &ticket.person) {
            Some(engineer) => answered(counter.shelf.calendar(config, engineer).await.map(|text| given(text, &headers))),
            // Whoever has left.
            None => nowhere(),
        },
        Admission::Nowhere => nowhere(),
        Admission::TooOften => sheet::busy(),
    }
}

/// The answer that holds a calendar; there is none before the first turn, and an empty one would delete what is there.
fn given(text: Option<String>, headers: &HeaderMap) -> Response {
    let Some(text) = text else { return sheet::trouble() };
    let mark = mark(&text);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if known.flat_map(|list| list.split(',')).any(|known| is_same(known, &mark)) {
        return (StatusCode::NOT_MODIFIED, [KEPT, (header::ETAG, &mark)]).into_response();
    }
    let kind = (header::CONTENT_TYPE, "text/calendar; charset=utf-8");
    ([KEPT, kind, (header::ETAG, &mark)], text).into_response()
}

/// What names this very text.
fn mark(text: &str) -> String {
    let mut digits = String::new();
    for byte in Sha256::digest(text.as_bytes()).iter().take(16) {
        // Writing to a string never fails.
        let _ = write!(digits, "{byte:02x}");
    }
    format!("\"{digits}\"")
}

/// Whether an entry of `If-None-Match` means that text (RFC 9110 §13.1.2: compared weakly; a star means any).
fn is_same(known: &str, mark: &str) -> bool {
    let known = known.trim();
    known == "*" || known.strip_prefix("W/").unwrap_or(known) == mark
}

impl Shelf {
    /// The calendar of `engineer`; none before the first turn. Read where it keeps nothing else from its turn.
    async fn calendar(&self, config: Arc<Config>, engineer: EngineerId) -> Result<Option<String>> {
        let place = Arc::clone(&self.0).lock_owned().await;
        let readings = Arc::clone(&self.0);
        let here = Handle::current();
        let found = tokio::task::spawn_blocking(move || here.block_on(read(place, readings, config, &engineer)));
        found.await.context("reading the state for a calendar")?
    }
}

/// The calendar of `engineer` by the reading at hand, or a new one.
async fn read(
    mut place: OwnedMutexGuard<Option<Reading>>,
    readings: Arc<Mutex<Option<Reading>>>,
    config: Arc<Config>,
    engineer: &EngineerId,
) -> Result<Option<String>> {
    let serves = |reading: &Reading| clock::uptime() < reading.until && Arc::ptr_eq(reading.cycle.config(), &config);
    if !place.as_ref().is_some_and(serves) {
        *place = None;
        *place = reading(config).await?;
        tokio::spawn(async move {
            tokio::time::sleep(SHARED).await;
            // A later one sees to its own end.
            let over = |reading: &mut Reading| reading.until <= clock::uptime();
            drop(readings.lock().await.take_if(over));
        });
    }
    Ok(place.as_ref().and_then(|reading| reading.cycle.calendar(engineer, clock::now())))
}

/// Reads the state, fetching nothing; none before the first turn.
async fn reading(config: Arc<Config>) -> Result<Option<Reading>> {
    let store = Store::open(&config.state).await?;
    let cycle = Cycle::resume(config, &store).await;
    store.close().await;
    let mut cycle = cycle?;
    let is_known = cycle.past().instants.contains_key(LAST_TURN) && cycle.preview(clock::now()).is_some();
    Ok(is_known.then_some(Reading { cycle, until: clock::uptime().saturating_add(SHARED) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_has_the_same_text_is_told_so_however_it_asks() {
        let mark = mark("BEGIN:VCALENDAR\r\n");
        assert_eq!(mark.len(), 34);
        for known in [mark.clone(), format!("W/{mark}"), format!(" {mark}\t"), "*".to_owned()] {
            assert!(is_same(&known, &mark), "{known}");
        }
        for known in ["", "W/", "\"\"", mark.trim_matches('"'), &super::mark("BEGIN:VCALENDAR\n")] {
            assert!(!is_same(known, &mark), "{known}");
        }
    }
}
