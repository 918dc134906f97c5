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
use super::roster::Roster;
use super::rules::Rules;
use super::series::Series;
use super::verdict::Hold;
use super::wakes::Wakes;
use super::{alert, before_leave, catch_up, chain, change, coverage, escalation, outcomes, request, slots};
use crate::agenda::{Absence, Busy, Emergency, History, Shift, TaskId};
use crate::availability::Availability;
use crate::people::{AccountId, Address, Contact, EngineerId, FeedName, Team};
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
    /// Who has to do with which account.
    pub roster: Arc<Roster>,
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
    /// Everybody's meetings: of no weight for any decision, only for the half hour that a letter proposes.
    pub busy: BTreeMap<EngineerId, Arc<Busy>>,
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
    /// When it was given up.
    pub at: Timestamp,
    /// After how many attempts: it may be tried again by hand, and refused once more.
    pub attempt: u32,
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

    /// Lets `decide` add to the plan; when that may change again, and what it gave.
    fn apart<T>(&mut self, decide: impl FnOnce(&mut Self) -> T) -> (Option<Timestamp>, T) {
        let others = self.next.take();
        let given = decide(self);
        let own = self.next;
        self.wake(others);
        (own, given)
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
    pub(super) by_account: BTreeMap<AccountId, BTreeSet<TaskId>>,
    /// Tasks in which no account was found.
    pub(super) lost: BTreeSet<TaskId>,
    /// When to look again at what matches nobody; none when only something new makes that worth it.
    pub(super) lost_again: Option<Timestamp>,
    /// Emergencies of each account.
    pub(super) emergencies: BTreeMap<AccountId, BTreeMap<TaskId, Emergency>>,
    /// The account of each emergency.
    pub(super) emergency_of: BTreeMap<TaskId, AccountId>,
    /// Each engineer's leaves, with the tasks in them.
    pub(super) leaves: BTreeMap<EngineerId, Vec<Leave>>,
    /// Series of tasks that one briefing serves.
    pub(super) series: Vec<Series>,
    /// When to decide about each task again.
    pub(super) tasks: Wakes<TaskId>,
    /// When to decide about each engineer's lists and digests again.
    pub(super) lists: Wakes<EngineerId>,
    /// The tasks of whose changes somebody is yet to hear, by person.
    pub(super) awaiting: BTreeMap<String, BTreeSet<TaskId>>,
    /// Feeds that were read at the last look and of which no alert is open.
    well: BTreeSet<FeedName>,
}

