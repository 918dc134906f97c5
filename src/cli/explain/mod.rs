//! `offwatch explain`: why a task, an engineer or a mailbox got each letter, and why not (yet). Words facts, decides nothing.
//! For whoever administers offwatch: says that people are away and until when, never what an absence is called.

mod account;
mod changes;
mod engineer;
mod mailbox;
mod object;
mod person;
mod target;
mod task;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::moment::clocks;
use super::plan::{Coming, ahead};
use super::session::Session;
use super::vantage::{self, Vantage};
use super::{Format, WRONG, print, usage};
use crate::agenda::TaskId;
use crate::config::Config;
use crate::cycle::Cycle;
use crate::outbox::{State, Waiting};
use crate::plan::{Case, Desk, Hold, Kind, LAST_TURN, Notice, Outside, Past, Said, Why};
use crate::store::Store;
use crate::window::Window;
use crate::zone::Zone;

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

/// No more titles of a list are named.
const LISTED: usize = 4;

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

/// Everything that explanations are drawn from.
struct Ground {
    /// The configuration.
    config: Arc<Config>,
    /// The present.
    now: Timestamp,
    /// The beginning of what was played, if anything was.
    played: Option<Timestamp>,
    /// What is known.
    desk: Desk,
    /// What was said and done.
    past: Past,
    /// How the feeds are.
    outside: Outside,
    /// What is not said at this moment, and why.
    hold: Vec<Hold>,
    /// The letters in the outbox, by each key they say.
    outbox: BTreeMap<String, Waiting>,
}

/// Explains.
pub(super) async fn run(session: &Session<'_>, explain: &Explain) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let now = explain.vantage.now();
    let (mut cycle, ledger) = Box::pin(explain.vantage.begin(session, &config, now)).await?;
    let Some(ground) = Ground::survey(&mut cycle, &ledger, config, explain.vantage.from, now).await? else { return Ok(WRONG) };
    let text = match target::find(&explain.what, &ground)? {
        Target::Task(id) => {
            let story = ground.desk.explain_task(&id, &ground.past, &ground.outside, now);
            let story = story.ok_or_else(|| usage(format!("the task `{id}` is not in sight")))?;
            let until = story.case.watch.end().max(now).saturating_add(AFTERWARDS).unwrap_or(Timestamp::MAX);
            let coming = task::about(&story, Box::pin(ahead(cycle, now, until)).await?);
            if session.format == Format::Json { object::task(&ground, &story, &coming) } else { task::page(&ground, &story, &coming) }
        }
        Target::Account(id) => account::page(&ground, &id, session.format),
        Target::Engineer(id) => {
            let story = ground.desk.explain_engineer(&id, &ground.past, &ground.outside, now);
            let story = story.ok_or_else(|| usage(format!("the hours of `{id}` are not in sight")))?;
            let until = now.saturating_add(PERSON_AHEAD).unwrap_or(Timestamp::MAX);
            let coming = engineer::to(&id, Box::pin(ahead(cycle, now, until)).await?);
            let engineer = ground.config.team.engineers.get(&id).ok_or_else(|| usage(format!("no engineer has the id `{id}`")))?;
            let page = if session.format == Format::Json { object::engineer } else { engineer::page };
            page(&ground, engineer, &story, &coming)
        }
        Target::Mailbox(address) => {
            let until = now.saturating_add(PERSON_AHEAD).unwrap_or(Timestamp::MAX);
            let coming = mailbox::to(&address, ahead(cycle, now, until).await?);
            let page = if session.format == Format::Json { object::mailbox } else { mailbox::page };
            page(&ground, &address, &ground.past.said_to(address.as_str()), &coming)
        }
    };
    print(&text)?;
    Ok(0)
}

impl Ground {
    /// Looks at everything; none when nothing can be laid out.
    async fn survey(
        cycle: &mut Cycle,
        store: &Store,
        config: Arc<Config>,
        played: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        let Some((desk, plan)) = cycle.preview(now) else { return Ok(None) };
        let (desk, hold) = (desk.clone(), plan.hold);
        let mut outbox = BTreeMap::new();
        for letter in store.outbox().await? {
            let keys = letter.notices.iter().map(|said| &said.key).chain([&letter.key]);
            let keys: Vec<String> = keys.map(ToString::to_string).collect();
            outbox.extend(keys.into_iter().map(|key| (key, letter.clone())));
        }
        let outside = Outside { feeds: cycle.inputs().health(), refused: Vec::new() };
        Ok(Some(Self { config, now, played, desk, past: cycle.past().clone(), outside, hold, outbox }))
    }

