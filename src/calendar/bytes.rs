//! Bytes become numbered, unfolded content lines, whatever their encoding and line ends (RFC 5545 §3.1).
//! Copies nothing that is not folded. Knows nothing of what the lines mean; refuses only what is too large.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr, memchr2};

/// The largest calendar that is looked at, in bytes.
const LIMIT: usize = 64 * 1024 * 1024;

/// A word for what is larger than `LIMIT`.
pub(super) const TOO_LARGE: &str = "a file larger than 64 MiB";

/// A file in an encoding in which ASCII stands for itself.
#[derive(Debug)]
pub(super) struct Text<'a> {
    /// Its bytes, without a byte order mark.
    bytes: Cow<'a, [u8]>,
    /// The byte that counts as a line's end: LF, unless the file has none.
    counted: u8,
    /// Whether all of it is UTF-8; a fold inside a character is enough that it is not.
    utf8: bool,
}

/// One content line as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Where it begins in the file, from 1.
    pub(super) number: usize,
    /// Its first byte's place in the text.
    pub(super) at: usize,
    /// Its bytes, folds included, without its own line end.
    raw: &'a [u8],
    /// Whether it is folded.
    folded: bool,
    /// Whether the file stops without a line end after it, so that it may be half a line.
    pub(super) open: bool,
}

/// The text of `bytes`; none when there are more bytes than anyone should send.
pub(super) fn text(bytes: &[u8]) -> Option<Text<'_>> {
    if bytes.len() > LIMIT {
        return None;
    }
    let bytes = decode(bytes);
    let counted = if memchr(b'\n', &bytes).is_some() { b'\n' } else { b'\r' };
    let utf8 = std::str::from_utf8(&bytes).is_ok();
    Some(Text { bytes, counted, utf8 })
}

/// The bytes without a byte order mark, UTF-16 turned into UTF-8.
fn decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    let wide =
        |encoding: &'static Encoding, bytes: &[u8]| Cow::Owned(encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes());
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => wide(UTF_16LE, rest),
        [0xFE, 0xFF, rest @ ..] => wide(UTF_16BE, rest),
        [b'B' | b'b', 0, ..] => wide(UTF_16LE, bytes),
        [0, b'B' | b'b', ..] => wide(UTF_16BE, bytes),
        _ => Cow::Borrowed(bytes),
    }
}

impl Text<'_> {
    /// Its content lines.
    pub(super) fn lines(&self) -> Cursor<'_> {
        Cursor { bytes: &self.bytes, counted: self.counted, at: 0, number: 1 }
    }

    /// Its content lines from the byte at `at` on, which begins line `number`.
    pub(super) fn lines_from(&self, at: usize, number: usize) -> Cursor<'_> {
        Cursor { at, number, ..self.lines() }
    }

    /// The first line that is no UTF-8.
    pub(super) fn first_foreign(&self) -> Option<usize> {
        if self.utf8 {
            return None;
        }
        self.lines().find(|line| std::str::from_utf8(&line.bytes()).is_err()).map(|line| line.number)
    }
}

impl<'a> Line<'a> {
    /// Its bytes, unfolded: every fold is a line end and one blank or tab (§3.1).
    pub(super) fn bytes(&self) -> Cow<'a, [u8]> {
        if !self.folded {
            return Cow::Borrowed(self.raw);
        }
        let mut unfolded = Vec::with_capacity(self.raw.len());
        for (place, piece) in self.raw.split(|byte| matches!(byte, b'\n' | b'\r')).enumerate() {
            let skipped = usize::from(place > 0);
            unfolded.extend_from_slice(piece.get(skipped..).unwrap_or_default());
        }
        Cow::Owned(unfolded)
    }

    /// Its bytes up to the first fold.
    pub(super) fn head(&self) -> &'a [u8] {
        let end = if self.folded { memchr2(b'\n', b'\r', self.raw).unwrap_or(self.raw.len()) } else { self.raw.len() };
        self.raw.get(..end).unwrap_or_default()
    }

    /// Whether it is folded.
    pub(super) fn is_folded(&self) -> bool {
        self.folded
    }

    /// Its text, unfolded before it is decoded, for a fold may lie inside a character. What is no UTF-8 is read as
    /// Windows-1252, which holds Latin-1.
    pub(super) fn text(&self) -> Cow<'a, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
            },
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8(bytes).unwrap_or_else(|error| {
                let bytes = error.into_bytes();
                WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned()
            })),
        }
    }
}

/// Goes through a text line by line.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    /// The text.
    bytes: &'a [u8],
    /// The byte that counts as a line's end.
    counted: u8,
    /// The first byte not looked at yet.
    at: usize,
    /// The line it stands in.
    number: usize,
}

