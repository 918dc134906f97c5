//! What is known of a task and of the people around it, worded for people: sections of lines that a terminal wraps and a page
//! sets. Decides nothing, and never says what an absence is called: only that somebody is away, and until when.

mod changes;
pub mod moment;
pub mod task;
pub mod words;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::agenda::TaskId;
use crate::outbox::{State, Waiting};
use crate::people::Team;
use crate::plan::{Case, Desk, Hold, Kind, LAST_TURN, Notice, Outside, Past, Rules, Said, Why};
use crate::window::Window;
use crate::zone::Zone;

pub use changes::revisions;
use moment::{clock, clocks, moment};

/// No more titles of a list are named.
pub const LISTED: usize = 4;

/// Everything that explanations are drawn from.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The present.
    pub now: Timestamp,
    /// The beginning of what was played, if anything was.
    pub played: Option<Timestamp>,
    /// What is known.
    pub desk: Desk,
    /// What was said and done.
    pub past: Past,
    /// How the feeds are.
    pub outside: Outside,
    /// What is not said at this moment, and why.
    pub hold: Vec<Hold>,
    /// The letters in the outbox, by each key they say; none when nobody looked.
    pub outbox: Option<BTreeMap<String, Waiting>>,
}

impl Ground {
    /// The zone of the page.
    pub fn zone(&self) -> &Zone {
        &self.desk.scene().zone
    }

    /// Everybody.
    pub fn team(&self) -> &Team {
        &self.desk.scene().team
    }

    /// The settings.
    pub fn rules(&self) -> &Rules {
        &self.desk.scene().rules
    }

    /// When the last turn was.
    pub fn last_turn(&self) -> Option<Timestamp> {
        self.past.instants.get(LAST_TURN).copied()
    }

    /// The instant of the page, and what that means for its truth.
    pub fn as_of(&self, zone: &Zone) -> String {
        as_of(self.now, self.last_turn(), self.played, zone)
    }

    /// When letters reach engineers.
    pub fn reach(&self) -> String {
        let settle = words::length(self.rules().settle);
        format!("Letters reach engineers in their hours only, {settle} after they come in at the earliest; what is due earlier waits.")
    }

    /// Since when somebody has been in at this moment, if so.
    pub fn in_since(&self, person: &str) -> Option<Timestamp> {
        let all = &self.desk.scene().availability;
        let own = all.iter().find(|(id, _)| id.as_str() == person).map(|(_, own)| own);
        own.and_then(|own| own.free().containing(self.now)).map(Window::start)
    }

    /// What became of the letter that says `said`.
    pub fn letter(&self, said: &Said) -> Option<&Waiting> {
        self.outbox.as_ref()?.get(said.key.as_str())
    }

    /// The same, in words, on the clock of the page.
    pub fn fate(&self, said: &Said, zone: &Zone) -> String {
        let Some(letter) = self.letter(said) else { return "not in the outbox any more".to_owned() };
        let answer = || letter.life.last_answer.as_deref().map(|answer| format!(": {answer}")).unwrap_or_default();
        let soon = said.at.saturating_add(SignedDuration::from_mins(1)).unwrap_or(said.at);
        let done = letter.life.done.map(|done| if done <= soon { " at once".to_owned() } else { format!(" {}", words::clock(done, zone)) });
        let done = done.unwrap_or_default();
        let doubt = if letter.life.maybe_twice { "; it may have been delivered before, without offwatch knowing" } else { "" };
        let fate = match letter.life.state {
            State::Queued => format!("waits in the outbox, due {}{}", words::clock(letter.life.due, zone), answer()),
            State::Sending => "is being sent".to_owned(),
            State::Accepted => format!("accepted{done}"),
            State::Refused => format!("refused{done}{}", answer()),
            State::Withdrawn if letter.life.maybe_twice => format!("withdrawn{done}{}", answer()),
            State::Withdrawn => format!("withdrawn before it was sent{done}{}", answer()),
        };
        fate + doubt
    }

    /// How people call whom a notice names: the engineer's name, else the address.
    pub fn called(&self, person: &str) -> String {
        let known = self.team().engineers.values().find(|engineer| engineer.id.as_str() == person);
        known.map_or_else(|| person.to_owned(), |engineer| format!("{} ({person})", engineer.name))
    }

    /// The zone in which somebody reads.
    pub fn zone_of(&self, person: &str) -> &Zone {
        let known = self.team().engineers.values().find(|engineer| engineer.id.as_str() == person);
        known.map_or_else(|| self.zone(), |engineer| &engineer.zone)
    }

    /// What was said, in lines: when, what, to whom and why, and what became of the letter. What speaks of another task
    /// than `of` says of which. Requests that a list stood in for are told by the list.
    pub fn said(&self, said: &[Said], of: Option<&Case>) -> Vec<String> {
        let single = |said: &&Said| said.kind != Kind::BriefingRequest || said.stage.is_some();
        let line = |said: &Said| {
            let (kind, to) = (kind(said.kind, said.stage.as_deref()), self.called(&said.person));
            let at = self.clocks(said.at, &said.person, of);
            let fate = |_| format!(" The letter: {}.", self.fate(said, self.page_zone(&said.person, of)));
            let fate = self.outbox.as_ref().map(fate).unwrap_or_default();
            let about = self.about(said.task.as_ref(), said.uids.as_deref(), of);
            format!("{at}  {kind} to {to}{about}. Why: {}.{}{fate}", said.reason, self.once(said.kind))
        };
        said.iter().filter(single).map(line).collect()
    }

