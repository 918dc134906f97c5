//! A whole life of the program with a canary word in every secret and in every entry of leave: all that it says, writes and
//! keeps is searched for them, also as they look when encoded. A secret is nowhere. The title of a leave is in its owner's
//! own letters and in the raw copies of calendars; whatever else stood in the entry, only in the latter.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::net::UnixDatagram;
use std::thread::JoinHandle;

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::cage::{ADAS, BENEATH, BOBS, Kept, SECRETS, leave, world};
use crate::search::{Canary, Paper};
use crate::world::{Clock, Daemon, World, calendar, message, wait};
use crate::{health, links, postgresql};

/// One program run to its end at an instant; all it says goes to `paper`, under the words of the command.
fn run(world: &World, paper: &mut Paper, at: &str, arguments: &[&str]) -> String {
    let clock = Clock::new(at, 1).unwrap();
    let mut command = world.command(Some(&clock), arguments);
    let output = command.env("OFFWATCH_LOG", "trace").env("CREDENTIALS_DIRECTORY", world.path("credentials")).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    paper.add(&format!("offwatch {} (code {:?})", arguments.join(" "), output.status.code()), &out);
    paper.add(&format!("log of offwatch {}", arguments.join(" ")), &err);
    out
}

/// Every command that shows something, as text and as JSON.
fn look(world: &World, paper: &mut Paper, at: &str) {
    let keys: Vec<String> = run(world, paper, at, &["outbox", "list", "--all", "--format", "json"])
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|letter| letter["to"] != "ada@example.com")
        .map(|letter| letter["key"].as_str().unwrap().to_owned())
        .collect();
    let commands = [
        "check",
        "check --feeds",
        "plan",
        "explain acme-1",
        "explain globex-1",
        "explain ada",
        "explain bob",
        "explain last@example.com",
        "availability",
        "availability ada",
        "availability bob",
        "calendar ada",
        "calendar bob",
        "board",
        "board --page engineer/ada",
        "board --page engineer/bob",
        "board --page account/acme",
        "board --page account/globex",
        "briefing list",
        "outbox list --all",
        "feeds list",
        "simulate --from 2030-01-07T00:00:00Z --to 2030-01-08T00:00:00Z",
        "explain nobody-knows",
        "preview nothing",
        "health",
        "send-test last@example.com",
    ];
    let ways = |key: &String| {
        [format!("preview {key}"), format!("preview {key} --html"), format!("outbox show {key} --eml"), format!("outbox show {key}")]
    };
    let tasks = world.web.url("/tasks.ics?key=kiebitzquery7");
    let shown = keys.iter().flat_map(ways).chain(["plan --log-format json".to_owned(), "feeds fetch --log-format json".to_owned()]);
    let shown: Vec<String> = shown.collect();
    for words in &shown {
        run(world, paper, at, &words.split(' ').collect::<Vec<_>>());
    }
    for words in commands {
        let arguments: Vec<&str> = words.split(' ').collect();
        run(world, paper, at, &arguments);
        run(world, paper, at, &[arguments.as_slice(), &["--format", "json"]].concat());
    }
    run(world, paper, at, &["feeds", "fetch", "tasks", "broken"]);
    // Named by whoever asks; the answer does not repeat it.
    let clock = Clock::new(at, 1).unwrap();
    let seen = world.command(Some(&clock), &["inspect", &tasks]).env("OFFWATCH_LOG", "trace").output().unwrap();
    paper.add_bytes("offwatch inspect", &[seen.stdout, seen.stderr].concat());
}

/// What systemd would hear of a daemon, as it comes: a queue that is full would make it wait.
fn ear(world: &World) -> JoinHandle<Vec<u8>> {
    let socket = UnixDatagram::bind(world.path("notify")).unwrap();
    std::thread::spawn(move || {
        let mut heard = Vec::new();
        while !heard.ends_with(b"STOPPING=1\n") {
            heard.extend_from_slice(message(&socket).unwrap().trim_ascii());
            heard.push(b'\n');
        }
        heard
    })
}

/// What letters hold and what pages hold, of which nothing may stand elsewhere.
#[derive(Debug, Default)]
struct Tokens {
    letters: BTreeSet<String>,
    pages: BTreeSet<String>,
}

