//! A mail server that takes everything, remembers which life of the daemon brought it, and can kill at any step.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use socket2::SockRef;

/// A step of the talk, at which the server may kill who talks to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Somebody has connected.
    Greeting,
    /// MAIL was said.
    Mail,
    /// RCPT was said.
    Rcpt,
    /// DATA was said.
    Data,
    /// Half of a message has come.
    Half,
    /// All of a message has come, its dot too, and is taken; the answer is not yet sent.
    Dot,
    /// The answer was sent.
    Taken,
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// Which life of which daemon brought it.
    pub(crate) life: u32,
    /// To whom.
    pub(crate) to: String,
    /// Its Message-ID.
    pub(crate) id: String,
    /// All of it.
    pub(crate) bytes: Vec<u8>,
}

/// What the threads of the server share.
#[derive(Debug, Default)]
struct Shared {
    /// What was taken, in order.
    taken: Mutex<Vec<Message>>,
    /// Whom to send which signal, at which step, after passing it so often.
    trap: Mutex<Option<(Step, u32, u32, Signal)>>,
    /// How many connections there were.
    connections: AtomicU32,
    /// How many there are.
    open: AtomicU32,
    /// How many there were at once, at most.
    most: AtomicU32,
    /// How many broke off in a message, before its dot.
    cut: AtomicU32,
    /// How long each answer takes at most, in milliseconds.
    pace: AtomicU32,
    /// Whether nobody is let in.
    shut: AtomicBool,
    /// Whether it ends.
    done: AtomicBool,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Sink {
    /// Where.
    pub(crate) port: u16,
    listener: TcpListener,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let door = listener.try_clone().unwrap();
        let shared = Arc::new(Shared::default());
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if served.done.load(Ordering::SeqCst) {
                    break;
                }
                let served = Arc::clone(&served);
                // A talk that breaks off is what this is all about.
                std::thread::spawn(move || stream.map(|stream| talk(&stream, &served)));
            }
        });
        Self { port, listener: door, shared, thread: Some(thread) }
    }

    /// Answers take up to so many milliseconds from now on.
    pub(crate) fn pace(&self, milliseconds: u32) {
        self.shared.pace.store(milliseconds, Ordering::SeqCst);
    }

    /// From now on takes little at a time on new connections, so that a client keeps most of a long message until it is heard; or
    /// as much as comes. Small segments make the client's own buffer small too.
    pub(crate) fn narrow(&self, narrow: bool) {
        let socket = SockRef::from(&self.listener);
        socket.set_recv_buffer_size(if narrow { 8 << 10 } else { 1 << 20 }).unwrap();
        // None: as large as they can be.
        socket.set_tcp_mss(if narrow { 536 } else { 0 }).unwrap();
    }

    /// Lets nobody in from now on, or everybody again.
    pub(crate) fn shut(&self, shut: bool) {
        self.shared.shut.store(shut, Ordering::SeqCst);
    }

    /// Kills that process when it has come to that step so many times.
    pub(crate) fn trap(&self, step: Step, times: u32, process: u32) {
        *self.shared.trap.lock().unwrap() = Some((step, times, process, Signal::KILL));
    }

    /// Stops that process when it comes to that step.
    pub(crate) fn stop(&self, step: Step, process: u32) {
        *self.shared.trap.lock().unwrap() = Some((step, 1, process, Signal::STOP));
    }

    /// Whether the trap has sprung.
    pub(crate) fn has_sprung(&self) -> bool {
        self.shared.trap.lock().unwrap().is_none()
    }

    /// All messages taken so far.
    pub(crate) fn taken(&self) -> Vec<Message> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// How many connections there were so far.
    pub(crate) fn connections(&self) -> u32 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many connections there were at once, at most.
    pub(crate) fn most(&self) -> u32 {
        self.shared.most.load(Ordering::SeqCst)
    }

    /// How many connections broke off in a message, before its dot.
    pub(crate) fn cut(&self) -> u32 {
        self.shared.cut.load(Ordering::SeqCst)
    }

    /// How many messages were taken so far.
    pub(crate) fn count(&self) -> usize {
        self.shared.taken.lock().unwrap().len()
    }
}

