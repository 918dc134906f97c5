//! A mail server for tests that goes wrong where it is told to: at a step it answers otherwise, falls silent or drops the line.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The authority that vouches for a server under TLS.
static AUTHORITY: LazyLock<CertifiedIssuer<'static, KeyPair>> = LazyLock::new(|| {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
});

/// Writes the certificate of that authority into a file in `folder`.
pub(super) fn authority(folder: &Path) -> PathBuf {
    let path = folder.join("ca.pem");
    let certificate = STANDARD.encode(AUTHORITY.der());
    std::fs::write(&path, format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n")).unwrap();
    path
}

/// How a server shows who it is: as `localhost`, unless `fault` says that the certificate is to be another one.
fn certificate(fault: &str) -> Arc<ServerConfig> {
    let name = if fault == "another host name" { "elsewhere.example.com" } else { "localhost" };
    let (params, key) = (CertificateParams::new(vec![name.to_owned()]).unwrap(), KeyPair::generate().unwrap());
    let own = if fault == "an unknown certificate" { params.self_signed(&key) } else { params.signed_by(&key, &AUTHORITY) };
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(vec![own.unwrap().der().clone()], key).unwrap())
}

/// A running server.
pub(super) struct Peer {
    /// Where it listens.
    pub(super) port: u16,
    /// All it has heard, one line each; `*` for a new connection.
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Starts a server that goes wrong as `faults` say: `step what`, each once and in this order. Steps are `greeting`, `ehlo`,
    /// `starttls`, `tls` (its handshake) and `hello` (EHLO under TLS), offered if one of them is to go wrong, `auth`, `user` and
    /// `password` (what AUTH LOGIN asks for), `mail`, `rcpt`, `data`, `body`, `dot`, `rset`, `quit`; what is a reply or what
    /// [`Talk::misbehave`] knows.
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

    /// Whether it has heard a line that begins like this.
    pub(super) fn said(&self, begins: &str) -> bool {
        self.heard.lock().unwrap().iter().any(|line| line.starts_with(begins))
    }

    /// Whether it took a letter that begins with the subject `for person`: read it to its dot and said 250.
    pub(super) fn kept(&self, person: &str) -> bool {
        let begins = format!("message Subject: for {person}\r\n");
        self.heard.lock().unwrap().iter().any(|line| line.starts_with(&begins))
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
        let mut stream = self.talk(stream, false).await?;
        let mut shown = String::new();
        if self.goes_wrong("tls") {
            shown = self.faults.pop_front()?.split_off("tls ".len());
            if !shown.contains(' ') {
                return self.misbehave(&mut stream, &shown, "").await;
            }
        }
        let stream = TlsAcceptor::from(certificate(&shown)).accept(stream).await.ok()?;
        self.talk(stream, true).await.map(drop)
    }

