//! What the daemon shows of itself, and `offwatch health` of its state: when something is wrong, to whom, and what never.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::Value;

use crate::disk::in_a_small_world;
use crate::world::{Clock, Daemon, MORNING, World, tasks, wait};
use crate::{post, postgresql};

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A port that is free at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Has the world's daemon show its health at a free port.
pub(crate) fn shown(world: &World) -> u16 {
    let port = free_port();
    world.edit("[service]", &format!("[service]\nhealth = \"127.0.0.1:{port}\""));
    port
}

/// Sends `request` and reads what comes until the line is closed; nothing when that is no whole answer: on a fast clock, and a
/// busy machine, a visit may be over before.
pub(crate) fn speak(mut line: impl Read + Write, request: &str) -> Option<Answer> {
    line.write_all(request.as_bytes()).ok()?;
    let mut text = Vec::new();
    let _ = line.read_to_end(&mut text);
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    // Names of fields say the same in any case, their values need not (RFC 9110 §5.1).
    let field = |line: &str| {
        line.split_once(": ").map_or_else(|| line.to_owned(), |(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
    };
    let (status, head) = (head.split(' ').nth(1)?.parse().unwrap(), head.split("\r\n").map(field).collect::<Vec<_>>().join("\r\n"));
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
    let is_whole = request.starts_with("HEAD ") || body.len() >= length;
    is_whole.then(|| Answer { status, head, body: body.to_owned() })
}

/// What a port answers to one request.
pub(crate) fn ask(port: u16, method: &str, path: &str) -> Option<Answer> {
    ask_for(port, &format!("{method} {path} HTTP/1.1\r\nHost: localhost"))
}

/// What a port answers to a request with that head.
fn ask_for(port: u16, head: &str) -> Option<Answer> {
    let line = TcpStream::connect(("127.0.0.1", port)).ok()?;
    line.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    speak(line, &format!("{head}\r\nConnection: close\r\n\r\n"))
}

/// Waits until a page answers with that status.
#[track_caller]
fn answers(port: u16, path: &str, status: u16) -> String {
    let found = wait(&format!("{status} at {path}"), || ask(port, "GET", path).filter(|answer| answer.status == status));
    found.body
}

/// Waits until a check has that state; the whole answer.
#[track_caller]
pub(crate) fn check(port: u16, name: &str, state: &str) -> (u16, Value) {
    wait(&format!("{name} being {state}"), || {
        let answer = ask(port, "GET", "/readyz")?;
        let object: Value = serde_json::from_str(&answer.body).unwrap();
        (object.pointer(&format!("/checks/{name}/state")).and_then(Value::as_str) == Some(state)).then_some((answer.status, object))
    })
}

/// The value of every sample of a scrape, by its name and labels. Whatever is no OpenMetrics is a failure.
fn samples(page: &str) -> BTreeMap<String, String> {
    let (mut types, mut samples) = (BTreeMap::new(), BTreeMap::new());
    let body = page.strip_suffix("# EOF\n").unwrap();
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (what, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            assert!(matches!(what, "HELP" | "TYPE" | "UNIT") && !rest.is_empty(), "{line}");
            let twice = what == "TYPE" && types.insert(name.to_owned(), rest.to_owned()).is_some();
            assert!(!twice, "described twice: {line}");
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let name = sample.split('{').next().unwrap();
        let suffixes: &[&str] = &["", "_total", "_info", "_sum", "_count", "_bucket"];
        let family = suffixes.iter().find_map(|suffix| types.get_key_value(name.strip_suffix(suffix)?));
        let right = family.is_some_and(|(family, kind)| kind != "counter" || name == format!("{family}_total"));
        assert!(name.starts_with("offwatch_") && right && value.parse::<f64>().is_ok(), "not described, or not like that: {line}");
        assert!(samples.insert(sample.to_owned(), value.to_owned()).is_none(), "told twice: {line}");
    }
    samples
}

/// A scrape.
pub(crate) fn scrape(port: u16) -> (String, BTreeMap<String, String>) {
    let answer = wait("a scrape", || ask(port, "GET", "/metrics"));
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: application/openmetrics-text; version=1.0.0"), "{}", answer.head);
    let samples = samples(&answer.body);
    (answer.body, samples)
}

/// What nobody may read there: secrets of this world, words of its feeds, and people.
fn is_discreet(page: &str) {
    for word in ["canary", "upgrade", "migration", "database down", "Vacation", "ACME", "acme", "@", "ada", "http", "535", "guess"] {
        assert!(!page.contains(word), "`{word}` stands in:\n{page}");
    }
}

/// Sees that every metric that an alert rule names is there.
fn names_them_all(samples: &BTreeMap<String, String>) {
    let rules = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/systemd/offwatch.rules.yml")).unwrap();
    let name = regex::Regex::new(r"\boffwatch_[a-z_]+\b").unwrap();
    let named: Vec<&str> = name.find_iter(&rules).map(|found| found.as_str()).collect();
    assert!(named.len() >= 12, "{named:?}");
    for named in named {
        assert!(samples.keys().any(|sample| sample.split('{').next() == Some(named)), "`{named}` is not exported");
    }
}

#[test]
fn halted_mail_turns_it_red_until_letters_leave_again() {
    let Some(clock) = Clock::new(MORNING, 1) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let port = shown(&world);
    world.write("password", "guess");
    let daemon = world.daemon(Some(&clock));
    let (status, red) = check(port, "mail", "red");
    assert_eq!((status, &red["state"]), (503, &Value::from("red")));
    assert_eq!(answers(port, "/healthz", 200), "ok\n");
    // The end of the look that halted it.
    wait("a letter that is due", || check(port, "letters", "green").1["checks"]["letters"]["oldest_due"].is_string().then_some(()));
    let (page, samples) = scrape(port);
    for (sample, value) in [
        ("mail_halted", "1"),
        ("outbox_letters{state=\"queued\"}", "1"),
        ("queued_notices_total{kind=\"escalation\"}", "1"),
        ("wanting_tasks", "2"),
    ] {
        assert_eq!(samples.get(&format!("offwatch_{sample}")).map(String::as_str), Some(value), "{sample} in:\n{page}");
    }
    is_discreet(&page);
    is_discreet(&red.to_string());

    names_them_all(&samples);
    let later = Clock { start: clock.start + SignedDuration::from_mins(25), ..clock.clone() };
    let (code, said) = world.run(Some(&later), &["health"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("red   letters") && said.contains("should have gone out 2"), "{said}");

    world.write("password", post::PASSWORD);
    assert_eq!(world.run(None, &["reload"]).0, 0);
    assert_eq!(check(port, "mail", "green").0, 200);
    // What was sent shows at once, how the outbox stands at the end of the look.
    wait("all being green", || (check(port, "mail", "green").1["state"] == "green").then_some(()));
    let (page, samples) = scrape(port);
    let told = (&*samples["offwatch_mail_halted"], &*samples["offwatch_sent_letters_total{outcome=\"accepted\"}"]);
    assert_eq!(told, ("0", "1"), "{page}");
    assert!(!page.contains("offwatch_oldest_due_letter"), "{page}");
    daemon.stop();
}

#[test]
fn halted_mail_is_red_no_longer_when_no_letter_waits_for_it() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let world = World::new();
    let port = shown(&world);
    let door = post::ClosedDoor::start();
    world.write("offwatch.toml", &world.configuration("smtp", door.port, "ca.pem"));
    world.edit("[service]", &format!("[service]\nhealth = \"127.0.0.1:{port}\""));
    world.edit("ca_file = \"ca.pem\"\n", "");
    let daemon = world.daemon(Some(&clock));
    assert_eq!(check(port, "mail", "red").0, 503);
    wait("a letter that waits", || check(port, "letters", "green").1["checks"]["letters"]["oldest_due"].is_string().then_some(()));
    // A program's clock begins with a whole second, and what is said before a task is known says nothing of it.
    daemon.reaches(&(daemon.clock().start + SignedDuration::from_secs(2)).to_string());
    for task in ["globex-1", "acme-1"] {
        let (code, said) = world.run(Some(&daemon.clock()), &["briefing", "done", task]);
        assert_eq!(code, 0, "{said}");
    }
    // The letter is taken back, and nothing else is to be said.
    assert_eq!(check(port, "mail", "green").0, 200);
    daemon.says("no letter waits for it any more");
    daemon.stop();
}

#[test]
fn a_refused_reload_and_a_file_that_was_never_taken_show() {
    let world = World::new();
    let port = shown(&world);
    let daemon = world.daemon(None);
    assert_eq!(check(port, "config", "green").0, 200);
    world.edit("[[engineer]]\nid = \"bob\"", "[[engineer]]\nid = \"bob\"\nhouers = 1");
    daemon.signal("HUP");
    assert_eq!(check(port, "config", "red").0, 503);
    // The file itself is looked at with the next look.
    wait("word of the file", || (check(port, "config", "red").1["checks"]["config"]["file"] == "changed").then_some(()));
    let (_, samples) = scrape(port);
    let told = (&*samples["offwatch_config_refused"], &*samples["offwatch_config_reloads_total{outcome=\"refused\"}"]);
    assert_eq!(told, ("1", "1"));
    world.edit("\nhouers = 1", "");
    daemon.signal("HUP");
    assert_eq!(check(port, "config", "green").0, 200);

    // Health goes where the new file says.
    let other = free_port();
    world.edit(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{other}"));
    daemon.signal("HUP");
    assert_eq!(answers(other, "/healthz", 200), "ok\n");
    wait("the old port being closed", || TcpStream::connect(("127.0.0.1", port)).is_err().then_some(()));
    world.edit(&format!("health = \"127.0.0.1:{other}\""), "");
    daemon.signal("HUP");
    wait("all ports being closed", || TcpStream::connect(("127.0.0.1", other)).is_err().then_some(()));
    daemon.stop();
}

#[test]
fn a_loop_that_cannot_write_its_state_shows_and_so_does_its_end() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let world = World::new();
    let port = shown(&world);
    world.web.put("/tasks.ics", tasks(&" and more".repeat(30_000)));
    let script = "{ $OFFWATCH run 2>log & } ; D=$!; waits() { for _ in $(seq 1200); do [ -e $1 ] && return; sleep 0.1; done; }; \
        waits room; mount -o remount,size=8m state; waits enough; kill $D; wait $D; R=$?; cat log; exit $R";
    std::thread::scope(|scope| {
        let small = scope.spawn(|| in_a_small_world(&world, Some(&clock), script));
        if wait("a daemon, or none", || {
            (small.is_finished() || TcpStream::connect(("127.0.0.1", port)).is_ok()).then_some(small.is_finished())
        }) {
            assert_eq!(small.join().unwrap(), None);
            return;
        }
        assert_eq!(check(port, "store", "red").0, 503);
        // Half an hour on its clock.
        assert!(answers(port, "/healthz", 503).starts_with("no look was finished for 3"));
        assert_eq!(check(port, "turn", "red").0, 503);
        let (page, samples) = scrape(port);
        let errors: u32 = samples["offwatch_store_errors_total"].parse().unwrap();
        assert!(errors >= 3 && samples["offwatch_store_failing"] == "1", "{page}");
        is_discreet(&page);
        world.write("room", "");
        assert_eq!(check(port, "store", "green").1["checks"]["turn"]["state"], "green");
        assert_eq!(answers(port, "/healthz", 200), "ok\n");
        world.write("enough", "");
        let (code, said) = small.join().unwrap().unwrap();
        assert_eq!(code, 0, "{said}");
    });
}

#[test]
fn only_what_is_there_is_answered_and_only_to_this_machine() {
    let world = World::new();
    let port = shown(&world);
    let daemon = world.daemon(None);
    answers(port, "/readyz", 200);
    for (method, path, status) in [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("HEAD", "/metrics", 200),
        ("GET", "/readyz?verbose", 200),
        ("POST", "/healthz", 405),
        ("DELETE", "/metrics", 405),
        ("PUT", "/readyz", 405),
        ("GET", "/", 404),
        ("GET", "/healthz/", 404),
        ("GET", "/../etc/passwd", 404),
        ("POST", "/nowhere", 404),
    ] {
        let answer = ask(port, method, path).unwrap();
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert!(method != "HEAD" || answer.body.is_empty(), "{answer:?}");
        assert!(status != 405 || answer.head.contains("allow: GET,HEAD"), "{answer:?}");
    }
    // A page from elsewhere whose name was made to lead here has a browser ask under that name.
    for (host, status) in [("LOCALHOST:1", 200), ("127.0.0.1", 200), ("[::1]:9464", 200), ("evil.example", 421), ("192.0.2.1", 421)] {
        let answer = ask_for(port, &format!("GET /readyz HTTP/1.1\r\nHost: {host}")).unwrap();
        assert_eq!((answer.status, answer.body.contains("checks")), (status, status == 200), "{host}: {answer:?}");
    }
    for (head, status) in [("GET /healthz HTTP/1.0", 200), ("GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost", 421)] {
        assert_eq!(ask_for(port, head).unwrap().status, status, "{head}");
    }
    let page = scrape(port).0;
    is_discreet(&page);
    assert!(page.contains("offwatch_feed_last_good_timestamp_seconds{feed=\"tasks\"} "), "{page}");
    assert!(page.contains(&format!("offwatch_build_info{{version=\"{}\"}} 1\n", env!("CARGO_PKG_VERSION"))), "{page}");

    // The kernel's list of ports: an address in hexadecimal, the state 0A for listening.
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| std::fs::read_to_string(table).unwrap_or_default()).concat();
    let listening = tables.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|words| words.get(3) == Some(&"0A"));
    let places: Vec<&str> = listening.map(|words| words[1]).filter(|place| place.ends_with(&format!(":{port:04X}"))).collect();
    assert_eq!(places, [format!("0100007F:{port:04X}")]);
    daemon.stop();
}

