//! The planner's desk: everything known, laid out once per change of inputs, and decided upon once per turn.
//! Says when its answer can next change without new input, so that nobody needs to ask before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::before_leave::Leave;
use super::case::Case;
use super::health::FeedHealth;
use super::look::Look;
use super::notice::{Briefing, Key, Kind, Notice, Recipient};
use super::past::{Past, Writer};
use super::rules::Rules;
use super::series::Series;
use super::verdict::Hold;
use super::{alert, before_leave, catch_up, chain, change, coverage, escalation, request, series};
use crate::agenda::{Absence, Emergency, History, Shift, TaskId};
use crate::availability::Availability;
use crate::people::{Account, AccountId, Address, Contact, EngineerId, FeedName, Team};
use crate::zone::Zone;

/// The name under which the instant of the last turn is remembered.
pub const LAST_TURN: &str = "turn";

/// The name under which the first turn ever is remembered.
pub const BORN: &str = "born";

/// How far ahead the plan looks.
pub const HORIZON: SignedDuration = SignedDuration::from_hours(120 * 24);

/// Everything known that does not depend on `now`.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Everybody.
    pub team: Arc<Team>,
    /// The settings.
    pub rules: Arc<Rules>,
    /// The zone in which mailboxes read, and of daily lists.
    pub zone: Zone,
    /// Accounts by id.
    pub accounts: BTreeMap<AccountId, Arc<Account>>,
    /// When each account was first in the configuration.
    pub accounts_added: BTreeMap<AccountId, Timestamp>,
    /// When each feed was first in the configuration.
    pub feeds_added: BTreeMap<FeedName, Timestamp>,
    /// When each engineer was first in the configuration.
    pub engineers_added: BTreeMap<EngineerId, Timestamp>,
    /// Everything seen.
    pub history: Arc<History>,
    /// Everybody's availability.
    pub availability: BTreeMap<EngineerId, Availability>,
    /// Everybody's absences, for the person's own eyes.
    pub absences: BTreeMap<EngineerId, Vec<Absence>>,
    /// On-call shifts.
    pub shifts: Vec<Shift>,
    /// Entries of team feeds that match nobody: the feed, and a title that only serves to tell them apart.
    pub unmatched: Vec<(FeedName, String)>,
}

/// A letter that was refused for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLetter {
    /// Its key.
    pub key: Key,
    /// Its subject.
    pub subject: String,
    /// To whom it should have gone.
    pub to: Address,
    /// What the server said.
    pub answer: String,
}

/// What changes from turn to turn outside the calendars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// All feeds, in the order of the configuration.
    pub feeds: Vec<FeedHealth>,
    /// Letters refused so far.
    pub refused: Vec<RefusedLetter>,
}

/// What one turn came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What to say now.
    pub say: Vec<Notice>,
    /// What not to say now, and why.
    pub hold: Vec<Hold>,
    /// Hand-overs found.
    pub writers: Vec<Writer>,
    /// Named instants to remember.
    pub instants: Vec<(String, Timestamp)>,
    /// When the answer can next change without new input.
    pub next: Option<Timestamp>,
}

impl Plan {
    /// Notes an instant at which something may change.
    pub(super) fn wake(&mut self, at: Option<Timestamp>) {
        self.next = match (self.next, at) {
            (Some(next), Some(at)) => Some(next.min(at)),
            (next, at) => next.or(at),
        };
    }

    /// Takes over what `other` found.
    fn absorb(&mut self, other: Self) {
        self.wake(other.next);
        self.say.extend(other.say);
        self.hold.extend(other.hold);
        self.writers.extend(other.writers);
        self.instants.extend(other.instants);
    }
}

/// Everything laid out for decisions.
#[derive(Clone, Debug)]
pub struct Desk {
    /// What is known.
    pub(super) scene: Scene,
    /// One case per task, by id.
    pub(super) cases: BTreeMap<TaskId, Case>,
    /// The tasks of each account.
    by_account: BTreeMap<AccountId, Vec<TaskId>>,
    /// Tasks in which no account was found.
    pub(super) lost: Vec<TaskId>,
    /// Emergencies of each account.
    pub(super) emergencies: BTreeMap<AccountId, Vec<Emergency>>,
    /// Leaves to come, with the tasks in them.
    pub(super) leaves: Vec<Leave>,
    /// Series of tasks that one briefing serves.
    pub(super) series: Vec<Series>,
    /// Tasks to be decided in the next turn, whatever the time: new, changed, or something was said about them.
    open: BTreeSet<TaskId>,
    /// Tasks whose decisions hold until then.
    wakes: BTreeSet<(Timestamp, TaskId)>,
}