/// A client that is there, until this value is dropped.
struct Guest<'a>(&'a Shared);

impl<'a> Guest<'a> {
    /// One more.
    fn new(shared: &'a Shared) -> Self {
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most.fetch_max(open, Ordering::SeqCst);
        Self(shared)
    }
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    /// Keeps a message.
    fn take(&self, life: u32, to: &str, bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // Postfix's smtp-source writes it otherwise.
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ").or_else(|| line.strip_prefix("Message-Id: ")));
        let id = id.unwrap_or_default().to_owned();
        self.taken.lock().unwrap().push(Message { life, to: to.to_owned(), id, bytes });
    }

    /// Kills, if this is the step.
    fn pass(&self, step: Step) {
        let mut trap = self.trap.lock().unwrap();
        if let Some((at, left, process, signal)) = trap.as_mut().filter(|(at, ..)| *at == step) {
            *left -= 1;
            if *left == 0 {
                let process = Pid::from_raw(i32::try_from(*process).unwrap()).unwrap();
                kill_process(process, *signal).unwrap_or_else(|error| panic!("at {at:?}: {error}"));
                *trap = None;
            }
        }
    }
}

/// Talks to one client until it says goodbye or is gone.
fn talk(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let guest = Guest::new(shared);
    let mut out = stream;
    let mut lines = BufReader::new(stream);
    let mut turns = 0_u32;
    let mut answer = |text: &str| {
        // Not by a clock, so that two runs are alike: a little longer with each answer, then from anew.
        turns = turns.wrapping_mul(5).wrapping_add(3);
        let pace = shared.pace.load(Ordering::SeqCst);
        if pace > 0 {
            std::thread::sleep(Duration::from_millis(u64::from(turns % pace)));
        }
        out.write_all(format!("{text}\r\n").as_bytes())
    };
    shared.pass(Step::Greeting);
    if shared.shut.load(Ordering::SeqCst) {
        return answer("421 4.3.2 not now");
    }
    answer("220 sink ESMTP")?;
    let (mut life, mut recipient) = (0, String::new());
    loop {
        let mut said = String::new();
        if lines.read_line(&mut said)? == 0 {
            return Ok(());
        }
        let word = said.split([' ', '\r', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" => answer("250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES")?,
            "HELO" => answer("250 sink")?,
            "MAIL" => {
                shared.pass(Step::Mail);
                // The bounce address says which life it is.
                life = said.split(['<', '@']).nth(1).and_then(|name| name.strip_prefix("life-")?.parse().ok()).unwrap();
                answer("250 2.1.0 ok")?;
            }
            "RCPT" => {
                shared.pass(Step::Rcpt);
                recipient = said.split(['<', '>']).nth(1).map(str::to_owned).unwrap();
                answer("250 2.1.5 ok")?;
            }
            "DATA" => {
                shared.pass(Step::Data);
                answer("354 go on")?;
                let Some(bytes) = message(&mut lines, shared) else { return Ok(()) };
                shared.take(life, &recipient, bytes);
                shared.pass(Step::Dot);
                answer("250 2.0.0 taken")?;
                shared.pass(Step::Taken);
            }
            "RSET" => answer("250 2.0.0 ok")?,
            "QUIT" => {
                // Before it hears so, and comes again.
                drop(guest);
                return answer("221 2.0.0 bye");
            }
            _ => answer("500 5.5.1 what?")?,
        }
    }
}

/// A message up to its dot; none when the line breaks before.
fn message(lines: &mut impl BufRead, shared: &Shared) -> Option<Vec<u8>> {
    let (mut bytes, mut count) = (Vec::new(), 0);
    loop {
        let start = bytes.len();
        if lines.read_until(b'\n', &mut bytes).unwrap_or_default() == 0 {
            shared.cut.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        if bytes[start..] == *b".\r\n" {
            bytes.truncate(start);
            return Some(bytes);
        }
        count += 1;
        if count == 10 {
            shared.pass(Step::Half);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
