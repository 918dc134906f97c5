//! Words for a fetch that failed: what happened and what to do about it.
//! Fixed words and numbers only. Neither addresses nor host names nor anything a server says gets into them.

use std::error::Error;
use std::io;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use rustls::CertificateError;

/// The longest wait that a server may ask for: more would silence a feed for good.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Why a fetch brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// A lowercase fragment for the admin.
    pub(super) why: String,
    /// How long the server asks to be left alone.
    pub(super) retry_after: Option<SignedDuration>,
}

impl Failure {
    /// A failure without a wait.
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), retry_after: None }
    }

    /// More bytes than are taken.
    pub(super) fn too_big(limit: usize) -> Self {
        Self::new(format!("larger than {} MiB: export a shorter span or fewer calendars", limit / (1024 * 1024)))
    }

    /// Not done within the feed's `timeout`.
    pub(super) fn too_slow(timeout: SignedDuration) -> Self {
        Self::new(format!("not finished after {timeout:#}: is the server reachable from here? else raise `timeout`"))
    }

    /// An answer whose status is no success.
    pub(super) fn of_status(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Self {
        let retry_after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| wait(text, now));
        Self { why: words_of_status(status), retry_after }
    }

    /// No answer, or one that broke off.
    pub(super) fn of_error(error: &reqwest::Error) -> Self {
        Self::new(words_of_error(error))
    }

    /// A file that cannot be read.
    pub(super) fn of_file(error: &io::Error) -> Self {
        let kind = error.kind();
        if kind == io::ErrorKind::NotFound {
            return Self::new("no such file");
        }
        if kind == io::ErrorKind::PermissionDenied {
            return Self::new("the file may not be read by this user: check its owner and mode");
        }
        Self::new(format!("the file cannot be read: {kind}"))
    }
}

/// What a status means for whoever looks after the feed.
fn words_of_status(status: StatusCode) -> String {
    let words = match status.as_u16() {
        304 => "the server says \"not modified\" though it was not asked that: tell its owner",
        401 => "the server wants a login: check the feed's username and password, or its token",
        403 => "access is refused: the login may not read this calendar, or its link was revoked",
        404 => "there is no calendar at this address: it was moved, or its private link was renewed",
        407 => "the proxy wants a login: check the proxy in the service's environment",
        410 => "the calendar is gone for good: put in its new link or remove the feed",
        429 => "asked too often: fetch this feed less often",
        300..=399 => "redirected without a place to go: put in the address at which a browser ends",
        500..=599 => "the server is in trouble: tell its owner if it lasts",
        _ => "an answer that a calendar's address should not give: check the address",
    };
    format!("{words} (HTTP {})", status.as_u16())
}

/// What a broken exchange means. The error's own text is left out: it may hold the address or the host.
fn words_of_error(error: &reqwest::Error) -> String {
    if let Some(tls) = find(error, as_tls) {
        return words_of_tls(tls).to_owned();
    }
    let kind = find(error, |cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    if error.is_dns() {
        return "could not connect: its host name is not known to the resolver".to_owned();
    }
    if error.is_connect() {
        return match kind {
            Some(kind) => format!("could not connect: {kind}"),
            None => "could not connect".to_owned(),
        };
    }
    if error.is_builder() {
        return "the request cannot be made: check the address and the login for odd signs".to_owned();
    }
    "the answer broke off or its compression is damaged".to_owned()
}

/// What a refused handshake means.
fn words_of_tls(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return "no encrypted connection: the server's TLS does not fit or is no TLS at all";
    };
    if matches!(certificate, CertificateError::Expired | CertificateError::ExpiredContext { .. }) {
        return "the server's certificate has expired";
    }
    if matches!(certificate, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) {
        return "the server's certificate is not valid yet: is this machine's clock right?";
    }
    if matches!(certificate, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) {
        return "the server's certificate is for another host name";
    }
    if matches!(certificate, CertificateError::UnknownIssuer) {
        return "the server's certificate is from an authority that this machine does not know: add it to the system's certificates";
    }
    "the server's certificate is not accepted"
}

