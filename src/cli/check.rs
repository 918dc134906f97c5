//! `offwatch check`: says what a configuration means, or everything that is wrong with it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use jiff::civil::Weekday;
use serde_json::{Value, json};

use super::Format;
use crate::config::{self, Config, Context, Problems};
use crate::people::{Account, Contact, Hours, Stretch};
use crate::zone;

/// What to check, and how to say it.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Also fetch every feed.
    #[arg(long)]
    pub(crate) feeds: bool,
}

/// Reads the file at `path` and says what it means, or what is wrong with it; gives the configuration if it is good.
pub(crate) fn read(
    path: &Path,
    context: &Context,
    format: Format,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<Option<Config>> {
    match (config::load(path, context), format) {
        (Ok(config), Format::Text) => {
            for warning in &config.warnings {
                writeln!(err, "warning: {warning}")?;
            }
            summary(path, &config, out)?;
            Ok(Some(config))
        }
        (Ok(config), Format::Json) => {
            writeln!(out, "{}", good(&config))?;
            Ok(Some(config))
        }
        (Err(problems), Format::Text) => {
            let count = problems.problems.len();
            writeln!(err, "{problems}\n{count} problem{} in the configuration", if count == 1 { "" } else { "s" })?;
            Ok(None)
        }
        (Err(problems), Format::Json) => {
            writeln!(out, "{}", bad(&problems))?;
            Ok(None)
        }
    }
}

/// What the configuration means, for people.
fn summary(path: &Path, config: &Config, out: &mut impl Write) -> anyhow::Result<()> {
    let team = &config.team;
    let (engineers, accounts, feeds) = (team.engineers.len(), team.accounts.len(), config.feeds.len());
    writeln!(out, "{} is good: engineers {engineers}, accounts {accounts}, feeds {feeds}", path.display())?;
    writeln!(out, "time zones by tzdata {}", zone::tzdata_version())?;
    writeln!(out, "\nengineers")?;
    for engineer in team.engineers.values() {
        writeln!(out, "  {}  {}  {}", engineer.id, engineer.zone, week(&engineer.hours))?;
    }
    writeln!(out, "\naccounts, and who is asked and told in order")?;
    for account in &team.accounts {
        writeln!(out, "  {}  {}", account.id, chain(account).join(" > "))?;
    }
    writeln!(out, "\nfeeds")?;
    for feed in &config.feeds {
        writeln!(out, "  {}  {}  fetched {}", feed.role.name, reads(&feed.role).join(", "), feed.fetch)?;
    }
    Ok(())
}

/// What a feed is read for.
fn reads(role: &crate::agenda::FeedRole) -> Vec<&'static str> {
    crate::agenda::Purpose::ALL.iter().filter(|(_, purpose)| role.reads.contains(purpose)).map(|(name, _)| *name).collect()
}