    /// The zone of the page.
    fn zone(&self) -> &Zone {
        &self.config.zone
    }

    /// When the last turn was.
    fn last_turn(&self) -> Option<Timestamp> {
        self.past.instants.get(LAST_TURN).copied()
    }

    /// The instant of the page, and what that means for its truth.
    fn as_of(&self, zone: &Zone) -> String {
        vantage::as_of(self.now, self.last_turn(), self.played, zone)
    }

    /// When letters reach engineers.
    fn reach(&self) -> String {
        let settle = words::length(self.config.rules.settle);
        format!("Letters reach engineers in their hours only, {settle} after they come in at the earliest; what is due earlier waits.")
    }

    /// Since when somebody has been in at this moment, if so.
    fn in_since(&self, person: &str) -> Option<Timestamp> {
        let all = &self.desk.scene().availability;
        let own = all.iter().find(|(id, _)| id.as_str() == person).map(|(_, own)| own);
        own.and_then(|own| own.free().containing(self.now)).map(Window::start)
    }

    /// What became of the letter that says `said`.
    fn letter(&self, said: &Said) -> Option<&Waiting> {
        self.outbox.get(said.key.as_str())
    }

    /// The same, in words, on the clock of the page.
    fn fate(&self, said: &Said, zone: &Zone) -> String {
        let Some(letter) = self.letter(said) else { return "not in the outbox any more".to_owned() };
        let answer = || letter.life.last_answer.as_deref().map(|answer| format!(": {answer}")).unwrap_or_default();
        let soon = said.at.saturating_add(SignedDuration::from_mins(1)).unwrap_or(said.at);
        let done = letter.life.done.map(|done| if done <= soon { " at once".to_owned() } else { format!(" {}", words::clock(done, zone)) });
        let done = done.unwrap_or_default();
        let doubt = if letter.life.maybe_twice { "; it may have been delivered before, without offwatch knowing" } else { "" };
        let fate = match letter.life.state {
            State::Queued => format!("waits in the outbox, due {}{}", words::clock(letter.life.due, zone), answer()),
            State::Sending => "is being sent".to_owned(),
            State::Accepted => format!("accepted{done}"),
            State::Refused => format!("refused{done}{}", answer()),
            State::Withdrawn if letter.life.maybe_twice => format!("withdrawn{done}{}", answer()),
            State::Withdrawn => format!("withdrawn before it was sent{done}{}", answer()),
        };
        fate + doubt
    }

    /// How people call whom a notice names: the engineer's name, else the address.
    fn called(&self, person: &str) -> String {
        let known = self.config.team.engineers.values().find(|engineer| engineer.id.as_str() == person);
        known.map_or_else(|| person.to_owned(), |engineer| format!("{} ({person})", engineer.name))
    }

    /// The zone in which somebody reads.
    fn zone_of(&self, person: &str) -> &Zone {
        let known = self.config.team.engineers.values().find(|engineer| engineer.id.as_str() == person);
        known.map_or_else(|| self.zone(), |engineer| &engineer.zone)
    }

    /// What was said, in lines: when, what, to whom and why, and what became of the letter. What speaks of another task
    /// than `of` says of which. Requests that a list stood in for are told by the list.
    fn said(&self, said: &[Said], of: Option<&Case>) -> Vec<String> {
        let single = |said: &&Said| said.kind != Kind::BriefingRequest || said.stage.is_some();
        let line = |said: &Said| {
            let (kind, to) = (kind(said.kind, said.stage.as_deref()), self.called(&said.person));
            let (at, fate) = (self.clocks(said.at, &said.person, of), self.fate(said, self.page_zone(&said.person, of)));
            let about = self.about(said.task.as_ref(), said.uids.as_deref(), of);
            format!("{at}  {kind} to {to}{about}. Why: {}.{} The letter: {fate}.", said.reason, self.once(said.kind))
        };
        said.iter().filter(single).map(line).collect()
    }

