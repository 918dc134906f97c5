//! Prints blocks as plain text: lines of at most 74 columns, with links left whole. It is complete by itself.

use crate::wording::clean::words;
use crate::wording::markup::{Block, Bullet, Inside, Level, Line};

/// How wide a line may be, in characters: one more than this, and mail of plain ASCII would have to be encoded.
pub(super) const WIDTH: usize = 74;

/// How wide the labels of facts are.
const LABEL: usize = 11;

/// How wide the columns of a table are at least and at most, the last not counted.
const COLUMNS: [(usize, usize); 2] = [(17, 40), (10, 13)];

/// The text of blocks, line ends as `\n`.
pub(super) fn print(blocks: &[Block]) -> String {
    let mut page = Page::default();
    let mut rest = blocks;
    while let [block, more @ ..] = rest {
        if let Block::Row(_) = block {
            let rows: Vec<&Vec<Line>> = rest.iter().map_while(|block| if let Block::Row(row) = block { Some(row) } else { None }).collect();
            page.table(&rows);
            rest = rest.get(rows.len()..).unwrap_or_default();
            continue;
        }
        page.block(block);
        rest = more;
    }
    page.0.truncate(page.0.trim_end().len());
    if !page.0.is_empty() {
        page.0.push('\n');
    }
    page.0
}

/// A text in the making.
#[derive(Default)]
struct Page(String);

impl Page {
    /// One block.
    fn block(&mut self, block: &Block) {
        match block {
            Block::Gap => self.gap(),
            Block::Heading(level, line) => self.heading(&line.plain(), if *level == Level::Part { "=" } else { "-" }),
            Block::Text(line) => self.wrap("", "", &line.plain()),
            Block::Item(bullet, line) => {
                let bullet = match bullet {
                    Bullet::Dash => "- ".to_owned(),
                    Bullet::Tick => "[ ] ".to_owned(),
                    Bullet::Number(number) => format!("{number}. "),
                };
                self.item(&bullet, &line.plain());
            }
            Block::Fact(label, lines, inside) => {
                let inside = if *inside == Inside::Entry { "   " } else { "" };
                self.fact(&format!("{inside}{}:", label.plain()), lines);
            }
            Block::Quote(line) => self.wrap("> ", "> ", &line.plain()),
            Block::Command(line) => self.item("    ", &line.bare()),
            Block::Button(line, address) | Block::Link(line, address) => {
                self.item("  ", &format!("{}:", line.plain()));
                self.item("    ", address);
            }
            Block::Copy(line) => {
                let text = line.plain();
                let (bullet, rest) = ["- ", "> "].iter().find_map(|mark| Some((*mark, text.strip_prefix(mark)?))).unwrap_or(("", &text));
                self.wrap(bullet, if bullet == "- " { "  " } else { bullet }, rest);
            }
            Block::Foot => {
                self.gap();
                self.0.push_str("-- \n");
            }
            // What is drawn stands in the facts above it, too.
            Block::Fence | Block::Row(_) | Block::Strip(..) => {}
        }
    }

    /// One empty line, never two, and none at the top.
    fn gap(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    /// A heading after an empty line, underlined with `rule`.
    fn heading(&mut self, text: &str, rule: &str) {
        self.gap();
        let start = self.0.len();
        self.wrap("", "", text);
        let written = self.0.get(start..).unwrap_or_default();
        let width = written.lines().map(|line| line.chars().count()).max().unwrap_or_default().min(WIDTH);
        self.0.push_str(&rule.repeat(width));
        self.0.push('\n');
    }

    /// An entry of a list, its further lines indented below `bullet`.
    fn item(&mut self, bullet: &str, text: &str) {
        self.wrap(bullet, &" ".repeat(bullet.chars().count()), text);
    }

    /// A labelled fact of one or more lines.
    fn fact(&mut self, label: &str, lines: &[Line]) {
        let indent = " ".repeat(LABEL);
        let mut first = format!("{label:<LABEL$}");
        if first.ends_with(':') {
            first.push(' ');
        }
        for line in lines {
            self.wrap(&first, &indent, &line.plain());
            first.clone_from(&indent);
        }
    }

    /// Rows of a table, in columns.
    fn table(&mut self, rows: &[&Vec<Line>]) {
        let longest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.plain().chars().count()).max();
        let widths = COLUMNS.iter().enumerate().map(|(column, (least, most))| longest(column).unwrap_or_default().clamp(*least, *most));
        let widths: Vec<usize> = widths.collect();
        for row in rows {
            let Some((last, cells)) = row.split_last() else { continue };
            let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{:<width$} ", cell.plain()));
            self.item(&cells.collect::<String>(), &last.plain());
        }
    }

    /// Writes `text` in lines that open with `first`, then `next`. A word that is too long stands alone in its line.
    fn wrap(&mut self, first: &str, next: &str, text: &str) {
        let mut line = first.to_owned();
        let mut holds_words = false;
        // Below a bullet a long link need not move; a label is better left alone.
        let mut movable = first.trim().chars().count() > 3;
        for word in words(text) {
            let width = line.chars().count() + usize::from(holds_words) + word.chars().count();
            if width > WIDTH && (holds_words || movable) {
                self.push(&line);
                next.clone_into(&mut line);
                holds_words = false;
            }
            movable = false;
            if holds_words {
                line.push(' ');
            }
            line.push_str(&word);
            holds_words = true;
        }
        self.push(&line);
    }

    /// One finished line.
    fn push(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}
