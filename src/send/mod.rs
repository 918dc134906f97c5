//! Hands letters to the world: SMTP, a folder of `.eml` files, or memory; an answer becomes an [`Outcome`].
//! Owns its connection to the server; never retries by itself.

use std::path::PathBuf;

use jiff::SignedDuration;

use crate::feeds::Secret;
use crate::people::Address;

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// None: loopback only, unless the configuration allows it.
    None,
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is protected.
    pub tls: Tls,
    /// A CA file to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// User and password.
    pub login: Option<(String, Secret)>,
    /// Where bounces go.
    pub envelope_from: Address,
    /// Limits of the steps.
    pub timeouts: Timeouts,
}

/// How long each step of SMTP may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Connecting and greeting.
    pub connect: SignedDuration,
    /// EHLO, AUTH, MAIL, RCPT.
    pub command: SignedDuration,
    /// DATA.
    pub data: SignedDuration,
    /// After the final dot.
    pub dot: SignedDuration,
}

/// `[mail] send`: where letters go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A mail server.
    Smtp(Box<Smtp>),
    /// `.eml` files in a folder.
    Folder(PathBuf),
}
