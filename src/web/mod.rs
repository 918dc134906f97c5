//! Serves what the daemon shows of itself to this machine, the pages that links lead to, and the team's board. Health reads
//! published facts only; a page reads and writes the state beside the daemon like a command; the board is drawn from a copy of
//! what the last turn worked with. No request holds the daemon up.

mod board;
mod door;
mod guard;
mod health;
mod host;
mod metrics;
mod pages;
mod session;
mod sheet;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;

use crate::config::{Config, Endpoint};
use crate::daemon::Beside;
use crate::health::Facts;
use door::Door;

/// How long to wait before a door that could not be opened is tried again.
const PAUSE: Duration = Duration::from_secs(30);

/// Serves health where the configuration in force says, until the daemon has ended.
pub async fn serve(facts: Receiver<Facts>) {
    let served = |facts: &Receiver<Facts>, endpoint: &Endpoint| {
        let shown = shown(facts.clone());
        match endpoint {
            // A socket needs no such care: no browser reaches it.
            Endpoint::Port(_) => shown.layer(from_fn(host::of_this_machine)),
            Endpoint::Socket(_) => shown,
        }
    };
    follow(facts, |facts| facts.endpoint.clone(), ["health is shown", "health cannot be shown"], served).await;
}

/// Serves the pages of links likewise. They are asked for by whatever name people have for them: nothing is made of it.
pub async fn serve_pages(daemon: Beside) {
    let endpoint = |config: &Arc<Config>| config.pages.clone();
    let said = ["pages are served", "pages cannot be served"];
    follow(daemon.follow(), endpoint, said, |_: &Receiver<Arc<Config>>, _: &Endpoint| pages::routes(daemon.clone())).await;
}

/// Serves the team's board likewise.
pub async fn serve_board(daemon: Beside) {
    let endpoint = |config: &Arc<Config>| config.board.as_ref().map(|board| board.endpoint.clone());
    let served = |_: &Receiver<Arc<Config>>, endpoint: &Endpoint| {
        let board = board::routes(daemon.clone());
        match endpoint {
            Endpoint::Port(_) => board.layer(from_fn_with_state(daemon.clone(), host::of_the_pages)),
            Endpoint::Socket(_) => board,
        }
    };
    follow(daemon.follow(), endpoint, ["the board is served", "the board cannot be served"], served).await;
}

/// Serves at whichever endpoint what is `told` names, until nothing more will be told; what is `said` when it does, and cannot. A door that cannot be opened is told
/// and tried again: mail matters more, so it never keeps the daemon from its work.
async fn follow<T>(
    mut told: Receiver<T>,
    endpoint: fn(&T) -> Option<Endpoint>,
    said: [&str; 2],
    served: impl Fn(&Receiver<T>, &Endpoint) -> Router,
) {
    loop {
        let place = endpoint(&told.borrow_and_update());
        let mut later = told.clone();
        let is_over = async { later.wait_for(|told| endpoint(told) != place).await.is_err() };
        let is_over = match &place {
            None => is_over.await,
            Some(place) => tokio::select! {
                () = answer(place, said, || served(&told, place)) => false,
                is_over = is_over => is_over,
            },
        };
        if is_over {
            return;
        }
    }
}

/// Answers at `endpoint`.
async fn answer(endpoint: &Endpoint, [well, badly]: [&str; 2], pages: impl Fn() -> Router) {
    let mut told = String::new();
    loop {
        let opened = match endpoint {
            Endpoint::Port(address) => match TcpListener::bind(address).await {
                Ok(port) => {
                    tracing::info!("{well} at {endpoint}");
                    axum::serve(Door::new(port), pages()).await
                }
                Err(error) => Err(error),
            },
            Endpoint::Socket(path) => match door::Socket::open(path) {
                // The file goes with the door.
                Ok((_file, socket)) => {
                    tracing::info!("{well} at {endpoint}");
                    axum::serve(Door::new(socket), pages()).await
                }
                Err(error) => Err(error),
            },
        };
        let Err(error) = opened else { return };
        let why = error.to_string();
        if told != why {
            tracing::error!("{badly} at {endpoint}: {why}; all else goes on, and it is tried again every 30 seconds");
            told = why;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What there is to see of its health.
fn shown(facts: Receiver<Facts>) -> Router {
    let pages = Router::new().route("/healthz", get(health::alive)).route("/readyz", get(health::ready));
    pages.route("/metrics", get(metrics::page)).with_state(facts)
}