    /// What will be said, in lines, likewise.
    fn coming(&self, coming: &[(Timestamp, Notice)], of: Option<&Case>) -> Vec<String> {
        let line = |(at, notice): &(Timestamp, Notice)| {
            let (kind, to) = (kind(notice.kind, notice.stage.as_deref()), self.called(notice.to.person()));
            let about = self.about(notice.task.as_ref(), notice.uids.as_deref(), of);
            let at = self.clocks(*at, notice.to.person(), of);
            format!("{at}  {kind} to {to}{about}. Why: {}.{}", notice.reason, self.once(notice.kind))
        };
        coming.iter().map(line).collect()
    }

    /// When a list before a leave comes, for its reason does not say that.
    fn once(&self, kind: Kind) -> String {
        let before = self.config.rules.before_leave.filter(|_| kind == Kind::BeforeLeave);
        before.map(|before| format!(" Such a list comes once, {before} before a leave or as soon as that is known.")).unwrap_or_default()
    }

    /// The instant of a letter: on the clock of the page, and on the reader's where that shows another time.
    fn clocks(&self, at: Timestamp, person: &str, of: Option<&Case>) -> String {
        clocks(at, self.page_zone(person, of), self.zone_of(person))
    }

    /// The clock of a list of letters: that of the person, or on the page of a task the same for all.
    fn page_zone(&self, person: &str, of: Option<&Case>) -> &Zone {
        if of.is_some() { self.zone() } else { self.zone_of(person) }
    }

    /// What a notice is about, seen from the page of one task or from that of a person.
    fn about(&self, task: Option<&TaskId>, uids: Option<&[String]>, of: Option<&Case>) -> String {
        let title = task.map(|task| self.desk.case(task).map_or_else(|| task.to_string(), |case| case.task.title.clone()));
        match (of, title, uids) {
            (Some(_), None, Some(_)) => ", with this task on its list".to_owned(),
            (None, Some(title), _) => format!(" about \"{title}\""),
            (None, None, Some(uids)) => self.listed(uids),
            (Some(_), Some(_), _) | (_, None, _) => String::new(),
        }
    }

    /// What stands on a list, by title as far as it is still known; of a series once.
    fn listed(&self, uids: &[String]) -> String {
        let things = self.desk.scene().history.values().map(|sighting| &sighting.thing);
        let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
        for thing in things.filter(|thing| uids.contains(&thing.identity().uid)) {
            let title = thing.task().map(|task| &task.title).or(thing.emergency().map(|emergency| &emergency.title));
            titles.extend(title.map(|title| (thing.identity().uid.as_str(), title.as_str())));
        }
        let named: Vec<String> = titles.values().take(LISTED).map(|title| format!("\"{title}\"")).collect();
        match titles.len().saturating_sub(named.len()) {
            _ if named.is_empty() => String::new(),
            0 => format!(", which lists {}", named.join(", ")),
            more => format!(", which lists {} and {more} more", named.join(", ")),
        }
    }

    /// Holds in lines, each with what it is about when that is not said by the page.
    fn held<'h>(&self, hold: impl Iterator<Item = &'h Hold>, whole: bool) -> Vec<String> {
        let line = |hold: &Hold| {
            let to = if hold.person.is_empty() { String::new() } else { format!(" to {}", self.called(&hold.person)) };
            let about = if whole && !hold.subject.is_empty() { format!(" about \"{}\"", hold.subject) } else { String::new() };
            let zone = self.zone_of(&hold.person);
            let why = match (&hold.why, self.in_since(&hold.person)) {
                (Why::NotThere { until: Some(until) }, Some(since)) => {
                    format!("in since {}; letters wait until {}", words::clock(since, zone), words::clock(*until, zone))
                }
                (why, _) => words::local(&why.to_string(), zone),
            };
            format!("{}{to}{}: {why}", hold.kind, words::local(&about, zone))
        };
        hold.map(line).collect()
    }
}

/// A kind with its stage.
fn kind(kind: Kind, stage: Option<&str>) -> String {
    stage.map_or_else(|| kind.to_string(), |stage| format!("{kind} ({stage})"))
}

/// The notices of letters to come that `wanted` picks.
fn picked(coming: Vec<Coming>, wanted: impl Fn(&Notice) -> bool) -> Vec<(Timestamp, Notice)> {
    let notices = coming.into_iter().flat_map(|(at, written)| written.notices.into_iter().map(move |notice| (at, notice)));
    notices.filter(|(_, notice)| wanted(notice)).collect()
}
