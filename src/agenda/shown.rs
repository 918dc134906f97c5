//! What all feeds show together, kept up feed by feed: a change of one feed costs the entries of that feed.
//! Owns whose word counts when feeds show the same thing: that of the first in the configuration. Remembers nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Absence, Agenda, Busy, Emergency, Identity, Shift, Task, Thing, merge};
use crate::people::{EngineerId, FeedName};

/// What a thing is called: a task and an emergency may share an identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// A task.
    Task(Identity),
    /// An emergency.
    Emergency(Identity),
}

/// A thing in a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// A task.
    Task(&'a Task),
    /// An emergency.
    Emergency(&'a Emergency),
}

/// What feeds show together.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// What each feed means, in the order of the configuration.
    parts: Vec<Agenda>,
    /// Where each thing stands: feeds, and places in the lists of these, in order. The first counts.
    named: HashMap<Name, Vec<(usize, usize)>>,
    /// The feeds that tell of each engineer's absences.
    away: BTreeMap<EngineerId, BTreeSet<usize>>,
    /// The feeds that tell of each engineer's meetings.
    meeting: BTreeMap<EngineerId, BTreeSet<usize>>,
}

/// What is otherwise than before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The things that a feed shows otherwise, shows now or shows no more; those of the first feed first, tasks before
    /// emergencies.
    pub things: Vec<Name>,
    /// The engineers whose absences differ.
    pub engineers: BTreeSet<EngineerId>,
    /// The engineers whose meetings differ.
    pub meetings: BTreeSet<EngineerId>,
    /// Whether shifts differ.
    pub shifts: bool,
    /// Whether what matches nobody differs.
    pub unmatched: bool,
}

impl Name {
    /// What a thing is called.
    pub fn of(thing: &Thing) -> Self {
        match thing {
            Thing::Task(task) => Self::Task(task.identity.clone()),
            Thing::Emergency(emergency) => Self::Emergency(emergency.identity.clone()),
        }
    }
}

impl<'a> Seen<'a> {
    /// A thing as seen.
    pub fn of(thing: &'a Thing) -> Self {
        match thing {
            Thing::Task(task) => Self::Task(task),
            Thing::Emergency(emergency) => Self::Emergency(emergency),
        }
    }

    /// What it is called.
    pub fn name(self) -> Name {
        match self {
            Self::Task(task) => Name::Task(task.identity.clone()),
            Self::Emergency(emergency) => Name::Emergency(emergency.identity.clone()),
        }
    }

    /// Whether it is as remembered.
    pub fn is(self, thing: &Thing) -> bool {
        match (self, thing) {
            (Self::Task(task), Thing::Task(known)) => task == known,
            (Self::Emergency(emergency), Thing::Emergency(known)) => emergency == known,
            (Self::Task(_), Thing::Emergency(_)) | (Self::Emergency(_), Thing::Task(_)) => false,
        }
    }

    /// A copy to be remembered.
    pub fn thing(self) -> Thing {
        match self {
            Self::Task(task) => Thing::Task(task.clone()),
            Self::Emergency(emergency) => Thing::Emergency(emergency.clone()),
        }
    }
}

impl Agenda {
    /// Its things, tasks first, each with its place in its list.
    fn things(&self) -> impl Iterator<Item = (usize, Seen<'_>)> {
        let tasks = self.tasks.iter().map(Seen::Task).enumerate();
        tasks.chain(self.emergencies.iter().map(Seen::Emergency).enumerate())
    }

    /// Its things by name; of several under one name the first.
    fn by_name(&self) -> HashMap<Name, Seen<'_>> {
        let mut named = HashMap::new();
        for (_, seen) in self.things() {
            named.entry(seen.name()).or_insert(seen);
        }
        named
    }
}

impl Shown {
    /// Nothing yet, from so many feeds.
    pub fn of(feeds: usize) -> Self {
        Self { parts: vec![Agenda::default(); feeds], ..Self::default() }
    }

    /// Takes in what some feeds mean now, each by its place in the configuration. What of that is otherwise than before.
    pub fn replace(&mut self, parts: Vec<(usize, Agenda)>) -> Changes {
        let mut changes = Changes::default();
        let mut emergencies = Vec::new();
        for (place, part) in parts {
            let Some(old) = self.parts.get(place) else { continue };
            changes.shifts |= old.shifts != part.shifts;
            changes.unmatched |= old.unmatched != part.unmatched;
            let people = old.absences.keys().chain(part.absences.keys());
            changes.engineers.extend(people.filter(|id| old.absences.get(*id) != part.absences.get(*id)).cloned());
            let people = old.busy.keys().chain(part.busy.keys());
            changes.meetings.extend(people.filter(|id| old.busy.get(*id) != part.busy.get(*id)).cloned());
            let (before, after) = (old.by_name(), part.by_name());
            let things = part.things().chain(old.things().filter(|(_, seen)| !after.contains_key(&seen.name())));
            for (_, seen) in things {
                let name = seen.name();
                if before.get(&name) != after.get(&name) {
                    match seen {
                        Seen::Task(_) => changes.things.push(name),
                        Seen::Emergency(_) => emergencies.push(name),
                    }
                }
            }
            drop((before, after));
            self.put(place, part);
        }
        changes.things.extend(emergencies);
        changes
    }

