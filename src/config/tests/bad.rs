//! Bad files, each with the whole of what an administrator reads.

use insta::assert_snapshot;

use super::{LEAST, changed, check, with};

#[test]
fn an_unknown_zone_names_its_neighbour() {
    assert_snapshot!(changed("id = \"ada\"", "id = \"ada\"\ntime_zone = \"Europe/Belrin\""), @r#"
    offwatch.toml:15:13  engineer `ada`: unknown time zone `Europe/Belrin`, did you mean `Europe/Berlin`?
       15 | time_zone = "Europe/Belrin"
          |             ^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn an_unknown_setting_names_its_neighbour_or_the_section_it_belongs_in() {
    assert_snapshot!(changed("admin =", "settle = \"15m\"\nadmni = 1\nadmin ="), @"
    offwatch.toml:2:1  `[service]`: unknown setting `settle`; it belongs in `schedule`
        2 | settle = …
          | ^^^^^^
    offwatch.toml:3:1  `[service]`: unknown setting `admni`, did you mean `admin`?
        3 | admni = …
          | ^^^^^
    ");
    assert_snapshot!(with("[brifing]\nleads = []\n[[enginer]]\n"), @"
    offwatch.toml:20:2  unknown section `brifing`, did you mean `briefing`?
       20 | [brifing]
          |  ^^^^^^^
    offwatch.toml:22:3  unknown section `enginer`, did you mean `engineer`?
       22 | [[enginer]]
          |   ^^^^^^^
    ");
    assert_snapshot!(changed("send = ", "password = \"hunter2\"\nsend = "), @"
    offwatch.toml:6:1  `[mail]`: unknown setting `password`, did you mean `password_file`?
        6 | password = …
          | ^^^^^^^^
    ");
}

#[test]
fn people_and_feeds_must_exist() {
    assert_snapshot!(
        changed("engineers = [\"ada\"]", "engineers = [\"adda\", \"bob\"]\nbackups = [\"zoe\", { engineer = \"adah\" }]\nmanager = \"adda\"\nlast_resort = \"ops at example\""),
        @r#"
    offwatch.toml:19:14  account `acme`: unknown engineer `adda`, did you mean `ada`?
       19 | engineers = ["adda", "bob"]
          |              ^^^^^^
    offwatch.toml:19:22  account `acme`: unknown engineer `bob`
       19 | engineers = ["adda", "bob"]
          |                      ^^^^^
    offwatch.toml:20:12  account `acme`: unknown engineer `zoe`
       20 | backups = ["zoe", { engineer = "adah" }]
          |            ^^^^^
    offwatch.toml:20:32  account `acme`: unknown engineer `adah`, did you mean `ada`?
       20 | backups = ["zoe", { engineer = "adah" }]
          |                                ^^^^^^
    offwatch.toml:21:11  account `acme`: `adda` is neither an engineer nor a mail address, did you mean `ada`?
       21 | manager = "adda"
          |           ^^^^^^
    offwatch.toml:22:15  account `acme`: `ops at example` is neither an engineer nor a mail address
       22 | last_resort = "ops at example"
          |               ^^^^^^^^^^^^^^^^
    "#
    );
    assert_snapshot!(changed("id = \"ada\"", "id = \"ada\"\nfeeds = [\"taks\"]\nholidays = [\"tasks\"]"), @r#"
    offwatch.toml:15:10  engineer `ada`: unknown feed `taks`, did you mean `tasks`?
       15 | feeds = ["taks"]
          |          ^^^^^^
    offwatch.toml:16:13  engineer `ada`: the feed `tasks` is not read for holidays; add `holidays` to its `reads`
       16 | holidays = ["tasks"]
          |             ^^^^^^^
    "#);
}

#[test]
fn hours_that_mean_two_things_are_refused() {
    assert_snapshot!(
        with("[hours]\nmon-fri = [\"13:00-18:00\", \"09:00-14:00\"]\nsat = \"09:00-09:00\"\nsun = [\"9-17\", \"24:00-08:00\"]\nmon-fry = \"09:00-17:00\"\n"),
        @r#"
    offwatch.toml:21:12  `[hours]`: `mon-fri`: `09:00-14:00` and `13:00-18:00` overlap
       21 | mon-fri = ["13:00-18:00", "09:00-14:00"]
          |            ^^^^^^^^^^^^^
    offwatch.toml:22:7  `[hours]`: `09:00-09:00` ends when it starts; a whole day is `00:00-24:00`
       22 | sat = "09:00-09:00"
          |       ^^^^^^^^^^^^^
    offwatch.toml:23:8  `[hours]`: `9-17` is no stretch of hours; write `09:00-17:00`
       23 | sun = ["9-17", "24:00-08:00"]
          |        ^^^^^^
    offwatch.toml:23:16  `[hours]`: `24:00-08:00` starts at 24:00; write `00:00` under the next day
       23 | sun = ["9-17", "24:00-08:00"]
          |                ^^^^^^^^^^^^^
    offwatch.toml:24:1  `[hours]`: `mon-fry` is no day or range of days, did you mean `mon-fri`?
       24 | mon-fry = "09:00-17:00"
          | ^^^^^^^
    "#
    );
    assert_snapshot!(with("[hours]\nmon-wed = \"09:00-17:00\"\nwed-fri = \"10:00-18:00\"\nthu = 9\n"), @r#"
    offwatch.toml:22:1  `[hours]`: `mon-wed` and `wed-fri` both give hours for `wed`; of two keys the one with fewer days wins, and these have as many
       22 | wed-fri = "10:00-18:00"
          | ^^^^^^^
    offwatch.toml:23:7  `[hours]`: `thu` must be a string, not an integer
       23 | thu = 9
          |       ^
    "#);
}

#[test]
fn a_schedule_must_be_one_and_come_due() {
    assert_snapshot!(with("[schedule]\nfetch = \"61 * * * *\"\ncoverage = \"0 8 31 2 *\"\nsettle = \"15\"\n"), @r#"
    offwatch.toml:21:9  `[schedule]`: `61 * * * *` is no cron expression: number out of bounds; write minute, hour, day, month and weekday, as in `0 8 * * MON`
       21 | fetch = "61 * * * *"
          |         ^^^^^^^^^^^^
    offwatch.toml:22:12  `[schedule]`: `0 8 31 2 *` is never due
       22 | coverage = "0 8 31 2 *"
          |            ^^^^^^^^^^^^
    offwatch.toml:23:10  `[schedule]`: `15` is no duration; write `15m`, `4h` or `2d`
       23 | settle = "15"
          |          ^^^^
    "#);
}

#[test]
fn amounts_and_patterns_are_checked() {
    assert_snapshot!(
        with("[briefing]\nleads = []\nmin_writing = \"half an hour\"\ndone_pattern = '(done'\ntask_pattern = 'x*'\n[leave]\nbefore = \"3 days\"\n"),
        @r#"
    offwatch.toml:21:9  `[briefing]`: `leads` must not be empty; without one nobody is asked in time
       21 | leads = []
          |         ^^
    offwatch.toml:22:15  `[briefing]`: `half an hour` is no duration; write `15m`, `4h` or `2d`
       22 | min_writing = "half an hour"
          |               ^^^^^^^^^^^^^^
    offwatch.toml:23:16  `[briefing]`: not a regular expression: unclosed group; single quotes keep backslashes as they are
       23 | done_pattern = '(done'
          |                ^^^^^^^
    offwatch.toml:24:16  `[briefing]`: the pattern matches an empty text, and so everything
       24 | task_pattern = 'x*'
          |                ^^^^
    offwatch.toml:26:10  `[leave]`: `3 days` is no working time; write `2 working hours` or `3 working days`
       26 | before = "3 days"
          |          ^^^^^^^^
    "#
    );
}

#[test]
fn a_secret_that_cannot_be_read_is_named_by_its_file_and_never_shown() {
    let smtp = "send = \"smtp\"\nhost = \"mail.example.com\"\nusername = \"offwatch\"\n";
    assert_snapshot!(changed("send = \"folder\"\n", &format!("{smtp}password_file = \"/nowhere/password\"\n")), @r#"
    offwatch.toml:9:17  `[mail]`: cannot read `/nowhere/password`: entity not found
        9 | password_file = "/nowhere/password"
          |                 ^^^^^^^^^^^^^^^^^^^
    "#);
    assert_snapshot!(changed("send = \"folder\"\n", &format!("{smtp}password_credential = \"smtp\"\n")), @r#"
    offwatch.toml:9:23  `[mail]`: no credentials are there to look for `smtp` in; systemd passes them with `LoadCredential=`, in `$CREDENTIALS_DIRECTORY`
        9 | password_credential = "smtp"
          |                       ^^^^^^
    "#);
    assert_snapshot!(changed("send = \"folder\"\n", smtp), @r#"
    offwatch.toml:8:12  `[mail]`: `username` stands without a password; add `password_file` or `password_credential`
        8 | username = "offwatch"
          |            ^^^^^^^^^^
    "#);
}

#[test]
fn a_mail_server_needs_a_name_and_encryption() {
    assert_snapshot!(changed("\"folder\"", "\"smtp\"\nport = 0\nca_file = \"/nowhere/ca.pem\""), @r#"
    offwatch.toml:4:1  `[mail]`: `host` is missing; give the mail server's name
        4 | [mail]
          | ^^^^^^
    offwatch.toml:7:8  `[mail]`: `port` must be a number from 1 to 65535
        7 | port = 0
          |        ^
    offwatch.toml:8:11  `[mail]`: there is no file `/nowhere/ca.pem`
        8 | ca_file = "/nowhere/ca.pem"
          |           ^^^^^^^^^^^^^^^^^
    "#);
    assert_snapshot!(changed("\"folder\"", "\"smtp\"\nhost = \"mail.example.com\"\ntls = \"none\"\ntimeout_dot = \"0s\""), @r#"
    offwatch.toml:8:7  `[mail]`: letters would go to `mail.example.com` without encryption; `allow_plain = true` permits it
        8 | tls = "none"
          |       ^^^^^^
    offwatch.toml:9:15  `[mail]`: nothing can happen in no time
        9 | timeout_dot = "0s"
          |               ^^^^
    "#);
    assert_snapshot!(changed("\"folder\"", "\"floder\""), @r#"
    offwatch.toml:6:8  `[mail]`: `send` cannot be `floder`; write `smtp` or `folder`
        6 | send = "floder"
          |        ^^^^^^^^
    "#);
}

#[test]
fn a_fetch_may_take_no_longer_than_a_turn_can_wait() {
    assert_snapshot!(changed("path = \"tasks.ics\"", "path = \"tasks.ics\"\ntimeout = \"15m1s\""), @r#"
    offwatch.toml:11:11  feed `tasks`: a fetch may take 15 minutes at most; no letter goes out before a feed that is new has answered or failed
       11 | timeout = "15m1s"
          |           ^^^^^^^
    "#);
}

#[test]
fn a_feed_has_one_address_and_it_stays_hidden() {
    assert_snapshot!(changed("path = \"tasks.ics\"", "url = \"ftp://example.com/token\""), @"
    offwatch.toml:10:7  feed `tasks`: its address begins with `ftp://`; write `https://…`, `http://…`, `webcal://…` or `webcals://…`
       10 | url = …
          |       ^
    ");
    assert_snapshot!(changed("path = \"tasks.ics\"", "path = \"tasks.ics\"\nurl = \"https://example.com/token\"\nusername = \"me\""), @r#"
    offwatch.toml:11:7  feed `tasks`: `path` and `url` exclude each other
       11 | url = …
          |       ^
    offwatch.toml:12:12  feed `tasks`: `username` stands without a password; add `password_file` or `password_credential`
       12 | username = "me"
          |            ^^^^
    offwatch.toml:12:12  feed `tasks`: a file needs no login
       12 | username = "me"
          |            ^^^^
    "#);
    assert_snapshot!(changed("path = \"tasks.ics\"\n", ""), @"
    offwatch.toml:8:1  feed `tasks`: it has no address; give it `path`, `url`, `url_file` or `url_credential`
        8 | [[feed]]
          | ^^^^^^^^
    ");
    assert_snapshot!(changed("reads = [\"tasks\"]", "reads = [\"task\"]\nunmatched = \"drop\""), @r#"
    offwatch.toml:11:10  feed `tasks`: `reads` cannot be `task`; write `absences` or `holidays` or `tasks` or `emergencies` or `on-call`
       11 | reads = ["task"]
          |          ^^^^^^
    offwatch.toml:12:13  feed `tasks`: `unmatched` cannot be `drop`; write `list` or `escalate`
       12 | unmatched = "drop"
          |             ^^^^^^
    offwatch.toml  no `[[feed]]` reads tasks; one feed needs `reads = ["tasks"]`
    "#);
}

#[test]
fn the_state_has_an_address() {
    assert_snapshot!(changed("admin =", "state = \"postgres://me:hunter2@db/off watch\"\nadmin ="), @r#"
    offwatch.toml:2:9  `[service]`: `state` names no database; write `sqlite:state/offwatch.db` or `postgres://USER@HOST/DATABASE`
        2 | state = "postgres://…
          |         ^^^^^^^^^^^^^
    "#);
    assert_snapshot!(changed("admin =", "state = \"postgresql://\"\nadmin ="), @r#"
    offwatch.toml:2:9  `[service]`: `state` names no database; write `sqlite:state/offwatch.db` or `postgres://USER@HOST/DATABASE`
        2 | state = "postgresql://…
          |         ^^^^^^^^^^^^^^^
    "#);
    assert_snapshot!(changed("admin =", "state = \"offwatch.db\"\npublic_url = \"offwatch.example.com\"\nadmin ="), @r#"
    offwatch.toml:2:9  `[service]`: `state` is no address of a database; write `sqlite:state/offwatch.db` or `postgres://USER@HOST/DATABASE`
        2 | state = "offwatch.db"
          |         ^^^^^^^^^^^^^
    offwatch.toml:3:14  `[service]`: `public_url` is no address of a web page; write `https://offwatch.example.com`
        3 | public_url = "offwatch.example.com"
          |              ^^^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn health_is_shown_to_this_machine_alone() {
    let health = |text: &str| {
        let told = changed("admin =", &format!("health = \"{text}\"\nadmin ="));
        told.lines().next().unwrap_or_default().to_owned()
    };
    let told: Vec<String> = ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:9464", "[::ffff:127.0.0.1]:9464"].map(health).to_vec();
    assert_snapshot!(told.join("\n"), @"
    offwatch.toml:2:10  `[service]`: `0.0.0.0:9464` could be reached from other machines; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`; a web server here may pass it on
    offwatch.toml:2:10  `[service]`: `[::]:9464` could be reached from other machines; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`; a web server here may pass it on
    offwatch.toml:2:10  `[service]`: `192.0.2.1:9464` could be reached from other machines; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`; a web server here may pass it on
    offwatch.toml:2:10  `[service]`: `[::ffff:127.0.0.1]:9464` could be reached from other machines; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`; a web server here may pass it on
    ");
    let told: Vec<String> =
        ["localhost:9464", "9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "unix:", "unix:run/"].map(health).to_vec();
    assert_snapshot!(told.join("\n"), @"
    offwatch.toml:2:10  `[service]`: `localhost:9464` is neither a port of this machine nor a socket; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`
    offwatch.toml:2:10  `[service]`: `9464` is neither a port of this machine nor a socket; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`
    offwatch.toml:2:10  `[service]`: `127.0.0.1` is neither a port of this machine nor a socket; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`
    offwatch.toml:2:10  `[service]`: `127.0.0.1:0` names no port; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`
    offwatch.toml:2:10  `[service]`: `127.0.0.1:99999` is neither a port of this machine nor a socket; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`
    offwatch.toml:2:10  `[service]`: `unix:` names no socket; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`
    offwatch.toml:2:10  `[service]`: `unix:run/` names no socket; write `127.0.0.1:9464`, `[::1]:9464` or `unix:health.sock`
    ");
    assert_snapshot!(changed("admin =", "health = 9464\nadmin ="), @"
    offwatch.toml:2:10  `[service]`: `health` must be a string, not an integer
        2 | health = 9464
          |          ^^^^
    ");
}

#[test]
fn several_problems_come_in_the_order_of_the_file() {
    let text = LEAST.replace("\"ops@example.com\"", "\"ops\"").replace("[\"ada\"]", "[\"bob\"]").replace("\"tasks.ics\"", "7");
    assert_snapshot!(check(&text), @r#"
    offwatch.toml:2:9  `[service]`: `ops` is no mail address: it has no `@`
        2 | admin = "ops"
          |         ^^^^^
    offwatch.toml:10:8  feed `tasks`: `path` must be a string, not an integer
       10 | path = 7
          |        ^
    offwatch.toml:19:14  account `acme`: unknown engineer `bob`
       19 | engineers = ["bob"]
          |              ^^^^^
    "#);
}

#[test]
fn a_syntax_error_hides_no_other_problem_and_invents_none() {
    assert_snapshot!(check(&LEAST.replace("\"folder\"", "folder").replace("\"ada@example.com\"", "\"ada\"").replace("[[account]]", "[[account]")), @r#"
    offwatch.toml:6:8  invalid boolean, expected `false`
        6 | send = folder
          |        ^^^^^^
    offwatch.toml:15:9  engineer `ada`: `ada` is no mail address: it has no `@`
       15 | email = "ada"
          |         ^^^^^
    offwatch.toml:17:11  unclosed array table, expected `]`
       17 | [[account]
          |           ^
    "#);
}

#[test]
fn a_value_of_the_wrong_type_says_which_is_right() {
    assert_snapshot!(
        with("match = \"ACME\"\nbackups = \"ada\"\nnotes = 1\n[catch_up]\novernight = \"yes\"\nvalid_for = 5\n[absence]\naway = [1]\n[leave]\nbefore = []\n"),
        @r#"
    offwatch.toml:20:9  account `acme`: `match` must be a list of strings, not a string
       20 | match = "ACME"
          |         ^^^^^^
    offwatch.toml:21:11  account `acme`: `backups` must be a list; write `backups = ["…"]`
       21 | backups = "ada"
          |           ^^^^^
    offwatch.toml:22:9  account `acme`: `notes` must be a string, not an integer
       22 | notes = 1
          |         ^
    offwatch.toml:24:13  `[catch_up]`: `overnight` must be `true` or `false`, not a string
       24 | overnight = "yes"
          |             ^^^^^
    offwatch.toml:25:13  `[catch_up]`: `valid_for` must be a string, not an integer
       25 | valid_for = 5
          |             ^
    offwatch.toml:27:9  `[absence]`: `away` must hold strings only
       27 | away = [1]
          |         ^
    offwatch.toml:29:10  `[leave]`: `before` must be a string, not a list
       29 | before = []
          |          ^^
    "#
    );
}

#[test]
fn what_is_there_twice_is_refused() {
    let twice = "[[engineer]]\nid = \"ada\"\nemail = \"ADA@example.com\"\n[[account]]\nid = \"acme\"\nengineers = [\"ada\"]\n";
    assert_snapshot!(with(twice), @r#"
    offwatch.toml:21:6  engineer `ada`: this id is taken already, in line 14
       21 | id = "ada"
          |      ^^^^^
    offwatch.toml:22:9  engineer `ada`: this address is taken already, in line 15
       22 | email = "ADA@example.com"
          |         ^^^^^^^^^^^^^^^^^
    offwatch.toml:24:6  account `acme`: this id is taken already, in line 18
       24 | id = "acme"
          |      ^^^^^^
    "#);
    assert_snapshot!(with("id = \"beta\"\n"), @r#"
    offwatch.toml:20:1  duplicate key
       20 | id = "beta"
          | ^^
    "#);
}

#[test]
fn missing_sections_and_settings_are_named() {
    assert_snapshot!(check(""), @r#"
    offwatch.toml  `[service]`: `admin` is missing; give the address that hears of trouble
    offwatch.toml  `[mail]`: `from` is missing; write `from = "offwatch <offwatch@example.com>"`
    offwatch.toml  `[mail]`: `send` is missing; write `send = "smtp"` or `send = "folder"`
    offwatch.toml  no `[[feed]]` reads tasks; one feed needs `reads = ["tasks"]`
    offwatch.toml  there is no `[[engineer]]`; one needs at least `id` and `email`
    offwatch.toml  there is no `[[account]]`; one needs at least `id` and `engineers`
    "#);
    assert_snapshot!(check("[service]\n[[feed]]\n[[engineer]]\nid = \"ada\"\n[[account]]\n[mail]\n"), @r#"
    offwatch.toml:1:1  `[service]`: `admin` is missing; give the address that hears of trouble
        1 | [service]
          | ^^^^^^^^^
    offwatch.toml:2:1  feed 1: `name` is missing; letters and logs will call it so
        2 | [[feed]]
          | ^^^^^^^^
    offwatch.toml:2:1  feed 1: `reads` is missing; list any of `absences`, `holidays`, `tasks`, `emergencies`, `on-call`
        2 | [[feed]]
          | ^^^^^^^^
    offwatch.toml:2:1  feed 1: it has no address; give it `path`, `url`, `url_file` or `url_credential`
        2 | [[feed]]
          | ^^^^^^^^
    offwatch.toml:3:1  engineer `ada`: `email` is missing; give the address for their letters
        3 | [[engineer]]
          | ^^^^^^^^^^^^
    offwatch.toml:5:1  account 1: `id` is missing; give it a short name
        5 | [[account]]
          | ^^^^^^^^^^^
    offwatch.toml:6:1  `[mail]`: `from` is missing; write `from = "offwatch <offwatch@example.com>"`
        6 | [mail]
          | ^^^^^^
    offwatch.toml:6:1  `[mail]`: `send` is missing; write `send = "smtp"` or `send = "folder"`
        6 | [mail]
          | ^^^^^^
    offwatch.toml  no `[[feed]]` reads tasks; one feed needs `reads = ["tasks"]`
    "#);
}

#[test]
fn what_could_break_out_of_a_header_is_refused() {
    assert_snapshot!(changed("\"offwatch@example.com\"", "\"x\\r\\nBcc: y <offwatch@example.com>\""), @r#"
    offwatch.toml:5:8  `[mail]`: control characters may not stand in `from`
        5 | from = "x\r\nBcc: y <offwatch@example.com>"
          |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn a_cover_ends_after_it_begins() {
    assert_snapshot!(
        changed("engineers = [\"ada\"]", "backups = [{ engineer = \"ada\", from = 2026-12-15, until = 2026-12-15 }, { engineer = \"ada\", from = \"2026-12-01\", til = 2026-12-02 }]"),
        @r#"
    offwatch.toml:19:12  account `acme`: the cover ends before it begins; `until` is the first date without it
       19 | backups = [{ engineer = "ada", from = 2026-12-15, until = 2026-12-15 }, { engineer = "ada", from = "2026-12-01", til = 2026-12-02 }]
          |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    offwatch.toml:19:100  account `acme`: `from` must be a date without quotes, as in `2026-12-01`, not a string
       19 | backups = [{ engineer = "ada", from = 2026-12-15, until = 2026-12-15 }, { engineer = "ada", from = "2026-12-01", til = 2026-12-02 }]
          |                                                                                                    ^^^^^^^^^^^^
    offwatch.toml:19:114  account `acme`: unknown setting `til`
       19 | backups = [{ engineer = "ada", from = 2026-12-15, until = 2026-12-15 }, { engineer = "ada", from = "2026-12-01", til = …
          |                                                                                                                  ^^^
    "#
    );
}

#[test]
fn no_excerpt_shows_what_may_be_secret() {
    let lines = [
        "url = https://hunter2@example.com/",
        "url = \"https://example.com/hunter2",
        "url = ['hunter2']",
        "token = 'hunter2'",
        "pasword = 'hunter2'",
        "state = 'postgres://me:hunter2@db'",
        "path = 'a.ics', url = 'hunter2'",
        "\"password\" = 'hunter2'",
        "username = \"\\t\" # https://hunter2",
    ];
    for line in lines {
        let shown = changed("path = \"tasks.ics\"", line);
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn a_mangled_file_is_refused_or_read_and_never_a_crash() {
    // Nothing from the account's id on is missed: an account without engineers is one.
    let needed = LEAST.find("\"acme\"").unwrap();
    for end in (0..needed).step_by(17) {
        assert!(super::read(LEAST.get(..end).unwrap()).is_err(), "the first {end} bytes are a whole file");
    }
    let team = include_str!("team.toml");
    for (index, line) in team.lines().enumerate().step_by(3) {
        let rest: Vec<&str> = team.lines().enumerate().filter(|(other, _)| *other != index).map(|(_, line)| line).collect();
        if let Err(problems) = super::read(&rest.join("\n")) {
            assert!(!problems.problems.is_empty(), "without {line}");
        }
        let strange: Vec<&str> =
            team.lines().enumerate().map(|(other, line)| if other == index { "\u{feff}ä = [[{" } else { line }).collect();
        assert!(super::read(&strange.join("\r\n")).is_err(), "instead of {line}");
    }
}

#[test]
fn a_quotation_that_is_never_closed_shows_nothing_of_what_follows_it() {
    let rest = "https://ada:hunter2@example.com/";
    for opening in ["'''", "\"\"\""] {
        for (line, name) in [("id = \"ada\"", "id"), ("id = \"acme\"", "id"), ("reads = [\"tasks\"]", "name")] {
            let told = changed(line, &format!("{name} = {opening}x\n`u\nurl = '{rest}'\n{opening}\n"));
            assert!(told.contains("offwatch.toml:") && !told.contains("hunter2"), "{told}");
        }
    }
    assert_snapshot!(changed("email = \"ada@example.com\"", &format!("email = \"{rest}\"")), @r#"
    offwatch.toml:15:9  engineer `ada`: `https://…` is no mail address: white space, control characters and `<>()[]\,;:"` may not stand in it
       15 | email = "https://…
          |         ^^^^^^^^^^
    "#);
    let long = changed("id = \"ada\"", &format!("id = \"ada\"\ntime_zone = \"{}\"", "x".repeat(300)));
    assert!(long.contains(&format!("`{}…`", "x".repeat(200))), "{long}");
    assert_snapshot!(changed("id = \"ada\"", &format!("id = \"ada\"\ntime_zone = \"{rest}\"")), @r#"
    offwatch.toml:15:13  engineer `ada`: unknown time zone `https://…`; write an IANA name such as `Europe/Berlin`
       15 | time_zone = "https://…
          |             ^^^^^^^^^^
    "#);
}
