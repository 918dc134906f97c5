//! What somebody means by a word: a task, an engineer, a mailbox, an account. Guesses nothing: what fits several is refused with all of them.

use anyhow::Result;

use super::mailbox;
use crate::agenda::{Sighting, TaskId};
use crate::cli::near::{is_called, suggestion};
use crate::cli::usage;
use crate::config::Config;
use crate::explain::Ground;
use crate::explain::words::clock;
use crate::people::{AccountId, Address, Engineer, EngineerId};

/// No more candidates are listed.
const MOST: usize = 12;

/// What is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A task.
    Task(TaskId),
    /// An engineer.
    Engineer(EngineerId),
    /// A mailbox that letters may go to.
    Mailbox(Address),
    /// An account.
    Account(AccountId),
}

/// Finds what `word` means.
pub(super) fn find(word: &str, ground: &Ground, config: &Config) -> Result<Target> {
    let word = word.trim();
    let engineers: Vec<&Engineer> = ground.team().engineers.values().filter(|engineer| is_called(engineer, word)).collect();
    let tasks: Vec<&Sighting> = ground.desk.scene().history.values().filter(|sighting| sighting.thing.task().is_some()).collect();
    match engineers.as_slice() {
        [one] => return Ok(Target::Engineer(one.id.clone())),
        [] => {}
        several => {
            let ids: Vec<&str> = several.iter().map(|engineer| engineer.id.as_str()).collect();
            return Err(usage(format!("`{word}` may be any of the engineers {}; name one by the id", ids.join(", "))));
        }
    }
    if let Some(address) = mailbox::known(config).into_iter().find(|address| address.is(word)) {
        return Ok(Target::Mailbox(address.clone()));
    }
    if let Some(task) = named(word, &tasks, ground) {
        return Ok(Target::Task(task.id.clone()));
    }
    let lower = word.to_lowercase();
    let is_called =
        |account: &&crate::people::Account| [account.id.as_str(), &account.name].iter().any(|name| name.to_lowercase() == lower);
    if let Some(account) = ground.team().accounts.iter().find(is_called) {
        return Ok(Target::Account(account.id.clone()));
    }
    let titled = titled(word, &tasks, ground);
    match titled.as_slice() {
        [one] => Ok(Target::Task(one.id.clone())),
        [] => Err(usage(unknown(word, &tasks, ground, config))),
        several => {
            let mut lines: Vec<String> = several.iter().take(MOST).map(|task| format!("\n  {}", label(task, ground))).collect();
            if several.len() > MOST {
                lines.push(format!("\n  and {} more", several.len() - MOST));
            }
            let count = several.len();
            Err(usage(format!("{count} tasks have `{word}` in their titles; name one by its id or say more of it:{}", lines.concat())))
        }
    }
}

/// The task of that id, UID or `UID#RECURRENCE-ID`; of several occurrences the next one.
fn named<'t>(word: &str, tasks: &[&'t Sighting], ground: &Ground) -> Option<&'t Sighting> {
    if let Some(task) = tasks.iter().find(|task| task.id.as_str() == word) {
        return Some(task);
    }
    let whole: Vec<&'t Sighting> = tasks.iter().copied().filter(|task| task.thing.identity().uid == word).collect();
    if !whole.is_empty() {
        return next(&whole, ground);
    }
    let (uid, recurrence_id) = word.rsplit_once('#')?;
    let same = |given: &str| {
        let instant = |text: &str| text.parse::<jiff::Timestamp>().ok();
        given == recurrence_id || instant(given).is_some_and(|at| Some(at) == instant(recurrence_id))
    };
    let occurrence = |task: &&&Sighting| {
        let identity = task.thing.identity();
        identity.uid == uid && identity.recurrence_id.as_deref().is_some_and(same)
    };
    tasks.iter().find(occurrence).copied()
}

