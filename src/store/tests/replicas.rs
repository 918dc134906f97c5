//! Several replicas on one server: who sends, who fetches, whose knowledge counts, who is there.

use std::sync::Arc;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::postgresql::{Cluster, cluster, own_cluster};
use super::*;
use crate::store::Overtaken;
use crate::store::sql::server::options;

/// A database for replicas, and the folder of their seats.
struct Team {
    /// The server.
    cluster: Arc<Cluster>,
    /// Its database.
    url: String,
    /// Where the replicas have their seats.
    folder: tempfile::TempDir,
}

impl Team {
    /// An empty one; none where there is no server.
    fn new() -> Option<Self> {
        let cluster = cluster()?;
        Some(Self { url: cluster.database(), cluster, folder: tempfile::tempdir().unwrap() })
    }

    /// One more replica.
    async fn replica(&self) -> Store {
        Store::join(&address(&self.url, self.folder.path())).await.unwrap()
    }

    /// The name of its database.
    fn name(&self) -> &str {
        self.url.split('/').nth(3).unwrap().split('?').next().unwrap()
    }

    /// Runs SQL as an administrator would.
    fn sql(&self, sql: &str) -> String {
        self.cluster.sql(self.name(), sql).trim().to_owned()
    }
}

/// Ends a replica, and waits until its server has noticed, as another one sees it.
async fn gone(replica: Store, other: &Store) {
    let lives = async || other.replicas().await.unwrap().iter().filter(|replica| replica.lives).count();
    let before = lives().await;
    replica.close().await;
    let began = std::time::Instant::now();
    while lives().await >= before {
        assert!(began.elapsed() < std::time::Duration::from_mins(1), "the server does not notice that one of {before} is gone");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// No letter.
const NONE: [i64; 0] = [];

/// The numbers of the letters that are due for a replica.
async fn due(store: &Store, now: Timestamp) -> Vec<i64> {
    store.due(now, 0).await.unwrap().iter().map(|letter| letter.id).collect()
}

#[tokio::test]
async fn a_letter_is_tried_by_one_of_them() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    a.commit(&turn(&[&["a"], &["b"]]), at(0)).await.unwrap();
    assert_eq!(due(&b, at(0)).await, [1, 2]);
    let attempt = a.begin(1, LEASE, at(0)).await.unwrap().unwrap();
    assert_eq!(due(&b, at(0)).await, [2]);
    // Long after the wait between two tries, the one who tries it still lives.
    assert_eq!((due(&b, at(5)).await, due(&a, at(5)).await), (vec![2], vec![1, 2]));
    assert_eq!(b.begin(1, LEASE, at(5)).await.unwrap(), None);
    assert!(!b.withdraw(key("a").as_str(), "by hand", at(5)).await.unwrap(), "it is being sent");
    let commands = Store::open(&address(&team.url, team.folder.path())).await.unwrap();
    assert!(!commands.withdraw(key("a").as_str(), "by hand", at(5)).await.unwrap(), "it is being sent");
    let accepted = Outcome::Accepted { answer: "250 ok".to_owned() };
    assert_eq!(a.finish(1, attempt, &accepted, at(5)).await.unwrap(), State::Accepted);
    assert_eq!(due(&b, at(5)).await, [2]);
}

#[tokio::test]
async fn a_letter_whose_replica_died_is_taken_over_when_its_wait_is_over() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    a.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    assert_eq!(a.begin(1, LEASE, at(0)).await.unwrap(), Some(1));
    assert_eq!(due(&b, at(1)).await, NONE, "it lives");
    gone(a, &b).await;
    assert_eq!(due(&b, at(0)).await, NONE, "one minute is the wait after a first try");
    assert_eq!(due(&b, at(1)).await, [1]);
    assert_eq!(b.begin(1, LEASE, at(1)).await.unwrap(), Some(2));
    assert!(b.letter(key("a").as_str()).await.unwrap().unwrap().life.maybe_twice);
}

