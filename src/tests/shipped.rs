//! The shipped world of the demo, judged by the oracle: what a newcomer sees first keeps the promises, too.

use std::path::Path;
use std::sync::Arc;

use crate::chaos::{self, Stage};
use crate::config::{self, Context};
use crate::{oracle, simulate};

#[test]
fn the_shipped_world_keeps_the_promises() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/demo/offwatch.toml");
    let config = Arc::new(config::load(&path, &Context::default()).unwrap());
    let (from, until) = ("2027-03-15T00:00:00Z".parse().unwrap(), "2027-04-05T00:00:00Z".parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let played = runtime.block_on(async {
        let feeds = simulate::world(&config, from).await.unwrap();
        let (replies, crashes, troubles, leaps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        chaos::play(Stage { config, feeds, replies, from, until, crashes, troubles, leaps }, false).await.unwrap()
    });
    assert!(played.letters.len() > 25, "{} letters tell no story", played.letters.len());
    assert_eq!(oracle::check(&played.world, &played.heard), []);
}
