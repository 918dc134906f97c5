//! Prints blocks as HTML for mail programs: tables and inline styles, no picture, no script, nothing fetched. The frame is a
//! template; what belongs together is put together here.

use minijinja::{Value, context};

use crate::people::Address;
use crate::wording::markup::{Block, Bullet, Day, Inside, Level, Line, Sort, Strip};
use crate::wording::{Words, clean};

/// How much of what comes first is shown beside the subject, in characters.
const PREVIEW: usize = 140;

/// A label and what it labels.
type Fact<'a> = (&'a Line, &'a [Line]);

/// Blocks of one sort in a row.
enum Group<'a> {
    /// Labelled facts.
    Facts(Vec<Fact<'a>>),
    /// Entries of a list, each with its own facts.
    List(Bullet, Vec<(&'a Line, Vec<Fact<'a>>)>),
    /// Words from elsewhere.
    Quote(Vec<&'a Line>),
    /// Links beside the button.
    Links(Vec<(&'a Line, &'a str)>),
    /// Rows of a table.
    Table(Vec<&'a [Line]>),
    /// Lines to be copied; none is an empty one.
    Copy(Vec<Option<&'a Line>>),
    /// Any other block.
    One(&'a Block),
}

/// The HTML of a letter; nothing when it would be too long.
pub(super) fn print(words: &Words, language: &str, subject: &str, blocks: &[Block]) -> Option<String> {
    let has_parts = blocks.iter().any(|block| matches!(block, Block::Heading(Level::Part, _)));
    let groups: Vec<Value> = groups(blocks).iter().map(|(group, gap)| context! { gap, ..value(group, has_parts) }).collect();
    let preview = preview(blocks);
    let html = words.frame(&context! { language, subject, preview, groups });
    (!html.is_empty()).then_some(html)
}

/// The first words behind the greeting.
fn preview(blocks: &[Block]) -> String {
    let mut texts = blocks.iter().filter_map(|block| if let Block::Text(line) = block { Some(line.bare()) } else { None });
    clean::line(&texts.nth(1).unwrap_or_default(), PREVIEW)
}

/// Blocks put together, and whether an empty line stands before each.
fn groups(blocks: &[Block]) -> Vec<(Group<'_>, bool)> {
    let mut groups: Vec<(Group<'_>, bool)> = Vec::new();
    let (mut gap, mut copied) = (false, false);
    for block in blocks {
        match block {
            Block::Fence => {
                copied = !copied;
                if copied {
                    groups.push((Group::Copy(Vec::new()), true));
                }
                gap = true;
            }
            Block::Gap if copied => extend_copy(&mut groups, None),
            Block::Copy(line) => extend_copy(&mut groups, Some(line)),
            Block::Gap => gap = true,
            Block::Strip(_, None) => {}
            Block::Heading(..)
            | Block::Text(_)
            | Block::Item(..)
            | Block::Fact(..)
            | Block::Quote(_)
            | Block::Command(_)
            | Block::Button(..)
            | Block::Link(..)
            | Block::Row(_)
            | Block::Strip(_, Some(_))
            | Block::Foot => {
                let last = groups.last_mut().map(|(group, _)| group);
                if gap || !last.is_some_and(|last| joins(last, block)) {
                    groups.push((alone(block), gap));
                }
                gap = false;
            }
        }
    }
    groups
}

/// Adds a line to the box that is open.
fn extend_copy<'a>(groups: &mut [(Group<'a>, bool)], line: Option<&'a Line>) {
    if let Some((Group::Copy(lines), _)) = groups.last_mut() {
        lines.push(line);
    }
}

/// Adds a block to the group before it, if it is of its sort.
fn joins<'a>(group: &mut Group<'a>, block: &'a Block) -> bool {
    match (group, block) {
        (Group::Facts(facts), Block::Fact(label, lines, _)) => facts.push((label, lines.as_slice())),
        (Group::List(_, items), Block::Fact(label, lines, Inside::Entry)) => {
            items.last_mut().into_iter().for_each(|(_, facts)| facts.push((label, lines.as_slice())));
        }
        (Group::List(Bullet::Number(_), items), Block::Item(Bullet::Number(_), line)) => items.push((line, Vec::new())),
        (Group::List(known, items), Block::Item(bullet, line)) if known == bullet => items.push((line, Vec::new())),
        (Group::Quote(lines), Block::Quote(line)) => lines.push(line),
        (Group::Links(links), Block::Link(line, address)) => links.push((line, address)),
        (Group::Table(rows), Block::Row(row)) => rows.push(row),
        _ => return false,
    }
    true
}

/// A block as the first of its group.
fn alone(block: &Block) -> Group<'_> {
    match block {
        Block::Fact(label, lines, _) => Group::Facts(vec![(label, lines.as_slice())]),
        Block::Item(bullet, line) => Group::List(*bullet, vec![(line, Vec::new())]),
        Block::Quote(line) => Group::Quote(vec![line]),
        Block::Link(line, address) => Group::Links(vec![(line, address)]),
        Block::Row(row) => Group::Table(vec![row]),
        Block::Gap
        | Block::Heading(..)
        | Block::Text(_)
        | Block::Command(_)
        | Block::Button(..)
        | Block::Fence
        | Block::Copy(_)
        | Block::Strip(..)
        | Block::Foot => Group::One(block),
    }
}

