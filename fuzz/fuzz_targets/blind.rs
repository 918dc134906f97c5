//! The same inputs and promises as the fuzz target, without its eyes: no coverage is looked at, so that it is many times
//! as fast. For going over what the fuzzer has found, millions of times: `blind EXECUTIONS SEED FOLDER…`. A finding and
//! the slowest input are left in the present folder.
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

use std::cell::RefCell;
use std::time::{Duration, Instant};

use mutation::Chance;

/// The largest input, in bytes.
const LARGEST: usize = 16 * 1024;

thread_local! {
    /// Where bytes are changed.
    static CHANCE: RefCell<Chance> = const { RefCell::new(Chance(0)) };
}

/// Changes, drops or doubles a few bytes.
fn bytes(data: &mut [u8], size: usize, max_size: usize) -> usize {
    CHANCE.with_borrow_mut(|chance| {
        let mut size = size;
        for _ in 0..=chance.below(4) {
            let place = chance.below(size);
            match chance.below(3) {
                0 if size > 0 => data[place] = chance.next().to_le_bytes()[0],
                1 if size > 0 => {
                    data.copy_within(place + 1..size, place);
                    size -= 1;
                }
                _ if size < max_size => {
                    data.copy_within(place..size, place + 1);
                    size += 1;
                }
                _ => {}
            }
        }
        size
    })
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let executions: u64 = arguments.next().unwrap().parse().unwrap();
    let seed: u64 = arguments.next().unwrap().parse().unwrap();
    let files = arguments.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let inputs: Vec<Vec<u8>> = files.map(|path| std::fs::read(path).unwrap()).filter(|bytes| bytes.len() <= LARGEST).collect();
    let mut chance = Chance(seed);
    CHANCE.with_borrow_mut(|bytes| bytes.0 = seed ^ 1);
    let (mut slowest, began) = (Duration::ZERO, Instant::now());
    for execution in 0..executions {
        let mut data = inputs[chance.below(inputs.len())].clone();
        let mut size = data.len();
        data.resize(LARGEST, 0);
        for _ in 0..=chance.below(4) {
            size = mutation::mutate(&mut data, size, LARGEST, chance.next(), bytes);
        }
        let started = Instant::now();
        if std::panic::catch_unwind(|| promises::check(&data[..size])).is_err() {
            let name = format!("blind-{seed}-{execution}.ics");
            std::fs::write(&name, &data[..size]).unwrap();
            panic!("a promise is broken, see {name}");
        }
        if started.elapsed() > slowest {
            slowest = started.elapsed();
            std::fs::write(format!("blind-{seed}-slowest.ics"), &data[..size]).unwrap();
        }
        if execution % 500_000 == 499_999 {
            println!("{} executions in {} s, the slowest {} ms", execution + 1, began.elapsed().as_secs(), slowest.as_millis());
        }
    }
    println!("{executions} executions in {} s, the slowest {} ms", began.elapsed().as_secs(), slowest.as_millis());
}