    /// Puts another part in its place.
    fn put(&mut self, place: usize, part: Agenda) {
        let Some(slot) = self.parts.get_mut(place) else { return };
        let old = std::mem::replace(slot, part);
        for (_, seen) in old.things() {
            let name = seen.name();
            if let Some(places) = self.named.get_mut(&name) {
                places.retain(|(feed, _)| *feed != place);
                if places.is_empty() {
                    self.named.remove(&name);
                }
            }
        }
        for id in old.absences.keys() {
            self.away.entry(id.clone()).or_default().remove(&place);
        }
        for id in old.busy.keys() {
            self.meeting.entry(id.clone()).or_default().remove(&place);
        }
        for (at, seen) in slot.things() {
            let places = self.named.entry(seen.name()).or_default();
            let before = places.partition_point(|known| *known < (place, at));
            places.insert(before, (place, at));
        }
        for id in slot.absences.keys() {
            self.away.entry(id.clone()).or_default().insert(place);
        }
        for id in slot.busy.keys() {
            self.meeting.entry(id.clone()).or_default().insert(place);
        }
    }

    /// The thing of that name, as the first feed shows it.
    pub fn get(&self, name: &Name) -> Option<Seen<'_>> {
        let (feed, place) = self.named.get(name)?.first()?;
        let part = self.parts.get(*feed)?;
        match name {
            Name::Task(_) => part.tasks.get(*place).map(Seen::Task),
            Name::Emergency(_) => part.emergencies.get(*place).map(Seen::Emergency),
        }
    }

    /// Whether any feed shows it.
    pub fn has(&self, name: &Name) -> bool {
        self.named.contains_key(name)
    }

    /// The things that count because the feed at `place` is the first to show them.
    pub fn of_feed(&self, place: usize) -> impl Iterator<Item = Seen<'_>> {
        let things = self.parts.get(place).into_iter().flat_map(Agenda::things);
        let first =
            move |(at, seen): &(usize, Seen<'_>)| self.named.get(&seen.name()).and_then(|places| places.first()) == Some(&(place, *at));
        things.filter(first).map(|(_, seen)| seen)
    }

    /// The names of all things, those of the first feed first, tasks before emergencies.
    pub fn names(&self) -> Vec<Name> {
        let of = |of_kind: fn(&Seen<'_>) -> bool| {
            let seen = (0..self.parts.len()).flat_map(|place| self.of_feed(place));
            seen.filter(of_kind).map(Seen::name).collect::<Vec<_>>()
        };
        [of(|seen| matches!(seen, Seen::Task(_))), of(|seen| matches!(seen, Seen::Emergency(_)))].concat()
    }

    /// When somebody is away, by all feeds.
    pub fn absences(&self, engineer: &EngineerId) -> Vec<Absence> {
        let feeds = self.away.get(engineer).into_iter().flatten().filter_map(|place| self.parts.get(*place));
        feeds.filter_map(|part| part.absences.get(engineer)).flatten().cloned().collect()
    }

    /// When somebody's meetings are, by all feeds.
    pub fn busy(&self, engineer: &EngineerId) -> Arc<Busy> {
        let feeds = self.meeting.get(engineer).into_iter().flatten().filter_map(|place| self.parts.get(*place));
        let mut busy = feeds.filter_map(|part| part.busy.get(engineer));
        match (busy.next(), busy.next()) {
            (None, _) => Arc::default(),
            (Some(only), None) => Arc::clone(only),
            (Some(first), Some(second)) => Arc::new([first, second].into_iter().chain(busy).flat_map(|busy| busy.iter()).collect()),
        }
    }

    /// Who is on call when.
    pub fn shifts(&self) -> Vec<Shift> {
        self.parts.iter().flat_map(|part| &part.shifts).cloned().collect()
    }

    /// Entries that match nobody: feed and title, each once.
    pub fn unmatched(&self) -> Vec<(FeedName, String)> {
        let mut seen = BTreeSet::new();
        self.parts.iter().flat_map(|part| &part.unmatched).filter(|entry| seen.insert(*entry)).cloned().collect()
    }

    /// Everything in one.
    pub fn agenda(&self) -> Agenda {
        merge(&self.parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Window;

    /// A feed named by its number with tasks of these titles, each also its UID up to the space.
    fn part(feed: usize, titles: &str) -> (usize, Agenda) {
        let window = Window::new("2026-12-01T09:00:00Z".parse().unwrap(), "2026-12-01T10:00:00Z".parse().unwrap()).unwrap();
        let task = |title: &str| Task {
            identity: Identity { uid: title.split('.').next().unwrap().to_owned(), recurrence_id: None },
            feed: format!("f{feed}").parse().unwrap(),
            account: None,
            matched_by: None,
            window,
            date_only: false,
            title: title.to_owned(),
            ticket: None,
            description: String::new(),
            recurs: false,
            cancelled: false,
            mark: None,
            escalate_unmatched: false,
        };
        (feed, Agenda { tasks: titles.split_whitespace().map(task).collect(), ..Agenda::default() })
    }

    /// What changed, and what is shown then.
    fn check(shown: &mut Shown, parts: Vec<(usize, Agenda)>) -> String {
        let changes = shown.replace(parts);
        let uid = |name: &Name| match name {
            Name::Task(identity) | Name::Emergency(identity) => identity.uid.clone(),
        };
        let title = |name: &Name| match shown.get(name) {
            Some(Seen::Task(task)) => format!("{} of {}", task.title, task.feed),
            Some(Seen::Emergency(_)) | None => "nothing".to_owned(),
        };
        let named: Vec<String> = changes.things.iter().map(uid).collect();
        let all: Vec<String> = shown.names().iter().map(title).collect();
        assert_eq!(shown.agenda().tasks.len(), all.len());
        format!("changed {}; {}", named.join(" "), all.join(", "))
    }

    #[test]
    fn other_shifts_and_entries_that_match_nobody_are_changes_of_their_own() {
        let window = Window::new("2026-12-01T09:00:00Z".parse().unwrap(), "2026-12-01T10:00:00Z".parse().unwrap()).unwrap();
        let shift = |name: &str| Shift { engineer: None, name: name.to_owned(), window, feed: "f0".parse().unwrap() };
        let agenda = |name: &str, entry: &str| Agenda {
            shifts: vec![shift(name)],
            unmatched: vec![("f0".parse().unwrap(), entry.to_owned())],
            ..Agenda::default()
        };
        let mut shown = Shown::of(2);
        let mut changed = |parts: &[(usize, &str, &str)]| {
            let parts = parts.iter().map(|(place, name, entry)| (*place, agenda(name, entry))).collect();
            let changes = shown.replace(parts);
            (changes.shifts, changes.unmatched)
        };
        assert_eq!(changed(&[(0, "zoe", "PTO")]), (true, true));
        assert_eq!(changed(&[(0, "zoe", "PTO")]), (false, false));
        assert_eq!(changed(&[(0, "eve", "PTO"), (1, "max", "ill")]), (true, true));
        // One feed that is as it was hides nothing of another.
        assert_eq!(changed(&[(0, "zoe", "PTO"), (1, "max", "ill")]), (true, false));
        assert_eq!(changed(&[(0, "zoe", "away"), (1, "max", "ill")]), (false, true));
    }

    #[test]
    fn other_meetings_are_a_change_of_their_own_and_all_feeds_tell_of_them() {
        let hour = |hour: i64| {
            let start: jiff::Timestamp = "2026-12-01T09:00:00Z".parse().unwrap();
            let at = |hour: i64| start.checked_add(jiff::SignedDuration::from_hours(hour)).unwrap();
            Window::new(at(hour), at(hour + 1)).unwrap()
        };
        let ada: EngineerId = "ada".parse().unwrap();
        let meeting = |hours: &[i64]| {
            let busy: Busy = hours.iter().map(|at| hour(*at)).collect();
            Agenda { busy: BTreeMap::from([(ada.clone(), Arc::new(busy))]), ..Agenda::default() }
        };
        let mut shown = Shown::of(2);
        let met = |shown: &Shown| shown.busy(&ada).iter().collect::<Vec<_>>();
        let changes = shown.replace(vec![(0, meeting(&[0])), (1, meeting(&[4]))]);
        assert_eq!((changes.meetings.len(), changes.engineers.len()), (1, 0));
        assert_eq!(met(&shown), [hour(0), hour(4)]);
        assert_eq!(shown.replace(vec![(1, meeting(&[4]))]), Changes::default());
        assert_eq!(shown.replace(vec![(0, Agenda::default())]).meetings.len(), 1);
        assert_eq!(met(&shown), [hour(4)]);
    }

    #[test]
    fn the_first_feed_wins_and_a_change_names_only_what_differs() {
        let mut shown = Shown::of(2);
        let both = vec![part(0, "a b"), part(1, "b.other c")];
        assert_eq!(check(&mut shown, both), "changed a b b c; a of f0, b of f0, c of f1");
        assert_eq!(check(&mut shown, vec![part(0, "a b")]), "changed ; a of f0, b of f0, c of f1");
        assert_eq!(check(&mut shown, vec![part(0, "a.new")]), "changed a b; a.new of f0, b.other of f1, c of f1");
        assert_eq!(check(&mut shown, vec![part(0, "d a.new"), part(1, "")]), "changed d b c; d of f0, a.new of f0");
        assert_eq!(check(&mut shown, vec![part(0, "a.new a.again d"), part(1, "a.third")]), "changed a; a.new of f0, d of f0");
    }
}
