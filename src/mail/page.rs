//! The sheet a letter is written on: lines of at most 74 columns, with links left whole.
//! Owns wrapping and cleaning: whatever a calendar held, no control or direction character and no foreign line
//! break gets through. Knows nothing of what is written.

use crate::people;

/// How wide a line may be, in characters: one more than this, and mail of plain ASCII would have to be encoded.
pub(super) const WIDTH: usize = 74;

/// How wide the labels of facts are.
const LABEL: usize = 11;

/// A text in the making.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// A paragraph after an empty line.
    pub(super) fn prose(&mut self, text: &str) {
        self.gap();
        self.text(text);
    }

    /// Wrapped text right below what stands there.
    pub(super) fn text(&mut self, text: &str) {
        self.wrap("", "", text);
    }

    /// A heading after an empty line, underlined with `rule`.
    pub(super) fn heading(&mut self, text: &str, rule: &str) {
        self.gap();
        let start = self.0.len();
        self.text(text);
        let written = self.0.get(start..).unwrap_or_default();
        let width = written.lines().map(|line| line.chars().count()).max().unwrap_or_default().min(WIDTH);
        self.0.push_str(&rule.repeat(width));
        self.0.push('\n');
    }

    /// An entry of a list, its further lines indented below `bullet`.
    pub(super) fn item(&mut self, bullet: &str, text: &str) {
        self.wrap(bullet, &" ".repeat(bullet.chars().count()), text);
    }

    /// A labelled fact, one or more lines; nothing when there are none.
    pub(super) fn fact(&mut self, label: &str, lines: &[String]) {
        let indent = " ".repeat(LABEL);
        let mut first = format!("{label:<LABEL$}");
        for line in lines {
            self.wrap(&first, &indent, line);
            first.clone_from(&indent);
        }
    }

    /// Words that came from elsewhere, marked as quoted, at most `limit` lines of them; empty lines are left out.
    pub(super) fn quote(&mut self, text: &str, limit: usize) {
        let mut lines = text.split(['\n', '\r']).filter(|line| words(line).next().is_some());
        for text in lines.by_ref().take(limit) {
            self.wrap("> ", "> ", &line(text, 600));
        }
        if lines.next().is_some() {
            self.text("> (shortened, the rest stands in the event)");
        }
    }

    /// One empty line, never two, and none at the top.
    pub(super) fn gap(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    /// The line below which mail programs see a signature.
    pub(super) fn signature(&mut self) {
        self.gap();
        self.0.push_str("-- \n");
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.0
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

/// `text` as one clean line of at most `limit` characters, cut with `...`.
pub(super) fn line(text: &str, limit: usize) -> String {
    let mut clean = String::new();
    for word in words(text) {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(&word);
        if clean.len() > limit.saturating_mul(4) {
            break;
        }
    }
    if clean.chars().count() <= limit {
        return clean;
    }
    let kept: String = clean.chars().take(limit.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// `1 task`, `2 tasks`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The visible words of `text`.
fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    parts.map(|part| part.chars().filter(|letter| !people::steers(*letter)).collect::<String>()).filter(|word| !word.is_empty())
}
