//! One suite that all stores must pass.

mod file;
#[path = "../../../tests/peers/postgresql.rs"]
pub(crate) mod postgresql;
mod replicas;
mod upgrade;
mod wishes;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};

use super::{Address, Claim, Committed, FeedCopy, Held, Hold, Lock, OpenError, Stage, Store, Turn};
use crate::agenda::history::{Revision, SetBack};
use crate::agenda::{Bygone, Identity, Sighting, Task, TaskId, Thing};
use crate::feeds::Secret;
use crate::outbox::{Letter, Outcome, State, Waiting};
use crate::people::FeedName;
use crate::plan::past::Writer;
use crate::plan::{Answer, Key, Kind, Release, Said};
use crate::window::Window;

/// How long an attempt takes at most.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// The instant so many minutes after 2030-01-07T09:00Z.
fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2030-01-07T09:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

/// A key with that subject.
fn key(subject: &str) -> Key {
    Key::new(Kind::BriefingRequest, "ada", subject, Some(at(6000)), "3 working days", 0)
}

/// A letter that says those subjects, the first of them its own.
fn letter(subjects: &[&str]) -> Letter {
    let said = |subject: &&str| Said {
        key: key(subject),
        kind: Kind::BriefingRequest,
        person: "ada".to_owned(),
        task: Some(TaskId::new((*subject).to_owned())),
        task_start: Some(at(6000)),
        stage: Some("3 working days".to_owned()),
        reason: "nobody is there".to_owned(),
        uids: (*subject == "list").then(|| vec!["one".to_owned(), "two".to_owned()]),
        at: at(0),
        letter: key(subjects[0]),
        withdrawn: false,
    };
    Letter {
        key: key(subjects[0]),
        to: "ada@example.com".parse().unwrap(),
        engineer: Some("ada".to_owned()),
        subject: format!("About {}", subjects.join(", ")),
        bytes: format!("Subject: x\r\n\r\n.{}\r\n", subjects.join("\r\n")).into_bytes(),
        notices: subjects.iter().map(said).collect(),
        queued: at(0),
        useful_until: Some(at(6000)),
    }
}

/// A turn of those letters only.
fn turn(letters: &[&[&str]]) -> Turn {
    Turn { letters: letters.iter().map(|subjects| letter(subjects)).collect(), ..Turn::default() }
}

/// The state in that database, for the process that has its seat in that folder.
fn address(url: &str, seat: &Path) -> Address {
    Address::Server { url: Secret::new(url.to_owned()), seat: seat.join("offwatch") }
}

/// A task as seen.
fn sighting(id: &str, gone: Option<Timestamp>) -> Sighting {
    let task = |title: &str| Task {
        identity: Identity { uid: format!("{id}@example.com"), recurrence_id: Some("2030-01-11".to_owned()) },
        feed: "tasks".parse().unwrap(),
        account: Some("acme".parse().unwrap()),
        matched_by: None,
        window: Window::new(at(6000), at(6060)).unwrap(),
        date_only: false,
        title: title.to_owned(),
        ticket: None,
        description: "Zeile 1\nZeile 2 äöü".to_owned(),
        recurs: true,
        cancelled: false,
        mark: None,
        escalate_unmatched: false,
    };
    let revisions = vec![Revision { at: at(1), was: Thing::Task(task("first")) }, Revision { at: at(2), was: Thing::Task(task("second")) }];
    let thing = Thing::Task(task("third"));
    Sighting { id: TaskId::new(id.to_owned()), thing, first_seen: at(0), known: at(2), last_seen: gone, gone, revisions }
}