#[tokio::test]
async fn who_hangs_for_longer_than_its_lease_is_overtaken_and_changes_nothing_when_it_comes_back() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    a.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    let late = a.begin(1, LEASE, at(0)).await.unwrap().unwrap();
    assert_eq!(due(&b, at(60)).await, NONE, "the lease is in the server's time, whatever a replica's clock says");
    team.sql("UPDATE letters SET lease = now()");
    let now = b.begin(1, LEASE, at(60)).await.unwrap().unwrap();
    let refused = Outcome::Refused { answer: "550 no".to_owned() };
    assert_eq!(a.finish(1, late, &refused, at(61)).await.unwrap(), State::Sending, "its attempt is not the one under way");
    let accepted = Outcome::Accepted { answer: "250 ok".to_owned() };
    assert_eq!(b.finish(1, now, &accepted, at(61)).await.unwrap(), State::Accepted);
    assert_eq!(a.finish(1, late, &refused, at(62)).await.unwrap(), State::Accepted);
}

#[tokio::test]
async fn who_decides_on_less_than_is_known_decides_again() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    let overtaken = |error: anyhow::Error| assert!(error.is::<Overtaken>(), "{error:#}");
    a.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    overtaken(b.commit(&turn(&[&["b"]]), at(0)).await.unwrap_err());
    assert_eq!(b.outbox().await.unwrap().len(), 1, "nothing of that turn is kept");
    b.data_version().await.unwrap();
    b.commit(&turn(&[&["b"]]), at(1)).await.unwrap();
    // Whatever people say is news to all of them, and so is a letter that nobody takes.
    let commands = Store::open(&address(&team.url, team.folder.path())).await.unwrap();
    for replica in [&a, &b] {
        replica.data_version().await.unwrap();
    }
    commands.withdraw(key("a").as_str(), "by hand", at(1)).await.unwrap();
    overtaken(a.commit(&turn(&[&["c"]]), at(1)).await.unwrap_err());
    for replica in [&a, &b] {
        replica.data_version().await.unwrap();
    }
    let attempt = b.begin(2, LEASE, at(1)).await.unwrap().unwrap();
    b.finish(2, attempt, &Outcome::Refused { answer: "550 no".to_owned() }, at(1)).await.unwrap();
    overtaken(a.commit(&turn(&[&["c"]]), at(1)).await.unwrap_err());
}

#[tokio::test]
async fn a_turn_that_said_nothing_and_a_letter_on_its_way_are_no_news() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    a.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    let (before, known) = (a.data_version().await.unwrap(), b.data_version().await.unwrap());
    let quiet = Turn { instants: vec![(crate::plan::LAST_TURN.to_owned(), at(1))], ..Turn::default() };
    a.commit(&quiet, at(1)).await.unwrap();
    let attempt = a.begin(1, LEASE, at(1)).await.unwrap().unwrap();
    a.finish(1, attempt, &Outcome::Halted { answer: "no server".to_owned(), particular: false }, at(1)).await.unwrap();
    let attempt = a.begin(1, LEASE, at(1)).await.unwrap().unwrap();
    a.finish(1, attempt, &Outcome::Accepted { answer: "250 ok".to_owned() }, at(1)).await.unwrap();
    assert_eq!(b.data_version().await.unwrap(), known);
    b.commit(&turn(&[&["b"]]), at(1)).await.unwrap();
    assert_ne!(a.data_version().await.unwrap(), before);
}

#[tokio::test]
async fn who_locks_many_feeds_at_once_never_waits_in_a_circle() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    let names: Vec<String> = (0..20).map(|number| format!("feed-{number:02}")).collect();
    let claims: Vec<Claim> = names.iter().map(|name| claim(name, None)).collect();
    let reversed: Vec<Claim> = claims.iter().rev().cloned().collect();
    let sum = async |store: &Store, claims: &[Claim]| store.claim_feeds(claims).await.unwrap().len();
    assert_eq!(sum(&a, &claims).await, names.len());
    // Who asks for what is another's locks it too. A server says after a second that there is a circle.
    for _ in 0..50 {
        assert_eq!(tokio::join!(sum(&a, &claims), sum(&b, &reversed)), (names.len(), 0));
    }
}

