//! What all web pages have in common: the frame, the style sheet, what a browser may do with a page, and the one place at
//! which words become text. Values in, HTML out; knows neither what pages say nor who serves them.
//!
//! Whoever has pages writes templates that extend `frame.html` and reads them once, as a [`Book`]; the answer goes out under
//! [`policy`].

#[cfg(test)]
pub(crate) mod parsed;

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, Output, State, UndefinedBehavior, context, escape_formatter};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::people::steers;

/// The style sheet, the same on every page: readable on a phone and on paper, by day and by night, with the keyboard alone.
pub const STYLE: &str = include_str!("templates/style.css");

/// What every page stands in.
const FRAME: &str = include_str!("templates/frame.html");

/// What is shown when a template cannot be filled.
const BROKEN: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>offwatch</title></head>\
                      <body><h1>This page could not be drawn</h1><p>The log says why.</p></body></html>";

/// How many steps a page may take to fill: enough for some thousand engineers, and an end to what would go on forever.
pub const FUEL: u64 = 50_000_000;

/// The hash by which a browser knows the style sheet.
static HASH: LazyLock<String> = LazyLock::new(|| STANDARD.encode(Sha256::digest(STYLE)));

/// Whether there is anything to send on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// Nothing.
    None,
    /// Forms that go to where the page came from.
    Own,
}

/// What a browser may do with a page, for the header `Content-Security-Policy`: no script, nothing fetched, no frame, and no
/// style but [`STYLE`], which stands in the page and is known by its SHA-256.
pub fn policy(forms: Forms) -> String {
    let action = match forms {
        Forms::None => "'none'",
        Forms::Own => "'self'",
    };
    let style = &*HASH;
    format!("default-src 'none'; style-src 'sha256-{style}'; form-action {action}; base-uri 'none'; frame-ancestors 'none'")
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The whole document.
    pub html: String,
    /// What is wrong with the templates, if they could not be filled; then the document only says that much.
    pub fault: Option<String>,
}

/// Templates, read once. Every value is escaped, and none is missing without a fault.
#[derive(Debug)]
pub struct Book(Result<Environment<'static>, Error>);

impl Book {
    /// Reads templates by name; `frame.html` is among them.
    pub fn new(templates: &[(&'static str, &'static str)]) -> Self {
        Self(read(templates))
    }

    /// The page that a template makes of what `view` shows, which is called `page` in it.
    pub fn page(&self, name: &str, view: &impl Serialize) -> Page {
        match self.filled(name, view) {
            Ok(html) => Page { html, fault: None },
            Err(fault) => Page { html: BROKEN.to_owned(), fault: Some(format!("{fault:#}")) },
        }
    }

    /// Fills a template.
    fn filled(&self, name: &str, view: &impl Serialize) -> anyhow::Result<String> {
        let environment = self.0.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
        Ok(environment.get_template(name)?.render(context! { page => Value::from(Serde(view)) })?)
    }

    /// How many steps it takes to fill a template.
    #[cfg(test)]
    pub fn steps(&self, name: &str, view: &impl Serialize) -> Option<u64> {
        let template = self.0.as_ref().ok()?.get_template(name).ok()?;
        let captured = template.render_captured(context! { page => Value::from(Serde(view)) }).ok()?;
        captured.state().fuel_levels().map(|(taken, _)| taken)
    }
}

/// Reads all templates.
fn read(templates: &[(&'static str, &'static str)]) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(FUEL));
    environment.set_formatter(text);
    environment.add_global("style", STYLE);
    for (name, source) in [("frame.html", FRAME)].iter().chain(templates) {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// Writes a value as text: nothing in it is markup, and no sign in it turns what stands beside it around.
fn text(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str().filter(|text| !value.is_safe() && text.chars().any(steers)) {
        Some(text) => escape_formatter(out, state, &text.chars().filter(|sign| !steers(*sign)).collect::<String>().into()),
        None => escape_formatter(out, state, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with one value.
    fn drawn(source: &'static str, value: &str) -> Page {
        Book::new(&[("sample.html", source)]).page("sample.html", &value)
    }

    #[test]
    fn what_a_calendar_says_is_text() {
        let page = drawn("{{ page }}", "\"><script>alert('1')</script>&amp;\u{202e}\r\n");
        assert_eq!(page.html, "&quot;&gt;&lt;script&gt;alert(&#x27;1&#x27;)&lt;&#x2f;script&gt;&amp;amp;");
    }

    #[test]
    fn a_value_that_is_missing_is_a_fault_and_no_gap() {
        let page = drawn("{{ page.absent.more }}", "x");
        assert!(page.fault.is_some() && page.html == BROKEN, "{page:?}");
    }

    #[test]
    fn the_policy_allows_the_style_sheet_and_nothing_else() {
        let page = drawn("{% extends \"frame.html\" %}", "");
        assert_eq!(page.fault, None);
        assert!(page.html.contains(&format!("<style>{STYLE}</style>")), "{}", page.html);
        assert!(policy(Forms::None).starts_with(&format!("default-src 'none'; style-src 'sha256-{}'; form-action 'none';", *HASH)));
        assert!(policy(Forms::Own).contains("form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
    }
}
