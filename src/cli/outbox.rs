//! `offwatch outbox`: letters that wait and what has become of others; one can be tried again or taken back.
//! What may become of a letter is the outbox's own rule.

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde_json::{Value, json};

use super::near::suggestion;
use super::session::Session;
use super::{Format, print, usage};
use crate::clock;
use crate::outbox::{State, Waiting};
use crate::plan::Said;
use crate::store::Store;

/// The contract of one letter's line for programs.
const JSON: &str = r#"With `--format json`, one object for each letter, oldest first: {"number",
"key", "to", "engineer", "subject", "state", "queued", "due", "tries",
"last_answer", "maybe_twice", "useful_until", "done", "notices"}. `notices` are
the keys of all that the letter says, `maybe_twice` tells that it may have
arrived without offwatch knowing; absent facts are null."#;

/// What the contract of one letter has beyond its line.
const SHOW: &str = r#"With `--format json`, the object of `offwatch outbox list` with "attempt" (how
often it was tried, counted or not), "since" (from when it waits),
"says" (an object for each notice: {"key", "kind", "person", "task_start",
"stage", "reason"}) and, with `--eml`, "eml" (the whole message)."#;

/// What to do with letters.
#[derive(Debug, clap::Args)]
pub(super) struct Outbox {
    /// What to do.
    #[command(subcommand)]
    action: Action,
}

/// What can be done with letters. Letters are named by the key of any notice in them.
#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List letters that wait or were refused.
    #[command(after_long_help = JSON)]
    List {
        /// Only letters that stand like this.
        #[arg(long, value_enum, conflicts_with = "all")]
        state: Option<Standing>,
        /// All letters there are.
        #[arg(long)]
        all: bool,
    },
    /// Show all that is known of one letter.
    #[command(after_long_help = SHOW)]
    Show {
        /// The key of a notice in it, or its number in the list.
        #[arg(value_name = "KEY-OR-NUMBER")]
        letter: String,
        /// The message as it goes over the wire.
        #[arg(long)]
        eml: bool,
    },
    /// Put a letter back into the queue, due at once: one that waits, was refused or was taken back.
    #[command(after_long_help = JSON)]
    Retry {
        /// The key of a notice in it.
        key: String,
    },
    /// Take a letter back before it is sent.
    #[command(after_long_help = JSON)]
    Withdraw {
        /// The key of a notice in it.
        key: String,
        /// Why, for the record.
        #[arg(long, value_name = "TEXT", default_value = "withdrawn by hand")]
        reason: String,
    },
}

/// Where letters stand, as the command line takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Standing {
    /// Waiting.
    Queued,
    /// Being sent.
    Sending,
    /// Taken by the server.
    Accepted,
    /// Refused for good.
    Refused,
    /// Taken back.
    Withdrawn,
}

impl Standing {
    /// The word as the outbox has it.
    fn state(self) -> State {
        match self {
            Self::Queued => State::Queued,
            Self::Sending => State::Sending,
            Self::Accepted => State::Accepted,
            Self::Refused => State::Refused,
            Self::Withdrawn => State::Withdrawn,
        }
    }
}

/// Lists or changes.
pub(super) async fn run(session: &Session<'_>, outbox: &Outbox) -> Result<u8> {
    let config = session.load()?;
    let (key, reason) = match &outbox.action {
        Action::List { state, all } => {
            let store = session.store(&config).await?;
            return list(session.format, store.outbox().await?, state.map(Standing::state), *all);
        }
        Action::Show { letter, eml } => {
            let store = session.existing(&config).await?;
            let letter = find(&store, letter).await?;
            store.close().await;
            print(&shown(session.format, &letter, *eml))?;
            return Ok(0);
        }
        Action::Retry { key } => (key, None),
        Action::Withdraw { key, reason } => (key, Some(reason.as_str())),
    };
    let store = session.existing(&config).await?;
    let letter = change(&store, key, reason).await?;
    store.close().await;
    print(&line(session.format, &letter))?;
    Ok(0)
}

/// Prints the letters that are asked for.
fn list(format: Format, letters: Vec<Waiting>, state: Option<State>, all: bool) -> Result<u8> {
    let usual = |letter: &Waiting| !letter.life.state.is_final() || letter.life.state == State::Refused;
    let wanted = |letter: &Waiting| all || state.map_or_else(|| usual(letter), |state| letter.life.state == state);
    let letters: Vec<Waiting> = letters.into_iter().filter(wanted).collect();
    if letters.is_empty() && format == Format::Text {
        print(if state.is_none() && !all { "no letter waits and none was refused\n" } else { "no such letter\n" })?;
    }
    for letter in &letters {
        print(&line(format, letter))?;
    }
    Ok(0)
}

