//! Whom a request is for: nobody's but this machine's name is answered, and for the board the one in `public_url`. Else a page
//! from elsewhere, whose name was made to lead here, could have somebody's browser read what is not for it (DNS rebinding).

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::daemon::Beside;

/// Goes on with a request for this machine, and with one that names nobody: browsers always do.
pub(super) async fn of_this_machine(request: Request, next: Next) -> Response {
    answered(request, next, is_this_machine, "ask for localhost\n").await
}

/// Goes on likewise, and with a request for the name by which people reach the pages.
pub(super) async fn of_the_pages(State(daemon): State<Beside>, request: Request, next: Next) -> Response {
    let config = daemon.config();
    let url = config.public_url.as_deref().and_then(|url| url.split_once("://"));
    let ours = url.and_then(|(_, rest)| rest.split('/').next()).and_then(|name| Authority::try_from(name).ok());
    let is_ours = |host: &[u8]| ours.as_ref().zip(name(host)).is_some_and(|(ours, name)| name.eq_ignore_ascii_case(ours.host()));
    answered(request, next, |host| is_this_machine(host) || is_ours(host), "ask for localhost or the host of `public_url`\n").await
}

/// Goes on when every host that the request names is one of those.
async fn answered(request: Request, next: Next, is_known: impl Fn(&[u8]) -> bool, hint: &'static str) -> Response {
    let headers = request.headers().get_all(header::HOST).into_iter().map(HeaderValue::as_bytes);
    let mut named = headers.chain(request.uri().authority().map(|authority| authority.as_str().as_bytes()));
    if named.all(is_known) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, hint).into_response()
}

/// The name in a host with or without a port.
fn name(host: &[u8]) -> Option<String> {
    Authority::try_from(host).ok().map(|authority| authority.host().to_owned())
}

/// Whether a host, with or without a port, is `localhost` or an address that never leaves this machine.
pub(super) fn is_this_machine(host: &[u8]) -> bool {
    let Some(name) = name(host) else { return false };
    let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_addresses_of_this_machine_are_its_own() {
        for host in ["localhost", "LocalHost:9464", "127.0.0.1", "127.0.0.1:9464", "127.8.9.1", "[::1]", "[::1]:9464"] {
            assert!(is_this_machine(host.as_bytes()), "{host}");
        }
        for host in
            ["", "example.com", "localhost.example.com", "192.0.2.1:9464", "[2001:db8::1]", "0.0.0.0", "127.0.0.1.example.com", "a b"]
        {
            assert!(!is_this_machine(host.as_bytes()), "{host}");
        }
    }
}