/// The pages of all links in letters: looked at, pressed, and taken back on the page that answers.
fn press(world: &World, paper: &mut Paper, port: u16) -> Tokens {
    let texts: Vec<String> = world.letters().into_iter().map(|letter| letter.text).collect();
    let words = texts.iter().flat_map(|text| text.split_whitespace());
    let links = words.filter_map(|word| word.strip_prefix("https://offwatch.example.com/l/"));
    let mut tokens = Tokens { letters: links.map(str::to_owned).collect(), pages: BTreeSet::new() };
    for token in &tokens.letters {
        let seen = links::ask(port, "GET", token, None);
        let (pressed, next) = links::press(port, token, "&note=noted");
        let undone = next.as_ref().map(|next| links::press(port, next, "").0);
        for page in [Some(seen), Some(pressed), undone].into_iter().flatten() {
            paper.add("page of a link", &(page.head + &page.body));
        }
        tokens.pages.extend(next.filter(|next| next != token));
    }
    assert!(!tokens.pages.is_empty(), "no link led anywhere:\n{texts:#?}");
    tokens
}

/// Searches for tokens: those of letters may stand where these are, those of pages nowhere else.
fn judge_tokens(paper: &Paper, tokens: &Tokens) {
    let shown = [
        "page of a link",
        "letter to ",
        "letters.bytes ",
        "file offwatch.db",
        "file copy.db",
        "offwatch outbox show ",
        "offwatch preview ",
        // Every letter as it would go out.
        "offwatch simulate ",
    ];
    let mut findings = Vec::new();
    for (tokens, allowed) in [(&tokens.letters, &shown[..]), (&tokens.pages, &shown[..1])] {
        for token in tokens {
            // Without its ends, of which others may have a share.
            let places = paper.find(&Canary::new(token.get(8..40).unwrap())).into_iter();
            findings.extend(places.filter(|place| !allowed.iter().any(|known| place.starts_with(known))));
        }
    }
    findings.sort();
    findings.dedup();
    assert!(findings.is_empty(), "tokens of links stand in {findings:#?}");
}

/// The port that a setting names.
fn port(settings: &str, name: &str) -> u16 {
    let port = settings.split(&format!("{name} = \"127.0.0.1:")).nth(1).and_then(|rest| rest.split('"').next());
    port.unwrap().parse().unwrap()
}

/// The daemon with everything logged: its start, good and bad settings, what systemd hears, what its process shows.
fn serve(world: &World, paper: &mut Paper, at: &str) -> Tokens {
    let ear = ear(world);
    let clock = Clock::new(at, 1).unwrap();
    let mut command = world.command(Some(&clock), &["run"]);
    command.env("OFFWATCH_LOG", "trace").env("CREDENTIALS_DIRECTORY", world.path("credentials"));
    command.env("NOTIFY_SOCKET", world.path("notify"));
    let daemon = Daemon::start(command, Some(&clock));
    daemon.says("ready: ");
    let good = std::fs::read_to_string(world.path("offwatch.toml")).unwrap();
    let address = std::fs::read_to_string(world.path("url")).unwrap();
    // Each of these is wrong in a line with a secret, or in what a secret says.
    let stray = "reads = [\"emergencies\"]\ntokn = \"kiebitzquery7\"";
    let cut = good.split_inclusive("kiebitzquery7").next().unwrap();
    let bad = [
        (good.replace("url = \"http://", "url = \"gopher://"), address.as_str()),
        (good.replace("reads = [\"emergencies\"]", stray), address.as_str()),
        (cut.to_owned(), address.as_str()),
        (good.clone(), "mailto:kiebitzurlfile7"),
    ];
    for (refusals, (settings, secret)) in bad.iter().enumerate() {
        world.write("offwatch.toml", settings);
        world.write("url", secret);
        daemon.signal("HUP");
        daemon.says_times("the old settings stay in force", refusals + 1);
        for command in ["check", "reload", "plan"] {
            run(world, paper, at, &[command]);
            run(world, paper, at, &[command, "--format", "json"]);
        }
    }
    world.write("offwatch.toml", &good);
    world.write("url", &address);
    daemon.signal("HUP");
    daemon.says("the new settings are in force");
    let tokens = press(world, paper, port(&good, "pages"));
    for page in ["/healthz", "/readyz", "/metrics"] {
        let answer = wait(page, || health::ask(port(&good, "health"), "GET", page));
        paper.add(&format!("GET {page}"), &(answer.head + &answer.body));
    }
    for file in ["cmdline", "environ", "status"] {
        let shown = std::fs::read(format!("/proc/{}/{file}", daemon.id())).unwrap();
        paper.add_bytes(&format!("{file} of the daemon"), &shown);
    }
    let log = daemon.log();
    daemon.stop();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the level was not taken");
    paper.add("log of the daemon", &log);
    let heard = ear.join().unwrap();
    assert!(String::from_utf8_lossy(&heard).contains("STATUS="));
    paper.add_bytes("what systemd hears", &heard);
    tokens
}

