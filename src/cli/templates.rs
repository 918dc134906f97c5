//! `offwatch templates`: the words of letters: which there are, those that are shipped to begin with, how one's own differ, and
//! whether every letter can be written with them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use serde_json::json;
use similar::TextDiff;

use super::demo::{make, write};
use super::near::suggestion;
use super::session::Session;
use super::{Format, USUAL, lacks, print, usage};
use crate::mail::samples;
use crate::wording::{Reads, Style, Words};

/// What to do with templates.
#[derive(Debug, clap::Args)]
pub(super) struct Templates {
    /// What to do.
    #[command(subcommand)]
    what: What,
}

/// What can be done with them.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Name all templates, and which of them are your own.
    #[command(after_long_help = r#"With `--format json`, a line each: {"name", "own", "shipped"}."#)]
    List,
    /// Write shipped templates into a folder, to be changed there; what lies there already is left as it is.
    Export {
        /// Which; all when none is given.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// The folder; name it in `[mail] templates_dir`, and delete from it what you do not change.
        #[arg(long, value_name = "FOLDER", default_value = "templates")]
        into: PathBuf,
    },
    /// Show how your own templates differ from those that are shipped, which may have changed since you took them.
    Diff,
    /// Write a sample of every letter, in every language, with the templates in force.
    #[command(after_long_help = r#"With `--format json`, one object: {"templates", "own", "languages", "letters"}."#)]
    Check {
        /// Where to leave the samples as .eml files, to be looked at in a mail program.
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
}

/// Does it.
pub(super) fn run(session: &Session<'_>, templates: &Templates) -> Result<u8> {
    if let What::Export { names, into } = &templates.what {
        return export(names, into);
    }
    // Whoever has no configuration yet may look at what is shipped. One with a broken template is told so when it is read.
    let shipped = lacks(session.config, Path::new(USUAL));
    let style = if shipped { Style::default() } else { session.load()?.style };
    match &templates.what {
        What::List => list(session, &style.words),
        What::Diff => diff(&style.words),
        What::Check { into } => check(session, &style, into.as_deref()),
        What::Export { .. } => Ok(0),
    }
}

/// Names them all.
fn list(session: &Session<'_>, words: &Words) -> Result<u8> {
    let own: Vec<String> = words.own().map(str::to_owned).collect();
    let mut names: Vec<String> = Words::names().map(str::to_owned).chain(own.iter().cloned()).collect();
    names.sort_unstable();
    names.dedup();
    let line = |name: &String| {
        let (is_own, is_shipped) = (own.contains(name), Words::shipped_source(name).is_some());
        match (session.format, is_own, is_shipped) {
            (Format::Json, ..) => format!("{}\n", json!({ "name": name, "own": is_own, "shipped": is_shipped })),
            (Format::Text, false, _) => format!("{name}\n"),
            (Format::Text, true, true) => format!("{name:<32} yours, in place of the shipped one\n"),
            (Format::Text, true, false) => format!("{name:<32} yours\n"),
        }
    };
    print(&names.iter().map(line).collect::<String>())?;
    Ok(0)
}

/// Writes shipped ones into a folder.
fn export(names: &[String], into: &Path) -> Result<u8> {
    let wanted: Vec<&str> = if names.is_empty() { Words::names().collect() } else { names.iter().map(String::as_str).collect() };
    if let Some(unknown) = wanted.iter().find(|name| Words::shipped_source(name).is_none()) {
        let near = suggestion(unknown, Words::names());
        return Err(usage(format!("no template is called `{unknown}`{near}")));
    }
    for name in wanted {
        let path = into.join(name);
        if path.try_exists().unwrap_or(true) {
            print(&format!("{} is left as it is\n", path.display()))?;
            continue;
        }
        make(path.parent().unwrap_or(into))?;
        write(&path, Words::shipped_source(name).unwrap_or_default().as_bytes(), true)?;
        print(&format!("{}\n", path.display()))?;
    }
    Ok(0)
}

/// Shows how one's own differ.
fn diff(words: &Words) -> Result<u8> {
    let mut told = String::new();
    for name in words.own() {
        let (shipped, own) = (Words::shipped_source(name).unwrap_or_default(), words.source(name).unwrap_or_default());
        let diff = TextDiff::from_lines(shipped, own);
        told.push_str(&diff.unified_diff().header(&format!("shipped/{name}"), &format!("yours/{name}")).to_string());
    }
    print(&told)?;
    Ok(0)
}

/// Writes a sample of every letter. That none fails was seen to when the configuration was read.
fn check(session: &Session<'_>, style: &Style, into: Option<&Path>) -> Result<u8> {
    let mut letters = 0_usize;
    let languages: Vec<String> = style.words.languages().map(str::to_owned).collect();
    for language in &languages {
        let reads = Reads { language: language.clone(), ..style.reads.clone() };
        for sample in samples::samples(Style { words: Arc::clone(&style.words), reads, ..style.clone() }) {
            letters = letters.saturating_add(1);
            if let Some(into) = into {
                make(into)?;
                write(&into.join(format!("{language}-{}.eml", sample.name)), &sample.letter.bytes, false)?;
            }
        }
    }
    let (own, all) = (style.words.own().count(), Words::names().count());
    print(&match session.format {
        Format::Json => format!("{}\n", json!({ "templates": all, "own": own, "languages": languages, "letters": letters })),
        Format::Text => {
            let place = into.map(|into| format!("; they lie in {}", into.display())).unwrap_or_default();
            format!("{letters} samples were written, in {}, with {own} templates of yours{place}\n", languages.join(", "))
        }
    })?;
    Ok(0)
}
