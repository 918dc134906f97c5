//! Writes a calendar of any size to standard output: `cargo bench --bench feed -- 10000 1000 > feed.ics` makes 10,000
//! single and 1,000 recurring events. Measures nothing; without numbers it writes nothing, so that `cargo bench` may run it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot set its stage has nothing to measure")]

mod calendar;

use std::io::Write;

fn main() -> std::io::Result<()> {
    // Cargo adds an option of its own.
    let numbers: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        [single, recurring] => std::io::stdout().write_all(calendar::calendar(*single, *recurring).as_bytes()),
        _ => writeln!(std::io::stderr(), "usage: cargo bench --bench feed -- SINGLE RECURRING > feed.ics"),
    }
}
