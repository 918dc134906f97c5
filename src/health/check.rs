//! What facts mean: one light a check, with what is to be said of it. The same rules for `/readyz` and `offwatch health`.
//! Red is what keeps letters from people and wants somebody now; amber is told and waits for working hours.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{Facts, FeedFacts, File, Settings};
use crate::outbox::Census;
use crate::store::Replica;
use crate::working::written;

/// How long a daemon may go without finishing a look; an idle one looks every minute.
pub const QUIET: SignedDuration = SignedDuration::from_mins(10);

/// After how long without a finished look or turn a daemon is taken for dead: as long as the shipped unit's watchdog waits.
/// The slowest honest letter stays below it.
pub const DEAD: SignedDuration = SignedDuration::from_mins(30);

/// How long a letter that should have gone out may wait.
pub const LATE: SignedDuration = SignedDuration::from_mins(15);

/// How something is, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// Fine.
    Green,
    /// Somebody should look at it, not at once.
    Amber,
    /// It keeps letters from people.
    Red,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// How it is.
    pub light: Light,
    /// In a few words.
    pub said: String,
    /// Its facts, for programs.
    pub facts: Map<String, Value>,
}

impl Light {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }
}

/// The worst light of all `checks`.
pub fn overall(checks: &[Check]) -> Light {
    checks.iter().map(|check| check.light).max().unwrap_or(Light::Green)
}

/// All checks as one object, for programs.
pub fn object(checks: &[Check], now: Timestamp) -> Value {
    let entry = |check: &Check| {
        let mut facts = check.facts.clone();
        facts.insert("state".to_owned(), check.light.name().into());
        facts.insert("said".to_owned(), check.said.as_str().into());
        (check.name.to_owned(), Value::Object(facts))
    };
    let entries: Map<String, Value> = checks.iter().map(entry).collect();
    json!({ "at": second(now), "state": overall(checks).name(), "checks": entries })
}

