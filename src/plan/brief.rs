//! The facts of one task for the words of a letter: who knows the customer, who is on call, what is uncovered and why.
//! Names to others only until when somebody is away, never the cause.

use std::collections::BTreeSet;

use super::case::Case;
use super::chain::standing;
use super::desk::{Look, Scene};
use super::notice::{Brief, Briefing, OnCall, Person, Reason};
use super::request::settled;
use super::verdict::Why;
use crate::people::{Account, Contact, EngineerId};

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
            short_title: short_title(&self.task.title, account.map(AsRef::as_ref)),
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
            is_readers: reader.is_some_and(|reader| standing(self, look).asked.iter().any(|asked| asked.link.engineer == *reader)),
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
        let mut before_reader = true;
        for link in &self.chain {
            if Some(&link.engineer) == reader {
                before_reader = false;
                continue;
            }
            let Some(engineer) = scene.team.engineers.get(&link.engineer) else { continue };
            let back = scene.availability.get(&link.engineer).and_then(|availability| availability.next_free(self.start()));
            let away_until = back.filter(|back| *back > self.start());
            let (name, address, role) = (engineer.name.clone(), engineer.email.clone(), link.role.word());
            people.push(Person { name, address, role, before_reader, away_until });
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

/// `title` without what a letter says elsewhere: marks about the briefing, and `[Name]` or `Name:` before it when that is
/// the account. A title that would be left empty stays as it is.
pub(super) fn short_title(title: &str, account: Option<&Account>) -> String {
    let unmarked = without_marks(title);
    let mut rest = unmarked.trim();
    while let Some((_, tail)) = prefix(rest).filter(|(name, _)| account.is_some_and(|account| is_called(account, name))) {
        rest = tail.trim_start_matches([' ', ':', ',', '-']).trim_end();
    }
    if rest.is_empty() { title.trim().to_owned() } else { rest.to_owned() }
}

/// The first `[Name]` or `Name:` of a title, and what follows.
fn prefix(title: &str) -> Option<(&str, &str)> {
    title.strip_prefix('[').map_or_else(|| title.split_once(':'), |rest| rest.split_once(']'))
}

/// Whether `name` is all that the account is called by.
fn is_called(account: &Account, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let names = [account.id.as_str(), account.name.as_str()];
    names.into_iter().chain(account.matches.iter().map(String::as_str)).any(|known| known.to_lowercase() == name)
}

/// A title without `[briefing done]` and its like.
fn without_marks(title: &str) -> String {
    let mut bare = String::new();
    let mut rest = title;
    while let Some((before, inside, after)) = bracket(rest) {
        bare.push_str(before);
        if !inside.to_lowercase().contains("briefing") {
            bare.extend(["[", inside, "]"]);
        }
        rest = after;
    }
    bare.push_str(rest);
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands before, in and after the first pair of brackets.
fn bracket(title: &str) -> Option<(&str, &str, &str)> {
    let (before, tail) = title.split_once('[')?;
    let (inside, after) = tail.split_once(']')?;
    Some((before, inside, after))
}

#[cfg(test)]
mod tests {
    //! Short titles.

    use super::short_title;
    use crate::people::Account;

    #[test]
    fn a_short_title_names_neither_the_account_nor_its_briefing() {
        let account = Account {
            id: "acme".parse().unwrap(),
            name: "ACME Corp".to_owned(),
            engineers: Vec::new(),
            backups: Vec::new(),
            manager: None,
            last_resort: "duty@example.com".parse().map(crate::people::Contact::Mailbox).unwrap(),
            matches: vec!["Roadrunner".to_owned()],
            zone: None,
            notes: None,
        };
        for (title, short) in [
            ("[ACME] Upgrade to 17.4", "Upgrade to 17.4"),
            ("[acme corp]: Upgrade", "Upgrade"),
            ("Roadrunner: patch: part two [briefing done]", "patch: part two"),
            ("[ACME] [urgent] Upgrade [Briefing  waived] now", "[urgent] Upgrade now"),
            ("Patch: kernel", "Patch: kernel"),
            ("[Globex] Upgrade", "[Globex] Upgrade"),
            ("[ACME]", "[ACME]"),
            ("[briefing done", "[briefing done"),
            ("ACME", "ACME"),
        ] {
            assert_eq!(short_title(title, Some(&account)), short, "{title}");
        }
        assert_eq!(short_title("[ACME] Upgrade", None), "[ACME] Upgrade");
    }
}