/// A group as the frame is told of it. Headings below those of parts are one lower.
fn value(group: &Group<'_>, has_parts: bool) -> Value {
    match group {
        Group::Facts(known) => context! { kind => "facts", facts => facts(known) },
        Group::List(bullet, items) => {
            let kind = match bullet {
                Bullet::Dash => "list",
                Bullet::Tick => "ticks",
                Bullet::Number(_) => "numbers",
            };
            let start = if let Bullet::Number(number) = bullet { *number } else { 1 };
            let items = items.iter().map(|(line, known)| context! { words => spans(line), facts => facts(known) });
            context! { kind, start, items => items.collect::<Vec<_>>() }
        }
        Group::Quote(lines) => context! { kind => "quote", lines => lines.iter().map(|line| spans(line)).collect::<Vec<_>>() },
        Group::Links(links) => {
            let links = links.iter().map(|(line, address)| context! { words => spans(line), address => *address });
            context! { kind => "links", links => links.collect::<Vec<_>>() }
        }
        Group::Table(rows) => {
            let rows = rows.iter().map(|row| row.iter().map(spans).collect::<Vec<_>>());
            context! { kind => "table", rows => rows.collect::<Vec<_>>() }
        }
        Group::Copy(lines) => {
            let lines = lines.iter().map(|line| line.map(spans).unwrap_or_default());
            context! { kind => "copy", lines => lines.collect::<Vec<_>>() }
        }
        Group::One(block) => one(block, has_parts),
    }
}

/// Any other block.
fn one(block: &Block, has_parts: bool) -> Value {
    match block {
        Block::Heading(level, line) => {
            let level = if *level == Level::Part || !has_parts { 2 } else { 3 };
            context! { kind => "heading", level, words => spans(line) }
        }
        Block::Text(line) => context! { kind => "text", words => spans(line) },
        Block::Command(line) => context! { kind => "command", words => spans(line) },
        Block::Button(line, address) => context! { kind => "button", words => spans(line), address },
        Block::Strip(labels, Some(drawn)) => strip(labels, drawn),
        Block::Foot => context! { kind => "foot" },
        // These are in groups.
        Block::Gap
        | Block::Item(..)
        | Block::Fact(..)
        | Block::Quote(_)
        | Block::Link(..)
        | Block::Row(_)
        | Block::Fence
        | Block::Copy(_)
        | Block::Strip(_, None) => {
            context! { kind => "nothing" }
        }
    }
}

/// The days around a task: for each row its label, and its cells with their width, their sort, and a word where it fits.
fn strip(labels: &[String], strip: &Strip) -> Value {
    let label = |place: usize| labels.get(place).cloned().unwrap_or_default();
    let cell = |width: usize, sort: &str, text: String| {
        let fits = text.chars().count().saturating_mul(2) <= width.saturating_mul(48 / strip.cells.max(1)).saturating_add(2);
        context! { width, sort, text => if fits { text } else { String::new() } }
    };
    let clocks = strip.clocks.iter().map(|(name, marks)| {
        let cells = marks.iter().map(|(width, text)| context! { width, sort => "clock", text }).collect::<Vec<_>>();
        context! { label => name, cells }
    });
    let days = strip.days.iter().map(|(width, day)| match day {
        Day::There => cell(*width, "in", label(2)),
        Day::Leave => cell(*width, "away", label(3)),
        Day::Holiday => cell(*width, "away", label(4)),
        Day::Weekend => cell(*width, "off", label(5)),
        Day::Hours => cell(*width, "off", label(6)),
    });
    let task = strip.task.iter().map(|(width, runs)| cell(*width, if *runs { "task" } else { "none" }, String::new()));
    let (days, task) = (days.collect::<Vec<_>>(), task.collect::<Vec<_>>());
    let mut rows: Vec<Value> = clocks.collect();
    rows.push(context! { label => label(0), cells => days });
    rows.push(context! { label => label(1), cells => task });
    context! { kind => "strip", rows }
}

/// Labelled facts.
fn facts(facts: &[Fact<'_>]) -> Vec<Value> {
    let fact = |(label, lines): &Fact<'_>| context! { label => spans(label), lines => lines.iter().map(spans).collect::<Vec<_>>() };
    facts.iter().map(fact).collect()
}

/// Where a link leads: to a page, or to a mailbox, which is written without its scheme.
fn address(text: &str) -> Option<String> {
    let is_page = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    let is_mailbox = !is_page && text.parse::<Address>().is_ok();
    is_page.then(|| text.to_owned()).or_else(|| is_mailbox.then(|| format!("mailto:{text}")))
}

/// The words of a line. Only what leads to a page or a mailbox is a link.
fn spans(line: &Line) -> Vec<Value> {
    let span = |span: &crate::wording::markup::Span| {
        let address = Some(span.text.as_str()).filter(|_| span.sort == Sort::Link).and_then(address);
        let sort = match span.sort {
            Sort::Link if address.is_some() => "link",
            Sort::Code => "code",
            Sort::Link | Sort::Words => "words",
        };
        context! { sort, text => &span.text, address }
    };
    line.spans().iter().map(span).collect()
}