    /// What will be said, in lines, likewise.
    pub fn coming(&self, coming: &[(Timestamp, Notice)], of: Option<&Case>) -> Vec<String> {
        let line = |(at, notice): &(Timestamp, Notice)| {
            let (kind, to) = (kind(notice.kind, notice.stage.as_deref()), self.called(notice.to.person()));
            let about = self.about(notice.task.as_ref(), notice.uids.as_deref(), of);
            let at = self.clocks(*at, notice.to.person(), of);
            format!("{at}  {kind} to {to}{about}. Why: {}.{}", notice.reason, self.once(notice.kind))
        };
        coming.iter().map(line).collect()
    }

    /// When a list before a leave comes, for its reason does not say that.
    pub fn once(&self, kind: Kind) -> String {
        let before = self.rules().before_leave.filter(|_| kind == Kind::BeforeLeave);
        before.map(|before| format!(" Such a list comes once, {before} before a leave or as soon as that is known.")).unwrap_or_default()
    }

    /// The instant of a letter: on the clock of the page, and on the reader's where that shows another time.
    pub fn clocks(&self, at: Timestamp, person: &str, of: Option<&Case>) -> String {
        clocks(at, self.page_zone(person, of), self.zone_of(person))
    }

    /// The clock of a list of letters: that of the person, or on the page of a task the same for all.
    pub fn page_zone(&self, person: &str, of: Option<&Case>) -> &Zone {
        if of.is_some() { self.zone() } else { self.zone_of(person) }
    }

    /// What a notice is about, seen from the page of one task or from that of a person.
    pub fn about(&self, task: Option<&TaskId>, uids: Option<&[String]>, of: Option<&Case>) -> String {
        let title = task.map(|task| self.desk.case(task).map_or_else(|| task.to_string(), |case| case.task.title.clone()));
        match (of, title, uids) {
            (Some(_), None, Some(_)) => ", with this task on its list".to_owned(),
            (None, Some(title), _) => format!(" about \"{title}\""),
            (None, None, Some(uids)) => self.listed(uids),
            (Some(_), Some(_), _) | (_, None, _) => String::new(),
        }
    }

    /// What stands on a list, by title as far as it is still known; of a series once.
    pub fn listed(&self, uids: &[String]) -> String {
        let things = self.desk.scene().history.values().map(|sighting| &sighting.thing);
        let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
        for thing in things.filter(|thing| uids.contains(&thing.identity().uid)) {
            let title = thing.task().map(|task| &task.title).or(thing.emergency().map(|emergency| &emergency.title));
            titles.extend(title.map(|title| (thing.identity().uid.as_str(), title.as_str())));
        }
        let named: Vec<String> = titles.values().take(LISTED).map(|title| format!("\"{title}\"")).collect();
        match titles.len().saturating_sub(named.len()) {
            _ if named.is_empty() => String::new(),
            0 => format!(", which lists {}", named.join(", ")),
            more => format!(", which lists {} and {more} more", named.join(", ")),
        }
    }

    /// Holds in lines, each with what it is about when that is not said by the page.
    pub fn held<'h>(&self, hold: impl Iterator<Item = &'h Hold>, whole: bool) -> Vec<String> {
        let line = |hold: &Hold| {
            let to = if hold.person.is_empty() { String::new() } else { format!(" to {}", self.called(&hold.person)) };
            let about = if whole && !hold.subject.is_empty() { format!(" about \"{}\"", hold.subject) } else { String::new() };
            let zone = self.zone_of(&hold.person);
            let why = match (&hold.why, self.in_since(&hold.person)) {
                (Why::NotThere { until: Some(until) }, Some(since)) => {
                    format!("in since {}; letters wait until {}", words::clock(since, zone), words::clock(*until, zone))
                }
                (why, _) => words::local(&why.to_string(), zone),
            };
            format!("{}{to}{}: {why}", hold.kind, words::local(&about, zone))
        };
        hold.map(line).collect()
    }
}

/// A kind with its stage.
pub fn kind(kind: Kind, stage: Option<&str>) -> String {
    stage.map_or_else(|| kind.to_string(), |stage| format!("{kind} ({stage})"))
}

/// The instant from which is looked, and what that means for the truth of the answer.
pub fn as_of(now: Timestamp, last_turn: Option<Timestamp>, played: Option<Timestamp>, zone: &Zone) -> String {
    let at = moment(now, zone);
    match (played, last_turn) {
        (Some(from), _) => format!("as of {at}, after playing the recordings from {}", clock(from, zone)),
        (None, None) => {
            format!(
                "as of {at}; no turn has been finished on this state yet: nothing has been said, and what the feeds show counts as \
                 known just now"
            )
        }
        (None, Some(turn)) if now.as_second() < turn.as_second() => {
            format!("as of {at}, looking back with what is known now (last turn {}): then less may have been known", clock(turn, zone))
        }
        (None, Some(turn)) => format!("as of {at}; the last turn was {}", clock(turn, zone)),
    }
}
