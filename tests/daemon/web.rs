//! A web server on this machine that serves calendars: with `ETag`s, and with every failure it is told to have.
//! Speaks just enough HTTP for one client and knows nothing of calendars.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::faults::Step;

/// What stands at an address.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// A calendar.
    Calendar(String),
    /// A page for people, as portals show it before a login.
    Html,
    /// The server is broken.
    Broken,
    /// These bytes on the wire, whatever they are.
    Fault(Vec<Step>),
}

/// One request as it was heard and answered.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) status: u16,
}

#[derive(Debug, Default)]
struct Shelf {
    pages: Mutex<BTreeMap<String, Page>>,
    requests: Mutex<Vec<Request>>,
    done: AtomicBool,
}

/// The server; it ends with this value.
pub(crate) struct Web {
    address: SocketAddr,
    shelf: Arc<Shelf>,
    thread: Option<JoinHandle<()>>,
}

impl Web {
    /// Serves nothing yet, on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shelf = Arc::new(Shelf::default());
        let its = Arc::clone(&shelf);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if its.done.load(Ordering::Relaxed) {
                    break;
                }
                // Side by side, for some answers never end. A client that was killed leaves half a request: no reason to
                // stop serving.
                let its = Arc::clone(&its);
                std::thread::spawn(move || stream.and_then(|stream| its.answer(&stream)));
            }
        });
        Self { address, shelf, thread: Some(thread) }
    }

    /// Puts something at a path.
    pub(crate) fn put(&self, path: &str, page: Page) {
        self.shelf.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked for at a path so far, whatever the query.
    pub(crate) fn requests(&self, path: &str) -> Vec<Request> {
        let requests = self.shelf.requests.lock().unwrap();
        requests.iter().filter(|request| request.path.split('?').next() == Some(path)).cloned().collect()
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.shelf.done.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shelf {
    /// Takes the steps of a fault, until the client hangs up or the server ends.
    fn take(&self, mut stream: &TcpStream, steps: &[Step]) -> std::io::Result<()> {
        for step in steps {
            let (bytes, pause) = match step {
                Step::Say(bytes) => {
                    stream.write_all(bytes)?;
                    continue;
                }
                Step::Drip(bytes) => (*bytes, 50),
                Step::Pour(bytes) => (&**bytes, 0),
                Step::Silence => (&b""[..], 50),
            };
            while !self.done.load(Ordering::Relaxed) {
                stream.write_all(bytes)?;
                std::thread::sleep(Duration::from_millis(pause));
            }
        }
        Ok(())
    }

    /// Answers one request and closes the line.
    fn answer(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let mut lines = Vec::new();
        for line in BufReader::new(stream).lines() {
            let line = line?;
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
        let header = |name: &str| {
            let fields = lines.iter().filter_map(|line| line.split_once(':'));
            fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).next()
        };
        let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
        let page = self.pages.lock().unwrap().get(path.split('?').next().unwrap_or_default()).cloned();
        let (status, kind, body) = match page {
            Some(Page::Calendar(text)) => (200, "text/calendar", text),
            Some(Page::Html) => (200, "text/html", "<!DOCTYPE html><html><body>Please sign in</body></html>".to_owned()),
            Some(Page::Broken) => (500, "text/plain", "broken".to_owned()),
            Some(Page::Fault(steps)) => {
                self.requests.lock().unwrap().push(Request { path, authorization: header("authorization"), status: 0 });
                return self.take(stream, &steps);
            }
            None => (404, "text/plain", "nothing here".to_owned()),
        };
        let etag = format!("\"{:x}\"", body.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())));
        let known = header("if-none-match").is_some_and(|seen| status == 200 && seen == etag);
        let (status, body) = if known { (304, String::new()) } else { (status, body) };
        self.requests.lock().unwrap().push(Request { path, authorization: header("authorization"), status });
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} so\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nETag: {etag}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())
    }
}
