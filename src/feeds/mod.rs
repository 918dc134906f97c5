//! Fetches a feed's bytes: a file, a recording or a web address. Owns secrets in addresses and the limits of a fetch.
//! Never lets an address out: errors name the feed, not where it is.

pub mod source;

pub use source::{Feed, Login, Secret, Source};
