//! Worlds in which people use links and commands while the daemon runs: each deed is written into the store beside it, and
//! the turns go on from there. The second opinion knows nothing of deeds, so these worlds are not judged by it.

use jiff::Timestamp;

use super::world::{World, rows};
use crate::agenda::TaskId;
use crate::cycle::{Cycle, Written};
use crate::people::EngineerId;
use crate::plan::{Answer, Handing, Hold, Snooze};
use crate::simulate::Simulation;
use crate::store::{Store, Undo};

/// What somebody does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Says that the briefing is written.
    Writes(&'static str),
    /// Gives it to somebody else.
    Hands(&'static str, &'static str),
    /// Wishes to be left alone until then.
    Snoozes(&'static str, &'static str),
    /// Takes back what was said then.
    Undoes(&'static str),
}

/// A row for each notice of a world in which somebody does something about a task: when, which, what.
pub(super) fn check(world: &World, deeds: &[(&str, &str, Deed)]) -> String {
    rows(&played(world, deeds))
}

/// The letters of that world.
pub(super) fn played(world: &World, deeds: &[(&str, &str, Deed)]) -> Vec<(Timestamp, Written)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = world.config();
        let feeds = world.recordings(&config);
        let mut letters = Vec::new();
        let store = Store::memory();
        let mut parts = (Cycle::resume(config, &store).await.unwrap(), store);
        let mut from = world.from;
        let ends = deeds.iter().map(|(at, _, _)| instant(at)).chain([world.until]);
        for (place, end) in ends.enumerate() {
            let mut play = Simulation::on(parts, feeds.clone(), Vec::new(), from, end).unwrap();
            while let Some((at, report)) = play.step().await.unwrap() {
                play.save().await.unwrap();
                letters.extend(report.letters.into_iter().map(|written| (at, written)));
            }
            parts = play.into_parts();
            if let Some((at, uid, deed)) = deeds.get(place) {
                apply(&mut parts, instant(at), uid, *deed).await;
            }
            from = end;
        }
        letters
    })
}

/// What was not said in a world in which nobody does anything, and why, turn by turn.
pub(super) fn holds(world: &World) -> Vec<Hold> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = world.config();
        let feeds = world.recordings(&config);
        let mut play = Simulation::new(config, feeds, Vec::new(), world.from, world.until).await.unwrap();
        let mut holds = Vec::new();
        while let Some((_, report)) = play.step().await.unwrap() {
            holds.extend(report.hold);
        }
        holds
    })
}

/// An instant.
fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Writes a deed into the store, and has the turns see it.
async fn apply((cycle, store): &mut (Cycle, Store), at: Timestamp, uid: &str, deed: Deed) {
    let history = store.history().await.unwrap();
    let sighting = history.values().find(|sighting| sighting.thing.identity().uid == uid).unwrap();
    let (task, start): (TaskId, Timestamp) = (sighting.id.clone(), sighting.anchor());
    let engineer = |id: &str| -> EngineerId { id.parse().unwrap() };
    match deed {
        Deed::Writes(by) => store.answer(&Answer { task, waived: false, at, by: by.to_owned(), note: None }).await.unwrap(),
        Deed::Hands(from, to) => {
            let handing = Handing { task, start, from: Some(engineer(from)), to: engineer(to), at, by: from.to_owned(), undone: None };
            store.hand(&handing).await.unwrap();
        }
        Deed::Snoozes(who, until) => {
            let snooze = Snooze { task, start, person: engineer(who), until: instant(until), at, by: who.to_owned(), undone: None };
            store.snooze(&snooze).await.unwrap();
        }
        Deed::Undoes(said) => {
            assert!(store.undo(&Undo { task, said: instant(said), at, by: "anybody".to_owned() }).await.unwrap());
        }
    }
    cycle.reload(store).await.unwrap();
}
