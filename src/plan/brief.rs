//! The facts of one task for the words of a letter: who knows the customer, who is on call, what is uncovered and why.
//! Names to others only until when somebody is away, never the cause.

use jiff::{SignedDuration, ToSpan as _};

use super::briefing::Word;
use super::case::{Case, reason};
use super::chain::standing;
use super::desk::Scene;
use super::health::{FeedHealth, OldCopy};
use super::look::Look;
use super::notice::{Answered, Brief, Earlier, Given, OnCall, Person, Reason};
use super::wishes;
use crate::agenda::Purpose;
use crate::people::{Account, Engineer, EngineerId};
use crate::window::{Window, Windows};

/// How much of somebody's days is told around a long task.
const DAYS: SignedDuration = SignedDuration::from_hours(72);

/// What people call somebody: an engineer's name, else whatever they are known by.
pub(super) fn name(person: &str, scene: &Scene) -> String {
    let engineer = person.parse().ok().and_then(|id: EngineerId| scene.team.engineers.get(&id));
    engineer.map_or_else(|| person.to_owned(), |engineer| engineer.name.clone())
}

impl Case {
    /// The facts, as far as `reader` may know them (a mailbox when none).
    pub(super) fn brief(&self, reader: Option<&EngineerId>, look: Look<'_>) -> Brief {
        let scene = look.scene;
        let account = self.account.as_ref();
        let deadline =
            reader.and_then(|reader| scene.availability.get(reader)).and_then(|availability| availability.deadline(self.start()));
        let asked = reader.map(|_| standing(self, look).asked).unwrap_or_default();
        let asked: Vec<&EngineerId> = asked.into_iter().map(|asked| &asked.link.engineer).collect();
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
            one_for_all: self.series.is_some(),
            also: 0,
            ticket: self.task.ticket.clone(),
            description: self.task.description.clone(),
            notes: account.and_then(|account| account.notes.clone()),
            uncovered: self.gaps(reader, scene),
            deadline,
            briefing: self.briefing(look),
            answered: self.word(look).map(|standing| {
                let Word { at, waived, by } = standing.word;
                Answered { waived, at, by: by.map(|by| name(&by, scene)) }
            }),
            given: wishes::handing(self, look.past).map(|given| Given {
                by: name(&given.by, scene),
                to: name(given.to.as_str(), scene),
                at: given.at,
            }),
            is_readers: reader.is_some_and(|reader| asked.contains(&reader)),
            people: self.people(reader, &asked, look),
            on_call: self.on_call(scene),
            old_copies: self.old_copies(look),
            // Handed out when all letters of the turn are known.
            slot: None,
            version: self.version(reader, look),
            told: count(look.past.about(&self.id).filter(|said| reader.is_some_and(|reader| said.person == reader.as_str()))),
            days: reader.map(|reader| self.days(reader, scene)).unwrap_or_default(),
            last: self.earlier(look),
        }
    }

    /// The days of `reader` around it, midnight to midnight on their clock.
    fn days(&self, reader: &EngineerId, scene: &Scene) -> Vec<(Window, Option<Reason>)> {
        let Some(availability) = scene.availability.get(reader) else { return Vec::new() };
        let zone = availability.zone();
        let last = self.task.window.end().saturating_sub(SignedDuration::from_secs(1)).unwrap_or(self.start());
        let from = zone.midnight(zone.date(self.start()));
        let until = zone.midnight(zone.date(last).saturating_add(1.day())).min(from.saturating_add(DAYS).unwrap_or(from));
        let Some(span) = Window::new(from, until) else { return Vec::new() };
        let there = availability.free().within(span);
        let off = Windows::from(span).minus(&there);
        let off = off.iter().flat_map(|part| availability.causes(part)).map(|(window, off)| (window, Some(reason(off))));
        let mut days: Vec<(Window, Option<Reason>)> = there.iter().map(|window| (window, None)).chain(off).collect();
        days.sort_by_key(|(window, _)| *window);
        days
    }

    /// The last briefing that somebody wrote for another task of the same account, the same series first.
    fn earlier(&self, look: Look<'_>) -> Option<Earlier> {
        let account = self.task.account.as_ref()?;
        let siblings = self.siblings(look);
        let written = look.past.answers.values().filter(|answer| !answer.waived && answer.task != self.id);
        let earlier = written.filter_map(|answer| {
            let task = look.scene.history.get(&answer.task)?.thing.task()?;
            let found = Earlier { title: task.title.clone(), start: task.window.start(), ticket: task.ticket.clone() };
            (task.account.as_ref() == Some(account)).then_some((siblings.contains(&answer.task), answer.at, found))
        });
        earlier.max_by_key(|(same_series, at, _)| (*same_series, *at)).map(|(_, _, found)| found)
    }

    /// Which version of the task `reader` sees: each change that was noticed is one more, and each that they were told of is
    /// more than that, for something may also end without a change of the task.
    fn version(&self, reader: Option<&EngineerId>, look: Look<'_>) -> u32 {
        let revisions = look.scene.history.get(&self.id).map(|sighting| count(sighting.revisions.iter())).unwrap_or_default();
        let rounds = reader.map(|reader| look.past.round(reader.as_str(), &self.id)).unwrap_or_default();
        revisions.saturating_add(rounds.saturating_mul(2))
    }

    /// The copies older than they may be that what is said of it rests on: where it stands, and who is there.
    fn old_copies(&self, look: Look<'_>) -> Vec<OldCopy> {
        let scene = look.scene;
        let people = || self.chain.iter().filter_map(|link| scene.team.engineers.get(&link.engineer));
        let old = look.outside.feeds.iter().filter_map(|health| {
            let since = health.stale_since(scene.feeds_added.get(&health.feed).copied(), look.now)?;
            let shows_task = health.feed == self.task.feed;
            let leave_of: Vec<String> =
                people().filter(|engineer| shows_leave(health, engineer, scene)).map(|engineer| engineer.name.clone()).collect();
            let matters = shows_task || !leave_of.is_empty();
            matters.then(|| OldCopy { feed: health.feed.clone(), since, held: health.standing().is_some(), shows_task, leave_of })
        });
        old.collect()
    }

    /// The facts of tasks in the order given, a line each; occurrences that one briefing serves share the line of the first.
    pub(super) fn briefs(cases: &[&Self], reader: Option<&EngineerId>, look: Look<'_>) -> Vec<Brief> {
        let mut lines: Vec<(Option<usize>, Brief)> = Vec::new();
        for case in cases {
            match lines.iter_mut().find(|(series, _)| series.is_some() && *series == case.series) {
                Some((_, brief)) => brief.also = brief.also.saturating_add(1),
                None => lines.push((case.series, case.brief(reader, look))),
            }
        }
        lines.into_iter().map(|(_, brief)| brief).collect()
    }

    /// Who knows the customer, without the reader; some of them are `asked` to write.
    fn people(&self, reader: Option<&EngineerId>, asked: &[&EngineerId], look: Look<'_>) -> Vec<Person> {
        let scene = look.scene;
        let mut people = Vec::new();
        let mut before_reader = true;
        for link in &self.chain {
            if Some(&link.engineer) == reader {
                before_reader = false;
                continue;
            }
            let Some(engineer) = scene.team.engineers.get(&link.engineer) else { continue };
            let next = |at| scene.availability.get(&link.engineer).and_then(|availability| availability.next_free(at));
            let (back, is_in) = (next(self.start()), next(look.now) == Some(look.now));
            let away_until = back.filter(|back| *back > self.start());
            let (name, address, role) = (engineer.name.clone(), engineer.email.clone(), link.role.word());
            let is_asked = asked.contains(&&link.engineer);
            people.push(Person { name, address, role, before_reader, is_asked, is_in, away_until });
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

/// How many there are.
fn count(things: impl Iterator) -> u32 {
    u32::try_from(things.count()).unwrap_or(u32::MAX)
}

/// Whether a feed may show leave or holidays of `engineer`: it is theirs, or a team's.
fn shows_leave(health: &FeedHealth, engineer: &Engineer, scene: &Scene) -> bool {
    let theirs = engineer.feeds.contains(&health.feed);
    let absences = health.reads.contains(&Purpose::Absences);
    let holidays = health.reads.contains(&Purpose::Holidays) && engineer.holidays.contains(&health.feed);
    let of_somebody = || scene.team.engineers.values().any(|somebody| somebody.feeds.contains(&health.feed));
    holidays || (absences && (theirs || !of_somebody()))
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
