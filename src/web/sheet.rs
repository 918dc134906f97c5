//! Short pages: a heading, some words, facts, a form. Whatever a calendar said is text. Knows nothing of what they say.

use std::sync::LazyLock;

use axum::Extension;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::page::{Book, Forms};

/// The one template, read once.
static BOOK: LazyLock<Book> = LazyLock::new(|| Book::new(&[("sheet.html", include_str!("templates/sheet.html"))]));

/// A page in the making. Its words are text; there is no way to write markup but these.
#[derive(Debug)]
pub(super) struct Sheet {
    /// The tag of the language that it speaks.
    language: String,
    /// What is below the heading.
    pieces: Vec<Piece>,
}

/// What the template sees.
#[derive(Debug, Serialize)]
struct View<'a> {
    /// The tag of its language.
    language: &'a str,
    /// The heading, which is also the title.
    heading: &'a str,
    /// What is below it.
    pieces: &'a [Piece],
}

/// A piece of a page.
#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
enum Piece {
    /// A paragraph.
    Prose {
        /// What it says.
        text: String,
    },
    /// A paragraph that matters less.
    Aside {
        /// What it says.
        text: String,
    },
    /// Facts.
    Facts {
        /// Each with its name.
        rows: Vec<(String, String)>,
    },
    /// A form.
    Form {
        /// Where it goes.
        action: String,
        /// What is to be filled in.
        fields: Vec<Field>,
        /// What its button says.
        button: String,
        /// Whether the button is of less weight.
        quiet: bool,
    },
}

/// A field of a form.
#[derive(Debug, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(super) enum Field {
    /// One of these is to be chosen.
    Choice {
        /// What the field is called in what is sent.
        name: &'static str,
        /// What stands above it.
        label: String,
        /// Each value with its label.
        choices: Vec<(String, String)>,
    },
    /// A line that may stay empty.
    Line {
        /// What the field is called in what is sent.
        name: &'static str,
        /// What stands above it.
        label: String,
    },
    /// A line that nobody is to see.
    Secret {
        /// What the field is called in what is sent.
        name: &'static str,
        /// What stands above it.
        label: String,
    },
}

impl Default for Sheet {
    fn default() -> Self {
        Self::of("en")
    }
}

impl Sheet {
    /// An empty one in the language of that tag.
    pub(super) fn of(tag: &str) -> Self {
        Self { language: tag.to_owned(), pieces: Vec::new() }
    }

    /// With one more piece.
    fn with(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// A paragraph.
    pub(super) fn prose(self, text: &str) -> Self {
        self.with(Piece::Prose { text: text.to_owned() })
    }

    /// A paragraph that matters less.
    pub(super) fn aside(self, text: &str) -> Self {
        self.with(Piece::Aside { text: text.to_owned() })
    }

    /// Facts with their names.
    pub(super) fn facts(self, facts: &[(&str, String)]) -> Self {
        self.with(Piece::Facts { rows: facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect() })
    }

    /// A form that goes to `action`, an address relative to the page, with the field without which nothing is done.
    pub(super) fn form(self, action: &str, fields: Vec<Field>, button: &str, quiet: bool) -> Self {
        self.with(Piece::Form { action: action.to_owned(), fields, button: button.to_owned(), quiet })
    }

    /// The whole page under that heading.
    pub(super) fn under(self, status: StatusCode, heading: &str) -> Response {
        let page = BOOK.page("sheet.html", &View { language: &self.language, heading, pieces: &self.pieces });
        let has_form = self.pieces.iter().any(|piece| matches!(piece, Piece::Form { .. }));
        let forms = if has_form { Forms::Own } else { Forms::None };
        match page.fault {
            None => (status, Extension(forms), html(page.html)).into_response(),
            Some(fault) => {
                tracing::error!("a page could not be drawn: {fault}");
                (StatusCode::INTERNAL_SERVER_ERROR, html(page.html)).into_response()
            }
        }
    }
}

/// A document as an answer.
pub(super) fn html(document: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], document)
}

/// What is answered to whoever asks too often.
pub(super) fn busy() -> Response {
    let page = Sheet::default().prose("Too much was asked within a minute. Nothing was done; try again in a minute.");
    ([(header::RETRY_AFTER, "60")], page.under(StatusCode::TOO_MANY_REQUESTS, "Try again in a minute")).into_response()
}

/// What is answered while the state cannot be read or written.
pub(super) fn trouble() -> Response {
    let page = Sheet::default().prose("Nothing was done: what offwatch knows cannot be reached at the moment. Try again in a minute.");
    ([(header::RETRY_AFTER, "60")], page.under(StatusCode::SERVICE_UNAVAILABLE, "Try again in a minute")).into_response()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page::parsed::{elements, hostile};
    use crate::people::steers;

    #[test]
    fn every_word_of_a_sheet_is_text() {
        let hostile = "\"><script>alert('1')</script>&amp;\u{202e}\r\n";
        let pair = || (hostile.to_owned(), hostile.to_owned());
        let sheet = Sheet::default().prose(hostile).aside(hostile).facts(&[("Task", hostile.to_owned())]);
        let sheet = sheet.form(hostile, vec![Field::Choice { name: "to", label: "Who".to_owned(), choices: vec![pair()] }], hostile, false);
        let page = BOOK.page("sheet.html", &View { language: hostile, heading: hostile, pieces: &sheet.pieces });
        assert_eq!(page.fault, None);
        assert!(!page.html.contains("<script") && !page.html.contains("\"\">") && !page.html.contains('\u{202e}'), "{}", page.html);
        assert_eq!(page.html.matches("&quot;&gt;&lt;script&gt;").count(), 10, "{}", page.html);
    }

    /// A page on which each word is one of `words`, the heading first.
    fn drawn(words: &[String; 12]) -> String {
        let [heading, prose, aside, name, fact, action, choice, value, label, line, secret, button] = words.clone();
        let fields = vec![
            Field::Choice { name: "to", label: choice, choices: vec![(value, label)] },
            Field::Line { name: "note", label: line },
            Field::Secret { name: "token", label: secret },
        ];
        let sheet = Sheet::default().prose(&prose).aside(&aside).facts(&[(&name, fact)]).form(&action, fields, &button, true);
        let page = BOOK.page("sheet.html", &View { language: "en", heading: &heading, pieces: &sheet.pieces });
        assert_eq!(page.fault, None);
        page.html
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_word_of_a_sheet_changes_its_structure_and_each_comes_out_whole(words in prop::array::uniform12(hostile())) {
            let places: [String; 12] = std::array::from_fn(|place| format!("[place {place}]"));
            let plain = words.clone().map(|word| word.chars().filter(|sign| !steers(*sign)).collect::<String>());
            let filled = |text: &str| places.iter().zip(&plain).fold(text.to_owned(), |text, (place, word)| text.replace(place, word));
            let mut expected = elements(&drawn(&places));
            prop_assert_eq!(expected.iter().filter(|element| element.text.contains("[place")).count(), 11);
            for element in &mut expected {
                element.text = filled(&element.text);
                element.attributes.iter_mut().for_each(|(_, value)| *value = filled(value));
            }
            prop_assert_eq!(elements(&drawn(&words)), expected);
        }
    }
}