#[test]
fn clients_that_are_slow_or_endless_hold_nobody_up() {
    let world = World::new();
    let port = shown(&world);
    let daemon = world.daemon(None);
    answers(port, "/healthz", 200);
    let mut slow: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    for line in &mut slow {
        line.write_all(b"GET /metrics HTTP/1.1\r\nHost: local").unwrap();
    }
    let began = Instant::now();
    // The daemon takes no notice.
    daemon.signal("HUP");
    daemon.says("the new settings are in force");
    assert_eq!(answers(port, "/healthz", 200), "ok\n");
    assert!(began.elapsed() < Duration::from_mins(1), "it took {:?} to be let in", began.elapsed());
    for mut line in slow {
        line.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let mut rest = Vec::new();
        // Put out: an end or a reset, and no answer to half a question.
        let _ = line.read_to_end(&mut rest);
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"), "{}", String::from_utf8_lossy(&rest));
    }
    let mut endless = TcpStream::connect(("127.0.0.1", port)).unwrap();
    endless.write_all(b"GET /healthz HTTP/1.1\r\n").unwrap();
    let ended = (0..4096).any(|_| endless.write_all(format!("X-More: {}\r\n", "x".repeat(4000)).as_bytes()).is_err());
    assert!(ended, "sixteen megabytes of headers were taken");
    assert_eq!(answers(port, "/healthz", 200), "ok\n");
    daemon.stop();
}

