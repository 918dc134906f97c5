//! Any bytes of a mail server → replies, offers and what they mean for a letter: reading ends, is bounded, means the same
//! however the bytes come in pieces, and only 250 after the dot is ever taken for *accepted*.
#![no_main]
#![expect(dead_code, unused_imports, reason = "the rooms are taken in whole, for one of their doors")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a broken promise is what we look for")]

#[path = "../../src/agenda/mod.rs"]
mod agenda;
#[path = "../../src/availability/mod.rs"]
mod availability;
#[path = "../../src/calendar/mod.rs"]
mod calendar;
#[path = "../../src/send/offer.rs"]
mod offer;
#[path = "../../src/outbox/mod.rs"]
mod outbox;
#[path = "../../src/people.rs"]
mod people;
#[path = "../../src/plan/mod.rs"]
mod plan;
#[path = "../../src/send/reply.rs"]
mod reply;
#[path = "../../src/schedule.rs"]
mod schedule;
#[path = "../../src/window.rs"]
mod window;
#[path = "../../src/working.rs"]
mod working;
#[path = "../../src/zone.rs"]
mod zone;

use libfuzzer_sys::fuzz_target;
use outbox::{Outcome, Stage};

/// How long an answer may be.
const LONGEST_ANSWER: usize = 500;

/// Every step.
const STAGES: [Stage; 9] = [
    Stage::Connect,
    Stage::Hello,
    Stage::StartTls,
    Stage::Login,
    Stage::Mail,
    Stage::Rcpt,
    Stage::Data,
    Stage::Body,
    Stage::Dot,
];

/// Reads replies until there is none, and holds each to its promises.
fn check(data: &[u8]) {
    let mut rest = data;
    while let Some((reply, length)) = said(rest) {
        assert!(length > 0 && length <= rest.len(), "{length} of {} bytes", rest.len());
        assert!((200..600).contains(&reply.code) && !reply.lines.is_empty(), "{reply:?}");
        // As if the line had paused somewhere: what is whole then is the same, else more is waited for.
        for cut in [1, length / 2, length - 1] {
            assert!(matches!(reply::first(&rest[..cut.min(length - 1)]), Ok(None)), "a part of a reply is a reply");
        }
        let offer = offer::Offer::read(&reply.lines);
        assert!(offer.logins.len() <= 2, "{offer:?}");
        for stage in STAGES {
            means(reply.code, &reply.text(), stage);
        }
        rest = &rest[length..];
    }
}

/// The next reply, if the bytes begin with a whole one.
fn said(bytes: &[u8]) -> Option<(reply::Reply, usize)> {
    match reply::first(bytes) {
        Ok(found) => found,
        Err(error) => {
            for stage in STAGES {
                let outcome = outbox::dropped(stage, &error.to_string());
                assert!(!matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
                is_sober(&outcome);
            }
            None
        }
    }
}

/// What a reply means at a step.
fn means(code: u16, text: &str, stage: Stage) {
    let outcome = outbox::answer(code, text, stage);
    let accepted = matches!(outcome, Some(Outcome::Accepted { .. }));
    assert_eq!(accepted, code == 250 && stage == Stage::Dot, "{code} {text} {stage}");
    if stage <= Stage::Login || stage == Stage::Body {
        assert!(!matches!(outcome, Some(Outcome::Refused { .. })) || stage == Stage::Body, "{outcome:?} {stage}");
    }
    outcome.iter().for_each(is_sober);
    let _ = outbox::wants_rest(code, text, stage);
}

/// An answer is one short line in which nothing steers.
fn is_sober(outcome: &Outcome) {
    let answer = outcome.answer();
    assert!(answer.chars().count() <= LONGEST_ANSWER && !answer.chars().any(people::steers), "{answer:?}");
}

fuzz_target!(|data: &[u8]| check(data));
