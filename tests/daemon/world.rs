//! A small world for the daemon: calendars on a web server, a real mail server, and a night of half an hour on a clock
//! that runs fast. Ada works until ten to midnight and again from ten past; Bob is away all week.
//!
//! At once the manager hears that nobody can brief Globex; at 00:15 Ada gets her digest of the emergency in the night, at
//! 00:20 she is asked about ACME, at 00:25 the last resort hears of Globex.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::post::{self, Letter, Post};
use crate::web::{Page, Web};

/// The evening before.
pub(crate) const EVENING: &str = "2030-01-07T23:45:00Z";

/// A minute after the digest would have been due: nothing is told of the night then.
pub(crate) const MORNING: &str = "2030-01-08T00:16:00Z";

/// The configuration; the time limits are long, since they run on the fast clock.
const CONFIGURATION: &str = r#"
[service]
state = "sqlite:state/offwatch.db"
admin = "admin@example.com"

[mail]
from = "offwatch <offwatch@example.com>"
send = "SEND"
host = "localhost"
port = PORT
ca_file = "CA"
username = "offwatch"
password_file = "password"
timeout_connect = "12h"
timeout_command = "12h"
timeout_data = "12h"
timeout_dot = "12h"

[schedule]
fetch = "*/5 * * * *"
coverage = ""
settle = "5m"

[hours]
mon = "18:00-23:50"
tue-fri = "00:10-07:20"

[briefing]
leads = ["7 working hours"]
manager = "manager@example.com"
last_resort = "last@example.com"

[[feed]]
name = "tasks"
url = "URL/tasks.ics?key=canary-of-the-query"
reads = ["tasks"]
stale_after = "10m"
timeout = "15m"

[[feed]]
name = "emergencies"
url = "URL/emergencies.ics"
token_file = "token"
reads = ["emergencies"]
timeout = "15m"

[[feed]]
name = "bob"
url = "URL/bob.ics"
reads = ["absences"]
timeout = "15m"

[[engineer]]
id = "ada"
email = "ada@example.com"

[[engineer]]
id = "bob"
email = "bob@example.com"
feeds = ["bob"]

[[account]]
id = "acme"
engineers = ["ada"]
match = ["ACME"]

[[account]]
id = "globex"
engineers = ["bob"]
match = ["Globex"]
"#;

/// The token of the emergencies' feed.
pub(crate) const TOKEN: &str = "canary-of-the-token";

/// The world.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) web: Web,
    post: Option<(Post, u16)>,
}

/// The clock that a program is given.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    /// Where it starts.
    pub(crate) start: Timestamp,
    /// How many times faster than the real one it goes.
    pub(crate) speed: u32,
    pub(crate) library: PathBuf,
}

/// A daemon that runs; it is killed with this value.
pub(crate) struct Daemon {
    child: Child,
    log: Arc<Mutex<String>>,
    clock: Option<Clock>,
    began: Instant,
}

/// An event.
pub(crate) fn event(uid: &str, from: &str, until: &str, title: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20300101T000000Z\r\nDTSTART:{from}\r\nDTEND:{until}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n")
}

/// A calendar of those events.
pub(crate) fn calendar(events: &[String]) -> Page {
    Page::Calendar(format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\n{}END:VCALENDAR\r\n", events.concat()))
}

/// The tasks, the last of them with `more` in its title.
pub(crate) fn tasks(more: &str) -> Page {
    let globex = format!("Globex: migration{more}");
    calendar(&[
        event("acme-1", "20300108T075000Z", "20300108T085000Z", "ACME: upgrade"),
        event("globex-1", "20300109T002500Z", "20300109T012500Z", &globex),
    ])
}

/// Waits until `seen` gives something, for a minute and a half at most.
#[track_caller]
pub(crate) fn wait<T>(what: &str, mut seen: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = seen() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(90), "{what} did not happen within 90 seconds");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The next message to systemd that comes to `socket`; one with a time limit is woken by every signal.
pub(crate) fn message(socket: &UnixDatagram) -> std::io::Result<Vec<u8>> {
    let mut note = [0; 4096];
    loop {
        match socket.recv(&mut note) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            received => return received.map(|length| note.get(..length).unwrap_or_default().to_vec()),
        }
    }
}

