//! Reads a TOML table setting by setting, each with its place, and notes everything that is wrong instead of stopping.
//! Knows what was asked for, so that whatever else stands in a table is reported. Means nothing by any setting.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Fault, Place, Problem, Problems, brief};

/// A value with its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A string with its place.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    /// The string, free of control characters.
    pub(super) text: &'a str,
    /// Where it stands.
    pub(super) span: Range<usize>,
}

/// A setting that nobody asked for.
struct Stray {
    /// The table it stands in.
    section: &'static str,
    /// Whose table that is.
    who: String,
    /// Its name.
    key: String,
    /// Where it stands.
    span: Range<usize>,
}

/// The whole file, and what is wrong with it so far.
pub(super) struct Sheet<'a> {
    /// The text.
    text: &'a str,
    /// Where its lines end.
    ends: Vec<usize>,
    /// Whether all of the text could be read: if not, something that seems to be missing may just be unreadable.
    whole: bool,
    /// The lines of syntax errors: whatever else is wrong there may be wrong only for that.
    broken: Vec<usize>,
    /// What is wrong, by its offset in the text.
    problems: RefCell<Vec<(usize, Problem)>>,
    /// What is odd but no reason to refuse.
    warnings: RefCell<Vec<String>>,
    /// Every setting that was asked for, by section.
    known: RefCell<BTreeMap<&'static str, BTreeSet<&'static str>>>,
    /// What nobody asked for.
    strays: RefCell<Vec<Stray>>,
}

impl<'a> Sheet<'a> {
    /// The sheet of `text`, with its syntax errors.
    pub(super) fn new(text: &'a str, errors: &[toml::de::Error]) -> Self {
        let mut sheet = Self {
            text,
            ends: text.match_indices('\n').map(|(end, _)| end).collect(),
            whole: errors.is_empty(),
            broken: Vec::new(),
            problems: RefCell::default(),
            warnings: RefCell::default(),
            known: RefCell::default(),
            strays: RefCell::default(),
        };
        for error in errors {
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            sheet.report(error.span().as_ref(), "", Fault::new(message));
        }
        sheet.broken = errors.iter().filter_map(|error| Some(Place::of(&error.span()?, text).line)).collect();
        sheet
    }

    /// Notes a problem at `span`.
    fn report(&self, span: Option<&Range<usize>>, who: &str, fault: Fault) {
        let place = span.map(|span| (span.start, Place::of(span, self.text)));
        if place.as_ref().is_none_or(|(_, place)| !self.broken.contains(&place.line)) {
            self.note(place, who, fault);
        }
    }

    /// Notes a problem at a place and its offset.
    fn note(&self, place: Option<(usize, Place)>, who: &str, fault: Fault) {
        let (offset, place) = place.map_or((usize::MAX, None), |(offset, place)| (offset, Some(place)));
        let problem = brief(&if who.is_empty() { fault.problem } else { format!("{who}: {}", fault.problem) });
        self.problems.borrow_mut().push((offset, Problem { place, problem, hint: fault.hint }));
    }

    /// Notes something that is missing or out of place, unless part of the text could not be read.
    fn report_if_whole(&self, span: Option<&Range<usize>>, who: &str, fault: Fault) {
        if self.whole {
            self.report(span, who, fault);
        }
    }

    /// Notes something odd.
    pub(super) fn warn(&self, warning: String) {
        self.warnings.borrow_mut().push(warning);
    }

    /// The line in which `span` begins, from 1.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.ends.partition_point(|end| *end < span.start).saturating_add(1)
    }

    /// Every setting that was asked for, as (section, name).
    pub(super) fn known(&self) -> Vec<(&'static str, &'static str)> {
        self.known.borrow().iter().flat_map(|(section, keys)| keys.iter().map(|key| (*section, *key))).collect()
    }

    /// What is wrong, and the warnings if nothing is.
    pub(super) fn close(self, file: &str) -> Result<Vec<String>, Problems> {
        let known = self.known();
        for stray in self.strays.take() {
            let place = Place::of(&stray.span, self.text).without_value();
            if self.whole {
                self.note(Some((stray.span.start, place)), &stray.who, unknown(&stray, &known));
            }
        }
        let mut problems = self.problems.into_inner();
        if problems.is_empty() {
            return Ok(self.warnings.into_inner());
        }
        problems.sort_by_key(|(offset, _)| *offset);
        Err(Problems { file: file.to_owned(), problems: problems.into_iter().map(|(_, problem)| problem).collect() })
    }
}

