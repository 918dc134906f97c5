//! Every fault there is, and what offwatch makes of it: what people are told, what stays in force, when it is tried again.
//! Each row is a fetch of a feed whose last good copy is in force, taken in by the turn's own door.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use super::faults::{CANARY, Fault, Step, calendar, faults};
use super::{client, now};
use crate::config::{self, Config, Context};
use crate::cycle::{Answer, Cycle};
use crate::feeds::{Body, Client, Feed, Fetched, fetch, fingerprint};
use crate::people::FeedName;
use crate::store::Store;
use crate::window::Window;
use crate::zone::Zone;

/// The title in the copy in force.
const GOOD: &str = "ACME: upgrade";

/// The faults that nothing but the feed's own time ends; it is short for them. All others have time enough on any machine.
const ENDLESS: [&str; 11] = [
    "103 without end",
    "a slow drip",
    "a slow drip of headers",
    "silence",
    "silence after the head",
    "silent",
    "silent after the head",
    "silent in the body",
    "settings without end",
    "pings without end",
    "silent when greeted",
];

/// A configuration with one feed of tasks at an address.
const CONFIGURATION: &str = r#"
[service]
admin = "admin@example.com"
[mail]
from = "offwatch@example.com"
send = "folder"
folder = "letters"
[[feed]]
name = "tasks"
url = "URL"
reads = ["tasks"]
[[engineer]]
id = "ada"
email = "ada@example.com"
[[account]]
id = "acme"
engineers = ["ada"]
match = ["ACME"]
"#;

/// The configuration with that address.
fn configured(url: &str) -> Arc<Config> {
    let folder = std::path::Path::new(".");
    Arc::new(config::read(&CONFIGURATION.replace("URL", url), "offwatch.toml", folder, &Context::default()).unwrap())
}

/// Serves each fault at its number as a path, and the calendar in force at `/good`; ends with the test's runtime.
async fn serve(faults: impl FnOnce(&str) -> Vec<Fault>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let faults = Arc::new(faults(&home));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&faults)));
        }
    });
    home
}

/// Hears a request and takes the steps of its fault. The client may hang up at any time.
pub(super) async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, faults: Arc<Vec<Fault>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    if head.lines().next()?.contains("/good") {
        let good = calendar(&[GOOD]);
        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", good.len());
        stream.write_all(&[head.as_bytes(), &good].concat()).await.ok()?;
        return stream.shutdown().await.ok();
    }
    let number: usize = head.split(['/', '?']).nth(1)?.parse().ok()?;
    for step in &faults.get(number)?.steps {
        match step {
            Step::Say(bytes) => stream.write_all(bytes).await.ok()?,
            Step::Drip(bytes) => loop {
                tokio::time::sleep(Duration::from_millis(50)).await;
                stream.write_all(bytes).await.ok()?;
            },
            Step::Pour(bytes) => loop {
                stream.write_all(bytes).await.ok()?;
            },
            Step::Silence => std::future::pending().await,
        }
    }
    stream.shutdown().await.ok()
}

/// How a feed at `url` fares whose last good copy came an hour ago.
pub(super) async fn fares(name: &str, url: &str, client: &Client) -> String {
    let mut cycle = Cycle::resume(configured(url), &Store::memory()).await.unwrap();
    let feed: FeedName = "tasks".parse().unwrap();
    let good = calendar(&[GOOD]);
    let body = Body { hash: fingerprint(&good), bytes: good.clone().into(), etag: Some("\"v1\"".to_owned()), last_modified: None };
    cycle.inputs().take(&feed, Fetched::New(body), now() - SignedDuration::from_hours(1));
    let timeout = if ENDLESS.contains(&name) { SignedDuration::from_millis(700) } else { SignedDuration::from_secs(30) };
    let patient = Feed { timeout, ..cycle.config().feeds[0].clone() };
    let previous = cycle.inputs().previous(&feed);
    let fetched = fetch(&patient, &previous, client, now()).await;
    let debug = format!("{fetched:?}");
    assert!(matches!(fetched, Fetched::New(_)) || !debug.contains("canary"), "{name}: {debug}");
    cycle.inputs().hear(Answer { feed, previous, fetched }, now());
    let state = &cycle.inputs().feeds()[0];
    let told = state.copy.error.clone().unwrap_or_default();
    assert!(!told.contains(CANARY) && !told.contains("127.0.0.1"), "{name}: {told}");
    let in_force = match (state.copy.body.as_deref(), state.copy.fetched == Some(now())) {
        (Some(body), true) if *body == *good => "same, good",
        (Some(body), false) if *body == *good => "same, ages",
        (body, _) => &body.map_or("none".to_owned(), title),
    };
    format!("{name:37} | {in_force:20} | {:8} | {told}", wait(state.next_try(now())))
}

/// The title that another calendar shows.
fn title(bytes: &[u8]) -> String {
    let span = Window::new(now(), now() + SignedDuration::from_hours(24 * 30)).unwrap();
    let found = crate::calendar::read(bytes, span, &Zone::utc()).found;
    let titles: BTreeSet<&str> = found.iter().map(|occurrence| occurrence.event.summary.as_str()).collect();
    Vec::from_iter(titles).join(", ")
}

/// In how long the next try comes.
fn wait(next: Option<Timestamp>) -> String {
    next.map_or("never".to_owned(), |next| format!("{:#}", SignedDuration::from_secs(next.duration_since(now()).as_secs())))
}

/// The table of rows.
pub(super) fn table(rows: &[String]) -> String {
    format!("{:37} | {:20} | {:8} | what people are told\n{}", "fault", "in force", "next try", rows.join("\n"))
}

#[tokio::test]
async fn a_fault_of_http_costs_one_fetch_and_is_told_in_words_that_help() {
    let good = calendar(&[GOOD]);
    let home = serve(|home| faults(&good, home)).await;
    let client = client();
    let mut rows = Vec::new();
    for (number, fault) in faults(&good, &home).iter().enumerate() {
        rows.push(fares(fault.name, &format!("{home}/{number}?token={CANARY}"), &client).await);
    }
    insta::assert_snapshot!("http", table(&rows));
}

#[tokio::test]
async fn a_connection_that_was_closed_between_two_fetches_is_no_fault() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}/?token={CANARY}", listener.local_addr().unwrap().port());
    let (close, mut to_close) = tokio::sync::mpsc::channel::<()>(1);
    let (gone, mut is_gone) = tokio::sync::mpsc::channel::<()>(1);
    let server = tokio::spawn(async move {
        let good = calendar(&[GOOD]);
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", good.len(), String::from_utf8(good).unwrap());
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_u8().await.unwrap();
            // The connection seems to stay, and is closed without a word once the fetch is over.
            stream.write_all(answer.as_bytes()).await.unwrap();
            to_close.recv().await.unwrap();
            drop(stream);
            gone.send(()).await.unwrap();
        }
    });
    let client = client();
    for _ in 0..2 {
        assert!(fares("closed", &url, &client).await.contains("same, good"));
        close.send(()).await.unwrap();
        is_gone.recv().await.unwrap();
        // The client's own machine has time to hear of it.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    server.await.unwrap();
}
