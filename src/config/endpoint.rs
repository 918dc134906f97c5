//! Where offwatch listens: a port that only this machine reaches, or a socket in its file system. Refuses all others.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::problem::Fault;
use super::secret::Surroundings;

/// Somewhere to listen on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A port of a loopback address.
    Port(SocketAddr),
    /// A Unix socket.
    Socket(PathBuf),
}

impl Endpoint {
    /// The endpoint that `text` means.
    pub(super) fn read(text: &str, place: &Surroundings) -> Result<Self, Fault> {
        let hint = "write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`";
        if let Some(path) = text.strip_prefix("unix:") {
            if path.is_empty() || path.ends_with('/') {
                return Err(Fault::new(format!("`{text}` names no socket")).hint(hint));
            }
            return Ok(Self::Socket(place.runtime(path)));
        }
        let Ok(address) = text.parse::<SocketAddr>() else {
            return Err(Fault::new(format!("`{text}` is neither a port of this machine nor a socket")).hint(hint));
        };
        if !address.ip().is_loopback() {
            let fault = Fault::new(format!("`{text}` could be reached from other machines"));
            return Err(fault.hint(format!("{hint}; a web server here may pass it on")));
        }
        if address.port() == 0 {
            return Err(Fault::new(format!("`{text}` names no port")).hint(hint));
        }
        Ok(Self::Port(address))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(address) => write!(out, "http://{address}"),
            Self::Socket(path) => write!(out, "the socket `{}`", path.display()),
        }
    }
}