/// The life: requests, an escalation with a refused letter, lists and digests, reports and alerts, losses.
fn live(world: &World, paper: &mut Paper) -> Tokens {
    for at in ["2030-01-07T07:30:00Z", "2030-01-07T09:30:00Z", "2030-01-07T09:40:00Z", "2030-01-08T09:30:00Z", "2030-01-09T11:59:00Z"] {
        run(world, paper, at, &["once"]);
    }
    look(world, paper, "2030-01-09T12:30:00Z");
    let tokens = serve(world, paper, "2030-01-09T12:40:00Z");
    for at in ["2030-01-10T08:05:00Z", "2030-01-10T09:30:00Z"] {
        run(world, paper, at, &["once"]);
    }
    // One whose entries are gone is held back: its copy and what it says wait beside each other.
    world.web.put("/team.ics", calendar(&[leave("bob-0", "20300101", "20300102", "Bob Builder: heldfinch")]));
    run(world, paper, "2030-01-10T10:00:00Z", &["once"]);
    run(world, paper, "2030-01-10T10:01:00Z", &["briefing", "done", "acme-2"]);
    look(world, paper, "2030-01-10T10:02:00Z");
    let copy = world.path("copy.db");
    run(world, paper, "2030-01-10T10:03:00Z", &["backup", copy.to_str().unwrap()]);
    paper.add_bytes("file copy.db", &std::fs::read(copy).unwrap());
    tokens
}

/// What arrived, each letter under its kind and recipient, and the kinds there were.
fn letters(world: &World, paper: &mut Paper) {
    let mut kinds = BTreeMap::new();
    for letter in world.letters() {
        *kinds.entry(format!("{} to {}", letter.kind, letter.to)).or_insert(0) += 1;
        paper.add_bytes(&format!("letter to {}", letter.to), &letter.bytes);
    }
    let said: Vec<&str> = kinds.keys().map(String::as_str).collect();
    for kind in ["briefing-request", "escalation", "before-leave", "catch-up", "coverage", "feed-alert"] {
        assert!(said.iter().any(|said| said.contains(kind)), "no {kind} in {said:#?}");
    }
}

/// Everything in a database file, cell by cell, and the bytes of the file and its log.
fn database(world: &World, paper: &mut Paper) {
    let path = world.path("state/offwatch.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut database = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut database).await.unwrap();
        assert!(tables.len() > 8, "{tables:?}");
        for table in tables {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(columns)).fetch_all(&mut database).await.unwrap();
            for column in columns {
                let whose = if table == "letters" { "recipient" } else { "''" };
                let cells = format!("SELECT {whose} AS whose, CAST(\"{column}\" AS BLOB) AS cell FROM \"{table}\"");
                for row in sqlx::query(AssertSqlSafe(cells)).fetch_all(&mut database).await.unwrap() {
                    let (whose, cell): (String, Option<Vec<u8>>) = (row.get("whose"), row.get("cell"));
                    paper.add_bytes(&format!("{table}.{column} {whose}"), &cell.unwrap_or_default());
                }
            }
        }
        database.close().await.unwrap();
    });
    for name in ["offwatch.db", "offwatch.db-wal", "offwatch.db.lock"] {
        paper.add_bytes(&format!("file {name}"), &std::fs::read(world.path("state").join(name)).unwrap_or_default());
    }
}

/// Where a leave's title may stand.
fn is_owners(place: &str) -> bool {
    let raw = ["feeds.body ", "holds.body ", "file offwatch.db", "file offwatch.db-wal", "file copy.db"];
    raw.contains(&place) || ["letter to ada@example.com", "letters.bytes ada@example.com"].contains(&place)
}

