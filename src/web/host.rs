//! Whom a request is for: nobody's but this machine's name is answered. Else a page from elsewhere, whose name was made to
//! lead here, could have somebody's browser read what is for this machine alone (DNS rebinding).

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Goes on with a request for this machine, and with one that names nobody: browsers always do.
pub(super) async fn of_this_machine(request: Request, next: Next) -> Response {
    let headers = request.headers().get_all(header::HOST).into_iter().map(HeaderValue::as_bytes);
    let mut named = headers.chain(request.uri().authority().map(|authority| authority.as_str().as_bytes()));
    if named.all(is_this_machine) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "ask for localhost\n").into_response()
}

/// Whether a host, with or without a port, is `localhost` or an address that never leaves this machine.
fn is_this_machine(host: &[u8]) -> bool {
    let Ok(authority) = Authority::try_from(host) else { return false };
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
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
