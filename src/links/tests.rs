//! What tokens promise: what was signed is read back, and nothing else is.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{BadKeys, Keys, Purpose, Ticket};

/// The keys of these tests.
const KEYS: &str = "5f1c2a60d0b14f3c9a7be1f0-first-key\nd2a7c35e9f1b4688ac00-the-older-key\n";

/// All purposes.
const ALL: [Purpose; 6] = [ACTS[0], ACTS[1], ACTS[2], ACTS[3], ACTS[4], Purpose::Calendar];

/// Those that act.
const ACTS: [Purpose; 5] = [Purpose::Written, Purpose::Waived, Purpose::Hand, Purpose::Snooze, Purpose::Undo];

fn keys() -> Keys {
    Keys::read(KEYS).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2030-05-01T12:00Z")
}

fn ticket() -> Ticket {
    Ticket {
        purpose: Purpose::Waived,
        subject: "tedb66a52fe".to_owned(),
        instant: at("2030-05-11T22:00Z"),
        person: "ada".to_owned(),
        expires: at("2030-05-11T22:00Z"),
    }
}

/// Any ticket that ends after now.
fn tickets() -> impl Strategy<Value = Ticket> {
    let text = || "\\PC{0,40}";
    (0..ALL.len(), text(), text(), -2_000_000_000_000_i64..4_000_000_000_000, 1_i64..2_000_000_000).prop_map(
        |(purpose, subject, person, instant, left)| Ticket {
            purpose: ALL[purpose],
            subject,
            person,
            instant: Timestamp::from_millisecond(instant).unwrap(),
            expires: now() + SignedDuration::from_secs(left),
        },
    )
}

proptest! {
    #[test]
    fn what_was_signed_is_read_back_until_it_ends(ticket in tickets()) {
        let token = keys().sign(&ticket).unwrap();
        prop_assert!(token.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_".contains(&sign)), "{token}");
        prop_assert_eq!(keys().open(&token, &ALL, now()), Some(ticket.clone()));
        prop_assert_eq!(keys().open(&token, &ALL, ticket.expires), None);
        let others: Vec<Purpose> = ALL.into_iter().filter(|purpose| *purpose != ticket.purpose).collect();
        prop_assert_eq!(keys().open(&token, &others, now()), None);
    }

    #[test]
    fn what_was_not_signed_is_nothing(token in "[A-Za-z0-9_-]{0,200}") {
        prop_assert_eq!(keys().open(&token, &ALL, now()), None);
    }
}

#[test]
fn a_token_of_which_any_bit_is_another_is_nothing() {
    any_bit_counts(&ticket());
    any_bit_counts(&Ticket::calendar("ada"));
}

/// Sees that a ticket's token is nothing with a bit, a sign or an end of its own.
fn any_bit_counts(ticket: &Ticket) {
    let token = keys().sign(ticket).unwrap().into_bytes();
    for place in 0..token.len() * 8 {
        let mut other = token.clone();
        other[place / 8] ^= 1 << (place % 8);
        let Ok(other) = String::from_utf8(other) else { continue };
        assert_eq!(keys().open(&other, &ALL, now()), None, "bit {place}");
    }
    let token = String::from_utf8(token).unwrap();
    for other in [
        token.get(1..).unwrap(),
        token.get(..token.len() - 1).unwrap(),
        &format!("{token}="),
        &format!("{token}A"),
        &format!(" {token}"),
        "",
    ] {
        assert_eq!(keys().open(other, &ALL, now()), None, "{other}");
    }
}

#[test]
fn a_calendars_token_never_acts_and_one_that_acts_reads_no_calendar() {
    let calendar = keys().sign(&Ticket::calendar("ada")).unwrap();
    assert_eq!(keys().sign(&Ticket::calendar("ada")).unwrap(), calendar, "whoever asks for it again gets the same");
    for now in [now(), at("2130-05-01T12:00Z")] {
        assert_eq!(keys().open(&calendar, &[Purpose::Calendar], now), Some(Ticket::calendar("ada")));
        assert_eq!(keys().open(&calendar, &ACTS, now), None);
    }
    for purpose in ACTS {
        let token = keys().sign(&Ticket { purpose, ..Ticket::calendar("ada") }).unwrap();
        assert!(keys().open(&token, &ACTS, now()).is_some());
        assert_eq!(keys().open(&token, &[Purpose::Calendar], now()), None);
    }
}

#[test]
fn the_older_key_opens_what_it_signed_and_signs_no_more() {
    let (first, older) = KEYS.trim().split_once('\n').unwrap();
    let (before, after) = (Keys::read(older).unwrap(), Keys::read(first).unwrap());
    let token = before.sign(&ticket()).unwrap();
    assert_eq!(keys().open(&token, &ALL, now()), Some(ticket()));
    assert_eq!(after.open(&token, &ALL, now()), None);
    assert_eq!(keys().sign(&ticket()), after.sign(&ticket()));
    let calendar = before.sign(&Ticket::calendar("ada")).unwrap();
    assert_eq!(keys().open(&calendar, &ALL, now()), Some(Ticket::calendar("ada")));
    assert_eq!(after.open(&calendar, &ALL, now()), None);
}

#[test]
fn keys_that_could_be_guessed_and_more_than_two_are_refused() {
    let read = |text: &str| Keys::read(text).map(drop);
    let key = "k".repeat(32);
    assert_eq!(read(&key), Ok(()));
    assert_eq!(read(&format!("{key}\r\n\n{key}x\n")), Ok(()));
    assert_eq!(read(" \n"), Err(BadKeys::None));
    assert_eq!(read(&"k".repeat(31)), Err(BadKeys::TooShort));
    assert_eq!(read(&format!("{key}\nshort")), Err(BadKeys::TooShort));
    assert_eq!(read(&format!("{key}\n{key}\n{key}")), Err(BadKeys::TooMany));
}

#[test]
fn keys_are_not_shown() {
    assert_eq!(format!("{:?}", keys()), "Keys(…)");
}

#[test]
fn a_ticket_with_words_longer_than_any_of_ours_has_no_token() {
    assert_eq!(keys().sign(&Ticket { person: "a".repeat(256), ..ticket() }), None);
    assert!(keys().sign(&Ticket { person: "a".repeat(254), subject: "t".repeat(255), ..ticket() }).is_some());
}
