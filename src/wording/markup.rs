//! The light markup that a filled template comes in: one block a line, told apart by how the line begins.
//! What a template puts in for a value is wrapped in signs that no calendar gets through, so that no value can begin a line,
//! end a label or open a piece of code: the shape of a letter is its template's alone.

use super::clean;

/// Opens a value.
const VALUE: char = '\u{E000}';

/// Opens the address of a link.
const LINK: char = '\u{E001}';

/// Closes either.
const CLOSE: char = '\u{E002}';

/// A line that opens or closes a box to be copied as it stands.
const FENCE: &str = "~~~";

/// What one line, or several that belong together, are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// An empty line.
    Gap,
    /// A heading: `# ` is a part of the letter, `## ` a part of a part.
    Heading(Level, Line),
    /// Words that begin a line of their own.
    Text(Line),
    /// An entry of a list.
    Item(Bullet, Line),
    /// A labelled fact, `Label: | words`; neighbours with the same label are one.
    Fact(Line, Vec<Line>, Inside),
    /// Words from elsewhere, `> `.
    Quote(Line),
    /// A command to be typed, `$ `.
    Command(Line),
    /// What the reader most likely wants to do, `@ words | address`.
    Button(Line, String),
    /// Another thing they may do, `* words | address`.
    Link(Line, String),
    /// Where the days around the task are drawn, `~ labels`: what stands before the reader's row, before the task's row, and the
    /// words for being there, on leave, on a holiday, for a weekend and for other hours.
    Strip(Vec<String>, Option<Strip>),
    /// One row of a table, `= cell | cell`.
    Row(Vec<Line>),
    /// The beginning or end of a box whose lines are to be copied as they stand.
    Fence,
    /// A line of such a box.
    Copy(Line),
    /// Where the foot begins.
    Foot,
}

/// The days around a task as cells of equal width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strip {
    /// Into how many cells they are cut.
    pub cells: usize,
    /// The clocks beside them: the name of each, and what it shows above so many cells.
    pub clocks: Vec<(String, Vec<(usize, String)>)>,
    /// The reader's time: so many cells, and what they are.
    pub days: Vec<(usize, Day)>,
    /// The task: so many cells, and whether it runs in them.
    pub task: Vec<(usize, bool)>,
}

/// What a part of somebody's day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// They are there.
    There,
    /// On leave.
    Leave,
    /// On a holiday.
    Holiday,
    /// A weekend.
    Weekend,
    /// Other hours.
    Hours,
}

/// How high a heading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// One of the things that a letter tells.
    Part,
    /// A part of that.
    Section,
}

/// What stands before an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bullet {
    /// `- `.
    Dash,
    /// `[ ] `.
    Tick,
    /// `+ `, counted.
    Number(usize),
}

/// Whether a fact belongs to the entry above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// It stands for itself.
    Nothing,
    /// It does.
    Entry,
}

/// The words of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Vec<Span>);

/// Words of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Their sort.
    pub sort: Sort,
    /// The words, without line breaks or control characters.
    pub text: String,
}

/// What words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Words of the template or of a value.
    Words,
    /// To be typed as they stand.
    Code,
    /// An address.
    Link,
}

/// A value as it is put into a template.
pub(super) fn value(text: &str) -> String {
    format!("{VALUE}{}{CLOSE}", clean::words_of(text))
}

/// An address as it is put into a template.
pub(super) fn link(address: &str) -> String {
    format!("{LINK}{}{CLOSE}", clean::words_of(address))
}

/// Whether a sign is one of those that no value keeps.
pub(super) fn is_sign(letter: char) -> bool {
    matches!(letter, VALUE | LINK | CLOSE)
}

impl Line {
    /// Reads a line.
    fn read(text: &str) -> Self {
        let mut spans: Vec<Span> = Vec::new();
        let (mut inside, mut code) = (false, false);
        let span = |sort| Span { sort, text: String::new() };
        for letter in text.chars() {
            let around = if code { Sort::Code } else { Sort::Words };
            match letter {
                VALUE => inside = true,
                LINK => {
                    inside = true;
                    spans.push(span(Sort::Link));
                }
                CLOSE => {
                    inside = false;
                    spans.push(span(around));
                }
                '`' if !inside => {
                    code = !code;
                    spans.push(span(if code { Sort::Code } else { Sort::Words }));
                }
                _ => {
                    spans.extend(spans.is_empty().then(|| span(around)));
                    if let Some(last) = spans.last_mut() {
                        last.text.push(letter);
                    }
                }
            }
        }
        spans.retain(|span| !span.text.is_empty());
        spans.dedup_by(|next, last| {
            let same = next.sort == last.sort && next.sort == Sort::Words;
            if same {
                last.text.push_str(&next.text);
            }
            same
        });
        Self(spans)
    }

