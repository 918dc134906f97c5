//! Drives the built program from outside, as people and scripts do: words, exit codes, files. Uses no network beyond
//! this machine, and looks at nothing inside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a broken test should stop"
)]

mod backups;
mod board;
mod briefings;
mod chaos;
mod configuration;
mod explain;
mod feeds;
mod hostile;
mod letters;
mod mailboxes;
mod modes;
mod plans;
mod recordings;
mod shipped;
mod templates;
mod turns;

mod world;
