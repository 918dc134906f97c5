//! `offwatch demo`: the shipped world, played in a blink: a timeline on the screen, every letter in a folder, and the world
//! itself beside them, to be asked and changed. Owns the form of the timeline. Needs no configuration, no network and no
//! state: its world is built in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use anyhow::{Context as _, Result, anyhow};
use include_dir::{Dir, File, include_dir};
use jiff::Timestamp;

use super::session::Session;
use super::{Format, draw, json, print};
use crate::config::{self, Config, Context};
use crate::cycle::Written;
use crate::feeds::Source;
use crate::feeds::recording::Recording;
use crate::people::Team;
use crate::plan::{Kind, Notice};
use crate::simulate::{Simulation, World};
use crate::zone::Zone;

/// The world: a configuration, what its feeds show, and the story behind it.
static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/config/demo");

/// The first instant played.
const FROM: &str = "2027-03-15T00:00:00Z";

/// The first instant not played any more.
const TO: &str = "2027-04-05T00:00:00Z";

/// A moment in it at which there is much to ask.
const MOMENT: &str = "2027-03-17T13:00:00Z";

/// The folder that is used when none is named.
const FOLDER: &str = "offwatch-demo";

/// How wide the timeline may grow, in columns.
const WIDTH: usize = 100;

/// The column at which the text of the timeline stands.
const INDENT: usize = 13;

/// Days.
const DAY: Style = Style::new().bold().underline();

/// What happens in the world.
const STORY: Style = AnsiColor::Cyan.on_default();

/// Who gets a letter.
const WHO: Style = Style::new().bold();

/// What it is.
const WHAT: Style = AnsiColor::Yellow.on_default();

/// Why it is said.
const WHY: Style = Style::new().dimmed();

/// Where the letters go.
#[derive(Debug, clap::Args)]
#[command(after_long_help = help())]
pub(super) struct Demo {
    /// The folder that gets every letter as an .eml file, whatever the format of the answer, and the world in `world`:
    /// its configuration and calendars. Files of a world that already lies there are left as they are.
    #[arg(long, value_name = "FOLDER", default_value = FOLDER)]
    into: PathBuf,
}

/// A letter that went out, and when.
type Sent = (Timestamp, Written);

/// Plays the shipped world.
pub(super) async fn run(session: &Session<'_>, demo: &Demo) -> Result<u8> {
    let config = Arc::new(config::read(text("offwatch.toml")?, "config/demo/offwatch.toml", Path::new(""), &Context::default())?);
    let (from, to) = (FROM.parse()?, TO.parse()?);
    let mut play = Simulation::new(Arc::clone(&config), world(&config)?, Vec::new(), from, to).await?;
    let mut sent: Vec<Sent> = Vec::new();
    while let Some((at, report)) = play.play().await? {
        sent.extend(report.letters.into_iter().map(|written| (at, written)));
    }
    keep(&sent, &demo.into)?;
    leave(&SHIPPED, &world_in(&demo.into))?;
    match session.format {
        Format::Json => {
            for (at, written) in &sent {
                print(&(serde_json::to_string(&json::Letter::new(*at, written))? + "\n"))?;
            }
        }
        Format::Text => draw(&(introduction(&config) + &timeline(&sent, &config.team)? + &end(&sent, &demo.into)))?,
    }
    Ok(0)
}

/// A file of the shipped world, as text.
fn text(path: &str) -> Result<&'static str> {
    SHIPPED.get_file(path).and_then(File::contents_utf8).ok_or_else(|| anyhow!("`{path}` is not built in"))
}

/// What the feeds of `config` show: a folder is a recording, a single file never changes.
fn world(config: &Config) -> Result<World> {
    let mut world = World::new();
    for feed in &config.feeds {
        let name = &feed.role.name;
        let path = match &feed.source {
            Source::Path(path) => path,
            Source::Url { .. } => return Err(anyhow!("feed `{name}` of the shipped world has an address")),
        };
        let files: Vec<(String, Vec<u8>)> = match (SHIPPED.get_dir(path), SHIPPED.get_file(path)) {
            (Some(folder), _) => folder.files().map(|file| (file_name(file.path()), file.contents().to_vec())).collect(),
            (None, Some(file)) => vec![(format!("{FROM}.ics"), file.contents().to_vec())],
            (None, None) => return Err(anyhow!("feed `{name}`: `{}` is not built in", path.display())),
        };
        let (recording, aside) = Recording::from_files(files);
        if let Some(why) = aside.first() {
            return Err(anyhow!("feed `{name}`: {why}"));
        }
        world.insert(name.clone(), recording);
    }
    Ok(world)
}

