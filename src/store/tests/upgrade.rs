//! Files that older schemas left behind, brought up to date: nothing in them is lost. Each schema has a dump of its own.

use insta::assert_snapshot;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

use super::file::state;
use super::postgresql::cluster;
use super::{address, held_copy, shown};
use crate::store::Store;

/// A state of schema 1.
const SCHEMA_1: &str = include_str!("schema_1.sql");

/// The same on a server.
const SERVER_SCHEMA_1: [&str; 2] = [include_str!("../migrations/postgres/0001_first.sql"), include_str!("schema_1_server.sql")];

/// What schema 2 brought, with a hold in it.
const SCHEMA_2: [&str; 2] = [
    include_str!("../migrations/sqlite/0002_holds.sql"),
    "INSERT INTO holds VALUES ('tasks', 1795446000000, 1795446600000, 2, 5, 9, x'01ff', 'def', '\"y\"', NULL, NULL, NULL); \
     PRAGMA user_version = 2",
];

/// What schema 3 brought, with a day of leave that was shown.
const SCHEMA_3: [&str; 2] = [
    include_str!("../migrations/sqlite/0003_bygone.sql"),
    "INSERT INTO bygone VALUES ('ada', '{\"shown\":{\"absences\":[{\"engineer\":\"ada\",\"away\":{\"Dates\":{\"first\":\"2026-11-02\",\
     \"until\":\"2026-11-03\"}},\"cause\":\"Leave\",\"feed\":\"ada\",\"uid\":\"v1\"}],\"shifts\":[]},\"rolled\":{\"absences\":[],\"shifts\":[]}}'); \
     PRAGMA user_version = 3",
];

/// What schema 4 brought, and an answer that was given twice under it.
const SCHEMA_4: [&str; 2] = [
    include_str!("../migrations/sqlite/0004_next_try.sql"),
    "INSERT INTO answers (task, waived, at, by, note) VALUES ('t4', 1, 1795446000000, 'cem', 'why'), ('t4', 0, 1795447000000, 'ada', NULL); \
     PRAGMA user_version = 4",
];

/// Everything that a state of those dumps holds once it is opened, and what is new in it still works.
async fn check(dumps: &[&'static str]) -> String {
    let (_folder, path) = state();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    for dump in dumps {
        sqlx::raw_sql(*dump).execute(&pool).await.unwrap();
    }
    pool.close().await;

    told(Store::open(&super::Address::File(path.clone())).await.unwrap()).await
}

/// Everything that a state of schema 1 on a server holds once it is opened; none where there is no server.
async fn check_on_a_server() -> Option<String> {
    let cluster = cluster()?;
    let (url, folder) = (cluster.database(), tempfile::tempdir().unwrap());
    let name = url.split('/').nth(3).unwrap().split('?').next().unwrap();
    for part in SERVER_SCHEMA_1 {
        cluster.sql(name, part);
    }
    Some(told(Store::open(&address(&url, folder.path())).await.unwrap()).await)
}

/// Everything that an open state holds, and what is new in it still works.
async fn told(store: Store) -> String {
    let (past, history) = (store.past().await.unwrap(), store.history().await.unwrap());
    let mut rows = vec![format!("version {}", version(&store).await), shown(&store.outbox().await.unwrap())];
    rows.extend(past.said.keys().map(ToString::to_string));
    rows.extend(past.answers.values().map(|answer| format!("{} answered by {}", answer.task, answer.by)));
    rows.extend(past.writers.values().flatten().map(|writer| format!("{} written by {:?}", writer.task, writer.engineer)));
    rows.extend(past.instants.keys().cloned());
    let seen = history.values().map(|sighting| (sighting.thing.task().unwrap(), sighting.revisions.len()));
    rows.extend(seen.map(|(task, revisions)| format!("{} ({}), revised {revisions} times", task.title, task.identity.uid)));
    for copy in store.copies().await.unwrap().values() {
        let bytes = copy.body.as_ref().map(|body| body.len());
        rows.push(format!("{} {bytes:?} failing {:?} held {:?}", copy.feed, copy.error, copy.hold));
    }
    for (feed, bygone) in store.bygone().await.unwrap() {
        rows.push(format!("{feed} showed {}", serde_json::to_string(&bygone).unwrap()));
    }
    store.save_copy(&held_copy()).await.unwrap();
    assert_eq!(store.copies().await.unwrap()[&held_copy().feed], held_copy());
    store.close().await;
    rows.join("\n")
}

/// The schema that an open state has.
async fn version(store: &Store) -> i64 {
    let Store::Database(database) = store else { panic!("no file") };
    database.schema().await.unwrap()
}

#[tokio::test]
async fn a_state_of_schema_1_is_taken_over_whole() {
    assert_snapshot!(check(&[SCHEMA_1]).await, @r#"
    version 5
    1 [tedb66a52fe] accepted due 23T15:10 tries 1 (written to `20261123T150949Z-ada@example.com-2a1cd0008c.eml`)
    briefing-request/ada/tedb66a52fe/2026-11-27T12:00:00Z/3-working-days/0
    tedb66a52fe answered by command line
    tedb66a52fe written by Some(EngineerId("ada"))
    tedb66a52fe written by Some(EngineerId("ada"))
    account/acme
    born
    engineer/ada
    feed/ada
    feed/tasks
    turn
    uncovered/tedb66a52fe
    ACME: upgrade to 17.4 (upgrade-1@acme), revised 1 times
    ada Some(175) failing Some("no such file") held None
    tasks Some(189) failing None held None
    "#);
}

#[tokio::test]
async fn states_of_later_schemas_are_taken_over_with_what_these_brought() {
    let first = check(&[SCHEMA_1]).await;
    let second = check(&[&[SCHEMA_1][..], &SCHEMA_2].concat()).await;
    let third = check(&[&[SCHEMA_1][..], &SCHEMA_2, &SCHEMA_3].concat()).await;
    let fourth = check(&[&[SCHEMA_1][..], &SCHEMA_2, &SCHEMA_3, &SCHEMA_4].concat()).await;
    let beyond = |state: &str, before: &str| state.lines().filter(|line| !before.contains(line)).collect::<Vec<_>>().join("\n");
    assert_snapshot!(beyond(&second, &first), @r#"tasks Some(189) failing None held Some(Hold { since: 2026-11-23T15:00:00Z, last: 2026-11-23T15:10:00Z, fetches: 2, missing: 5, of: 9, stage: Standing(Held { body: [1, 255], hash: Some("def"), etag: Some("\"y\""), last_modified: None }) })"#);
    assert_snapshot!(beyond(&third, &second), @r#"ada showed {"shown":{"absences":[{"engineer":"ada","away":{"Dates":{"first":"2026-11-02","until":"2026-11-03"}},"cause":"Leave","feed":"ada","uid":"v1"}],"shifts":[]},"rolled":{"absences":[],"shifts":[]}}"#);
    assert_snapshot!(beyond(&fourth, &third), @"t4 answered by ada");
    assert_eq!(third.lines().count(), first.lines().count() + 1, "all that was there is there");
}

#[tokio::test]
async fn a_state_of_schema_1_on_a_server_is_taken_over_like_a_file() {
    let Some(taken) = check_on_a_server().await else { return };
    let file = check(&[SCHEMA_1]).await;
    assert_eq!(taken.replace("version 2", "version 5"), file);
}
