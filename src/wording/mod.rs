//! The words of letters: a template for each kind and language, filled by a library that gives it nothing but what it is handed.
//! Templates may be replaced one by one; one that cannot be filled gives way to the shipped one, and that is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

pub mod clean;
mod entries;
mod filters;
mod language;
pub mod markup;
mod pages;
mod shipped;
mod time;

pub use entries::Entries;
pub use filters::Reader;
pub use language::{Dates, Language};
pub use pages::{Pages, filled};
use shipped::SHIPPED;
pub use time::{Clock, Face, Times};

use crate::people::EngineerId;

/// How many steps a template may take: a digest of thousands of lines, and an end to what would go on for ever.
const FUEL: u64 = 5_000_000;

/// The file that says what a language calls days and months.
const LANGUAGE: &str = "language.toml";

/// The frame of every letter in HTML.
const FRAME: &str = "frame.html";

/// All templates in force.
pub struct Words {
    /// Templates by name, `en/letter.txt`.
    templates: Environment<'static>,
    /// The shipped ones, when others are in force.
    spare: Option<Environment<'static>>,
    /// Languages by tag.
    languages: BTreeMap<String, Arc<Language>>,
    /// What was replaced or added, by name.
    own: BTreeMap<String, String>,
    /// What went wrong since somebody asked.
    troubles: Mutex<Vec<String>>,
}

/// Why templates cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template `{name}`{}: {why}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct BadTemplate {
    /// Which.
    pub name: String,
    /// In which line, if that is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub why: String,
}

impl fmt::Debug for Words {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Words").field("own", &self.own.keys()).finish_non_exhaustive()
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.own == other.own
    }
}

impl Eq for Words {}

impl Words {
    /// The shipped words.
    ///
    /// # Panics
    /// When a shipped template is none: a test reads them all.
    pub fn shipped() -> Arc<Self> {
        static SHARED: std::sync::LazyLock<Arc<Words>> = std::sync::LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "built in, and read by every test of a letter")]
            Arc::new(Words::with(BTreeMap::new()).expect("the shipped templates are templates"))
        });
        Arc::clone(&SHARED)
    }

    /// The shipped words with others in the place of those of the same name, and new languages beside them. What a language lacks
    /// it has from English.
    pub fn with(own: BTreeMap<String, String>) -> Result<Self, BadTemplate> {
        let shipped: BTreeMap<String, String> = SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let spare = if own.is_empty() { None } else { Some(environment(&shipped)?) };
        let mut all = shipped;
        all.extend(own.clone());
        let mut languages = BTreeMap::new();
        for (name, text) in &all {
            if let Some(tag) = name.strip_suffix(LANGUAGE).and_then(|name| name.strip_suffix('/')) {
                let language = Language::read(text).map_err(|why| BadTemplate { name: name.clone(), line: None, why })?;
                languages.insert(tag.to_owned(), Arc::new(language));
            }
        }
        // Without its language file a folder is no language, and nothing in it would ever be used.
        let homeless = own.keys().find(|name| name.split_once('/').is_some_and(|(tag, _)| !languages.contains_key(tag)));
        if let Some(name) = homeless {
            let tag = name.split('/').next().unwrap_or_default();
            return Err(BadTemplate { name: name.clone(), line: None, why: format!("a language needs `{tag}/{LANGUAGE}`") });
        }
        Ok(Self { templates: environment(&all)?, spare, languages, own, troubles: Mutex::default() })
    }

    /// The tags of the languages that there are.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// A language; English where there is no such one.
    pub fn language(&self, tag: &str) -> Arc<Language> {
        let found = self.languages.get(tag).or_else(|| self.languages.get("en"));
        found.cloned().unwrap_or_default()
    }

    /// The words of pages in a language; in English where it has none.
    pub fn pages(&self, tag: &str) -> Pages {
        let pages = |words: &Self, tag: &str| words.language(tag).pages().cloned();
        pages(self, tag).or_else(|| pages(&Self::shipped(), "en")).unwrap_or_default()
    }

    /// The words of entries for calendars, likewise.
    pub fn entries(&self, tag: &str) -> Entries {
        let entries = |words: &Self, tag: &str| words.language(tag).entries().cloned();
        entries(self, tag).or_else(|| entries(&Self::shipped(), "en")).unwrap_or_default()
    }

    /// The names of all templates that are shipped.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// Whether a template of that name is asked for, in whatever language.
    pub fn is_name(name: &str) -> bool {
        let of_a_language = |(tag, rest): (&str, &str)| {
            let is_tag = (2..=20).contains(&tag.len()) && tag.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-');
            is_tag && Self::names().any(|known| known.strip_prefix("en/") == Some(rest))
        };
        name == FRAME || name.split_once('/').is_some_and(of_a_language)
    }

    /// The shipped text under `name`.
    pub fn shipped_source(name: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// The text that stands in force under `name`, shipped or not.
    pub fn source(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(String::as_str).or_else(|| Self::shipped_source(name))
    }

    /// What was replaced or added.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// Fills the template of that name in a reader's language.
    pub fn fill(&self, name: &str, times: &Times, facts: Value) -> String {
        let tag = times.language().tag.clone();
        let reader = Value::from_object(Reader(times.clone()));
        let context = Value::from_object(Context { facts, reader });
        let filled = fill(&self.templates, &tag, name, &context);
        match (filled, &self.spare) {
            (Ok(filled), _) => filled,
            (Err(error), spare) => {
                self.trouble(&error);
                let filled = spare.as_ref().map(|spare| fill(spare, &tag, name, &context));
                match filled {
                    Some(Ok(filled)) => filled,
                    Some(Err(error)) => {
                        self.trouble(&error);
                        String::new()
                    }
                    None => String::new(),
                }
            }
        }
    }

    /// Fills the frame of a letter in HTML.
    pub fn frame(&self, facts: &Value) -> String {
        let draw = |environment: &Environment<'static>| {
            environment.get_template(FRAME).and_then(|frame| frame.render(facts)).map_err(|error| bad(&error))
        };
        draw(&self.templates).unwrap_or_else(|error| {
            self.trouble(&error);
            self.spare.as_ref().and_then(|spare| draw(spare).ok()).unwrap_or_default()
        })
    }

    /// What went wrong since this was asked last.
    pub fn troubles(&self) -> Vec<String> {
        std::mem::take(&mut *self.troubles.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that something went wrong.
    fn trouble(&self, error: &BadTemplate) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        let told = error.to_string();
        if !troubles.contains(&told) {
            troubles.push(told);
        }
    }
}