/// The last part of a path.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes every letter into `folder`, over those of an earlier demo; touches nothing else there.
fn keep(sent: &[Sent], folder: &Path) -> Result<()> {
    make(folder)?;
    for (at, written) in sent {
        let path = folder.join(letter_name(*at, written));
        write(&path, &written.letter.bytes, false)?;
    }
    Ok(())
}

/// Makes a folder, for its owner only: whoever changes the world that lies there may put people's names into it.
pub(super) fn make(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(|| format!("making `{}`", folder.display()))
}

/// Writes a file, for its owner only; a `new` one must not be there yet.
pub(super) fn write(path: &Path, bytes: &[u8], new: bool) -> Result<()> {
    let opened = OpenOptions::new().write(true).create(true).create_new(new).truncate(true).mode(0o600).open(path);
    opened.and_then(|mut file| file.write_all(bytes)).with_context(|| format!("writing `{}`", path.display()))
}

/// Where in `folder` the world lies.
fn world_in(folder: &Path) -> PathBuf {
    folder.join("world")
}

/// Writes what is built in into `folder`, but nothing over what is there: it may have been changed to be played again.
fn leave(shipped: &Dir<'_>, folder: &Path) -> Result<()> {
    let path = folder.join(shipped.path());
    make(&path)?;
    for file in shipped.files() {
        let path = folder.join(file.path());
        if !path.exists() {
            write(&path, file.contents(), true)?;
        }
    }
    shipped.dirs().try_for_each(|inner| leave(inner, folder))
}

