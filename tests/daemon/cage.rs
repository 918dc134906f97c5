//! The world of the canaries: a word of its own in every secret, and words in every entry of leave wherever text can stand.

use crate::health::free_port;
use crate::web::Page;
use crate::world::{Clock, World, calendar};

/// A token that only the server of tasks may see, and so on: each secret has a word of its own.
pub(crate) const SECRETS: [(&str, &str); 10] = [
    ("query", "kiebitzquery7"),
    ("url-file", "kiebitzurlfile7"),
    ("url-credential", "kiebitzurlcred7"),
    ("token", "kiebitztoken7"),
    ("token-credential", "kiebitztokencred7"),
    ("feed-password", "kiebitzfeedpass7"),
    ("feed-password-credential", "kiebitzfeedpasscred7"),
    ("mail-password", crate::post::PASSWORD),
    ("state-password", "kiebitzstate7"),
    ("link-keys", LINK_KEY),
];

/// What signs the links.
const LINK_KEY: &str = "kiebitzlinkkey7-as-long-as-keys-have-to-be";

/// Where secrets of which there is but one are kept: in files, or in credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    InFiles,
    InCredentials,
}

/// What the titles of Ada's own entries hold.
pub(crate) const ADAS: &str = "adatitlefinch";

/// What the title of Bob's entry in the team's feed holds.
pub(crate) const BOBS: &str = "bobtitlefinch";

/// What stands elsewhere in entries of leave, in those of people whom nobody knows, in titles that may be one's or another's,
/// and in those of meetings.
pub(crate) const BENEATH: [&str; 12] = [
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
pages = "127.0.0.1:PAGES"
public_url = "https://offwatch.example.com"
link_keys_WAY = "link-keys"
admin = "admin@example.com"

[mail]
from = "offwatch <offwatch@example.com>"
send = "smtp"
host = "localhost"
port = PORT
ca_file = "mail/ca.pem"
username = "offwatch"
password_WAY = "password"

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
pub(crate) fn leave(uid: &str, from: &str, until: &str, title: &str) -> String {
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
pub(crate) fn world(clock: &Clock, state: &str, kept: Kept) -> Option<World> {
    let world = World::with_post(clock, &[])?;
    let configured = std::fs::read_to_string(world.path("offwatch.toml")).unwrap();
    let port = configured.lines().find_map(|line| line.strip_prefix("port = ")).unwrap();
    let [health, pages] = [free_port(), free_port()].map(|port| port.to_string());
    let way = if kept == Kept::InFiles { "file" } else { "credential" };
    let configuration = CONFIGURATION.replace("PORT", port).replace("URL", &world.web.url("")).replace("HEALTH", &health);
    let configuration = configuration.replace("PAGES", &pages).replace("WAY", way).replace("STATE", state);
    world.write("offwatch.toml", &configuration);
    std::fs::create_dir(world.path("credentials")).unwrap();
    let place = |name: &str| if kept == Kept::InFiles { name.to_owned() } else { format!("credentials/{name}") };
    for (name, word) in SECRETS {
        let url = |page: &str| world.web.url(&format!("/{page}.ics?key={word}"));
        match name {
            "url-file" => world.write("url", &url("emergencies")),
            "url-credential" => world.write("credentials/url-credential", &url("ada")),
            "token" | "feed-password" => world.write(name, word),
            "token-credential" | "feed-password-credential" => world.write(&format!("credentials/{name}"), word),
            "link-keys" => world.write(&place(name), word),
            "mail-password" => world.write(&place("password"), word),
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