/// Of several occurrences the next one that is not over, else the last; those that stand before those that do not.
fn next<'t>(tasks: &[&'t Sighting], ground: &Ground) -> Option<&'t Sighting> {
    let ahead = || tasks.iter().copied().filter(|task| task.thing.end() > ground.now);
    let standing = ahead().filter(|task| task.stands()).min_by_key(|task| task.thing.start());
    let any = || ahead().min_by_key(|task| task.thing.start());
    standing.or_else(any).or_else(|| tasks.iter().copied().max_by_key(|task| task.thing.start()))
}

/// Tasks with that word in their title, case aside, one for each UID; only those to come, when there are any.
fn titled<'t>(word: &str, tasks: &[&'t Sighting], ground: &Ground) -> Vec<&'t Sighting> {
    let lower = word.to_lowercase();
    let fits = |task: &&&Sighting| task.thing.task().is_some_and(|task| !lower.is_empty() && task.title.to_lowercase().contains(&lower));
    let fitting: Vec<&'t Sighting> = tasks.iter().filter(fits).copied().collect();
    let ahead: Vec<&'t Sighting> = fitting.iter().copied().filter(|task| task.thing.end() > ground.now).collect();
    let mut by_uid: std::collections::BTreeMap<&str, Vec<&'t Sighting>> = std::collections::BTreeMap::new();
    for task in if ahead.is_empty() { fitting } else { ahead } {
        by_uid.entry(&task.thing.identity().uid).or_default().push(task);
    }
    let mut found: Vec<&'t Sighting> = by_uid.values().filter_map(|tasks| next(tasks, ground)).collect();
    found.sort_by_key(|task| (task.thing.start(), &task.id));
    found
}

/// A task's id, start and title.
fn label(task: &Sighting, ground: &Ground) -> String {
    let title = task.thing.task().map(|task| task.title.as_str()).unwrap_or_default();
    format!("{}  {}  {title}", task.id, clock(task.thing.start(), ground.zone()))
}

/// That nothing is called so, and what may have been meant.
fn unknown(word: &str, tasks: &[&Sighting], ground: &Ground, config: &Config) -> String {
    let engineers = ground.team().engineers.values();
    let mut known: Vec<&str> = engineers.flat_map(|engineer| [engineer.id.as_str(), engineer.name.as_str()]).collect();
    known.extend(mailbox::known(config).into_iter().map(Address::as_str));
    let names = |task: &&&'_ Sighting| task.thing.end() > ground.now;
    known.extend(ground.team().accounts.iter().flat_map(|account| [account.id.as_str(), account.name.as_str()]));
    known.extend(tasks.iter().filter(names).flat_map(|task| [task.id.as_str(), task.thing.identity().uid.as_str()]));
    known.extend(tasks.iter().filter(names).filter_map(|task| task.thing.task().map(|task| task.title.as_str())));
    // Part of a title is enough to find a task, so part of one may have been meant.
    let titles = || tasks.iter().filter(names).filter_map(|task| task.thing.task()).map(|task| task.title.as_str());
    let parts: Vec<String> = titles().flat_map(|title| parts(title, word.split_whitespace().count())).collect();
    known.extend(parts.iter().map(String::as_str));
    let near = suggestion(word, known);
    let emergency =
        ground.desk.scene().history.values().find(|sighting| {
            sighting.thing.emergency().is_some() && (sighting.id.as_str() == word || sighting.thing.identity().uid == word)
        });
    if emergency.is_some() {
        return format!("`{word}` is an emergency and no task; emergencies are told in digests: explain the engineer instead");
    }
    let now = clock(ground.now, ground.zone());
    format!("no engineer, no mailbox, no account and no task that was known {now} is called `{word}`{near}")
}

/// All runs of that many words in a title.
fn parts(title: &str, words: usize) -> Vec<String> {
    let all: Vec<&str> = title.split_whitespace().collect();
    all.windows(words.max(1)).map(|part| part.join(" ")).collect()
}
