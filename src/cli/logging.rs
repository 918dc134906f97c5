//! Starts the log on standard error: lines for the journal, JSON for machines, or text for a person at a terminal.
//! Owns its look and what stays quiet. Reads no environment itself, and lets no library log addresses or letters.

use std::fmt as text;
use std::io::{self, IsTerminal, Write};

use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{self, FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry, Scope};

use super::terminal;

/// What is logged unless `OFFWATCH_LOG` says otherwise.
const DEFAULT: &str = "info,sqlx=warn,tokio_cron_scheduler=warn";

/// Libraries that would write addresses, headers or letters: nothing below a warning comes from them, whatever is set.
const QUIET: &[&str] = &["h2", "hyper", "hyper_util", "lettre", "reqwest", "rustls", "rustls_platform_verifier", "tower"];

/// `--log-format`: how the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Logs {
    /// Lines to read: for the journal when that is where they go, else for a person.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What the environment says about logs; read by the caller, once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// `OFFWATCH_LOG`: levels, e.g. `debug` or `info,offwatch::feeds=debug`.
    pub(crate) levels: Option<String>,
    /// `JOURNAL_STREAM`: device and inode of the socket to the journal, set by systemd.
    pub(crate) journal_stream: Option<String>,
    /// Whether `NO_COLOR` is set and not empty.
    pub(crate) no_color: bool,
}

/// Starts the log. Levels that cannot be read are told in the log and the default holds: a daemon with an odd log is
/// better than none. An error means that a log was started before.
pub(crate) fn start(format: Logs, surroundings: &Surroundings) -> anyhow::Result<()> {
    let journal = surroundings.journal_stream.as_deref().is_some_and(|stream| standard_error().is_some_and(|own| own == stream));
    let look = look(format, journal, std::io::stderr().is_terminal(), surroundings.no_color);
    let (levels, problem) = levels(surroundings.levels.as_deref());
    tracing::subscriber::set_global_default(subscriber(look, levels, std::io::stderr))?;
    if let Some(problem) = problem {
        tracing::warn!("`OFFWATCH_LOG`: {problem}; logging at `{DEFAULT}`");
    }
    Ok(())
}

/// Device and inode of standard error as `JOURNAL_STREAM` writes them. A shell started by a service inherits the
/// variable but not the socket, so the variable alone proves nothing.
fn standard_error() -> Option<String> {
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;

    let file = std::fs::File::from(std::io::stderr().as_fd().try_clone_to_owned().ok()?);
    let metadata = file.metadata().ok()?;
    Some(format!("{}:{}", metadata.dev(), metadata.ino()))
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// `<6>target: message`: the journal adds time and unit, and reads the priority.
    Journal,
    /// One JSON object.
    Json,
    /// Time, level, target, message.
    Plain,
    /// The same in colour.
    Colour,
}

/// The look for what was asked for and where it goes.
fn look(format: Logs, journal: bool, terminal: bool, no_color: bool) -> Look {
    match format {
        Logs::Json => Look::Json,
        Logs::Text if journal => Look::Journal,
        Logs::Text if terminal && !no_color => Look::Colour,
        Logs::Text => Look::Plain,
    }
}

/// The levels in force, and what was wrong with those that were asked for.
fn levels(asked: Option<&str>) -> (EnvFilter, Option<String>) {
    let builder = || EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    match asked.filter(|asked| !asked.trim().is_empty()).map(|asked| builder().parse(asked)) {
        Some(Ok(levels)) => (levels, None),
        Some(Err(problem)) => (builder().parse_lossy(DEFAULT), Some(problem.to_string())),
        None => (builder().parse_lossy(DEFAULT), None),
    }
}

/// Everything put together, writing to `out`.
fn subscriber<W>(look: Look, levels: EnvFilter, out: W) -> impl Subscriber + Send + Sync
where
    W: for<'out> MakeWriter<'out> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(Sheets { out, coloured: look == Look::Colour });
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match look {
        Look::Journal => Box::new(lines.with_ansi(false).event_format(JournalLine)),
        Look::Json => Box::new(lines.json().flatten_event(true).with_current_span(false)),
        Look::Plain => Box::new(lines.with_ansi(false)),
        Look::Colour => Box::new(lines.with_ansi(true)),
    };
    tracing_subscriber::registry().with(lines).with(levels).with(filter_fn(discreet))
}

/// Whether an event may be logged at all, whatever the levels: see [`QUIET`].
fn discreet(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    *metadata.level() <= Level::WARN || !QUIET.contains(&library)
}

/// Writes events for the journal: priority, target, spans, message and fields, in one line.
struct JournalLine;

impl<S, N> FormatEvent<S, N> for JournalLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'out> FormatFields<'out> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> text::Result {
        write!(out, "<{}>{}: ", priority(*event.metadata().level()), event.metadata().target())?;
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            out.write_str(span.name())?;
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>().filter(|fields| !fields.is_empty()) {
                write!(out, "{{{fields}}}")?;
            }
            out.write_str(": ")?;
        }
        context.format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}

/// Gives out [`Sheet`]s.
struct Sheets<M> {
    /// Where the lines go in the end.
    out: M,
    /// Whether they are coloured.
    coloured: bool,
}

impl<'out, M: MakeWriter<'out>> MakeWriter<'out> for Sheets<M> {
    type Writer = Sheet<M::Writer>;

    fn make_writer(&'out self) -> Self::Writer {
        Sheet { out: self.out.make_writer(), coloured: self.coloured }
    }
}

