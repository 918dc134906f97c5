//! A world that always has something to say: its only engineer is on leave, so each new task is told at once to the manager
//! and the last resort of its account. Its daemons live on one state, each life with a number of its own.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::sink::Sink;

/// How many accounts there are, usually.
const ACCOUNTS: u32 = 12;

/// How far the clock goes ahead from life to life: an attempt that was cut off is repeated after a minute or more.
pub(crate) const LEAP: SignedDuration = SignedDuration::from_secs(30);

/// The world.
pub(crate) struct World {
    folder: TempDir,
    /// The mail server.
    pub(crate) sink: Sink,
    /// Where the state is; none for a file.
    pub(crate) server: Option<String>,
    /// libfaketime.
    library: PathBuf,
    /// When the world began.
    began: Timestamp,
    /// How many accounts there are.
    accounts: u32,
    /// The tasks that there are.
    tasks: u32,
    /// The lives so far.
    lives: u32,
    /// How far the clock is ahead of the real one.
    ahead: SignedDuration,
    /// Whether letters are longer than what the sockets of both sides hold.
    long: bool,
}

/// A life of the daemon.
pub(crate) struct Life {
    /// Its number.
    pub(crate) number: u32,
    child: Child,
}

/// How a daemon is started.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start<'a> {
    /// Which replica.
    pub(crate) seat: u32,
    /// Where it ends by itself.
    pub(crate) crash: Option<&'a str>,
    /// Whether it goes by the machine's own clock, and no library stands between it and the kernel: reading the clock from a
    /// file costs more than sending a letter.
    pub(crate) bare: bool,
}

impl World {
    /// A world with its state in a file, or on the server of that address. Nothing, and a line that says so, when
    /// libfaketime is not installed.
    pub(crate) fn new(server: Option<String>) -> Option<Self> {
        Self::of(ACCOUNTS, server)
    }

