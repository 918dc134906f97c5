//! A small world for stories: a configuration, perhaps another one later, feeds by hand, people's answers; what is said in
//! it, as rows of text.
//! Plays with the time machine of the product and knows no rule of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::chaos::{self, Mood, Played, Stage, Trouble};
use crate::config::{self, Config, Context};
use crate::cycle::{Cycle, Written};
use crate::feeds::{self, Fetched, Previous, Recording};
use crate::oracle;
use crate::outbox::State;
use crate::people::FeedName;
use crate::plan::notice::{Alert, Change, Digest};
use crate::plan::{Body, Kind, Notice};
use crate::simulate::{Reply, Simulation};

/// The feeds that every world has, with what else the configuration says of them.
const FEEDS: [(&str, &str, &str); 5] = [
    ("tasks", "tasks", ""),
    ("emergencies", "emergencies", ""),
    ("leave", "absences", "every_event = \"absence\""),
    ("holidays", "holidays", ""),
    ("on-call", "on-call", ""),
];

/// A world to be played.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// Settings as written: by section, then by key.
    settings: BTreeMap<String, BTreeMap<String, String>>,
    /// More lines of feeds, by name.
    feeds: BTreeMap<String, String>,
    /// `[[engineer]]` tables.
    engineers: String,
    /// `[[account]]` tables.
    accounts: String,
    /// Feeds that only this world has: name and purpose.
    own: Vec<(String, String)>,
    /// What each feed shows, as files of a recording.
    takes: BTreeMap<String, Vec<(String, Vec<u8>)>>,
    /// What people answer.
    replies: Vec<Reply>,
    /// What is wrong with mail.
    troubles: Vec<Trouble>,
    /// The first instant.
    pub(super) from: Timestamp,
    /// The first instant not played.
    pub(super) until: Timestamp,
    /// The world that it becomes when an admin does something.
    later: Option<Box<World>>,
    /// The feed of which the admin accepts the loss at the first instant.
    accepted: Option<String>,
}

impl World {
    /// Nobody yet: office hours in UTC, a manager, a last resort, no coverage letter, nothing in any feed.
    pub(super) fn new(from: &str, until: &str) -> Self {
        let feeds = FEEDS.map(|(name, _, more)| (name.to_owned(), more.to_owned()));
        let (from, until) = (from.parse().unwrap(), until.parse().unwrap());
        let (engineers, accounts) = (String::new(), String::new());
        let (settings, takes, replies) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let world = Self {
            settings,
            feeds: feeds.into(),
            engineers,
            accounts,
            own: Vec::new(),
            takes,
            replies,
            troubles: Vec::new(),
            from,
            until,
            later: None,
            accepted: None,
        };
        world
            .set("service", "admin", "\"ops@example.com\"")
            .set("mail", "from", "\"offwatch@example.com\"")
            .set("mail", "send", "\"folder\"")
            .set("schedule", "coverage", "\"\"")
            .set("hours", "time_zone", "\"UTC\"")
            .set("briefing", "manager", "\"boss@example.com\"")
            .set("briefing", "last_resort", "\"duty@example.com\"")
    }

    /// The smallest world: ada alone knows acme.
    pub(super) fn of_ada(from: &str, until: &str) -> Self {
        Self::new(from, until).engineer("ada", "").account("acme", "engineers = [\"ada\"]")
    }

    /// Ada owns acme and bob stands in for her; both keep office hours in UTC.
    pub(super) fn of_ada_and_bob(from: &str, until: &str) -> Self {
        let people = Self::new(from, until).engineer("ada", "").engineer("bob", "");
        people.account("acme", "engineers = [\"ada\"]\nbackups = [\"bob\"]")
    }

    /// Decides a setting; `value` is TOML.
    pub(super) fn set(mut self, section: &str, key: &str, value: &str) -> Self {
        self.settings.entry(section.to_owned()).or_default().insert(key.to_owned(), value.to_owned());
        self
    }

    /// Leaves a setting out.
    pub(super) fn unset(mut self, section: &str, key: &str) -> Self {
        self.settings.get_mut(section).unwrap().remove(key).unwrap();
        self
    }

    /// The leads of all requests.
    pub(super) fn leads(self, leads: &[&str]) -> Self {
        self.set("briefing", "leads", &format!("{leads:?}"))
    }

    /// More lines in the table of a feed.
    pub(super) fn feed(mut self, name: &str, lines: &str) -> Self {
        self.feeds.insert(name.to_owned(), lines.to_owned()).unwrap();
        self
    }

