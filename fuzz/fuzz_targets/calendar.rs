//! Any bytes → occurrences: whatever a feed sends, reading it ends, and what it gives keeps the room's promises.
//! Inputs are calendars as they stand, so the corpus of real files is the seed and a finding can be read.
#![no_main]
#![expect(dead_code, reason = "the rooms are taken in whole, for one of their doors")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a broken promise is what we look for")]

#[path = "../../src/calendar/mod.rs"]
mod calendar;
mod mutation;
#[path = "../../src/people.rs"]
mod people;
mod promises;
#[path = "../../src/window.rs"]
mod window;
#[path = "../../src/zone.rs"]
mod zone;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| promises::check(data));
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutation::mutate(data, size, max_size, u64::from(seed), fuzzer_mutate)
});