impl Desk {
    /// Lays out what is known.
    pub fn new(scene: Scene) -> Self {
        let cases = scene.history.values().filter_map(|sighting| Case::of(sighting, &scene));
        let mut cases: BTreeMap<TaskId, Case> = cases.map(|case| (case.id.clone(), case)).collect();
        let series = series::gather(&mut cases, &scene);
        let mut by_account: BTreeMap<AccountId, Vec<TaskId>> = BTreeMap::new();
        let mut lost = Vec::new();
        for case in cases.values() {
            match &case.account {
                Some(account) => by_account.entry(account.id.clone()).or_default().push(case.id.clone()),
                None => lost.push(case.id.clone()),
            }
        }
        let mut emergencies: BTreeMap<AccountId, Vec<Emergency>> = BTreeMap::new();
        let standing = scene.history.values().filter(|sighting| sighting.gone.is_none());
        for emergency in standing.filter_map(|sighting| sighting.thing.emergency()).filter(|emergency| !emergency.cancelled) {
            if let Some(account) = &emergency.account {
                emergencies.entry(account.clone()).or_default().push(emergency.clone());
            }
        }
        let open = cases.keys().cloned().collect();
        let (leaves, wakes) = (Vec::new(), BTreeSet::new());
        let mut desk = Self { scene, cases, by_account, lost, emergencies, leaves, series, open, wakes };
        desk.leaves = before_leave::leaves(&desk);
        desk
    }

    /// What is known.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// All tasks.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }

    /// The tasks of an account.
    pub(super) fn cases_of(&self, account: &AccountId) -> impl Iterator<Item = &Case> {
        self.by_account.get(account).into_iter().flatten().filter_map(|id| self.cases.get(id))
    }

    /// One task.
    pub fn case(&self, id: &TaskId) -> Option<&Case> {
        self.cases.get(id)
    }

    /// Why nothing more is to be said about a task, if so.
    pub fn settled(&self, case: &Case, past: &Past, now: Timestamp) -> Option<super::Why> {
        let outside = Outside::default();
        request::settled(case, self.look(past, &outside, now))
    }

    /// Whether `person` is one of those who may be told of a task as it is now.
    pub fn concerns(&self, case: &Case, person: &str) -> bool {
        change::concerns(case, person, &self.scene)
    }

    /// What is known of a task's briefing at `now`.
    pub fn briefing(&self, case: &Case, past: &Past, now: Timestamp) -> Briefing {
        let outside = Outside::default();
        case.briefing(self.look(past, &outside, now))
    }

    /// Who is to write for a task at `now`, and until when they can; none when nobody is asked any more.
    pub fn writer(&self, case: &Case, past: &Past, now: Timestamp) -> Option<(EngineerId, Option<Timestamp>)> {
        let outside = Outside::default();
        let look = self.look(past, &outside, now);
        if request::settled(case, look).is_some() {
            return None;
        }
        let standing = chain::standing(case, look);
        standing.asked.first().map(|asked| (asked.link.engineer.clone(), asked.link.deadline))
    }

