//! A web server of few words on this machine, which answers by path and remembers what it was asked.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The calendar that most paths hold.
pub(super) const CALENDAR: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n";

/// A running server; ends with the test's runtime.
pub(super) struct Server {
    /// Where it listens on 127.0.0.1.
    pub(super) port: u16,
    /// The heads of all requests.
    asked: Arc<Mutex<Vec<String>>>,
}

/// What follows the head of an answer.
enum After {
    /// Nothing: the connection closes.
    End,
    /// Nothing, but the connection stays open.
    Silence,
    /// A byte now and then.
    Drip,
    /// Bytes without end.
    Endless,
}

impl Server {
    /// Starts one, which sends those who ask for `/away` to the server at `away`.
    pub(super) async fn start(away: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, away, Arc::clone(&heard)));
            }
        });
        Self { port, asked }
    }

    /// The address of a path, which holds a canary.
    pub(super) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}?token=canary", self.port)
    }

    /// The value of a header in the latest request.
    pub(super) fn last(&self, header: &str) -> Option<String> {
        let asked = self.asked.lock().unwrap();
        asked.last()?.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case(header).then(|| value.to_owned())
        })
    }

    /// How many requests came.
    pub(super) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// Hears one request and answers it. The client may hang up at any time.
async fn converse(mut stream: TcpStream, away: u16, asked: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
        // The first byte of TLS: like any server without it, refuse in plain words.
        if head.starts_with(&[0x16]) {
            return stream.write_all(b"HTTP/1.1 400 canary\r\n\r\n").await.ok();
        }
    }
    let head = String::from_utf8(head).unwrap();
    asked.lock().unwrap().push(head.clone());
    let path = head.split([' ', '?', '/']).nth(2).unwrap();
    let (bytes, after) = answer(path, &head, away);
    stream.write_all(&bytes).await.ok()?;
    let lots = vec![b'B'; 65_536];
    match after {
        After::End => stream.shutdown().await.ok(),
        After::Silence => std::future::pending().await,
        After::Drip => loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.write_all(b"B").await.ok()?;
        },
        After::Endless => loop {
            stream.write_all(&lots).await.ok()?;
        },
    }
}

/// The answer by path.
fn answer(path: &str, head: &str, away: u16) -> (Vec<u8>, After) {
    let send = |status: &str, headers: &str, body: &[u8]| {
        let mut bytes = format!("HTTP/1.1 {status} canary\r\nConnection: close\r\n{headers}\r\n").into_bytes();
        bytes.extend_from_slice(body);
        bytes
    };
    let go = |location: &str| send("302", &format!("Location: {location}\r\nContent-Length: 0\r\n"), b"");
    let bytes = match path {
        "tagged" if head.contains("if-none-match: \"v1\"") => send("304", "", b""),
        "tagged" => send("200", "ETag: \"v1\"\r\nLast-Modified: Tue, 01 Dec 2026 09:00:00 GMT\r\n", CALENDAR),
        "plain" | "private" => send("200", "", CALENDAR),
        "gzip" => send("200", "Content-Encoding: gzip\r\n", &packed(CALENDAR)),
        "bomb" => send("200", "Content-Encoding: gzip\r\n", &packed(&vec![0; 17 * 1024 * 1024])),
        "damaged" => send("200", "Content-Encoding: gzip\r\n", &packed(CALENDAR)[..20]),
        "html" => send("200", "Content-Type: text/html\r\n", b"<!doctype html><title>Log in</title>"),
        "nothing" => send("204", "", b""),
        "torn" => send("200", "Content-Length: 1000\r\n", CALENDAR),
        "drip" => return (send("200", "", b""), After::Drip),
        "silent" => return (Vec::new(), After::Silence),
        "endless" => return (send("200", "", b""), After::Endless),
        "never-new" => send("304", "", b""),
        "login" => send("401", "WWW-Authenticate: Basic realm=canary\r\n", b"canary"),
        "revoked" => send("403", "", b""),
        "busy" => send("429", "Retry-After: 120\r\n", b""),
        "down" => send("503", "Retry-After: Tue, 01 Dec 2026 09:05:00 GMT\r\n", b""),
        "trouble" => send("500", "", b"canary"),
        "loop" => go("/loop?token=canary"),
        "nowhere" => send("302", "", b""),
        "elsewhere" => go("ftp://canary/"),
        "near" => go("/private"),
        "away" => go(&format!("http://127.0.0.1:{away}/private?canary")),
        "mute" => Vec::new(),
        _ => send("404", "", b""),
    };
    (bytes, After::End)
}

/// Gzip.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
