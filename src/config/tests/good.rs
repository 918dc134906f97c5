//! Good files, and what they mean.

use jiff::civil::Weekday;

use super::{LEAST, check, meant};
use crate::config::hours::DAYS;
use crate::feeds::{Login, Source};
use crate::people::{Contact, Hours};
use crate::send::{Tls, Way};
use crate::wording::{Dates, Reads, Style};
use crate::working;

/// A team of three over the world, in the words of an administrator.
const TEAM: &str = include_str!("team.toml");

/// A week as text, a day without hours left out.
fn week(hours: &Hours) -> String {
    let on = |day: Weekday| {
        let stretches = hours.on(day).iter().map(|stretch| format!(" {}..{}", stretch.from, stretch.until));
        stretches.collect::<Vec<_>>().concat()
    };
    let days = DAYS.iter().filter(|(_, day)| !hours.on(*day).is_empty()).map(|(name, day)| format!("{name}{}", on(*day)));
    days.collect::<Vec<_>>().join("; ")
}

/// The hours of `ada` when `[hours]` holds `lines`.
fn hours(lines: &str) -> String {
    let config = meant(&format!("{LEAST}[hours]\n{lines}\n"));
    week(&config.team.engineers.values().next().unwrap().hours)
}

#[test]
fn a_whole_team_is_meant_as_written() {
    let config = meant(TEAM);
    let engineers = config.team.engineers.values();
    let shown: Vec<String> = engineers.map(|engineer| format!("{} {} {}", engineer.id, engineer.zone, week(&engineer.hours))).collect();
    assert_eq!(
        shown,
        [
            "ada Europe/Berlin mon 540..1020; tue 540..1020; wed 540..1020; thu 540..1020; fri 540..1020",
            "mei America/Vancouver mon 1320..1800; tue 1320..1800; wed 1320..1800; thu 1320..1800; sun 1320..1800",
            "raj Asia/Kolkata mon 600..780 840..1140; tue 600..780 840..1140; wed 600..780 840..1140; thu 600..780 840..1140; fri 600..840",
        ]
    );
    let ada = config.team.engineers.values().next().unwrap();
    assert_eq!(
        (ada.feeds[0].as_str(), ada.holidays[0].as_str(), ada.aliases.as_slice()),
        ("ada", "bank-holidays", &["A. L.".to_owned()][..])
    );
    assert_eq!(config.team.teams().into_iter().collect::<Vec<_>>(), ["Europe and Africa"]);
    let [acme, globex] = config.team.accounts.as_slice() else { panic!("two accounts") };
    assert_eq!(acme.owner().unwrap().as_str(), "ada");
    assert_eq!(acme.backups[0].engineer.as_str(), "mei");
    assert_eq!(acme.zone.as_ref().unwrap().name(), "America/New_York");
    assert_eq!(acme.manager, Some(Contact::Mailbox("manager@example.com".parse().unwrap())));
    assert_eq!(acme.last_resort, Contact::Mailbox("on-call@example.com".parse().unwrap()));
    assert_eq!(globex.manager, Some(Contact::Engineer("raj".parse().unwrap())));
    assert_eq!(globex.backups[0].until.unwrap().to_string(), "2026-12-15");
    let leads: Vec<String> = config.rules.leads.iter().map(ToString::to_string).collect();
    assert_eq!(leads, ["10 working days", "3 working days", "1 working day", "2 working hours"]);
    let roles: Vec<_> = config.feeds.iter().map(|feed| (feed.role.every_event_is_absence, feed.empty_body_is_empty)).collect();
    assert_eq!(roles, [(false, false), (false, false), (true, true), (false, false)]);
    assert_eq!(config.warnings, Vec::<String>::new());
}

