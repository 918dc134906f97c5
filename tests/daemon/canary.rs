//! A whole life of the program with a canary word in every secret and in every entry of leave: all that it says, writes and
//! keeps is searched for them, also as they look when encoded. A secret is nowhere. The title of a leave is in its owner's
//! own letters and in the raw copies of calendars; whatever else stood in the entry, only in the latter.

use std::collections::BTreeMap;
use std::os::unix::net::UnixDatagram;
use std::thread::JoinHandle;

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::search::{Canary, Paper};
use crate::web::Page;
use crate::world::{Clock, Daemon, World, calendar, message, wait};
use crate::{health, postgresql};

/// A token that only the server of tasks may see, and so on: each secret has a word of its own.
const SECRETS: [(&str, &str); 9] = [
    ("query", "kiebitzquery7"),
    ("url-file", "kiebitzurlfile7"),
    ("url-credential", "kiebitzurlcred7"),
    ("token", "kiebitztoken7"),
    ("token-credential", "kiebitztokencred7"),
    ("feed-password", "kiebitzfeedpass7"),
    ("feed-password-credential", "kiebitzfeedpasscred7"),
    ("mail-password", crate::post::PASSWORD),
    ("state-password", "kiebitzstate7"),
];

/// What the titles of Ada's own entries hold.
const ADAS: &str = "adatitlefinch";

/// What the title of Bob's entry in the team's feed holds.
const BOBS: &str = "bobtitlefinch";

/// What stands elsewhere in entries of leave, in those of people whom nobody knows, in titles that may be one's or another's,
/// and in those of meetings.
const BENEATH: [&str; 12] = [
    "descriptionfinch",
    "locationfinch",
    "categoryfinch",
    "attendeefinch",
    "commentfinch",
    "propertyfinch",
    "strangerfinch",
    "holidayfinch",
    "heldfinch",
    "coverfinch",
    "togetherfinch",
    "meetingfinch",
];

/// The configuration.
const CONFIGURATION: &str = r#"
[service]
STATE
health = "127.0.0.1:HEALTH"
admin = "admin@example.com"

[mail]
from = "offwatch <offwatch@example.com>"
send = "smtp"
host = "localhost"
port = PORT
ca_file = "mail/ca.pem"
username = "offwatch"
password_file = "password"

[schedule]
fetch = "0 * * * *"
coverage = "0 8 * * *"

[hours]
mon-fri = "09:00-17:00"

[leave]
before = "1 working day"

[briefing]
leads = ["2 working days", "1 working day"]
manager = "nobody@example.com"
last_resort = "last@example.com"

[[feed]]
name = "tasks"
url = "URL/tasks.ics?key=kiebitzquery7"
reads = ["tasks"]

[[feed]]
name = "emergencies"
url_file = "url"
token_file = "token"
reads = ["emergencies"]

[[feed]]
name = "ada"
url_credential = "url-credential"
token_credential = "token-credential"
reads = ["absences"]

[[feed]]
name = "team"
url = "URL/team.ics"
username = "reader"
password_file = "feed-password"
reads = ["absences"]
every_event = "absence"

[[feed]]
name = "broken"
url = "URL/broken.ics?key=kiebitzquery7"
username = "reader"
password_credential = "feed-password-credential"
reads = ["tasks"]
stale_after = "10m"

[[feed]]
name = "holidays"
url = "URL/holidays.ics"
reads = ["holidays"]

[[engineer]]
id = "ada"
name = "Ada Lovelace"
email = "ada@example.com"
feeds = ["ada"]
holidays = ["holidays"]

[[engineer]]
id = "bob"
name = "Bob Builder"
email = "bob@example.com"

[[account]]
id = "acme"
engineers = ["ada"]
match = ["ACME"]

[[account]]
id = "globex"
engineers = ["bob"]
match = ["Globex"]
"#;

/// An entry of leave, with a canary wherever text can stand.
fn leave(uid: &str, from: &str, until: &str, title: &str) -> String {
    let more = "DESCRIPTION:descriptionfinch\r\nLOCATION:locationfinch\r\nCATEGORIES:categoryfinch\r\nCOMMENT:commentfinch\r\n\
        ATTENDEE;CN=Doctor;X-COMMENT=attendeefinch:mailto:doctor@example.org\r\nX-REASON:propertyfinch\r\n";
    let dates = format!("DTSTART;VALUE=DATE:{from}\r\nDTEND;VALUE=DATE:{until}\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF");
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20300101T000000Z\r\n{dates}\r\nSUMMARY:{title}\r\n{more}END:VEVENT\r\n")
}

/// A task or an emergency.
fn event(uid: &str, from: &str, until: &str, title: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20300101T000000Z\r\nDTSTART:{from}\r\nDTEND:{until}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n")
}

