//! The shape of a content line (RFC 5545 §3.1): name, parameters, value.
//! Only tells what is certainly well-formed; what is odd in any way is left to the parser of components.

use memchr::memchr3;

/// A content line that is well-formed beyond doubt, as it stands: nothing is unquoted or unescaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Content<'a> {
    /// Its name in any case.
    pub(super) name: &'a [u8],
    /// From its first semicolon to its colon; empty without parameters.
    pub(super) params: &'a [u8],
    /// What stands behind the colon.
    pub(super) value: &'a [u8],
}

/// The parts of `line`; none when anything about it is odd.
pub(super) fn content(line: &[u8]) -> Option<Content<'_>> {
    let length = line.iter().position(|byte| !is_name(*byte)).filter(|length| *length > 0)?;
    let (name, rest) = line.split_at_checked(length)?;
    let mut tail = rest;
    while let Some(param) = tail.strip_prefix(b";") {
        let length = param.iter().position(|byte| !is_name(*byte)).filter(|length| *length > 0)?;
        tail = values(param.get(length..)?.strip_prefix(b"=")?)?;
    }
    let value = tail.strip_prefix(b":")?;
    Some(Content { name, params: rest.get(..rest.len() - tail.len())?, value })
}

/// What follows the values of a parameter: a semicolon or the colon.
fn values(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        if let Some(quoted) = text.strip_prefix(b"\"") {
            text = quoted.get(memchr::memchr(b'"', quoted)? + 1..)?;
        } else {
            let end = memchr3(b';', b':', b',', text)?;
            let (value, rest) = text.split_at_checked(end)?;
            if value.iter().any(|byte| *byte == b'"' || *byte < b' ') {
                return None;
            }
            text = rest;
        }
        match text.first()? {
            b',' => text = text.get(1..)?,
            b';' | b':' => return Some(text),
            _ => return None,
        }
    }
}

/// Whether `byte` may stand in a name.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

impl<'a> Content<'a> {
    /// Its parameters with their values as they stand, quotes included.
    pub(super) fn params(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let mut rest = self.params;
        std::iter::from_fn(move || {
            let param = rest.strip_prefix(b";")?;
            let (name, written) = param.split_at_checked(memchr::memchr(b'=', param)?)?;
            let written = written.get(1..)?;
            let length = values(written).map_or(written.len(), |tail| written.len() - tail.len());
            rest = written.get(length..)?;
            Some((name, written.get(..length)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> String {
        let Some(content) = content(line.as_bytes()) else { return "odd".to_owned() };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let params: Vec<String> = content.params().map(|(name, value)| format!(" {}={}", text(name), text(value))).collect();
        format!("{}{} -> {}", text(content.name), params.concat(), text(content.value))
    }

    #[test]
    fn a_line_is_a_name_parameters_and_a_value() {
        assert_eq!(check("UID:a:b"), "UID -> a:b");
        assert_eq!(check("dtstart;tzid=Europe/Berlin;VALUE=DATE-TIME:20260101"), "dtstart tzid=Europe/Berlin VALUE=DATE-TIME -> 20260101");
        assert_eq!(check("ATTENDEE;CN=\"a;b:c\",\"d\";X=:mailto:a@b"), "ATTENDEE CN=\"a;b:c\",\"d\" X= -> mailto:a@b");
    }

    #[test]
    fn whatever_is_odd_is_told_apart() {
        for odd in ["", "UID", ":x", "UID ;X=1:a", "X FOO:1", "A;B:1", "A;=1:1", "A;B=\"x:1", "A;B=\"x\"y:1", "A;B=1", "A;B=x\"y:1", "É:1"]
        {
            assert_eq!(check(odd), "odd", "{odd}");
        }
    }
}
