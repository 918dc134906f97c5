//! Sends what is due. Before each attempt the letter is looked at once more: it may have become wrong while it waited.

use std::collections::VecDeque;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use crate::outbox::{Life, Outcome, State, Waiting};
use crate::people::EngineerId;
use crate::plan::{Desk, Key, Kind, Past, RefusedLetter, Why};
use crate::send::{Pause, Sender};
use crate::store::Store;

/// What one round of sending came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Letters taken by the server.
    pub accepted: usize,
    /// Letters refused for good.
    pub refused: Vec<RefusedLetter>,
    /// Letters to be tried again.
    pub unclear: usize,
    /// Letters taken back or put off because they had become wrong.
    pub held: usize,
    /// The letters taken back among them: nobody has read what they say.
    pub withdrawn: Vec<Key>,
    /// Why the round stopped, when it was not the letters' fault.
    pub halted: Option<String>,
    /// Why the round ended before all letters were tried, and for how long nothing can be sent.
    pub pause: Option<Pause>,
    /// Whether it ended before all letters were tried, for what is known has changed or may be out of date.
    pub cut_short: bool,
}

/// What is to be done with a letter that is due.
enum Check {
    /// It is still right.
    Send,
    /// Its recipient is not there now.
    PutOff(Timestamp, String),
    /// Nothing in it is right any more.
    Withdraw(String),
}

/// When it is, and what ends a round although letters are left: another one, which looks again first, sends them.
pub struct Limits<C, F> {
    /// The time; read for each letter, for an attempt may last.
    pub clock: C,
    /// Whether it is time to end; asked before each letter.
    pub stop: F,
    /// The mark of the store when what is known was read; when it has another one, there is something new to look at.
    pub known: i64,
}

/// What one round leaves to the next.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// The letter that halted the last round although others may fare better: they come first in the next.
    halted_at: i64,
    /// The answer to an attempt that could not be written down (a full disk, a server that is away). It is still true, and the
    /// letter must not be sent again.
    unkept: Option<(Waiting, u32, Outcome)>,
}

/// The letters that are due, page by page: those after the one with which it begins, then the others.
struct Queue {
    /// Read and not looked at yet.
    page: VecDeque<Waiting>,
    /// The last letter that was read.
    last: i64,
    /// Where it began; none on the second way.
    began: Option<i64>,
    /// After which letter it ends; none while the way is the first.
    end: Option<i64>,
}

impl Queue {
    /// Begins after the letter of that number.
    fn after(letter: i64) -> Self {
        Self { page: VecDeque::new(), last: letter, began: Some(letter).filter(|letter| *letter > 0), end: None }
    }

    /// The next letter that is due at `now`.
    async fn next(&mut self, store: &Store, now: Timestamp) -> Result<Option<Waiting>> {
        loop {
            if let Some(waiting) = self.page.pop_front() {
                self.last = waiting.id;
                return Ok(Some(waiting).filter(|waiting| self.end.is_none_or(|end| waiting.id <= end)));
            }
            self.page = store.due(now, self.last).await.context("looking for letters that are due")?.into();
            if self.page.is_empty() {
                let Some(began) = self.began.take() else { return Ok(None) };
                (self.last, self.end) = (0, Some(began));
            }
        }
    }
}

