//! Who goes by a name, and what somebody may have meant by one that nobody knows. Suggests and decides nothing.

use crate::people::Engineer;

/// No more names are suggested.
const MOST: usize = 3;

/// How alike two names must be, 1 being the same.
const ALIKE: f64 = 0.6;

/// Whether an engineer goes by that word: the id, the name, an alias or the address.
pub(super) fn is_called(engineer: &Engineer, word: &str) -> bool {
    let lower = word.to_lowercase();
    let names = [engineer.id.as_str(), engineer.name.as_str()].into_iter().chain(engineer.aliases.iter().map(String::as_str));
    engineer.email.is(word) || names.into_iter().any(|name| name.to_lowercase() == lower)
}

/// `; did you mean …?` with the names nearest to `word`, or nothing when none is near.
pub(super) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let word = word.to_lowercase();
    let mut near: Vec<(f64, &str)> = known.into_iter().filter_map(|name| Some((nearness(&word, name)?, name))).collect();
    near.sort_by(|(one, name), (other, second)| other.total_cmp(one).then(name.cmp(second)));
    near.dedup();
    let near: Vec<String> = near.iter().take(MOST).map(|(_, name)| format!("`{name}`")).collect();
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) }
}

/// How near `name` is to `word`, when it is near at all: alike, or one begins with the other.
fn nearness(word: &str, name: &str) -> Option<f64> {
    let name = name.to_lowercase();
    let alike = strsim::normalized_damerau_levenshtein(word, &name);
    let begins = word.len() >= 3 && (name.starts_with(word) || word.starts_with(&name)) && !name.is_empty();
    (begins || alike >= ALIKE).then_some(if begins { alike.max(ALIKE) } else { alike })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is suggested for `word` among a few names.
    fn check(word: &str) -> String {
        suggestion(word, ["ada", "raj", "upgrade-1@acme", "upgrade-2@acme"])
    }

    #[test]
    fn names_alike_or_begun_are_suggested_and_others_are_not() {
        insta::assert_snapshot!(check("adda"), @"; did you mean `ada`?");
        insta::assert_snapshot!(check("upgrade"), @"; did you mean `upgrade-1@acme` or `upgrade-2@acme`?");
        insta::assert_snapshot!(check("UPGRADE-2"), @"; did you mean `upgrade-2@acme`?");
        insta::assert_snapshot!(check("globex"), @"");
    }
}
