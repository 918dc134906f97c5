//! Small calendars written by hand, one for each rule of reading, and what the built program must say about them.
//! Expectations come from RFC 5545, 6868 and 7986, never from the program; what lies where is told in `README.md`.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a broken test should stop")]

mod characters;
mod dates;
mod identity;
mod inspect;
mod instances;
mod limits;
mod overrides;
mod parameters;
mod rules;
mod standing;
mod structure;
mod times;
mod zones;
