//! Pages of the shipped world and of worlds with hostile names, read as a browser reads them.

mod gaps;
mod hostile;
mod pages;
mod size;

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Facts, Which};
use crate::config::{self, Context};
use crate::cycle::Cycle;
use crate::feeds::{Body, Fetched, fingerprint};
use crate::outbox::Census;
use crate::simulate::{self, Simulation};
use crate::store::Store;

/// A moment of the shipped world at which there is much to see.
const MOMENT: &str = "2027-03-17T13:00:00Z";

/// The facts of the shipped world at `moment`, everything before it played.
fn shipped(moment: &str) -> Facts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo");
    let config = Arc::new(config::load(&folder.join("offwatch.toml"), &Context::default()).unwrap());
    let (from, now): (Timestamp, Timestamp) = ("2027-03-15T00:00:00Z".parse().unwrap(), moment.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let world = simulate::world(&config, from).await.unwrap();
        let until = now + SignedDuration::from_secs(1);
        let mut play = Simulation::new(Arc::clone(&config), world, Vec::new(), from, until).await.unwrap();
        while play.play().await.unwrap().is_some() {}
        let (mut cycle, store) = Simulation::into_parts(play);
        let (past, feeds) = (cycle.past().clone(), cycle.inputs().health());
        let census = store.census(now).await.unwrap();
        let (desk, _) = cycle.preview(now).unwrap();
        Facts::gather(desk.clone(), past, feeds, (census, None), now)
    })
}

/// The facts of a made world at `moment`, at which its feeds are read for the first time.
fn made(config: &str, feeds: impl IntoIterator<Item = (String, Vec<u8>)>, moment: &str) -> Facts {
    let config = Arc::new(config::read(config, "made.toml", Path::new("."), &Context::default()).unwrap());
    let now = moment.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut cycle = Cycle::resume(config, &Store::memory()).await.unwrap();
        for (name, bytes) in feeds {
            let body = Body { hash: fingerprint(&bytes), bytes: bytes.into(), etag: None, last_modified: None };
            cycle.inputs().take(&name.parse().unwrap(), Fetched::New(body), now);
        }
        let (past, feeds) = (cycle.past().clone(), cycle.inputs().health());
        let (desk, _) = cycle.preview(now).unwrap();
        Facts::gather(desk.clone(), past, feeds, (Census::default(), None), now)
    })
}

/// The page of the first task with `part` in its title.
fn task(facts: &Facts, part: &str) -> Which {
    Which::Task(facts.ground.desk.cases().find(|case| case.task.title.contains(part)).unwrap().id.clone())
}

/// An outbox in which something is wrong.
fn troubled(now: Timestamp) -> Census {
    Census { queued: 3, sending: 1, refused: 2, owed_since: Some(now - SignedDuration::from_mins(95)) }
}
