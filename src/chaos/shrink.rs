//! Makes a broken world small: leaves things out as long as the same rule stays broken. Knows no rule itself.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::feed::{Event, Feed};
use super::world::World;
use crate::oracle::Broken;

/// Leaves out of `world` whatever can go while `still` finds a broken promise, until nothing can or `limit` is over.
/// Gives the smallest world found and what is wrong in it.
pub(super) fn shrink(world: World, broken: Broken, limit: Duration, still: impl Fn(&World) -> Option<Broken>) -> (World, Broken) {
    let began = Instant::now();
    let (world, broken) = shorter(world, broken, &still);
    let (mut world, mut broken) = named(world, broken, &still);
    loop {
        let before = parts(&world);
        let mut size = before.div_ceil(2).max(1);
        loop {
            let mut place = 0;
            while place < parts(&world) {
                if began.elapsed() > limit {
                    return (world, broken);
                }
                let smaller = without(&world, place, size);
                match still(&smaller) {
                    Some(found) => (world, broken) = shorter(smaller, found, &still),
                    None => place = place.saturating_add(size),
                }
            }
            if size == 1 {
                break;
            }
            size = size.div_ceil(2);
        }
        if parts(&world) == before {
            return (world, broken);
        }
    }
}

/// The same world, over soon after the promise was broken, if it is broken then.
fn shorter(mut world: World, broken: Broken, still: impl Fn(&World) -> Option<Broken>) -> (World, Broken) {
    let whole = world.until;
    for hours in [1, 24, 24 * 7] {
        let until = broken.at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
        if whole <= until {
            break;
        }
        world.until = until;
        if let Some(found) = still(&world) {
            return (world, found);
        }
    }
    world.until = whole;
    (world, broken)
}

/// The world with only those tasks and emergencies that the broken promise speaks of, if it is broken then.
fn named(world: World, broken: Broken, still: impl Fn(&World) -> Option<Broken>) -> (World, Broken) {
    let mut smaller = world.clone();
    for feed in smaller.feeds.iter_mut().filter(|feed| feed.name == "tasks" || empty(&feed.name)) {
        feed.events.retain(|event| broken.what.contains(&format!("`{}`", event.uid)));
    }
    still(&smaller).map_or((world, broken), |found| (smaller, found))
}

/// How many things can be left out.
pub(super) fn parts(world: &World) -> usize {
    let mut count = 0_usize;
    retain(&mut world.clone(), |_| {
        count = count.saturating_add(1);
        true
    });
    count
}

/// The world without the things at `size` places from `place` on.
fn without(world: &World, place: usize, size: usize) -> World {
    let mut smaller = world.clone();
    let mut next = 0_usize;
    retain(&mut smaller, |_| {
        let here = next;
        next = next.saturating_add(1);
        here < place || place.saturating_add(size) <= here
    });
    smaller
}

/// Asks of every thing whether to keep it, large ones first.
fn retain(world: &mut World, mut keep: impl FnMut(&str) -> bool) {
    world.crashes.retain(|_| keep("crash"));
    world.troubles.retain(|_| keep("trouble"));
    world.leaps.retain(|_| keep("leap"));
    world.customers.retain(|customer| keep(&customer.id));
    world.feeds.iter_mut().for_each(|feed| feed.gaps.retain(|_| keep("gap")));
    world.feeds.iter_mut().for_each(|feed| feed.events.retain(|event| keep(&event.uid)));
    world.replies.retain(|reply| keep(&reply.uid));
    for event in world.feeds.iter_mut().flat_map(|feed| &mut feed.events) {
        versions(event, &mut keep);
    }
    for customer in &mut world.customers {
        customer.engineers.retain(|id| keep(id));
        customer.backups.retain(|id| keep(id));
        customer.lines.retain(|line| keep(line));
    }
    people(world, &mut keep);
    world.settings.iter_mut().for_each(|(_, lines)| lines.retain(|line| keep(line)));
    world.settings.retain(|(_, lines)| !lines.is_empty());
    world.feeds.retain(|feed: &Feed| !feed.events.is_empty() || !feed.gaps.is_empty() || !empty(&feed.name) || keep(&feed.name));
}

/// Whether the world can do without a feed of that name.
fn empty(name: &str) -> bool {
    name == "team-leave" || name == "on-call" || name == "emergencies"
}

/// Leaves out versions of an event, but for the first.
fn versions(event: &mut Event, mut keep: impl FnMut(&str) -> bool) {
    let mut first = true;
    event.versions.retain(|_| std::mem::take(&mut first) || keep(&event.uid));
}

/// Leaves out people, each with their own calendar.
fn people(world: &mut World, mut keep: impl FnMut(&str) -> bool) {
    let gone: Vec<String> = world.people.iter().filter(|person| !keep(&person.id)).map(|person| person.id.clone()).collect();
    world.people.retain(|person| !gone.contains(&person.id));
    let own = |feed: &Feed| feed.name.strip_prefix("leave-").is_some_and(|number| gone.contains(&format!("e{number}")));
    world.feeds.retain(|feed| !own(feed));
    for person in &mut world.people {
        person.lines.retain(|line| line.starts_with("email") || line.starts_with("feeds") || keep(line));
    }
}
