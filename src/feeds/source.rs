//! What a feed is in the configuration: where its bytes come from, how often, how it is to be read.

use std::fmt;
use std::path::PathBuf;

use jiff::SignedDuration;

use crate::agenda::FeedRole;
use crate::schedule::Schedule;

/// A text that is never shown: an address with a token, a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text that must not be shown.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the wire only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// How a fetch proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// RFC 7617.
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: Secret,
    },
    /// RFC 6750.
    Bearer(Secret),
}

/// Where a feed's bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file; a folder of files named by instant is a recording, which `simulate` plays.
    Path(PathBuf),
    /// `http(s)://` or `webcal(s)://`.
    Url {
        /// The address; may hold a token.
        url: Secret,
        /// Credentials beside the address.
        login: Option<Login>,
    },
}

/// A feed as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// How it is read.
    pub role: FeedRole,
    /// Where it is.
    pub source: Source,
    /// When it is fetched.
    pub fetch: Schedule,
    /// Past which age a failing feed is told to the admin.
    pub stale_after: SignedDuration,
    /// `empty_body = "no events"`: an empty body is an empty calendar and no failure.
    pub empty_body_is_empty: bool,
    /// How long one fetch may take.
    pub timeout: SignedDuration,
}