/// How letters are worded, and for whom how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// The words in force.
    pub words: Arc<Words>,
    /// How mailboxes read their letters, and engineers who did not say.
    pub reads: Reads,
    /// How those engineers do who said so.
    pub readers: BTreeMap<EngineerId, Reads>,
    /// What stands at the foot of each letter in place of the admin's address.
    pub note: Option<String>,
}

/// How somebody reads letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reads {
    /// The tag of their language.
    pub language: String,
    /// How they read dates.
    pub dates: Dates,
    /// Whether they want nothing but plain text.
    pub plain: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { words: Words::shipped(), reads: Reads::default(), readers: BTreeMap::new(), note: None }
    }
}

impl Default for Reads {
    fn default() -> Self {
        Self { language: "en".to_owned(), dates: Dates::Words, plain: false }
    }
}

impl Style {
    /// How an engineer reads, or a mailbox when none.
    pub fn reads(&self, engineer: Option<&EngineerId>) -> &Reads {
        engineer.and_then(|engineer| self.readers.get(engineer)).unwrap_or(&self.reads)
    }
}

/// What a template is handed: its facts, and its reader.
#[derive(Debug)]
struct Context {
    /// The facts.
    facts: Value,
    /// The reader.
    reader: Value,
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        if name.as_str() == Some(filters::READER) {
            return Some(self.reader.clone());
        }
        self.facts.get_item(name).ok().filter(|value| !value.is_undefined())
    }
}

/// Fills a template.
fn fill(environment: &Environment<'static>, tag: &str, name: &str, context: &Value) -> Result<String, BadTemplate> {
    let template = environment.get_template(&format!("{tag}/{name}.txt")).or_else(|_| environment.get_template(&format!("en/{name}.txt")));
    template.and_then(|template| template.render(context)).map_err(|error| bad(&error))
}

/// Reads templates.
fn environment(templates: &BTreeMap<String, String>) -> Result<Environment<'static>, BadTemplate> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| if is(name, "html") { AutoEscape::Html } else { AutoEscape::Custom("letter".into()) });
    let syntax = SyntaxConfig::builder()
        .line_statement_prefix("%")
        .line_comment_prefix("%#")
        .keep_trailing_newline(true)
        .build()
        .map_err(|error| bad(&error))?;
    environment.set_syntax(syntax);
    // `{% include "_task.txt" %}` is the one of the same language, else the English one.
    let known: std::collections::BTreeSet<String> = templates.keys().cloned().collect();
    environment.set_path_join_callback(move |name, parent| {
        let beside = parent.split_once('/').map(|(tag, _)| format!("{tag}/{name}")).filter(|beside| known.contains(beside));
        beside.unwrap_or_else(|| format!("en/{name}")).into()
    });
    filters::add(&mut environment);
    for (name, text) in templates.iter().filter(|(name, _)| !is(name, "toml")) {
        environment.add_template_owned(name.clone(), text.clone()).map_err(|error| bad(&error))?;
    }
    Ok(environment)
}

/// Whether a file's name ends like that.
fn is(name: &str, ending: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|known| known == ending)
}

/// A template's fault, as it is told.
fn bad(error: &minijinja::Error) -> BadTemplate {
    let mut causes = vec![error];
    while let Some(cause) = causes.last().and_then(|error| std::error::Error::source(*error)).and_then(|cause| cause.downcast_ref()) {
        causes.push(cause);
    }
    // The innermost knows where it happened; what is around it only says that something was included.
    let told = causes.iter().rev().find(|error| error.name().is_some()).copied().unwrap_or(error);
    let why = told.detail().map_or_else(|| told.kind().to_string(), |detail| format!("{}: {detail}", told.kind()));
    BadTemplate { name: told.name().unwrap_or_default().to_owned(), line: told.line(), why }
}
