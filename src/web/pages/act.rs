//! What links do, each with the page that asks before and the one that says what is now so, from which it can be undone.

use anyhow::Result;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use super::super::sheet::{Field, Sheet};
use super::words::Voice;
use super::{nowhere, words};
use crate::agenda::{Task, TaskId};
use crate::clock;
use crate::config::Config;
use crate::links::{Purpose, Ticket};
use crate::people::EngineerId;
use crate::plan::{Answer, Handing, Snooze};
use crate::store::{Matter, Store, Undo};
use crate::wording::filled;

/// How soon after a word the same word by the same person is the same click.
const CLICK: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// The longest note.
const NOTE: usize = 200;

/// What a form brought.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form; of what is none nothing comes.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field that is filled in.
    fn field(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(its, _)| its == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether it is the page's own form: whoever only knocks sends none.
    pub(super) fn is_confirmed(&self) -> bool {
        self.field("confirm") == Some("yes")
    }

    /// The reason given, as one line.
    fn note(&self) -> Option<String> {
        let plain = |sign: &char| !crate::people::steers(*sign);
        self.field("note").map(|note| note.chars().filter(plain).take(NOTE).collect())
    }
}

/// One request for the page of a ticket.
struct Visit<'a> {
    /// The configuration in force.
    config: &'a Config,
    /// What the link stands for.
    ticket: &'a Ticket,
    /// The link's own token.
    token: &'a str,
    /// What it is about.
    matter: Matter,
    /// How its page speaks.
    voice: Voice<'a>,
    /// When.
    now: Timestamp,
}

/// What a deed came to.
enum Came {
    /// It is so now: what, and when it was said, which is what an undo names.
    So(String, Timestamp),
    /// What was chosen is none of the choices.
    Unclear,
}

/// The page of a ticket. Changes nothing.
pub(super) async fn show(config: &Config, ticket: &Ticket, token: &str) -> Result<Response> {
    let store = Store::open(&config.state).await?;
    let matter = store.matter(&TaskId::new(ticket.subject.clone())).await;
    store.close().await;
    let Some(matter) = matter? else { return Ok(nowhere()) };
    let visit = Visit { config, ticket, token, matter, voice: Voice::of(config, ticket), now: clock::now() };
    Ok(visit.task().map_or_else(nowhere, |task| visit.question(task, "")))
}

/// Does what a ticket is for, and says what is now so.
pub(super) async fn act(config: &Config, ticket: &Ticket, token: &str, form: &Form) -> Result<Response> {
    let store = Store::open(&config.state).await?;
    let came = attempt(&store, config, ticket, token, form).await;
    store.close().await;
    came
}

/// Does it in an open store.
async fn attempt(store: &Store, config: &Config, ticket: &Ticket, token: &str, form: &Form) -> Result<Response> {
    let Some(matter) = store.matter(&TaskId::new(ticket.subject.clone())).await? else { return Ok(nowhere()) };
    let visit = Visit { config, ticket, token, matter, voice: Voice::of(config, ticket), now: clock::now() };
    let Some(task) = visit.task() else { return Ok(nowhere()) };
    if words::over(ticket, &visit.matter.sighting, visit.now).is_some() {
        return Ok(visit.question(task, ""));
    }
    let came = match ticket.purpose {
        Purpose::Written => visit.answer(store, false, form).await?,
        Purpose::Waived => visit.answer(store, true, form).await?,
        Purpose::Hand => visit.hand(store, form).await?,
        Purpose::Snooze => visit.snooze(store, form).await?,
        Purpose::Undo => return visit.undo(store, task).await,
        Purpose::Calendar => return Ok(nowhere()),
    };
    Ok(match came {
        Came::So(what, said) => {
            tracing::info!(task = %ticket.subject, by = %ticket.person, "said by a link: {}", deed(ticket.purpose));
            visit.done(task, &what, said)
        }
        Came::Unclear => visit.question(task, &visit.voice.says.choose),
    })
}

/// What a link says, for the log.
fn deed(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Written => "the briefing is written",
        Purpose::Waived => "no briefing is needed",
        Purpose::Hand => "somebody else is to write the briefing",
        Purpose::Snooze => "they are to be asked again later",
        Purpose::Undo | Purpose::Calendar => "nothing",
    }
}