/// Takes a letter back for `reason`, or without one puts it back into the queue.
async fn change(store: &Store, key: &str, reason: Option<&str>) -> Result<Waiting> {
    let letter = named(store, key).await?;
    let now = clock::now();
    let done = match reason {
        Some(reason) => store.withdraw(key, reason, now).await?,
        None => store.retry(key, now).await?,
    };
    let letter = store.letter(key).await?.unwrap_or(letter);
    if !done {
        let what = if reason.is_some() { "taken back" } else { "tried again" };
        let why = match letter.life.state {
            State::Accepted => "the server has accepted it",
            State::Queued | State::Refused | State::Withdrawn if reason.is_none() => "it is of no use any more",
            State::Queued | State::Sending => "it is being sent at this moment",
            State::Refused => "it was refused; `offwatch outbox retry` puts it back into the queue",
            State::Withdrawn => "it was taken back already",
        };
        bail!("the letter `{}` to {} cannot be {what}: {why}", letter.key, letter.to);
    }
    Ok(letter)
}

/// The letter that says `key`.
async fn named(store: &Store, key: &str) -> Result<Waiting> {
    if let Some(letter) = store.letter(key).await? {
        return Ok(letter);
    }
    let known: Vec<String> = store.outbox().await?.iter().flat_map(keys).collect();
    Err(usage(format!("no letter says `{key}`{}", suggestion(key, known.iter().map(String::as_str)))))
}

/// The letter of that number, or that says that key.
async fn find(store: &Store, word: &str) -> Result<Waiting> {
    let Ok(number) = word.parse::<i64>() else { return named(store, word).await };
    let letters = store.outbox().await?;
    let newest = letters.iter().map(|letter| letter.id).max().unwrap_or(0);
    let found = letters.into_iter().find(|letter| letter.id == number);
    found.ok_or_else(|| usage(format!("no letter has the number {number}; the newest has {newest}")))
}

/// All that is known of one letter; with `eml` its bytes.
fn shown(format: Format, letter: &Waiting, eml: bool) -> String {
    let bytes = String::from_utf8_lossy(&letter.bytes);
    let life = &letter.life;
    if format == Format::Json {
        let mut whole = object(letter);
        if let Some(facts) = whole.as_object_mut() {
            facts.insert("attempt".to_owned(), life.attempt.into());
            facts.insert("since".to_owned(), life.since.to_string().into());
            facts.insert("says".to_owned(), letter.notices.iter().map(notice).collect());
            facts.extend(eml.then(|| ("eml".to_owned(), bytes.into())));
        }
        return format!("{whole}\n");
    }
    if eml {
        return bytes.into_owned();
    }
    let mut lines = vec![line(format, letter).trim_end().to_owned()];
    lines.push(format!("      number {}, queued {}, attempts {}", letter.id, letter.queued, life.attempt));
    lines.extend(letter.engineer.as_ref().map(|engineer| format!("      to engineer {engineer}")));
    lines.extend(life.useful_until.map(|until| format!("      useful until {until}")));
    for said in &letter.notices {
        let stage = said.stage.as_ref().map(|stage| format!(", {stage}")).unwrap_or_default();
        lines.push(format!("      says {}{stage}: {}", said.key, said.reason));
    }
    lines.join("\n") + "\n"
}

/// One thing that a letter says, for programs.
fn notice(said: &Said) -> Value {
    json!({
        "key": said.key.as_str(),
        "kind": said.kind.name(),
        "person": said.person,
        "task_start": said.task_start.map(|start| start.to_string()),
        "stage": said.stage,
        "reason": said.reason,
    })
}

/// The keys of all that a letter says.
fn keys(letter: &Waiting) -> Vec<String> {
    let mut keys = vec![letter.key.to_string()];
    keys.extend(letter.notices.iter().filter(|said| said.key != letter.key).map(|said| said.key.to_string()));
    keys
}

/// One letter.
fn line(format: Format, letter: &Waiting) -> String {
    let life = &letter.life;
    if format == Format::Json {
        return format!("{}\n", object(letter));
    }
    let when = match life.done {
        Some(done) => format!("{} {done}", life.state),
        None => format!("{}, due {}, tries {}", life.state, life.due, life.tries),
    };
    let answer = life.last_answer.as_ref().map(|answer| format!("\n      {answer}")).unwrap_or_default();
    let twice = if life.maybe_twice { "\n      it may have been delivered twice" } else { "" };
    format!("{}\n      to {}: {}\n      {when}{answer}{twice}\n", letter.key, letter.to, letter.subject)
}

/// One letter, for programs.
fn object(letter: &Waiting) -> Value {
    let life = &letter.life;
    json!({
        "number": letter.id,
        "key": letter.key.as_str(),
        "to": letter.to.as_str(),
        "engineer": letter.engineer,
        "subject": letter.subject,
        "state": life.state.name(),
        "queued": letter.queued.to_string(),
        "due": (!life.state.is_final()).then(|| life.due.to_string()),
        "tries": life.tries,
        "last_answer": life.last_answer,
        "maybe_twice": life.maybe_twice,
        "useful_until": life.useful_until.map(|until| until.to_string()),
        "done": life.done.map(|done| done.to_string()),
        "notices": keys(letter),
    })
}