    /// Likewise, of so many accounts.
    pub(crate) fn of(accounts: u32, server: Option<String>) -> Option<Self> {
        let machine = std::env::consts::ARCH;
        let places = [format!("/usr/lib/{machine}-linux-gnu/faketime"), "/usr/lib64/faketime".into(), "/usr/lib/faketime".into()];
        let library = places.iter().map(|place| Path::new(place).join("libfaketime.so.1")).find(|path| path.is_file());
        let Some(library) = library else {
            let required = std::env::var("OFFWATCH_REQUIRE").is_ok_and(|names| names.contains("faketime"));
            assert!(!required, "faketime is required and not installed");
            eprintln!("skipped: faketime is not installed, install Debian's `faketime`");
            return None;
        };
        let began = Timestamp::now();
        let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
        let world = Self { folder, sink, server, library, began, accounts, tasks: 0, lives: 0, ahead: SignedDuration::ZERO, long: false };
        let (first, last) = (began - SignedDuration::from_hours(72), began + SignedDuration::from_hours(24 * 30));
        world.write("away.ics", &calendar(&[event("away", first, last, "Sabbatical")]));
        world.write("tasks.ics", &calendar(&[]));
        world.write("clock", "+0s\n");
        Some(world)
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file so that it is there as a whole.
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path("new"), text).unwrap();
        std::fs::rename(self.path("new"), self.path(name)).unwrap();
    }

    /// Plans so many tasks more.
    pub(crate) fn plan(&mut self, tasks: u32) {
        self.tasks += tasks;
        let start = self.began + SignedDuration::from_hours(20);
        let task = |number: u32| {
            let start = start + SignedDuration::from_mins(i64::from(number % 60));
            event(
                &name(number),
                start,
                start + SignedDuration::from_hours(1),
                &format!("[Account {}] Upgrade {}", number % self.accounts, name(number)),
            )
        };
        self.write("tasks.ics", &calendar(&(0..self.tasks).map(task).collect::<Vec<_>>()));
    }

    /// From the next life on letters are so long that nobody can say all of one before some of it is heard, or no longer so.
    pub(crate) fn lengthen(&mut self, long: bool) {
        self.long = long;
        self.sink.narrow(long);
    }

    /// Who must hear of what, once.
    pub(crate) fn wanted(&self) -> BTreeSet<(String, String)> {
        let both = |number: u32| ["manager", "last"].map(|who| (format!("{who}-{}@example.com", number % self.accounts), name(number)));
        (0..self.tasks).flat_map(both).collect()
    }

    /// The configuration of one life of one replica.
    fn configuration(&self, seat: u32, life: u32, name: &str) -> String {
        let state = self.server.clone().unwrap_or_else(|| "sqlite:offwatch.db".to_owned());
        let place = self.folder.path().display();
        let mut text = format!(
            r#"
[service]
state = "{state}"
admin = "admin@example.com"
[mail]
from = "offwatch <offwatch@example.com>"
envelope_from = "life-{life}@example.com"
send = "smtp"
host = "127.0.0.1"
port = {port}
tls = "none"
timeout_connect = "5s"
timeout_command = "5s"
timeout_data = "5s"
timeout_dot = "5s"
[schedule]
fetch = "* * * * *"
coverage = ""
[briefing]
task_pattern = "Upgrade"
[[feed]]
name = "tasks"
path = "{place}/tasks.ics"
reads = ["tasks"]
[[feed]]
name = "away"
path = "{place}/away.ics"
reads = ["absences"]
every_event = "absence"
[[engineer]]
id = "ada"
email = "ada@example.com"
feeds = ["away"]
"#,
            port = self.sink.port
        );
        let notes = if self.long { format!("notes = \"{}\"\n", "and more of it ".repeat(25_000)) } else { String::new() };
        for account in 0..self.accounts {
            write!(
                text,
                "[[account]]\nid = \"a{account}\"\nname = \"Account {account}\"\nengineers = [\"ada\"]\n{notes}\
                 manager = \"manager-{account}@example.com\"\nlast_resort = \"last-{account}@example.com\"\n"
            )
            .unwrap();
        }
        let folder = self.path(&format!("seat-{seat}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).display().to_string()
    }

    /// The program with the clock as it is now.
    fn command(&self, configuration: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offwatch"));
        command.env_clear().args(["--config", configuration]).stdin(Stdio::null());
        command.env("STATE_DIRECTORY", Path::new(configuration).parent().unwrap());
        // The clock that says the time of day, and can be set while a life lasts; the others go as they go.
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", self.path("clock")).env("TZ", "UTC");
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }

    /// Sets the clock of all that runs: so far ahead of where it is.
    pub(crate) fn step(&mut self, step: SignedDuration) {
        self.ahead += step;
        self.write("clock", &format!("{:+}s\n", self.ahead.as_secs()));
    }

    /// Begins a life, its clock further ahead than the last one's.
    pub(crate) fn start(&mut self, start: Start<'_>) -> Life {
        self.lives += 1;
        self.step(LEAP);
        let configuration = self.configuration(start.seat, self.lives, "offwatch.toml");
        let mut command = self.command(&configuration);
        if let Some(point) = start.crash {
            command.env("OFFWATCH_CRASH", point);
        }
        if start.bare {
            command.env_remove("LD_PRELOAD");
        }
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        // By itself: when the shell that began all this ends, the kernel wakes what is stopped in its process group.
        let child = command.arg("run").process_group(0).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        Life { number: self.lives, child }
    }

    /// What the program answers beside a daemon.
    pub(crate) fn ask(&self, arguments: &[&str]) -> String {
        let configuration = self.configuration(0, 0, "look.toml");
        let answered = self.command(&configuration).args(arguments).output().unwrap();
        [answered.stdout, answered.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
    }

    /// One turn, to its end.
    pub(crate) fn once(&self) {
        let configuration = self.configuration(0, 0, "offwatch.toml");
        let ran = self.command(&configuration).arg("once").stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(ran.code().is_some());
    }

    /// Lets the clock go ahead until everything has arrived that must, a life of up to some seconds each time.
    pub(crate) fn drain(&mut self) {
        for _ in 0..60 {
            let life = self.start(Start::default());
            let before = Instant::now();
            while before.elapsed() < Duration::from_secs(6) {
                std::thread::sleep(Duration::from_millis(50));
                if self.open().is_none_or(|open| open == 0) && self.missing().is_empty() {
                    break;
                }
            }
            life.stop();
            if self.open() == Some(0) && self.missing().is_empty() {
                return;
            }
            // Longer than any wait between two tries.
            self.step(SignedDuration::from_mins(5));
        }
        panic!("still missing: {:?}\n{}", self.missing(), self.log());
    }

    /// Who has not heard of what.
    fn missing(&self) -> BTreeSet<(String, String)> {
        let mut wanted = self.wanted();
        for message in self.sink.taken() {
            for task in tasks(&message.bytes) {
                wanted.remove(&(message.to.clone(), task));
            }
        }
        wanted
    }

    /// The outbox: state, key and recipient of each letter.
    pub(crate) fn outbox(&self) -> Vec<serde_json::Value> {
        let configuration = self.configuration(0, 0, "look.toml");
        let listed = self.command(&configuration).args(["outbox", "list", "--all", "--format", "json"]).output().unwrap();
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        String::from_utf8(listed.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// How many letters are not done; none when there is no state yet.
    fn open(&self) -> Option<usize> {
        let letters = self.outbox();
        (!letters.is_empty()).then(|| letters.iter().filter(|letter| letter["state"] != "accepted").count())
    }

    /// What all lives have logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Life {
    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, and sees that it does.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        assert!(self.ends(Duration::from_secs(12)), "it does not stop");
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap().success());
    }

    /// Whether it ends within so long.
    pub(crate) fn ends(&mut self, patience: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < patience {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The tasks that a letter speaks of.
pub(crate) fn tasks(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let parts: Vec<&str> = text.split(|sign: char| !sign.is_ascii_alphanumeric()).collect();
    parts
        .iter()
        .filter(|part| part.len() == 6 && part.strip_prefix('T').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())))
        .map(|part| (*part).to_owned())
        .collect()
}

/// A task's name.
fn name(number: u32) -> String {
    format!("T{number:05}")
}

/// A calendar of those events.
fn calendar(events: &[String]) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//endurance//EN\r\n{}END:VCALENDAR\r\n", events.concat())
}

/// One event.
fn event(uid: &str, start: Timestamp, end: Timestamp, title: &str) -> String {
    let form = |at: Timestamp| at.strftime("%Y%m%dT%H%M00Z").to_string();
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{}\r\nDTEND:{}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n", form(start), form(end))
}