impl Desk {
    /// Lays out what is known.
    pub fn new(scene: Scene) -> Self {
        let all: BTreeSet<TaskId> = scene.history.keys().cloned().collect();
        let people: Vec<EngineerId> = scene.availability.keys().cloned().collect();
        let mut desk = Self {
            scene,
            cases: BTreeMap::new(),
            by_account: BTreeMap::new(),
            lost: BTreeSet::new(),
            lost_again: Some(Timestamp::MIN),
            emergencies: BTreeMap::new(),
            emergency_of: BTreeMap::new(),
            leaves: BTreeMap::new(),
            series: Vec::new(),
            tasks: Wakes::default(),
            lists: Wakes::default(),
            awaiting: BTreeMap::new(),
            well: BTreeSet::new(),
        };
        desk.lay(&all);
        desk.lists.open(people);
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
            self.tasks.open([id.clone()]);
        }
    }

    /// Forgets all decisions.
    pub fn touch_all(&mut self) {
        self.tasks.open(self.cases.keys().cloned());
        self.lists.open(self.scene.availability.keys().cloned());
        self.lost_again = Some(Timestamp::MIN);
    }

    /// Decides what to say at `now`. Tells the holds only of what was due to be decided; [`Desk::touch_all`] first to hear
    /// every reason. Calling it again at the same `now` with what it said in `past` says nothing more.
    pub fn decide(&mut self, past: &Past, outside: &Outside, now: Timestamp) -> Plan {
        let mut plan = Plan::default();
        for series in &mut self.series {
            self.tasks.open(series.renew(&self.cases, past, now, &mut plan));
        }
        self.decide_tasks(past, outside, now, &mut plan);
        self.decide_lists(past, outside, now, &mut plan);
        let look = self.look(past, outside, now);
        outside.feeds.iter().for_each(|health| alert::brake(health, look, &mut plan));
        let feeds = outside.feeds.iter().filter(|health| health.failing_since.is_some() || !self.well.contains(&health.feed));
        let looked: Vec<(&FeedName, bool)> = feeds.map(|health| (&health.feed, alert::feed(health, look, &mut plan))).collect();
        alert::refused(look, &mut plan);
        let lost = self.lost_again.filter(|at| *at <= now).map(|_| alert::unmatched(self, look, &mut plan));
        coverage::decide(self, look, &mut plan);
        self.lost_again = lost.unwrap_or(self.lost_again);
        plan.wake(self.lost_again);
        for (feed, well) in looked {
            if well {
                self.well.insert(feed.clone())
            } else {
                self.well.remove(feed)
            };
        }
        plan.say.sort_by(|one, other| (&one.to.address, &one.key).cmp(&(&other.to.address, &other.key)));
        let look = self.look(past, outside, now);
        slots::decide(self, look, &mut plan);
        outcomes::decide(self, look, &mut plan);
        plan
    }

    /// Decides about the tasks whose hour has come or about which something is new.
    fn decide_tasks(&mut self, past: &Past, outside: &Outside, now: Timestamp, plan: &mut Plan) {
        let look = Look { scene: &self.scene, past, outside, series: &self.series, now };
        for id in self.tasks.due(now) {
            let Some(case) = self.cases.get(&id) else { continue };
            let mut found = Plan::default();
            let outdated = change::decide(case, look, &mut found);
            for hold in &found.hold {
                self.awaiting.entry(hold.person.clone()).or_default().insert(id.clone());
            }
            request::decide(case, &outdated, look, &mut found);
            escalation::decide(case, &outdated, look, &mut found);
            // What was said or handed over changes what is to be said next: decide again with that in the past.
            if !(found.say.is_empty() && found.writers.is_empty() && found.instants.is_empty()) {
                self.tasks.open([id.clone()]);
            }
            // What is said next may be due at once.
            found.wake(Some(now).filter(|_| !(found.writers.is_empty() && found.instants.is_empty())));
            // What is new about a task may make a list of it.
            self.lists.open(case.account.iter().flat_map(|account| account.engineers.iter().cloned()));
            self.tasks.set(id, found.next);
            plan.absorb(found);
        }
        plan.wake(self.tasks.next());
    }

    /// Decides about the lists and digests of engineers whose hour has come or about whom something is new.
    fn decide_lists(&mut self, past: &Past, outside: &Outside, now: Timestamp, plan: &mut Plan) {
        let due = self.lists.due(now);
        let look = self.look(past, outside, now);
        let mut wakes: BTreeMap<EngineerId, (Option<Timestamp>, bool)> = BTreeMap::new();
        let mut listed: BTreeSet<TaskId> = BTreeSet::new();
        for id in &due {
            let (next, spoke) = plan.apart(|plan| before_leave::decide(self, id, look, plan));
            if spoke {
                // Who reads a list has the tasks in mind as they are now.
                listed.extend(self.scene.roster.named(id).filter_map(|account| self.by_account.get(account)).flatten().cloned());
            }
            wakes.insert(id.clone(), (next, spoke));
        }
        for id in &due {
            let (next, spoke) = plan.apart(|plan| catch_up::decide(self, id, look, plan));
            let wake = wakes.entry(id.clone()).or_default();
            *wake = (wake.0.into_iter().chain(next).min(), wake.1 || spoke);
        }
        for (id, (next, spoke)) in wakes {
            // A letter may turn out to have been said already, and then its other notices are said anew.
            self.lists.open(spoke.then(|| id.clone()));
            self.lists.set(id, next);
        }
        self.tasks.open(listed);
        plan.wake(self.lists.next());
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
        freed: Vec::new(),
        outcomes: Vec::new(),
        body,
    }
}
