//! Asks the web for a feed's bytes, politely and within limits: conditional, compressed, few redirects, a capped body.
//! Keeps credentials with the host they are for. Judges nothing about what the bytes mean.

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Response, StatusCode, Url};

use super::LIMIT;
use super::address::{Trail, WebAddress};
use super::failure::Failure;
use super::fetch::Previous;
use super::source::{Login, Secret};

/// The one connection pool for all feeds, made when the first web address is asked: a machine without root
/// certificates can still read files.
#[derive(Debug)]
pub struct Client {
    /// What the pool is made with.
    builder: fn() -> ClientBuilder,
    /// The pool, or why there is none.
    pool: OnceLock<Result<reqwest::Client, String>>,
}

/// What a server said.
pub(super) enum Answer {
    /// The copy in hand is still right.
    NotModified,
    /// A body, whatever it is.
    Body {
        /// After decompression.
        bytes: Vec<u8>,
        /// `ETag`.
        etag: Option<String>,
        /// `Last-Modified`.
        last_modified: Option<String>,
    },
}

impl Client {
    /// A client that has not connected to anything. A TLS provider must be installed before its first use.
    pub fn new() -> Self {
        Self::with(reqwest::Client::builder)
    }

    /// The same over another beginning of the builder: with certificates or proxies of its own.
    pub(super) fn with(builder: fn() -> ClientBuilder) -> Self {
        Self { builder, pool: OnceLock::new() }
    }

    /// The bytes at an address that is no feed, within 30 seconds; the error is free of the address.
    pub async fn bytes(&self, url: &Secret, now: Timestamp) -> Result<Vec<u8>, String> {
        let asked = tokio::time::timeout(std::time::Duration::from_secs(30), self.get(url, None, &Previous::default(), now)).await;
        match asked.map_err(|_| "no answer within 30 seconds".to_owned())? {
            Ok(Answer::Body { bytes, .. }) => Ok(bytes),
            Ok(Answer::NotModified) => Err("the server says that nothing changed, unasked".to_owned()),
            Err(failure) => Err(failure.why),
        }
    }

    /// Asks an address. The caller limits the time.
    pub(super) async fn get(&self, url: &Secret, login: Option<&Login>, previous: &Previous, now: Timestamp) -> Result<Answer, Failure> {
        let pool = self.pool.get_or_init(|| pool((self.builder)())).as_ref().map_err(Failure::new)?;
        let mut trail = Trail::new(WebAddress::parse(url).map_err(Failure::new)?, login.is_some());
        loop {
            let shown = login.filter(|_| trail.trusted());
            let response = ask(pool, trail.here(), shown, previous).await?;
            match response.status() {
                StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION | StatusCode::NO_CONTENT => return body(response).await,
                StatusCode::NOT_MODIFIED if previous.is_conditional() => return Ok(Answer::NotModified),
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => match text(response.headers(), &LOCATION) {
                    Some(location) => trail.follow(&location).map_err(Failure::new)?,
                    None => return Err(Failure::of_status(response.status(), response.headers(), now)),
                },
                status => return Err(Failure::of_status(status, response.headers(), now)),
            }
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes the pool. Redirects are followed by hand, since only so can credentials be kept from other ports.
fn pool(builder: ClientBuilder) -> Result<reqwest::Client, String> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err("no TLS provider is installed in this program".to_owned());
    }
    builder
        // Some servers answer a nameless client with a page instead of the calendar.
        .user_agent(concat!("offwatch/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        // When a feed is asked again is for its backoff to say.
        .retry(reqwest::retry::never())
        .build()
        .map_err(|_| "TLS cannot be set up: are root certificates (ca-certificates) installed?".to_owned())
}

/// One request and the head of its answer.
async fn ask(pool: &reqwest::Client, url: Url, login: Option<&Login>, previous: &Previous) -> Result<Response, Failure> {
    let mut request = pool.get(url).header(ACCEPT, "text/calendar, */*;q=0.5").header(ACCEPT_ENCODING, "gzip");
    request = match login {
        Some(Login::Basic { username, password }) => request.basic_auth(username, Some(password.reveal())),
        Some(Login::Bearer(token)) => request.bearer_auth(token.reveal()),
        None => request,
    };
    if previous.is_conditional() {
        if let Some(etag) = &previous.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = &previous.last_modified {
            request = request.header(IF_MODIFIED_SINCE, date);
        }
    }
    request.send().await.map_err(|error| Failure::of_error(&error))
}

/// Reads a body within its limit, before and after it is unpacked: a small answer may unpack to any size.
async fn body(mut response: Response) -> Result<Answer, Failure> {
    let (etag, last_modified) = (text(response.headers(), &ETAG), text(response.headers(), &LAST_MODIFIED));
    let is_packed = is_packed(response.headers())?;
    let length = response.content_length();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of_error(&error))? {
        if bytes.len() + chunk.len() > LIMIT {
            return Err(Failure::too_big(LIMIT));
        }
        bytes.extend_from_slice(&chunk);
    }
    if length.is_some_and(|length| usize::try_from(length) != Ok(bytes.len())) {
        return Err(Failure::broken_off());
    }
    let bytes = if is_packed { unpacked(&bytes)? } else { bytes };
    Ok(Answer::Body { bytes, etag, last_modified })
}

/// Whether a body is compressed as we asked for it. Other ways are none of ours.
fn is_packed(headers: &HeaderMap) -> Result<bool, Failure> {
    let lists = headers.get_all(CONTENT_ENCODING).iter().map(|list| list.to_str().unwrap_or("unreadable"));
    let codings: Vec<String> = lists.flat_map(|list| list.split(',')).map(|coding| coding.trim().to_ascii_lowercase()).collect();
    let codings: Vec<&str> = codings.iter().map(String::as_str).filter(|coding| !matches!(*coding, "" | "identity")).collect();
    match codings.as_slice() {
        [] => Ok(false),
        ["gzip" | "x-gzip"] => Ok(true),
        _ => Err(Failure::new("compressed in a way that was not asked for: tell the server's owner")),
    }
}

/// Unpacks gzip, all of its members (RFC 1952 §2.2): a decoder that stops after the first would lose events without a word.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    // A server may say so of no bytes at all.
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let mut whole = Vec::new();
    let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut whole).map_err(|_| Failure::damaged())?;
    if whole.len() > LIMIT { Err(Failure::too_big(LIMIT)) } else { Ok(whole) }
}

/// A header as text, if it is any.
fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
