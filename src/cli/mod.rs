//! The command line: one file a command, and the only room that prints.
//! Owns exit codes: 0 fine, 1 it ran and found something wrong, 2 usage, 78 bad configuration.

mod availability;
mod backup;
mod board;
mod briefing;
mod calendar;
mod chaos;
mod check;
mod demo;
mod explain;
mod feeds;
mod health;
mod inspect;
mod json;
mod logging;
mod near;
mod once;
mod outbox;
mod plan;
mod preview;
mod reload;
mod run;
mod send_test;
mod session;
mod simulate;
mod templates;
mod terminal;
mod timeline;
mod vantage;
mod wish;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use crate::config::Problems;
use crate::crash;
use crate::explain::moment;
#[cfg(test)]
pub(crate) use simulate::replies;
use terminal::Plainly;

/// It ran and found something wrong.
const WRONG: u8 = 1;

/// The command line cannot be understood.
const USAGE: u8 = 2;

/// The configuration is bad (`EX_CONFIG` of sysexits).
const CONFIG: u8 = 78;

/// Where the configuration is looked for when nobody says where it is.
const USUAL: &str = "/etc/offwatch/offwatch.toml";

/// Asks Assigned Support Engineers for proactive briefings in time, and hands them one digest when they come back.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    /// The configuration file.
    #[arg(long, global = true, env = "OFFWATCH_CONFIG", default_value = USUAL, value_name = "FILE")]
    config: PathBuf,
    /// How answers are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How the log is written.
    #[arg(long, global = true, value_enum, default_value_t = logging::Logs::Text, env = "OFFWATCH_LOG_FORMAT")]
    log_format: logging::Logs,
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// How answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[value(alias = "html")]
    Text,
    /// For programs: documented, additive only.
    Json,
}

/// What offwatch can be asked to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run as a daemon until told to stop.
    Run,
    /// Have the running daemon take a changed configuration, if it is good.
    Reload,
    /// Do one turn, for cron or a timer.
    Once,
    /// Check the configuration: all problems at once.
    Check(check::Check),
    /// Say what will be said in the next days, and what is held and why.
    Plan(plan::Plan),
    /// Say why a task, an engineer or a mailbox got each letter, and why not (yet).
    Explain(explain::Explain),
    /// Draw the team's board: tonight's risks, everybody's two weeks, feeds and outbox, as HTML pages.
    Board(board::Board),
    /// Say who is there, until when, and when next.
    Availability(availability::Who),
    /// Print the calendar that an engineer subscribes to: their accounts' tasks and the deadlines of their briefings.
    Calendar(calendar::Calendar),
    /// Say that briefings are written or not needed, or list what wants one.
    Briefing(briefing::Briefings),
    /// Show a letter by the key of any notice in it, said or still to come.
    Preview(preview::Preview),
    /// Look at letters that wait, try one again, or take one back.
    Outbox(outbox::Outbox),
    /// Send a test letter at once, past the outbox, and show what the server says.
    SendTest(send_test::SendTest),
    /// Play turns in virtual time and print every letter as it would go out; or random worlds, to see every promise kept.
    Simulate(simulate::Simulate),
    /// Look at the words of letters, take them to change them, and try them.
    Templates(templates::Templates),
    /// Show what offwatch sees in a calendar.
    Inspect(inspect::Inspect),
    /// Look at feeds, fetch them now, or take what is held back of one.
    Feeds(feeds::Feeds),
    /// Copy the state into a file, beside a daemon that may run.
    Backup(backup::Backup),
    /// Put a copy of the state back; no daemon may run.
    Restore(backup::Restore),
    /// Say how offwatch fares, from its state: who takes turns, what waits, which feeds fail.
    Health(health::Health),
    /// Play the shipped world: no configuration, no network.
    Demo(demo::Demo),
}

/// Parses an instant as the command line takes it: RFC 3339 with its zone.
fn instant(text: &str) -> Result<Timestamp, String> {
    let hint = "write an instant with its zone, such as 2026-12-01T09:00:00Z or 2026-12-01T10:00:00+01:00";
    text.parse().map_err(|_| format!("`{text}` is no instant; {hint}"))
}

/// Parses the command line, does what it says and gives the exit code.
pub fn main() -> ExitCode {
    // The only crypto provider there is; a second installation cannot happen.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    let config = cli.config.clone();
    let code = act(cli).unwrap_or_else(|error| complain(&error));
    if code == CONFIG && lacks(&config, Path::new(USUAL)) {
        let hint = "say where yours is with `--config FILE`; `offwatch demo` shows what offwatch does without any";
        let _ = writeln!(std::io::stderr(), "  {hint}");
    }
    ExitCode::from(code)
}

