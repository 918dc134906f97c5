//! `offwatch explain`: why a task, an engineer or a mailbox got each letter, and why not (yet). Words facts, decides nothing.
//! For whoever administers offwatch: says that people are away and until when, never what an absence is called.

mod account;
mod engineer;
mod mailbox;
mod object;
mod person;
mod target;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::plan::{Coming, ahead};
use super::session::Session;
use super::vantage::Vantage;
use super::{Format, WRONG, print, usage};
use crate::cycle::Cycle;
use crate::explain::{Ground, task};
use crate::plan::explain::TaskStory;
use crate::plan::{Notice, Outside};
use crate::store::Store;

use target::Target;

/// The contract of the objects for programs.
const JSON: &str = r#"With `--format json`, one object. Instants are UTC RFC 3339, lengths are whole
minutes, absent facts are null. Fields are only ever added.

Of a task: {"task", "uid", "recurrence_id", "title", "account", "matched_by",
"at", "start", "end", "watch_end", "date_only", "recurs", "ticket", "stands",
"gone", "feed": {"name", "fetched", "failing_since", "error"}, "first_seen",
"known", "changes": [{"at", "what"}], "uncovered", "gaps": [{"from", "until",
"reason"}], "briefing": {"state", "by", "at", "holds", "note"}, "given": {"to",
"by", "at"}, "snoozed": [{"engineer", "until"}], "settled", "writers": [{"engineer", "role", "place", "since", "deadline", "left", "leads":
[{"lead", "at", "state", "said"}]}], "nobody_since", "handed": [{"engineer",
"since"}], "steps": [{"step", "person", "due", "told", "applies",
"among_writers"}], "said": [...], "held": [...], "coming": [...]}.
`settled` is why nothing more is asked. `place` is `writes`, `behind`, `no time`,
`over`, `too little time`, `given away` or `idle`. The `state` of a lead is `said`, `in list`,
`known late`, `before theirs`, `nearer said`, `due`, `coming`, `not theirs` or
`needless`.

Of an engineer: {"engineer", "name", "zone", "at", "available", "until", "next",
"absences": [{"from", "until", "feed"}], "spells": [{"from", "until", "missed",
"leave"}], "min_missed", "accounts": [{"account", "role", "from", "until"}],
"asked": [{"task", "title", "role", "since", "deadline", "state"}], "lists":
[{"leave", "lead", "said", "tasks"}], "caught_up", "next_digest", "said": [...],
"held": [...], "coming": [...]}.

Of a mailbox: {"person", "at", "roles": [{"role", "account"}], "said": [...],
"held": [...], "coming": [...]}. `role` is `manager`, `last resort` (`account`
is null where that is for tasks without one) or `admin`.

Of an account, one object a line for each task to come: {"task", "uid",
"recurrence_id", "title", "start", "uncovered", "briefing", "writer", "settled"}.

In the first three, `said` is [{"at", "kind", "stage", "person", "key",
"reason", "tasks", "letter", "answer"}] with the letter's state in the outbox,
`held` is [{"kind", "person", "task", "why"}], and `coming` is [{"at", "kind",
"stage", "person", "key", "reason", "tasks"}]. `tasks` are what it speaks of:
the id of its one task, or the UIDs that stand on its list (emergencies in a
digest among them); each explains itself again."#;

/// How far ahead letters to somebody are told.
const PERSON_AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long after a task letters about it are told.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What to explain.
#[derive(Debug, clap::Args)]
#[command(after_long_help = JSON)]
pub(super) struct Explain {
    /// A task: offwatch's id, a UID, `UID#RECURRENCE-ID`, or a part of its title that only one has; the UID of a series
    /// means its next occurrence. Or an engineer: id, name, alias or address. Or a mailbox that letters go to, such as a
    /// manager's or the admin's. Or an account, whose tasks are then listed.
    #[arg(value_name = "TASK|ENGINEER")]
    what: String,
    /// From where.
    #[command(flatten)]
    vantage: Vantage,
}

