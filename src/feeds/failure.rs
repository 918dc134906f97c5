//! Words for a fetch that failed: what happened and what to do about it.
//! Fixed words and numbers only. Neither addresses nor host names nor anything a server says gets into them.

use std::error::Error;
use std::io;
use std::num::IntErrorKind;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use rustls::CertificateError;

use super::retry::Retry;

/// The longest wait that a server may ask for: more would silence a feed for good.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Why a fetch brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// A lowercase fragment for the admin.
    pub(super) why: String,
    /// What that says of the next try.
    pub(super) retry: Retry,
}

impl Failure {
    /// A failure that somebody has to mend.
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), retry: Retry::SCHEDULED }
    }

    /// A failure that may pass by itself.
    fn passing(why: impl Into<String>) -> Self {
        Self { why: why.into(), retry: Retry::SOON }
    }

    /// More bytes than are taken.
    pub(super) fn too_big(limit: usize) -> Self {
        Self::new(format!("larger than {} MiB: export a shorter span or fewer calendars", limit / (1024 * 1024)))
    }

    /// Not done within the feed's `timeout`.
    pub(super) fn too_slow(timeout: SignedDuration) -> Self {
        Self::passing(format!("not finished after {timeout:#}: is the server reachable from here? else raise `timeout`"))
    }

    /// Half an answer.
    pub(super) fn broken_off() -> Self {
        Self::passing("the answer broke off: tell the server's owner if it lasts")
    }

    /// A calendar that ends before its last line.
    pub(super) fn unfinished() -> Self {
        Self::passing("the calendar is cut off before its last line (`END:VCALENDAR`): tell the server's owner if it lasts")
    }

    /// The same of a file.
    pub(super) fn unfinished_file() -> Self {
        Self::passing("the file ends before its last line (`END:VCALENDAR`): whatever writes it should put it in place when it is whole")
    }

    /// What cannot be unpacked.
    pub(super) fn damaged() -> Self {
        Self::passing("the answer's compression is damaged: tell the server's owner if it lasts")
    }

    /// An answer whose status is no success.
    pub(super) fn of_status(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Self {
        let not_before = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| wait(text, now));
        let may_pass = status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT;
        let too_often = status == StatusCode::TOO_MANY_REQUESTS;
        Self { why: words_of_status(status), retry: Retry { may_pass, too_often, not_before } }
    }

    /// No answer, or one that broke off.
    pub(super) fn of_error(error: &reqwest::Error) -> Self {
        broken(error)
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
        408 | 500..=599 => "the server is in trouble: tell its owner if it lasts",
        _ => "an answer that a calendar's address should not give: check the address",
    };
    format!("{words} (HTTP {})", status.as_u16())
}

/// What a broken exchange means. The error's own text is left out: it may hold the address or the host.
fn broken(error: &reqwest::Error) -> Failure {
    if let Some(tls) = find::<rustls::Error>(error, |_| true) {
        return Failure::new(words_of_tls(tls));
    }
    if error.is_dns() {
        return Failure::passing("could not connect: its host name is not known to the resolver");
    }
    if error.is_connect() {
        return Failure::passing(match find(error, |io: &io::Error| io.kind() != io::ErrorKind::Other).map(io::Error::kind) {
            Some(io::ErrorKind::UnexpectedEof) => "could not connect: the server hung up during the greeting".to_owned(),
            Some(kind) => format!("could not connect: {kind}"),
            None => "could not connect".to_owned(),
        });
    }
    if error.is_builder() {
        return Failure::new("the request cannot be made: check the address and the login for odd signs");
    }
    if find(error, hyper::Error::is_parse).is_some() {
        return Failure::new("the answer is no sound HTTP: check the address, its port, and whether it is https");
    }
    if error.is_decode() || error.is_body() {
        return Failure::broken_off();
    }
    Failure::passing("the server hung up without an answer: tell its owner if it lasts")
}

/// What a refused handshake means.
fn words_of_tls(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return "no encrypted connection: the server's TLS does not fit or is no TLS at all: check the address and its port";
    };
    if matches!(certificate, CertificateError::Expired | CertificateError::ExpiredContext { .. }) {
        return "the server's certificate has expired: tell its owner";
    }
    if matches!(certificate, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) {
        return "the server's certificate is not valid yet: is this machine's clock right?";
    }
    if matches!(certificate, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) {
        return "the server's certificate is for another host name: check the address";
    }
    if matches!(certificate, CertificateError::UnknownIssuer) {
        return "the server's certificate is from an authority that this machine does not know: add it to the system's certificates";
    }
    "the server's certificate is not accepted: tell its owner"
}

/// The first cause of a kind in an error's chain that is wanted. I/O errors hide what they wrap from the chain, so it is looked for inside.
fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static), wanted: fn(&T) -> bool) -> Option<&'e T> {
    let mut chain = std::iter::successors(Some(error), |cause: &&'e (dyn Error + 'static)| (*cause).source());
    chain.find_map(|cause| {
        let wrapped = || cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause.downcast_ref().filter(|cause| wanted(cause)).or_else(|| find(wrapped()?, wanted))
    })
}

/// `Retry-After`: seconds or a date (RFC 9110 §10.2.3), never negative and at most a day.
fn wait(text: &str, now: Timestamp) -> Option<SignedDuration> {
    let seconds = match text.trim().parse::<i64>() {
        Ok(seconds) => Some(SignedDuration::from_secs(seconds)),
        Err(error) => (*error.kind() == IntErrorKind::PosOverflow).then_some(LONGEST_WAIT),
    };
    let until = || rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok().map(|date| date.duration_since(now));
    seconds.or_else(until).map(|wait| wait.clamp(SignedDuration::ZERO, LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_at_most_a_day() {
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        let rows = [
            "120",
            " 0 ",
            "-5",
            "9999999",
            "99999999999999999999",
            "Tue, 01 Dec 2026 09:02:00 GMT",
            "Tue, 01 Dec 2020 09:02:00 GMT",
            "soon",
            "",
        ];
        let read = rows.map(|row| format!("{row:?} = {}", wait(row, now).map_or("none".to_owned(), |wait| format!("{wait:#}"))));
        insta::assert_snapshot!(read.join("\n"), @r#"
        "120" = 2m
        " 0 " = 0s
        "-5" = 0s
        "9999999" = 24h
        "99999999999999999999" = 24h
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
        insta::assert_snapshot!(words.join("\n"), @"
        the server's certificate has expired: tell its owner
        the server's certificate is not valid yet: is this machine's clock right?
        the server's certificate is for another host name: check the address
        the server's certificate is from an authority that this machine does not know: add it to the system's certificates
        the server's certificate is not accepted: tell its owner
        no encrypted connection: the server's TLS does not fit or is no TLS at all: check the address and its port
        ");
    }
}
