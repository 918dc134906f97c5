//! A mail server for tests that goes wrong where it is told to: at a step it answers otherwise, falls silent or drops the line.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// A running server.
pub(super) struct Peer {
    /// Where it listens.
    pub(super) port: u16,
    /// All it has heard, one line each; `*` for a new connection.
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Starts a server that goes wrong as `faults` say: `step what`, each once and in this order. Steps are `greeting`, `ehlo`,
    /// `auth`, `mail`, `rcpt`, `data`, `body`, `dot`; what is a reply, `silence` or `drop`.
    pub(super) async fn start(faults: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let mut talk = Talk { faults: faults.iter().map(|fault| (*fault).to_owned()).collect(), heard: Arc::clone(&heard) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                talk.heard.lock().unwrap().push("*".to_owned());
                // Whatever ends a connection, the next one is taken.
                let _ = talk.hold(stream).await;
            }
        });
        Self { port, heard }
    }

    /// What it has heard, without the lines of messages.
    pub(super) fn heard(&self) -> String {
        let heard = self.heard.lock().unwrap();
        heard.iter().map(|line| line.split_whitespace().next().unwrap_or("-")).collect::<Vec<_>>().join(" ")
    }

    /// The last message as it stood on the wire, without the final dot.
    pub(super) fn message(&self) -> String {
        self.heard.lock().unwrap().iter().rev().find_map(|line| line.strip_prefix("message ").map(str::to_owned)).unwrap()
    }
}

/// What a server says.
struct Talk {
    /// What is still to go wrong.
    faults: VecDeque<String>,
    /// What it has heard.
    heard: Arc<Mutex<Vec<String>>>,
}

impl Talk {
    /// Talks until the line ends.
    async fn hold(&mut self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut read = BufReader::new(read);
        self.say(&mut write, "greeting", "220 peer").await?;
        loop {
            let mut line = String::new();
            if read.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            self.heard.lock().unwrap().push(line.trim_end().to_owned());
            match line.trim_end().split([' ', ':']).next()? {
                "EHLO" => self.say(&mut write, "ehlo", "250-peer\r\n250 AUTH PLAIN LOGIN").await?,
                "AUTH" => self.say(&mut write, "auth", "235 2.7.0 welcome").await?,
                "MAIL" => self.say(&mut write, "mail", "250 2.1.0 fine").await?,
                "RCPT" => self.say(&mut write, "rcpt", "250 2.1.5 fine").await?,
                "DATA" => {
                    self.say(&mut write, "data", "354 go on").await?;
                    if self.faults.front().is_none_or(|fault| !fault.starts_with("data ")) {
                        self.message(&mut read, &mut write).await?;
                    }
                }
                _ => write.write_all(b"250 fine\r\n").await.ok()?,
            }
        }
    }

    /// Reads a message up to its dot.
    async fn message(&mut self, read: &mut BufReader<OwnedReadHalf>, write: &mut OwnedWriteHalf) -> Option<()> {
        if self.faults.front().is_some_and(|fault| fault == "body drop") {
            self.faults.pop_front();
            read.read_u8().await.ok()?;
            return None;
        }
        let mut message = String::new();
        while !message.ends_with("\r\n.\r\n") {
            if read.read_line(&mut message).await.ok()? == 0 {
                return None;
            }
        }
        self.heard.lock().unwrap().push(format!("message {}", message.strip_suffix(".\r\n").unwrap()));
        self.say(write, "dot", "250 2.0.0 kept").await
    }

    /// Says `reply`, or does what is to go wrong at this step. Nothing when the line is dropped.
    async fn say(&mut self, write: &mut OwnedWriteHalf, step: &str, reply: &str) -> Option<()> {
        let fault = self.faults.front().and_then(|fault| fault.strip_prefix(step)).map(|fault| fault.trim().to_owned());
        if fault.is_some() {
            self.faults.pop_front();
        }
        match fault.as_deref().unwrap_or(reply) {
            "drop" => None,
            "silence" => std::future::pending().await,
            reply => write.write_all(format!("{reply}\r\n").as_bytes()).await.ok(),
        }
    }
}
