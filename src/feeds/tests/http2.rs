//! Faults of HTTP/2, frame by frame (RFC 9113): servers that reset, go away, break the rules or never end.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Nameless;
use super::faults::{CANARY, Fault, Step, calendar};
use super::matrix::{fares, table};
use crate::feeds::Client;

/// Frame types (RFC 9113 §6).
const DATA: u8 = 0;
/// See [`DATA`].
const HEADERS: u8 = 1;
/// See [`DATA`].
const RST_STREAM: u8 = 3;
/// See [`DATA`].
const SETTINGS: u8 = 4;
/// See [`DATA`].
const PUSH_PROMISE: u8 = 5;
/// See [`DATA`].
const PING: u8 = 6;
/// See [`DATA`].
const GOAWAY: u8 = 7;
/// See [`DATA`].
const CONTINUATION: u8 = 9;

/// The stream of the only request.
const STREAM: u32 = 1;
/// Nothing more comes on the stream.
const END_STREAM: u8 = 1;
/// The headers are whole.
const END_HEADERS: u8 = 4;

/// A frame: length, type, flags, stream, payload (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Headers without compression: `:status` by its index in the static table where it has one, the others as literals that
/// are not indexed (RFC 7541 §6).
fn headers(status: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let mut block = match status {
        "200" => vec![0x88],
        "304" => vec![0x8b],
        "500" => vec![0x8e],
        other => [vec![0x08], text(other)].concat(),
    };
    for (name, value) in fields {
        block.extend([vec![0x00], text(name), text(value)].concat());
    }
    block
}

/// The head of a good answer, of a body that follows.
fn good_head(fields: &[(&str, &str)]) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, STREAM, &headers("200", fields))
}

/// A number as a payload.
fn code(code: u32) -> [u8; 4] {
    code.to_be_bytes()
}

/// That the server goes, after that stream, with that code and a word.
fn goes(last: u32, reason: u32) -> Vec<u8> {
    frame(GOAWAY, 0, 0, &[&code(last)[..], &code(reason), CANARY.as_bytes()].concat())
}

/// These frames.
fn said(name: &'static str, frames: &[Vec<u8>]) -> Fault {
    Fault { name, steps: vec![Step::Say(frames.concat())] }
}

/// These frames, then silence.
fn silent(name: &'static str, frames: &[Vec<u8>]) -> Fault {
    Fault { name, steps: vec![Step::Say(frames.concat()), Step::Silence] }
}

/// A frame, then another without end.
fn poured(name: &'static str, first: Vec<u8>, again: Vec<u8>) -> Fault {
    Fault { name, steps: vec![Step::Say(first), Step::Pour(again)] }
}

/// The first of two events in a frame, after which something is missing that nobody can see from the bytes' form.
fn cut() -> Vec<u8> {
    let two = calendar(&["ACME: upgrade", "ACME: second"]);
    let end = b"END:VEVENT\r\n";
    let first = two.windows(end.len()).position(|window| window == end).unwrap();
    frame(DATA, 0, STREAM, &two[..first + end.len()])
}

/// Whole answers, with statuses and lengths.
fn answers(good: &[u8]) -> Vec<Fault> {
    let length = good.len().to_string();
    let all = || frame(DATA, END_STREAM, STREAM, good);
    let status = |number, fields: &[(&str, &str)]| frame(HEADERS, END_HEADERS | END_STREAM, STREAM, &headers(number, fields));
    vec![
        said("HTTP/2 as it should be", &[good_head(&[("content-length", &length)]), all()]),
        said("no length", &[good_head(&[]), all()]),
        said("304 as asked", &[status("304", &[])]),
        said("429, 2 minutes", &[status("429", &[("retry-after", "120")])]),
        said("500", &[status("500", &[])]),
        said("600", &[status("600", &[])]),
        said("a status that is no number", &[status("abc", &[])]),
        said("no status", &[frame(HEADERS, END_HEADERS | END_STREAM, STREAM, &headers("200", &[])[1..])]),
        said("length too long", &[good_head(&[("content-length", "9999")]), all()]),
        said("length too short", &[good_head(&[("content-length", "10")]), all()]),
    ]
}

/// Answers that end too early, or not at all.
fn breaks(good: &[u8]) -> Vec<Fault> {
    let (half, rest) = good.split_at(good.len() / 2);
    vec![
        said("closed in the body", &[good_head(&[]), frame(DATA, 0, STREAM, half)]),
        said("closed between two events", &[good_head(&[]), cut()]),
        silent("silent in the body", &[good_head(&[]), frame(DATA, 0, STREAM, half)]),
        silent("silent after the head", &[good_head(&[])]),
        silent("silent", &[]),
        said("closed without an answer", &[]),
        said("goes away before the answer", &[goes(0, 0)]),
        said("goes away for too much calm", &[goes(0, 11)]),
        said(
            "goes away in the body, which ends",
            &[good_head(&[]), frame(DATA, 0, STREAM, half), goes(STREAM, 0), frame(DATA, END_STREAM, STREAM, rest)],
        ),
        said("goes away in the body", &[good_head(&[]), frame(DATA, 0, STREAM, half), goes(STREAM, 2)]),
    ]
}