/// The world, with its secrets where the configuration looks for them. `state` is where it keeps its state.
fn world(clock: &Clock, state: &str) -> Option<World> {
    let world = World::with_post(clock, &[])?;
    let configured = std::fs::read_to_string(world.path("offwatch.toml")).unwrap();
    let port = configured.lines().find_map(|line| line.strip_prefix("port = ")).unwrap();
    let health = health::free_port().to_string();
    let configuration = CONFIGURATION.replace("PORT", port).replace("URL", &world.web.url("")).replace("HEALTH", &health);
    world.write("offwatch.toml", &configuration.replace("STATE", state));
    std::fs::create_dir(world.path("credentials")).unwrap();
    for (name, word) in SECRETS {
        let url = |page: &str| world.web.url(&format!("/{page}.ics?key={word}"));
        match name {
            "url-file" => world.write("url", &url("emergencies")),
            "url-credential" => world.write("credentials/url-credential", &url("ada")),
            "token" | "feed-password" => world.write(name, word),
            "token-credential" | "feed-password-credential" => world.write(&format!("credentials/{name}"), word),
            _ => {}
        }
    }
    let upgrade = |uid: &str, day: &str, title: &str| event(uid, &format!("203001{day}T120000Z"), &format!("203001{day}T140000Z"), title);
    let tasks = [
        upgrade("acme-1", "09", "ACME: upgrade"),
        upgrade("globex-1", "10", "Globex: migration"),
        event("acme-2", "20300111T200000Z", "20300111T210000Z", "ACME: more"),
    ];
    world.web.put("/tasks.ics", calendar(&tasks));
    world.web.put("/emergencies.ics", calendar(&[event("down-1", "20300109T100000Z", "20300109T110000Z", "ACME: database down")]));
    let vacation = leave("ada-1", "20300109", "20300110", &format!("Vacation {ADAS}"));
    let meeting = event("ada-2", "20300107T090000Z", "20300107T110000Z", "Talk about meetingfinch");
    world.web.put("/ada.ics", calendar(&[vacation, meeting]));
    let together = "ORGANIZER:mailto:ada@example.com\r\nATTENDEE:mailto:bob@example.com\r\nEND:VEVENT";
    let team = [
        leave("bob-1", "20300107", "20300119", &format!("Bob Builder: sick leave {BOBS}")),
        leave("bob-2", "20300109", "20300110", "Bob Builder: coverfinch clinic, ask Ada Lovelace"),
        leave("bob-3", "20300109", "20300110", "togetherfinch").replace("END:VEVENT", together),
        leave("who-1", "20300107", "20300119", "Somebody Strangerfinch: sick leave strangerfinch"),
    ];
    world.web.put("/team.ics", calendar(&team));
    world.web.put("/holidays.ics", calendar(&[leave("feast-1", "20300115", "20300116", "Feast of holidayfinch")]));
    world.web.put("/broken.ics", Page::Broken);
    Some(world)
}

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
        "briefing list",
        "outbox list --all",
        "feeds list",
        "simulate --from 2030-01-07T00:00:00Z --to 2030-01-08T00:00:00Z",
        "explain nobody-knows",
        "preview nothing",
        "health",
        "send-test last@example.com",
    ];
    let ways = |key: &String| [format!("preview {key}"), format!("outbox show {key} --eml"), format!("outbox show {key}")];
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

/// The daemon with everything logged: its start, good and bad settings, what systemd hears, what its process shows.
fn serve(world: &World, paper: &mut Paper, at: &str) {
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
    for page in ["/healthz", "/readyz", "/metrics"] {
        let port = good.split("health = \"127.0.0.1:").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let answer = wait(page, || health::ask(port.parse().unwrap(), "GET", page));
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
}

/// The life: requests, an escalation with a refused letter, lists and digests, reports and alerts, losses.
fn live(world: &World, paper: &mut Paper) {
    for at in ["2030-01-07T07:30:00Z", "2030-01-07T09:30:00Z", "2030-01-07T09:40:00Z", "2030-01-08T09:30:00Z", "2030-01-09T11:59:00Z"] {
        run(world, paper, at, &["once"]);
    }
    look(world, paper, "2030-01-09T12:30:00Z");
    serve(world, paper, "2030-01-09T12:40:00Z");
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
    let Some(world) = world(&clock, "state = \"sqlite:state/offwatch.db\"") else { return };
    let mut paper = Paper::default();
    live(&world, &mut paper);
    letters(&world, &mut paper);
    database(&world, &mut paper);
    judge(&paper);
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
    let Some(world) = world(&clock, "state_file = \"address\"") else { return };
    let address = cluster.database();
    let name = address.split(['/', '?']).nth(3).unwrap().to_owned();
    world.write("address", &address.replace("offwatch@", "offwatch:kiebitzstate7@"));
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
    // What goes wrong there may quote the address.
    for wrong in [
        "postgres://offwatch:kiebitzstate7@localhost:1/none",
        "postgres://offwatch:kiebitzstate7@localhost:port/none",
        "postgre://kiebitzstate7@h",
    ] {
        world.write("address", wrong);
        for command in ["check", "once", "outbox list", "run"] {
            run(&world, &mut paper, "2030-01-10T10:00:00Z", &command.split(' ').collect::<Vec<_>>());
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
