//! Sets the stage for turns: a store that holds copies of all feeds, none of them read yet.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use offwatch::config::{self, Config, Context};
use offwatch::cycle::Cycle;
use offwatch::feeds::{Body, Fetched, fingerprint};
use offwatch::people::FeedName;
use offwatch::store::{FeedCopy, Store};

use crate::world::{self, Size};

/// The present.
pub(crate) fn now() -> Timestamp {
    world::NOW.parse().unwrap()
}

/// The configuration of a fleet.
pub(crate) fn config(size: Size) -> Arc<Config> {
    let config = config::read(&world::configuration(size), "fleet.toml", Path::new("."), &Context::default());
    Arc::new(config.unwrap_or_else(|problems| unreachable!("{problems}")))
}

/// Puts copies of all feeds, fetched now, into `store`.
pub(crate) async fn fill(store: &Store, size: Size) {
    for (name, body) in world::feeds(size) {
        let copy = FeedCopy {
            hash: Some(fingerprint(&body)),
            body: Some(body.into()),
            fetched: Some(now()),
            changed: Some(now()),
            tried: Some(now()),
            ..FeedCopy::none(name.parse().unwrap())
        };
        store.save_copy(&copy).await.unwrap();
    }
}

/// Hands `cycle` another calendar of an engineer.
pub(crate) fn change(cycle: &mut Cycle, number: i64, version: u64, now: Timestamp) -> FeedName {
    let bytes = world::calendar(number, version);
    let name: FeedName = format!("c{number}").parse().unwrap();
    let body = Body { hash: fingerprint(&bytes), bytes: bytes.into(), etag: None, last_modified: None };
    cycle.inputs().take(&name, Fetched::New(body), now);
    name
}
