//! The wire to one mail server: connects, protects, says commands and reads whole replies, each of bounded size.
//! Knows no letters, and refuses to go on with a server that speaks unasked: its next reply would answer something else.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt as _;
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::reply::{self, Reply};

/// How much is read at a time.
const GULP: usize = 4096;

/// An open connection.
pub(super) struct Wire {
    /// What carries the bytes.
    stream: Stream,
    /// What has come and was not yet read as a reply.
    received: Vec<u8>,
}

/// What carries the bytes.
enum Stream {
    /// As they are.
    Plain(TcpStream),
    /// Protected.
    Protected(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Connects; the greeting is not read yet.
    pub(super) async fn open(host: &str, port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect((host, port)).await?;
        // A letter and its dot are two small writes, and the dot must not wait for anything.
        stream.set_nodelay(true)?;
        Ok(Self { stream: Stream::Plain(stream), received: Vec::new() })
    }

    /// Goes on under TLS. What was said before, and not asked for, is no part of it (RFC 3207 §4.2).
    pub(super) async fn protect(mut self, host: &str, tls: &TlsConnector) -> io::Result<Self> {
        self.listen()?;
        let name = ServerName::try_from(host.to_owned()).map_err(|error| io::Error::new(ErrorKind::InvalidInput, error))?;
        let stream = match self.stream {
            Stream::Plain(stream) => tls.connect(name, stream).await?,
            Stream::Protected(stream) => *stream,
        };
        Ok(Self { stream: Stream::Protected(Box::new(stream)), received: Vec::new() })
    }

    /// Says a command, which ends its line itself, and reads the reply.
    pub(super) async fn command(&mut self, command: impl Display) -> io::Result<Reply> {
        self.write(command.to_string().as_bytes()).await?;
        self.reply().await
    }

    /// Says something, unless the server spoke unasked or closed the line.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.listen()?;
        match &mut self.stream {
            Stream::Plain(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
            Stream::Protected(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// Reads one reply. What follows it stays, and is noticed before anything else is said.
    pub(super) async fn reply(&mut self) -> io::Result<Reply> {
        loop {
            if let Some((reply, length)) = reply::first(&self.received)? {
                self.received.drain(..length);
                return Ok(reply);
            }
            if self.received.len() >= reply::LONGEST {
                return Err(io::Error::new(ErrorKind::InvalidData, "a reply without end"));
            }
            let mut gulp = [0; GULP];
            let length = self.read(&mut gulp).await?;
            if length == 0 {
                let what = if self.received.is_empty() { "the server closed the line" } else { "the line ended in a reply" };
                return Err(io::Error::new(ErrorKind::UnexpectedEof, what));
            }
            self.received.extend(gulp.iter().take(length));
        }
    }

    /// Looks, without waiting, whether anything has come that was not asked for.
    pub(super) fn listen(&mut self) -> io::Result<()> {
        let mut gulp = [0; GULP];
        if self.received.is_empty() {
            match self.read(&mut gulp).now_or_never() {
                None => return Ok(()),
                Some(Ok(0)) => return Err(io::Error::new(ErrorKind::UnexpectedEof, "the server closed the line")),
                Some(Ok(length)) => self.received.extend(gulp.iter().take(length)),
                Some(Err(error)) => return Err(error),
            }
        }
        let said = String::from_utf8_lossy(&self.received);
        let said: String = said.lines().next().unwrap_or_default().chars().take(200).collect();
        Err(io::Error::new(ErrorKind::InvalidData, format!("the server spoke unasked: {said}")))
    }

    /// Reads what there is.
    async fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.read(into).await,
            Stream::Protected(stream) => stream.read(into).await,
        }
    }
}

/// TLS that trusts the system's roots and those in `ca_file`. Read anew for each connection, so that a renewed file counts.
pub(super) fn trust(ca_file: Option<&Path>) -> Result<TlsConnector, String> {
    let mut roots = Vec::new();
    if let Some(path) = ca_file {
        let told = |error: &dyn Display| format!("CA file `{}`: {error}", path.display());
        let pem = std::fs::read(path).map_err(|error| told(&error))?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            roots.push(certificate.map_err(|error| told(&error))?);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(|error| format!("TLS: {error}"))?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| format!("TLS: {error}"))?.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(TlsConnector::from(Arc::new(config.with_no_client_auth())))
}
