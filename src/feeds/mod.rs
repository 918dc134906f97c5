//! Fetches a feed's bytes: a file, a recording or a web address. Owns secrets in addresses and the limits of a fetch.
//! Never lets an address out: errors name the feed, not where it is.
//!
//! [`source`] says what a feed is in the configuration; [`fetch()`] gets its bytes, by [`address`] and [`http`] from
//! the web or out of a [`recording`]; `failure` words what went wrong and [`retry`] says when
//! it is tried again; [`judge`] decides whether bytes may replace the
//! copy in force, and the [`brake`] whether they may at once. A failed fetch is never an empty calendar.

pub mod address;
pub mod brake;
mod failure;
pub mod fetch;
pub mod http;
pub mod recording;
pub mod retry;
pub mod source;
#[cfg(test)]
mod tests;

pub use address::WebAddress;
pub use fetch::{Body, Fetched, Previous, fetch, fingerprint, judge, play};
pub use http::Client;
pub use recording::{Entry, Recording, Take};
pub use retry::Retry;
pub use source::{Feed, Login, Secret, Source};

/// The most bytes an answer from the web may have, after decompression.
const LIMIT: usize = 16 * 1024 * 1024;

/// The most bytes a file may have: whoever put it there is trusted with more, and it is all that a calendar may have.
const FILE_LIMIT: usize = 64 * 1024 * 1024;
