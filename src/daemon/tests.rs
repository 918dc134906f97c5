//! Daemons on one server beside another replica, which holds what they do not know yet.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::plan::LAST_TURN;
use crate::store::tests::postgresql::{Cluster, cluster};

/// The configuration; `STATE` and `FEED` stand for what differs.
const CONFIGURATION: &str = r#"
[service]
state = "STATE"
admin = "admin@example.com"
[mail]
from = "offwatch@example.com"
send = "folder"
[schedule]
coverage = ""
[[feed]]
name = "tasks"
path = "tasks.ics"
reads = ["tasks"]
FEED
[[engineer]]
id = "ada"
email = "ada@example.com"
[[account]]
id = "acme"
engineers = ["ada"]
"#;

/// The feed that says who is on leave.
const LEAVE: &str =
    "[[feed]]\nname = \"leave\"\npath = \"leave.ics\"\nreads = [\"absences\"]\nevery_event = \"absence\"\ntimeout = \"10m\"\n";

/// A calendar without events.
const EMPTY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nEND:VCALENDAR\r\n";

/// A database, a folder, and the configuration of a daemon in it.
struct Team {
    /// The server.
    cluster: Arc<Cluster>,
    /// Its database.
    url: String,
    /// Where the daemon has its files.
    folder: tempfile::TempDir,
}

impl Team {
    /// An empty one; none where there is no server.
    fn new() -> Option<Self> {
        let cluster = cluster()?;
        let team = Self { url: cluster.database(), cluster, folder: tempfile::tempdir().unwrap() };
        for calendar in ["tasks.ics", "leave.ics"] {
            std::fs::write(team.folder.path().join(calendar), EMPTY).unwrap();
        }
        Some(team)
    }

    /// Writes the configuration with that feed beside the tasks.
    fn configure(&self, feed: &str) -> (PathBuf, Context) {
        let path = self.folder.path().join("offwatch.toml");
        std::fs::write(&path, CONFIGURATION.replace("STATE", &self.url).replace("FEED", feed)).unwrap();
        (path, Context { state_directory: Some(self.folder.path().to_owned()), ..Context::default() })
    }

    /// A daemon with that feed beside the tasks.
    async fn daemon(&self, feed: &str) -> Daemon {
        let (path, context) = self.configure(feed);
        let config = config::load(&path, &context).unwrap();
        Daemon::start(path, context, config).await.unwrap()
    }

    /// Lets all rights to fetch feeds run out.
    fn expire_fetches(&self) {
        let name = self.url.split('/').nth(3).unwrap().split('?').next().unwrap();
        self.cluster.sql(name, "UPDATE fetches SET lease = now()");
    }

    /// Another replica.
    async fn replica(&self, seat: &Path) -> Store {
        let (path, context) = self.configure("");
        let context = Context { state_directory: Some(seat.to_owned()), ..context };
        Store::join(&config::load(&path, &context).unwrap().state).await.unwrap()
    }
}

/// What a replica keeps that has just fetched who is on leave.
async fn fetch_leave(replica: &Store) {
    let feed: FeedName = "leave".parse().unwrap();
    let mut copy = crate::store::FeedCopy::none(feed);
    let now = clock::now();
    (copy.body, copy.hash) = (Some(EMPTY.as_bytes().into()), Some(crate::feeds::fingerprint(EMPTY.as_bytes())));
    (copy.fetched, copy.changed, copy.tried) = (Some(now), Some(now), Some(now));
    replica.save_copy(&copy).await.unwrap();
}

/// A calendar with one task of that title.
fn calendar(title: &str) -> Arc<[u8]> {
    let event = format!("BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:{title}\r\nDTSTART:20300105T220000Z\r\nDTEND:20300106T000000Z\r\nEND:VEVENT\r\n");
    EMPTY.replace("END:VCALENDAR", &format!("{event}END:VCALENDAR")).into_bytes().into()
}

/// What a fetch brings.
fn fetched(bytes: Arc<[u8]>) -> Fetched {
    Fetched::New(crate::feeds::Body { hash: crate::feeds::fingerprint(&bytes), bytes, etag: None, last_modified: None })
}

/// One look, after the feeds that the daemon asks itself have answered.
async fn look(daemon: &mut Daemon) {
    let stop = AtomicBool::new(false);
    daemon.work(&stop).await.unwrap();
    let _ = tokio::time::timeout(Duration::from_millis(200), daemon.fetching.arrival()).await;
    daemon.work(&stop).await.unwrap();
}

