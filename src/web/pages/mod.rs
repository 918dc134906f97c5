//! Pages for people: what the links of letters lead to. Whoever holds a link may do what it says; nobody logs in. What is
//! done is written beside the daemon, in a short transaction like that of a command, and the daemon sees it before its next
//! turn or letter. GET and HEAD change nothing, and a POST must bring the page's own form. Beside them stand calendars to
//! subscribe to, which programs read and nobody acts by.

mod act;
mod calendar;
mod limits;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;

use super::guard::guarded;
use super::sheet::{self, Sheet};
use crate::clock;
use crate::config::Config;
use crate::daemon::Beside;
use crate::links::{Purpose, Ticket};
use act::Form;
use calendar::Shelf;
use limits::Limits;

/// What the pages of links are for.
const PURPOSES: [Purpose; 5] = [Purpose::Written, Purpose::Waived, Purpose::Hand, Purpose::Snooze, Purpose::Undo];

/// The most that a form may hold.
const FORM: usize = 4096;

/// Whether somebody may come in.
enum Admission {
    /// With what their link stands for.
    With(Arc<Config>, Ticket),
    /// There is nothing.
    Nowhere,
    /// They have asked too often.
    TooOften,
}

/// What all requests share.
pub(super) struct Counter {
    /// The daemon.
    daemon: Beside,
    /// How often something was asked for.
    limits: Limits,
    /// One deed after the other: two at once would both find that nothing was said yet.
    deeds: tokio::sync::Mutex<()>,
    /// Calendars to subscribe to.
    shelf: Shelf,
}

/// All pages.
pub(super) fn routes(daemon: Beside) -> Router {
    let (limits, deeds, shelf) = (Limits::default(), tokio::sync::Mutex::default(), Shelf::default());
    let counter = Counter { daemon, limits, deeds, shelf };
    let links = get(show).post(post).fallback(async || nowhere());
    let calendars = get(calendar::show).fallback(async || nowhere());
    let pages = Router::new().route("/l/{token}", links).route("/c/{name}", calendars).fallback(async || nowhere());
    pages.layer(DefaultBodyLimit::max(FORM)).layer(from_fn(guarded)).with_state(Arc::new(counter))
}

impl Counter {
    /// The configuration in force, and what a token for one of these purposes stands for by its keys; none of what is no such
    /// token of ours. Not even that is told to whoever asks too often.
    fn admit(&self, token: &str, purposes: &[Purpose]) -> Admission {
        let config = self.daemon.config();
        let ticket = config.signer().and_then(|signer| signer.keys.open(token, purposes, clock::now()));
        match ticket {
            _ if !self.limits.allow(ticket.as_ref().map(|_| token), clock::uptime()) => Admission::TooOften,
            Some(ticket) => Admission::With(config, ticket),
            None => Admission::Nowhere,
        }
    }
}

/// Shows what a link would do.
async fn show(State(counter): State<Arc<Counter>>, Path(token): Path<String>) -> Response {
    match counter.admit(&token, &PURPOSES) {
        Admission::With(config, ticket) => answered(act::show(&config, &ticket, &token).await),
        Admission::Nowhere => nowhere(),
        Admission::TooOften => sheet::busy(),
    }
}

/// Does it, when the page's form says so.
async fn post(State(counter): State<Arc<Counter>>, Path(token): Path<String>, body: Bytes) -> Response {
    let form = Form::read(&body);
    match counter.admit(&token, &PURPOSES) {
        Admission::With(config, ticket) if form.is_confirmed() => {
            let _turn = counter.deeds.lock().await;
            let came = act::act(&config, &ticket, &token, &form).await;
            // What was said is acted on at once. Where nothing was, a look more costs little.
            counter.daemon.nudge();
            answered(came)
        }
        Admission::With(config, ticket) => answered(act::show(&config, &ticket, &token).await),
        Admission::Nowhere => nowhere(),
        Admission::TooOften => sheet::busy(),
    }
}

/// What is answered to everything that leads nowhere: the same bytes, whatever is wrong.
fn nowhere() -> Response {
    let page = Sheet::default().prose("There is nothing at this address: it is incomplete, or it was for a task that has begun by now.");
    let page = page.prose(
        "Mail programs break long addresses: open the link from the letter once more. The newest letter about a task has links that work.",
    );
    page.under(StatusCode::NOT_FOUND, "Nothing here")
}

/// What came of it, or that nothing could.
fn answered(came: anyhow::Result<Response>) -> Response {
    came.unwrap_or_else(|error| {
        tracing::warn!("a page could not be made: {error:#}");
        sheet::trouble()
    })
}