/// Frames that the protocol forbids, or more of them than anybody needs.
fn rules(good: &[u8]) -> Vec<Fault> {
    vec![
        said("an event cut off by padding", &[good_head(&[]), frame(DATA, 8, STREAM, b"\xffno")]),
        said("a frame above the limit", &[good_head(&[]), frame(DATA, END_STREAM, STREAM, &vec![b'x'; 20_000])]),
        said("more than the window", &[good_head(&[]), frame(DATA, 0, STREAM, &[b'x'; 16_384]).repeat(400)]),
        said("data on another stream", &[good_head(&[]), frame(DATA, END_STREAM, 7, good)]),
        said("data before the head", &[frame(DATA, END_STREAM, STREAM, good)]),
        said("headers that cannot be unpacked", &[frame(HEADERS, END_HEADERS, STREAM, &[0xff; 40])]),
        said(
            "a promise that nobody asked for",
            &[frame(PUSH_PROMISE, END_HEADERS, STREAM, &[&code(2)[..], &headers("200", &[])].concat())],
        ),
        said("HTTP/1.1", &[b"HTTP/1.1 200 OK\r\n\r\ncanary-of-a-fault".to_vec()]),
        poured(
            "headers without end",
            frame(HEADERS, 0, STREAM, &headers("200", &[])),
            frame(CONTINUATION, 0, STREAM, &headers("200", &[("x", CANARY)])[1..]),
        ),
        poured("settings without end", Vec::new(), frame(SETTINGS, 0, 0, &[])),
        poured("pings without end", Vec::new(), frame(PING, 0, 0, &[0; 8])),
        poured("empty data without end", good_head(&[]), frame(DATA, 0, STREAM, &[])),
    ]
}

/// Streams that are reset (RFC 9113 §7 has the codes).
fn resets(good: &[u8]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let codes = [
        (0, "reset, no error", "reset in the body, no error"),
        (2, "reset, internal error", "reset in the body, internal error"),
        (7, "reset, refused", "reset in the body, refused"),
        (8, "reset, cancelled", "reset in the body, cancelled"),
        (13, "reset, wants HTTP/1.1", "reset in the body, wants HTTP/1.1"),
    ];
    for (reason, at_once, later) in codes {
        let reset = frame(RST_STREAM, 0, STREAM, &code(reason));
        faults.push(said(at_once, std::slice::from_ref(&reset)));
        faults.push(silent(later, &[good_head(&[]), cut(), reset]));
    }
    let reset = frame(RST_STREAM, 0, STREAM, &code(0));
    let whole = frame(DATA, 0, STREAM, good);
    faults.push(silent("reset in a body whose length is known", &[good_head(&[("content-length", "9999")]), cut(), reset.clone()]));
    faults.push(silent("reset instead of the stream's end", &[good_head(&[]), whole, reset]));
    faults
}

/// Hears a request and takes the steps of its fault. The client may hang up at any time.
async fn converse(mut stream: TcpStream, fault: Fault) -> Option<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.ok()?;
    assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.ok()?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        stream.read_exact(&mut vec![0; length.try_into().unwrap()]).await.ok()?;
        if head[3] == HEADERS {
            break;
        }
    }
    let (mut reader, mut writer) = stream.into_split();
    tokio::spawn(async move { while reader.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {} });
    for step in fault.steps {
        match step {
            Step::Say(bytes) => writer.write_all(&bytes).await.ok()?,
            Step::Drip(_) => unreachable!("no fault of this table drips"),
            Step::Pour(bytes) => loop {
                writer.write_all(&bytes.repeat(50)).await.ok()?;
            },
            Step::Silence => std::future::pending().await,
        }
    }
    writer.shutdown().await.ok()
}

#[tokio::test]
async fn a_fault_of_http_2_costs_one_fetch_and_is_told_in_words_that_help() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::with(|| reqwest::Client::builder().no_proxy().dns_resolver(Nameless).http2_prior_knowledge());
    let mut rows = Vec::new();
    let good = calendar(&["ACME: upgrade"]);
    for fault in [answers(&good), breaks(&good), rules(&good), resets(&good)].concat() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (name, fault) = (fault.name, Arc::new(fault));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Fault::clone(&fault)));
            }
        });
        rows.push(fares(name, &format!("http://127.0.0.1:{port}/0?token={CANARY}"), &client).await);
        server.abort();
    }
    insta::assert_snapshot!("http2", table(&rows));
}