    /// One more feed, read for `reads`.
    pub(super) fn own_feed(mut self, name: &str, reads: &str, lines: &str) -> Self {
        self.own.push((name.to_owned(), reads.to_owned()));
        self.feeds.insert(name.to_owned(), lines.to_owned());
        self
    }

    /// An engineer; more lines of the table may follow.
    pub(super) fn engineer(mut self, id: &str, lines: &str) -> Self {
        writeln!(self.engineers, "[[engineer]]\nid = \"{id}\"\nemail = \"{id}@example.com\"\n{lines}").unwrap();
        self
    }

    /// An account; the lines must say who its engineers are.
    pub(super) fn account(mut self, id: &str, lines: &str) -> Self {
        writeln!(self.accounts, "[[account]]\nid = \"{id}\"\n{lines}").unwrap();
        self
    }

    /// Leaves out all accounts.
    pub(super) fn without_accounts(self) -> Self {
        Self { accounts: String::new(), ..self }
    }

    /// Leaves out one of its own feeds.
    pub(super) fn without_feed(mut self, name: &str) -> Self {
        self.own.retain(|(own, _)| own != name);
        self.takes.remove(name);
        self
    }

    /// From `at` on the feed shows these events: one a row, `uid | title | start..end | more lines of it | …`.
    pub(super) fn shows(self, feed: &str, at: &str, rows: &str) -> Self {
        let body = calendar(rows);
        self.serves(feed, at, &body)
    }

    /// From the beginning on the feed shows these events.
    pub(super) fn has(self, feed: &str, rows: &str) -> Self {
        let from = self.from.to_string();
        self.shows(feed, &from, rows)
    }

    /// From `at` on a fetch gets this body.
    pub(super) fn serves(self, feed: &str, at: &str, body: &str) -> Self {
        self.takes(feed, at, "ics", body)
    }

    /// From `at` on fetches of the feed fail.
    pub(super) fn fails(self, feed: &str, at: &str, why: &str) -> Self {
        self.takes(feed, at, "error", why)
    }

    /// Notes what a fetch gets from `at` on, in place of what was said of that instant before.
    fn takes(mut self, feed: &str, at: &str, kind: &str, content: &str) -> Self {
        let at: Timestamp = at.parse().unwrap();
        let files = self.takes.entry(feed.to_owned()).or_default();
        files.retain(|(name, _)| !name.starts_with(&at.to_string()));
        files.push((format!("{at}.{kind}"), content.as_bytes().to_vec()));
        self
    }

    /// Somebody answers for a task, or for one occurrence `uid#recurrence-id`: `done` or `waived`.
    pub(super) fn answers(self, at: &str, task: &str, word: &str) -> Self {
        self.replies(at, task, word, None)
    }

    /// The same by somebody who is known.
    pub(super) fn says(self, who: &str, at: &str, task: &str, word: &str) -> Self {
        self.replies(at, task, word, Some(who.to_owned()))
    }

    /// Notes an answer.
    fn replies(mut self, at: &str, task: &str, word: &str, by: Option<String>) -> Self {
        let (uid, recurrence_id) = task.split_once('#').map_or((task, None), |(uid, id)| (uid, Some(id.to_owned())));
        assert!(["done", "waived"].contains(&word));
        self.replies.push(Reply { at: at.parse().unwrap(), uid: uid.to_owned(), recurrence_id, waived: word == "waived", by });
        self
    }

    /// From `since` until `until` mail is in that mood; all but one in which it is down befall one letter only.
    pub(super) fn mail(mut self, since: &str, until: &str, mood: Mood) -> Self {
        self.troubles.push(Trouble { since: since.parse().unwrap(), until: until.parse().unwrap(), mood });
        self
    }

    /// At `at` another configuration comes into force: the one of `changed`, which is given this world and may add to it.
    pub(super) fn becomes(mut self, at: &str, changed: impl FnOnce(Self) -> Self) -> Self {
        let later = Self { from: at.parse().unwrap(), ..self.clone() };
        self.later = Some(Box::new(changed(later)));
        self
    }

    /// At `at` the admin says that a feed which is held back is right as it is.
    pub(super) fn accepts(self, at: &str, feed: &str) -> Self {
        self.becomes(at, |world| Self { accepted: Some(feed.to_owned()), ..world })
    }