/// What can be asked about the world that lies in `folder`: a sentence and its command each.
fn questions(folder: &Path) -> [(&'static str, String); 4] {
    let config = quoted(&world_in(folder).join("offwatch.toml"));
    let at = format!("--from {FROM} --at {MOMENT}");
    [
        (
            "Ask why somebody got a letter, or why not, at any moment of it; a part of a task's title, an engineer or a mailbox will do:",
            format!("offwatch explain \"message broker\" --config {config} \\\n    {at}"),
        ),
        ("Everything about one person:", format!("offwatch explain anna --config {config} \\\n    {at}")),
        ("See what was at risk then, and the days to come:", format!("offwatch plan --days 5 --config {config} \\\n    {at}")),
        (
            "Change a calendar or a person's hours there, and play it again:",
            format!("offwatch simulate --config {config} \\\n    --from {FROM} --to {TO}"),
        ),
    ]
}

/// The same for the command's long help.
fn help() -> String {
    let questions = questions(Path::new(FOLDER));
    let asked = questions.iter().map(|(what, command)| format!("\n\n{what}\n\n    {}", command.replace('\n', "\n    ")));
    let world = world_in(Path::new(FOLDER));
    format!(
        "The demo leaves its configuration in {}; with --into FOLDER in\nFOLDER/world/offwatch.toml.{}",
        world.join("offwatch.toml").display(),
        asked.collect::<String>()
    )
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// The file of a letter: when, to whom, what. Colons are not for every file system.
fn letter_name(at: Timestamp, written: &Written) -> String {
    let (person, kind) = written.notices.first().map_or(("nobody", "letter"), |notice| (notice.to.person(), notice.kind.name()));
    format!("{}-{person}-{kind}.eml", at.to_string().replace(':', "-"))
}

/// Who is there, and what will be shown.
fn introduction(config: &Config) -> String {
    let mut page = Page::default();
    let (people, accounts) = (&config.team.engineers, &config.team.accounts);
    page.heading("Three weeks with offwatch");
    page.prose(&format!(
        "{} engineers look after {} customers. Most of what customers plan falls where their engineer is asleep, off or \
         away, so offwatch asks for a briefing while there is working time left to write it, tells somebody else when \
         there is not, and hands everybody one digest when they are back. The weeks from {} to {} pass in a blink, with \
         Easter, leave, changes at short notice and a clock change in them. Nothing is sent.",
        people.len(),
        accounts.len(),
        day(&Zone::utc(), FROM.parse().unwrap_or_default()),
        day(&Zone::utc(), TO.parse().unwrap_or_default()),
    ));
    page.gap();
    for (id, engineer) in people {
        let role = |(name, owner): (&str, bool)| if owner { format!("{name} (owner)") } else { name.to_owned() };
        let own = config.team.accounts_of(id).map(|account| role((account.name.as_str(), account.owner() == Some(id))));
        page.item(&format!("{:12} ", engineer.name), WHO, &format!("{:18} {}", engineer.zone.name(), own.collect::<Vec<_>>().join(", ")));
    }
    let nobodys = accounts.iter().filter(|account| account.engineers.is_empty()).map(|account| account.name.as_str());
    page.item(&format!("{:12} ", "nobody yet"), WHO, &format!("{:18} {}", "", nobodys.collect::<Vec<_>>().join(", ")));
    page.text
}

/// What happened and what was said, by instant.
fn timeline(sent: &[Sent], team: &Team) -> Result<String> {
    let mut page = Page::default();
    let story = story()?;
    let mut rest = story.as_slice();
    for (at, written) in sent {
        let (before, after) = rest.split_at(rest.partition_point(|(instant, _)| instant <= at));
        for (instant, line) in before {
            page.event(*instant, line);
        }
        rest = after;
        page.letter(*at, written, team);
    }
    for (instant, line) in rest {
        page.event(*instant, line);
    }
    Ok(page.text)
}

/// The story: an instant and a text a line, in order.
fn story() -> Result<Vec<(Timestamp, &'static str)>> {
    let lines = text("story.txt")?.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &'static str| {
        let (at, told) = line.split_once(' ').with_context(|| format!("`{line}` of the story tells nothing"))?;
        Ok((at.parse().with_context(|| format!("`{at}` of the story is no instant"))?, told.trim()))
    };
    lines.map(read).collect()
}

/// What it came to, where the letters lie, and what to try next.
fn end(sent: &[Sent], folder: &Path) -> String {
    let mut page = Page::default();
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for notice in sent.iter().flat_map(|(_, written)| &written.notices) {
        *kinds.entry(notice.kind).or_default() += 1;
    }
    let people: BTreeSet<&str> = sent.iter().map(|(_, written)| written.letter.to.as_str()).collect();
    let said: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} × {}", friendly(*kind))).collect();
    page.heading("What it came to");
    page.prose(&format!("{} letters to {} addresses, which say: {}.", sent.len(), people.len(), said.join(", ")));
    page.prose(&format!("Each of them lies in `{}` as an .eml file that any mail program opens.", folder.display()));
    page.prose(&format!(
        "The world itself lies in `{}`, its configuration and what each calendar showed when. Another demo leaves what you change \
         there as it is.",
        world_in(folder).display()
    ));
    page.heading("What to try next");
    for (what, command) in questions(folder) {
        page.prose(what);
        command.lines().for_each(|line| page.line(&format!("    {line}")));
    }
    page.prose("Write a configuration of your own and have it checked, then see what it would say:");
    page.line("    offwatch check --config offwatch.toml");
    page.line("    offwatch simulate --config offwatch.toml --from … --to …");
    page.text
}

/// A kind of notice in friendly words.
fn friendly(kind: Kind) -> &'static str {
    match kind {
        Kind::BriefingRequest => "briefing wanted",
        Kind::Escalation => "escalation",
        Kind::TaskChanged => "task changed",
        Kind::Retraction => "no longer needed",
        Kind::BeforeLeave => "list before a leave",
        Kind::CatchUp => "catch-up",
        Kind::FeedAlert => "alert",
        Kind::Coverage => "coverage report",
    }
}

/// The local date, e.g. `Mon 15 March 2027`.
fn day(zone: &Zone, at: Timestamp) -> String {
    zone.local(at).strftime("%a %-d %B %Y").to_string()
}

/// Lines of a text for the screen.
#[derive(Default)]
struct Page {
    /// What is written.
    text: String,
    /// The day whose heading stands, in UTC.
    day: String,
}