/// The first cause of a kind in an error's chain.
fn find<'e, T: 'e>(error: &'e (dyn Error + 'static), pick: impl Fn(&'e (dyn Error + 'static)) -> Option<T>) -> Option<T> {
    std::iter::successors(Some(error), |cause: &&'e (dyn Error + 'static)| (*cause).source()).find_map(pick)
}

/// A TLS error, also one wrapped in I/O errors, which hide what they wrap from the chain.
fn as_tls<'e>(cause: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let wrapped = || cause.downcast_ref::<io::Error>()?.get_ref();
    cause.downcast_ref().or_else(|| as_tls(wrapped()?))
}

/// `Retry-After`: seconds or a date (RFC 9110 §10.2.3), never negative and at most a day.
fn wait(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let seconds = text.trim().parse().map(SignedDuration::from_secs).ok();
    let until = || rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok().map(|date| date.duration_since(now));
    seconds.or_else(until).map(|wait| wait.clamp(SignedDuration::ZERO, LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_at_most_a_day() {
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        let rows = ["120", " 0 ", "-5", "9999999", "Tue, 01 Dec 2026 09:02:00 GMT", "Tue, 01 Dec 2020 09:02:00 GMT", "soon", ""];
        let read = rows.map(|row| format!("{row:?} = {}", wait(row, now).map_or("none".to_owned(), |wait| format!("{wait:#}"))));
        insta::assert_snapshot!(read.join("\n"), @r#"
        "120" = 2m
        " 0 " = 0s
        "-5" = 0s
        "9999999" = 24h
        "Tue, 01 Dec 2026 09:02:00 GMT" = 2m
        "Tue, 01 Dec 2020 09:02:00 GMT" = 0s
        "soon" = none
        "" = none
        "#);
    }

    #[test]
    fn each_status_says_what_to_do() {
        let words =
            [302, 304, 400, 401, 403, 404, 407, 410, 429, 500, 503].map(|code| words_of_status(StatusCode::from_u16(code).unwrap()));
        insta::assert_snapshot!(words.join("\n"), @r#"
        redirected without a place to go: put in the address at which a browser ends (HTTP 302)
        the server says "not modified" though it was not asked that: tell its owner (HTTP 304)
        an answer that a calendar's address should not give: check the address (HTTP 400)
        the server wants a login: check the feed's username and password, or its token (HTTP 401)
        access is refused: the login may not read this calendar, or its link was revoked (HTTP 403)
        there is no calendar at this address: it was moved, or its private link was renewed (HTTP 404)
        the proxy wants a login: check the proxy in the service's environment (HTTP 407)
        the calendar is gone for good: put in its new link or remove the feed (HTTP 410)
        asked too often: fetch this feed less often (HTTP 429)
        the server is in trouble: tell its owner if it lasts (HTTP 500)
        the server is in trouble: tell its owner if it lasts (HTTP 503)
        "#);
    }

    #[test]
    fn each_fault_of_a_certificate_has_its_words() {
        let faults = [
            CertificateError::Expired,
            CertificateError::NotValidYet,
            CertificateError::NotValidForName,
            CertificateError::UnknownIssuer,
            CertificateError::BadSignature,
        ];
        let mut words = faults.map(|fault| words_of_tls(&rustls::Error::InvalidCertificate(fault))).to_vec();
        words.push(words_of_tls(&rustls::Error::HandshakeNotComplete));
        insta::assert_snapshot!(words.join("\n"), @r"
        the server's certificate has expired
        the server's certificate is not valid yet: is this machine's clock right?
        the server's certificate is for another host name
        the server's certificate is from an authority that this machine does not know: add it to the system's certificates
        the server's certificate is not accepted
        no encrypted connection: the server's TLS does not fit or is no TLS at all
        ");
    }
}
