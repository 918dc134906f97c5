//! Drives the built program from outside, as people and scripts do: words, exit codes, files. Uses no network beyond
//! this machine, and looks at nothing inside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_docs_in_private_items,
    clippy::disallowed_methods,
    reason = "a broken test should stop"
)]

mod briefings;
mod configuration;
mod letters;
mod turns;
mod world;
