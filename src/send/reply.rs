//! What a mail server says, cut into whole replies. Pure: bytes in, replies out, whatever the bytes are.
//! Means nothing by any reply; that is the outbox's affair.

use std::io::{self, ErrorKind};

/// No reply is longer: a line has 512 bytes (RFC 5321 §4.5.3.1.5), and of lines there are few.
pub(super) const LONGEST: usize = 64 * 1024;

/// One whole reply (RFC 5321 §4.2).
#[derive(Debug)]
pub(super) struct Reply {
    /// Its three digits.
    pub(super) code: u16,
    /// The text of each of its lines.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// All that it says.
    pub(super) fn text(&self) -> String {
        self.lines.join(" ")
    }
}

/// The reply that `bytes` begin with and how many of them it takes; nothing while it is not whole.
///
/// More lenient than RFC 5321 §4.2 wants servers to be: text of any encoding, a code without text, lines that end in LF.
pub(super) fn first(bytes: &[u8]) -> io::Result<Option<(Reply, usize)>> {
    let (mut lines, mut length, mut first) = (Vec::new(), 0_usize, None);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(text) = line.strip_suffix(b"\n") else { return Ok(None) };
        length = length.saturating_add(line.len());
        let text = String::from_utf8_lossy(text.strip_suffix(b"\r").unwrap_or(text)).into_owned();
        let odd = || io::Error::new(ErrorKind::InvalidData, format!("no reply of a mail server: {text}"));
        let (code, rest) = text.split_at_checked(3).ok_or_else(odd)?;
        let code = code.parse::<u16>().ok().filter(|code| (200..600).contains(code)).ok_or_else(odd)?;
        if *first.get_or_insert(code) != code {
            return Err(io::Error::new(ErrorKind::InvalidData, format!("a reply of several codes: {text}")));
        }
        let goes_on = rest.starts_with('-');
        if !goes_on && !rest.is_empty() && !rest.starts_with(' ') {
            return Err(odd());
        }
        lines.push(rest.get(1..).unwrap_or_default().to_owned());
        if !goes_on {
            return Ok(Some((Reply { code, lines }, length)));
        }
    }
    Ok(None)
}