    /// The configuration file.
    fn text(&self) -> String {
        let mut text = String::new();
        for (section, lines) in &self.settings {
            writeln!(text, "[{section}]").unwrap();
            text.extend(lines.iter().map(|(key, value)| format!("{key} = {value}\n")));
        }
        let own = self.own.iter().map(|(name, reads)| (name.as_str(), reads.as_str()));
        for (name, reads) in FEEDS.iter().map(|(name, reads, _)| (*name, *reads)).chain(own) {
            let more = &self.feeds[name];
            writeln!(text, "[[feed]]\nname = \"{name}\"\npath = \"{name}\"\nreads = [\"{reads}\"]\n{more}").unwrap();
        }
        text + &self.engineers + &self.accounts
    }

    /// The recordings: a feed of which nothing was said is an empty calendar.
    pub(super) fn recordings(&self, config: &Config) -> crate::simulate::World {
        let names: BTreeSet<&str> = config.feeds.iter().map(|feed| feed.role.name.as_str()).collect();
        assert!(self.takes.keys().all(|name| names.contains(name.as_str())), "a story speaks of a feed that there is not");
        let recorded = config.feeds.iter().map(|feed| {
            let empty = || vec![(format!("{}.ics", self.from), calendar("").into_bytes())];
            let files = self.takes.get(feed.role.name.as_str()).cloned().unwrap_or_else(empty);
            let (recording, aside) = Recording::from_files(files);
            assert_eq!(aside, Vec::<String>::new());
            (feed.role.name.clone(), recording)
        });
        recorded.collect()
    }

    /// What a fetch of each feed gets at first.
    pub(super) fn bodies(&self) -> Vec<(FeedName, feeds::Body)> {
        let recordings = self.recordings(&self.config());
        let first = recordings.into_iter().map(|(feed, recording)| match feeds::play(&recording, &Previous::default(), self.from) {
            Fetched::New(body) => (feed, body),
            Fetched::Unchanged | Fetched::Failed { .. } => panic!("feed {feed} has nothing to show"),
        });
        first.collect()
    }

    /// What the configuration file means.
    pub(super) fn config(&self) -> Arc<Config> {
        let config = config::read(&self.text(), "offwatch.toml", Path::new("/nowhere"), &Context::default());
        Arc::new(config.unwrap_or_else(|problems| panic!("{problems}\n{}", self.text())))
    }

    /// Plays it: every letter with its instant. The oracle judges every story as far as one configuration reaches.
    pub(super) fn letters(&self) -> Vec<(Timestamp, Written)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        if let Some(later) = &self.later {
            assert!(self.troubles.is_empty() && later.troubles.is_empty(), "mail has its troubles under one configuration only");
            let before = Self { until: later.from, later: None, ..self.clone() }.letters();
            let [restarted, reloaded] = [true, false].map(|restarts| runtime.block_on(self.reconfigured(later, restarts)));
            assert!(restarted.starts_with(&before));
            assert_eq!(rows(&restarted), rows(&reloaded), "a restart says something else than a reload");
            assert!(restarted == reloaded, "a restart says it otherwise than a reload");
            return restarted;
        }
        runtime.block_on(self.played()).letters
    }

    /// Plays it under its one configuration. What turns queued is judged; when a letter was taken back, only by what holds at
    /// any time, since nobody heard what it says.
    async fn played(&self) -> Played {
        let (config, replies, troubles) = (self.config(), self.replies.clone(), self.troubles.clone());
        let feeds = self.recordings(&config);
        let (crashes, leaps) = (Vec::new(), Vec::new());
        let stage = Stage { config, feeds, replies, from: self.from, until: self.until, crashes, troubles, leaps };
        let played = chaos::play(stage, false).await.unwrap();
        let mut broken = oracle::check(&played.world, if self.troubles.is_empty() { &played.heard } else { &played.said });
        let taken_back = played.outbox.iter().any(|letter| letter.life.state == State::Withdrawn);
        broken.retain(|broken| !taken_back || oracle::AT_ANY_TIME.contains(&broken.rule));
        assert_eq!(broken, [], "the second opinion differs");
        played
    }

    /// Plays it until the `later` configuration comes into force, by a restart or a reload, and then that.
    async fn reconfigured(&self, later: &Self, restarts: bool) -> Vec<(Timestamp, Written)> {
        let (config, other) = (self.config(), later.config());
        let (feeds, others) = (self.recordings(&config), later.recordings(&other));
        let mut letters = Vec::new();
        let mut play = Simulation::new(config, feeds, self.replies.clone(), self.from, later.from).await.unwrap();
        while let Some((at, report)) = play.step().await.unwrap() {
            play.save().await.unwrap();
            letters.extend(report.letters.into_iter().map(|written| (at, written)));
        }
        let (mut cycle, store) = play.into_parts();
        if let Some(feed) = &later.accepted {
            assert!(store.accept(&feed.parse().unwrap(), later.from).await.unwrap().is_some(), "there is nothing to accept");
            cycle.reload(&store).await.unwrap();
        }
        if restarts {
            cycle = Cycle::resume(other, &store).await.unwrap();
        } else {
            cycle.adopt(other);
        }
        let replies = later.replies.iter().filter(|reply| reply.at >= later.from).cloned().collect();
        let mut play = Simulation::on((cycle, store), others, replies, later.from, later.until).unwrap();
        while let Some((at, report)) = play.step().await.unwrap() {
            letters.extend(report.letters.into_iter().map(|written| (at, written)));
        }
        letters
    }
}

