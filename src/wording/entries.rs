//! What entries for calendars say, in one language: a table of its file. A language without that table has the entries of English.

use serde::Deserialize;

/// The words of those entries. What stands in braces in them is told by the entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// A `{task}` that wants a briefing.
    pub wanted: String,
    /// The time to write that for a `{task}`.
    pub write: String,
    /// In that: until `{when}` it is wanted.
    pub until: String,
    /// In that: it may lie elsewhere.
    pub proposal: String,
    /// In that, when it is taken back.
    pub taken_back: String,
    /// The end of the time in which the briefing for a `{task}` is wanted, at `{when}`.
    pub deadline: String,
    /// The `{link}` of a ticket.
    pub ticket: String,
    /// The `{link}` of notes.
    pub notes: String,
}

#[cfg(test)]
mod tests {
    use crate::wording::Words;

    #[test]
    fn a_language_that_says_nothing_of_calendars_has_the_entries_of_english() {
        let english = Words::shipped_source("en/language.toml").unwrap();
        let (times, _) = english.split_once("[pages]").unwrap();
        let times = times.replace("\"en\"", "\"fr\"").replace("untitled = \"(no title)\"\n", "");
        let words = Words::with([("fr/language.toml".to_owned(), times)].into()).unwrap();
        assert_eq!(words.entries("fr"), words.entries("en"));
        assert_eq!((words.language("fr").untitled(), words.entries("en").ticket.as_str()), ("(no title)", "Ticket: {link}"));
        assert_ne!(words.entries("de"), words.entries("en"));
    }
}
