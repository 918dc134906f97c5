//! A small world in a folder of its own: a configuration, its calendars, and the program run on them.
//! It is right at any hour: Ada works around the clock, but is away from the day after tomorrow for three days; the task
//! is on the second of them. So she is asked at once, and again two hours before she leaves.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::Value;
use tempfile::TempDir;

/// The configuration; `SEND` stands for how letters leave.
const CONFIGURATION: &str = r#"
[service]
admin = "ops@example.com"

[mail]
from = "offwatch <offwatch@example.com>"
SEND

[schedule]
settle = "0m"
coverage = ""

[hours]
mon-sun = "00:00-24:00"

[leave]
before = ""

[[feed]]
name = "tasks"
path = "tasks.ics"
reads = ["tasks"]

[[feed]]
name = "ada"
path = "ada.ics"
reads = ["absences"]

[[engineer]]
id = "ada"
name = "Ada Lovelace"
email = "ada@example.com"
feeds = ["ada"]

[[account]]
id = "acme"
name = "ACME Corp"
engineers = ["ada"]
match = ["ACME"]
"#;

/// The world.
pub(crate) struct World {
    /// Where all of it lies; gone with it.
    folder: TempDir,
    /// The date on which it was made, in UTC.
    today: Date,
}

/// What one run of the program came to.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// What it said on standard output.
    pub(crate) out: String,
    /// What it said on standard error.
    pub(crate) err: String,
}

/// An instant on a date, as calendars write it.
fn stamp(date: Date, hour: i8) -> String {
    date.at(hour, 0, 0, 0).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A calendar of those events.
pub(crate) fn calendar(events: &[String]) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\n{}END:VCALENDAR\r\n", events.concat())
}

/// An event; `times` are its lines of DTSTART and DTEND.
pub(crate) fn event(uid: &str, times: &str, title: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n{times}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n")
}

/// A task of two hours from noon on `date`.
pub(crate) fn task(uid: &str, date: Date, title: &str) -> String {
    event(uid, &format!("DTSTART:{}\r\nDTEND:{}", stamp(date, 12), stamp(date, 14)), title)
}

impl World {
    /// With letters into a folder.
    pub(crate) fn new() -> Self {
        Self::sending("send = \"folder\"")
    }

    /// With letters as `send` says.
    pub(crate) fn sending(send: &str) -> Self {
        let second = Timestamp::now().as_second();
        let today = Timestamp::from_second(second).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
        let world = Self { folder: tempfile::tempdir().unwrap(), today };
        world.configure(send);
        world.write("tasks.ics", &calendar(&[task("upgrade-1@acme", world.day(3), "ACME: upgrade to 17.4")]));
        let leave =
            format!("DTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}", world.day(2).strftime("%Y%m%d"), world.day(5).strftime("%Y%m%d"));
        world.write("ada.ics", &calendar(&[event("leave-1", &leave, "Vacation in Lisbon")]));
        world
    }

    /// Writes the configuration anew, with letters as `send` says.
    pub(crate) fn configure(&self, send: &str) {
        self.write("offwatch.toml", &CONFIGURATION.replace("SEND", send));
    }

    /// So many days from today.
    pub(crate) fn day(&self, days: i32) -> Date {
        self.today.checked_add(days.days()).unwrap()
    }

    /// An instant, so many days from today's midnight and so many hours later, as the command line takes it.
    pub(crate) fn instant(&self, days: i32, hours: i64) -> String {
        let midnight = self.day(days).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        midnight.checked_add(SignedDuration::from_hours(hours)).unwrap().to_string()
    }

    /// A place in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in its folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Changes the configuration.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("offwatch.toml")).unwrap();
        assert!(text.contains(from), "`{from}` stands nowhere in the configuration");
        self.write("offwatch.toml", &text.replace(from, to));
    }

    /// The letters sent, as they are.
    pub(crate) fn letters(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path("outbox")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|kind| kind == "eml"));
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Runs the program on this configuration.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(&self.path("offwatch.toml"), arguments)
    }

    /// Runs the program, which must answer 0 and gives its lines as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let run = self.run(&[arguments, &["--format", "json"]].concat());
        assert_eq!(run.code, 0, "{run:?}");
        run.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// The program on this configuration, to be run as a test likes.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        command(&self.path("offwatch.toml"), arguments)
    }

    /// Starts the daemon, its log on a pipe.
    pub(crate) fn daemon(&self) -> Child {
        command(&self.path("offwatch.toml"), &["run"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

impl Run {
    /// Refuses another exit code, and output that lacks one of `words`.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self:#?}");
        for word in words {
            assert!(self.out.contains(word) || self.err.contains(word), "`{word}` is missing in {self:#?}");
        }
    }
}

/// Runs the program on that configuration.
pub(crate) fn run(configuration: &Path, arguments: &[&str]) -> Run {
    outcome(command(configuration, arguments).output().unwrap())
}

/// Runs the program without telling it where its configuration is.
pub(crate) fn bare(arguments: &[&str]) -> Run {
    outcome(plain().args(arguments).output().unwrap())
}

/// What a run came to.
fn outcome(Output { status, stdout, stderr }: Output) -> Run {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
}

/// The program on that configuration, with nothing of this process's environment that could change its mind.
fn command(configuration: &Path, arguments: &[&str]) -> Command {
    let mut command = plain();
    command.arg("--config").arg(configuration).args(arguments);
    command
}

/// The program in an environment that says nothing.
fn plain() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offwatch"));
    command.env_clear().env("LANG", "C.UTF-8").stdin(Stdio::null());
    command
}
