//! `offwatch preview`: a letter as its recipient sees it, from the outbox or, when it is still to come, from the plan.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use mail_parser::MessageParser;
use serde_json::json;

use super::near::suggestion;
use super::session::{self, Session};
use super::{Format, instant, plan, print, usage};
use crate::people::Address;
use crate::plan::HORIZON;

/// Which letter, and how to show it.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = r#"With `--format json`, one object: {"subject", "to", "text", "html"}; `html` is null in a letter that has none."#
)]
pub(super) struct Preview {
    /// The key of a notice, as `plan`, `simulate` and `outbox list` show it.
    key: String,
    /// The whole message as it goes out.
    #[arg(long)]
    eml: bool,
    /// The page that mail programs show in place of the text.
    #[arg(long, conflicts_with = "eml")]
    html: bool,
    /// The instant from which to look for a letter still to come; now when not given.
    #[arg(long, value_parser = instant, value_name = "INSTANT")]
    at: Option<Timestamp>,
}

/// A letter that was found.
struct Found {
    /// To whom.
    to: Address,
    /// Its subject.
    subject: String,
    /// The whole message.
    bytes: Vec<u8>,
}

/// Finds and shows.
pub(super) async fn run(session: &Session<'_>, preview: &Preview) -> Result<u8> {
    let found = Box::pin(find(session, preview)).await?;
    if preview.eml {
        let mut out = std::io::stdout().lock();
        out.write_all(&found.bytes)?;
        out.flush()?;
        return Ok(0);
    }
    let (text, html) = forms(&found.bytes)?;
    print(&match session.format {
        Format::Json => format!("{}\n", json!({ "subject": found.subject, "to": found.to.as_str(), "text": text, "html": html })),
        Format::Text if preview.html => html.context("this letter is plain text only")?,
        Format::Text => format!("To: {}\nSubject: {}\n\n{text}", found.to, found.subject),
    })?;
    Ok(0)
}

/// The letter that says the key.
async fn find(session: &Session<'_>, preview: &Preview) -> Result<Found> {
    let config = Arc::new(session.load()?);
    let now = session::at(preview.at);
    let (cycle, store) = session.reading(&config, now).await?;
    if let Some(letter) = store.letter(&preview.key).await? {
        return Ok(Found { to: letter.to, subject: letter.subject, bytes: letter.bytes });
    }
    let mut known: Vec<String> = cycle.past().said.keys().map(ToString::to_string).collect();
    let until = now.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
    for (_, written) in plan::ahead(cycle, now, until).await? {
        let letter = written.letter;
        if letter.notices.iter().any(|said| said.key.as_str() == preview.key) {
            return Ok(Found { to: letter.to, subject: letter.subject, bytes: letter.bytes });
        }
        known.extend(letter.notices.iter().map(|said| said.key.to_string()));
    }
    let near = suggestion(&preview.key, known.iter().map(String::as_str));
    Err(usage(format!("no letter says `{}`, and none will in the next 120 days as far as is known{near}", preview.key)))
}

/// What a message says, in the two forms that a mail program shows.
fn forms(bytes: &[u8]) -> Result<(String, Option<String>)> {
    let message = MessageParser::default().parse(bytes).context("the letter's bytes are no message")?;
    let text = message.text_bodies().next().and_then(|part| part.text_contents()).context("the letter has no text")?;
    let html = message.html_bodies().find(|part| part.is_text_html()).and_then(|part| part.text_contents());
    Ok((text.replace("\r\n", "\n"), html.map(|html| html.replace("\r\n", "\n"))))
}