/// A week in a line: runs of days with the same hours, Monday first.
fn week(hours: &Hours) -> String {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let mut runs: Vec<(&str, &str, &[Stretch])> = Vec::new();
    for (name, day) in names.iter().zip(Weekday::Monday.cycle_forward()) {
        let stretches = hours.on(day);
        match runs.last_mut() {
            Some((_, last, same)) if *same == stretches => *last = name,
            _ => runs.push((name, name, stretches)),
        }
    }
    let said = runs.iter().filter(|(_, _, stretches)| !stretches.is_empty()).map(|(first, last, stretches)| {
        let days = if first == last { (*first).to_owned() } else { format!("{first}-{last}") };
        let times: Vec<String> = stretches.iter().map(|stretch| format!("{}-{}", clock(stretch.from), clock(stretch.until))).collect();
        format!("{days} {}", times.join(" "))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { "never".to_owned() } else { said.join(", ") }
}

/// Minutes from midnight as a clock shows them; the midnight that ends a day is 24:00.
fn clock(minutes: u16) -> String {
    let minutes = if minutes > 24 * 60 { minutes - 24 * 60 } else { minutes };
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Who is asked and told of an account's tasks, in order.
fn chain(account: &Account) -> Vec<String> {
    let engineers = account.engineers.iter().map(ToString::to_string);
    let backups = account.backups.iter().map(|backup| match (backup.from, backup.until) {
        (None, None) => format!("{} (backup)", backup.engineer),
        (Some(from), None) => format!("{} (backup from {from})", backup.engineer),
        (None, Some(until)) => format!("{} (backup until {until})", backup.engineer),
        (Some(from), Some(until)) => format!("{} (backup from {from} until {until})", backup.engineer),
    });
    let manager = account.manager.iter().map(|manager| format!("{} (manager)", told(manager)));
    let last_resort = std::iter::once(format!("{} (last resort)", told(&account.last_resort)));
    engineers.chain(backups).chain(manager).chain(last_resort).collect()
}

/// An id or an address.
fn told(contact: &Contact) -> &str {
    match contact {
        Contact::Engineer(id) => id.as_str(),
        Contact::Mailbox(address) => address.as_str(),
    }
}

/// What the configuration means, for programs.
fn good(config: &Config) -> Value {
    let engineers: BTreeMap<_, _> = config
        .team
        .engineers
        .values()
        .map(|engineer| (engineer.id.as_str(), json!({ "time_zone": engineer.zone.name(), "hours": week(&engineer.hours) })))
        .collect();
    let accounts: BTreeMap<_, _> =
        config.team.accounts.iter().map(|account| (account.id.as_str(), json!({ "chain": chain(account) }))).collect();
    let feeds: BTreeMap<_, _> = config
        .feeds
        .iter()
        .map(|feed| (feed.role.name.as_str(), json!({ "reads": reads(&feed.role), "fetch": feed.fetch.to_string() })))
        .collect();
    json!({
        "ok": true,
        "warnings": config.warnings,
        "tzdata": zone::tzdata_version(),
        "engineers": engineers,
        "accounts": accounts,
        "feeds": feeds,
    })
}

/// What is wrong, for programs.
fn bad(problems: &Problems) -> Value {
    let each = problems.problems.iter().map(|problem| {
        let place = problem.place.as_ref();
        json!({
            "file": problems.file,
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
            "problem": problem.problem,
            "hint": problem.hint,
        })
    });
    json!({ "ok": false, "problems": each.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    /// The exit code and both outputs for the text of a file, its folder and the tz release left out.
    fn check(text: &str, format: Format) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("offwatch.toml");
        std::fs::write(&path, text).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let good = read(&path, &Context::default(), format, &mut out, &mut err).unwrap().is_some();
        let code = if good { 0 } else { 78 };
        let (out, err) = (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap());
        let shown = format!("exit {code}\n{out}--\n{err}");
        shown.replace(&format!("{}/", folder.path().display()), "").replace(&zone::tzdata_version(), "2099a")
    }

    /// A small file that works.
    const GOOD: &str = r#"
[service]
admin = "ops@example.com"
[mail]
from = "offwatch@example.com"
send = "folder"
[hours]
time_zone = "Europe/Berlin"
mon-thu = ["09:00-12:00", "13:00-17:00"]
sun = "22:00-06:00"
[[feed]]
name = "tasks"
path = "tasks.ics"
reads = ["tasks"]
[[engineer]]
id = "ada"
email = "ada@example.com"
[[engineer]]
id = "mei"
email = "mei@example.com"
hours = { mon-sun = "00:00-24:00" }
[[account]]
id = "acme"
engineers = ["ada"]
backups = [{ engineer = "mei", until = 2027-01-01 }]
manager = "boss@example.com"
[[account]]
id = "globex"
"#;

    #[test]
    fn a_good_file_is_said_to_mean_who_works_when_and_who_is_told() {
        assert_snapshot!(check(GOOD, Format::Text), @"
        exit 0
        offwatch.toml is good: engineers 2, accounts 2, feeds 1
        time zones by tzdata 2099a

        engineers
          ada  Europe/Berlin  mon-thu 09:00-12:00 13:00-17:00, sun 22:00-06:00
          mei  Europe/Berlin  mon-sun 00:00-24:00

        accounts, and who is asked and told in order
          acme  ada > mei (backup until 2027-01-01) > boss@example.com (manager) > ops@example.com (last resort)
          globex  ops@example.com (last resort)

        feeds
          tasks  tasks  fetched */10 * * * * UTC
        --
        warning: account `globex`: has no engineers, so its tasks go to the manager and the last resort
        ");
    }

    #[test]
    fn a_program_reads_the_same_as_one_object() {
        assert_snapshot!(check(GOOD, Format::Json), @r#"
        exit 0
        {"accounts":{"acme":{"chain":["ada","mei (backup until 2027-01-01)","boss@example.com (manager)","ops@example.com (last resort)"]},"globex":{"chain":["ops@example.com (last resort)"]}},"engineers":{"ada":{"hours":"mon-thu 09:00-12:00 13:00-17:00, sun 22:00-06:00","time_zone":"Europe/Berlin"},"mei":{"hours":"mon-sun 00:00-24:00","time_zone":"Europe/Berlin"}},"feeds":{"tasks":{"fetch":"*/10 * * * * UTC","reads":["tasks"]}},"ok":true,"tzdata":"2099a","warnings":["account `globex`: has no engineers, so its tasks go to the manager and the last resort"]}
        --
        "#);
    }

    #[test]
    fn a_bad_file_is_78_and_every_problem() {
        let text = GOOD.replace("Europe/Berlin", "Europe/Belrin").replace("acme", "ac me");
        assert_snapshot!(check(&text, Format::Text), @r#"
        exit 78
        --
        offwatch.toml:8:13  `[hours]`: unknown time zone `Europe/Belrin`, did you mean `Europe/Berlin`?
            8 | time_zone = "Europe/Belrin"
              |             ^^^^^^^^^^^^^^^
        offwatch.toml:23:6  account `ac me`: `ac me` is no id: only letters, digits, `-`, `_` and `.` may stand in it
           23 | id = "ac me"
              |      ^^^^^^^
        2 problems in the configuration
        "#);
        assert_snapshot!(check(&text, Format::Json), @r#"
        exit 78
        {"ok":false,"problems":[{"column":13,"file":"offwatch.toml","hint":"did you mean `Europe/Berlin`?","line":8,"problem":"`[hours]`: unknown time zone `Europe/Belrin`"},{"column":6,"file":"offwatch.toml","hint":null,"line":23,"problem":"account `ac me`: `ac me` is no id: only letters, digits, `-`, `_` and `.` may stand in it"}]}
        --
        "#);
    }
}