impl Visit<'_> {
    /// The task, unless what the ticket names is none any more.
    fn task(&self) -> Option<&Task> {
        self.matter.sighting.thing.task()
    }

    /// Who may be given the briefing: everybody who knows the account, but whoever gives it.
    fn takers(&self, task: &Task) -> Vec<EngineerId> {
        let Some(account) = task.account.as_ref().and_then(|id| self.config.team.account(id)) else { return Vec::new() };
        let start = task.window.start();
        let holds = |backup: &&crate::people::Backup| {
            let engineer = self.config.team.engineers.get(&backup.engineer);
            engineer.is_some_and(|engineer| backup.holds(engineer.zone.date(start)))
        };
        let mut takers: Vec<EngineerId> = Vec::new();
        for id in account.engineers.iter().chain(account.backups.iter().filter(holds).map(|backup| &backup.engineer)) {
            if id.as_str() != self.ticket.person && !takers.contains(id) {
                takers.push(id.clone());
            }
        }
        takers
    }

    /// The page that asks, with what was wrong before it.
    fn question(&self, task: &Task, wrong: &str) -> Response {
        let (mut page, says) = (Sheet::of(self.voice.tag()), &self.voice.says);
        if !wrong.is_empty() {
            page = page.prose(wrong);
        }
        let page = page.facts(&self.voice.facts(task));
        if let Some(over) = self.voice.over(self.ticket, &self.matter.sighting, self.now) {
            return page.prose(over).under(StatusCode::OK, &says.over);
        }
        let page = if self.ticket.purpose == Purpose::Undo { page } else { self.with_known(page, task, &self.matter) };
        match self.ticket.purpose {
            Purpose::Written => {
                page.prose(&says.written_means).form(self.token, Vec::new(), &says.written_yes, false).under(StatusCode::OK, &says.written)
            }
            Purpose::Waived => {
                let reason = vec![Field::Line { name: "note", label: says.waived_reason.clone() }];
                page.prose(&says.waived_means).form(self.token, reason, &says.waived_yes, false).under(StatusCode::OK, &says.waived)
            }
            Purpose::Hand => self.whom(page, task),
            Purpose::Snooze => self.until_when(page),
            Purpose::Undo => self.take_back(page),
            Purpose::Calendar => nowhere(),
        }
    }

    /// What was said so far and stands. Below what was said in the name of whoever holds the link is a button that takes it back:
    /// a program that found the link in their letter may have said it, and nobody else saw its answer.
    fn with_known(&self, page: Sheet, task: &Task, matter: &Matter) -> Sheet {
        self.voice.known(matter, self.now).into_iter().fold(page, |page, known| {
            let page = page.aside(&known.words);
            if known.by == self.ticket.person { self.with_undo(page, task, known.at) } else { page }
        })
    }

    /// A button that takes back what was said at that instant.
    fn with_undo(&self, page: Sheet, task: &Task, said: Timestamp) -> Sheet {
        let says = &self.voice.says;
        let undo = Ticket { purpose: Purpose::Undo, instant: said, expires: task.window.start(), ..self.ticket.clone() };
        match self.sign(&undo) {
            Some(token) => page.prose(&says.mistake).form(&token, Vec::new(), &says.mistake_undo, true),
            None => page,
        }
    }

    /// Asks whom the briefing is handed to.
    fn whom(&self, page: Sheet, task: &Task) -> Response {
        let choices: Vec<(String, String)> =
            self.takers(task).iter().map(|id| (id.to_string(), words::name(self.config, id.as_str()))).collect();
        let says = &self.voice.says;
        if choices.is_empty() {
            return page.prose(&says.hand_nobody).under(StatusCode::OK, &says.hand);
        }
        let choice = vec![Field::Choice { name: "to", label: says.hand_to.clone(), choices }];
        page.prose(&says.hand_means).form(self.token, choice, &says.hand_yes, false).under(StatusCode::OK, &says.hand)
    }

    /// Asks until when they want to be left alone.
    fn until_when(&self, page: Sheet) -> Response {
        let (choices, says) = (self.voice.reminders(self.now, self.ticket.expires), &self.voice.says);
        let choices: Vec<(String, String)> = choices.into_iter().map(|(at, words)| (at.as_second().to_string(), words)).collect();
        let last = self.voice.moment(self.ticket.expires);
        let words = |words: &str| filled(words, &[("last", &last)]);
        if choices.is_empty() {
            return page.prose(&words(&says.snooze_too_near)).under(StatusCode::OK, &says.snooze);
        }
        let choice = vec![Field::Choice { name: "until", label: says.snooze_from.clone(), choices }];
        page.prose(&words(&says.snooze_means)).form(self.token, choice, &says.snooze_yes, false).under(StatusCode::OK, &says.snooze)
    }

    /// Asks whether to take back what was said.
    fn take_back(&self, page: Sheet) -> Response {
        let says = &self.voice.says;
        match self.undoable() {
            Some(what) => {
                let page = page.prose(&filled(&says.undo_means, &[("what", &what)]));
                page.form(self.token, Vec::new(), &says.undo_yes, false).under(StatusCode::OK, &says.undo)
            }
            None => page.prose(&says.undone_before).under(StatusCode::OK, &says.undone),
        }
    }

    /// What an undo would take back, if that still stands.
    fn undoable(&self) -> Option<String> {
        let said = self.ticket.instant;
        let answer = self.matter.answers.iter().find(|answer| answer.at == said).map(|answer| self.voice.said(answer).to_owned());
        let handing = self.matter.handings.iter().find(|handing| handing.at == said && handing.undone.is_none());
        let handing = handing.map(|handing| self.voice.handed(&handing.to));
        let snooze = self.matter.snoozes.iter().find(|snooze| snooze.at == said && snooze.undone.is_none());
        let snooze = snooze.map(|snooze| self.voice.snoozed(&snooze.person, snooze.until));
        answer.or(handing).or(snooze)
    }

    /// Notes that the briefing is written or not needed.
    async fn answer(&self, store: &Store, waived: bool, form: &Form) -> Result<Came> {
        let by = self.ticket.person.clone();
        let answer = Answer { task: self.matter.sighting.id.clone(), waived, at: self.now, by, note: form.note().filter(|_| waived) };
        let same = |old: &&Answer| (old.waived, &old.by) == (waived, &answer.by) && self.now.duration_since(old.at) < CLICK;
        if let Some(old) = self.matter.answers.last().filter(same) {
            return Ok(Came::So(self.voice.said(old).to_owned(), old.at));
        }
        store.answer(&answer).await?;
        Ok(Came::So(self.voice.said(&answer).to_owned(), answer.at))
    }

    /// Gives the briefing to somebody else.
    async fn hand(&self, store: &Store, form: &Form) -> Result<Came> {
        let takers = self.task().map(|task| self.takers(task)).unwrap_or_default();
        let Some(to) = takers.into_iter().find(|id| form.field("to") == Some(id.as_str())) else { return Ok(Came::Unclear) };
        let so = self.voice.handed(&to);
        let start = self.matter.sighting.anchor();
        let from = words::engineer(self.config, &self.ticket.person);
        let stands = self.matter.handings.iter().rfind(|handing| handing.undone.is_none() && handing.start == start);
        if let Some(handing) = stands.filter(|handing| handing.to == to && handing.from == from) {
            return Ok(Came::So(so, handing.at));
        }
        let task = self.matter.sighting.id.clone();
        let handing = Handing { task, start, from, to, at: self.now, by: self.ticket.person.clone(), undone: None };
        store.hand(&handing).await?;
        Ok(Came::So(so, handing.at))
    }

    /// Leaves somebody alone for a while.
    async fn snooze(&self, store: &Store, form: &Form) -> Result<Came> {
        let until = form.field("until").and_then(|text| text.parse().ok()).and_then(|seconds| Timestamp::from_second(seconds).ok());
        let until = until.filter(|until| self.now < *until && *until < self.ticket.expires);
        let person = words::engineer(self.config, &self.ticket.person);
        let Some((until, person)) = until.zip(person) else { return Ok(Came::Unclear) };
        let so = self.voice.snoozed(&person, until);
        let start = self.matter.sighting.anchor();
        let same = |old: &&Snooze| old.undone.is_none() && (&old.person, old.until, old.start) == (&person, until, start);
        if let Some(old) = self.matter.snoozes.iter().rfind(same) {
            return Ok(Came::So(so, old.at));
        }
        let (task, by) = (self.matter.sighting.id.clone(), self.ticket.person.clone());
        let snooze = Snooze { task, start, person, until, at: self.now, by, undone: None };
        store.snooze(&snooze).await?;
        Ok(Came::So(so, snooze.at))
    }

    /// The page that says what is now so.
    fn done(&self, task: &Task, what: &str, said: Timestamp) -> Response {
        let says = &self.voice.says;
        let page = Sheet::of(self.voice.tag()).prose(&filled(&says.noted_what, &[("what", what)])).facts(&self.voice.facts(task));
        self.with_undo(page, task, said).under(StatusCode::OK, &says.noted)
    }

    /// Takes back what was said; what stands all the same may be what they meant.
    async fn undo(&self, store: &Store, task: &Task) -> Result<Response> {
        let (id, by) = (self.matter.sighting.id.clone(), self.ticket.person.clone());
        let again = self.matter.answers.iter().find(|answer| answer.at == self.ticket.instant).map(|answer| answer.waived);
        let undo = Undo { task: id.clone(), said: self.ticket.instant, at: self.now, by };
        if store.undo(&undo).await? {
            tracing::info!(task = %self.ticket.subject, by = %self.ticket.person, "taken back by a link");
        }
        let says = &self.voice.says;
        let page = Sheet::of(self.voice.tag()).prose(&says.undone_means).facts(&self.voice.facts(task));
        let purpose = again.map(|waived| if waived { Purpose::Waived } else { Purpose::Written });
        let redo = purpose.and_then(|purpose| {
            let start = task.window.start();
            self.sign(&Ticket { purpose, instant: start, expires: start, ..self.ticket.clone() })
        });
        let page = match redo {
            Some(token) => page.form(&token, Vec::new(), &says.again, true),
            None => page,
        };
        let page = match store.matter(&id).await? {
            Some(left) => self.with_known(page, task, &left),
            None => page,
        };
        Ok(page.under(StatusCode::OK, &says.undone))
    }

    /// A token for another page.
    fn sign(&self, ticket: &Ticket) -> Option<String> {
        self.config.signer().and_then(|signer| signer.keys.sign(ticket))
    }
}
