//! The table of faults: each step of SMTP goes wrong in each way, and a row says what became of the letter, of the line and
//! of the server. The rows stand in `snapshots/`, beside this file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{hasty, letter, sender, shown, smtp};
use crate::outbox::Life;
use crate::send::peer::{Peer, authority};
use crate::send::{Sender, Smtp, Tls};

/// A server that knows no other way to log in.
const LOGIN: &[&str] = &["ehlo 250-peer\r\n250 AUTH LOGIN"];

/// The steps, the later ones reached after what must go wrong before them. `hello` is EHLO under TLS; `login`, `user` and
/// `password` are the three of AUTH LOGIN.
const STEPS: [(&str, &[&str]); 14] = [
    ("greeting", &[]),
    ("ehlo", &[]),
    ("starttls", &[]),
    ("hello", &[]),
    ("auth", &[]),
    ("login", LOGIN),
    ("user", LOGIN),
    ("password", LOGIN),
    ("mail", &[]),
    ("rcpt", &[]),
    ("data", &[]),
    ("dot", &[]),
    ("rset", &["rcpt 550 5.1.1 unknown"]),
    ("quit", &[]),
];

/// The ways to go wrong at any of them.
const FAULTS: &str = "450 4.2.0 greylisted|451 4.7.1 policy, later|452 4.2.2 mailbox full|452 4.3.1 system full|432 4.3.2 slow down
454 4.7.0 not now|421 4.3.2 closing|421 4.7.0 too many|530 5.7.57 log in first|535 5.7.8 wrong password|550 5.1.1 unknown|550 5.7.1 policy
550 5.7.60 not this sender|552 5.2.2 mailbox full|552 5.3.4 too big|554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked
220 wrong order|250 wrong order|354 wrong order|650 no such code|garbage|half a line|half a line, drop|never its last line
a line without end|lines without end|two codes|twice|and 421|code alone|LF alone|Latin-1|silence|drop";

/// Faults while the message goes over the wire, before its dot.
const BODY: &str = "552 5.3.4 too big|421 4.3.2 closing|silence|drop";

/// Faults of the handshake after STARTTLS.
const HANDSHAKE: &str = "garbage|silence|drop|an unknown certificate|another host name";

/// One row: the outcome, where the letter stands then (the attempt was at 09:00), the line, the server.
async fn check(step: &str, before: &[&str], fault: &str) -> String {
    let mut faults: Vec<String> = before.iter().map(|fault| (*fault).to_owned()).collect();
    faults.push(format!("{} {fault}", if step == "login" { "auth" } else { step }));
    let peer = Peer::start(&faults.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let tls = if matches!(step, "starttls" | "tls" | "hello") { Tls::StartTls } else { Tls::None };
    let folder = tempfile::tempdir().unwrap();
    let mut sender = sender(Smtp { ca_file: Some(authority(folder.path())), ..hasty(peer.port, tls) });
    let mut letter = letter("ada");
    if step == "body" {
        // More than any buffer between the two holds.
        letter.bytes = b"another line of a long letter\r\n".repeat(500_000);
    }
    let began: Timestamp = "2030-01-07T09:00:00Z".parse().unwrap();
    let mut life = Life::new(began, None);
    let attempt = life.begin(began).unwrap();
    let outcome = sender.send(&letter).await;
    life.finish(attempt, &outcome, began);
    let state_of_line = if matches!(&sender, Sender::Smtp(postman) if postman.is_connected()) { "kept" } else { "dropped" };
    let rest = if sender.pause().is_some() { "rests" } else { "-" };
    sender.close().await;
    let stands =
        if life.state.is_final() { life.state.to_string() } else { format!("due {}, {} tries", life.due.strftime("%H:%M"), life.tries) };
    let stands = stands + if life.maybe_twice { ", maybe twice" } else { "" };
    let outcome = shown(&outcome);
    let fault: String = fault.chars().take(40).collect();
    format!("{step:8} | {fault:40} | {outcome:19} | {stands:31} | {state_of_line:7} | {rest}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_goes_wrong_in_every_way() {
    let (mut running, seats) = (JoinSet::new(), Arc::new(Semaphore::new(12)));
    let rows = STEPS.into_iter().flat_map(|(step, before)| FAULTS.split(['|', '\n']).map(move |fault| (step, before, fault)));
    let body = BODY.split('|').map(|fault| ("body", [].as_slice(), fault));
    let handshake = HANDSHAKE.split('|').map(|fault| ("tls", [].as_slice(), fault));
    for (number, (step, before, fault)) in rows.chain(body).chain(handshake).enumerate() {
        let seats = Arc::clone(&seats);
        running.spawn(async move {
            // Too many at once, and a busy machine is taken for a silent server.
            let _seat = seats.acquire().await;
            let row = tokio::time::timeout(Duration::from_mins(2), check(step, before, fault)).await;
            (number, row.unwrap_or_else(|_| format!("{step} {fault}: never ended")))
        });
    }
    let rows: BTreeMap<usize, String> = running.join_all().await.into_iter().collect();
    let head =
        "step     | what the server does                     | outcome             | the letter                      | line    | server";
    let table = rows.into_values().fold(head.to_owned(), |table, row| table + "\n" + &row);
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_reply_without_end_costs_neither_memory_nor_patience() {
    for fault in ["dot a line without end", "dot lines without end", "greeting a line without end"] {
        let peer = Peer::start(&[fault]).await;
        let outcome = sender(smtp(peer.port, Tls::None)).send(&letter("ada")).await;
        assert!(outcome.answer().ends_with("a reply without end"), "{fault}: {outcome:?}");
    }
}