#[tokio::test]
async fn a_feed_is_fetched_by_one_of_them() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    let mine = async |store: &Store, tried: Option<Timestamp>| {
        let feeds = store.claim_feeds(&[claim("leave", tried)]).await.unwrap();
        !feeds.is_empty()
    };
    assert_eq!(a.claim_feeds(&[claim("leave", None), claim("tasks", None)]).await.unwrap().len(), 2);
    assert!(!mine(&b, None).await, "the other one fetches it");
    let mut copy = FeedCopy::none("leave".parse().unwrap());
    copy.tried = Some(at(1));
    a.save_copy(&copy).await.unwrap();
    assert!(!mine(&b, None).await, "it was fetched since");
    assert!(mine(&b, Some(at(1))).await, "this one knows of that, and wants it again");
    // Whoever hangs in a fetch loses the right to it, and does not put an old copy over a newer one.
    team.sql("UPDATE fetches SET lease = now()");
    assert!(mine(&a, Some(at(1))).await);
    copy.tried = Some(at(9));
    a.save_copy(&copy).await.unwrap();
    copy.tried = Some(at(2));
    b.save_copy(&copy).await.unwrap();
    assert_eq!(a.copies().await.unwrap()[&"leave".parse().unwrap()].tried, Some(at(9)));
    // And whoever dies in one.
    assert!(mine(&b, Some(at(9))).await);
    gone(b, &a).await;
    assert!(mine(&a, Some(at(9))).await);
}

#[tokio::test]
async fn everybody_sees_who_is_there() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    let shown = async |store: &Store| {
        let replicas = store.replicas().await.unwrap();
        assert!(replicas.iter().all(|replica| replica.process == std::process::id() && !replica.host.is_empty()));
        let row = |replica: &crate::store::Replica| format!("{}{}", if replica.is_own { "me " } else { "" }, replica.lives);
        replicas.iter().map(row).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(shown(&b).await, "true, me true");
    gone(a, &b).await;
    assert_eq!(shown(&b).await, "false, me true");
    team.sql("UPDATE replicas SET since = now() - interval '2 days'");
    let c = team.replica().await;
    assert_eq!(shown(&c).await, "true, me true", "who ended long ago is forgotten");
    let elsewhere = Team::new().unwrap();
    assert_eq!(shown(&elsewhere.replica().await).await, "me true", "another database on the same server has replicas of its own");
}

#[tokio::test]
async fn many_come_at_once_to_an_empty_database() {
    let Some(team) = Team::new() else { return };
    let came = futures_util::future::join_all((0..8).map(|_| team.replica())).await;
    assert_eq!(came[0].replicas().await.unwrap().iter().filter(|replica| replica.lives).count(), 8);
    assert_eq!(team.sql("SELECT number FROM schema"), "2");
}