#[test]
fn the_least_file_has_sensible_defaults() {
    let config = meant(LEAST);
    assert_eq!(config.state.seat().to_str(), Some("/etc/offwatch/state/offwatch.db"));
    assert_eq!(config.way, Way::Folder("/etc/offwatch/outbox".into()));
    let ada = config.team.engineers.values().next().unwrap();
    assert_eq!((ada.name.as_str(), ada.zone.name()), ("ada", "UTC"));
    let office = "mon 540..1020; tue 540..1020; wed 540..1020; thu 540..1020; fri 540..1020";
    assert_eq!(week(&ada.hours), office);
    let account = &config.team.accounts[0];
    assert_eq!((account.name.as_str(), &account.manager), ("acme", &None));
    assert_eq!(account.last_resort, Contact::Mailbox("ops@example.com".parse().unwrap()));
    assert_eq!(config.rules.last_resort, account.last_resort);
    assert_eq!(config.feeds[0].fetch.to_string(), "*/10 * * * * UTC");
    assert_eq!(config.rules.coverage.as_ref().map(ToString::to_string).as_deref(), Some("0 8 * * MON UTC"));
    let rules = &config.rules;
    let amounts = [rules.settle, rules.min_uncovered, rules.min_writing, rules.last_call, rules.aftercare, rules.min_missed];
    assert_eq!(amounts.map(working::written), ["15m", "30m", "30m", "1d", "0m", "4h"]);
    assert_eq!((rules.overnight, rules.send_empty, rules.every_occurrence), (true, false, false));
    assert!(config.reading.ticket.is_match("see https://desk.example.com/tickets/4711"));
}

#[test]
fn a_narrower_day_key_wins_and_days_without_hours_are_free() {
    assert_eq!(
        hours("mon-fri = '09:00-17:00'\nfri = '10:00-14:00'\nwed = []\ntue-thu = '08:00-16:00'"),
        "mon 540..1020; tue 480..960; thu 480..960; fri 600..840"
    );
    assert_eq!(hours("time_zone = 'Asia/Tokyo'"), "mon 540..1020; tue 540..1020; wed 540..1020; thu 540..1020; fri 540..1020");
}

#[test]
fn stretches_touch_cross_midnight_and_end_at_twenty_four() {
    assert_eq!(
        hours("mon = ['9:00-12:00', '12:00-24:00']\nsat-mon = '22:00-06:00'"),
        "mon 540..720 720..1440; sat 1320..1800; sun 1320..1800"
    );
    assert_eq!(hours("sun = '00:00-24:00'\nmon = '00:00 - 00:30'"), "mon 0..30; sun 0..1440");
}

#[test]
fn nothing_can_be_said_of_never() {
    let config = meant(&format!("{LEAST}[schedule]\ncoverage = \"\"\n[leave]\nbefore = \"\"\n"));
    assert_eq!((config.rules.coverage, config.rules.before_leave), (None, None));
}

#[test]
fn a_mail_server_has_the_usual_port_of_its_encryption() {
    let port = |lines: &str| match meant(&LEAST.replace("send = \"folder\"", &format!("send = \"smtp\"\n{lines}"))).way {
        Way::Smtp(smtp) => (smtp.port, smtp.tls, smtp.envelope_from.to_string()),
        Way::Folder(folder) => panic!("letters go to {}", folder.display()),
    };
    assert_eq!(port("host = 'mail.example.com'"), (587, Tls::StartTls, "ops@example.com".to_owned()));
    assert_eq!(
        port("host = 'mail.example.com'\ntls = 'implicit'\nenvelope_from = 'b@example.com'"),
        (465, Tls::Implicit, "b@example.com".to_owned())
    );
    assert_eq!(port("host = 'localhost'\ntls = 'none'").0, 25);
    assert_eq!(port("host = '10.0.0.1'\ntls = 'none'\nallow_plain = true\nport = 0x9c5").0, 2501);
}

#[test]
fn a_feed_of_the_web_has_its_own_times() {
    let feed = "url = 'webcal://example.com/a.ics'\nfetch = '5 * * * *'\ntimeout = '2s'\nliteral_times = true\nunmatched = 'escalate'\ntime_zone = 'Asia/Tokyo'";
    let config = meant(&format!("{}[schedule]\ntime_zone = 'Europe/Paris'\n", LEAST.replace("path = \"tasks.ics\"", feed)));
    let feed = &config.feeds[0];
    let Source::Url { url, login: None } = &feed.source else { panic!("not of the web") };
    assert_eq!((url.reveal(), feed.fetch.to_string().as_str()), ("webcal://example.com/a.ics", "5 * * * * Europe/Paris"));
    assert!(feed.role.literal_times && feed.role.escalate_unmatched);
    assert_eq!((working::written(feed.timeout), feed.role.zone.as_ref().unwrap().name()), ("2s".to_owned(), "Asia/Tokyo"));
}

