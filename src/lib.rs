//! offwatch reads calendars and planned customer tasks, asks for briefings in time and hands out catch-up digests.
//!
//! Reading the rooms from top to bottom is the specification: *feeds are read into a calendar; the agenda says what
//! its events mean; availability says who is there; from these we plan, word the mail, keep an outbox, and send.*
//! The rooms are public for benches and fuzz targets only; no promise is made about them.

// Words.
#[doc(hidden)]
pub mod people;
#[doc(hidden)]
pub mod schedule;
#[doc(hidden)]
pub mod window;
#[doc(hidden)]
pub mod working;
#[doc(hidden)]
pub mod zone;

// The line: pure, value in, value out.
#[doc(hidden)]
pub mod agenda;
#[doc(hidden)]
pub mod availability;
#[doc(hidden)]
pub mod board;
#[doc(hidden)]
pub mod calendar;
#[doc(hidden)]
pub mod explain;
#[doc(hidden)]
pub mod links;
#[doc(hidden)]
pub mod mail;
#[doc(hidden)]
pub mod outbox;
#[doc(hidden)]
pub mod page;
#[doc(hidden)]
pub mod plan;
#[doc(hidden)]
pub mod wording;

// Below touches the world, above never does.
#[doc(hidden)]
pub mod clock;
#[doc(hidden)]
pub mod config;
#[doc(hidden)]
pub mod crash;
#[doc(hidden)]
pub mod feeds;
#[doc(hidden)]
pub mod send;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod systemd;

// The shell.
#[doc(hidden)]
pub mod chaos;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod cycle;
#[doc(hidden)]
pub mod daemon;
#[doc(hidden)]
pub mod health;
#[doc(hidden)]
pub mod simulate;
#[doc(hidden)]
pub mod web;

// The second opinion: checks simulated worlds, shares nothing with the line but the words.
#[doc(hidden)]
pub mod oracle;

#[cfg(test)]
mod tests;
