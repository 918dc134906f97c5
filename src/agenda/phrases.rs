//! Finds known phrases in free text as whole words, in any case and spacing, in one pass over the text.
//! Knows letters only: whose a phrase is, and what finding it means, is for others.

use std::collections::HashMap;

/// `text` in lower case with single spaces, the form in which texts and phrases are compared.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        // Nearly all text is ASCII, and a year of tasks is read in one go.
        if word.is_ascii() {
            folded.push_str(&word.to_ascii_lowercase());
        } else {
            folded.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    folded
}

/// A phrase and whose it is.
#[derive(Clone, Debug)]
struct Phrase {
    /// As it was given, for people to read.
    given: String,
    /// In the form that is compared.
    folded: String,
    /// The bytes before its first letter or digit.
    lead: usize,
    /// A number that its owner chose.
    owner: usize,
}

/// A phrase found in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit<'p> {
    /// The byte of the folded text where it starts.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    /// Whose phrase it is.
    pub(super) owner: usize,
    /// The phrase as it was given.
    pub(super) phrase: &'p str,
}

/// Phrases ready to be looked for, by their first word.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    /// Characters that join two words into one, beside letters and digits: `-` keeps `Ann` out of `Mary-Ann`.
    joints: &'static str,
    /// The phrases that begin with each word.
    by_word: HashMap<String, Vec<Phrase>>,
}

impl Phrases {
    /// Phrases with their owners; those without a letter or digit are never found.
    pub(super) fn new<'a>(joints: &'static str, phrases: impl IntoIterator<Item = (usize, &'a str)>) -> Self {
        let mut by_word: HashMap<String, Vec<Phrase>> = HashMap::new();
        for (owner, given) in phrases {
            let folded = fold(given);
            let Some((lead, word)) = words(&folded).next() else { continue };
            let word = word.to_owned();
            by_word.entry(word).or_default().push(Phrase { given: given.to_owned(), folded, lead, owner });
        }
        Self { joints, by_word }
    }

    /// Every phrase that stands in `text`, a folded text, as whole words; they may overlap.
    pub(super) fn hits<'p>(&'p self, text: &'p str) -> impl Iterator<Item = Hit<'p>> + 'p {
        words(text).flat_map(move |(at, word)| {
            let phrases = self.by_word.get(word).map_or(&[][..], Vec::as_slice);
            phrases.iter().filter_map(move |phrase| self.hit(phrase, text, at.checked_sub(phrase.lead)?))
        })
    }

    /// `phrase` at byte `start` of `text`, if it stands there as whole words.
    fn hit<'p>(&self, phrase: &'p Phrase, text: &str, start: usize) -> Option<Hit<'p>> {
        let (before, rest) = text.split_at_checked(start)?;
        let after = rest.strip_prefix(phrase.folded.as_str())?;
        let mut letters = phrase.folded.chars();
        let (first, last) = (letters.next(), letters.next_back());
        let torn = self.joined(first, before.chars().rev()) || self.joined(last.or(first), after.chars());
        let end = start.checked_add(phrase.folded.len())?;
        (!torn).then_some(Hit { start, end, owner: phrase.owner, phrase: &phrase.given })
    }

    /// Whether a phrase that ends in `edge` is only part of a word that goes on with `beyond`, read away from it.
    fn joined(&self, edge: Option<char>, mut beyond: impl Iterator<Item = char>) -> bool {
        if !edge.is_some_and(char::is_alphanumeric) {
            return false;
        }
        match beyond.next() {
            Some(joint) if self.joints.contains(joint) => beyond.next().is_some_and(char::is_alphanumeric),
            Some(letter) => letter.is_alphanumeric(),
            None => false,
        }
    }
}

/// The runs of letters and digits in `text`, each with the byte at which it starts.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let between = |letter: char| !letter.is_alphanumeric();
    let mut at = 0;
    let pieces = text.split_inclusive(between).map(move |piece| {
        let start = at;
        at += piece.len();
        (start, piece.trim_end_matches(between))
    });
    pieces.filter(|(_, word)| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(joints: &'static str, phrases: &[&str], text: &str) -> String {
        let phrases = Phrases::new(joints, phrases.iter().copied().enumerate());
        let text = fold(text);
        phrases.hits(&text).map(|hit| format!("{}@{}..{}", hit.phrase, hit.start, hit.end)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn phrases_are_found_as_whole_words_in_any_case_and_spacing() {
        let phrases = ["ACME", "acme.example", "Acme  Cloud", "C++", "[x]", "Ünal", "***"];
        for (text, expected) in [
            ("Upgrade of acme", "ACME@11..15"),
            ("acmeter, macme, acme1", ""),
            ("db.acme.example", "ACME@3..7 acme.example@3..15"),
            ("ACME\u{a0} CLOUD upgrade", "ACME@0..4 Acme  Cloud@0..10"),
            ("port to c++20", "C++@8..11"),
            ("port to c++ 20", "C++@8..11"),
            ("port to C++!", "C++@8..11"),
            ("a [x] mark and an x", "[x]@2..5"),
            ("ÜNAL ünalan", "Ünal@0..5"),
            ("*** ---", ""),
            ("", ""),
        ] {
            assert_eq!(check("", &phrases, text), expected, "{text}");
        }
    }

    #[test]
    fn a_joint_makes_one_word_of_two() {
        for (text, expected) in [
            ("Ann Lee", "Ann Lee@0..7"),
            ("Ann Lee-Smith", ""),
            ("Mary-Ann Lee", ""),
            ("Ann Lee - away", "Ann Lee@0..7"),
            ("[x]-Ann Lee's leave.", "Ann Lee@4..11"),
        ] {
            assert_eq!(check("-._", &["Ann Lee"], text), expected, "{text}");
        }
    }
}
