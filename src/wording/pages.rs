//! What the pages behind the links of letters say, in one language: a table of its file. A language without that table has the
//! pages of English.

use serde::Deserialize;

/// The words of those pages. What stands in braces in them is told by the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// The name of a fact: the customer.
    pub customer: String,
    /// The name of a fact: the task.
    pub task: String,
    /// The name of a fact: the day of a task without a time.
    pub when: String,
    /// That day: `{date}`.
    pub no_time: String,
    /// The name of a fact: when it starts.
    pub starts: String,
    /// The name of a fact: when it starts by the customer's clock.
    pub at_customers: String,
    /// What was said so far: `{who}`, `{when}`, `{what}`, `{note}`.
    pub known: String,
    /// Above a form that came back without a choice.
    pub choose: String,
    /// The heading where nothing is to be done.
    pub over: String,
    /// Of a task that was cancelled or is gone.
    pub gone: String,
    /// Of one that has begun.
    pub begun: String,
    /// Of one that has moved since the letter.
    pub moved: String,
    /// What was said: the briefing is written.
    pub is_written: String,
    /// What was said: none is needed.
    pub is_waived: String,
    /// What was said: `{who}` has it.
    pub is_handed: String,
    /// What was said: `{who}` is asked again from `{when}`.
    pub is_snoozed: String,
    /// The heading that asks for *written*.
    pub written: String,
    /// What that does.
    pub written_means: String,
    /// Its button.
    pub written_yes: String,
    /// The heading that asks for *not needed*.
    pub waived: String,
    /// What that does.
    pub waived_means: String,
    /// Above the line for a reason.
    pub waived_reason: String,
    /// Its button.
    pub waived_yes: String,
    /// The heading that asks to whom it is handed.
    pub hand: String,
    /// What that does.
    pub hand_means: String,
    /// Where nobody else is named.
    pub hand_nobody: String,
    /// Above the choices.
    pub hand_to: String,
    /// Its button.
    pub hand_yes: String,
    /// The heading that asks until when.
    pub snooze: String,
    /// What that does, with `{last}`, their last working moment before the task.
    pub snooze_means: String,
    /// Where `{last}` is too near.
    pub snooze_too_near: String,
    /// Above the choices.
    pub snooze_from: String,
    /// Its button.
    pub snooze_yes: String,
    /// The heading that asks whether to take it back.
    pub undo: String,
    /// What that does, with `{what}` was said.
    pub undo_means: String,
    /// Its button.
    pub undo_yes: String,
    /// The heading when it is taken back.
    pub undone: String,
    /// What that means.
    pub undone_means: String,
    /// Where there is nothing to take back.
    pub undone_before: String,
    /// The button that says it again.
    pub again: String,
    /// The heading when it is noted.
    pub noted: String,
    /// `{what}` is noted.
    pub noted_what: String,
    /// Above the button that undoes.
    pub mistake: String,
    /// That button.
    pub mistake_undo: String,
}

/// Words with `{name}` filled in; what was filled in is not looked at again.
pub fn filled(words: &str, values: &[(&str, &str)]) -> String {
    let mut whole = String::new();
    let mut rest = words;
    while let Some((before, behind)) = rest.split_once('{') {
        whole.push_str(before);
        let value = behind.split_once('}').and_then(|(name, behind)| {
            let (_, value) = values.iter().find(|(its, _)| *its == name)?;
            Some((value, behind))
        });
        if let Some((value, behind)) = value {
            whole.push_str(value);
            rest = behind;
        } else {
            whole.push('{');
            rest = behind;
        }
    }
    whole + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_pages_and_entries_tell_the_same_in_each_language() {
        let tables = |text: &str| {
            let file = toml::from_str::<toml::Table>(text).unwrap();
            ["pages", "calendar"].map(|name| file[name].as_table().unwrap().clone())
        };
        let (english, german) = (tables(include_str!("en/language.toml")), tables(include_str!("de/language.toml")));
        assert!(english.iter().zip(&german).all(|(english, german)| english.keys().eq(german.keys())));
        let german: toml::Table = german.into_iter().flatten().collect();
        for (name, words) in english.iter().flatten() {
            let told = |words: &toml::Value| {
                let parts = words.as_str().unwrap().split('{').skip(1).map(|part| part.split('}').next().unwrap().to_owned());
                parts.collect::<std::collections::BTreeSet<_>>()
            };
            assert_eq!(told(words), told(&german[name]), "{name}");
            // That word is the same in both.
            assert!(*words != german[name] || name == "ticket", "{name}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        assert_eq!(filled("{who} says {what}, {who}", &[("who", "{what}"), ("what", "{x")]), "{what} says {x, {what}");
        assert_eq!(filled("{nobody} {", &[("who", "a")]), "{nobody} {");
    }
}
