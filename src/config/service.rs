//! `[service]`: where offwatch keeps its state, who looks after it, where its pages are.

use std::path::PathBuf;

use super::problem::Fault;
use super::reader::Reader;
use super::secret::{self, Surroundings};
use crate::people::Address;

/// The section as meant; what is wrong or absent is none.
pub(super) struct Service {
    /// Who hears of trouble.
    pub(super) admin: Option<Address>,
    /// The SQLite file.
    pub(super) state: Option<PathBuf>,
    /// Where the pages are.
    pub(super) public_url: Option<String>,
}

/// Reads `[service]`.
pub(super) fn read(file: &Reader<'_>, place: &Surroundings) -> Service {
    let service = file.section("service");
    service.need("admin", "give the address that hears of trouble");
    let admin = service.parsed("admin", str::parse::<Address>);
    let public_url = service.parsed("public_url", page);
    let state = state(&service, place);
    service.done();
    Service { admin, state, public_url }
}

/// Where the state is: in the open, or in a secret since an address may hold a password.
fn state(service: &Reader<'_>, place: &Surroundings) -> Option<PathBuf> {
    let hidden = service.value("state_file").or(service.value("state_credential"));
    let secret = secret::read(service, place, "state_file", "state_credential");
    let Some(value) = hidden else {
        return service.parsed_or("state", "sqlite:state/offwatch.db", |text| database(text, place));
    };
    if service.value("state").is_some() {
        service.report(&value.span(), Fault::new("`state` stands there already"));
    }
    database(secret?.reveal(), place).map_err(|fault| service.report(&value.span(), fault)).ok()
}

/// The file of a `sqlite:` address. The refusal does not show what it refuses: it may hold a password.
fn database(text: &str, place: &Surroundings) -> Result<PathBuf, Fault> {
    if text.starts_with("postgres:") || text.starts_with("postgresql:") {
        return Err(Fault::new("PostgreSQL is not supported by this version").hint("write `sqlite:state/offwatch.db`"));
    }
    let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
    match path {
        Some(path) if !path.is_empty() && !path.starts_with(':') => Ok(place.state(path)),
        Some(_) => Err(Fault::new("`state` names no file").hint("write `sqlite:state/offwatch.db`")),
        None => Err(Fault::new("`state` is no address of a database").hint("write `sqlite:state/offwatch.db`")),
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