    /// Talks until the line ends, or until it is to go on under TLS.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send>(&mut self, stream: S, protected: bool) -> Option<S> {
        let (read, mut write) = tokio::io::split(stream);
        let mut read = BufReader::new(read);
        if !protected {
            self.say(&mut write, "greeting", "220 peer").await?;
        }
        loop {
            let mut line = String::new();
            if read.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            self.heard.lock().unwrap().push(line.trim_end().to_owned());
            match line.trim_end().split([' ', ':']).next()? {
                "EHLO" if protected => self.say(&mut write, "hello", "250-peer\r\n250 AUTH PLAIN LOGIN").await?,
                "EHLO" if ["starttls", "tls", "hello"].iter().any(|step| self.goes_wrong(step)) => {
                    self.say(&mut write, "ehlo", "250-peer\r\n250 STARTTLS").await?;
                }
                "EHLO" => self.say(&mut write, "ehlo", "250-peer\r\n250 AUTH PLAIN LOGIN").await?,
                "STARTTLS" => {
                    let goes_on = !self.goes_wrong("starttls");
                    self.say(&mut write, "starttls", "220 go on").await?;
                    if goes_on {
                        return Some(read.into_inner().unsplit(write));
                    }
                }
                "AUTH" if line.starts_with("AUTH LOGIN") => self.log_in(&mut read, &mut write).await?,
                "AUTH" => self.say(&mut write, "auth", "235 2.7.0 welcome").await?,
                "MAIL" => self.say(&mut write, "mail", "250 2.1.0 fine").await?,
                "RCPT" => self.say(&mut write, "rcpt", "250 2.1.5 fine").await?,
                "DATA" => {
                    let takes = self.says("data", "354");
                    self.say(&mut write, "data", "354 go on").await?;
                    if takes {
                        self.message(&mut read, &mut write).await?;
                    }
                }
                "RSET" => self.say(&mut write, "rset", "250 2.0.0 fine").await?,
                "QUIT" => self.say(&mut write, "quit", "221 2.0.0 bye").await?,
                _ => write.write_all(b"250 fine\r\n").await.ok()?,
            }
        }
    }

    /// Asks for a user and a password.
    async fn log_in<S: AsyncRead + AsyncWrite + Send>(
        &mut self,
        read: &mut BufReader<ReadHalf<S>>,
        write: &mut WriteHalf<S>,
    ) -> Option<()> {
        for (step, question) in [("auth", "334 VXNlcm5hbWU6"), ("user", "334 UGFzc3dvcmQ6")] {
            self.say(write, step, question).await?;
            if read.read_line(&mut String::new()).await.ok()? == 0 {
                return None;
            }
        }
        self.say(write, "password", "235 2.7.0 welcome").await
    }

    /// Reads a message up to its dot.
    async fn message<S: AsyncRead + AsyncWrite + Send>(
        &mut self,
        read: &mut BufReader<ReadHalf<S>>,
        write: &mut WriteHalf<S>,
    ) -> Option<()> {
        if self.goes_wrong("body") {
            read.read_u8().await.ok()?;
            return self.say(write, "body", "").await;
        }
        let mut message = String::new();
        while !message.ends_with("\r\n.\r\n") {
            if read.read_line(&mut message).await.ok()? == 0 {
                return None;
            }
        }
        let word = if self.says("dot", "250") { "message" } else { "unkept" };
        self.heard.lock().unwrap().push(format!("{word} {}", message.strip_suffix(".\r\n").unwrap()));
        self.say(write, "dot", "250 2.0.0 kept").await
    }

    /// Says `reply`, or does what is to go wrong at this step. Nothing when the line is dropped.
    async fn say<W: AsyncWrite + Unpin + Send>(&mut self, write: &mut W, step: &str, reply: &str) -> Option<()> {
        let fault = self.faults.front().and_then(|fault| fault.strip_prefix(step)).map(|fault| fault.trim().to_owned());
        if fault.is_some() {
            self.faults.pop_front();
        }
        let Some(fault) = fault else { return write.write_all(format!("{reply}\r\n").as_bytes()).await.ok() };
        self.misbehave(write, &fault, reply).await
    }

    /// Whether the first reply at this step is going to have that code, however it looks.
    fn says(&self, step: &str, code: &str) -> bool {
        let fault = self.faults.front().and_then(|fault| fault.strip_prefix(step)).map(str::trim);
        let right = ["twice", "and 421", "code alone", "LF alone", "Latin-1"];
        fault.is_none_or(|fault| right.contains(&fault) || fault.starts_with(code))
    }

    /// Whether this step is the next to go wrong.
    fn goes_wrong(&self, step: &str) -> bool {
        self.faults.front().is_some_and(|fault| fault.starts_with(step))
    }

    /// Answers `fault` where `reply` were right. What is no word known here is said as it is.
    async fn misbehave<W: AsyncWrite + Unpin + Send>(&self, write: &mut W, fault: &str, reply: &str) -> Option<()> {
        let last = reply.lines().last().unwrap_or_default();
        let code = last.get(..3).unwrap_or_default();
        let bytes = |bytes: Vec<u8>| async move { write.write_all(&bytes).await.map(|()| write).ok() };
        match fault {
            "drop" => None,
            "silence" => std::future::pending().await,
            "half a line" => {
                let _held = bytes(last.as_bytes()[..2].to_vec()).await?;
                std::future::pending().await
            }
            "half a line, drop" => bytes(last.as_bytes()[..6].to_vec()).await.and(None),
            "never its last line" => {
                let _held = bytes(format!("{code}-go on\r\n").into_bytes()).await?;
                std::future::pending().await
            }
            "lines without end" | "a line without end" => {
                let more = if fault.starts_with("lines") { format!("{code}-and so on\r\n") } else { "so on and".to_owned() };
                let mut write = bytes(format!("{code}-this").into_bytes()).await?;
                loop {
                    write.write_all(more.repeat(500).as_bytes()).await.ok()?;
                    write = &mut *write;
                }
            }
            "code alone" => bytes(format!("{code}\r\n").into_bytes()).await.map(drop),
            "LF alone" => bytes(format!("{reply}\n").into_bytes()).await.map(drop),
            "Latin-1" => bytes([code.as_bytes(), b" gr\xfc\xdfe\r\n"].concat()).await.map(drop),
            "two codes" => bytes(format!("{code}-one\r\n550 other\r\n").into_bytes()).await.map(drop),
            "twice" => bytes(format!("{reply}\r\n{reply}\r\n").into_bytes()).await.map(drop),
            "and 421" => bytes(format!("{reply}\r\n421 4.4.2 closing\r\n").into_bytes()).await.and(None),
            said => {
                let told = bytes(format!("{said}\r\n").into_bytes()).await;
                told.filter(|_| !said.starts_with("421")).map(drop)
            }
        }
    }
}
