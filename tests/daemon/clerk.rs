//! A mail server of this process: behind TLS if it is told to, in a mood of its own at every step, and with a memory of all it
//! heard, and when. Keeps letters; decides nothing by itself.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use mail_parser::MessageParser;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::world::World;

/// What it says at a step (`AUTH`, `MAIL`, `RCPT`, `DATA`, `DOT`) to the letter of that number, counted by MAIL from 1, where it says
/// something else than usual: a reply, after which it hangs up if that is 421, or nothing at all, and it hangs up at once.
pub(crate) type Mood = fn(&str, usize) -> Option<&'static str>;

/// How its line is protected.
#[derive(Clone)]
pub(crate) enum Door {
    /// Not at all, and it offers nothing; says `250 AUTH` all the same.
    Open,
    /// On demand.
    StartTls(Arc<ServerConfig>),
    /// From the first byte.
    Implicit(Arc<ServerConfig>),
}

/// Something it heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Somebody connected.
    Knock,
    /// A line, as it was said, and whether under TLS.
    Line(String, bool),
    /// A letter that was kept: to whom, and its Message-ID.
    Letter(String, String),
    /// Nothing, but here its mood spoke.
    Mood,
}

/// What its threads share.
struct Shared {
    door: Door,
    mood: Mood,
    heard: Mutex<Vec<(Instant, Heard)>>,
    done: AtomicBool,
}

/// The server; it ends with this value.
pub(crate) struct Clerk {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// One line to it.
enum Line {
    Plain(TcpStream),
    Protected(Box<StreamOwned<ServerConnection, TcpStream>>),
}

/// What a server of that certificate and key, in one file, needs to know.
pub(crate) fn credentials(file: &Path) -> Arc<ServerConfig> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(file).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

impl Clerk {
    pub(crate) fn start(door: Door, mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared { door, mood, heard: Mutex::default(), done: AtomicBool::new(false) });
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if served.done.load(Ordering::SeqCst) {
                    break;
                }
                served.note(Heard::Knock);
                let served = Arc::clone(&served);
                // Lines that break are what this is about.
                std::thread::spawn(move || stream.map(|stream| served.talk(stream)));
            }
        });
        Self { port, shared, thread: Some(thread) }
    }

    /// A world whose letters go to it in that way, with a login unless that way is `none`.
    pub(crate) fn world(&self, tls: &str) -> World {
        let world = World::new();
        let text = world.configuration("smtp", self.port, "ca.pem");
        let login = "username = \"offwatch\"\npassword_file = \"password\"\n";
        let login = (login, if tls == "none" { "" } else { login });
        world.write("offwatch.toml", &text.replace(login.0, &format!("{}tls = \"{tls}\"\n", login.1)));
        world
    }

    /// All it heard, and when.
    pub(crate) fn heard(&self) -> Vec<(Instant, Heard)> {
        self.shared.heard.lock().unwrap().clone()
    }

    /// Recipient and Message-ID of the letters it kept, and when.
    pub(crate) fn letters(&self) -> Vec<(Instant, String, String)> {
        let letters = self.heard().into_iter().filter_map(|(at, heard)| match heard {
            Heard::Letter(to, id) => Some((at, to, id)),
            Heard::Knock | Heard::Line(..) | Heard::Mood => None,
        });
        letters.collect()
    }

    /// The first words of all lines it heard, with `*` for whoever connected, `TLS` where that begins and `!` where
    /// its mood spoke.
    pub(crate) fn talk(&self) -> String {
        let mut protected = false;
        let mut words = Vec::new();
        for (_, heard) in self.heard() {
            match heard {
                Heard::Knock => {
                    protected = false;
                    words.push("*".to_owned());
                }
                Heard::Line(line, tls) => {
                    words.extend((tls && !protected).then(|| "TLS".to_owned()));
                    protected = tls;
                    words.push(line.split([' ', ':']).next().unwrap_or_default().to_owned());
                }
                Heard::Letter(..) => words.push("letter".to_owned()),
                Heard::Mood => words.push("!".to_owned()),
            }
        }
        words.join(" ")
    }
}

