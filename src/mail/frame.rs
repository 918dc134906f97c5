//! The envelope of words: headers, ids and the bytes that are frozen.
//! No random boundary, no clock, no host name, and no header value that could begin another header.

use std::collections::BTreeSet;
use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentType, Date, From, HeaderName, HeaderValue, Headers, InReplyTo, MIME_VERSION_1_0, MessageId};
use lettre::message::header::{References, Subject, To};
use lettre::message::{Body, Mailbox, Mailboxes};
use sha2::{Digest, Sha256};

use super::parts::{self, Part};
use super::{Post, clean};
use crate::people;
use crate::plan::{Key, Notice};

/// What stands on the envelope of one letter, whatever it says.
pub(super) struct Cover<'a> {
    /// What the Message-ID derives from.
    pub(super) key: &'a str,
    /// The recipient's name.
    pub(super) name: Option<&'a str>,
    /// Where it goes.
    pub(super) address: &'a people::Address,
    /// The ids of the first letters about the same tasks.
    pub(super) threads: Vec<String>,
    /// The kinds of what it says.
    pub(super) kinds: String,
    /// Its subject.
    pub(super) subject: &'a str,
}

/// What a letter says, in its forms; line ends as `\n`.
pub(super) struct Said {
    /// As plain text, complete by itself.
    pub(super) text: String,
    /// As HTML.
    pub(super) html: Option<String>,
}

/// The whole message of `notices` with CRLF line ends, in reply to the letters `threads`.
pub(super) fn bytes(notices: &[Notice], threads: &[Key], post: &Post, subject: &str, said: Said, now: Timestamp) -> Vec<u8> {
    let Some(first) = notices.first() else { return Vec::new() };
    let (name, address) = (first.to.name.as_deref(), &first.to.address);
    let threads = threads.iter().take(20).map(|key| id(key.as_str(), &domain(post))).collect();
    let kinds = kinds(notices);
    let parts = if post.attach { parts::parts(notices, post, now) } else { Vec::new() };
    let cover = Cover { key: first.key.as_str(), name, address, threads, kinds, subject };
    message(&cover, post, mixed(words(said, cover.key), &parts, cover.key), now)
}

/// The whole message under `cover` with CRLF line ends, without anything to keep.
pub(super) fn whole(cover: &Cover<'_>, post: &Post, said: Said, now: Timestamp) -> Vec<u8> {
    message(cover, post, words(said, cover.key), now)
}

/// What is said, in one or two forms; the last is what a program shows that can (RFC 2046 §5.1.4).
fn words(said: Said, key: &str) -> Entity {
    let text = Entity::of(ContentType::TEXT_PLAIN, &Body::new(said.text));
    match said.html {
        Some(html) => Entity::several("alternative", vec![text, Entity::of(ContentType::TEXT_HTML, &Body::new(html))], key),
        None => text,
    }
}

/// What is said, and below it what is to be kept; the same entity when that is nothing.
fn mixed(words: Entity, parts: &[Part], key: &str) -> Entity {
    if parts.is_empty() {
        return words;
    }
    Entity::several("mixed", std::iter::once(words).chain(parts.iter().map(attachment)).collect(), key)
}

/// A calendar as a file to be opened.
fn attachment(part: &Part) -> Entity {
    let mut headers = Headers::new();
    let kind = format!("text/calendar; charset=utf-8; method={}; name=\"{}\"", part.method.name(), part.file);
    headers.insert_raw(plain("Content-Type", &kind));
    headers.insert_raw(plain("Content-Disposition", &format!("attachment; filename=\"{}\"", part.file)));
    let body = Body::new(part.text.replace("\r\n", "\n"));
    headers.set(body.encoding());
    Entity { headers, body: body.as_ref().to_vec() }
}

/// A part of a message, or all of it but the envelope (RFC 2045).
struct Entity {
    /// What it is and how it is encoded.
    headers: Headers,
    /// Its content, encoded.
    body: Vec<u8>,
}

impl Entity {
    /// One of a single content.
    fn of(kind: ContentType, body: &Body) -> Self {
        let mut headers = Headers::new();
        headers.set(kind);
        headers.set(body.encoding());
        Self { headers, body: body.as_ref().to_vec() }
    }

