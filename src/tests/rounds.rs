//! Rounds of sending: what comes in turn when a server minds one letter, what is done by hand between two of them, and an
//! answer that could not be written down.

use jiff::Timestamp;

use super::world::World;
use crate::cycle::{Cycle, Limits, Round};
use crate::feeds::Fetched;
use crate::outbox::{Outcome, State};
use crate::send::{Memory, Sender};
use crate::store::Store;

/// A Saturday's tasks of acme and globex, whose owners ada and cyd are asked on Thursday 9 May 2030 at 09:15.
fn world() -> World {
    let world = World::of_ada("2030-05-09T09:15Z", "2030-05-10T12:00Z").engineer("cyd", "").account("globex", "engineers = [\"cyd\"]");
    let saturday = "2030-05-11T10:00Z..2030-05-11T12:00Z";
    world.leads(&["1 working day"]).has("tasks", &format!("t1 | acme: Upgrade | {saturday}\nt2 | globex: Upgrade | {saturday}"))
}

/// An instant of that Thursday.
fn at(time: &str) -> Timestamp {
    format!("2030-05-09T{time}Z").parse().unwrap()
}

/// A process with its store and its mail server.
struct Office {
    cycle: Cycle,
    store: Store,
    sender: Sender,
}

impl Office {
    /// One that has read the feeds of [`world`] and has queued its letters.
    async fn open(store: Store) -> Self {
        let world = world();
        let mut cycle = Cycle::resume(world.config(), &store).await.unwrap();
        for (feed, body) in world.bodies() {
            cycle.inputs().take(&feed, Fetched::New(body), at("09:15"));
        }
        let report = cycle.turn(&store, at("09:15")).await.unwrap();
        assert_eq!(report.letters.len(), 2);
        Self { cycle, store, sender: Sender::Memory(Memory::default()) }
    }

    /// A round at that time, in which the server answers like this, one letter after another; what became of the letters.
    async fn round(&mut self, time: &str, answers: &[Outcome]) -> (anyhow::Result<Round>, String) {
        let Sender::Memory(memory) = &mut self.sender else { unreachable!("it is made so") };
        memory.answers = answers.iter().cloned().collect();
        let limits = Limits { clock: || at(time), stop: || false, known: self.store.data_version().await.unwrap() };
        let round = self.cycle.deliver(&self.store, &mut self.sender, &limits).await;
        let letters = self.store.outbox().await.unwrap();
        let fates = letters.iter().map(|letter| format!("{} {}", letter.to.as_str().split('@').next().unwrap(), letter.life.state));
        (round, fates.collect::<Vec<_>>().join(", "))
    }
}

/// The server says something against one letter that it would say against any, as far as anybody knows.
fn barred() -> Outcome {
    Outcome::Halted { answer: "at RCPT: 530 5.7.1 not for you".to_owned(), particular: true }
}

fn accepted() -> Outcome {
    Outcome::Accepted { answer: "250".to_owned() }
}

#[tokio::test]
async fn a_letter_that_halts_mail_again_and_again_lets_all_others_pass() {
    let mut office = Office::open(Store::memory()).await;
    let (round, fates) = office.round("09:15", &[barred()]).await;
    assert_eq!((round.unwrap().halted.is_some(), fates.as_str()), (true, "ada queued, cyd queued"));
    let (round, fates) = office.round("09:16", &[accepted(), barred()]).await;
    assert_eq!((round.unwrap().halted.is_some(), fates.as_str()), (true, "ada queued, cyd accepted"));
    let (round, fates) = office.round("09:17", &[]).await;
    assert_eq!((round.unwrap().accepted, fates.as_str()), (1, "ada accepted, cyd accepted"));
}

#[tokio::test]
async fn a_letter_that_is_refused_once_more_after_a_retry_is_told_once_more() {
    let mut office = Office::open(Store::memory()).await;
    let refused = || Outcome::Refused { answer: "at RCPT: 550 5.1.1 nobody".to_owned() };
    let mut told = Vec::new();
    for (send, turn) in [("09:15", "09:16"), ("09:20", "09:21")] {
        office.round(send, &[refused()]).await.0.unwrap();
        let report = office.cycle.turn(&office.store, at(turn)).await.unwrap();
        told.extend(report.letters.iter().map(|written| written.letter.subject.clone()));
        let report = office.cycle.turn(&office.store, at(turn)).await.unwrap();
        assert_eq!(report.letters, [], "one refusal is told once");
        let key = office.store.outbox().await.unwrap()[0].key.clone();
        assert!(office.store.retry(key.as_str(), at(turn)).await.unwrap());
    }
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().all(|subject| subject.starts_with("A letter to ada@example.com was not delivered")), "{told:?}");
}

#[tokio::test]
async fn an_answer_that_could_not_be_written_down_is_written_down_later_and_the_letter_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    let store = Store::open(&crate::store::Address::File(path.clone())).await.unwrap();
    let mut office = Office::open(store).await;
    let mut beside = <sqlx::SqliteConnection as sqlx::Connection>::connect(path.to_str().unwrap()).await.unwrap();
    let full = "CREATE TRIGGER full BEFORE UPDATE ON letters WHEN NEW.state = 'accepted' BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    sqlx::query(full).execute(&mut beside).await.unwrap();
    let (round, fates) = office.round("09:15", &[]).await;
    assert!(round.is_err());
    assert_eq!(fates, "ada sending, cyd queued");
    let (round, fates) = office.round("09:20", &[]).await;
    assert!(round.is_err());
    assert_eq!(fates, "ada sending, cyd queued");
    assert!(office.cycle.settle(&office.store, at("09:21")).await.is_err());
    sqlx::query("DROP TRIGGER full").execute(&mut beside).await.unwrap();
    let (round, fates) = office.round("09:25", &[]).await;
    assert_eq!((round.unwrap().accepted, fates.as_str()), (2, "ada accepted, cyd accepted"));
    let Sender::Memory(memory) = &office.sender else { unreachable!("it is made so") };
    assert_eq!(memory.sent.len(), 2, "each letter once");
    assert!(office.store.outbox().await.unwrap().iter().all(|letter| letter.life.state == State::Accepted && !letter.life.maybe_twice));
}
