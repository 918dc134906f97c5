//! A real mail server on this machine, and a closed door in its place. Owns the letters that arrived.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use jiff::Timestamp;
use mail_parser::MessageParser;

/// Whom it lets in.
pub(crate) const USER: &str = "offwatch";

/// With which password.
pub(crate) const PASSWORD: &str = "canary-of-the-mail-server";

/// The server; it ends with this value.
pub(crate) struct Post(Child);

/// A letter that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) kind: String,
    pub(crate) automatic: String,
    pub(crate) date: Timestamp,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Post {
    /// Starts it on `port`, a free one if that is 0, with STARTTLS and a login; gives its port too. Nothing when it is not
    /// installed. `clock` is its own: its certificate must be valid in the client's time.
    pub(crate) fn start(folder: &Path, port: u16, clock: &[(String, String)], options: &[&str]) -> Option<(Self, u16)> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/smtpd.py");
        let port = port.to_string();
        let mut command = Command::new("python3");
        command.arg(script).arg("--folder").arg(folder).args(["--starttls", "--user", USER, "--password", PASSWORD, "--port", &port]);
        command.args(options).envs(clock.iter().cloned()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Self(command.spawn().ok()?);
        let mut line = String::new();
        BufReader::new(server.0.stdout.take()?).read_line(&mut line).ok()?;
        let port = line.trim().parse().ok()?;
        Some((server, port))
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        crate::world::end(&mut self.0);
    }
}

/// The letters in the server's folder, in the order of their arrival.
pub(crate) fn letters(folder: &Path) -> Vec<Letter> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "eml"));
    paths.sort();
    paths.iter().map(|path| letter(&std::fs::read(path).unwrap())).collect()
}

/// A letter as it is on the wire.
fn letter(bytes: &[u8]) -> Letter {
    let message = MessageParser::default().parse(bytes).unwrap();
    let raw = |name: &str| message.header_raw(name).unwrap_or_default().trim().to_owned();
    Letter {
        id: message.message_id().unwrap_or_default().to_owned(),
        to: message.to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned(),
        kind: raw("X-Offwatch-Kind"),
        automatic: raw("Auto-Submitted"),
        date: Timestamp::from_second(message.date().unwrap().to_timestamp()).unwrap(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        bytes: bytes.to_vec(),
    }
}

/// A port at which somebody hangs up on everybody, counting; free again when dropped.
pub(crate) struct ClosedDoor {
    pub(crate) port: u16,
    knocks: Arc<AtomicUsize>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ClosedDoor {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (knocks, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, ended) = (Arc::clone(&knocks), Arc::clone(&done));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                drop(stream);
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { port, knocks, done, thread: Some(thread) }
    }

    /// How often somebody came.
    pub(crate) fn knocks(&self) -> usize {
        self.knocks.load(Ordering::Relaxed)
    }
}

impl Drop for ClosedDoor {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