impl Shared {
    /// Remembers.
    fn note(&self, heard: Heard) {
        self.heard.lock().unwrap().push((Instant::now(), heard));
    }

    /// How many letters were announced so far.
    fn count(&self) -> usize {
        let is_mail = |heard: &Heard| matches!(heard, Heard::Line(line, _) if line.starts_with("MAIL"));
        self.heard.lock().unwrap().iter().filter(|(_, heard)| is_mail(heard)).count()
    }

    /// Talks to one client until one of the two hangs up.
    fn talk(&self, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut line = Line::Plain(stream);
        if let Door::Implicit(config) = &self.door {
            line = line.protect(config)?;
        }
        line.say("220 clerk ESMTP")?;
        let mut to = String::new();
        loop {
            let said = line.hear()?;
            self.note(Heard::Line(said.clone(), line.is_protected()));
            let word = said.split([' ', ':']).next()?;
            match word {
                "EHLO" if matches!(self.door, Door::StartTls(_)) && !line.is_protected() => line.say("250-clerk\r\n250 STARTTLS")?,
                "EHLO" => line.say("250-clerk\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
                "STARTTLS" => {
                    let Door::StartTls(config) = &self.door else { return None };
                    line.say("220 2.0.0 go on")?;
                    line = line.protect(config)?;
                }
                "AUTH" => self.answer(&mut line, "AUTH", "235 2.7.0 welcome")?,
                "MAIL" => self.answer(&mut line, "MAIL", "250 2.1.0 fine")?,
                "RCPT" => {
                    said.split(['<', '>']).nth(1)?.clone_into(&mut to);
                    self.answer(&mut line, "RCPT", "250 2.1.5 fine")?;
                }
                "DATA" => {
                    self.answer(&mut line, "DATA", "354 go on")?;
                    self.letter(&mut line, &to)?;
                }
                "QUIT" => return line.say("221 2.0.0 bye"),
                _ => line.say("250 2.0.0 fine")?,
            }
        }
    }

    /// Reads a letter to its dot and answers. One is kept unless it is refused.
    fn letter(&self, line: &mut Line, to: &str) -> Option<()> {
        let mut message = String::new();
        loop {
            let said = line.hear()?;
            if said == "." {
                break;
            }
            message += &(said + "\r\n");
        }
        if (self.mood)("DOT", self.count()).is_none_or(str::is_empty) {
            let message = MessageParser::default().parse(message.as_bytes())?;
            self.note(Heard::Letter(to.to_owned(), message.message_id()?.to_owned()));
        }
        self.answer(line, "DOT", "250 2.0.0 kept")
    }

    /// Says what its mood makes of `usual` at that step.
    fn answer(&self, line: &mut Line, step: &str, usual: &str) -> Option<()> {
        let said = (self.mood)(step, self.count());
        let Some(said) = said else { return line.say(usual) };
        self.note(Heard::Mood);
        if said.is_empty() {
            return None;
        }
        line.say(said)?;
        (!said.starts_with("421")).then_some(())
    }
}

impl Line {
    /// Goes on under TLS, if the client does.
    fn protect(self, config: &Arc<ServerConfig>) -> Option<Self> {
        let Self::Plain(mut stream) = self else { return None };
        let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).ok()?;
        }
        Some(Self::Protected(Box::new(StreamOwned::new(connection, stream))))
    }

    fn is_protected(&self) -> bool {
        matches!(self, Self::Protected(_))
    }

    /// Says a line.
    fn say(&mut self, text: &str) -> Option<()> {
        let bytes = format!("{text}\r\n").into_bytes();
        match self {
            Self::Plain(stream) => stream.write_all(&bytes).ok(),
            Self::Protected(stream) => stream.write_all(&bytes).and_then(|()| stream.flush()).ok(),
        }
    }

    /// The next line, without its end. What follows stays where it is.
    fn hear(&mut self) -> Option<String> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while !line.ends_with(b"\r\n") {
            match self {
                Self::Plain(stream) => stream.read_exact(&mut byte).ok()?,
                Self::Protected(stream) => stream.read_exact(&mut byte).ok()?,
            }
            line.extend(byte);
        }
        String::from_utf8(line).ok().map(|line| line.trim_end_matches("\r\n").to_owned())
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
