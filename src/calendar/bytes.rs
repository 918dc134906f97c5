//! Bytes become numbered, unfolded lines of text, whatever their encoding and line ends.
//! Knows nothing of what the lines mean; refuses only what is too large.

use std::borrow::Cow;

/// The largest calendar that is looked at, in bytes.
const LIMIT: usize = 16 * 1024 * 1024;

/// One content line, unfolded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it begins in the file, from 1.
    pub(super) number: usize,
    /// Its text, without the line end.
    pub(super) text: String,
}

/// A file as lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The lines in order, empty ones left out.
    pub(super) content: Vec<Line>,
    /// The first line that is no UTF-8 and was read as Latin-1.
    pub(super) latin: Option<usize>,
    /// Whether the file stops without a line end, so that its last line may be half a line.
    pub(super) open: bool,
}

/// The lines of `bytes`; none when there are more bytes than anyone should send.
pub(super) fn lines(bytes: &[u8]) -> Option<Lines> {
    if bytes.len() > LIMIT {
        return None;
    }
    let bytes = decode(bytes);
    let mut unfolding = Unfolding::default();
    let mut number = 1;
    // An empty piece stands between CR and LF; only LF counts as a line unless the file has none.
    let counted = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let (content, end) = match piece.split_last() {
            Some((end @ (b'\n' | b'\r'), content)) => (content, Some(*end)),
            _ => (piece, None),
        };
        unfolding.take(number, content);
        number += usize::from(end == Some(counted));
        unfolding.found.open = end.is_none();
    }
    unfolding.finish();
    Some(unfolding.found)
}

/// The bytes without a byte order mark, UTF-16 turned into UTF-8.
fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        [b'B' | b'b', 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)),
        [0, b'B' | b'b', ..] => Cow::Owned(utf16(bytes, u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

/// UTF-16 of either byte order as UTF-8; a half pair becomes a replacement character.
fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let text: String = char::decode_utf16(pairs.iter().map(|pair| order(*pair))).map(|unit| unit.unwrap_or('\u{FFFD}')).collect();
    text.into_bytes()
}

/// Joins folded lines on bytes, for a fold may lie inside a character.
#[derive(Default)]
struct Unfolding {
    /// What is finished.
    found: Lines,
    /// Where the line in the making began.
    number: usize,
    /// Its bytes so far.
    bytes: Vec<u8>,
}

impl Unfolding {
    /// Takes one physical line.
    fn take(&mut self, number: usize, content: &[u8]) {
        match content {
            [] => {}
            [b' ' | b'\t', rest @ ..] => self.bytes.extend_from_slice(rest),
            _ => {
                self.finish();
                self.number = number;
                self.bytes.extend_from_slice(content);
            }
        }
    }

    /// Ends the line in the making.
    fn finish(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let number = self.number;
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            self.found.latin.get_or_insert(number);
            error.into_bytes().into_iter().map(char::from).collect()
        });
        // A lone control character at the end (Ctrl-Z, NUL) is no line.
        if !text.chars().all(|character| character.is_whitespace() || character.is_control()) {
            self.found.content.push(Line { number, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) -> String {
        let lines = lines(bytes).unwrap();
        lines.content.iter().map(|line| format!("{}:{}", line.number, line.text)).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn every_line_end_is_understood() {
        for text in ["a:1\r\nb:2\r\n", "a:1\nb:2\n", "a:1\rb:2\r", "a:1\r\r\nb:2\r\r\n", "a:1\nb:2"] {
            assert_eq!(check(text.as_bytes()), "1:a:1|2:b:2", "{text:?}");
        }
    }

    #[test]
    fn a_fold_inside_a_character_is_joined_before_decoding() {
        assert_eq!(check(b"a:caf\xC3\r\n \xA9\r\nb:2\r\n"), "1:a:café|3:b:2");
    }

    #[test]
    fn utf16_and_byte_order_marks_are_understood() {
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain("BEGIN:é\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(check(&wide), "1:BEGIN:é");
        assert_eq!(check(b"\xEF\xBB\xBFBEGIN:x"), "1:BEGIN:x");
    }

    #[test]
    fn what_is_no_utf8_is_read_as_latin1_and_remembered() {
        let found = lines(b"a:1\nb:caf\xE9\n").unwrap();
        assert_eq!((found.latin, found.content[1].text.as_str()), (Some(2), "b:café"));
    }

    #[test]
    fn more_than_the_limit_is_not_looked_at() {
        assert!(lines(&vec![b'a'; LIMIT + 1]).is_none());
    }
}
