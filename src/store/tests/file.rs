//! What only a file can go through: crashes, locks, other processes, damage, full and read-only disks.

use super::*;

/// A state in a folder of its own.
pub(super) fn state() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("var/offwatch.db");
    (folder, path)
}

#[tokio::test]
async fn a_crash_in_the_middle_of_an_attempt_loses_nothing() {
    let (_folder, path) = state();
    let store = Store::open(&Address::File(path.clone())).await.unwrap();
    store.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    assert_eq!(store.begin(1, LEASE, at(0)).await.unwrap(), Some(1));
    drop(store);
    let store = Store::open(&Address::File(path.clone())).await.unwrap();
    let due = store.due(at(1), 0).await.unwrap();
    assert_eq!((due.len(), due[0].life.state, &due[0].bytes), (1, State::Sending, &letter(&["a"]).bytes));
    assert_eq!(store.begin(1, LEASE, at(1)).await.unwrap(), Some(2));
    assert!(store.letter(key("a").as_str()).await.unwrap().unwrap().life.maybe_twice);
}

#[tokio::test]
async fn another_process_is_noticed() {
    let (_folder, path) = state();
    let (mine, other) =
        (Store::open(&Address::File(path.clone())).await.unwrap(), Store::open(&Address::File(path.clone())).await.unwrap());
    let before = mine.data_version().await.unwrap();
    mine.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    assert_eq!(mine.data_version().await.unwrap(), before, "own writes are no news");
    assert!(other.withdraw(key("a").as_str(), "by hand", at(0)).await.unwrap());
    assert_ne!(mine.data_version().await.unwrap(), before);
    assert_eq!(mine.begin(1, LEASE, at(0)).await.unwrap(), None);
}

#[tokio::test]
async fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = state();
    let store = Store::open(&Address::File(path.clone())).await.unwrap();
    store.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(path.parent().unwrap()), mode(&path), mode(&path.with_extension("db-wal"))), (0o700, 0o600, 0o600));
}

#[tokio::test]
async fn nothing_of_a_former_copy_is_left_in_the_files() {
    let (_folder, path) = state();
    let store = Store::open(&Address::File(path.clone())).await.unwrap();
    let copy = |name: &str, text: &str| {
        let body: std::sync::Arc<[u8]> = text.repeat(2000).into_bytes().into();
        FeedCopy { body: Some(body), hash: Some(text.to_owned()), tried: Some(at(0)), ..FeedCopy::none(name.parse().unwrap()) }
    };
    let words = ["leavefinch", "laterfinch", "othersfinch", "heldfinch"];
    let is_left = |word: &str| {
        let files = [path.clone(), path.with_extension("db-wal")].map(|file| std::fs::read(file).unwrap_or_default()).concat();
        memchr::memmem::find(&files, word.as_bytes()).is_some()
    };
    let kept = Held { body: "heldfinch".repeat(2000).into_bytes().into(), hash: None, etag: None, last_modified: None };
    let hold = Hold { since: at(0), last: at(0), fetches: 1, missing: 4, of: 4, stage: Stage::Standing(kept) };
    let other = FeedCopy { hold: Some(hold), ..copy("other", words[2]) };
    store.save_copies(&[copy("team", words[0]), other]).await.unwrap();
    store.write_back().await.unwrap();
    assert_eq!(words.map(is_left), [true, false, true, true]);
    store.save_copy(&copy("team", words[1])).await.unwrap();
    let team = "team".parse().unwrap();
    store.drop_copies(&[&team].into(), at(1)).await.unwrap();
    store.write_back().await.unwrap();
    assert_eq!(words.map(is_left), [false, true, false, false]);
}

#[tokio::test]
async fn a_second_turning_process_is_refused_and_told_who_has_it() {
    let (_folder, path) = state();
    assert_eq!(Lock::holder(&path), None);
    let lock = Lock::take(&path).await.unwrap();
    assert_eq!(Lock::holder(&path), Some(std::process::id()));
    let refused = Lock::take(&path).await.unwrap_err().to_string();
    assert!(refused.contains(&format!("in use by process {}; stop that one first", std::process::id())), "{refused}");
    drop(lock);
    assert_eq!(Lock::holder(&path), None);
    assert!(Lock::take(&path).await.is_ok());
}

#[tokio::test]
async fn a_state_and_a_link_to_it_have_one_lock() {
    let (folder, path) = state();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let around = folder.path().join("var/../var/offwatch.db");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    for made in [false, true] {
        for (one, other) in [(&path, &link), (&link, &path), (&around, &link)] {
            let lock = Lock::take(one).await.unwrap();
            assert!(Lock::take(other).await.is_err(), "{} and {}, made: {made}", one.display(), other.display());
            assert_eq!(Lock::holder(other), Some(std::process::id()));
            drop(lock);
        }
        Store::open(&Address::File(link.clone())).await.unwrap().close().await;
        assert!(path.exists());
    }
}