/// Whether the configuration was looked for where it usually is, and nothing is there.
fn lacks(config: &Path, usual: &Path) -> bool {
    config == usual && usual.try_exists().is_ok_and(|exists| !exists)
}

/// Does what the command line says.
fn act(cli: Cli) -> Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    // On a worker and not here: whoever waits for its own sockets on their thread need not be woken from another one.
    let code = runtime.block_on(runtime.spawn(async move {
        let surroundings = session::Surroundings::read();
        logging::start(cli.log_format, &surroundings.logs)?;
        if let Some(plan) = &surroundings.crash {
            crash::rehearse(plan.parse().map_err(|error: crash::BadPlan| usage(format!("OFFWATCH_CRASH: {error}")))?);
        }
        let desk = session::Session { config: &cli.config, format: cli.format, surroundings };
        match &cli.command {
            Command::Run => run::run(&desk).await,
            Command::Reload => reload::run(&desk),
            Command::Once => once::run(&desk).await,
            Command::Check(check) => checked(&desk, check).await,
            Command::Plan(plan) => Box::pin(plan::run(&desk, plan)).await,
            Command::Explain(explain) => Box::pin(explain::run(&desk, explain)).await,
            Command::Board(board) => Box::pin(board::run(&desk, board)).await,
            Command::Availability(who) => availability::run(&desk, who).await,
            Command::Calendar(calendar) => calendar::run(&desk, calendar).await,
            Command::Briefing(briefings) => briefing::run(&desk, briefings).await,
            Command::Preview(preview) => Box::pin(preview::run(&desk, preview)).await,
            Command::Outbox(outbox) => outbox::run(&desk, outbox).await,
            Command::SendTest(test) => send_test::run(&desk, test).await,
            Command::Simulate(simulate) => simulate::run(&desk, simulate).await,
            Command::Templates(what) => templates::run(&desk, what),
            Command::Inspect(inspect) => inspected(inspect, cli.format).await,
            Command::Feeds(feeds) => feeds::run(&desk, feeds).await,
            Command::Backup(backup) => backup::take(&desk, backup).await,
            Command::Restore(restore) => backup::put_back(&desk, restore).await,
            Command::Health(health) => health::run(&desk, health).await,
            Command::Demo(demo) => demo::run(&desk, demo).await,
        }
    }))?;
    // A look-up or a file read that hangs must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    code
}

/// Says what the configuration means, or what is wrong with it; with `--feeds` also how each feed answers.
async fn checked(session: &session::Session<'_>, check: &check::Check) -> Result<u8> {
    let (mut out, mut err) = (Plainly(std::io::stdout()), Plainly(std::io::stderr()));
    let config = check::read(session.config, &session.surroundings.folders, session.format, &mut out, &mut err)?;
    let Some(config) = config else { return Ok(CONFIG) };
    if check.feeds { feeds::all(session, config).await } else { Ok(0) }
}

/// Shows what offwatch sees in a file, at an address, or on standard input (`-`).
async fn inspected(inspect: &inspect::Inspect, format: Format) -> Result<u8> {
    let now = session::at(None);
    let bytes = session::bytes(&inspect.source, now).await?;
    let (mut out, mut err) = (Plainly(std::io::BufWriter::new(std::io::stdout().lock())), Plainly(std::io::stderr().lock()));
    let code = inspect::run(inspect, format, &bytes, now, &mut out, &mut err)?;
    out.flush()?;
    Ok(code)
}

/// Prints an error once, on stderr, and gives its exit code.
fn complain(error: &anyhow::Error) -> u8 {
    if let Some(broken) = error.downcast_ref::<std::io::Error>()
        && broken.kind() == std::io::ErrorKind::BrokenPipe
    {
        return 0;
    }
    let code = match (error.downcast_ref::<Problems>(), error.downcast_ref::<Usage>()) {
        (Some(_), _) => CONFIG,
        (None, Some(_)) => USAGE,
        (None, None) => WRONG,
    };
    let text = if code == CONFIG { format!("{error}") } else { format!("offwatch: {error:#}") };
    let _ = writeln!(std::io::stderr(), "{}", terminal::plain(text.trim_end()));
    code
}

/// The command line asks for something that is not there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// An error for which the exit code is 2.
fn usage(text: impl Into<String>) -> anyhow::Error {
    anyhow!(Usage(text.into()))
}

/// Prints to standard output, without what could steer a terminal; a closed pipe ends the program quietly.
fn print(text: &str) -> Result<()> {
    draw(&terminal::plain(text))
}

/// Prints what is ours alone, with its colours where somebody looks.
fn draw(text: &str) -> Result<()> {
    let mut out = anstream::AutoStream::auto(std::io::stdout());
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