/// An instant in whole seconds.
pub fn second(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// How long ago that was, in whole seconds; nothing when the clock went back.
fn age(since: Timestamp, now: Timestamp) -> SignedDuration {
    SignedDuration::from_secs(now.duration_since(since).as_secs().max(0))
}

/// A check with its facts.
pub fn check(name: &'static str, light: Light, said: impl Into<String>, facts: Value) -> Check {
    let facts = if let Value::Object(facts) = facts { facts } else { Map::new() };
    Check { name, light, said: said.into(), facts }
}

impl Facts {
    /// Whether the loop turns: a process that does not is to be started again.
    pub fn lives(&self, now: Timestamp) -> Result<(), SignedDuration> {
        let quiet = age(self.looked.unwrap_or(self.started), now);
        if quiet < DEAD { Ok(()) } else { Err(quiet) }
    }

    /// Every check there is.
    pub fn checks(&self, now: Timestamp) -> Vec<Check> {
        let mut checks = vec![
            self.store(now),
            config(&self.settings, now),
            self.turn(now),
            letters(&self.census, now),
            refusals(&self.census),
            self.mail(now),
            feeds(&self.feeds, now),
        ];
        checks.extend(self.replicas.as_deref().map(replicas));
        checks
    }

    /// Whether the state can be read and written.
    fn store(&self, now: Timestamp) -> Check {
        let facts = json!({ "failing_since": self.trouble.map(second) });
        match self.trouble {
            Some(since) => {
                let said = format!("cannot be read or written for {}; the log says why", written(age(since, now)));
                check("store", Light::Red, said, facts)
            }
            None => check("store", Light::Green, "read and written", facts),
        }
    }

    /// Whether the loop comes through, and when it turned.
    fn turn(&self, now: Timestamp) -> Check {
        let quiet = age(self.looked.unwrap_or(self.started), now);
        let facts = json!({
            "last_look": self.looked.map(second),
            "last_turn": self.turns.last.map(second),
            "seconds": quiet.as_secs(),
            "limit_seconds": QUIET.as_secs(),
        });
        match self.looked {
            None => check("turn", Light::Red, format!("no look is finished since the start {} ago", written(quiet)), facts),
            Some(_) if quiet > QUIET => check("turn", Light::Red, format!("no look was finished for {}", written(quiet)), facts),
            Some(_) => check("turn", Light::Green, format!("the last look was finished {} ago", written(quiet)), facts),
        }
    }

    /// Whether letters can leave.
    fn mail(&self, now: Timestamp) -> Check {
        let facts = json!({ "halted_since": self.post.halted_since.map(second) });
        match self.post.halted_since {
            // What the server says stands in the log: here it could be read by others.
            Some(since) => {
                let said = format!("halted for {}; letters wait, and the log says why", written(age(since, now)));
                check("mail", Light::Red, said, facts)
            }
            None => check("mail", Light::Green, "not halted", facts),
        }
    }
}

/// Whether the configuration in its file is the one in force.
fn config(settings: &Settings, now: Timestamp) -> Check {
    let facts = json!({
        "in_force_since": second(settings.since),
        "refused_at": settings.refused_at.map(second),
        "file": match settings.file {
            File::InForce => "in force",
            File::Changed => "changed",
            File::Unreadable => "unreadable",
        },
    });
    let since = written(age(settings.since, now));
    match (settings.refused_at, settings.file) {
        (Some(_), _) => check("config", Light::Red, "the new file was refused, the old settings stay in force; the log says why", facts),
        (None, File::Changed) => check("config", Light::Amber, "the file is another than the one in force; run `offwatch reload`", facts),
        (None, File::Unreadable) => check("config", Light::Amber, "the file cannot be read; the settings in force stay", facts),
        (None, File::InForce) => check("config", Light::Green, format!("in force for {since}"), facts),
    }
}

/// Whether a letter waits that should have gone out.
pub fn letters(census: &Census, now: Timestamp) -> Check {
    let waits = census.owed_since.map(|since| age(since, now));
    let facts = json!({
        "queued": census.queued,
        "sending": census.sending,
        "oldest_due": census.owed_since.map(second),
        "seconds": waits.map(|waits| waits.as_secs()),
        "limit_seconds": LATE.as_secs(),
    });
    match waits {
        Some(waits) if waits > LATE => {
            let said = format!("a letter should have gone out {} ago; see `offwatch outbox list`", written(waits));
            check("letters", Light::Red, said, facts)
        }
        Some(waits) => check("letters", Light::Green, format!("the oldest due letter is due for {}", written(waits)), facts),
        None => check("letters", Light::Green, "none is due", facts),
    }
}

/// Whether letters were refused for good.
pub fn refusals(census: &Census) -> Check {
    let facts = json!({ "refused": census.refused });
    if census.refused == 0 {
        return check("refusals", Light::Green, "no letter was refused within a day", facts);
    }
    let said = format!("{} refused within a day; see `offwatch outbox list --state refused`", census.refused);
    check("refusals", Light::Amber, said, facts)
}

/// Whether feeds are read. The last good copy of one that is not stays in force, and the admin hears of it by letter.
pub fn feeds(feeds: &[FeedFacts], now: Timestamp) -> Check {
    let named = |wanted: fn(&FeedFacts) -> bool| {
        let found: Vec<&str> = feeds.iter().filter(|feed| wanted(feed)).map(|feed| feed.feed.as_str()).collect();
        found
    };
    let (stale, held) = (named(|feed| feed.is_stale), named(|feed| feed.held_since.is_some()));
    let failing = named(|feed| feed.failing_since.is_some() && !feed.is_stale);
    let each = feeds.iter().map(|feed| {
        let facts = json!({
            "fetched": feed.fetched.map(second),
            "seconds": feed.fetched.map(|fetched| age(fetched, now).as_secs()),
            "failing_since": feed.failing_since.map(second),
            "held_since": feed.held_since.map(second),
            "stale": feed.is_stale,
        });
        (feed.feed.to_string(), facts)
    });
    let facts = json!({ "feeds": each.collect::<Map<String, Value>>() });
    let mut said = Vec::new();
    for (names, what) in [(&stale, "stale"), (&held, "held back"), (&failing, "failing")] {
        if !names.is_empty() {
            said.push(format!("{what}: {}", names.join(", ")));
        }
    }
    if said.is_empty() {
        return check("feeds", Light::Green, "all are read", facts);
    }
    // One that fails, but not for long, is no news yet.
    let light = if stale.is_empty() && held.is_empty() { Light::Green } else { Light::Amber };
    check("feeds", light, format!("{}; see `offwatch feeds list`", said.join("; ")), facts)
}

/// Who takes turns on a server.
pub fn replicas(replicas: &[Replica]) -> Check {
    let alive: Vec<&Replica> = replicas.iter().filter(|replica| replica.lives).collect();
    let each = alive.iter().map(
        |replica| json!({ "number": replica.number, "host": replica.host, "process": replica.process, "since": second(replica.since) }),
    );
    let facts = json!({ "alive": alive.len(), "replicas": each.collect::<Vec<_>>() });
    if alive.is_empty() {
        return check("replicas", Light::Red, "nobody takes turns; start `offwatch run`", facts);
    }
    let names: Vec<String> = alive.iter().map(|replica| format!("{} (process {})", replica.host, replica.process)).collect();
    check("replicas", Light::Green, format!("{} alive: {}", alive.len(), names.join(", ")), facts)
}