/// A day of ada's leave, as a feed showed it last.
fn bygone() -> Bygone {
    let away =
        r#"{"engineer":"ada","away":{"Dates":{"first":"2030-01-07","until":"2030-01-08"}},"cause":"Leave","feed":"leave","uid":"v1"}"#;
    let form = format!(r#"{{"shown":{{"absences":[{away}],"shifts":[]}},"rolled":{{"absences":[],"shifts":[]}}}}"#);
    serde_json::from_str(&form).unwrap()
}

/// Letters in one line each.
fn shown(letters: &[Waiting]) -> String {
    let line = |letter: &Waiting| {
        let life = &letter.life;
        let notices: Vec<&str> = letter.notices.iter().filter_map(|said| said.task.as_ref()).map(TaskId::as_str).collect();
        let due = life.due.strftime("%dT%H:%M");
        let last = life.last_answer.as_deref().unwrap_or("-");
        format!("{} [{}] {} due {due} tries {} ({last})", letter.id, notices.join(" "), life.state, life.tries)
    };
    letters.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A claim to a feed.
fn claim(feed: &str, tried: Option<Timestamp>) -> Claim {
    Claim { feed: feed.parse().unwrap(), tried, timeout: SignedDuration::from_secs(30) }
}

/// Keeps a copy as whoever fetches does.
async fn keep(store: &Store, copy: &FeedCopy) {
    let known = store.copies().await.unwrap().get(&copy.feed).and_then(|known| known.tried);
    let claimed = store.claim_feeds(&[claim(copy.feed.as_str(), known)]).await.unwrap();
    assert_eq!(claimed, std::slice::from_ref(&copy.feed));
    store.save_copy(copy).await.unwrap();
}

/// Plays `story` over a store in memory, over a file and over a server where one can be had; all must tell the same.
async fn check<S: AsyncFn(&Store) -> String>(story: S) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = Store::open(&Address::File(folder.path().join("state/offwatch.db"))).await.unwrap();
    let (kept, played) = (story(&file).await, story(&Store::memory()).await);
    file.close().await;
    assert_eq!(kept, played, "the file and memory disagree");
    if let Some(cluster) = postgresql::cluster() {
        let server = Store::join(&address(&cluster.database(), folder.path())).await.unwrap();
        let told = story(&server).await;
        server.close().await;
        assert_eq!(told, kept, "the server and the file disagree");
    }
    kept
}

#[tokio::test]
async fn a_key_is_said_once() {
    let told = check(async |store| {
        let first = store.commit(&turn(&[&["a", "b"], &["c"]]), at(0)).await.unwrap();
        let again = store.commit(&turn(&[&["b"], &["c", "d"], &["e", "a"], &["list"]]), at(1)).await.unwrap();
        let said: Vec<Key> = store.past().await.unwrap().said.keys().cloned().collect();
        let list = store.past().await.unwrap().said[&key("list")].clone();
        assert_eq!(list, letter(&["list"]).notices[0], "a notice is kept as it was said");
        assert_eq!(said, ["a", "b", "c", "e", "list"].map(key));
        assert_eq!(first, Committed { queued: vec![1, 2], dropped: Vec::new() });
        assert_eq!(again.dropped, ["b", "c"].map(key));
        shown(&store.outbox().await.unwrap())
    });
    assert_snapshot!(told.await, @r"
    1 [a b] queued due 07T09:00 tries 0 (-)
    2 [c] queued due 07T09:00 tries 0 (-)
    3 [e] queued due 07T09:00 tries 0 (-)
    4 [list] queued due 07T09:00 tries 0 (-)
    ");
}

#[tokio::test]
async fn letters_live_as_the_outbox_says() {
    let told = check(async |store| {
        store.commit(&turn(&[&["a"], &["b"], &["c"], &["d"], &["e"]]), at(0)).await.unwrap();
        let one = store.begin(1, LEASE, at(0)).await.unwrap().unwrap();
        assert_eq!(store.begin(1, LEASE, at(0)).await.unwrap(), None, "it is under way");
        store.finish(1, one, &Outcome::Accepted { answer: "250 ok".to_owned() }, at(0)).await.unwrap();
        let two = store.begin(2, LEASE, at(0)).await.unwrap().unwrap();
        store.finish(2, two + 1, &Outcome::Refused { answer: "not mine".to_owned() }, at(0)).await.unwrap();
        store.finish(2, two, &Outcome::Unclear { answer: "450 later".to_owned(), maybe_sent: false }, at(0)).await.unwrap();
        let three = store.begin(3, LEASE, at(1)).await.unwrap().unwrap();
        store.finish(3, three, &Outcome::Refused { answer: "550 no".to_owned() }, at(1)).await.unwrap();
        let wrong =
            Turn { withdrawn: vec![(4, "written".to_owned())], put_off: vec![(5, at(90), "on leave".to_owned())], ..Turn::default() };
        store.commit(&wrong, at(1)).await.unwrap();
        assert_eq!(store.next_due().await.unwrap(), Some(at(1)));
        assert_eq!(store.refused_since(at(1)).await.unwrap().len(), 1);
        assert_eq!(store.refused_since(at(2)).await.unwrap().len(), 0);
        assert_eq!(store.waiting().await.unwrap().len(), 2);
        format!("{}\ndue: {}", shown(&store.outbox().await.unwrap()), shown(&store.due(at(1), 0).await.unwrap()))
    });
    assert_snapshot!(told.await, @r"
    1 [a] accepted due 07T09:01 tries 1 (250 ok)
    2 [b] queued due 07T09:01 tries 1 (450 later)
    3 [c] refused due 07T09:02 tries 1 (550 no)
    4 [d] withdrawn due 07T09:00 tries 0 (written)
    5 [e] queued due 07T10:30 tries 0 (on leave)
    due: 2 [b] queued due 07T09:01 tries 1 (450 later)
    ");
}

#[tokio::test]
async fn a_clock_that_was_set_back_leaves_no_letter_waiting_for_its_time() {
    let told = check(async |store| {
        store.commit(&turn(&[&["a"], &["b"], &["c"]]), at(0)).await.unwrap();
        let one = store.begin(1, LEASE, at(600)).await.unwrap().unwrap();
        store.finish(1, one, &Outcome::Unclear { answer: "450 later".to_owned(), maybe_sent: false }, at(600)).await.unwrap();
        store.put_off(key("c").as_str(), at(900), "on leave", at(600)).await.unwrap();
        assert_eq!(store.due(at(2), 0).await.unwrap().len(), 1);
        let mut ahead = turn(&[&["d"]]);
        ahead.letters[0].notices[0].at = at(600);
        store.commit(&ahead, at(600)).await.unwrap();
        let (task, by) = (TaskId::new("t".to_owned()), "ada".to_owned());
        for minute in [600, 700] {
            let answer = Answer { task: task.clone(), waived: false, at: at(minute), by: by.clone(), note: Some(minute.to_string()) };
            store.answer(&answer).await.unwrap();
            let writer = Writer { task: task.clone(), start: at(9_000), engineer: Some(by.parse().unwrap()), since: at(minute) };
            store.commit(&Turn { writers: vec![writer], ..Turn::default() }, at(minute)).await.unwrap();
        }
        store.commit(&Turn { set_back: Some(SetBack::new([at(600), at(700)], at(2))), ..Turn::default() }, at(2)).await.unwrap();
        let past = store.past().await.unwrap();
        assert!(past.said.values().all(|said| said.at <= at(2)));
        assert_eq!(past.answers[&task].at, at(2));
        let since: Vec<Timestamp> = past.writers(&task, at(9_000)).iter().map(|writer| writer.since).collect();
        assert_eq!(since, [at(2) - SignedDuration::from_millis(1), at(2)], "who was the writer first still was");
        shown(&store.due(at(2), 0).await.unwrap())
    });
    assert_snapshot!(told.await, @"
    1 [a] queued due 07T09:02 tries 1 (450 later)
    2 [b] queued due 07T09:00 tries 0 (-)
    3 [c] queued due 07T09:02 tries 0 (on leave)
    4 [d] queued due 07T09:00 tries 0 (-)
    ");
}

#[tokio::test]
async fn a_letter_that_may_have_arrived_and_is_taken_back_counts_as_heard() {
    let told = check(async |store| {
        store.commit(&turn(&[&["a"], &["b"]]), at(0)).await.unwrap();
        let one = store.begin(1, LEASE, at(0)).await.unwrap().unwrap();
        store.finish(1, one, &Outcome::Unclear { answer: "dropped".to_owned(), maybe_sent: true }, at(0)).await.unwrap();
        for letter in store.outbox().await.unwrap() {
            assert!(store.withdraw(letter.key.as_str(), "written", at(1)).await.unwrap());
        }
        let past = store.past().await.unwrap();
        let rows = past.said.values().map(|said| format!("{} unheard: {}", said.key.subject().unwrap_or("-"), said.withdrawn));
        rows.collect::<Vec<_>>().join("\n")
    });
    assert_snapshot!(told.await, @"
    a unheard: false
    b unheard: true
    ");
}

#[tokio::test]
async fn what_a_letter_that_was_taken_back_says_was_heard_by_nobody() {
    let told = check(async |store| {
        store.commit(&turn(&[&["a", "b"], &["c"]]), at(0)).await.unwrap();
        let mut rows = Vec::new();
        let mut look = async |what: &str| {
            let past = store.past().await.unwrap();
            let unheard: Vec<&str> = past.said.values().filter(|said| said.withdrawn).filter_map(|said| said.key.subject()).collect();
            let task = TaskId::new("b".to_owned());
            let (asked, round) = (past.was_asked(Some("ada"), &task), past.round("ada", &task));
            rows.push(format!("{what}: unheard [{}], of b ada was told {asked}, round {round}", unheard.join(" ")));
        };
        look("queued").await;
        assert!(store.withdraw(key("b").as_str(), "cancelled", at(1)).await.unwrap());
        look("taken back").await;
        assert!(store.retry(key("a").as_str(), at(2)).await.unwrap());
        look("queued again").await;
        rows.join("\n")
    });
    assert_snapshot!(told.await, @"
    queued: unheard [], of b ada was told true, round 0
    taken back: unheard [a b], of b ada was told false, round 1
    queued again: unheard [], of b ada was told true, round 0
    ");
}

#[tokio::test]
async fn people_find_letters_by_any_key_in_them() {
    let told = check(async |store| {
        store.commit(&turn(&[&["a", "b"], &["c"]]), at(0)).await.unwrap();
        let b = key("b");
        assert_eq!(store.letter(b.as_str()).await.unwrap().unwrap().key, key("a"));
        assert_eq!(store.letter("no such key").await.unwrap(), None);
        assert!(!store.retry("no such key", at(1)).await.unwrap());
        assert!(store.put_off(b.as_str(), at(30), "by hand", at(1)).await.unwrap());
        assert!(store.withdraw(key("c").as_str(), "by hand", at(1)).await.unwrap());
        assert!(!store.withdraw(key("c").as_str(), "again", at(1)).await.unwrap());
        assert!(store.retry(b.as_str(), at(2)).await.unwrap());
        shown(&store.outbox().await.unwrap())
    });
    assert_snapshot!(told.await, @r"
    1 [a b] queued due 07T09:02 tries 0 (by hand)
    2 [c] withdrawn due 07T09:00 tries 0 (by hand)
    ");
}

#[tokio::test]
async fn what_a_turn_leaves_behind_comes_back_as_it_was() {
    let told = check(async |store| {
        let answer = |waived, minute| Answer {
            task: TaskId::new("t1".to_owned()),
            waived,
            at: at(minute),
            by: "ada".to_owned(),
            note: Some("see ticket".to_owned()),
        };
        let writer = |engineer: Option<&str>, since| Writer {
            task: TaskId::new("t1".to_owned()),
            start: at(6000),
            engineer: engineer.map(|engineer| engineer.parse().unwrap()),
            since: at(since),
        };
        let turn = Turn {
            sightings: vec![sighting("t1", None), sighting("t2", Some(at(3))), sighting("t3", None)],
            writers: vec![writer(Some("ada"), 1), writer(None, 2)],
            instants: vec![("born".to_owned(), at(0)), ("coverage".to_owned(), at(0))],
            answers: vec![answer(true, 5), answer(false, 4)],
            bygone: vec![("leave".parse().unwrap(), bygone()), ("gone".parse().unwrap(), bygone())],
            ..Turn::default()
        };
        store.commit(&turn, at(5)).await.unwrap();
        store.commit(&Turn { sightings: Vec::new(), ..turn }, at(6)).await.unwrap();
        let forgotten = vec![TaskId::new("t3".to_owned())];
        let gone = vec![("gone".parse().unwrap(), Bygone::default())];
        let last = Turn { forgotten, bygone: gone, instants: vec![("coverage".to_owned(), at(9))], ..Turn::default() };
        store.commit(&last, at(9)).await.unwrap();
        assert_eq!(store.bygone().await.unwrap(), BTreeMap::from([("leave".parse().unwrap(), bygone())]));
        store.answer(&answer(false, 3)).await.unwrap();
        let (past, history) = (store.past().await.unwrap(), store.history().await.unwrap());
        assert_eq!(history.values().cloned().collect::<Vec<_>>(), [sighting("t1", None), sighting("t2", Some(at(3)))]);
        assert_eq!(past.writers(&TaskId::new("t1".to_owned()), at(6000)), [writer(Some("ada"), 1), writer(None, 2)]);
        assert_eq!(past.answers[&TaskId::new("t1".to_owned())], answer(true, 5), "the latest counts");
        format!("{:?}", past.instants.iter().map(|(name, at)| format!("{name} {at}")).collect::<Vec<_>>())
    });
    assert_snapshot!(told.await, @r#"["born 2030-01-07T09:00:00Z", "coverage 2030-01-07T09:09:00Z"]"#);
}

/// A copy of the feed `leave`, with something held back since the third minute.
fn held_copy() -> FeedCopy {
    let held = Held { body: [1, 255].into(), hash: Some("def".to_owned()), etag: Some("\"y\"".to_owned()), last_modified: None };
    FeedCopy {
        body: Some([0, 255, 10].into()),
        hash: Some("abc".to_owned()),
        etag: Some("\"x\"".to_owned()),
        last_modified: Some("Mon, 07 Jan 2030 09:00:00 GMT".to_owned()),
        fetched: Some(at(0)),
        changed: Some(at(0)),
        tried: Some(at(5)),
        hold: Some(Hold { since: at(3), last: at(5), fetches: 2, missing: 5, of: 9, stage: Stage::Standing(held) }),
        ..FeedCopy::none("leave".parse().unwrap())
    }
}

#[tokio::test]
async fn feed_copies_are_replaced_whole() {
    let told = check(async |store| {
        let mut copy = FeedCopy { hold: None, ..held_copy() };
        keep(store, &copy).await;
        (copy.tried, copy.error) = (Some(at(1)), Some("no answer".to_owned()));
        (copy.failing_since, copy.next_try) = (Some(at(1)), Some(at(2)));
        keep(store, &copy).await;
        let copies = store.copies().await.unwrap();
        assert_eq!(copies.values().collect::<Vec<_>>(), [&copy]);
        copies.len().to_string()
    });
    assert_eq!(told.await, "1");
}

#[tokio::test]
async fn what_the_brake_holds_is_kept_and_goes_with_its_hold() {
    let told = check(async |store| {
        let mut copy = held_copy();
        let mut kept = Vec::new();
        for ends in [None, Some(Release::Returned), None] {
            match ends {
                Some(how) => copy.release(how, at(7)),
                None => copy = held_copy(),
            }
            keep(store, &copy).await;
            assert_eq!(store.copies().await.unwrap().values().collect::<Vec<_>>(), [&copy]);
            kept.push(format!("{:?}", copy.hold.as_ref().and_then(Hold::released)));
        }
        copy.hold = None;
        keep(store, &copy).await;
        assert_eq!(store.copies().await.unwrap().values().collect::<Vec<_>>(), [&copy]);
        kept.join("\n")
    });
    assert_snapshot!(told.await, @"
    None
    Some((2030-01-07T09:07:00Z, Returned))
    None
    ");
}

#[tokio::test]
async fn what_is_held_is_accepted_once_and_the_hold_is_not_put_back() {
    let told = check(async |store| {
        let leave = "leave".parse().unwrap();
        assert_eq!(store.accept(&leave, at(8)).await.unwrap(), None, "there is no such copy");
        keep(store, &held_copy()).await;
        let copy = store.accept(&leave, at(8)).await.unwrap().unwrap();
        assert_eq!(store.accept(&leave, at(9)).await.unwrap(), None, "nothing is held any more");
        // A process that has not looked since counts another fetch of the same hold.
        let mut late = held_copy();
        late.tried = Some(at(10));
        late.hold.iter_mut().for_each(|hold| hold.fetches = 3);
        assert!(late.is_behind(&copy), "the acceptance is news to it");
        keep(store, &late).await;
        assert_eq!(store.copies().await.unwrap().values().collect::<Vec<_>>(), [&copy]);
        // The next hold is another one.
        late.hold.iter_mut().for_each(|hold| hold.since = at(4));
        keep(store, &late).await;
        assert_eq!(store.copies().await.unwrap().values().collect::<Vec<_>>(), [&late]);
        let FeedCopy { body, hash, etag, last_modified, fetched, changed, hold, .. } = copy;
        let hold = hold.and_then(|hold| hold.released());
        format!("{body:?} {hash:?} {etag:?} {last_modified:?}\nfetched {fetched:?}\nchanged {changed:?}\n{hold:?}")
    });
    assert_snapshot!(told.await, @r#"
    Some([1, 255]) Some("def") Some("\"y\"") None
    fetched Some(2030-01-07T09:05:00Z)
    changed Some(2030-01-07T09:08:00Z)
    Some((2030-01-07T09:08:00Z, Accepted))
    "#);
}

#[tokio::test]
async fn old_things_are_forgotten_and_things_in_sight_are_not() {
    let told = check(async |store| {
        let mut old = turn(&[&["a"], &["b"]]);
        old.sightings = vec![sighting("kept", None), sighting("gone", Some(at(3)))];
        let answer = |task: &str| Answer { task: TaskId::new(task.to_owned()), waived: false, at: at(1), by: "ada".to_owned(), note: None };
        old.answers = vec![answer("kept"), answer("gone")];
        let marks = ["born", "covered/t", "uncovered/t", "leads/t", "slot/ada/t", "proposed/ada/t", "heard/ada/t"];
        old.instants = marks.map(|name| (name.to_owned(), at(1))).into();
        old.instants.push(("proposed/ada/ahead".to_owned(), at(11)));
        store.commit(&old, at(0)).await.unwrap();
        let attempt = store.begin(1, LEASE, at(0)).await.unwrap().unwrap();
        store.finish(1, attempt, &Outcome::Accepted { answer: "250".to_owned() }, at(0)).await.unwrap();
        store.prune(at(10)).await.unwrap();
        let (past, history) = (store.past().await.unwrap(), store.history().await.unwrap());
        let said: Vec<_> = past.said.values().filter_map(|said| said.task.clone()).collect();
        let instants: Vec<_> = past.instants.keys().collect();
        format!("{:?}\n{:?}\n{instants:?}\n{said:?}\n{}", history.keys(), past.answers.keys(), shown(&store.outbox().await.unwrap()))
    });
    assert_snapshot!(told.await, @r#"
    [TaskId("kept")]
    [TaskId("kept")]
    ["born", "proposed/ada/ahead"]
    [TaskId("b")]
    2 [b] queued due 07T09:00 tries 0 (-)
    "#);
}

#[tokio::test]
async fn copies_of_feeds_that_left_the_configuration_are_forgotten_in_time() {
    let told = check(async |store| {
        for (name, tried) in [("tasks", Some(0)), ("left", Some(0)), ("elsewhere", Some(10)), ("untried", None)] {
            let copy = FeedCopy { tried: tried.map(at), ..held_copy() };
            keep(store, &FeedCopy { feed: name.parse().unwrap(), ..copy }).await;
        }
        let configured: FeedName = "tasks".parse().unwrap();
        store.drop_copies(&[&configured].into(), at(10)).await.unwrap();
        store.write_back().await.unwrap();
        format!("{:?}", store.copies().await.unwrap().keys().map(FeedName::as_str).collect::<Vec<_>>())
    });
    assert_snapshot!(told.await, @r#"["elsewhere", "tasks"]"#);
}
