//! Any text → no ticket: whoever lacks the key opens nothing, and a token that was tampered with is none. The first byte says
//! whether the rest is a token as it stands, or changes one that is good.
#![no_main]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a broken promise is what we look for")]

#[path = "../../src/links/token.rs"]
mod token;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use token::{Keys, Purpose, Ticket};

/// Every purpose.
const ALL: [Purpose; 6] =
    [Purpose::Written, Purpose::Waived, Purpose::Hand, Purpose::Snooze, Purpose::Undo, Purpose::Calendar];

fuzz_target!(|data: &[u8]| {
    let Some((how, rest)) = data.split_first() else { return };
    let keys = Keys::read("a key that the fuzzer does not know at all").unwrap();
    let (now, expires) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(4_000_000_000).unwrap());
    let ticket = Ticket { purpose: Purpose::Written, subject: "t1".to_owned(), instant: now, person: "ada".to_owned(), expires };
    let good = keys.sign(&ticket).unwrap();
    let text = if how % 2 == 0 {
        String::from_utf8_lossy(rest).into_owned()
    } else {
        // Each pair of bytes puts a sign in some place.
        let mut bytes = good.clone().into_bytes();
        for pair in rest.chunks_exact(2) {
            let place = usize::from(pair[0]) % bytes.len();
            bytes[place] = pair[1];
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let opened = keys.open(&text, &ALL, now);
    if text == good {
        assert_eq!(opened, Some(ticket));
    } else {
        assert_eq!(opened, None, "{text}");
    }
});
