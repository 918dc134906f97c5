//! Files as administrators write them, good and bad, and what is made of them.

mod bad;
mod good;
mod places;
mod preferences;
mod shipped;

use std::path::Path;

use super::{Config, Context, interpret};

/// The least that works; tests add to it and change it.
pub(super) const LEAST: &str = r#"[service]
admin = "ops@example.com"

[mail]
from = "offwatch@example.com"
send = "folder"

[[feed]]
name = "tasks"
path = "tasks.ics"
reads = ["tasks"]

[[engineer]]
id = "ada"
email = "ada@example.com"

[[account]]
id = "acme"
engineers = ["ada"]
"#;

/// The text read as `offwatch.toml` in `/etc/offwatch`, without folders from a service manager.
pub(super) fn read(text: &str) -> Result<Config, super::Problems> {
    interpret(text, "offwatch.toml", Path::new("/etc/offwatch"), &Context::default(), false).0
}

/// The configuration that the text means.
pub(super) fn meant(text: &str) -> Config {
    read(text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Everything that is wrong with the text.
pub(super) fn check(text: &str) -> String {
    read(text).expect_err("the file is good").to_string()
}

/// What is wrong with the least file when `from` in it is replaced.
pub(super) fn changed(from: &str, to: &str) -> String {
    assert!(LEAST.contains(from), "the least file has no {from}");
    check(&LEAST.replacen(from, to, 1))
}

/// What is wrong with the least file and `more` at its end.
pub(super) fn with(more: &str) -> String {
    check(&format!("{LEAST}{more}"))
}