    /// Several in one, `mixed` or `alternative`. What parts them derives from `key` alone, for a letter is written the same
    /// again; and it stands in none of them.
    fn several(kind: &str, entities: Vec<Self>, key: &str) -> Self {
        let whole: Vec<Vec<u8>> = entities.into_iter().map(Self::bytes).collect();
        let stands = |boundary: &String| whole.iter().any(|entity| memchr::memmem::find(entity, boundary.as_bytes()).is_some());
        let boundaries = (0_u32..).map(|number| format!("=_{}", digest(&format!("{kind}/{number}/{key}"))));
        let boundary = boundaries.into_iter().find(|boundary| !stands(boundary)).unwrap_or_default();
        let mut headers = Headers::new();
        headers.insert_raw(plain("Content-Type", &format!("multipart/{kind}; boundary=\"{boundary}\"")));
        let mut body = Vec::new();
        for entity in &whole {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            body.extend_from_slice(entity);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Self { headers, body }
    }

    /// Its headers and its content.
    fn bytes(self) -> Vec<u8> {
        let mut bytes = self.headers.to_string().into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// The whole message under `cover` that holds `entity`.
fn message(cover: &Cover<'_>, post: &Post, entity: Entity, now: Timestamp) -> Vec<u8> {
    let mut headers = Headers::new();
    headers.set(Date::new(date(now)));
    headers.set(From::from(Mailboxes::from(mailbox(post.from.name.as_deref(), &post.from.address))));
    headers.set(To::from(Mailboxes::from(mailbox(cover.name, cover.address))));
    // A title that spells out an encoded word must not be decoded into something else.
    headers.set(Subject::from(cover.subject.replace("=?", "= ?")));
    headers.set(MessageId::from(id(cover.key, &domain(post))));
    if let [thread] = cover.threads.as_slice() {
        headers.set(InReplyTo::from(thread.clone()));
    }
    if !cover.threads.is_empty() {
        headers.set(References::from(cover.threads.join(" ")));
    }
    headers.insert_raw(plain("Auto-Submitted", "auto-generated"));
    headers.insert_raw(plain("X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN, DR"));
    headers.insert_raw(plain("X-Offwatch-Kind", &cover.kinds));
    if let Some(admin) = post.admin.as_ref().filter(|admin| *admin != cover.address && is_simple(admin)) {
        // To a person and not to a robot: what asks for something never stays out by itself (RFC 2369 §3.2). Where the admin has
        // written down how letters are changed, that is named first.
        let note = post.style.note.as_deref().and_then(clean::address).filter(|address| address.is_ascii() && address.len() < 400);
        let note = note.map(|address| format!("<{address}>, ")).unwrap_or_default();
        headers.insert_raw(plain("List-Unsubscribe", &format!("{note}<mailto:{admin}?subject=offwatch>")));
    }
    headers.insert_raw(plain("List-Id", &format!("<offwatch.{}>", domain(post))));
    headers.set(MIME_VERSION_1_0);
    let mut bytes = headers.to_string().into_bytes();
    bytes.extend_from_slice(&entity.bytes());
    bytes
}

/// An address with its display name, the name cleaned: one with a line break would end the header.
fn mailbox(name: Option<&str>, address: &people::Address) -> Mailbox {
    let name = name.map(|name| clean::line(name, 100).replace("=?", "= ?")).filter(|name| !name.is_empty());
    let (local, domain) = address.as_str().rsplit_once('@').unwrap_or((address.as_str(), ""));
    // Checked at its birth: neither white space nor control characters nor brackets can stand in it.
    Mailbox::new(name, Address::new_dangerous(local, domain))
}

/// Whether an address is the same in a header and in a link.
fn is_simple(address: &people::Address) -> bool {
    address.as_str().chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '@' | '.' | '-' | '_' | '+'))
}

/// The instant of the Date header; mail knows none before 1970.
fn date(now: Timestamp) -> SystemTime {
    SystemTime::from(now.max(Timestamp::UNIX_EPOCH))
}

/// The domain of ids; ids are ASCII, so a domain that is not gets a neutral one.
fn domain(post: &Post) -> String {
    let domain = post.from.address.domain();
    if domain.is_ascii() { domain.to_owned() } else { "offwatch.invalid".to_owned() }
}

/// A message id that derives from `text` alone.
fn id(text: &str, domain: &str) -> String {
    format!("<{}@{domain}>", digest(text))
}

/// 24 signs that stand for `text`.
fn digest(text: &str) -> String {
    let hex: Vec<String> = Sha256::digest(text.as_bytes()).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    hex.concat()
}

/// The kinds of its notices, each once.
fn kinds(notices: &[Notice]) -> String {
    let kinds: BTreeSet<&str> = notices.iter().map(|notice| notice.kind.name()).collect();
    kinds.into_iter().collect::<Vec<_>>().join(", ")
}

/// A header of fixed words.
fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
