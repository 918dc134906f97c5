//! Serves the team's board, to read only. Facts are a copy of what the last turn worked with, taken at most every few seconds;
//! they are gathered and drawn beside the daemon, one page at a time. Whoever may not see it is answered alike whatever they ask.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::guard::guarded;
use super::host::is_this_machine;
use super::session;
use super::sheet::{self, Field, Sheet};
use crate::board::{self, Facts, Links, Selection, Which};
use crate::clock;
use crate::config::{Access, Config};
use crate::daemon::{Beside, Glimpse};
use crate::feeds::Secret;
use crate::store::Store;

/// For how long facts serve.
const FRESH: Duration = Duration::from_secs(5);

/// How long a daemon that is busy is waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// The most that a form may hold.
const FORM: usize = 4096;

/// What a session is called in the browser.
const COOKIE: &str = "offwatch_board";

/// What all requests share.
struct Wall {
    /// The daemon.
    daemon: Beside,
    /// The last facts.
    last: Mutex<Option<Seen>>,
    /// One page after the other: drawing takes a core for itself.
    drawing: Mutex<()>,
}

/// Facts of a moment.
struct Seen {
    /// When they were asked for, as uptime.
    asked: Duration,
    /// The configuration that they are by.
    config: Arc<Config>,
    /// The facts.
    facts: Arc<Facts>,
}

/// All pages.
pub(super) fn routes(daemon: Beside) -> Router {
    let wall = Arc::new(Wall { daemon, last: Mutex::default(), drawing: Mutex::default() });
    let pages = Router::new().fallback(get(show).post(log_in).fallback(other)).with_state(wall);
    pages.layer(DefaultBodyLimit::max(FORM)).layer(from_fn(guarded))
}

/// Shows a page.
async fn show(State(wall): State<Arc<Wall>>, uri: Uri, headers: HeaderMap) -> Response {
    let config = wall.daemon.config();
    if let Some(refusal) = refusal(&config, &headers, uri.path()) {
        return refusal;
    }
    let (Some(which), Some(selection)) = (board::served(uri.path()), Selection::of(uri.query().unwrap_or_default())) else {
        return nowhere();
    };
    let drawn = wall.draw(&config, which, selection).await;
    drawn.unwrap_or_else(|error| {
        tracing::warn!("the board could not be drawn: {error:#}");
        sheet::trouble()
    })
}

/// Begins a session for whoever sends the token, and leads them to the board.
async fn log_in(State(wall): State<Arc<Wall>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let config = wall.daemon.config();
    let refusal = refusal(&config, &headers, uri.path());
    let Some(Access::Token(token)) = config.board.as_ref().map(|board| &board.access) else {
        return refusal.unwrap_or_else(nowhere);
    };
    let given = form_urlencoded::parse(&body).find(|(name, _)| name == "token").map(|(_, value)| value.trim().to_owned());
    match given {
        Some(given) if uri.path() == "/board" => {
            let session =
                Some(token).filter(|token| session::is_token(token, &given)).and_then(|token| session::begin(token, clock::now()));
            session.map_or_else(|| door(uri.path(), "That is not the token."), |session| let_in(&headers, &session))
        }
        Some(_) | None => refusal.unwrap_or_else(nowhere),
    }
}

/// What is answered to every other method.
async fn other(State(wall): State<Arc<Wall>>, uri: Uri, headers: HeaderMap) -> Response {
    refusal(&wall.daemon.config(), &headers, uri.path()).unwrap_or_else(nowhere)
}

impl Wall {
    /// Draws a page.
    async fn draw(&self, config: &Arc<Config>, which: Which, selection: Selection) -> Result<Response> {
        let Some(facts) = self.facts(config).await? else { return Ok(waiting()) };
        let letters = match &which {
            Which::Task(id) => Some(letters(config, &facts, id).await?),
            Which::Index | Which::Engineer(_) | Which::Account(_) => None,
        };
        let _turn = self.drawing.lock().await;
        let page = tokio::task::spawn_blocking(move || {
            let Some(letters) = letters else { return board::page(&which, &selection, Links::Served, &facts) };
            let mut facts = Facts::clone(&facts);
            facts.ground.outbox = Some(letters);
            board::page(&which, &selection, Links::Served, &facts)
        });
        let Some(page) = page.await.context("drawing")? else { return Ok(nowhere()) };
        let status = if let Some(fault) = &page.fault {
            tracing::error!("a page of the board could not be drawn: {fault}");
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::OK
        };
        Ok((status, sheet::html(page.html)).into_response())
    }