#[test]
fn a_socket_is_for_the_service_and_its_group_and_goes_with_the_daemon() {
    let world = World::new();
    world.edit("[service]", "[service]\nhealth = \"unix:run/health.sock\"");
    let path = world.path("run/health.sock");
    let daemon = world.daemon(None);
    let alive = || {
        let line = wait("the socket", || UnixStream::connect(&path).ok());
        let answer = speak(line, "GET /healthz HTTP/1.1\r\nHost: proxy.example\r\nConnection: close\r\n\r\n").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    };
    alive();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o660);
    drop(daemon);
    assert!(path.exists(), "a killed process leaves it behind");
    let daemon = world.daemon(None);
    alive();
    daemon.stop();
    assert!(!path.exists(), "it stayed behind");

    // A file of that name is nobody's to take away, and mail matters more.
    world.write("run/health.sock", "precious");
    let daemon = world.daemon(None);
    daemon.says("there is a file of that name; all else goes on");
    daemon.stop();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn a_port_that_is_taken_keeps_nobody_from_their_letters() {
    let Some(clock) = Clock::new(MORNING, 60) else { return };
    let Some(world) = World::with_post(&clock, &[]) else { return };
    let port = shown(&world);
    let taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let daemon = world.daemon(Some(&clock));
    daemon.says(&format!("health cannot be shown at http://127.0.0.1:{port}: "));
    world.letter("escalation", "manager@example.com");
    drop(taken);
    assert_eq!(answers(port, "/healthz", 200), "ok\n");
    assert_eq!(daemon.log().matches("health cannot be shown").count(), 1, "{}", daemon.log());
    daemon.stop();
}

