//! Every point between two steps of a letter, met for certain: those inside of the program by its own rehearsal, those of the
//! talk by the mail server's.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::former;
use crate::kills::kills;
use crate::postgresql::cluster;
use crate::sink::Step;
use crate::world::{Start, World};

/// The points inside, but for `migrating`: a schema is made once in the life of a state.
const INSIDE: [&str; 10] = [
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

/// How often each point is met.
fn times() -> u32 {
    if kills() > 20 { 5 } else { 1 }
}

/// Lets a daemon end at each point, at the first to the n-th time of passing it, and tells what each came to.
fn check(server: Option<String>, name: &str) -> Option<()> {
    let mut world = World::new(server)?;
    let mut crashed = BTreeSet::new();
    for point in INSIDE {
        for time in 1..=times() {
            world.plan(4);
            let passes = if matches!(point, "fetched" | "copies-kept" | "decided" | "turn-kept") { 1 } else { time };
            let plan = format!("{point}:{passes}");
            let mut life = world.start(Start { crash: Some(&plan), ..Start::default() });
            assert!(life.ends(PATIENCE), "{name}: it never came to {plan}\n{}", world.log());
            crashed.insert(life.number);
        }
    }
    for step in TALK {
        if step == Step::Half {
            // What waits from before is short.
            world.drain();
        }
        let cut = world.sink.cut();
        world.lengthen(step == Step::Half);
        for time in 1..=times() {
            world.plan(4);
            let mut life = world.start(Start::default());
            // A line that has carried a long letter holds more of the next one.
            let passes = if matches!(step, Step::Greeting | Step::Half) { 1 } else { time };
            world.sink.trap(step, passes, life.id());
            assert!(life.ends(PATIENCE), "{name}: it never came to {step:?}\n{}", world.log());
            crashed.insert(life.number);
        }
        if step == Step::Half {
            let cut = in_the_message(&world, cut);
            eprintln!("died in the middle of a message, {name}: {cut} of {}", times());
            assert_eq!(cut, times(), "the others had said all of it");
        }
    }
    world.lengthen(false);
    world.drain();
    let account = Account::of(&world, &crashed);
    eprintln!("each point {} times, {name}: {account}", times());
    account.must_be_clean();
    Some(())
}

/// How many clients more than `before` have ended before they could have said all of a message. The server hears it a little later.
fn in_the_message(world: &World, before: u32) -> u32 {
    let began = Instant::now();
    while world.sink.cut() - before < times() && began.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
    }
    world.sink.cut() - before
}

/// Lets a daemon end while it makes a schema: in new states, and in turn in those that an older program has left behind.
fn check_migrating(server: impl Fn() -> Option<String>, name: &str) -> Option<()> {
    for time in 0..times().max(2) {
        let mut world = World::new(server())?;
        let is_older = time % 2 == 1;
        if is_older {
            former::leave_behind(&world);
        }
        world.plan(4);
        let mut life = world.start(Start { crash: Some("migrating"), ..Start::default() });
        assert!(life.ends(PATIENCE), "{name}: it never came to migrating\n{}", world.log());
        world.drain();
        let account = Account::of(&world, &BTreeSet::from([life.number]));
        let state = if is_older { "a state of schema 1" } else { "a new state" };
        eprintln!("migrating, {name}, {state}: {account}");
        account.must_be_clean();
        let kept = world.outbox().iter().filter(|letter| letter["to"] == former::READER).count();
        assert_eq!(kept, usize::from(is_older), "what was there is there");
    }
    Some(())
}

#[test]
fn a_daemon_on_a_file_may_end_anywhere() {
    let Some(()) = check(None, "a file") else { return };
    check_migrating(|| None, "a file");
}

#[test]
fn a_daemon_on_a_server_may_end_anywhere() {
    let Some(cluster) = cluster() else { return };
    let Some(()) = check(Some(cluster.database()), "a server") else { return };
    check_migrating(|| Some(cluster.database()), "a server");
}
