//! Fetches of all kinds against a web server on this machine and files in a folder.

mod faults;
mod http2;
mod matrix;
mod server;
mod tls;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::dns::{Name, Resolve, Resolving};

use self::server::{CALENDAR, Server};
use super::{Client, FILE_LIMIT, Feed, Fetched, Login, Previous, Secret, Source, fetch, fingerprint};
use crate::agenda::{FeedRole, Purpose};
use crate::schedule::Schedule;
use crate::zone::Zone;

/// A resolver that knows no name.
struct Nameless;

impl Resolve for Nameless {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("canary: no such host".into()) })
    }
}

/// A client that needs nothing of the machine: no proxy, no root certificates, no resolver.
fn client() -> Client {
    // Another test may have installed it before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::with(|| reqwest::Client::builder().no_proxy().tls_certs_only([]).dns_resolver(Nameless))
}

/// A feed of this source, with time enough for a fetch on any machine.
fn feed(source: Source) -> Feed {
    let role = FeedRole {
        name: "tasks".parse().unwrap(),
        reads: BTreeSet::from([Purpose::Tasks]),
        every_event_is_absence: false,
        literal_times: false,
        zone: None,
        escalate_unmatched: false,
    };
    Feed {
        role,
        source,
        fetch: Schedule::new("*/10 * * * *".parse().unwrap(), Zone::utc()),
        stale_after: SignedDuration::from_hours(6),
        empty_body_is_empty: false,
        timeout: SignedDuration::from_secs(60),
    }
}

/// A feed at a web address.
fn web(url: String, login: Option<Login>) -> Feed {
    feed(Source::Url { url: Secret::new(url), login })
}

/// When all of it happens.
fn now() -> Timestamp {
    "2026-12-01T09:00:00Z".parse().unwrap()
}

/// How a fetch ended, in a line without a canary.
fn told(fetched: &Fetched) -> String {
    assert!(!format!("{fetched:?}").contains("canary"), "{fetched:?}");
    match fetched {
        Fetched::Unchanged => "unchanged".to_owned(),
        Fetched::New(body) if *body.bytes == *CALENDAR => {
            assert_eq!(body.hash, fingerprint(CALENDAR));
            format!("the calendar, {:?}, {:?}", body.etag, body.last_modified)
        }
        Fetched::New(body) => format!("{:?}", String::from_utf8_lossy(&body.bytes)),
        Fetched::Failed { why, retry } => {
            let wait = retry.not_before.map(|wait| format!("; wait {wait:#}")).unwrap_or_default();
            format!("{why}{wait}")
        }
    }
}

/// Each path's fetch as a line.
async fn check(paths: &str, previous: &Previous) -> String {
    let server = Server::start(1).await;
    let client = client();
    let mut lines = Vec::new();
    for path in paths.split_whitespace() {
        let fetched = fetch(&web(server.at(path), None), previous, &client, now()).await;
        lines.push(format!("{path}: {}", told(&fetched)));
    }
    lines.join("\n")
}

/// What is known of a copy of the calendar.
fn known(etag: Option<&str>) -> Previous {
    Previous { etag: etag.map(str::to_owned), last_modified: None, hash: Some(fingerprint(CALENDAR)) }
}