    /// Its words in order.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Its words as plain text; code stands in backticks.
    pub fn plain(&self) -> String {
        let word = |span: &Span| if span.sort == Sort::Code { format!("`{}`", span.text) } else { span.text.clone() };
        self.0.iter().map(word).collect()
    }

    /// Likewise, without backticks.
    pub fn bare(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }

    /// Whether there is nothing in it.
    fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.text.trim().is_empty())
    }
}

/// The first line of a filled template, as plain words: the subject. And the blocks of the rest.
pub fn letter(filled: &str) -> (String, Vec<Block>) {
    let filled = filled.trim_start_matches(['\n', ' ']);
    let (subject, rest) = filled.split_once('\n').unwrap_or((filled, ""));
    (Line::read(subject).bare().trim().to_owned(), blocks(rest))
}

/// The blocks of a filled template.
pub fn blocks(filled: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut copied, mut number) = (false, 0);
    for line in joined(filled) {
        if line.trim() == FENCE {
            copied = !copied;
            blocks.push(Block::Fence);
        } else if copied {
            blocks.push(if line.trim().is_empty() { Block::Gap } else { Block::Copy(Line::read(line.trim_end())) });
        } else {
            push(&mut blocks, read(&line, &mut number));
        }
    }
    if copied {
        blocks.push(Block::Fence);
    }
    blocks
}

/// The lines, those that begin with spaces joined to the one above: a long sentence may stand in several.
fn joined(filled: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in filled.lines() {
        match lines.last_mut() {
            Some(above) if line.starts_with(' ') && !line.trim().is_empty() && !above.trim().is_empty() => {
                above.push(' ');
                above.push_str(line.trim());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// What one line is. Entries are counted in `number` until something else comes.
fn read(line: &str, number: &mut usize) -> Block {
    let line = line.trim();
    let rest = |mark: &str| line.strip_prefix(mark).map(str::trim);
    if line.is_empty() {
        return Block::Gap;
    }
    if let Some(words) = rest("+ ") {
        *number = number.saturating_add(1);
        return Block::Item(Bullet::Number(*number), Line::read(words));
    }
    if line == "--" {
        return Block::Foot;
    }
    if let Some(words) = rest("## ") {
        return Block::Heading(Level::Section, Line::read(words));
    }
    if let Some(words) = rest("# ") {
        return Block::Heading(Level::Part, Line::read(words));
    }
    if let Some(words) = rest("- ").or_else(|| (line == "-").then_some("")) {
        return Block::Item(Bullet::Dash, Line::read(words));
    }
    if let Some(words) = rest("[ ] ") {
        return Block::Item(Bullet::Tick, Line::read(words));
    }
    if let Some(words) = rest("> ") {
        return Block::Quote(Line::read(words));
    }
    if let Some(words) = rest("$ ") {
        return Block::Command(Line::read(words));
    }
    if let Some(labels) = rest("~ ") {
        return Block::Strip(split(labels, " | ").into_iter().map(|label| Line::read(label).bare()).collect(), None);
    }
    if let Some(cells) = rest("= ") {
        return Block::Row(split(cells, " | ").into_iter().map(Line::read).collect());
    }
    for (mark, is_button) in [("@ ", true), ("* ", false)] {
        if let Some([words, address]) = rest(mark).map(|line| split(line, " | ")).as_deref() {
            let (words, address) = (Line::read(words), Line::read(address).bare());
            return if is_button { Block::Button(words, address) } else { Block::Link(words, address) };
        }
    }
    if let [label, words @ ..] = split(line, ": | ").as_slice()
        && !words.is_empty()
    {
        return Block::Fact(Line::read(label), vec![Line::read(&words.join(": | "))], Inside::Nothing);
    }
    Block::Text(Line::read(line))
}

/// Adds a block: a fact to its neighbour of the same label, and to the entry that it belongs to.
fn push(blocks: &mut Vec<Block>, block: Block) {
    let Block::Fact(label, mut lines, _) = block else {
        blocks.push(block);
        return;
    };
    lines.retain(|line| !line.is_empty());
    if lines.is_empty() {
        return;
    }
    let inside = match blocks.last_mut() {
        Some(Block::Fact(known, more, _)) if *known == label => {
            more.append(&mut lines);
            return;
        }
        Some(Block::Item(Bullet::Number(_), _) | Block::Fact(_, _, Inside::Entry)) => Inside::Entry,
        _ => Inside::Nothing,
    };
    blocks.push(Block::Fact(label, lines, inside));
}

/// The parts of `text` between `mark` where that stands outside of all values.
fn split<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut from, mut inside) = (0, false);
    let mut at = 0;
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match letter {
            VALUE | LINK => inside = true,
            CLOSE => inside = false,
            _ if !inside && text.get(at..).is_some_and(|rest| rest.starts_with(mark)) => {
                parts.push(text.get(from..at).unwrap_or_default());
                at = at.saturating_add(mark.len());
                from = at;
                continue;
            }
            _ => {}
        }
        at = at.saturating_add(letter.len_utf8());
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}