#[test]
fn a_login_is_a_user_with_a_password_or_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "hunter2\n").unwrap();
    let login = |lines: &str| {
        let lines = lines.replace("FILE", secret.to_str().unwrap());
        match meant(&LEAST.replace("path = \"tasks.ics\"", &format!("url = 'https://example.com/a.ics'\n{lines}"))).feeds.remove(0).source {
            Source::Url { login, .. } => login,
            Source::Path(path) => panic!("a file {}", path.display()),
        }
    };
    let Some(Login::Basic { username, password }) = login("username = 'me'\npassword_file = 'FILE'") else { panic!("no user") };
    assert_eq!((username.as_str(), password.reveal()), ("me", "hunter2"));
    assert!(matches!(login("token_file = 'FILE'"), Some(Login::Bearer(token)) if token.reveal() == "hunter2"));
}

#[test]
fn what_is_odd_but_good_is_warned_of() {
    let more = "match = ['ACME']\n[[account]]\nid = 'beta'\nengineers = ['ada', 'bob']\nmatch = ['acme']\n[[engineer]]\nid = 'bob'\nemail = 'bob@example.com'\nhours = {}\nfeeds = ['days']\n[[feed]]\nname = 'days'\npath = 'days.ics'\nreads = ['holidays']\n";
    assert_eq!(
        meant(&format!("{LEAST}{more}")).warnings,
        [
            "engineer `bob`: has no working hours, and so no letter ever arrives",
            "feed `days`: no engineer names it under `holidays`, so these holidays count for nobody",
            "account `beta`: `acme` matches `acme` too, and so neither",
        ]
    );
}

#[test]
fn letters_bring_files_and_invitations_where_somebody_wants_them() {
    let invited = |mail: &str, engineer: &str| {
        let text =
            LEAST.replacen("send = ", &format!("{mail}\nsend = "), 1).replacen("id = \"ada\"", &format!("id = \"ada\"\n{engineer}"), 1);
        let config = meant(&text);
        (config.attach, config.invite.iter().map(ToString::to_string).collect::<String>())
    };
    assert_eq!(invited("", ""), (true, String::new()));
    assert_eq!(invited("attach = false", ""), (false, String::new()));
    assert_eq!(invited("invite = true", ""), (true, "ada".to_owned()));
    assert_eq!(invited("invite = true", "invite = false"), (true, String::new()));
    assert_eq!(invited("", "invite = true"), (true, "ada".to_owned()));
    let neither = check(&LEAST.replacen("send = ", "attach = false\ninvite = true\nsend = ", 1));
    assert!(neither.contains("there are no invitations without `attach`"), "{neither}");
}

#[test]
fn letters_are_worded_as_each_reads_them() {
    let style = |mail: &str, engineer: &str| {
        let text =
            LEAST.replacen("send = ", &format!("{mail}\nsend = "), 1).replacen("id = \"ada\"", &format!("id = \"ada\"\n{engineer}"), 1);
        meant(&text).style
    };
    let reads = |language: &str, dates, plain| Reads { language: language.to_owned(), dates, plain };
    assert_eq!(style("", ""), Style::default());
    let german = style("language = 'de'\ndates = 'iso'\nnote = 'Ask us.'", "");
    assert_eq!((german.reads.clone(), german.readers.len(), german.note.as_deref()), (reads("de", Dates::Iso, false), 0, Some("Ask us.")));
    let of_ada = style("language = 'de'", "language = 'en'\nplain = true");
    assert_eq!(of_ada.reads(Some(&"ada".parse().unwrap())), &reads("en", Dates::Words, true));
    assert_eq!(of_ada.reads(None), &reads("de", Dates::Words, false));
    let wrong = check(&LEAST.replacen("send = ", "language = \"dee\"\ndates = \"long\"\nsend = ", 1));
    assert!(wrong.contains("no templates are in `dee`") && wrong.contains("did you mean `de`?"), "{wrong}");
    assert!(wrong.contains("`long`"), "{wrong}");
}