/// Sends the letters that are due, oldest first, until the limits are met or the server must be left alone. Those that cannot be
/// sent now are looked at all the same: what became wrong is taken back.
pub(super) async fn deliver<C: Fn() -> Timestamp, F: Fn() -> bool>(
    (desk, past): (&Desk, &Past),
    store: &Store,
    sender: &mut Sender,
    left: &mut Left,
    limits: &Limits<C, F>,
) -> Result<Round> {
    let mut round = Round::default();
    if let Some((waiting, attempt, outcome)) = left.unkept.take() {
        keep(store, left, (waiting, attempt, outcome), (limits.clock)(), &mut round).await?;
    }
    let mut queue = Queue::after(std::mem::take(&mut left.halted_at));
    loop {
        let now = (limits.clock)();
        let Some(waiting) = queue.next(store, now).await? else { break };
        // What others wrote may make the next letter wrong.
        if (limits.stop)() || store.data_version().await.context("looking for other processes' writes")? != limits.known {
            round.cut_short = true;
            break;
        }
        if round.halted.is_none() && round.pause.is_none() {
            round.pause = sender.pause();
        }
        // A limit of our own is over so soon that looking at all that waits is not worth it.
        if round.pause.as_ref().is_some_and(|pause| pause.trouble.is_none()) {
            break;
        }
        if !still_right(desk, past, store, &waiting, now, &mut round).await? || round.halted.is_some() || round.pause.is_some() {
            continue;
        }
        // The attempt is on record before it is made: after a crash nobody can mistake it for one that was not.
        let lease = sender.begin();
        let Some(attempt) = store.begin(waiting.id, lease, now).await.context("writing an attempt down")? else {
            let mut life = waiting.life.clone();
            if life.begin(now).is_none() && life.state == State::Refused {
                round.refused.push(refused_letter(&waiting, &life, now, life.last_answer.clone().unwrap_or_default()));
            }
            continue;
        };
        let outcome = sender.send(&waiting).await;
        keep(store, left, (waiting, attempt, outcome), (limits.clock)(), &mut round).await?;
    }
    if round.pause.is_none() {
        // The last letter may have met with it.
        round.pause = sender.pause().filter(|pause| pause.trouble.is_some());
    }
    sender.close().await;
    Ok(round)
}

/// Writes down the answer that the last round left, if it left one.
pub(super) async fn settle(store: &Store, left: &mut Left, now: Timestamp) -> Result<()> {
    match left.unkept.take() {
        Some(unkept) => keep(store, left, unkept, now, &mut Round::default()).await,
        None => Ok(()),
    }
}

/// Writes down what became of an attempt, and notes it in `round`; what cannot be written down is left to the next round.
async fn keep(
    store: &Store,
    left: &mut Left,
    (waiting, attempt, outcome): (Waiting, u32, Outcome),
    now: Timestamp,
    round: &mut Round,
) -> Result<()> {
    let state = match store.finish(waiting.id, attempt, &outcome, now).await {
        Ok(state) => state,
        Err(error) => {
            left.unkept = Some((waiting, attempt, outcome));
            return Err(error.context("writing an answer down"));
        }
    };
    match (&outcome, state) {
        (Outcome::Accepted { .. }, _) => round.accepted = round.accepted.saturating_add(1),
        (Outcome::Halted { answer, particular }, _) => {
            round.halted = Some(answer.clone());
            left.halted_at = if *particular { waiting.id } else { 0 };
        }
        (_, State::Refused) => {
            let mut life = waiting.life.clone();
            life.attempt = attempt;
            life.maybe_twice |= waiting.life.state == State::Sending || matches!(outcome, Outcome::Unclear { maybe_sent: true, .. });
            round.refused.push(refused_letter(&waiting, &life, now, outcome.answer().to_owned()));
        }
        (Outcome::Refused { .. } | Outcome::Unclear { .. }, _) => round.unclear = round.unclear.saturating_add(1),
    }
    Ok(())
}

/// Whether a letter that is due may go out. Puts it off, takes it back or gives it up otherwise, and notes that in `round`.
async fn still_right(desk: &Desk, past: &Past, store: &Store, waiting: &Waiting, now: Timestamp, round: &mut Round) -> Result<bool> {
    let key = waiting.key.as_str();
    match check(desk, past, waiting, now) {
        Check::Send => return Ok(true),
        Check::PutOff(until, why) if waiting.life.useful_until.is_some_and(|useful| useful <= until) => {
            // Later it is of no use: the admin hears of it now.
            let why = format!("given up: {why}, when it is of no use any more");
            if store.give_up(key, &why, now).await.context("giving a letter up")? {
                let mut life = waiting.life.clone();
                life.maybe_twice |= life.state == State::Sending;
                round.refused.push(refused_letter(waiting, &life, now, why));
            }
        }
        Check::PutOff(until, why) => {
            store.put_off(key, until, &why, now).await.context("putting a letter off")?;
            round.held = round.held.saturating_add(1);
        }
        Check::Withdraw(why) => {
            // Of one that may have arrived nobody knows that it was not read.
            let is_unread = !waiting.life.maybe_twice && waiting.life.state != State::Sending;
            if store.withdraw(key, &why, now).await.context("taking a letter back")? && is_unread {
                round.withdrawn.push(waiting.key.clone());
            }
            round.held = round.held.saturating_add(1);
        }
    }
    Ok(false)
}