/// Plays a world: a row for each notice, by instant, recipient and text; one that travels in the letter above is marked `+`.
pub(super) fn check(world: &World) -> String {
    rows(&world.letters())
}

/// Plays a world: its rows by the instants at which letters were queued, and after each letter what became of it.
pub(super) fn fates(world: &World) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let played = runtime.block_on(world.played());
    let fates = played.letters.iter().map(|letter| {
        let waiting = played.outbox.iter().find(|waiting| waiting.key == letter.1.letter.key).unwrap();
        let life = &waiting.life;
        let when = life.done.map_or_else(String::new, |done| done.to_string().replace(":00Z", "Z"));
        let why = life.last_answer.as_deref().filter(|_| life.state != State::Accepted).unwrap_or_default();
        format!("{}\n{:>17} {} {when} {why}", rows(std::slice::from_ref(letter)), "->", life.state).trim_end().to_owned()
    });
    fates.collect::<Vec<_>>().join("\n")
}

/// Plays a world: of each letter to `who` in which they hear something of that kind when it was queued, its subject, and the
/// paragraphs in which one of these words stands.
pub(super) fn excerpts(world: &World, kind: Kind, who: &str, words: &[&str]) -> String {
    let told = told_of(world, kind).into_iter().filter(|(to, _)| to.strip_suffix("@example.com") == Some(who));
    let excerpts = told.map(|(_, text)| {
        let wanted = |(place, part): &(usize, &str)| *place == 0 || words.iter().any(|word| part.contains(word));
        let parts: Vec<&str> = text.split("\n\n").enumerate().filter(wanted).map(|(_, part)| part.trim_end()).collect();
        parts.join("\n\n")
    });
    excerpts.collect::<Vec<_>>().join("\n\n")
}

/// Those rows.
pub(super) fn rows(letters: &[(Timestamp, Written)]) -> String {
    let mut rows = Vec::new();
    for (at, written) in letters {
        let mut notices: Vec<String> = written.notices.iter().map(row).collect();
        notices.sort_unstable();
        let time = at.to_string().replace(":00Z", "Z");
        rows.extend(notices.iter().enumerate().map(|(place, row)| {
            let mark = if place == 0 { time.as_str() } else { "+" };
            format!("{mark:>17} {row}")
        }));
    }
    if rows.is_empty() { "silence".to_owned() } else { rows.join("\n") }
}

/// Plays a world: the texts of all letters in which somebody hears something of that kind.
pub(super) fn texts(world: &World, kind: Kind) -> String {
    let texts: Vec<String> = told_of(world, kind).into_iter().map(|(_, text)| text).collect();
    texts.join("\n")
}

/// Plays a world: the text of the last letter to `who` in which they hear something of that kind, less the outline of a
/// briefing.
pub(super) fn letter(world: &World, kind: Kind, who: &str) -> String {
    let told = told_of(world, kind);
    let last = told.iter().rfind(|(to, _)| to.strip_suffix("@example.com") == Some(who));
    let (_, text) = last.unwrap_or_else(|| panic!("{who} hears of no {kind}"));
    let Some((said, rest)) = text.split_once("Briefing: an outline") else { return text.clone() };
    let (_, foot) = rest.rsplit_once("\n-- \n").unwrap();
    format!("{said}-- \n{foot}")
}

/// Recipient and text of each letter in which somebody hears something of that kind.
fn told_of(world: &World, kind: Kind) -> Vec<(String, String)> {
    let config = world.config();
    let letters = world.letters();
    let told = letters.iter().filter(|(_, written)| written.notices.iter().any(|notice| notice.kind == kind));
    let texts = told.map(|(at, written)| {
        let Written { letter, .. } = written;
        let text = format!("{at} to {}\nSubject: {}\n\n{}", letter.to, letter.subject, written.text(&config, *at));
        (letter.to.to_string(), text)
    });
    texts.collect()
}