/// What to say of a setting that is not one.
fn unknown(stray: &Stray, known: &[(&'static str, &'static str)]) -> Fault {
    let what = if stray.section.is_empty() { "section" } else { "setting" };
    let fault = Fault::new(format!("unknown {what} `{}`", stray.key));
    let exact = known.iter().filter(|(section, key)| *key == stray.key && !section.is_empty());
    let elsewhere: Vec<String> = exact.map(|(section, _)| format!("`{section}`")).collect();
    if !elsewhere.is_empty() {
        return fault.hint(format!("it belongs in {}", elsewhere.join(" or ")));
    }
    fault.nearest(&stray.key, known.iter().filter(|(section, _)| *section == stray.section).map(|(_, key)| *key))
}

/// One table and whose it is.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    /// The file it stands in.
    pub(super) sheet: &'a Sheet<'a>,
    /// Which kind of table it is; empty for the whole file.
    section: &'static str,
    /// How problems name it.
    pub(super) who: String,
    /// What it holds; none when it is not in the file.
    table: Option<&'a DeTable<'a>>,
    /// Where it begins.
    span: Option<Range<usize>>,
}

impl<'a> Reader<'a> {
    /// The whole file.
    pub(super) fn new(sheet: &'a Sheet<'a>, table: &'a DeTable<'a>) -> Self {
        Self { sheet, section: "", who: String::new(), table: Some(table), span: None }
    }

    /// The table `[name]`, which may be absent.
    pub(super) fn section(&self, name: &'static str) -> Self {
        let value = self.value(name);
        let table = value.and_then(|value| self.table_of(name, value));
        Self { sheet: self.sheet, section: name, who: format!("`[{name}]`"), table, span: value.map(Spanned::span) }
    }

