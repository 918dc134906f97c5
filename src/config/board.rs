//! `[service] board…`: where the team's board is served, and to whom. It says who is away and what is at risk: what everybody
//! on a machine can reach needs a token, and only what a socket's rights guard needs none.

use super::endpoint::Endpoint;
use super::problem::Fault;
use super::reader::Reader;
use super::secret::{self, Surroundings};
use crate::feeds::Secret;

/// How long a token must be.
const TOKEN_BYTES: usize = 32;

/// Where the board is served, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Where.
    pub endpoint: Endpoint,
    /// To whom.
    pub access: Access,
}

/// To whom the board is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// To whoever may open its socket.
    Socket,
    /// To whoever has the token.
    Token(Secret),
    /// To those of whom the web server that opens the socket says who they are, in the header of that name.
    Named(String),
}

/// Reads what `[service]` says of the board.
pub(super) fn read(service: &Reader<'_>, place: &Surroundings) -> Option<Board> {
    let endpoint = service.parsed("board", |text| Endpoint::read(text, place));
    let has_token = service.value("board_token_file").or(service.value("board_token_credential"));
    let token = token(service, place);
    let named = service.parsed("board_user_header", header);
    let Some(word) = service.string("board") else {
        if has_token.or(service.value("board_user_header")).is_some() {
            service.warn("`board_token_file` and `board_user_header` do nothing without `board`");
        }
        return None;
    };
    let header = service.string("board_user_header");
    if let (Some(_), Some(header)) = (has_token, &header) {
        service.report(&header.span, Fault::new("`board_token_file` and `board_user_header` exclude each other"));
    }
    match &endpoint {
        Some(Endpoint::Port(_)) if header.is_some() => {
            let fault = Fault::new(format!("everybody on this machine could write a user's name to `{}`", word.text));
            service.report(&word.span, fault.hint("with `board_user_header` the board needs a socket: `unix:board.sock`"));
        }
        Some(Endpoint::Port(_)) if has_token.is_none() => {
            let fault = Fault::new(format!("everybody on this machine could read the board at `{}`", word.text));
            let hint = "name a `board_token_file` (`openssl rand -base64 32` makes one), or a socket: `unix:board.sock`";
            service.report(&word.span, fault.hint(hint));
        }
        Some(Endpoint::Port(_) | Endpoint::Socket(_)) | None => {}
    }
    let access = token.map(Access::Token).or(named.map(Access::Named)).unwrap_or(Access::Socket);
    Some(Board { endpoint: endpoint?, access })
}

/// The token, if one is named.
fn token(service: &Reader<'_>, place: &Surroundings) -> Option<Secret> {
    let value = service.value("board_token_file").or(service.value("board_token_credential"));
    let token = secret::read(service, place, "board_token_file", "board_token_credential")?;
    if let Some(value) = value.filter(|_| token.reveal().len() < TOKEN_BYTES) {
        let fault = Fault::new(format!("the file holds a token of less than {TOKEN_BYTES} bytes"));
        service.report(&value.span(), fault.hint("`openssl rand -base64 32` makes one"));
    }
    Some(token)
}

/// The name of a header.
fn header(text: &str) -> Result<String, Fault> {
    if text.is_empty() || !text.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-') {
        return Err(Fault::new(format!("`{text}` is no name of a header")).hint("write `X-Remote-User`"));
    }
    Ok(text.to_ascii_lowercase())
}
