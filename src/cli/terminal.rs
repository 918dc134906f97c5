//! What reaches a terminal or a log: text in which nothing steers. A calendar, a mail server or a folder may have written
//! any part of it, and none of them may move the cursor, hide words or begin a line. Judges nothing else.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::people::steers;

/// `text` with every sign that steers written out as `\u202e`, but for line ends and tabs. In JSON, where such a sign can
/// only stand within a string, that means the same sign.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(|sign| steers(sign) && !matches!(sign, '\n' | '\t')) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len().saturating_add(16));
    let mut rest = text.chars().peekable();
    while let Some(sign) = rest.next() {
        // Letters as they go out end their lines so.
        let ends_line = matches!(sign, '\n' | '\t') || sign == '\r' && rest.peek() == Some(&'\n');
        if ends_line || !steers(sign) {
            plain.push(sign);
        } else {
            let _ = write!(plain, "\\u{:04x}", u32::from(sign));
        }
    }
    Cow::Owned(plain)
}

/// Writes to another what is [`plain`] of each piece; pieces must be whole texts.
#[derive(Debug)]
pub(super) struct Plainly<W>(pub(super) W);

impl<W: Write> Write for Plainly<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.write_all(plain(&String::from_utf8_lossy(piece)).as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_written_out_and_all_else_stays() {
        let rows = [
            "plain\n",
            "a\tb\r\n",
            "\u{1b}[2J\u{1b}]0;x\u{7}",
            "\u{9b}31m",
            "a\rb",
            "abc\u{202e}fdp",
            "na\u{200d}me \u{1f469}",
            "\u{85}\u{2028}",
        ];
        let told: Vec<String> = rows.iter().map(|row| format!("{:?}", plain(row))).collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        "plain\n"
        "a\tb\r\n"
        "\\u001b[2J\\u001b]0;x\\u0007"
        "\\u009b31m"
        "a\\u000db"
        "abc\\u202efdp"
        "na\u{200d}me 👩"
        "\\u0085\\u2028"
        "#);
    }

    #[test]
    fn json_means_the_same_afterwards() {
        let odd = "a\u{1b}\u{7f}\u{9b}\u{202e}\r\n\t\"\\";
        let written = serde_json::json!({ "title": odd }).to_string();
        let read: serde_json::Value = serde_json::from_str(&plain(&written)).unwrap();
        assert_eq!(read["title"], odd);
        assert!(!plain(&written).chars().any(steers));
    }

    #[test]
    fn pieces_are_plain_too() {
        let mut paper = Plainly(Vec::new());
        let title = "\u{1b}c";
        write!(paper, "{title}|ok").unwrap();
        assert_eq!(String::from_utf8(paper.0).unwrap(), "\\u001bc|ok");
    }
}
