//! No letter ever gets the answer to another one, whatever a server says out of turn.

use proptest::prelude::*;

use super::{letter, sender, smtp};
use crate::outbox::Outcome;
use crate::send::Tls;
use crate::send::peer::Peer;

/// What goes wrong at a step: nothing, or replies that leave the line out of step.
fn fault() -> impl Strategy<Value = String> {
    let step = prop::sample::select(vec!["mail", "rcpt", "data", "dot", "rset"]);
    let what = prop::sample::select(vec![
        "twice",
        "and 421",
        "two codes",
        "code alone",
        "Latin-1",
        "drop",
        "garbage",
        "half a line, drop",
        "354 what",
        "250 2.0.0 fine\r\n250 2.0.0 kept for somebody",
        "354 go on\r\n250 2.0.0 kept for somebody",
        "550 5.1.1 fine\r\n250 2.0.0 kept for somebody",
        "450 4.2.0 fine\r\n550 5.1.1 somebody",
    ]);
    (step, what).prop_map(|(step, what)| format!("{step} {what}"))
}

/// Sends letters to six people through a server that goes wrong like this; the first letter about which the two disagree.
async fn check(faults: &[String]) -> Result<(), String> {
    let peer = Peer::start(&faults.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut sender = sender(smtp(peer.port, Tls::None));
    for person in ["ada", "bob", "cleo", "dora", "emil", "fay"] {
        let mut letter = letter(person);
        letter.bytes = format!("Subject: for {person}\r\n\r\nHello {person}\r\n").into_bytes();
        let outcome = sender.send(&letter).await;
        let kept = peer.kept(person);
        let agreed = match &outcome {
            Outcome::Accepted { answer } => kept && !answer.contains("somebody"),
            Outcome::Unclear { maybe_sent, .. } => !kept || *maybe_sent,
            Outcome::Refused { .. } | Outcome::Halted { .. } => !kept,
        };
        if !agreed {
            return Err(format!("{person}: {outcome:?}, kept: {kept}; the server heard {}", peer.heard()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn answers_are_never_swapped(faults in prop::collection::vec(fault(), 0..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let agreed = runtime.block_on(check(&faults));
        prop_assert!(agreed.is_ok(), "{}", agreed.unwrap_err());
    }
}