#[tokio::test]
async fn nobody_is_written_to_before_a_feed_that_another_replica_asks_for_the_first_time_has_answered() {
    let Some(team) = Team::new() else { return };
    let seat = tempfile::tempdir().unwrap();
    let other = team.replica(seat.path()).await;
    let claim = Claim { feed: "leave".parse().unwrap(), tried: None, timeout: SignedDuration::from_mins(10) };
    assert_eq!(other.claim_feeds(&[claim]).await.unwrap().len(), 1);
    let mut daemon = team.daemon(LEAVE).await;
    look(&mut daemon).await;
    assert!(!other.past().await.unwrap().instants.contains_key(LAST_TURN), "it does not know who is there");
    fetch_leave(&other).await;
    look(&mut daemon).await;
    assert!(other.past().await.unwrap().instants.contains_key(LAST_TURN));
    assert!(daemon.cycle.inputs().feeds().iter().all(|state| state.copy.fetched.is_some()));
}

#[tokio::test]
async fn a_copy_that_came_before_its_feed_was_configured_here_is_read_once_it_is() {
    let Some(team) = Team::new() else { return };
    let seat = tempfile::tempdir().unwrap();
    let other = team.replica(seat.path()).await;
    let mut daemon = team.daemon("").await;
    look(&mut daemon).await;
    let claim = Claim { feed: "leave".parse().unwrap(), tried: None, timeout: SignedDuration::from_mins(10) };
    assert_eq!(other.claim_feeds(std::slice::from_ref(&claim)).await.unwrap().len(), 1);
    fetch_leave(&other).await;
    look(&mut daemon).await;
    // The other one is at it again, so that nothing comes but what it has stored.
    let again = Claim { tried: Some(clock::now()), ..claim };
    assert_eq!(other.claim_feeds(&[again]).await.unwrap().len(), 1);
    team.configure(LEAVE);
    daemon.reload();
    look(&mut daemon).await;
    let leave = daemon.cycle.inputs().feeds().iter().find(|state| state.copy.feed.as_str() == "leave").unwrap();
    assert!(leave.copy.fetched.is_some() && leave.copy.body.is_some());
}

#[tokio::test]
async fn what_a_replica_fetched_too_slowly_gives_way_to_what_is_stored() {
    let Some(team) = Team::new() else { return };
    let seat = tempfile::tempdir().unwrap();
    let other = team.replica(seat.path()).await;
    std::fs::write(team.folder.path().join("leave.ics"), calendar("Somebody")).unwrap();
    let mut daemon = team.daemon(LEAVE).await;
    let stop = AtomicBool::new(false);
    daemon.work(&stop).await.unwrap();
    for _ in 0..4 {
        let _ = tokio::time::timeout(Duration::from_millis(200), daemon.fetching.arrival()).await;
    }
    team.expire_fetches();
    let claim = Claim { feed: "leave".parse().unwrap(), tried: None, timeout: SignedDuration::from_mins(10) };
    assert_eq!(other.claim_feeds(&[claim]).await.unwrap().len(), 1);
    fetch_leave(&other).await;
    daemon.work(&stop).await.unwrap();
    let leave = daemon.cycle.inputs().feeds().iter().find(|state| state.copy.feed.as_str() == "leave").unwrap();
    assert_eq!(leave.copy.body.as_deref(), Some(EMPTY.as_bytes()));
}

#[tokio::test]
async fn what_another_replica_has_seen_before_is_not_seen_anew() {
    let Some(team) = Team::new() else { return };
    let seat = tempfile::tempdir().unwrap();
    let (store, mut daemon) = (team.replica(seat.path()).await, team.daemon("").await);
    let mut cycle = Cycle::resume(Arc::clone(daemon.cycle.config()), &store).await.unwrap();
    let at = |minute: i8| format!("2030-01-01T09:{minute:02}:00Z").parse::<Timestamp>().unwrap();
    let tasks: FeedName = "tasks".parse().unwrap();
    cycle.inputs().take(&tasks, fetched(calendar("ACME: upgrade")), at(0));
    daemon.cycle.inputs().take(&tasks, fetched(calendar("ACME: upgrade")), at(0));
    cycle.turn(&store, at(1)).await.unwrap();
    assert!(daemon.cycle.turn(&daemon.store, at(2)).await.unwrap_err().is::<Overtaken>());
    daemon.store.data_version().await.unwrap();
    daemon.cycle.reload(&daemon.store).await.unwrap();
    // Another calendar, so that there is something to write down.
    daemon.cycle.inputs().take(&tasks, fetched(calendar("ACME: drill")), at(3));
    daemon.cycle.turn(&daemon.store, at(3)).await.unwrap();
    let (history, past) = (store.history().await.unwrap(), store.past().await.unwrap());
    let seen: Vec<_> = history.values().map(|sighting| (sighting.first_seen, sighting.known, sighting.revisions.len())).collect();
    assert_eq!(seen, [(at(1), at(3), 1)]);
    assert_eq!(past.instants["feed/tasks"], at(1));
}