/// Searches all that was collected.
fn judge(paper: &Paper) {
    let mut findings = Vec::new();
    for (name, word) in SECRETS {
        findings.extend(paper.find(&Canary::new(word)).into_iter().map(|place| format!("secret {name} in {place}")));
    }
    for word in [ADAS, BOBS].iter().chain(&BENEATH) {
        let places = paper.find(&Canary::new(word)).into_iter();
        let allowed = |place: &String| is_owners(place) && (*word == ADAS || !place.contains("ada@"));
        findings.extend(places.filter(|place| !allowed(place)).map(|place| format!("{word} in {place}")));
    }
    findings.sort();
    findings.dedup();
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn no_secret_and_no_reason_of_leave_is_told_anywhere() {
    let Some(clock) = Clock::new("2030-01-07T07:30:00Z", 1) else { return };
    let Some(world) = world(&clock, "state = \"sqlite:state/offwatch.db\"", Kept::InFiles) else { return };
    let mut paper = Paper::default();
    let tokens = live(&world, &mut paper);
    letters(&world, &mut paper);
    database(&world, &mut paper);
    judge(&paper);
    judge_tokens(&paper, &tokens);
    // The search itself: what must be found is.
    let own = paper.find(&Canary::new(ADAS));
    assert!(own.contains("feeds.body ") && own.contains("letter to ada@example.com"), "{own:?}");
    assert!(paper.find(&Canary::new("descriptionfinch")).contains("feeds.body "));
    let asked = world.web.requests("/ada.ics");
    assert!(asked.iter().any(|request| request.path.contains("kiebitzurlcred7")), "the address was not used");
    assert_eq!(asked[0].authorization.as_deref(), Some("Bearer kiebitztokencred7"));
}

#[test]
fn no_secret_reaches_a_database_server_and_its_password_no_output() {
    let Some(clock) = Clock::new("2030-01-07T07:30:00Z", 1) else { return };
    let Some(cluster) = postgresql::cluster() else { return };
    let Some(world) = world(&clock, "state_credential = \"address\"", Kept::InCredentials) else { return };
    let address = cluster.database();
    let name = address.split(['/', '?']).nth(3).unwrap().to_owned();
    let settings = std::fs::read_to_string(world.path("offwatch.toml")).unwrap();
    world.write("credentials/address", &address.replace("offwatch@", "offwatch:kiebitzstate7@"));
    let mut paper = Paper::default();
    for at in ["2030-01-07T07:30:00Z", "2030-01-07T09:30:00Z", "2030-01-09T11:59:00Z"] {
        run(&world, &mut paper, at, &["once"]);
    }
    look(&world, &mut paper, "2030-01-09T12:30:00Z");
    let tables = cluster.sql(&name, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    assert!(tables.lines().count() > 8, "{tables}");
    for table in tables.lines() {
        let columns =
            format!("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'");
        for column in cluster.sql(&name, &columns).lines() {
            let whose = if table == "letters" { "recipient" } else { "''" };
            for owner in cluster.sql(&name, &format!("SELECT DISTINCT {whose} FROM {table}")).lines() {
                let cells = format!("SELECT {column}::text FROM {table} WHERE {whose} = '{owner}'");
                paper.add(&format!("{table}.{column} {owner}"), &cluster.sql(&name, &cells));
            }
        }
    }
    // What goes wrong there may quote the address, wherever it is kept.
    let wrong = ["localhost:1/none", "localhost:port/none"].map(|place| format!("postgres://offwatch:kiebitzstate7@{place}"));
    for wrong in wrong.into_iter().chain(["postgre://kiebitzstate7@h".to_owned()]) {
        world.write("address", &wrong);
        world.write("credentials/address", &wrong);
        for kept in ["state_credential = \"address\"", "state_file = \"address\""] {
            world.write("offwatch.toml", &settings.replace("state_credential = \"address\"", kept));
            for command in ["check", "once", "outbox list", "run"] {
                run(&world, &mut paper, "2030-01-10T10:00:00Z", &command.split(' ').collect::<Vec<_>>());
            }
        }
    }
    letters_of_server(&world, &mut paper);
    judge(&paper);
    assert!(paper.find(&Canary::new(ADAS)).contains("feeds.body "));
}

/// The letters, whichever kinds there are.
fn letters_of_server(world: &World, paper: &mut Paper) {
    let letters = world.letters();
    assert!(!letters.is_empty());
    for letter in letters {
        paper.add_bytes(&format!("letter to {}", letter.to), &letter.bytes);
    }
}
