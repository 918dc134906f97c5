//! The account that is given at the end: what was lost, what was sent that should not have been, what came twice and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::sink::Message;
use crate::world::{World, tasks};

/// What became of all letters.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// What was done: kills, stops, points.
    pub(crate) crashes: usize,
    /// Letters that arrived, each once.
    letters: usize,
    /// Letters that arrived once more.
    repeated: usize,
    /// What nobody heard of.
    lost: Vec<String>,
    /// What somebody should not have heard, or heard in two letters.
    wrong: Vec<String>,
    /// Letters that came twice although no crash cut their answer off, or not as they were.
    unfounded: Vec<String>,
}

impl Account {
    /// Of everything that has arrived in `world`, in which these lives ended by a crash.
    pub(crate) fn of(world: &World, crashed: &BTreeSet<u32>) -> Self {
        let taken = world.sink.taken();
        let mut account = Self { crashes: crashed.len(), ..Self::default() };
        account.hear(world, &taken);
        account.count(&taken, crashed);
        for letter in world.outbox().iter().filter(|letter| letter["state"] != "accepted") {
            account.wrong.push(format!("is not accepted: {letter}"));
        }
        account
    }

    /// Who heard of what.
    fn hear(&mut self, world: &World, taken: &[Message]) {
        let mut wanted = world.wanted();
        let mut heard: BTreeMap<(String, String), &str> = BTreeMap::new();
        for message in taken {
            let told = tasks(&message.bytes);
            if told.is_empty() {
                self.wrong.push(format!("{} got a letter of no task", message.to));
            }
            for task in told {
                let told = (message.to.clone(), task);
                if !wanted.remove(&told) && !heard.contains_key(&told) {
                    self.wrong.push(format!("{} should not hear of {}", told.0, told.1));
                }
                let first = heard.entry(told.clone()).or_insert(&message.id);
                if *first != message.id {
                    self.wrong.push(format!("{} heard of {} in two letters", told.0, told.1));
                }
            }
        }
        self.lost = wanted.into_iter().map(|(to, task)| format!("{to} never heard of {task}")).collect();
    }

    /// What came twice. A crash may have cut off the answer to the last letter of its life, and to no other.
    fn count(&mut self, taken: &[Message], crashed: &BTreeSet<u32>) {
        let last: BTreeMap<u32, usize> = taken.iter().enumerate().map(|(place, message)| (message.life, place)).collect();
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, message) in taken.iter().enumerate() {
            let Some(before) = first.insert(&message.id, place) else {
                self.letters += 1;
                continue;
            };
            self.repeated += 1;
            let earlier = &taken[before];
            if earlier.bytes != message.bytes || earlier.to != message.to {
                self.unfounded.push(format!("{} is another message than before", message.id));
            }
            if !crashed.contains(&earlier.life) || last[&earlier.life] != before {
                self.unfounded.push(format!("{} came again in life {} after life {}", message.id, message.life, earlier.life));
            }
        }
    }

    /// Fails where a promise is broken.
    #[track_caller]
    pub(crate) fn must_be_clean(&self) {
        let broken = !(self.lost.is_empty() && self.wrong.is_empty() && self.unfounded.is_empty());
        assert!(!broken, "{self}\n{:#?}\n{:#?}\n{:#?}", self.lost, self.wrong, self.unfounded);
        assert!(self.repeated <= self.crashes, "{self}");
    }

    /// Fails where something is lost, said twice, or was sent once more more often than an answer could be cut off.
    #[track_caller]
    pub(crate) fn must_be_whole(&self, cuts: usize) {
        assert!(self.lost.is_empty() && self.wrong.is_empty(), "{self}\n{:#?}\n{:#?}", self.lost, self.wrong);
        assert!(self.repeated <= cuts, "{self}");
    }
}

impl fmt::Display for Account {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { crashes, letters, repeated, lost, wrong, unfounded } = self;
        write!(
            out,
            "{crashes} crashes, {letters} letters: lost {}, wrongly sent {}, sent once more {repeated}, of which without a cut-off answer or changed {}",
            lost.len(),
            wrong.len(),
            unfounded.len()
        )
    }
}