#[tokio::test]
async fn bytes_come_as_they_are_whatever_they_mean() {
    insta::assert_snapshot!(check("tagged plain gzip html nothing near", &Previous::default()).await, @r#"
    tagged: the calendar, Some("\"v1\""), Some("Tue, 01 Dec 2026 09:00:00 GMT")
    plain: the calendar, None, None
    gzip: the calendar, None, None
    html: "<!doctype html><title>Log in</title>"
    nothing: ""
    near: the calendar, None, None
    "#);
}

#[tokio::test]
async fn the_same_again_is_no_news_whether_the_server_knows_or_not() {
    insta::assert_snapshot!(check("tagged plain gzip html", &known(Some("\"v1\""))).await, @r#"
    tagged: unchanged
    plain: unchanged
    gzip: unchanged
    html: "<!doctype html><title>Log in</title>"
    "#);
}

#[tokio::test]
async fn without_a_copy_in_hand_nobody_asks_for_changes_only() {
    let lost = Previous { hash: None, ..known(Some("\"v1\"")) };
    insta::assert_snapshot!(check("tagged never-new", &lost).await, @r#"
    tagged: the calendar, Some("\"v1\""), Some("Tue, 01 Dec 2026 09:00:00 GMT")
    never-new: the server says "not modified" though it was not asked that: tell its owner (HTTP 304)
    "#);
}

#[tokio::test]
async fn every_failure_says_what_to_do_and_none_the_address() {
    let paths = "login revoked missing busy down trouble loop nowhere elsewhere bomb endless damaged torn mute";
    insta::assert_snapshot!(check(paths, &Previous::default()).await, @"
    login: the server wants a login: check the feed's username and password, or its token (HTTP 401)
    revoked: access is refused: the login may not read this calendar, or its link was revoked (HTTP 403)
    missing: there is no calendar at this address: it was moved, or its private link was renewed (HTTP 404)
    busy: asked too often: fetch this feed less often (HTTP 429); wait 2m
    down: the server is in trouble: tell its owner if it lasts (HTTP 503); wait 5m
    trouble: the server is in trouble: tell its owner if it lasts (HTTP 500)
    loop: redirected more than 3 times: put in the address at which it ends, or log in
    nowhere: redirected without a place to go: put in the address at which a browser ends (HTTP 302)
    elsewhere: redirected to something that is not on the web: put in the address at which a browser ends
    bomb: larger than 16 MiB: export a shorter span or fewer calendars
    endless: larger than 16 MiB: export a shorter span or fewer calendars
    damaged: the answer's compression is damaged: tell the server's owner if it lasts
    torn: the answer broke off: tell the server's owner if it lasts
    mute: the server hung up without an answer: tell its owner if it lasts
    ");
}

#[tokio::test]
async fn a_slow_server_is_left_when_the_feed_s_time_is_over() {
    let server = Server::start(1).await;
    let mut lines = Vec::new();
    for path in ["drip", "silent"] {
        let hasty = Feed { timeout: SignedDuration::from_millis(200), ..web(server.at(path), None) };
        lines.push(told(&fetch(&hasty, &Previous::default(), &client(), now()).await));
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    not finished after 200ms: is the server reachable from here? else raise `timeout`
    not finished after 200ms: is the server reachable from here? else raise `timeout`
    ");
}

#[tokio::test]
async fn no_connection_is_told_without_its_address() {
    let server = Server::start(1).await;
    let rows = [
        "http://127.0.0.1:1/canary".to_owned(),
        format!("https://127.0.0.1:{}/canary", server.port),
        "http://canary.invalid/canary".to_owned(),
        "canary".to_owned(),
        "gopher://canary/".to_owned(),
    ];
    let mut lines = Vec::new();
    for row in rows {
        lines.push(told(&fetch(&web(row, None), &Previous::default(), &client(), now()).await));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    could not connect: connection refused
    no encrypted connection: the server's TLS does not fit or is no TLS at all: check the address and its port
    could not connect: its host name is not known to the resolver
    the address has no `https://`
    the address is neither http, https nor webcal
    ");
}

#[tokio::test]
async fn credentials_go_to_their_own_host_and_no_further() {
    let other = Server::start(1).await;
    let server = Server::start(other.port).await;
    let basic = || Login::Basic { username: "ada".to_owned(), password: Secret::new("canary".to_owned()) };
    let bearer = || Login::Bearer(Secret::new("canary".to_owned()));
    let inside = server.at("away").replace("//", "//ada:canary@");
    let near = server.at("near").replace("//", "//ada:canary@");
    let in_basic = Some("Basic YWRhOmNhbmFyeQ==".to_owned());
    for (url, login, shown) in [
        (server.at("near"), Some(basic()), in_basic.clone()),
        (near, None, in_basic.clone()),
        (server.at("near"), Some(bearer()), Some("Bearer canary".to_owned())),
        (server.at("near").replace("//", "//eve:x@"), Some(basic()), in_basic),
    ] {
        fetch(&web(url, login), &Previous::default(), &client(), now()).await;
        assert_eq!(server.last("authorization"), shown);
    }
    for (url, login) in [(server.at("away"), Some(basic())), (server.at("away"), Some(bearer())), (inside, None)] {
        let before = other.count();
        let fetched = fetch(&web(url, login), &Previous::default(), &client(), now()).await;
        assert_eq!(told(&fetched), "the calendar, None, None");
        assert!(server.last("authorization").is_some());
        assert_eq!((other.count(), other.last("authorization"), other.last("referer")), (before + 1, None, None));
    }
}

#[tokio::test]
async fn a_fetch_names_its_program_and_what_it_wants() {
    let server = Server::start(1).await;
    let previous = Previous { last_modified: Some("Tue, 01 Dec 2026 09:00:00 GMT".to_owned()), ..known(Some("\"v1\"")) };
    fetch(&web(server.at("plain"), None), &previous, &client(), now()).await;
    let heads = ["user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since"]
        .map(|name| format!("{name}: {:?}", server.last(name)));
    insta::assert_snapshot!(heads.join("\n"), @r#"
    user-agent: Some("offwatch/0.1.0")
    accept: Some("text/calendar, */*;q=0.5")
    accept-encoding: Some("gzip")
    if-none-match: Some("\"v1\"")
    if-modified-since: Some("Tue, 01 Dec 2026 09:00:00 GMT")
    "#);
}

/// A fetch of a path as a line.
async fn check_file(path: &Path, previous: &Previous) -> String {
    told(&fetch(&feed(Source::Path(path.to_owned())), previous, &client(), now()).await)
}

#[tokio::test]
async fn a_file_is_read_within_its_own_limits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tasks.ics");
    assert_eq!(check_file(&path, &Previous::default()).await, "no such file");
    std::fs::write(&path, CALENDAR).unwrap();
    assert_eq!(check_file(&path, &Previous::default()).await, "the calendar, None, None");
    assert_eq!(check_file(&path, &known(None)).await, "unchanged");
    std::fs::write(&path, CALENDAR.strip_suffix(b"END:VCALENDAR\r\n").unwrap()).unwrap();
    assert!(check_file(&path, &known(None)).await.starts_with("the file ends before its last line"));
    std::fs::write(&path, vec![b' '; FILE_LIMIT + 1]).unwrap();
    assert!(check_file(&path, &known(None)).await.starts_with("larger than 64 MiB"));
    assert_eq!(check_file(Path::new("/dev/zero"), &known(None)).await, "neither a file nor a folder");
}

#[tokio::test]
async fn a_folder_is_a_recording_and_gives_its_newest_of_now() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    assert_eq!(check_file(folder.path(), &known(None)).await, "nothing recorded yet");
    write("2026-12-01T09:00:01Z.ics", b"later");
    assert_eq!(check_file(folder.path(), &known(None)).await, "nothing recorded yet");
    write("2026-12-01T08:59Z.ics", CALENDAR);
    assert_eq!(check_file(folder.path(), &known(None)).await, "unchanged");
    assert_eq!(check_file(folder.path(), &Previous::default()).await, "the calendar, None, None");
    write("2026-12-01T09:00:00Z.ics", b"newer");
    assert_eq!(check_file(folder.path(), &known(None)).await, "\"newer\"");
    write("2026-12-01T09-00-00Z.error", b"timed out\n");
    assert_eq!(check_file(folder.path(), &known(None)).await, "timed out");
}

#[test]
fn a_recording_shares_its_bytes() {
    let (recording, _) = super::Recording::from_files([("2026-12-01T09:00Z.ics".to_owned(), CALENDAR.to_vec())]);
    let fetched = [(); 2].map(|()| super::play(&recording, &Previous::default(), now()));
    let [Fetched::New(first), Fetched::New(second)] = fetched else { panic!("two bodies expected") };
    assert!(Arc::ptr_eq(&first.bytes, &second.bytes));
}
