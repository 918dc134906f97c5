//! `[service]`: where offwatch keeps its state, who looks after it, where its pages, the board and its health are, and what signs links.

use super::board::{self, Board};
use super::endpoint::Endpoint;
use super::problem::Fault;
use super::reader::Reader;
use super::secret::{self, Surroundings};
use crate::feeds::Secret;
use crate::links::{BadKeys, Keys};
use crate::people;
use crate::store::Address;

/// The section as meant; what is wrong or absent is none.
pub(super) struct Service {
    /// Who hears of trouble.
    pub(super) admin: Option<people::Address>,
    /// Where state is kept.
    pub(super) state: Option<Address>,
    /// Where the pages are reached from outside.
    pub(super) public_url: Option<String>,
    /// Where they are served.
    pub(super) pages: Option<Endpoint>,
    /// What signs links.
    pub(super) link_keys: Option<Keys>,
    /// Where the team's board is served, and to whom.
    pub(super) board: Option<Board>,
    /// Where its health is shown.
    pub(super) health: Option<Endpoint>,
}

/// Reads `[service]`.
pub(super) fn read(file: &Reader<'_>, place: &Surroundings) -> Service {
    let service = file.section("service");
    service.need("admin", "give the address that hears of trouble");
    let admin = service.parsed("admin", str::parse::<people::Address>);
    let public_url = service.parsed("public_url", page);
    let pages = service.parsed("pages", |text| Endpoint::read(text, place));
    let link_keys = keys(&service, place);
    let health = service.parsed("health", |text| Endpoint::read(text, place));
    let board = board::read(&service, place);
    let places = [("pages", &pages), ("health", &health), ("board", &board.as_ref().map(|board| board.endpoint.clone()))];
    for (at, (name, its)) in places.iter().enumerate() {
        for (other, _) in places.iter().skip(at + 1).filter(|(_, other)| its.is_some() && other == its) {
            let fault = Fault::new(format!("`{name}` and `{other}` cannot be at one place"));
            if let Some(word) = service.string(name) {
                service.report(&word.span, fault);
            }
        }
    }
    links(&service);
    let state = state(&service, place);
    service.done();
    Service { admin, state, public_url, pages, link_keys, board, health }
}

/// What signs links.
fn keys(service: &Reader<'_>, place: &Surroundings) -> Option<Keys> {
    let value = service.value("link_keys_file").or(service.value("link_keys_credential"));
    let text = secret::text(service, place, "link_keys_file", "link_keys_credential")?;
    let hint = "one key a line, the newest first, at most two; `openssl rand -base64 32` makes one";
    let refused = |bad: BadKeys| value.map(|value| service.report(&value.span(), Fault::new(format!("the file {bad}")).hint(hint)));
    Keys::read(text.reveal()).map_err(refused).ok()
}

/// Letters hold links once all that they need is there. A part of it alone is odd, but harms nobody: each letter is whole
/// without them.
fn links(service: &Reader<'_>) {
    let has = |names: &[&'static str]| names.iter().any(|name| service.value(name).is_some());
    let parts = [
        ("`public_url`", has(&["public_url"])),
        ("`pages`", has(&["pages"])),
        ("`link_keys_file`", has(&["link_keys_file", "link_keys_credential"])),
    ];
    let named = |wanted: bool| parts.iter().filter(|(_, there)| *there == wanted).map(|(name, _)| *name).collect::<Vec<_>>();
    if !named(true).is_empty() && !named(false).is_empty() {
        let (there, missing) = (named(true).join(" and "), named(false).join(" and "));
        service.warn(&format!("letters hold no links with {there} alone, they need {missing} too"));
    }
}

/// Where the state is: in the open, or in a secret since an address may hold a password.
fn state(service: &Reader<'_>, place: &Surroundings) -> Option<Address> {
    let hidden = service.value("state_file").or(service.value("state_credential"));
    let secret = secret::read(service, place, "state_file", "state_credential");
    let Some(value) = hidden else {
        if let (Some(word), true) = (service.string("state"), place.open)
            && word.text.rsplit_once('@').is_some_and(|(login, _)| login.matches(':').count() > 1)
        {
            let line = service.sheet.line(&word.span);
            service.warn(&format!("the password in `state` in line {line} can be read by everybody, `state_file` would keep it"));
        }
        return service.parsed_or("state", "sqlite:state/offwatch.db", |text| database(text, place));
    };
    if service.value("state").is_some() {
        service.report(&value.span(), Fault::new("`state` stands there already"));
    }
    database(secret?.reveal(), place).map_err(|fault| service.report(&value.span(), fault)).ok()
}

/// The database of an address. The refusal does not show what it refuses: it may hold a password.
fn database(text: &str, place: &Surroundings) -> Result<Address, Fault> {
    let hint = "write `sqlite:state/offwatch.db` or `postgres://USER@HOST/DATABASE`";
    let server = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
    if let Some(rest) = server {
        if rest.is_empty() || rest.contains(char::is_whitespace) {
            return Err(Fault::new("`state` names no database").hint(hint));
        }
        return Ok(Address::Server { url: Secret::new(text.to_owned()), seat: place.state("offwatch") });
    }
    let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
    match path {
        Some(path) if !path.is_empty() && !path.starts_with(':') => Ok(Address::File(place.state(path))),
        Some(_) => Err(Fault::new("`state` names no file").hint(hint)),
        None => Err(Fault::new("`state` is no address of a database").hint(hint)),
    }
}

/// The address of the pages, without the slash at its end.
fn page(text: &str) -> Result<String, Fault> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) || text.contains(char::is_whitespace) {
        return Err(Fault::new("`public_url` is no address of a web page").hint("write `https://offwatch.example.com`"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}
