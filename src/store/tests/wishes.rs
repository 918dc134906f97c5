//! What people wish of single tasks, in each kind of store: it comes back as it was said, and can be taken back.

use super::*;
use crate::plan::{Handing, Snooze};
use crate::store::Undo;

fn task() -> TaskId {
    TaskId::new("t1".to_owned())
}

fn answer(by: &str, waived: bool, minute: i64) -> Answer {
    Answer { task: task(), waived, at: at(minute), by: by.to_owned(), note: None }
}

fn undo(said: i64, now: i64) -> Undo {
    Undo { task: task(), said: at(said), at: at(now), by: "cem".to_owned() }
}

/// Who answers, or answered, so that it counts.
async fn counts(store: &Store) -> Option<(String, bool)> {
    store.past().await.unwrap().answers.get(&task()).map(|answer| (answer.by.clone(), answer.waived))
}

#[tokio::test]
async fn an_answer_that_is_taken_back_gives_way_to_the_one_before() {
    let told = check(async |store| {
        for answer in [answer("ada", false, 1), answer("cem", true, 2), answer("ada", false, 3), answer("cem", true, 4)] {
            store.answer(&answer).await.unwrap();
        }
        let mut rows = vec![format!("{:?}", counts(store).await)];
        // The same word by the same person is one word, however often it was given.
        for (said, now) in [(4, 10), (4, 11), (2, 11), (7, 11), (1, 12)] {
            let found = store.undo(&undo(said, now)).await.unwrap();
            rows.push(format!("{said} {found}: {:?}", counts(store).await));
        }
        store.answer(&answer("ada", false, 20)).await.unwrap();
        // A page that is old by now takes back nothing that was said since.
        assert!(!store.undo(&undo(1, 21)).await.unwrap());
        rows.push(format!("{:?}", counts(store).await));
        rows.join("\n")
    });
    assert_snapshot!(told.await, @r#"
    Some(("cem", true))
    4 true: Some(("ada", false))
    4 false: Some(("ada", false))
    2 false: Some(("ada", false))
    7 false: Some(("ada", false))
    1 true: None
    Some(("ada", false))
    "#);
}

#[tokio::test]
async fn wishes_come_back_as_they_were_said_and_are_forgotten_with_their_task() {
    let told = check(async |store| {
        let (ada, cem) = ("ada".parse().unwrap(), "cem".parse().unwrap());
        let (start, until) = (at(6000), at(600));
        let snooze = Snooze { task: task(), start, person: ada, until, at: at(2), by: "ada".to_owned(), undone: None };
        let handing =
            Handing { task: task(), start, from: Some(snooze.person.clone()), to: cem, at: at(3), by: "ada".to_owned(), undone: None };
        let later = Handing { from: None, at: at(4), ..handing.clone() };
        store.commit(&Turn { sightings: vec![sighting("t1", None)], ..Turn::default() }, at(1)).await.unwrap();
        store.snooze(&snooze).await.unwrap();
        store.hand(&handing).await.unwrap();
        store.hand(&later).await.unwrap();
        store.answer(&answer("ada", false, 5)).await.unwrap();
        assert!(store.undo(&undo(3, 9)).await.unwrap());
        assert!(!store.undo(&undo(3, 10)).await.unwrap());
        let past = store.past().await.unwrap();
        let handings = [Handing { undone: Some(at(9)), ..handing }, later];
        assert_eq!((past.snoozes(&task()), past.handings(&task())), ([snooze.clone()].as_slice(), handings.as_slice()));
        let matter = store.matter(&task()).await.unwrap().unwrap();
        assert_eq!(matter.sighting, sighting("t1", None));
        assert_eq!((matter.answers, matter.snoozes), (vec![answer("ada", false, 5)], vec![snooze]));
        assert_eq!(matter.handings, handings);
        assert_eq!(store.matter(&TaskId::new("t2".to_owned())).await.unwrap(), None);
        store.prune(at(5900)).await.unwrap();
        let kept = store.past().await.unwrap().handings(&task()).len();
        store.prune(at(6001)).await.unwrap();
        let past = store.past().await.unwrap();
        format!("{kept} hand-overs, then {} and {} snoozes", past.handings(&task()).len(), past.snoozes(&task()).len())
    });
    assert_snapshot!(told.await, @"2 hand-overs, then 0 and 0 snoozes");
}

#[tokio::test]
async fn a_server_of_the_first_schema_is_taken_over_whole() {
    let Some(cluster) = super::postgresql::cluster() else { return };
    let url = cluster.database();
    let name = url.split('/').nth(3).unwrap().split('?').next().unwrap().to_owned();
    cluster.sql(&name, include_str!("../migrations/postgres/0001_first.sql"));
    cluster
        .sql(&name, "UPDATE schema SET number = 1; INSERT INTO answers (task, waived, at, by) VALUES ('t1', TRUE, 1893481200000, 'ada')");
    let folder = tempfile::tempdir().unwrap();
    let store = Store::join(&address(&url, folder.path())).await.unwrap();
    assert_eq!(store.schema().await.unwrap(), Some(2));
    assert_eq!(counts(&store).await, Some(("ada".to_owned(), true)));
    let said = Undo { said: "2030-01-01T07:00Z".parse().unwrap(), ..undo(0, 1) };
    assert!(store.undo(&said).await.unwrap());
    assert_eq!(counts(&store).await, None);
    store.close().await;
}