/// Takes one whole record and writes it as one line in which nothing steers: the journal would take a second line for a
/// record of its own, and so would whoever reads.
struct Sheet<W> {
    /// Where the line goes.
    out: W,
    /// Whether it is coloured: then the log's own colours stay.
    coloured: bool,
}

impl<W: Write> Write for Sheet<W> {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record);
        let line = text.trim_end_matches('\n').lines().collect::<Vec<_>>().join(" | ");
        let line = if self.coloured {
            let mut parts = line.split("\u{1b}[");
            let first = terminal::plain(parts.next().unwrap_or_default()).into_owned();
            parts.fold(first, |line, part| line + ink(part) + &terminal::plain(part))
        } else {
            terminal::plain(&line).into_owned()
        };
        writeln!(self.out, "{line}")?;
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How what follows an escape is written: as a colour, which harms nobody, or for all to see.
fn ink(part: &str) -> &'static str {
    let end = part.find(|sign: char| !sign.is_ascii_digit() && sign != ';');
    let is_colour = end.and_then(|end| part.get(end..)).is_some_and(|rest| rest.starts_with('m'));
    if is_colour { "\u{1b}[" } else { "\\u001b[" }
}

/// The priority of a level as syslog numbers it (RFC 5424, table 2).
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A place to write to that can be read afterwards.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What a look makes of the same events at the asked levels.
    fn check(look: Look, asked: Option<&str>) -> String {
        let paper = Paper::default();
        let pen = paper.clone();
        tracing::subscriber::with_default(subscriber(look, levels(asked).0, move || pen.clone()), || {
            let turn = tracing::info_span!("turn", number = 7);
            let _inside = turn.enter();
            tracing::info!(target: "offwatch::cycle", letters = 2, "queued");
            tracing::warn!(target: "offwatch::feeds", feed = "leave", "no answer\nsince noon");
            tracing::debug!(target: "offwatch::plan", "held");
            tracing::debug!(target: "sqlx::query", "SELECT 1");
            tracing::debug!(target: "hyper_util::client", "connecting to secret.example");
            tracing::error!(target: "reqwest", "broken");
        });
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn the_journal_gets_a_priority_and_one_line_for_each_event() {
        insta::assert_snapshot!(check(Look::Journal, None), @r#"
        <6>offwatch::cycle: turn{number=7}: queued letters=2
        <4>offwatch::feeds: turn{number=7}: no answer | since noon feed="leave"
        <3>reqwest: turn{number=7}: broken
        "#);
    }

    #[test]
    fn a_record_is_one_line_in_which_nothing_steers_in_every_look() {
        let odd = "a\nb\r\nc\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}d";
        for look in [Look::Journal, Look::Json, Look::Plain, Look::Colour] {
            let paper = Paper::default();
            let pen = paper.clone();
            tracing::subscriber::with_default(subscriber(look, levels(None).0, move || pen.clone()), || {
                tracing::warn!(feed = %odd, other = ?odd, "{odd}");
            });
            let line = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
            assert_eq!(line.matches('\n').count(), 1, "{look:?} {line:?}");
            let own = |sign: char| sign == '\n' || look == Look::Colour && sign == '\u{1b}';
            assert!(line.chars().all(|sign| own(sign) || !crate::people::steers(sign)), "{look:?} {line:?}");
            assert!(!line.contains("\u{1b}[2J") && !line.contains("\u{1b}]"), "{look:?} {line:?}");
        }
    }

    #[test]
    fn no_level_makes_a_library_tell_an_address() {
        for asked in ["trace", "hyper_util=trace", "hyper_util::client=trace,info"] {
            assert!(!check(Look::Plain, Some(asked)).contains("secret.example"), "{asked}");
        }
        assert!(check(Look::Plain, Some("debug")).contains("SELECT 1"));
    }

    #[test]
    fn levels_can_be_chosen_by_room() {
        insta::assert_snapshot!(check(Look::Journal, Some("warn,offwatch::plan=debug")), @r#"
        <4>offwatch::feeds: no answer | since noon feed="leave"
        <7>offwatch::plan: held
        <3>reqwest: broken
        "#);
    }

    #[test]
    fn levels_that_cannot_be_read_leave_the_default_in_force() {
        let (kept, problem) = levels(Some("offwatch=loud"));
        assert_eq!(kept.to_string(), levels(None).0.to_string());
        assert!(problem.is_some());
        assert!(levels(Some(" ")).1.is_none());
    }

    #[test]
    fn json_is_one_object_a_line() {
        let written = check(Look::Json, None);
        let objects: Vec<serde_json::Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects.len(), 3);
        assert_eq!((objects[0]["message"].as_str(), objects[0]["letters"].as_u64()), (Some("queued"), Some(2)));
    }

    #[test]
    fn only_a_terminal_gets_colour_and_no_color_is_respected() {
        assert_eq!(look(Logs::Text, false, true, false), Look::Colour);
        assert_eq!(look(Logs::Text, false, true, true), Look::Plain);
        assert_eq!(look(Logs::Text, false, false, false), Look::Plain);
        assert_eq!(look(Logs::Text, true, false, false), Look::Journal);
        assert_eq!(look(Logs::Json, true, true, false), Look::Json);
        assert!(check(Look::Colour, None).contains('\u{1b}') && !check(Look::Plain, None).contains('\u{1b}'));
    }
}