/// One notice.
fn row(notice: &Notice) -> String {
    let who = notice.to.engineer.as_ref().map_or_else(|| notice.to.address.as_str().replace("@example.com", "@"), ToString::to_string);
    let mut row = format!("{who} {}", notice.kind);
    row.extend(notice.stage.as_ref().map(|stage| format!(" ({stage})")));
    row.extend(notice.uid.as_ref().map(|uid| format!(" {uid}")));
    row.extend(notice.recurrence_id.as_ref().map(|id| format!("#{id}")));
    match &notice.body {
        Body::Request(_) | Body::Escalation(..) => {}
        Body::Changed(_, difference) => row.extend([": ".to_owned(), difference.words()]),
        Body::Retracted(_, fall) => row.extend([": ", fall.words()]),
        Body::BeforeLeave(_) | Body::Coverage(_) => row.extend([" ".to_owned(), uids(notice)]),
        Body::CatchUp(digest) => row.extend([" ".to_owned(), uids(notice), contents(digest)]),
        Body::Alert(alert) => row.extend([" ".to_owned(), told(alert)]),
    }
    row
}

/// The UIDs of a list, in order.
fn uids(notice: &Notice) -> String {
    let mut uids = notice.uids.clone().unwrap();
    uids.sort_unstable();
    format!("[{}]", uids.join(" "))
}

/// What a digest holds: a part for each account with anything in it.
fn contents(digest: &Digest) -> String {
    let mut text = if digest.leave { " after leave".to_owned() } else { String::new() };
    for account in &digest.accounts {
        let mut parts = Vec::new();
        let mut count = |number: usize, what: &str| parts.extend((number > 0).then(|| format!("{number} {what}")));
        count(account.incidents.len(), "incident");
        count(account.ran.len(), "ran");
        count(account.older, "older");
        parts.extend(account.news.iter().map(|news| match news.what {
            Change::Announced => format!("announced {}", news.title),
            Change::Moved { .. } => format!("moved {}", news.title),
            Change::Cancelled => format!("cancelled {}", news.title),
        }));
        parts.extend(account.coming.iter().map(|brief| format!("coming {}", brief.title)));
        write!(text, "; {}: {}", account.account, parts.join(", ")).unwrap();
    }
    text
}

/// What an alert is about.
fn told(alert: &Alert) -> String {
    match alert {
        Alert::FeedStale { feed, .. } => format!("{feed} fails"),
        Alert::FeedBack { feed, .. } => format!("{feed} is back"),
        Alert::FeedHeld { feed, hold, .. } => format!("{feed} is held, {} of {} missing", hold.missing, hold.of),
        Alert::FeedReleased { feed, how, .. } => format!("{feed} is {how}"),
        Alert::LetterRefused { to, .. } => format!("{to} refused"),
        Alert::Unmatched { tasks, people } => {
            let mut tasks: Vec<&str> = tasks.iter().map(|task| task.title.as_str()).collect();
            tasks.sort_unstable();
            let people: Vec<String> = people.iter().map(|(feed, count)| format!("{count} in {feed}")).collect();
            format!("unmatched [{}] people [{}]", tasks.join(", "), people.join(", "))
        }
    }
}

/// A calendar with the events of these rows.
pub(super) fn calendar(rows: &str) -> String {
    let events = rows.lines().map(str::trim).filter(|row| !row.is_empty()).map(event);
    let body: Vec<String> = events.collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//stories//EN\r\n{}END:VCALENDAR\r\n", body.concat())
}

/// One event.
fn event(row: &str) -> String {
    let fields: Vec<&str> = row.split(" | ").collect();
    let (start, end) = fields[2].split_once("..").unwrap();
    let (uid, title) = (fields[0], fields[1]);
    let lines = [format!("UID:{uid}"), "DTSTAMP:20300101T000000Z".to_owned(), format!("SUMMARY:{title}")];
    let times = [format!("DTSTART{}", value(start)), format!("DTEND{}", value(end))];
    let more = fields[3..].iter().map(|line| (*line).to_owned());
    let lines: Vec<String> = lines.into_iter().chain(times).chain(more).map(|line| line + "\r\n").collect();
    format!("BEGIN:VEVENT\r\n{}END:VEVENT\r\n", lines.concat())
}

/// A date or an instant as a calendar writes it.
fn value(text: &str) -> String {
    let bare = text.replace(['-', ':'], "");
    match bare.strip_suffix('Z') {
        Some(time) => format!(":{time}00Z"),
        None => format!(";VALUE=DATE:{bare}"),
    }
}
