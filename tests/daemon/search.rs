//! Everything that a program said, wrote and kept, and the search for a word in it, as it stands and as it looks when it is
//! encoded: base64 at each offset, hexadecimal, percent signs, quoted-printable, folded lines.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What was collected, each under the name of its place.
#[derive(Debug, Default)]
pub(crate) struct Paper(Vec<(String, Vec<u8>)>);

/// A word and all its looks, in lower case; base64 apart, where case tells signs from each other.
pub(crate) struct Canary {
    looks: Vec<Vec<u8>>,
    base64: Vec<Vec<u8>>,
}

impl Paper {
    /// Keeps a text.
    pub(crate) fn add(&mut self, place: &str, text: &str) {
        self.add_bytes(place, text.as_bytes());
    }

    /// Keeps bytes.
    pub(crate) fn add_bytes(&mut self, place: &str, bytes: &[u8]) {
        self.0.push((place.to_owned(), bytes.to_vec()));
    }

    /// The places in which the word is.
    pub(crate) fn find(&self, canary: &Canary) -> BTreeSet<String> {
        self.0.iter().filter(|(_, bytes)| canary.is_in(bytes)).map(|(place, _)| place.clone()).collect()
    }
}

impl Canary {
    /// All looks of a word.
    pub(crate) fn new(word: &str) -> Self {
        let written = |before: &str| {
            word.bytes().fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{before}{byte:02x}");
                text
            })
        };
        let looks = [word.to_lowercase(), written(""), written("%"), written("="), written("\\x")];
        let base64 = (0..3).map(|offset| middle(word, offset));
        Self { looks: looks.map(String::into_bytes).to_vec(), base64: base64.collect() }
    }

    /// Whether it is in these bytes, in any look, also across soft and folded line ends.
    fn is_in(&self, bytes: &[u8]) -> bool {
        let has = |bytes: &[u8], looks: &[Vec<u8>]| looks.iter().any(|look| memchr::memmem::find(bytes, look).is_some());
        let unbroken: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let soft: Vec<u8> = String::from_utf8_lossy(bytes).replace("=\r\n", "").replace("=\n", "").into_bytes();
        let lower = |bytes: &[u8]| bytes.to_ascii_lowercase();
        [bytes, &unbroken, &soft].iter().any(|bytes| has(bytes, &self.base64) || has(&lower(bytes), &self.looks))
    }
}

/// What base64 makes of a word so many bytes into a text, without the signs that its neighbours have a share in.
fn middle(word: &str, offset: usize) -> Vec<u8> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let skipped = (3 - offset) % 3;
    let whole = &word.as_bytes()[skipped..];
    let triples = whole.chunks_exact(3).flat_map(|triple| {
        let bits = triple.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| SIGNS[bits >> shift & 63])
    });
    triples.collect()
}

#[test]
fn a_word_is_found_however_it_is_encoded() {
    let canary = Canary::new("kiebitzquery7");
    for text in [
        "key=kiebitzquery7&",
        "KIEBITZQUERY7",
        "key: kiebitz=\r\nquery7",
        "kiebitz\r\n query7",
        "%6b%69%65%62%69%74%7A%71%75%65%72%79%37",
        "X'6B69656269747A717565727937'",
        "=6B=69=65=62=69=74=7A=71=75=65=72=79=37",
        // `kiebitzquery7`, `akiebitzquery7` and `aakiebitzquery7`, the second in two lines.
        "a2llYml0enF1ZXJ5Nw==",
        "YWtpZWJpd\r\nHpxdWVyeTc=",
        "YWFraWViaXR6cXVlcnk3",
    ] {
        assert!(canary.is_in(text.as_bytes()), "{text}");
    }
    assert!(!canary.is_in(b"kiebitz query 8, a2llYml0"));
}
