//! Runs the built daemon as it runs in the field: calendars over HTTP, a real mail server, signals, a service manager,
//! a full disk, and a clock that runs fast. Uses no network beyond this machine, and looks at nothing inside.
//! A test whose peer is not installed says so and is passed over, unless `OFFWATCH_REQUIRE` names the peer.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a broken test should stop, and one that does not run says so"
)]

mod board;
mod browser;
mod busy;
mod cage;
#[expect(clippy::indexing_slicing, reason = "what is missing should stop the test")]
mod canary;
mod clerk;
mod disguise;
mod disk;
#[expect(clippy::indexing_slicing, clippy::string_slice, reason = "what is missing should stop the test")]
mod doubt;
#[expect(clippy::indexing_slicing, reason = "made for the tests inside, where it is allowed")]
#[path = "../../src/feeds/tests/faults.rs"]
mod faults;
mod fire;
mod health;
mod letters;
#[expect(clippy::indexing_slicing, clippy::string_slice, reason = "what is missing should stop the test")]
mod links;
mod outages;
mod post;
mod postfix;
#[path = "../peers/postgresql.rs"]
#[expect(dead_code, reason = "other tests stop servers and look into them")]
mod postgresql;
mod quotes;
mod refusals;
mod remains;
mod scanner;
#[expect(clippy::indexing_slicing, reason = "what is missing should stop the test")]
mod search;
mod service;
#[expect(clippy::string_slice, reason = "what is missing should stop the test")]
mod subscription;
mod web;
#[expect(clippy::indexing_slicing, clippy::string_slice, reason = "what is missing should stop the test")]
mod words;
mod world;