    /// The facts of this moment, or by a daemon that is busy the last ones by this configuration; none before the first.
    async fn facts(&self, config: &Arc<Config>) -> Result<Option<Arc<Facts>>> {
        let mut last = self.last.lock().await;
        if last.as_ref().is_some_and(|seen| !Arc::ptr_eq(&seen.config, config)) {
            *last = None;
        }
        let asked = clock::uptime();
        if let Some(seen) = last.as_ref().filter(|seen| asked.saturating_sub(seen.asked) < FRESH) {
            return Ok(Some(Arc::clone(&seen.facts)));
        }
        match tokio::time::timeout(PATIENCE, self.daemon.glimpse()).await {
            Ok(Some(glimpse)) => {
                let config = Arc::clone(&glimpse.config);
                let facts = Arc::new(gathered(glimpse).await?);
                *last = Some(Seen { asked, config, facts: Arc::clone(&facts) });
                Ok(Some(facts))
            }
            // The page says of which moment it is. Nobody else waits for the same in vain.
            Ok(None) | Err(_) => Ok(last.as_mut().map(|seen| {
                seen.asked = clock::uptime();
                Arc::clone(&seen.facts)
            })),
        }
    }
}

/// Gathers facts beside the daemon.
async fn gathered(glimpse: Glimpse) -> Result<Facts> {
    let store = Store::open(&glimpse.config.state).await?;
    let census = store.census(clock::now()).await;
    store.close().await;
    let (census, Glimpse { desk, past, feeds, .. }) = (census?, glimpse);
    let facts = tokio::task::spawn_blocking(move || Facts::gather(desk, past, feeds, (census, None), clock::now()));
    facts.await.context("gathering facts")
}

/// The letters about a task that are still in the outbox, by what they say.
async fn letters(config: &Config, facts: &Facts, id: &crate::agenda::TaskId) -> Result<BTreeMap<String, crate::outbox::Waiting>> {
    let store = Store::open(&config.state).await?;
    let mut letters = BTreeMap::new();
    for said in facts.ground.past.about(id) {
        if let Some(letter) = store.letter(said.letter.as_str()).await? {
            letters.insert(said.key.to_string(), letter);
        }
    }
    store.close().await;
    Ok(letters)
}

/// Why whoever asks with those headers sees nothing, if so.
fn refusal(config: &Config, headers: &HeaderMap, path: &str) -> Option<Response> {
    // While a line is still open, the configuration may know of no board any more.
    let Some(board) = &config.board else { return Some(nowhere()) };
    match &board.access {
        Access::Socket => None,
        Access::Token(token) => (!has_token(token, headers, clock::now())).then(|| door(path, "")),
        Access::Named(name) => {
            let is_named = headers.get(name).is_some_and(|user| !user.is_empty());
            let page = || Sheet::default().prose("The web server in front of this page has to say who asks, and did not: log in there.");
            (!is_named).then(|| page().under(StatusCode::FORBIDDEN, "Log in first"))
        }
    }
}

/// Whether the token is there, or a session for it.
fn has_token(token: &Secret, headers: &HeaderMap, now: Timestamp) -> bool {
    let texts = |name: &HeaderName| headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>();
    let bearers = texts(&header::AUTHORIZATION);
    let mut given = bearers.iter().filter_map(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let cookies = texts(&header::COOKIE);
    let mut sessions = cookies.iter().flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    given.any(|(_, given)| session::is_token(token, given.trim()))
        || sessions.any(|(name, value)| name == COOKIE && session::is_good(token, value, now))
}

/// The page that asks for the token, whatever was asked for.
fn door(path: &str, wrong: &str) -> Response {
    // From the page of a task, an engineer or an account the board is two steps up, whatever a proxy puts before it.
    let steps = path.matches('/').count().saturating_sub(1).min(2);
    let sheet = if wrong.is_empty() { Sheet::default() } else { Sheet::default().prose(wrong) };
    let sheet = sheet.prose("The board shows who is away and what is at risk. Whoever runs offwatch has the token for it.");
    let field = vec![Field::Secret { name: "token", label: "Token".to_owned() }];
    let page = sheet.form(&format!("{}board", "../".repeat(steps)), field, "Show the board", false);
    ([(header::WWW_AUTHENTICATE, "Bearer")], page.under(StatusCode::UNAUTHORIZED, "Token wanted")).into_response()
}

/// Leads to the board with a session. It goes to no script, to no other site, and not in the clear beyond this machine.
fn let_in(headers: &HeaderMap, session: &str) -> Response {
    let is_near = headers.get(header::HOST).is_none_or(|host| is_this_machine(host.as_bytes()));
    let is_passed_on = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"));
    let secure = if is_near && !is_passed_on { "" } else { "; Secure" };
    // Without a path of its own it is for what lies beside the board, also where a proxy puts that below another name.
    let cookie = format!("{COOKIE}={session}; HttpOnly; SameSite=Lax; Max-Age={}{secure}", session::LENGTH.as_secs());
    (StatusCode::SEE_OTHER, [(header::LOCATION, "board".to_owned()), (header::SET_COOKIE, cookie)]).into_response()
}

/// What is answered where there is no page.
fn nowhere() -> Response {
    Sheet::default().prose("There is no page of the board at this address.").under(StatusCode::NOT_FOUND, "Nothing here")
}

/// What is answered before the first turn, and to whoever comes while a new configuration is laid out.
fn waiting() -> Response {
    let page = Sheet::default().prose("offwatch is reading its calendars. Try again in some seconds.");
    ([(header::RETRY_AFTER, "10")], page.under(StatusCode::SERVICE_UNAVAILABLE, "In a moment")).into_response()
}
