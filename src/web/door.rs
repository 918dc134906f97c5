//! Doors through which few come at once, and nobody stays: a client that is slow, or says nothing, is put out in time.
//! Knows nothing of what is served behind them.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// How many may be inside at once; who comes later waits outside.
const SEATS: usize = 16;

/// How long a visit may last, however many requests it is for.
const VISIT: Duration = Duration::from_secs(10);

/// Who may use a socket: the service's user and group.
const MODE: u32 = 0o660;

/// A door.
pub(super) struct Door<L> {
    /// Where visitors come from.
    listener: L,
    /// The free seats.
    seats: Arc<Semaphore>,
}

/// A visit.
pub(super) struct Visit<I> {
    /// The line to the visitor.
    line: I,
    /// When it is over.
    end: Pin<Box<Sleep>>,
    /// Its seat, free again when it is over.
    _seat: Option<OwnedSemaphorePermit>,
}

impl<L> Door<L> {
    /// A door behind which nobody is yet.
    pub(super) fn new(listener: L) -> Self {
        Self { listener, seats: Arc::new(Semaphore::new(SEATS)) }
    }
}

impl<L: Listener> Listener for Door<L> {
    type Addr = L::Addr;
    type Io = Visit<L::Io>;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        // Never closed, so there always is one in the end.
        let seat = Arc::clone(&self.seats).acquire_owned().await.ok();
        let (line, from) = self.listener.accept().await;
        (Visit { line, end: Box::pin(tokio::time::sleep(VISIT)), _seat: seat }, from)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl<I> Visit<I> {
    /// Fails once the visit has lasted too long.
    fn lasts(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.end.as_mut().poll(context).is_ready() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Visit<I> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.lasts(context)?;
        Pin::new(&mut self.line).poll_read(context, buffer)
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Visit<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.lasts(context)?;
        Pin::new(&mut self.line).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lasts(context)?;
        Pin::new(&mut self.line).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lasts(context)?;
        Pin::new(&mut self.line).poll_shutdown(context)
    }
}

/// The file of a socket; it is gone with this value.
pub(super) struct Socket(PathBuf);

impl Socket {
    /// Opens a socket at `path` for this process's user and group. One that a killed process left behind makes way; one
    /// at which somebody answers, and any other file, stays.
    pub(super) fn open(path: &Path) -> io::Result<(Self, UnixListener)> {
        if let Ok(found) = fs::symlink_metadata(path) {
            let refused = |why: &str| Err(io::Error::new(io::ErrorKind::AddrInUse, why));
            if !found.file_type().is_socket() {
                return refused("there is a file of that name");
            }
            if std::os::unix::net::UnixStream::connect(path).is_ok() {
                return refused("another process answers there");
            }
            fs::remove_file(path)?;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let listener = UnixListener::bind(path)?;
        let file = Self(path.to_owned());
        fs::set_permissions(path, fs::Permissions::from_mode(MODE))?;
        Ok((file, listener))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::debug!("the socket `{}` stays behind: {error}", self.0.display());
        }
    }
}
