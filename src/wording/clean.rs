//! Words from elsewhere made harmless: whatever a calendar held, no control or direction character, no foreign line break and
//! no sign of the markup gets through.

use super::markup;
use crate::people;

/// `text` as one clean line of at most `limit` characters, cut with `...`.
pub fn line(text: &str, limit: usize) -> String {
    let mut clean = String::new();
    for word in words(text) {
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(&word);
        if clean.len() > limit.saturating_mul(4) {
            break;
        }
    }
    if clean.chars().count() <= limit {
        return clean;
    }
    let kept: String = clean.chars().take(limit.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// The first address of the web in `text`, without the signs that end a sentence behind it.
pub fn address(text: &str) -> Option<&str> {
    let from = ["https://", "http://"].into_iter().filter_map(|scheme| text.find(scheme)).min()?;
    let address = text.get(from..)?.split(char::is_whitespace).next()?;
    Some(address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '>', '"', '\'']))
}

/// The visible words of `text` in one line.
pub(super) fn words_of(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

/// The visible words of `text`.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let harmless = |letter: &char| !people::steers(*letter) && !markup::is_sign(*letter);
    parts.map(move |part| part.chars().filter(harmless).collect::<String>()).filter(|word| !word.is_empty())
}
