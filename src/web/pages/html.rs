//! How pages look, and what goes out with each: nothing is kept, framed, indexed or sent on, no script runs, and whatever a
//! calendar said is text. Knows nothing of what they say.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::people;

/// The one style of all pages: readable on a phone, by day and by night, and with the keyboard alone.
const STYLE: &str = ":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#57606a;--line:#d0d7de;--act:#0b57d0}\
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;--soft:#9da7b3;--line:#3d444d;--act:#8ab4f8}}\
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}\
main{max-width:36rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}\
dl{border:solid var(--line);border-width:1px 0;padding:.75rem 0;margin:1rem 0}dt{color:var(--soft);font-size:.9375rem}\
dd{margin:0 0 .5rem;overflow-wrap:anywhere}fieldset{border:1px solid var(--line);border-radius:.5rem;margin:1rem 0;padding:.5rem 1rem}\
label{display:block;padding:.5rem 0}input[type=text]{display:block;box-sizing:border-box;width:100%;font:inherit;padding:.5rem;\
border:1px solid var(--soft);border-radius:.375rem;background:var(--paper);color:var(--ink)}\
button{font:inherit;font-weight:600;padding:.75rem 1.25rem;border:2px solid var(--act);border-radius:.5rem;background:var(--act);\
color:var(--paper);cursor:pointer}button.quiet{background:none;color:var(--act)}:focus-visible{outline:3px solid var(--act);outline-offset:2px}\
.soft{color:var(--soft)}@media print{form{display:none}}";

/// What a page may load, run and be put into: its own style, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
});

/// What goes out with every page, whatever it says.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Gives each answer what goes out with all of them.
pub(super) async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A calendar says for itself how it may be kept.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.extend(HeaderValue::from_str(&POLICY).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    response
}

/// A text as HTML: nothing in it is markup, and nothing in it is unseen.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars().filter(|sign| !people::steers(*sign)) {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            plain => safe.push(plain),
        }
    }
    safe
}

/// A page in the making. Its words are text; there is no way to write markup but these.
#[derive(Default)]
pub(super) struct Page {
    /// What is between the heading and the end.
    body: String,
}

/// A field of a form.
pub(super) enum Field {
    /// One of these is to be chosen: a name, a heading, and each value with its label.
    Choice(&'static str, &'static str, Vec<(String, String)>),
    /// A line that may stay empty: a name and a label.
    Line(&'static str, &'static str),
}

impl Page {
    /// A paragraph.
    pub(super) fn prose(mut self, text: &str) -> Self {
        // Writing to a string never fails.
        let _ = write!(self.body, "<p>{}</p>", escape(text));
        self
    }

    /// A paragraph that matters less.
    pub(super) fn aside(mut self, text: &str) -> Self {
        let _ = write!(self.body, "<p class=\"soft\">{}</p>", escape(text));
        self
    }

    /// Facts with their names.
    pub(super) fn facts(mut self, facts: &[(&str, String)]) -> Self {
        self.body.push_str("<dl>");
        for (name, fact) in facts {
            let _ = write!(self.body, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(fact));
        }
        self.body.push_str("</dl>");
        self
    }

    /// A form that goes to the page of `token`, with the field without which nothing is done.
    pub(super) fn form(mut self, token: &str, fields: &[Field], button: &str, quiet: bool) -> Self {
        let _ =
            write!(self.body, "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"confirm\" value=\"yes\">", escape(token));
        for field in fields {
            match field {
                Field::Line(name, label) => {
                    let _ = write!(self.body, "<label>{label} <input type=\"text\" name=\"{name}\" maxlength=\"200\"></label>");
                }
                Field::Choice(name, heading, choices) => {
                    let _ = write!(self.body, "<fieldset><legend>{heading}</legend>");
                    for (value, label) in choices {
                        let (value, label) = (escape(value), escape(label));
                        let _ =
                            write!(self.body, "<label><input type=\"radio\" name=\"{name}\" value=\"{value}\" required> {label}</label>");
                    }
                    self.body.push_str("</fieldset>");
                }
            }
        }
        let class = if quiet { " class=\"quiet\"" } else { "" };
        let _ = write!(self.body, "<p><button type=\"submit\"{class}>{}</button></p></form>", escape(button));
        self
    }

    /// The whole page under that heading.
    pub(super) fn under(self, status: StatusCode, heading: &str) -> Response {
        let (heading, body) = (escape(heading), self.body);
        let text = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{heading} - offwatch</title>\
             <style>{STYLE}</style></head>\n<body><main><h1>{heading}</h1>\n{body}\n</main></body></html>\n"
        );
        (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
    }
}

/// What is answered to everything that leads nowhere: the same bytes, whatever is wrong.
pub(super) fn nowhere() -> Response {
    let page = Page::default().prose("There is nothing at this address: it is incomplete, or it was for a task that has begun by now.");
    let page = page.prose(
        "Mail programs break long addresses: open the link from the letter once more. The newest letter about a task has links that work.",
    );
    page.under(StatusCode::NOT_FOUND, "Nothing here")
}

/// What is answered to whoever asks too often.
pub(super) fn busy() -> Response {
    let page = Page::default().prose("Too much was asked within a minute. Nothing was done; try again in a minute.");
    ([(header::RETRY_AFTER, "60")], page.under(StatusCode::TOO_MANY_REQUESTS, "Try again in a minute")).into_response()
}

/// What is answered while the state cannot be read or written.
pub(super) fn trouble() -> Response {
    let page = Page::default().prose("Nothing was done: what offwatch knows cannot be reached at the moment. Try again in a minute.");
    ([(header::RETRY_AFTER, "60")], page.under(StatusCode::SERVICE_UNAVAILABLE, "Try again in a minute")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_calendar_says_is_text() {
        let hostile = "\"><script>alert('1')</script>&amp;\u{202e}\r\n";
        assert_eq!(escape(hostile), "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;");
        let page = Page::default().prose(hostile).facts(&[("Task", hostile.to_owned())]);
        let page = page.form(hostile, &[Field::Choice("to", "Who", vec![(hostile.to_owned(), hostile.to_owned())])], hostile, false);
        assert!(!page.body.contains("<script") && !page.body.contains("\"\">"), "{}", page.body);
    }
}
