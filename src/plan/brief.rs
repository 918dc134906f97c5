//! The facts of one task for the words of a letter: who knows the customer, who is on call, what is uncovered and why.
//! Names to others only until when somebody is away, never the cause.

use std::collections::BTreeSet;

use super::case::Case;
use super::desk::{Look, Scene};
use super::notice::{Brief, Briefing, OnCall, Person, Reason};
use super::request::settled;
use super::verdict::Why;
use crate::people::{Contact, EngineerId};

impl Case {
    /// The facts, as far as `reader` may know them (a mailbox when none).
    pub(super) fn brief(&self, reader: Option<&EngineerId>, look: Look<'_>) -> Brief {
        let scene = look.scene;
        let account = self.account.as_ref();
        let deadline =
            reader.and_then(|reader| scene.availability.get(reader)).and_then(|availability| availability.deadline(self.start()));
        let health = look.outside.feeds.iter().find(|health| health.feed == self.task.feed);
        let stale = health.and_then(|health| health.stale_since(scene.feeds_added.get(&health.feed).copied(), look.now));
        Brief {
            task: self.id.clone(),
            title: self.task.title.clone(),
            account: account.map(|account| account.name.clone()),
            customer_zone: account.and_then(|account| account.zone.clone()),
            window: self.task.window,
            aftercare: scene.rules.aftercare,
            date_only: self.task.date_only,
            recurs: self.task.recurs,
            ticket: self.task.ticket.clone(),
            description: self.task.description.clone(),
            notes: account.and_then(|account| account.notes.clone()),
            uncovered: self.gaps(reader, scene),
            deadline,
            briefing: self.briefing(look),
            people: self.people(reader, scene),
            on_call: self.on_call(scene),
            old_copy: stale.map(|since| (self.task.feed.clone(), since)),
        }
    }

    /// What is known of its briefing.
    pub(super) fn briefing(&self, look: Look<'_>) -> Briefing {
        match settled(self, look) {
            Some(Why::Written) => Briefing::Written,
            Some(Why::Waived) => Briefing::Waived,
            Some(Why::Covered) => Briefing::NotNeeded,
            Some(Why::Begun) if !self.uncovered => Briefing::NotNeeded,
            Some(Why::Begun) => self.answered(look).unwrap_or(Briefing::TooLate),
            _ if self.was_asked(look) => Briefing::Asked,
            _ => Briefing::Wanted,
        }
    }

    /// What people or the task's own event said of the briefing.
    fn answered(&self, look: Look<'_>) -> Option<Briefing> {
        let word = |waived: bool| if waived { Briefing::Waived } else { Briefing::Written };
        let mark = self.task.mark.map(|mark| word(mark == crate::agenda::Mark::Waived));
        mark.or_else(|| look.past.answer(&self.id, look.known(self)).map(|answer| word(answer.waived)))
    }

    /// Whether anybody was asked.
    fn was_asked(&self, look: Look<'_>) -> bool {
        let mailboxes = self.account.iter().flat_map(|account| account.manager.iter().chain([&account.last_resort]));
        let mailboxes = mailboxes.map(|contact| match contact {
            Contact::Engineer(id) => id.as_str(),
            Contact::Mailbox(address) => address.as_str(),
        });
        let people = self.chain.iter().map(|link| link.engineer.as_str()).chain(mailboxes);
        people.collect::<BTreeSet<_>>().into_iter().any(|person| look.past.was_asked(person, &self.id))
    }

    /// Who knows the customer, without the reader.
    fn people(&self, reader: Option<&EngineerId>, scene: &Scene) -> Vec<Person> {
        let mut people = Vec::new();
        for link in self.chain.iter().filter(|link| Some(&link.engineer) != reader) {
            let Some(engineer) = scene.team.engineers.get(&link.engineer) else { continue };
            let back = scene.availability.get(&link.engineer).and_then(|availability| availability.next_free(self.start()));
            let away_until = back.filter(|back| *back > self.start());
            people.push(Person { name: engineer.name.clone(), address: engineer.email.clone(), role: link.role.word(), away_until });
        }
        people
    }

    /// Who is on call while it runs or may cause trouble.
    fn on_call(&self, scene: &Scene) -> Vec<OnCall> {
        let shifts = scene.shifts.iter().filter(|shift| shift.window.overlaps(self.watch));
        let mut on_call: Vec<OnCall> = shifts.map(|shift| OnCall { name: shift.name.clone(), window: shift.window }).collect();
        on_call.sort_by_key(|on_call| (on_call.window, on_call.name.clone()));
        on_call.dedup();
        on_call
    }

    /// The reasons of its uncovered parts in a few words, as the owner's hours give them. Says `away` for any absence,
    /// for the reason of a notice may reach anybody.
    pub(super) fn reasons(&self, scene: &Scene) -> String {
        let mut words: Vec<&str> = Vec::new();
        for gap in self.gaps(None, scene) {
            let word = match gap.reason {
                Reason::Leave | Reason::Holiday => "away",
                Reason::OutsideHours | Reason::Weekend | Reason::Nobody => gap.reason.words(),
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(", ")
    }
}
