//! `/healthz`: whether the process is worth keeping; `/readyz`: whether letters reach people, check by check.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use tokio::sync::watch::Receiver;

use crate::clock;
use crate::health::{Facts, Light, check, overall};
use crate::working::written;

/// Nobody keeps an answer: the next one may be another.
const FRESH: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// `ok` while the daemon's loop comes through.
pub(super) async fn alive(State(facts): State<Receiver<Facts>>) -> impl IntoResponse {
    let (status, said) = match facts.borrow().lives(clock::now()) {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(quiet) => (StatusCode::SERVICE_UNAVAILABLE, format!("no look was finished for {}\n", written(quiet))),
    };
    (status, [FRESH], said)
}

/// All checks; unavailable when one of them is red.
pub(super) async fn ready(State(facts): State<Receiver<Facts>>) -> impl IntoResponse {
    let now = clock::now();
    let checks = facts.borrow().checks(now);
    let status = match overall(&checks) {
        Light::Green | Light::Amber => StatusCode::OK,
        Light::Red => StatusCode::SERVICE_UNAVAILABLE,
    };
    let kind = (header::CONTENT_TYPE, "application/json");
    (status, [FRESH, kind], format!("{}\n", check::object(&checks, now)))
}