impl Page {
    /// A line as it is, without spaces at its end.
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.gap();
    }

    /// The end of a line, or an empty one.
    fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A heading after an empty line.
    fn heading(&mut self, heading: &str) {
        self.line(&format!("\n{DAY}{heading}{DAY:#}"));
    }

    /// A paragraph.
    fn prose(&mut self, prose: &str) {
        for line in wrap(prose, WIDTH) {
            self.line(&line);
        }
    }

    /// A text that stands right of a mark, wrapped there.
    fn item(&mut self, mark: &str, style: Style, text: &str) {
        let mut mark = format!("{style}{mark}{style:#}");
        for line in wrap(text, WIDTH - INDENT) {
            self.line(&format!("{mark}{line}"));
            mark = " ".repeat(INDENT);
        }
    }

    /// The heading of the day, if it is a new one, and the time of day.
    fn time(&mut self, at: Timestamp) -> String {
        let day = day(&Zone::utc(), at);
        if day != self.day {
            self.heading(&day);
            self.day = day;
        }
        format!("  {:11}", Zone::utc().local(at).strftime("%H:%M UTC").to_string())
    }

    /// Something that happens.
    fn event(&mut self, at: Timestamp, told: &str) {
        let mut mark = self.time(at);
        for line in wrap(told, WIDTH - INDENT) {
            self.line(&format!("{mark}{STORY}{line}{STORY:#}"));
            mark = " ".repeat(INDENT);
        }
    }

    /// A letter: who gets it at what time of theirs, its subject, and what it says and why.
    fn letter(&mut self, at: Timestamp, written: &Written, team: &Team) {
        let Some(first) = written.notices.first() else { return };
        let mark = self.time(at);
        let name = first.to.name.as_deref().unwrap_or(first.to.address.as_str());
        let local = first.to.zone.local(at).strftime("%a %H:%M");
        let offset = first.to.zone.abbreviation(at);
        // Zones without letters of their own are called by their offset alone.
        let place = if offset.starts_with(['+', '-']) { format!("UTC{offset}") } else { offset };
        self.line(&format!("{mark}✉ {WHO}{name}{WHO:#}, {local} {place}"));
        self.item(&" ".repeat(INDENT), Style::new(), &format!("“{}”", written.letter.subject));
        for notice in &written.notices {
            self.notice(notice, team);
        }
    }

    /// One notice of a letter: what it is, and why it is said.
    fn notice(&mut self, notice: &Notice, team: &Team) {
        let stage = notice.stage.as_ref().map(|stage| format!(" ({stage})")).unwrap_or_default();
        let account = notice.account.as_ref().and_then(|id| team.account(id));
        let account = account.map(|account| format!(", {}", account.name)).unwrap_or_default();
        let what = format!("{}{stage}{account}", friendly(notice.kind));
        let lines = wrap(&format!("{what}: {}", notice.reason), WIDTH - INDENT - 2);
        for (number, line) in lines.iter().enumerate() {
            // The first line is never so narrow that it breaks within what the notice is.
            let styled = match line.strip_prefix(what.as_str()).filter(|_| number == 0) {
                Some(rest) => format!("- {WHAT}{what}{WHAT:#}{WHY}{rest}{WHY:#}"),
                None => format!("  {WHY}{line}{WHY:#}"),
            };
            self.line(&format!("{}{styled}", " ".repeat(INDENT)));
        }
    }
}

/// Breaks `text` between words into lines of at most `width` characters; a longer word stands alone.
/// Spaces within a line stay as they are.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar;

    /// Every file below `folder`.
    fn files(folder: &'static Dir<'static>) -> Vec<&'static File<'static>> {
        folder.files().chain(folder.dirs().flat_map(files)).collect()
    }

    #[test]
    fn the_shipped_calendars_have_nothing_odd_in_them() {
        let calendars: Vec<_> =
            files(&SHIPPED).into_iter().filter(|file| file.path().extension().is_some_and(|end| end == "ics")).collect();
        assert!(calendars.len() > 20);
        for file in calendars {
            let span = crate::window::Window::new(Timestamp::MIN, Timestamp::MAX).unwrap();
            let calendar = calendar::read(file.contents(), span, &Zone::utc());
            assert_eq!(calendar.standing, calendar::Standing::Whole, "{}", file.path().display());
            assert_eq!(calendar.problems, [], "{}", file.path().display());
        }
    }

    #[test]
    fn the_story_is_told_in_order_and_within_the_span() {
        let story = story().unwrap();
        assert!(story.is_sorted_by_key(|(at, _)| *at));
        let (from, to): (Timestamp, Timestamp) = (FROM.parse().unwrap(), TO.parse().unwrap());
        assert!(story.iter().all(|(at, told)| (from..to).contains(at) && !told.is_empty()));
    }

    #[test]
    fn lines_break_between_words_and_keep_their_spaces() {
        for (text, expected) in [
            ("", vec![""]),
            ("one two three", vec!["one two", "three"]),
            ("a  b", vec!["a  b"]),
            ("unbreakable words", vec!["unbreakable", "words"]),
            ("grüße an x", vec!["grüße an", "x"]),
        ] {
            assert_eq!(wrap(text, 8), expected, "{text}");
        }
    }
}