/// Says that a peer is missing; fails where it must not be.
pub(crate) fn missing<T>(peer: &str, package: &str) -> Option<T> {
    let required = std::env::var("OFFWATCH_REQUIRE").is_ok_and(|names| names.contains(peer));
    assert!(!required, "{peer} is required and not installed");
    eprintln!("skipped: {peer} is not installed, install {package}");
    None
}

impl Clock {
    /// A clock that starts at `start`. Nothing, and a line that says so, when libfaketime is not installed.
    pub(crate) fn new(start: &str, speed: u32) -> Option<Self> {
        let machine = std::env::consts::ARCH;
        let places = [format!("/usr/lib/{machine}-linux-gnu/faketime"), "/usr/lib64/faketime".into(), "/usr/lib/faketime".into()];
        let found = places.iter().map(|place| Path::new(place).join("libfaketimeMT.so.1")).find(|path| path.is_file());
        let library = found.or_else(|| missing("faketime", "Debian's `faketime`"))?;
        Some(Self { start: start.parse().unwrap(), speed, library })
    }

    /// The environment that makes a program believe in it.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let start = self.start.strftime("@%Y-%m-%d %H:%M:%S");
        let fake = if self.speed == 1 { start.to_string() } else { format!("{start} x{}", self.speed) };
        let library = self.library.display().to_string();
        let pairs = [("LD_PRELOAD", library), ("FAKETIME", fake), ("TZ", "UTC".to_owned())];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// The same, from another instant on.
    fn from(&self, start: Timestamp) -> Self {
        Self { start, ..self.clone() }
    }

    /// Half a day earlier and at the usual pace: for servers whose certificates must be valid by then.
    fn earlier(&self) -> Self {
        Self { start: self.start - SignedDuration::from_hours(12), speed: 1, library: self.library.clone() }
    }
}

impl World {
    /// Without a mail server: letters go into a folder.
    pub(crate) fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap(), web: Web::start(), post: None };
        world.write("token", TOKEN);
        world.write("password", post::PASSWORD);
        world.write("ca.pem", "none");
        world.write("offwatch.toml", &world.configuration("folder", 25, "ca.pem"));
        world.web.put("/tasks.ics", tasks(""));
        world.web.put("/emergencies.ics", calendar(&[event("down-1", "20300107T235200Z", "20300108T000500Z", "ACME: database down")]));
        world.web.put("/bob.ics", calendar(&[event("away-1", "20300107T000000Z", "20300112T000000Z", "Vacation")]));
        world
    }

    /// With a mail server on `clock`. Nothing, and a line that says so, when it is not installed.
    pub(crate) fn with_post(clock: &Clock, options: &[&str]) -> Option<Self> {
        let mut world = Self::new();
        world.open_post(clock, 0, options).then_some(world)
    }

    /// Starts the mail server on `port`, and has letters sent to it.
    pub(crate) fn open_post(&mut self, clock: &Clock, port: u16, options: &[&str]) -> bool {
        let started = Post::start(&self.path("mail"), port, &clock.earlier().environment(), options);
        self.post = started.or_else(|| missing("aiosmtpd", "it with `pip install aiosmtpd`"));
        let Some((_, port)) = &self.post else { return false };
        self.write("offwatch.toml", &self.configuration("smtp", *port, "mail/ca.pem"));
        true
    }

    /// The configuration, with letters sent that way.
    pub(crate) fn configuration(&self, send: &str, port: u16, ca: &str) -> String {
        let text = CONFIGURATION.replace("SEND", send).replace("PORT", &port.to_string());
        text.replace("CA\"", &format!("{ca}\"")).replace("URL", &self.web.url(""))
    }

    /// A place in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in its folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Changes the configuration.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("offwatch.toml")).unwrap();
        assert!(text.contains(from), "`{from}` stands nowhere in the configuration");
        self.write("offwatch.toml", &text.replace(from, to));
    }

    /// The letters that arrived at the mail server.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        post::letters(&self.path("mail"))
    }

    /// The first letter of that kind to that address, when it has come.
    #[track_caller]
    pub(crate) fn letter(&self, kind: &str, to: &str) -> Letter {
        let wanted = |letter: &Letter| letter.kind.contains(kind) && letter.to == to;
        wait(&format!("a letter of kind {kind} to {to}"), || self.letters().into_iter().find(wanted))
    }

    /// The program on this configuration.
    pub(crate) fn command(&self, clock: Option<&Clock>, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offwatch"));
        command.env_clear().env("LANG", "C.UTF-8").arg("--config").arg(self.path("offwatch.toml")).args(arguments);
        command.envs(clock.map(Clock::environment).unwrap_or_default()).stdin(Stdio::null());
        command
    }

    /// Runs the program on this configuration to its end: exit code, and all it printed. At the usual pace, or its patience
    /// with a daemon that writes would be over sixty times as fast.
    pub(crate) fn run(&self, clock: Option<&Clock>, arguments: &[&str]) -> (i32, String) {
        let clock = clock.map(|clock| Clock { speed: 1, ..clock.clone() });
        let Output { status, stdout, stderr } = self.command(clock.as_ref(), arguments).output().unwrap();
        (status.code().unwrap_or(-1), [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat())
    }

    /// Starts the daemon and waits until it is ready.
    #[track_caller]
    pub(crate) fn daemon(&self, clock: Option<&Clock>) -> Daemon {
        let daemon = Daemon::start(self.command(clock, &["run"]), clock);
        daemon.says("ready: ");
        daemon
    }
}