    /// Everything that a decision at `now` looks at.
    pub(super) fn look<'a>(&'a self, past: &'a Past, outside: &'a Outside, now: Timestamp) -> Look<'a> {
        Look { scene: &self.scene, past, outside, series: &self.series, now }
    }

    /// When a letter due now reaches `engineer`; none when that is beyond sight.
    pub fn reached(&self, engineer: &EngineerId, now: Timestamp) -> Option<Timestamp> {
        match self.scene.reach(Some(engineer), now) {
            Reach::Now => Some(now),
            Reach::Later(at) => Some(at),
            Reach::Never => None,
        }
    }

    /// Forgets decisions about `tasks`: something about them was said or answered.
    pub fn touch<'a>(&mut self, tasks: impl IntoIterator<Item = &'a TaskId>) {
        for id in tasks {
            if let Some(series) = self.cases.get(id).and_then(|case| case.group).and_then(|place| self.series.get_mut(place)) {
                series.touch();
            }
            self.open.insert(id.clone());
        }
    }

    /// Decides what to say at `now`. Tells the holds only of tasks whose decision was due; [`Desk::touch`] all of them
    /// first to hear every reason. Calling it again at the same `now` with what it said in `past` says nothing more.
    pub fn decide(&mut self, past: &Past, outside: &Outside, now: Timestamp) -> Plan {
        let mut plan = Plan::default();
        for series in &mut self.series {
            self.open.extend(series.renew(&self.cases, past, now, &mut plan));
        }
        let mut due = std::mem::take(&mut self.open);
        while self.wakes.first().is_some_and(|(at, _)| *at <= now) {
            due.extend(self.wakes.pop_first().map(|(_, id)| id));
        }
        let look = Look { scene: &self.scene, past, outside, series: &self.series, now };
        for id in due {
            let Some(case) = self.cases.get(&id) else { continue };
            let mut found = Plan::default();
            let outdated = change::decide(case, look, &mut found);
            request::decide(case, &outdated, look, &mut found);
            escalation::decide(case, &outdated, look, &mut found);
            // What was said or handed over changes what is to be said next: decide again with that in the past.
            if !(found.say.is_empty() && found.writers.is_empty() && found.instants.is_empty()) {
                self.open.insert(id);
            } else if let Some(next) = found.next {
                self.wakes.insert((next, id));
            }
            plan.absorb(found);
        }
        plan.wake(self.wakes.first().map(|(at, _)| *at));
        before_leave::decide(self, look, &mut plan);
        catch_up::decide(self, look, &mut plan);
        alert::decide(self, look, &mut plan);
        coverage::decide(self, look, &mut plan);
        plan.say.sort_by(|one, other| (&one.to.address, &one.key).cmp(&(&other.to.address, &other.key)));
        plan
    }
}

impl Scene {
    /// The instant from which a thing of `feed` and `account` is answered for, as far as `engineer` is concerned: when
    /// the state was born, or the feed, the account or the engineer came into the configuration.
    pub(super) fn answered_from(&self, past: &Past, feed: &FeedName, account: Option<&AccountId>) -> Timestamp {
        let born = past.instants.get(BORN).copied();
        let feed = self.feeds_added.get(feed).copied();
        let account = account.and_then(|account| self.accounts_added.get(account)).copied();
        [born, feed, account].into_iter().flatten().max().unwrap_or(Timestamp::MIN)
    }

    /// Whether a letter due at or before `now` may reach `contact` at `now`; else when.
    pub(super) fn reach(&self, engineer: Option<&EngineerId>, now: Timestamp) -> Reach {
        let Some(engineer) = engineer else { return Reach::Now };
        match self.availability.get(engineer).and_then(|availability| availability.arrive(now, self.rules.settle)) {
            Some(at) if at == now => Reach::Now,
            Some(at) => Reach::Later(at),
            None => Reach::Never,
        }
    }

    /// An engineer as a recipient.
    pub(super) fn engineer(&self, id: &EngineerId) -> Option<Recipient> {
        let engineer = self.team.engineers.get(id)?;
        let (name, address) = (Some(engineer.name.clone()), engineer.email.clone());
        Some(Recipient { engineer: Some(id.clone()), name, address, zone: engineer.zone.clone() })
    }

    /// A mailbox as a recipient, reading times in `zone`, else in the team's.
    pub(super) fn mailbox(&self, address: &Address, zone: Option<&Zone>) -> Recipient {
        let zone = zone.unwrap_or(&self.zone).clone();
        Recipient { engineer: None, name: None, address: address.clone(), zone }
    }

    /// A contact as a recipient.
    pub(super) fn contact(&self, contact: &Contact, zone: Option<&Zone>) -> Option<Recipient> {
        match contact {
            Contact::Engineer(id) => self.engineer(id),
            Contact::Mailbox(address) => Some(self.mailbox(address, zone)),
        }
    }

    /// The admin as a recipient.
    pub(super) fn admin(&self) -> Recipient {
        self.mailbox(&self.team.admin, None)
    }
}

/// When a letter reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// At once.
    Now,
    /// Then.
    Later(Timestamp),
    /// Not as far as can be seen.
    Never,
}

/// Everything a notice about one task has in common.
pub(super) fn about(kind: Kind, key: Key, to: Recipient, case: &Case, body: super::notice::Body) -> Notice {
    Notice {
        kind,
        key,
        to,
        account: case.task.account.clone(),
        task: Some(case.id.clone()),
        uid: Some(case.task.identity.uid.clone()),
        recurrence_id: case.task.identity.recurrence_id.clone(),
        task_start: Some(case.start()),
        stage: None,
        reason: String::new(),
        uids: None,
        covers: Vec::new(),
        body,
    }
}