    /// The tables `[[name]]`, each named by its own `title`.
    pub(super) fn sections(&self, name: &'static str, title: &'static str) -> Vec<Self> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(value, name, &format!("written as `[[{name}]]`"));
            return Vec::new();
        };
        let tables = list.iter().enumerate().map(|(index, value)| {
            let table = self.table_of(name, value);
            let named = table.and_then(|table| table.get(title)).and_then(|value| value.get_ref().as_str());
            let who = named.map_or_else(|| format!("{name} {}", index + 1), |named| format!("{name} `{}`", named.escape_debug()));
            Self { sheet: self.sheet, section: name, who, table, span: Some(value.span()) }
        });
        tables.collect()
    }

    /// A table inside this one, its settings counted to `section`.
    pub(super) fn inside(&self, section: &'static str, value: &'a Value<'a>) -> Self {
        let table = value.get_ref().as_table();
        Self { sheet: self.sheet, section, who: self.who.clone(), table, span: Some(value.span()) }
    }

    /// The table that `value` should be.
    fn table_of(&self, name: &str, value: &'a Value<'a>) -> Option<&'a DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(value, name, &format!("a section `[{name}]`"));
        }
        table
    }

    /// Notes a problem at `span`.
    pub(super) fn report(&self, span: &Range<usize>, fault: Fault) {
        self.sheet.report(Some(span), &self.who, fault);
    }

    /// Notes a problem that part of the text being unreadable could explain.
    pub(super) fn report_if_whole(&self, span: &Range<usize>, fault: Fault) {
        self.sheet.report_if_whole(Some(span), &self.who, fault);
    }

    /// Notes that something is missing in this table.
    pub(super) fn missing(&self, fault: Fault) {
        self.sheet.report_if_whole(self.span.as_ref(), &self.who, fault);
    }

    /// Notes something odd.
    pub(super) fn warn(&self, warning: &str) {
        self.sheet.warn(format!("{}: {warning}", self.who));
    }

    /// Notes that `key` is of the wrong type.
    fn wrong(&self, value: &Value<'_>, key: &str, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.report(&value.span(), Fault::new(format!("`{key}` must be {expected}, not {found}")));
    }

    /// The value of `key`, whatever it is.
    pub(super) fn value(&self, key: &'static str) -> Option<&'a Value<'a>> {
        self.sheet.known.borrow_mut().entry(self.section).or_default().insert(key);
        self.table.and_then(|table| table.get(key))
    }

    /// Everything in the table, with the place of each key.
    pub(super) fn entries(&self) -> impl Iterator<Item = (Word<'a>, &'a Value<'a>)> + use<'a> {
        let entries = self.table.into_iter().flat_map(DeTable::iter);
        entries.map(|(key, value)| (Word { text: key.get_ref(), span: key.span() }, value))
    }

    /// The string that `value` is.
    pub(super) fn word(&self, key: &str, value: &'a Value<'a>) -> Option<Word<'a>> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(value, key, "a string");
            return None;
        };
        if text.chars().any(char::is_control) {
            self.report(&value.span(), Fault::new(format!("control characters may not stand in `{key}`")));
            return None;
        }
        Some(Word { text, span: value.span() })
    }

    /// The strings of a list.
    pub(super) fn words(&self, key: &str, value: &'a Value<'a>) -> Option<Vec<Word<'a>>> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(value, key, "a list of strings");
            return None;
        };
        if let Some(item) = list.iter().find(|item| !item.get_ref().is_str()) {
            self.report(&item.span(), Fault::new(format!("`{key}` must hold strings only")));
            return None;
        }
        let words: Vec<_> = list.iter().map(|item| self.word(key, item)).collect();
        words.into_iter().collect()
    }

    /// A string, if there is one.
    pub(super) fn string(&self, key: &'static str) -> Option<Word<'a>> {
        self.value(key).and_then(|value| self.word(key, value))
    }

    /// A list of strings, empty when there is none.
    pub(super) fn strings(&self, key: &'static str) -> Vec<Word<'a>> {
        self.value(key).and_then(|value| self.words(key, value)).unwrap_or_default()
    }

    /// A string that must not be empty, if there is one.
    pub(super) fn text(&self, key: &'static str) -> Option<String> {
        self.parsed(key, |text| full(text, key))
    }

    /// A string as `read` understands it, if there is one.
    pub(super) fn parsed<T, E: Into<Fault>>(&self, key: &'static str, read: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        self.string(key).and_then(|word| self.understood(&word, read))
    }

    /// A string as `read` understands it, or else `default`, written as in the file.
    pub(super) fn parsed_or<T, E: Into<Fault>>(&self, key: &'static str, default: &str, read: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        match self.value(key) {
            Some(value) => self.word(key, value).and_then(|word| self.understood(&word, read)),
            None => read(default).map_err(|fault| self.missing(fault.into())).ok(),
        }
    }

    /// A list of strings as `read` understands them, or else `default`.
    pub(super) fn list_or<T, E: Into<Fault>>(
        &self,
        key: &'static str,
        default: &[&str],
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let read_all: Vec<Option<T>> = match self.value(key) {
            Some(value) => self.words(key, value)?.iter().map(|word| self.understood(word, &read)).collect(),
            None => default.iter().map(|text| read(text).map_err(|fault| self.missing(fault.into())).ok()).collect(),
        };
        read_all.into_iter().collect()
    }

    /// What `read` makes of `word`; its refusal is noted.
    pub(super) fn understood<T, E: Into<Fault>>(&self, word: &Word<'_>, read: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        read(word.text).map_err(|fault| self.report(&word.span, fault.into())).ok()
    }

    /// A setting without which nothing works: notes when it is absent.
    pub(super) fn need(&self, key: &'static str, hint: &str) {
        if self.value(key).is_none() {
            self.missing(Fault::new(format!("`{key}` is missing")).hint(hint));
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else { return default };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(value, key, "`true` or `false`");
            default
        })
    }

    /// A number from 1 to 65535.
    pub(super) fn number(&self, key: &'static str) -> Option<u16> {
        let value = self.value(key)?;
        let number = value.get_ref().as_integer().and_then(|integer| u16::from_str_radix(integer.as_str(), integer.radix()).ok());
        let number = number.filter(|number| *number > 0);
        if number.is_none() {
            self.report(&value.span(), Fault::new(format!("`{key}` must be a number from 1 to 65535")));
        }
        number
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        self.parsed(key, |text| chosen(key, text, choices))
    }

    /// The date that `key` holds.
    pub(super) fn date(&self, key: &'static str) -> Option<jiff::civil::Date> {
        let value = self.value(key)?;
        let date = value.get_ref().as_datetime().filter(|found| found.time.is_none()).and_then(|found| found.date);
        let date = date.and_then(|date| date.to_string().parse().ok());
        if date.is_none() {
            self.wrong(value, key, "a date without quotes, as in `2026-12-01`");
        }
        date
    }

    /// Notes what stands in the table and was not asked for, once all of the file is read.
    pub(super) fn done(&self) {
        let known = self.sheet.known.borrow();
        let asked = known.get(self.section);
        for (key, _) in self.entries().filter(|(key, _)| asked.is_none_or(|asked| !asked.contains(key.text))) {
            let stray = Stray { section: self.section, who: self.who.clone(), key: key.text.escape_debug().to_string(), span: key.span };
            self.sheet.strays.borrow_mut().push(stray);
        }
    }
}

/// The one of `choices` that `text` names.
pub(super) fn chosen<T: Copy>(key: &str, text: &str, choices: &[(&'static str, T)]) -> Result<T, Fault> {
    let found = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
    found.ok_or_else(|| {
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
        Fault::new(format!("`{key}` cannot be `{text}`")).hint(format!("write {}", names.join(" or ")))
    })
}

/// `text`, unless there is nothing in it.
pub(super) fn full(text: &str, key: &str) -> Result<String, Fault> {
    if text.trim().is_empty() { Err(Fault::new(format!("`{key}` is empty"))) } else { Ok(text.trim().to_owned()) }
}