impl Daemon {
    /// Starts `command`, which is the daemon's.
    pub(crate) fn start(mut command: Command, clock: Option<&Clock>) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let pipes: [Box<dyn Read + Send>; 2] = [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for pipe in pipes {
            let log = Arc::clone(&log);
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            });
        }
        Self { child, log, clock: clock.cloned(), began: Instant::now() }
    }

    /// All it has said.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until it has said `words`.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        self.says_times(words, 1);
    }

    /// Waits until it has said `words` so many times.
    #[track_caller]
    pub(crate) fn says_times(&self, words: &str, times: usize) {
        let began = Instant::now();
        while self.log().matches(words).count() < times {
            assert!(began.elapsed() < Duration::from_secs(90), "`{words}` was not said {times} times in:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// What its clock shows by now.
    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clock.as_ref().unwrap();
        let gone = self.began.elapsed() * clock.speed;
        clock.from(clock.start + SignedDuration::try_from(gone).unwrap())
    }

    /// How many seconds of its clock go by while a busy machine lets it wait.
    pub(crate) fn slack(&self) -> SignedDuration {
        SignedDuration::from_secs(60) + SignedDuration::from_secs(5) * i32::try_from(self.clock.as_ref().unwrap().speed).unwrap()
    }

    /// Waits until its clock shows `instant`.
    pub(crate) fn reaches(&self, instant: &str) {
        let instant: Timestamp = instant.parse().unwrap();
        wait("that time", || (self.clock().start >= instant).then_some(()));
    }

    /// Waits for its end: its exit code, none when it was killed.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> Option<i32> {
        wait("the end of the daemon", || self.child.try_wait().unwrap()).code()
    }

    /// Ends it as a power cut does; gives the clock as it goes on.
    pub(crate) fn kill(mut self) -> Clock {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.clock()
    }

    /// Tells it to stop; it must end well within the ten seconds that are promised.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        let began = Instant::now();
        self.signal("TERM");
        assert_eq!(self.ends(), Some(0), "{}", self.log());
        assert!(began.elapsed() < Duration::from_secs(10), "it took {:?} to stop", began.elapsed());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Kills a program and sweeps up what libfaketime leaves behind of one that was killed.
pub(crate) fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
    for name in ["faketime_shm_", "sem.faketime_sem_"] {
        let _ = std::fs::remove_file(format!("/dev/shm/{name}{}", child.id()));
    }
}