impl<'a> Iterator for Cursor<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let (at, number) = (self.at, self.number);
            let (mut end, mut open) = self.piece()?;
            let mut folded = false;
            // A fold, also over blank lines between: some programs double their line ends.
            while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.bytes.get(self.at) {
                let began = self.at;
                let (ended, stopped) = self.piece()?;
                if ended > began {
                    (end, open, folded) = (ended, stopped, true);
                }
            }
            let raw = self.bytes.get(at..end).unwrap_or_default();
            // The first line of a file has nothing that it could continue.
            let raw = raw.strip_prefix(b" ").or_else(|| raw.strip_prefix(b"\t")).unwrap_or(raw);
            // A lone control character (Ctrl-Z, NUL) is no line.
            if raw.iter().any(|byte| *byte > b' ' && *byte != 0x7F) {
                return Some(Line { number, at, raw, folded, open });
            }
        }
    }
}

impl Cursor<'_> {
    /// Goes over one physical line: where its content ends, and whether the text ends there without a line end.
    fn piece(&mut self) -> Option<(usize, bool)> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr2(b'\n', b'\r', rest);
        let end = self.at + length.unwrap_or(rest.len());
        self.at = end;
        match length.and_then(|length| rest.get(length..)) {
            Some([b'\r', b'\n', ..]) => {
                self.at += 2;
                self.number += 1;
            }
            Some([byte, ..]) => {
                self.at += 1;
                self.number += usize::from(*byte == self.counted);
            }
            Some([]) | None => {}
        }
        Some((end, length.is_none()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) -> String {
        let text = text(bytes).unwrap();
        text.lines().map(|line| format!("{}:{}", line.number, line.text())).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn every_line_end_is_understood() {
        for text in ["a:1\r\nb:2\r\n", "a:1\nb:2\n", "a:1\rb:2\r", "a:1\r\r\nb:2\r\r\n", "a:1\nb:2"] {
            assert_eq!(check(text.as_bytes()), "1:a:1|2:b:2", "{text:?}");
        }
        assert_eq!(check(b"a:1\r\n\r\nb:2\n\n\nc:3\n"), "1:a:1|3:b:2|6:c:3");
    }

    #[test]
    fn a_fold_is_a_line_end_and_one_blank_or_tab() {
        assert_eq!(check(b"a:one\r\n  two\r\n\tthree\r\nb:2\r\n"), "1:a:one twothree|4:b:2");
        assert_eq!(check(b"a:one\r\n\r\n two\r\n"), "1:a:onetwo");
        assert_eq!(check(b"a:one\n \n two\nb:2"), "1:a:onetwo|4:b:2");
        assert_eq!(check(b" a:1\nb:2"), "1:a:1|2:b:2");
    }

    #[test]
    fn a_fold_inside_a_character_is_joined_before_decoding() {
        assert_eq!(check(b"a:caf\xC3\r\n \xA9\r\nb:2\r\n"), "1:a:café|3:b:2");
    }

    #[test]
    fn utf16_and_byte_order_marks_are_understood() {
        let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain("BEGIN:é\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(check(&wide), "1:BEGIN:é");
        let wide: Vec<u8> = "BEGIN:é\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(check(&wide), "1:BEGIN:é");
        assert_eq!(check(b"\xEF\xBB\xBFBEGIN:x"), "1:BEGIN:x");
    }

    #[test]
    fn what_is_no_utf8_is_read_as_windows_1252_and_found() {
        assert_eq!(check(b"a:1\nb:\x93caf\xE9\x94 5\x80\n"), "1:a:1|2:b:\u{201C}café\u{201D} 5€");
        assert_eq!(text(b"a:1\nb:caf\xE9\n").unwrap().first_foreign(), Some(2));
        assert_eq!(text(b"a:caf\xC3\n \xA9\n").unwrap().first_foreign(), None);
    }

    #[test]
    fn blanks_and_control_characters_alone_are_no_line() {
        assert_eq!(check(b"\0\r\na:1\r\n\x1A"), "2:a:1");
    }

    #[test]
    fn only_the_last_line_may_be_half_a_line() {
        let open = |bytes: &[u8]| text(bytes).unwrap().lines().map(|line| line.open).collect::<Vec<_>>();
        assert_eq!((open(b"a:1\nb:2"), open(b"a:1\nb:2\n"), open(b"a:1\n b")), (vec![false, true], vec![false, false], vec![true]));
    }

    #[test]
    fn more_than_the_limit_is_not_looked_at() {
        assert!(text(&vec![b'a'; LIMIT + 1]).is_none());
    }
}