#[tokio::test]
async fn a_state_is_not_brought_up_to_date_under_an_older_program() {
    let (_folder, path) = state();
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(include_str!("schema_1.sql")).execute(&pool).await.unwrap();
    pool.close().await;
    let address = Address::File(path.clone());
    let lock = Lock::take(&path).await.unwrap();
    let refused = Store::open(&address).await.unwrap_err().to_string();
    let told = refused.replace(&path.display().to_string(), "FILE").replace(&std::process::id().to_string(), "PID");
    assert_snapshot!(told, @"the state `FILE` has schema 1 and is in use in process PID by an offwatch of that age; restart that one as this one, which makes it schema 5");
    // Whoever holds the lock does, and then anybody may open it.
    Store::join(&address).await.unwrap().close().await;
    Store::open(&address).await.unwrap().close().await;
    drop(lock);
}

#[tokio::test]
async fn a_lock_that_is_a_link_is_not_followed() {
    let (folder, path) = state();
    let other = folder.path().join("other");
    std::fs::write(&other, "mine").unwrap();
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&other, path.with_extension("db.lock")).unwrap();
    assert!(Lock::take(&path).await.is_err());
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "mine");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (_folder, path) = state();
    Store::open(&Address::File(path.clone())).await.unwrap().close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&pool).await.unwrap();
    pool.close().await;
    let refused = Store::open(&Address::File(path.clone())).await.unwrap_err();
    assert!(matches!(refused, OpenError::NewerSchema { found: 99, known: 5, .. }), "{refused}");
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let (_folder, path) = state();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "this is no database, ".repeat(400)).unwrap();
    let refused = Store::open(&Address::File(path.clone())).await.unwrap_err();
    assert!(matches!(refused, OpenError::Corrupt { .. }), "{refused}");
}

/// Runs one ignored test of this program on a small disk of its own; false when that is not permitted here.
fn on_a_small_disk(test: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let script = "mount -t tmpfs -o size=256k tmpfs \"$2\" || exit 125; cd \"$2\" && exec \"$1\" --exact \"$3\" --ignored --nocapture";
    let mut command = std::process::Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, "sh"]).arg(program).arg(folder.path()).arg(test);
    let Ok(done) = command.output() else { return false };
    let told = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    if done.status.code() == Some(125) || told.contains("unshare failed") {
        return false;
    }
    assert!(done.status.success() && told.contains("1 passed"), "{told}");
    true
}

#[test]
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a test that did not run says so, or fails where it must run")]
fn a_full_or_read_only_disk_keeps_what_was_kept() {
    if !on_a_small_disk("store::tests::file::on_a_full_disk") || !on_a_small_disk("store::tests::file::on_a_read_only_disk") {
        let required = std::env::var("OFFWATCH_REQUIRE").is_ok_and(|names| names.contains("unshare"));
        assert!(!required, "unshare is required and permits no mounts");
        eprintln!("skipped: no mounts are permitted here (unshare -rm), install util-linux and permit user namespaces");
    }
}

#[tokio::test]
#[ignore = "runs on a small disk, see above"]
async fn on_a_full_disk() {
    let path = Path::new("offwatch.db");
    let store = Store::open(&Address::File(path.to_owned())).await.unwrap();
    store.commit(&turn(&[&["a"]]), at(0)).await.unwrap();
    let mut big = turn(&[&["b"], &["c"]]);
    big.letters[1].bytes = vec![b'x'; 400_000];
    let refused = format!("{:#}", store.commit(&big, at(1)).await.unwrap_err());
    assert!(refused.contains("full"), "{refused}");
    assert_eq!(store.outbox().await.unwrap().len(), 1, "nothing of the turn is kept");
    std::fs::write("filler", vec![0; 300_000]).unwrap_err();
    let refused = Store::open(&Address::File("other.db".into())).await.unwrap_err();
    assert!(matches!(refused, OpenError::DiskFull { .. }), "{refused}");
}

#[tokio::test]
#[ignore = "runs on a small disk, see above"]
async fn on_a_read_only_disk() {
    let path = Path::new("offwatch.db");
    Store::open(&Address::File(path.to_owned())).await.unwrap().close().await;
    let here = std::env::current_dir().unwrap();
    let mounted = std::process::Command::new("mount").args(["-o", "remount,ro"]).arg(here).status().unwrap();
    assert!(mounted.success());
    let refused = Store::open(&Address::File(path.to_owned())).await.unwrap_err();
    assert!(matches!(refused, OpenError::ReadOnly { .. }), "{refused}");
    let refused = Lock::take(path).await.unwrap_err();
    assert!(matches!(refused, OpenError::ReadOnly { .. }), "{refused}");
}
