//! `offwatch board`: the team's board as one page, or all of its pages as files in a folder. Looks from where `plan` looks;
//! what pages show is `board`'s to say. Writes no state and sends nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};

use super::near::{is_called, suggestion};
use super::session::Session;
use super::vantage::Vantage;
use super::{Format, WRONG, explain, print, usage};
use crate::board::{self, Facts, Links, Selection, Which};
use crate::people::{Account, Engineer, Team};

/// The contract of its objects for programs.
const JSON: &str = r#"With `--format json`, one object for the page, or one a file. `index`: {"frame":
{"now","as_of","zone"},"chosen","verdict","rest","light","troubles":[{"text"}],
"tonight":[TASK],"watched":[TASK],"later":[TASK],"lost":[TASK],"lanes":[LANE],
"accounts","teams","engineers","feeds":[{"name","reads","age","fetched",
"state","trouble"}],"outbox":{"queued","sending","refused","owed"}}.
TASK is {"id","task":{"name"},"account":{"name"},"when","away","start","gap",
"tag":{"sign","word"},"briefing","danger","writer":{"name"},"by","left"}; LANE is
{"id","engineer":{"name"},"zone","hours","state","presence","there":[[from,
until]],"rows":[{"kind","when","from","until","task","account","note","tag"}]}.
`task/ID`: {"frame","line":TASK,"ticket","sections":[{"heading","lines":
[{"depth","text"}]}]}. `engineer/ID`: {"frame","lane":LANE,"asked":[TASK],
"passed":[TASK],"accounts"}. `account/ID`: {"frame","id","name","zone","notes",
"people","tasks":[TASK],"lanes":[LANE]}. Absent facts are null; fields are only
ever added.

Without it, or with `--format html`, pages are HTML, each complete in itself."#;

/// What to show, and where.
#[derive(Debug, clap::Args)]
#[command(after_long_help = JSON)]
pub(super) struct Board {
    /// The folder that gets all pages as files, over those of an earlier board; `-` prints one page.
    #[arg(long, value_name = "FOLDER|-", default_value = "-")]
    out: PathBuf,
    /// The page to print: `index`, `task/ID`, `engineer/ID` or `account/ID`.
    #[arg(long, value_name = "PAGE", default_value = "index")]
    page: Which,
    /// On the board itself only these engineers: id, name, alias, address or their team; may be given several times.
    #[arg(long, value_name = "TEAM|ENGINEER", visible_alias = "engineer", value_delimiter = ',')]
    team: Vec<String>,
    /// On the board itself only these accounts: id or name; may be given several times.
    #[arg(long, value_name = "ACCOUNT", value_delimiter = ',')]
    account: Vec<String>,
    /// From where.
    #[command(flatten)]
    vantage: Vantage,
}

/// Draws and prints or writes.
pub(super) async fn run(session: &Session<'_>, command: &Board) -> Result<u8> {
    let config = Arc::new(session.load()?);
    let selection = selection(&config.team, command)?;
    let now = command.vantage.now();
    let (mut cycle, store) = Box::pin(command.vantage.begin(session, &config, now)).await?;
    let Some(ground) = explain::survey(&mut cycle, &store, command.vantage.from, now).await? else { return Ok(WRONG) };
    let facts = Facts { ground, census: store.census(now).await? };
    if command.out == Path::new("-") {
        let page = page(&command.page, &selection, Links::Served, &facts, session.format)?;
        return print(&page).map(|()| 0);
    }
    for which in board::all(&facts) {
        let chosen = if which == Which::Index { &selection } else { &Selection::default() };
        write(&command.out, &which, &page(&which, chosen, Links::Files, &facts, session.format)?, session.format)?;
    }
    Ok(0)
}

/// One page in that format.
fn page(which: &Which, selection: &Selection, links: Links, facts: &Facts, format: Format) -> Result<String> {
    let unknown = || usage(format!("nothing in sight has the page `{which}`"));
    match format {
        Format::Json => Ok(format!("{}\n", board::object(which, selection, facts).ok_or_else(unknown)?)),
        Format::Text => {
            let page = board::page(which, selection, links, facts).ok_or_else(unknown)?;
            page.fault.map_or(Ok(page.html), |fault| bail!("the page `{which}` cannot be drawn: {fault}"))
        }
    }
}

/// Writes a page into the folder, for its owner only: it names people.
fn write(folder: &Path, which: &Which, page: &str, format: Format) -> Result<()> {
    let ending = if format == Format::Json { "json" } else { "html" };
    let path = folder.join(format!("{which}.{ending}"));
    super::demo::make(path.parent().unwrap_or(folder))?;
    super::demo::write(&path, page.as_bytes(), false)
}

/// Of whom the board is to speak.
fn selection(team: &Team, command: &Board) -> Result<Selection> {
    let mut selection = Selection::default();
    for word in &command.team {
        match named(team, word.trim()) {
            Some(name) => selection.teams.push(name.to_owned()),
            None => selection.engineers.push(engineer(team, word.trim())?.id.clone()),
        }
    }
    for word in &command.account {
        selection.accounts.push(account(team, word.trim())?.id.clone());
    }
    Ok(selection)
}

/// The team of that name, unless an engineer goes by it.
fn named<'t>(team: &'t Team, word: &str) -> Option<&'t str> {
    let lower = word.to_lowercase();
    let name = team.teams().into_iter().find(|name| name.to_lowercase() == lower);
    name.filter(|_| !team.engineers.values().any(|engineer| is_called(engineer, word)))
}

/// The one engineer who goes by a word.
fn engineer<'t>(team: &'t Team, word: &str) -> Result<&'t Engineer> {
    let called: Vec<&Engineer> = team.engineers.values().filter(|engineer| is_called(engineer, word)).collect();
    match called.as_slice() {
        [one] => Ok(one),
        [] => {
            let known = team.engineers.values().flat_map(|engineer| [engineer.id.as_str(), engineer.name.as_str()]);
            let known = known.chain(team.teams());
            Err(usage(format!("no engineer and no team is called `{word}`{}", suggestion(word, known))))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|engineer| engineer.id.as_str()).collect();
            Err(usage(format!("`{word}` may be any of the engineers {}; name one by the id", ids.join(", "))))
        }
    }
}

/// The account of that id or name.
fn account<'t>(team: &'t Team, word: &str) -> Result<&'t Account> {
    let lower = word.to_lowercase();
    let called = |account: &&Account| [account.id.as_str(), &account.name].iter().any(|name| name.to_lowercase() == lower);
    let known = || team.accounts.iter().flat_map(|account| [account.id.as_str(), account.name.as_str()]);
    team.accounts.iter().find(called).ok_or_else(|| usage(format!("no account is called `{word}`{}", suggestion(word, known()))))
}
