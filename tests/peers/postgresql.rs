//! A PostgreSQL server of the tests' own: started when the first of them wants it, stopped with the last.
//! Listens on a socket in its own folder only.

use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

/// The user that a server runs as where the tests run as root, which PostgreSQL refuses: nobody and nogroup.
const NOBODY: u32 = 65534;

/// The server that runs now, as long as a test holds it.
static RUNNING: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

/// A running server.
pub(crate) struct Cluster {
    /// Its data, its log and its socket.
    folder: TempDir,
    /// Where its programs are.
    programs: PathBuf,
    /// How many databases were made.
    databases: AtomicU32,
}

/// A server of one test's own, which it may stop; none, with a line that says why, where PostgreSQL is not installed.
pub(crate) fn own_cluster() -> Option<Cluster> {
    installed().map(Cluster::new)
}

/// The server that all tests share; none, with a line that says why, where PostgreSQL is not installed.
pub(crate) fn cluster() -> Option<Arc<Cluster>> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cluster) = running.upgrade() {
        return Some(cluster);
    }
    let programs = installed()?;
    let cluster = Arc::new(Cluster::new(programs));
    *running = Arc::downgrade(&cluster);
    Some(cluster)
}

/// The folder of its programs; none, with a line that says so, where there is none and none is required.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a peer that is missing is told, or is a failure where it is required")]
fn installed() -> Option<PathBuf> {
    let programs = programs();
    if programs.is_none() {
        let required = std::env::var("OFFWATCH_REQUIRE").is_ok_and(|names| names.contains("postgresql"));
        assert!(!required, "PostgreSQL is required and not installed");
        eprintln!("skipped on a server: PostgreSQL is not installed (Debian: postgresql)");
    }
    programs
}

/// The folder of the newest `initdb`: Debian keeps it off the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = versions
        .chain(std::env::split_paths(&path))
        .filter(|folder| ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).exists()))
        .collect();
    found.sort();
    found.pop()
}

impl Cluster {
    /// Makes a server and starts it.
    fn new(programs: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("ow").tempdir().unwrap();
        if rustix::process::geteuid().is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let cluster = Self { folder, programs, databases: AtomicU32::new(0) };
        cluster.run("initdb", &["-D", &cluster.path("data"), "-U", "offwatch", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        cluster.start();
        cluster
    }

    /// The address of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("world{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://offwatch@localhost/{name}?host={}", self.folder.path().display())
    }

    /// Stops the server as a power cut does.
    pub(crate) fn stop(&self) {
        self.run("pg_ctl", &["-D", &self.path("data"), "-m", "immediate", "-s", "stop"]);
    }

    /// Starts it on what is there.
    pub(crate) fn start(&self) {
        let place = self.folder.path().display();
        let settings = format!("-k {place} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200");
        self.run("pg_ctl", &["-D", &self.path("data"), "-w", "-s", "-l", &self.path("log"), "-o", &settings, "start"]);
    }

    /// Runs SQL as an administrator would.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let host = self.folder.path().display().to_string();
        let done = self.run("psql", &["-h", &host, "-U", "offwatch", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", sql]);
        String::from_utf8(done.stdout).unwrap()
    }

    /// A path in its folder.
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Runs one of its programs to its end, as a user that PostgreSQL accepts.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let done = self.command(program).args(arguments).output().unwrap();
        assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
        done
    }

    /// One of its programs.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // `pg_ctl` leaves its children the streams it got: they must not keep the test's own open.
        command.stdin(std::process::Stdio::null()).current_dir("/").env("LC_ALL", "C.UTF-8").env("HOME", self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.path("data");
        let stopped = self.command("pg_ctl").args(["-D", &data, "-m", "immediate", "-s", "stop"]).status();
        assert!(std::thread::panicking() || stopped.is_ok_and(|stopped| stopped.success()), "the server does not stop");
    }
}
