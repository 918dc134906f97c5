//! `[mail]`: how letters are worded. Templates of one's own are read from a folder and tried with samples of every letter, so that
//! a broken one is told when the configuration is read, and not when somebody should be written to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::problem::Fault;
use super::reader::{Reader, chosen, full};
use super::secret::Surroundings;
use crate::mail;
use crate::wording::{Dates, Reads, Style, Words};

/// The longest template, in bytes.
const LONGEST: u64 = 256 * 1024;

/// Reads what `[mail]` says of words.
pub(super) fn style(mail: &Reader<'_>, place: &Surroundings) -> Option<Style> {
    let own = match mail.string("templates_dir") {
        Some(word) => mail.understood(&word, |text| folder(&place.base.join(full(text, "templates_dir")?)))?,
        None => BTreeMap::new(),
    };
    let words = if own.is_empty() { Some(Words::shipped()) } else { tried(mail, own) };
    let words = words?;
    let reads = reads(mail, &words, &Reads::default());
    let note = mail.text("note");
    Some(Style { words, reads: reads?, readers: BTreeMap::new(), note })
}

/// How somebody reads letters, in `[mail]` or in their own table; what is not said is as in `usual`.
pub(super) fn reads(table: &Reader<'_>, words: &Words, usual: &Reads) -> Option<Reads> {
    let known: Vec<&str> = words.languages().collect();
    let language = table.parsed_or("language", &usual.language, |text| {
        let fault = || Fault::new(format!("no templates are in `{text}`")).hint(format!("there are {}", known.join(", ")));
        if known.contains(&text) { Ok(text.to_owned()) } else { Err(fault().nearest(text, known.iter().copied())) }
    });
    let usual_dates = if usual.dates == Dates::Iso { "iso" } else { "words" };
    let dates = table.parsed_or("dates", usual_dates, |text| chosen("dates", text, &[("words", Dates::Words), ("iso", Dates::Iso)]));
    let plain = table.flag("plain", usual.plain);
    Some(Reads { language: language?, dates: dates?, plain })
}

/// The words with templates of one's own, after samples of all letters were written with them.
fn tried(mail: &Reader<'_>, own: BTreeMap<String, String>) -> Option<Arc<Words>> {
    let span = mail.value("templates_dir")?.span();
    let words = match Words::with(own) {
        Ok(words) => Arc::new(words),
        Err(bad) => {
            mail.report(&span, Fault::new(bad.to_string()));
            return None;
        }
    };
    let troubles = mail::check(&words);
    for trouble in &troubles {
        mail.report(&span, Fault::new(trouble.clone()).hint("`offwatch templates check` tells all that is wrong with templates"));
    }
    troubles.is_empty().then_some(words)
}

/// The templates in a folder by name: `frame.html`, `en/letter.txt`.
fn folder(folder: &Path) -> Result<BTreeMap<String, String>, Fault> {
    let mut found = BTreeMap::new();
    for (name, path) in files(folder)? {
        if path.is_dir() {
            for (inner, path) in files(&path)? {
                take(&mut found, format!("{name}/{inner}"), &path)?;
            }
        } else {
            take(&mut found, name, &path)?;
        }
    }
    Ok(found)
}

/// What lies in a folder, hidden files and copies that editors leave not counted.
fn files(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, Fault> {
    let told = |error: std::io::Error| Fault::new(format!("cannot read folder `{}`: {}", folder.display(), error.kind()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let entry = entry.map_err(told)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !(name.starts_with('.') || name.ends_with('~')) {
            files.push((name, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// Takes in one template. One of a name that nothing asks for would be without effect, so it is refused.
fn take(found: &mut BTreeMap<String, String>, name: String, path: &Path) -> Result<(), Fault> {
    if !Words::is_name(&name) {
        let like = match name.split_once('/') {
            Some((tag, rest)) => Words::names()
                .find(|known| known.strip_prefix("en/").is_some_and(|known| near(known, rest)))
                .map(|known| known.replacen("en/", &format!("{tag}/"), 1)),
            None => None,
        };
        let fault = Fault::new(format!("no template is called `{name}`"));
        let hint = like.map_or_else(|| "`offwatch templates list` names them all".to_owned(), |like| format!("did you mean `{like}`?"));
        return Err(fault.hint(hint));
    }
    let told = |why: String| Fault::new(format!("template `{name}`: {why}"));
    let length = fs::metadata(path).map_err(|error| told(error.kind().to_string()))?.len();
    if length > LONGEST {
        return Err(told(format!("is longer than {LONGEST} bytes")));
    }
    let text = fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
    found.insert(name, text);
    Ok(())
}

/// Whether one of the two could be a slip of the pen for the other.
fn near(known: &str, written: &str) -> bool {
    super::problem::nearest(written, [known]).is_some()
}
