//! The team's board as the daemon serves it: to whom, what of it, and that nobody does more than look.

use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::health::{Answer, free_port, speak};
use crate::world::{Clock, Daemon, World, wait};

/// When both tasks are ahead.
const NOW: &str = "2030-01-08T00:21:00Z";

/// The token of these tests.
const TOKEN: &str = "the-token-of-the-board-which-no-log-shows";

/// A daemon that serves the board at a port.
struct Scene {
    world: World,
    daemon: Daemon,
    port: u16,
}

impl Scene {
    /// With the token, and with `more` in `[service]`.
    fn new(more: &str) -> Option<Self> {
        let clock = Clock::new(NOW, 1)?;
        let (world, port) = (World::new(), free_port());
        world.write("board-token", &format!("{TOKEN}\n"));
        world.edit("[service]", &format!("[service]\nboard = \"127.0.0.1:{port}\"\nboard_token_file = \"board-token\"\n{more}"));
        let daemon = started(&world, &clock);
        Some(Self { world, daemon, port })
    }

    /// What is answered to a request with that head, and to what follows it.
    #[track_caller]
    fn ask(&self, head: &str, body: &str) -> Answer {
        wait("an answer", || {
            let line = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
            line.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            speak(line, &request(head, body))
        })
    }

    /// The page at a path, for whoever has the token.
    #[track_caller]
    fn page(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}"), "")
    }
}

