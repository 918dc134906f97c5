//! Kills the built program, stops it, and lets it end at named points, while letters are on their way; then counts what
//! arrived. Nothing may be lost, nothing said twice, and nothing sent a second time but a letter whose answer was cut off.
//!
//! `cargo test` does it briefly. `tests/endurance/run.sh` does it at length and prints the figures.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test program: a failed step is a failed test, and it waits for other programs"
)]

mod account;
mod clock;
mod former;
mod kills;
mod outage;
mod points;
#[path = "../peers/postgresql.rs"]
mod postgresql;
mod sink;
mod stop;
mod throughput;
mod world;