/// What `offwatch health` says to programs.
fn told(world: &World, clock: Option<&Clock>) -> (i32, Value) {
    let (code, said) = world.run(clock, &["health", "--format", "json"]);
    let line = said.lines().find(|line| line.starts_with('{'));
    (code, serde_json::from_str(line.unwrap_or(&said)).unwrap())
}

#[test]
fn health_is_in_the_state_beside_a_daemon_and_without_one() {
    let Some(clock) = Clock::new(MORNING, 1) else { return };
    let world = World::new();
    let (code, said) = world.run(Some(&clock), &["health"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("there is no state") && said.contains("`offwatch run` or `offwatch once` makes it"), "{said}");

    let daemon = world.daemon(Some(&clock));
    daemon.says("sent: 1");
    let (code, object) = told(&world, Some(&daemon.clock()));
    assert_eq!((code, &object["state"]), (0, &Value::from("green")), "{object:#}");
    let checks = &object["checks"];
    assert_eq!((&checks["turning"]["process"], &checks["schema"]["number"]), (&Value::from(daemon.id()), &Value::from(5)), "{object:#}");
    assert!(checks["turn"]["last_turn"].as_str().unwrap().starts_with("2030-01-08T00:1"), "{object:#}");
    assert_eq!(checks["feeds"]["feeds"]["tasks"]["stale"], false);
    is_discreet(&object.to_string().replace("\"state\"", ""));
    let now = daemon.clock();
    daemon.stop();

    let (code, said) = world.run(Some(&now), &["health"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("red   turning   nobody takes turns; start `offwatch run`"), "{said}");
    assert_eq!(world.run(Some(&now), &["health", "--timer"]).0, 0);
    let late = Clock { start: now.start + SignedDuration::from_mins(40), ..now };
    let (code, said) = world.run(Some(&late), &["health", "--timer"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("red   turn") && said.contains("and nobody makes it"), "{said}");
}

#[test]
fn replicas_on_a_server_are_counted_and_named() {
    let Some(cluster) = postgresql::cluster() else { return };
    let world = World::new();
    let port = shown(&world);
    world.edit("sqlite:state/offwatch.db", &cluster.database());
    let daemon: Daemon = world.daemon(None);
    let (status, ready) = check(port, "replicas", "green");
    assert_eq!((status, &ready["checks"]["replicas"]["replicas"][0]["process"]), (200, &Value::from(daemon.id())), "{ready:#}");
    assert_eq!(scrape(port).1["offwatch_replicas_alive"], "1");
    let (code, object) = told(&world, None);
    assert_eq!((code, &object["checks"]["replicas"]["alive"]), (0, &Value::from(1)), "{object:#}");
    daemon.stop();
    let (code, object) = told(&world, None);
    assert_eq!((code, &object["checks"]["replicas"]["state"]), (1, &Value::from("red")), "{object:#}");
}
