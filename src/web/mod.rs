//! Serves what the daemon shows of itself to this machine. Reads published facts only: no request waits for the daemon,
//! touches its state, or holds it up.

mod door;
mod health;
mod host;
mod metrics;

use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;

use crate::config::Endpoint;
use crate::health::Facts;
use door::Door;

/// How long to wait before a door that could not be opened is tried again.
const PAUSE: Duration = Duration::from_secs(30);

/// Serves health where the configuration in force says, until the daemon has ended. A door that cannot be opened is told
/// and tried again: mail matters more, so it never keeps the daemon from its work.
pub async fn serve(mut facts: Receiver<Facts>) {
    loop {
        let endpoint = facts.borrow_and_update().endpoint.clone();
        let mut told = facts.clone();
        let is_over = async { told.wait_for(|facts| facts.endpoint != endpoint).await.is_err() };
        let is_over = match &endpoint {
            None => is_over.await,
            Some(endpoint) => tokio::select! {
                () = answer(endpoint, &facts) => false,
                is_over = is_over => is_over,
            },
        };
        if is_over {
            return;
        }
    }
}

/// Answers at `endpoint`.
async fn answer(endpoint: &Endpoint, facts: &Receiver<Facts>) {
    let mut told = String::new();
    loop {
        let pages = pages(facts.clone());
        let opened = match endpoint {
            Endpoint::Port(address) => match TcpListener::bind(address).await {
                Ok(port) => {
                    tracing::info!("health is shown at {endpoint}");
                    // A socket needs no such care: no browser reaches it.
                    axum::serve(Door::new(port), pages.layer(from_fn(host::of_this_machine))).await
                }
                Err(error) => Err(error),
            },
            Endpoint::Socket(path) => match door::Socket::open(path) {
                // The file goes with the door.
                Ok((_file, socket)) => {
                    tracing::info!("health is shown at {endpoint}");
                    axum::serve(Door::new(socket), pages).await
                }
                Err(error) => Err(error),
            },
        };
        let Err(error) = opened else { return };
        let why = error.to_string();
        if told != why {
            tracing::error!("health cannot be shown at {endpoint}: {why}; all else goes on, and it is tried again every 30 seconds");
            told = why;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What there is to see.
fn pages(facts: Receiver<Facts>) -> Router {
    let pages = Router::new().route("/healthz", get(health::alive)).route("/readyz", get(health::ready));
    pages.route("/metrics", get(metrics::page)).with_state(facts)
}
