//! Every point between two steps of a letter, met for certain: those inside of the program by its own rehearsal, those of the
//! talk by the mail server's.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::account::Account;
use crate::kills::kills;
use crate::postgresql::cluster;
use crate::sink::Step;
use crate::world::{Start, World};

/// The points inside.
const INSIDE: [&str; 11] = [
    "migrating",
    "fetched",
    "copies-kept",
    "decided",
    "turn-kept",
    "attempt-begun",
    "attempt-kept",
    "before-dot",
    "answered",
    "answer-begun",
    "answer-kept",
];

/// The steps of the talk.
const TALK: [Step; 7] = [Step::Greeting, Step::Mail, Step::Rcpt, Step::Data, Step::Half, Step::Dot, Step::Taken];

/// How long a life may take until it ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// Lets a daemon end at each point, at the first to the n-th time of passing it, and tells what each came to.
fn check(server: Option<String>, name: &str) -> Option<()> {
    let mut world = World::new(server)?;
    let mut crashed = BTreeSet::new();
    let times = if kills() > 20 { 5 } else { 1 };
    for point in INSIDE {
        // A schema is made once in the life of a state.
        for time in 1..=if point == "migrating" { 1 } else { times } {
            world.plan(4);
            let passes = if matches!(point, "migrating" | "fetched" | "copies-kept" | "decided" | "turn-kept") { 1 } else { time };
            let plan = format!("{point}:{passes}");
            let mut life = world.start(Start { crash: Some(&plan), ..Start::default() });
            assert!(life.ends(PATIENCE), "{name}: it never came to {plan}\n{}", world.log());
            crashed.insert(life.number);
        }
    }
    for step in TALK {
        for time in 1..=times {
            world.plan(4);
            let mut life = world.start(Start::default());
            world.sink.trap(step, if step == Step::Greeting { 1 } else { time }, life.id());
            assert!(life.ends(PATIENCE), "{name}: it never came to {step:?}\n{}", world.log());
            crashed.insert(life.number);
        }
    }
    world.drain();
    let account = Account::of(&world, &crashed);
    eprintln!("each point {times} times, {name}: {account}");
    account.must_be_clean();
    Some(())
}

#[test]
fn a_daemon_on_a_file_may_end_anywhere() {
    check(None, "a file");
}

#[test]
fn a_daemon_on_a_server_may_end_anywhere() {
    let Some(cluster) = cluster() else { return };
    check(Some(cluster.database()), "a server");
}