/// Explains.
pub(super) async fn run(session: &Session<'_>, explain: &Explain) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = explain.vantage.now();
    let (mut cycle, ledger) = Box::pin(explain.vantage.begin(session, &config, now)).await?;
    let Some(ground) = survey(&mut cycle, &ledger, explain.vantage.from, now).await? else { return Ok(WRONG) };
    let text = match target::find(&explain.what, &ground, &config)? {
        Target::Task(id) => {
            let story = ground.desk.explain_task(&id, &ground.past, &ground.outside, now);
            let story = story.ok_or_else(|| usage(format!("the task `{id}` is not in sight")))?;
            let until = story.case.watch.end().max(now).saturating_add(AFTERWARDS).unwrap_or(Timestamp::MAX);
            let coming = about(&story, Box::pin(ahead(cycle, now, until)).await?);
            if session.format == Format::Json {
                object::task(&ground, &story, &coming)
            } else {
                task::page(&ground, &story, Some(&coming)).text()
            }
        }
        Target::Account(id) => account::page(&ground, &id, session.format),
        Target::Engineer(id) => {
            let story = ground.desk.explain_engineer(&id, &ground.past, &ground.outside, now);
            let story = story.ok_or_else(|| usage(format!("the hours of `{id}` are not in sight")))?;
            let until = now.saturating_add(PERSON_AHEAD).unwrap_or(Timestamp::MAX);
            let coming = engineer::to(&id, Box::pin(ahead(cycle, now, until)).await?);
            let engineer = ground.team().engineers.get(&id).ok_or_else(|| usage(format!("no engineer has the id `{id}`")))?;
            let page = if session.format == Format::Json { object::engineer } else { engineer::page };
            page(&ground, engineer, &story, &coming)
        }
        Target::Mailbox(address) => {
            let until = now.saturating_add(PERSON_AHEAD).unwrap_or(Timestamp::MAX);
            let coming = mailbox::to(&address, ahead(cycle, now, until).await?);
            let page = if session.format == Format::Json { object::mailbox } else { mailbox::page };
            page(&ground, &config, &address, &ground.past.said_to(address.as_str()), &coming)
        }
    };
    print(&text)?;
    Ok(0)
}

/// Looks at everything; none when nothing can be laid out.
pub(super) async fn survey(cycle: &mut Cycle, store: &Store, played: Option<Timestamp>, now: Timestamp) -> Result<Option<Ground>> {
    let Some((desk, plan)) = cycle.preview(now) else { return Ok(None) };
    let (desk, hold) = (desk.clone(), plan.hold);
    let mut outbox = BTreeMap::new();
    for letter in store.outbox().await? {
        let keys = letter.notices.iter().map(|said| &said.key).chain([&letter.key]);
        let keys: Vec<String> = keys.map(ToString::to_string).collect();
        outbox.extend(keys.into_iter().map(|key| (key, letter.clone())));
    }
    let outside = Outside { feeds: cycle.inputs().health(), refused: Vec::new() };
    Ok(Some(Ground { now, played, desk, past: cycle.past().clone(), outside, hold, outbox: Some(outbox) }))
}

/// Letters to come that speak of the task.
fn about(story: &TaskStory, coming: Vec<Coming>) -> Vec<(Timestamp, Notice)> {
    let (id, uid) = (&story.case.id, &story.case.task.identity.uid);
    picked(coming, |notice| notice.task.as_ref() == Some(id) || notice.uids.iter().flatten().any(|listed| listed == uid))
}

/// The notices of letters to come that `wanted` picks.
fn picked(coming: Vec<Coming>, wanted: impl Fn(&Notice) -> bool) -> Vec<(Timestamp, Notice)> {
    let notices = coming.into_iter().flat_map(|(at, written)| written.notices.into_iter().map(move |notice| (at, notice)));
    notices.filter(|(_, notice)| wanted(notice)).collect()
}