/// A request.
fn request(head: &str, body: &str) -> String {
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let body = if body.is_empty() { "\r\n".to_owned() } else { format!("{kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len()) };
    format!("{head}\r\nConnection: close\r\n{body}")
}

/// A daemon that tells all it can, once it serves the board and has turned.
fn started(world: &World, clock: &Clock) -> Daemon {
    let mut command = world.command(Some(clock), &["run"]);
    command.env("OFFWATCH_LOG", "trace");
    let daemon = Daemon::start(command, Some(clock));
    daemon.says("ready: ");
    daemon.says("the board is served at");
    daemon
}

#[test]
fn the_board_is_shown_to_whoever_has_the_token_and_to_nobody_else() {
    let Some(scene) = Scene::new("") else { return };
    let stranger = scene.ask("GET /board HTTP/1.1\r\nHost: localhost", "");
    assert_eq!(stranger.status, 401);
    assert!(stranger.head.contains("www-authenticate: Bearer") && stranger.body.contains("<h1>Token wanted</h1>"), "{stranger:?}");
    // Nobody learns from an answer what there is.
    for (one, other) in
        [("/board/engineer/ada", "/board/engineer/nobody"), ("/board", "/nowhere"), ("/board?account=acme", "/board?account=x")]
    {
        let [one, other] = [one, other].map(|path| scene.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost"), ""));
        assert_eq!((one.status, other.status), (401, 401));
        assert_eq!(one.body, other.body);
    }
    for wrong in ["Bearer x", &format!("Bearer {TOKEN}x"), &format!("Basic {TOKEN}"), TOKEN, "Bearer "] {
        let answer = scene.ask(&format!("GET /board HTTP/1.1\r\nHost: localhost\r\nAuthorization: {wrong}"), "");
        assert_eq!((answer.status, &answer.body), (401, &stranger.body), "{wrong}");
    }
    for cookie in ["offwatch_board=", &format!("offwatch_board={TOKEN}"), "offwatch_board=1893500000.AAAA"] {
        assert_eq!(scene.ask(&format!("GET /board HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}"), "").status, 401, "{cookie}");
    }
    let board = scene.page("/board");
    assert_eq!(board.status, 200);
    for part in ["<h1>Board</h1>", "ACME: upgrade", "href=\"board&#x2f;engineer&#x2f;ada\"", "This page is as of Tue 2030-01-08 00:2"] {
        assert!(board.body.contains(part), "`{part}` does not stand in {}", board.body);
    }
    // Nor why anybody is away, nor where calendars are.
    for word in ["Vacation", "canary", "http:", "token"] {
        assert!(!board.body.contains(word), "`{word}` stands in {}", board.body);
    }
    assert!(!scene.daemon.log().contains(TOKEN), "{}", scene.daemon.log());
    scene.daemon.stop();
}

#[test]
fn a_browser_brings_the_token_once_and_then_a_session() {
    let Some(scene) = Scene::new("public_url = \"https://offwatch.example.com/x\"") else { return };
    let form = scene.ask("GET /board/engineer/ada HTTP/1.1\r\nHost: localhost", "");
    assert!(form.body.contains("<form method=\"post\" action=\"..&#x2f;..&#x2f;board\">"), "{}", form.body);
    assert!(form.head.contains("form-action 'self'"), "{}", form.head);
    for wrong in ["token=wrong", "token=", "x=y", &format!("token={TOKEN}x")] {
        let answer = scene.ask("POST /board HTTP/1.1\r\nHost: localhost", wrong);
        assert!(answer.status == 401 && !answer.head.contains("set-cookie"), "{wrong}: {answer:?}");
    }
    let given = format!("confirm=yes&token=+{TOKEN}%0D%0A");
    assert_eq!(scene.ask("POST /board/engineer/ada HTTP/1.1\r\nHost: localhost", &given).status, 401, "only the board takes it");
    for (host, is_far) in [("localhost", false), ("offwatch.example.com", true), ("127.0.0.1\r\nX-Forwarded-Proto: https", true)] {
        let answer = scene.ask(&format!("POST /board HTTP/1.1\r\nHost: {host}"), &given);
        assert_eq!(answer.status, 303, "{answer:?}");
        assert!(answer.head.contains("\r\nlocation: board\r\n") && answer.body.is_empty(), "{answer:?}");
        assert!(answer.head.contains("; HttpOnly; SameSite=Lax; Max-Age=43200"), "{}", answer.head);
        assert_eq!(answer.head.contains("; Secure"), is_far, "{host}: {}", answer.head);
    }
    // As a browser keeps it; header lines are read in small letters here, so it is asked for anew.
    let line = TcpStream::connect(("127.0.0.1", scene.port)).unwrap();
    let session = session(line, &request("POST /board HTTP/1.1\r\nHost: localhost", &given));
    let asked = |cookie: &str| scene.ask(&format!("GET /board HTTP/1.1\r\nHost: localhost\r\nCookie: other=1; {cookie}; more=2"), "");
    assert_eq!(asked(&session).status, 200);
    assert_eq!(asked(&format!("{session}x")).status, 401);
    // Another token ends all sessions.
    scene.world.write("board-token", &"another token, which no log shows ".repeat(2));
    scene.daemon.signal("HUP");
    scene.daemon.says("the new settings are in force");
    assert_eq!(asked(&session).status, 401);
    let log = scene.daemon.log();
    assert!(!log.contains(TOKEN) && !log.contains(&session), "{log}");
}

/// The cookie that is set by the answer to a request.
fn session(mut line: TcpStream, request: &str) -> String {
    use std::io::{Read as _, Write as _};
    line.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    line.read_to_string(&mut text).unwrap();
    let set = text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    set.split(';').next().unwrap().to_owned()
}

#[test]
fn nobody_does_more_than_look_and_only_what_is_there_is_a_page() {
    let Some(scene) = Scene::new("public_url = \"https://offwatch.example.com/x\"") else { return };
    let admitted = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}");
    let nowhere = scene.page("/board/task/none");
    assert_eq!(nowhere.status, 404);
    for path in ["/", "/board/", "/board/engineer/nobody", "/board/account/x", "/board?engineer=nobody", "/board/../etc/passwd", "/l/x"] {
        let answer = scene.page(path);
        assert_eq!((answer.status, &answer.body), (404, &nowhere.body), "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = scene.ask(&format!("{method} /board HTTP/1.1\r\n{admitted}"), "");
        assert_eq!((answer.status, &answer.body), (404, &nowhere.body), "{method}");
    }
    let head = scene.ask(&format!("HEAD /board HTTP/1.1\r\n{admitted}"), "");
    assert!(head.status == 200 && head.body.is_empty(), "{head:?}");
    let board = scene.page("/board");
    let links = board.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).filter(|link| link.starts_with("board"));
    let mut links: Vec<String> = links.map(|link| format!("/{}", link.replace("&#x2f;", "/"))).collect();
    links.sort();
    links.dedup();
    assert!(links.len() >= 6, "{links:?}");
    for link in links {
        let page = scene.page(&link);
        assert_eq!(page.status, 200, "{link}");
        for line in [
            "content-type: text/html; charset=utf-8",
            "cache-control: no-store",
            "referrer-policy: no-referrer",
            "x-frame-options: DENY",
            "x-content-type-options: nosniff",
            "content-security-policy: default-src 'none'; style-src 'sha256-",
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        ] {
            assert!(page.head.contains(line), "{line} does not stand in {}", page.head);
        }
        assert!(!page.head.contains("unsafe") && !page.body.contains("<script") && !page.body.contains("<form"), "{link}");
    }
    // A page from elsewhere whose name was made to lead here has a browser ask under that name.
    for (host, status) in [("[::1]:80", 200), ("OFFWATCH.example.com:8443", 200), ("evil.example", 421), ("x.offwatch.example.com", 421)] {
        let answer = scene.ask(&format!("GET /board HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}"), "");
        assert_eq!(answer.status, status, "{host}");
    }
}

#[test]
fn the_board_says_what_became_of_letters_and_follows_answers_and_settings() {
    let Some(scene) = Scene::new("") else { return };
    let task = |board: &Answer| {
        let (before, _) = board.body.split_once("<bdi>ACME: upgrade</bdi>").unwrap();
        format!("/{}", before.rsplit_once("href=\"").unwrap().1.split('"').next().unwrap().replace("&#x2f;", "/"))
    };
    let path = task(&scene.page("/board"));
    let page = wait("word of the letter", || Some(scene.page(&path)).filter(|page| page.body.contains("The letter: accepted")));
    assert_eq!(page.status, 200, "{path}");
    assert!(page.body.contains("<h1><bdi>ACME: upgrade</bdi></h1>"), "{}", page.body);
    scene.daemon.reaches(&(scene.daemon.clock().start + jiff::SignedDuration::from_secs(2)).to_string());
    let (code, told) = scene.world.run(Some(&scene.daemon.clock()), &["briefing", "done", "acme-1", "--by", "ada"]);
    assert_eq!(code, 0, "{told}");
    scene.world.edit("[[engineer]]\nid = \"ada\"", "[[engineer]]\nid = \"ada\"\nname = \"Ada L.\"");
    scene.daemon.signal("HUP");
    scene.daemon.says("the new settings are in force");
    // While the new settings are laid out there may be nothing to show, but never the old team.
    let board = wait("the board by the new settings", || Some(scene.page("/board")).filter(|board| board.status == 200));
    assert!(board.body.contains("<bdi>Ada L.</bdi>"), "{}", board.body);
    wait("the answer", || Some(scene.page(&path)).filter(|page| page.body.contains("written")));
    scene.world.edit("board = ", "# board = ");
    scene.daemon.signal("HUP");
    wait("the port being closed", || TcpStream::connect(("127.0.0.1", scene.port)).is_err().then_some(()));
    scene.daemon.stop();
}

#[test]
fn at_a_socket_its_rights_guard_the_board_or_the_web_server_says_who_asks() {
    let Some(clock) = Clock::new(NOW, 1) else { return };
    let world = World::new();
    world.edit("[service]", "[service]\nboard = \"unix:run/board.sock\"");
    let path = world.path("run/board.sock");
    let daemon = started(&world, &clock);
    let ask = |head: &str| {
        let head = format!("GET /board HTTP/1.1\r\nHost: proxy.example{head}");
        wait("an answer", || speak(UnixStream::connect(&path).ok()?, &request(&head, "")))
    };
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o660);
    let board = wait("the board", || Some(ask("")).filter(|answer| answer.status == 200));
    assert!(board.body.contains("ACME: upgrade"), "{}", board.body);
    world.edit("[service]", "[service]\nboard_user_header = \"X-Remote-User\"");
    daemon.signal("HUP");
    daemon.says("the new settings are in force");
    for (head, status) in [("", 403), ("\r\nX-Remote-User:", 403), ("\r\nRemote-User: ada", 403)] {
        let answer = ask(head);
        assert!(answer.status == status && !answer.body.contains("ACME"), "{head}: {answer:?}");
    }
    wait("the board", || Some(ask("\r\nx-remote-user: ada")).filter(|answer| answer.status == 200));
    daemon.stop();
    assert!(!path.exists(), "it stayed behind");
}
