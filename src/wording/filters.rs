//! What a template may do with what it is given: write an instant as its reader reads it, count, cut, join. Nothing else reaches
//! out of a template, and the library's own way to call a value harmless is taken away.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use minijinja::value::{Object, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State};

use super::time::Times;
use super::{clean, markup};
use crate::window::Window;

/// Under which name a template's reader is known to its filters.
pub(super) const READER: &str = "reader";

/// For whom a template is filled.
#[derive(Debug)]
pub struct Reader(pub Times);

impl Object for Reader {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        match name.as_str()? {
            "is_person" => Some(self.0.own.into()),
            "zone" => Some(self.0.zone().into()),
            _ => None,
        }
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.zone())
    }
}

/// An address.
#[derive(Debug)]
struct Address(String);

impl Object for Address {
    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Words in which addresses of the web are links.
#[derive(Debug)]
struct Linked(String);

impl Object for Linked {
    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Gives templates what they may use.
pub(super) fn add(environment: &mut Environment<'static>) {
    for filter in ["safe", "escape", "e", "tojson", "pprint"] {
        environment.remove_filter(filter);
    }
    environment.add_filter("moment", |state: &State<'_, '_>, at: &Value| instant(state, at, Times::moment));
    environment.add_filter("when", |state: &State<'_, '_>, at: &Value| instant(state, at, Times::brief));
    environment.add_filter("short", |state: &State<'_, '_>, at: &Value| instant(state, at, Times::short));
    environment.add_filter("day", |state: &State<'_, '_>, at: &Value| instant(state, at, Times::date));
    environment.add_filter("distance", |state: &State<'_, '_>, at: &Value| instant(state, at, Times::distance));
    environment.add_filter("age", |state: &State<'_, '_>, at: &Value| instant(state, at, Times::age));
    environment.add_filter("stretch", stretch);
    environment.add_filter("span", |state: &State<'_, '_>, milliseconds: i64| {
        Ok::<_, Error>(reader(state)?.0.span(SignedDuration::from_millis(milliseconds)))
    });
    environment.add_filter("and", |state: &State<'_, '_>, names: &Value| {
        let names: Vec<String> = names.try_iter()?.map(|name| name.to_string()).collect();
        Ok::<_, Error>(reader(state)?.0.language().and(&names))
    });
    environment.add_filter("cut", |text: &str, limit: usize| clean::line(text, limit));
    environment.add_filter("link", |address: &str| Value::from_object(Address(address.to_owned())));
    environment.add_filter("links", |text: &str| Value::from_object(Linked(text.to_owned())));
    environment.add_function("count", |number: i64, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many }));
    environment.set_formatter(format);
}

/// Puts a value into a text: wrapped, so that it is words and nothing else; or into HTML, escaped.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if *state.auto_escape() == AutoEscape::Html {
        let text = value.to_string();
        let text = if value.is_safe() { text } else { escaped(&text) };
        return out.write_str(&text).map_err(|_| Error::new(ErrorKind::WriteFailure, "a page"));
    }
    if value.is_none() || value.is_undefined() {
        return Ok(());
    }
    // What a macro or a captured block of the template made is the template's own.
    let wrapped = match (value.downcast_object_ref::<Address>(), value.downcast_object_ref::<Linked>()) {
        _ if value.is_safe() => value.to_string(),
        (Some(Address(address)), _) => markup::link(address),
        (None, Some(Linked(text))) => linked(text),
        (None, None) => markup::value(&value.to_string()),
    };
    out.write_str(&wrapped).map_err(|_| Error::new(ErrorKind::WriteFailure, "a text"))
}

/// Words, and links where addresses stand among them; a full stop behind one is none of it.
fn linked(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match clean::address(word) {
        Some(address) => {
            let (before, behind) = word.split_once(address).unwrap_or((word, ""));
            [markup::value(before), markup::link(address), markup::value(behind)].concat()
        }
        None => markup::value(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Words as they stand in HTML. The library would write slashes as numbers too, which not every program understands in addresses.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// For whom the template is filled.
fn reader(state: &State<'_, '_>) -> Result<Arc<Reader>, Error> {
    let found = state.lookup(READER).and_then(|reader| reader.downcast_object::<Reader>());
    found.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "nobody is known for whom times could be written"))
}

/// An instant that a template was given.
fn at(value: &Value) -> Result<Timestamp, Error> {
    let milliseconds = value.as_i64().and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
    milliseconds.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("{value:?} is no instant")))
}

/// An instant in words.
fn instant(state: &State<'_, '_>, value: &Value, told: impl Fn(&Times, Timestamp) -> String) -> Result<String, Error> {
    Ok(told(&reader(state)?.0, at(value)?))
}

/// A stretch in words.
fn stretch(state: &State<'_, '_>, window: &Value) -> Result<String, Error> {
    let window = Window::new(at(&window.get_attr("start")?)?, at(&window.get_attr("end")?)?);
    let window = window.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the stretch ends before it begins"))?;
    Ok(reader(state)?.0.stretch(window))
}
