//! What links do, each with the page that asks before and the one that says what is now so, from which it can be undone.

use anyhow::Result;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use super::super::sheet::{Field, Sheet};
use super::{nowhere, words};
use crate::agenda::{Task, TaskId};
use crate::clock;
use crate::config::Config;
use crate::links::{Purpose, Ticket};
use crate::people::EngineerId;
use crate::plan::{Answer, Handing, Snooze};
use crate::store::{Matter, Store, Undo};

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
    let visit = Visit { config, ticket, token, matter, now: clock::now() };
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
    let visit = Visit { config, ticket, token, matter, now: clock::now() };
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
            tracing::info!(task = %ticket.subject, by = %ticket.person, "said by a link: {what}");
            visit.done(task, &what, said)
        }
        Came::Unclear => visit.question(task, "Nothing was done: choose one of these."),
    })
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
        let mut page = Sheet::default();
        if !wrong.is_empty() {
            page = page.prose(wrong);
        }
        let page = page.facts(&words::facts(self.config, self.ticket, task));
        if let Some(over) = words::over(self.ticket, &self.matter.sighting, self.now) {
            return page.prose(over).under(StatusCode::OK, "Nothing to do");
        }
        let known = words::known(self.config, self.ticket, &self.matter);
        let page = match (&known, self.ticket.purpose) {
            (Some(known), Purpose::Written | Purpose::Waived | Purpose::Hand | Purpose::Snooze) => page.aside(known),
            (Some(_) | None, _) => page,
        };
        match self.ticket.purpose {
            Purpose::Written => {
                let page = page.prose("offwatch notes that the briefing is written, and asks nobody for it any more. This can be undone.");
                page.form(self.token, Vec::new(), "Yes, it is written", false).under(StatusCode::OK, "Is the briefing written?")
            }
            Purpose::Waived => {
                let page = page.prose("offwatch notes that no briefing is needed, and asks nobody for one any more. This can be undone.");
                let reason = vec![Field::Line { name: "note", label: "Reason, if you like to give one" }];
                page.form(self.token, reason, "Yes, none is needed", false).under(StatusCode::OK, "Is no briefing needed?")
            }
            Purpose::Hand => self.whom(page, task),
            Purpose::Snooze => self.until_when(page),
            Purpose::Undo => self.take_back(page),
            Purpose::Calendar => nowhere(),
        }
    }

    /// Asks whom the briefing is handed to.
    fn whom(&self, page: Sheet, task: &Task) -> Response {
        let choices: Vec<(String, String)> =
            self.takers(task).iter().map(|id| (id.to_string(), words::name(self.config, id.as_str()))).collect();
        let heading = "Who is to write the briefing?";
        if choices.is_empty() {
            return page.prose("Nobody else is named for this customer.").under(StatusCode::OK, heading);
        }
        let page = page.prose(
            "offwatch asks them in their next working moment, and you no more. Who has no working time left before the task cannot write it; \
             then it goes on as if nobody could. This can be undone.",
        );
        page.form(self.token, vec![Field::Choice { name: "to", label: "Hand it to", choices }], "Hand it over", false)
            .under(StatusCode::OK, heading)
    }

    /// Asks until when they want to be left alone.
    fn until_when(&self, page: Sheet) -> Response {
        let zone = words::zone(self.config, &self.ticket.person);
        let choices = words::reminders(zone, self.now, self.ticket.expires);
        let choices: Vec<(String, String)> = choices.into_iter().map(|(at, words)| (at.as_second().to_string(), words)).collect();
        let heading = "When do you want to be reminded?";
        let last = words::moment(self.ticket.expires, zone);
        if choices.is_empty() {
            return page
                .prose(&format!("Your last working moment before the task, {last}, is too near for that."))
                .under(StatusCode::OK, heading);
        }
        let page = page.prose(&format!(
            "offwatch asks you again then, in your working hours, and always before your last working moment, {last}. Nobody else is told \
             later because of this. It can be undone."
        ));
        page.form(self.token, vec![Field::Choice { name: "until", label: "Remind me from", choices }], "Remind me then", false)
            .under(StatusCode::OK, heading)
    }

    /// Asks whether to take back what was said.
    fn take_back(&self, page: Sheet) -> Response {
        match self.undoable() {
            Some(what) => {
                let page = page.prose(&format!("It was said: {what}. If you take that back, offwatch goes on as if it had not been said."));
                page.form(self.token, Vec::new(), "Take it back", false).under(StatusCode::OK, "Take it back?")
            }
            None => page.prose("What this link takes back does not stand any more.").under(StatusCode::OK, "It is taken back"),
        }
    }

    /// What an undo would take back, if that still stands.
    fn undoable(&self) -> Option<String> {
        let said = self.ticket.instant;
        let answer = self.matter.answers.iter().find(|answer| answer.at == said).map(|answer| words::said(answer).to_owned());
        let handing = self.matter.handings.iter().find(|handing| handing.at == said && handing.undone.is_none());
        let handing = handing.map(|handing| format!("{} is to write the briefing", words::name(self.config, handing.to.as_str())));
        let snooze = self.matter.snoozes.iter().find(|snooze| snooze.at == said && snooze.undone.is_none());
        let snooze = snooze.map(|snooze| self.reminded(snooze.person.as_str(), snooze.until));
        answer.or(handing).or(snooze)
    }

    /// When somebody is asked again.
    fn reminded(&self, person: &str, until: Timestamp) -> String {
        let (name, zone) = (words::name(self.config, person), words::zone(self.config, &self.ticket.person));
        format!("{name} is asked again from {}", words::moment(until, zone))
    }

    /// Notes that the briefing is written or not needed.
    async fn answer(&self, store: &Store, waived: bool, form: &Form) -> Result<Came> {
        let by = self.ticket.person.clone();
        let answer = Answer { task: self.matter.sighting.id.clone(), waived, at: self.now, by, note: form.note().filter(|_| waived) };
        let same = |old: &&Answer| (old.waived, &old.by) == (waived, &answer.by) && self.now.duration_since(old.at) < CLICK;
        if let Some(old) = self.matter.answers.last().filter(same) {
            return Ok(Came::So(words::said(old).to_owned(), old.at));
        }
        store.answer(&answer).await?;
        Ok(Came::So(words::said(&answer).to_owned(), answer.at))
    }

    /// Gives the briefing to somebody else.
    async fn hand(&self, store: &Store, form: &Form) -> Result<Came> {
        let takers = self.task().map(|task| self.takers(task)).unwrap_or_default();
        let Some(to) = takers.into_iter().find(|id| form.field("to") == Some(id.as_str())) else { return Ok(Came::Unclear) };
        let so = format!("{} is to write the briefing", words::name(self.config, to.as_str()));
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
        let so = self.reminded(person.as_str(), until);
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
        let page = Sheet::default().prose(&format!("Noted: {what}.")).facts(&words::facts(self.config, self.ticket, task));
        let undo = Ticket { purpose: Purpose::Undo, instant: said, expires: task.window.start(), ..self.ticket.clone() };
        let page = match self.sign(&undo) {
            Some(token) => page.prose("If that was a mistake:").form(&token, Vec::new(), "Undo", true),
            None => page,
        };
        page.under(StatusCode::OK, "Thank you, noted")
    }

    /// Takes back what was said.
    async fn undo(&self, store: &Store, task: &Task) -> Result<Response> {
        let (id, by) = (self.matter.sighting.id.clone(), self.ticket.person.clone());
        let again = self.matter.answers.iter().find(|answer| answer.at == self.ticket.instant).map(|answer| answer.waived);
        let undo = Undo { task: id, said: self.ticket.instant, at: self.now, by };
        if store.undo(&undo).await? {
            tracing::info!(task = %self.ticket.subject, by = %self.ticket.person, "taken back by a link");
        }
        let page = Sheet::default().prose("What was said does not count any more: offwatch goes on as if it had not been said.");
        let page = page.facts(&words::facts(self.config, self.ticket, task));
        let purpose = again.map(|waived| if waived { Purpose::Waived } else { Purpose::Written });
        let redo = purpose.and_then(|purpose| {
            let start = task.window.start();
            self.sign(&Ticket { purpose, instant: start, expires: start, ..self.ticket.clone() })
        });
        let page = match redo {
            Some(token) => page.form(&token, Vec::new(), "Say it again after all", true),
            None => page,
        };
        Ok(page.under(StatusCode::OK, "It is taken back"))
    }

    /// A token for another page.
    fn sign(&self, ticket: &Ticket) -> Option<String> {
        self.config.signer().and_then(|signer| signer.keys.sign(ticket))
    }
}