#[tokio::test]
async fn a_state_is_not_brought_up_to_date_under_older_replicas() {
    let Some(team) = Team::new() else { return };
    team.sql(include_str!("../migrations/postgres/0001_first.sql"));
    team.sql("UPDATE schema SET number = 1; INSERT INTO replicas (host, process) VALUES ('elsewhere', 4711)");
    let mut older = PgConnection::connect_with(&options(&team.url).unwrap()).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(28535, 1)").execute(&mut older).await.unwrap();
    let address = address(&team.url, team.folder.path());
    let refused = [Store::join(&address).await.unwrap_err(), Store::open(&address).await.unwrap_err()].map(|error| error.to_string());
    assert_eq!(refused[0], refused[1]);
    assert_snapshot!(refused[0], @"the state on the database server has schema 1 and is in use by an offwatch of that age (process 4711 on elsewhere); stop all replicas of that age, then start this one, which makes it schema 2");
    assert_eq!(team.sql("SELECT number FROM schema"), "1");
    older.close().await.unwrap();
    let began = std::time::Instant::now();
    while team.sql("SELECT count(*) FROM alive") != "0" {
        assert!(began.elapsed() < std::time::Duration::from_mins(1), "the server does not notice that it is gone");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    team.replica().await;
    assert_eq!(team.sql("SELECT number FROM schema"), "2");
}

#[tokio::test]
async fn who_comes_while_a_newer_schema_is_made_is_refused() {
    let Some(team) = Team::new() else { return };
    let other = team.replica().await;
    let mut store = Store::open(&address(&team.url, team.folder.path())).await.unwrap();
    team.sql("UPDATE schema SET number = 99");
    let Store::Database(database) = &mut store else { panic!("no database") };
    let refused = database.join().await.unwrap_err().to_string();
    assert!(refused.contains("has schema 99, this offwatch knows schemas up to 2"), "{refused}");
    let began = std::time::Instant::now();
    while other.replicas().await.unwrap().iter().filter(|replica| replica.lives).count() > 1 {
        assert!(began.elapsed() < std::time::Duration::from_mins(1), "it lives on");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_is_no_state_is_refused_with_what_to_do() {
    let Some(team) = Team::new() else { return };
    let seat = team.folder.path();
    let refused = async |url: &str| Store::join(&address(url, seat)).await.unwrap_err().to_string();
    team.replica().await.close().await;
    team.sql("UPDATE schema SET number = 99");
    let told = [
        refused(&team.url).await,
        refused(&team.url.replace(team.name(), "nowhere")).await,
        refused("postgres://offwatch:hidden@127.0.0.1:1/offwatch").await,
        refused("postgres://offwatch:hidden@[::1/offwatch").await,
        refused(&format!("postgres://offwatch:hidden@localhost/offwatch?host={}", seat.display())).await,
    ];
    let told = told.join("\n");
    assert!(!told.contains("hidden"), "{told}");
    assert_snapshot!(told, @r#"
    the state on the database server has schema 99, this offwatch knows schemas up to 2; run the newer offwatch again, or restore a backup
    the database server refuses the login or the database (database "nowhere" does not exist); see its user, password and database
    the database server cannot be reached (error communicating with database: Connection refused (os error 111)); see that it runs and that its address is right
    `service.state` is no address of a PostgreSQL database; write postgres://USER@HOST/DATABASE
    the database server cannot be reached (error communicating with database: No such file or directory (os error 2)); see that it runs and that its address is right
    "#);
}

#[tokio::test]
async fn a_server_that_is_gone_and_back_is_found_again() {
    let Some(cluster) = own_cluster() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::join(&address(&cluster.database(), folder.path())).await.unwrap();
    store.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    cluster.stop();
    let refused = format!("{:#}", store.commit(&turn(&[&["b"]]), at(1)).await.unwrap_err());
    assert!(refused.starts_with("keeping a turn: "), "{refused}");
    assert!(store.attend().await.is_err());
    cluster.start();
    store.attend().await.unwrap();
    assert!(store.replicas().await.unwrap().iter().any(|replica| replica.is_own && replica.lives));
    store.commit(&turn(&[&["b"]]), at(1)).await.unwrap();
    assert_eq!(due(&store, at(1)).await.len(), 2);
}

/// This replica's number.
async fn number(store: &Store) -> i64 {
    store.replicas().await.unwrap().iter().find(|replica| replica.is_own).unwrap().number
}

/// Takes a replica's presence from it, and waits until others take it for dead.
fn lose(team: &Team, number: i64) {
    let (cut, lives) = (
        format!("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = {number} AND granted"),
        format!("SELECT count(*) FROM alive WHERE number = {number}"),
    );
    while team.sql(&lives) != "0" {
        team.sql(&cut);
    }
}

/// Has a replica show itself, as it would at each look: on a busy machine the server may need more than one.
async fn attend(replica: &Store) {
    let began = std::time::Instant::now();
    while let Err(error) = replica.attend().await {
        assert!(began.elapsed() < std::time::Duration::from_mins(1), "{error:#}");
    }
}

#[tokio::test]
async fn who_hangs_in_the_middle_of_a_transaction_loses_it_and_the_others_go_on() {
    let Some(team) = Team::new() else { return };
    let a = team.replica().await;
    let connect = async |url: &str| PgConnection::connect_with(&options(url).unwrap()).await.unwrap();
    let limit = "SELECT current_setting('idle_in_transaction_session_timeout')";
    let limit: String = sqlx::query_scalar(limit).fetch_one(&mut connect(&team.url).await).await.unwrap();
    assert_eq!(limit, "1min");
    let mut hung = connect(&format!("{}&options=-c%20idle_in_transaction_session_timeout%3D1s", team.url)).await;
    sqlx::raw_sql("BEGIN; SELECT version FROM knowledge FOR UPDATE").execute(&mut hung).await.unwrap();
    let said = turn(&[&["a"]]);
    let commit = tokio::time::timeout(std::time::Duration::from_secs(50), a.commit(&said, at(0)));
    commit.await.expect("it waits for the one that hangs").unwrap();
    assert!(sqlx::raw_sql("COMMIT").execute(&mut hung).await.is_err());
}

#[tokio::test]
async fn a_replica_shows_itself_again_by_itself_and_before_it_begins_an_attempt() {
    let Some(team) = Team::new() else { return };
    let (a, b) = (team.replica().await, team.replica().await);
    a.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    let number = number(&a).await;
    lose(&team, number);
    assert!(a.begin(1, LEASE, at(0)).await.unwrap().is_some());
    assert_eq!(due(&b, at(5)).await, NONE, "others know that it lives");
    // In the middle of the attempt nobody asks it for anything.
    lose(&team, number);
    for _ in 0..6000 {
        if due(&b, at(5)).await.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("others still think it dead");
}

#[tokio::test]
async fn a_session_that_a_replica_has_lost_and_its_server_has_not_is_ended() {
    let Some(team) = Team::new() else { return };
    let a = team.replica().await;
    let number = number(&a).await;
    let mut old = PgConnection::connect_with(&options(&team.url).unwrap()).await.unwrap();
    let lock = sqlx::query("SELECT pg_advisory_lock(28535, $1::int)").bind(number);
    let held = async {
        while team.sql(&format!("SELECT count(*) FROM pg_locks WHERE objid = {number} AND NOT granted")) == "0" {
            tokio::task::yield_now().await;
        }
        team.sql(&format!("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = {number} AND granted"));
    };
    let (locked, ()) = futures_util::future::join(lock.execute(&mut old), held).await;
    locked.unwrap();
    attend(&a).await;
    assert!(old.ping().await.is_err(), "it holds what is another's");
    assert!(a.replicas().await.unwrap().iter().any(|replica| replica.is_own && replica.lives));
}

#[tokio::test]
async fn a_replica_that_was_forgotten_while_it_seemed_dead_is_there_again() {
    let Some(team) = Team::new() else { return };
    let a = team.replica().await;
    let number = number(&a).await;
    lose(&team, number);
    team.sql("UPDATE replicas SET since = now() - interval '2 days'");
    let b = team.replica().await;
    attend(&a).await;
    let shown = b.replicas().await.unwrap();
    assert!(shown.iter().any(|replica| replica.number == number && replica.lives), "{shown:?}");
}

#[tokio::test]
async fn a_hold_that_somebody_releases_in_the_middle_of_a_fetch_is_not_put_back() {
    let Some(team) = Team::new() else { return };
    let a = team.replica().await;
    keep(&a, &held_copy()).await;
    let mut again = held_copy();
    again.tried = Some(at(9));
    assert_eq!(a.claim_feeds(&[claim("leave", Some(at(5)))]).await.unwrap().len(), 1);
    let mut other = PgConnection::connect_with(&options(&team.url).unwrap()).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT version FROM knowledge FOR UPDATE").execute(&mut other).await.unwrap();
    let accept = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let released = "UPDATE holds SET body = NULL, hash = NULL, etag = NULL, released = last, how = 'accepted'; COMMIT";
        sqlx::raw_sql(released).execute(&mut other).await.unwrap();
    };
    let copies = [again];
    let (refused, ()) = futures_util::future::join(a.save_copies(&copies), accept).await;
    assert_eq!(refused.unwrap(), ["leave".parse().unwrap()]);
    assert!(a.copies().await.unwrap()[&copies[0].feed].standing().is_none());
}