/// A letter refused at `at`, and what has become of it, as the planner tells the admin of it.
pub(super) fn refused_letter(waiting: &Waiting, life: &Life, at: Timestamp, mut answer: String) -> RefusedLetter {
    if life.maybe_twice {
        answer.push_str("; it may have been delivered all the same, even twice");
    }
    let (key, subject, to, attempt) = (waiting.key.clone(), waiting.subject.clone(), waiting.to.clone(), life.attempt);
    RefusedLetter { key, subject, to, at, attempt, answer }
}

/// Looks at a letter once more: its recipient may have gone on leave, its tasks may be cancelled, answered or begun.
fn check(desk: &Desk, past: &Past, waiting: &Waiting, now: Timestamp) -> Check {
    let letter = waiting;
    let mut tasks = 0_usize;
    let mut reasons = Vec::new();
    for said in &letter.notices {
        let asks = match said.kind {
            Kind::BriefingRequest | Kind::Escalation => true,
            Kind::TaskChanged | Kind::Retraction => false,
            Kind::BeforeLeave => {
                tasks = tasks.saturating_add(1);
                reasons.extend(desk.list_is_over(&said.person, said.key.start(), past, now).map(str::to_owned));
                continue;
            }
            Kind::CatchUp | Kind::FeedAlert | Kind::Coverage => continue,
        };
        tasks = tasks.saturating_add(1);
        let case = said.task.as_ref().and_then(|task| desk.case(task));
        let moved = case.is_some_and(|case| said.task_start.is_some_and(|start| start != case.anchor && start != case.start()));
        let settled = case.and_then(|case| desk.settled(case, past, now));
        let concerned = case.is_none_or(|case| desk.concerns(case, &said.person));
        let is_theirs = concerned && !desk.passed_on(said, past);
        let sighting = said.task.as_ref().and_then(|task| desk.scene().history.get(task));
        let account_then = sighting.and_then(|sighting| sighting.form_at(said.at).task()).map(|task| &task.account);
        let elsewhere = account_then.is_some_and(|then| case.is_some_and(|case| case.task.account != *then));
        let why = match (asks, said.kind == Kind::Retraction, settled) {
            (true, _, None) if elsewhere => Some("the task went to another account".to_owned()),
            (true, _, None) if !is_theirs => Some("the task is not theirs any more".to_owned()),
            (true, _, settled) => settled.map(|why| why.to_string()),
            // A briefing that is written makes news of a change no less true.
            (false, false, Some(why @ (Why::Cancelled | Why::Covered))) | (false, _, Some(why @ Why::Begun)) => Some(why.to_string()),
            (false, true, None) if concerned && case.is_some_and(|case| !desk.taken_back(case, said, past, now)) => {
                Some("the task is wanted again".to_owned())
            }
            (false, _, _) => None,
        };
        reasons.extend(if moved { Some("the task was moved".to_owned()) } else { why });
    }
    if tasks > 0 && tasks == letter.notices.len() && reasons.len() == tasks {
        reasons.dedup();
        return Check::Withdraw(reasons.join("; "));
    }
    let last_call = letter.notices.iter().any(|said| said.stage.as_deref() == Some("last call"));
    let engineer = letter.engineer.as_ref().filter(|_| !last_call).and_then(|id| id.parse::<EngineerId>().ok());
    match engineer.map(|engineer| desk.reached(&engineer, now)) {
        Some(Some(at)) if at > now => {
            Check::PutOff(at, format!("`{}` is not there until {}", letter.to, at.strftime("%Y-%m-%d %H:%M UTC")))
        }
        Some(None) => {
            let later = now.saturating_add(jiff::SignedDuration::from_hours(24)).unwrap_or(now);
            Check::PutOff(later, format!("`{}` is not there as far as can be seen", letter.to))
        }
        Some(Some(_)) | None => Check::Send,
    }
}
