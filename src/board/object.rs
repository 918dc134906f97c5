//! The same pages for programs: one object each, without what is only drawn. Fields are only ever added.

use serde_json::Value;

use super::address::{Links, Selection, Which};
use super::sight::Sight;
use super::{Facts, account, engineer, index, task};

/// What only a page for people needs.
const DRAWN: [&str; 6] = ["weeks", "href", "legend", "home", "whole", "class"];

/// One page as an object; none when what it is about is not in sight.
pub fn object(which: &Which, selection: &Selection, facts: &Facts) -> Option<Value> {
    let sight = Sight::of(facts, which, selection, Links::Served)?;
    let view = match which {
        Which::Index => serde_json::to_value(index::view(&sight)),
        Which::Task(id) => serde_json::to_value(task::view(&sight, id)?),
        Which::Engineer(id) => serde_json::to_value(engineer::view(&sight, id)?),
        Which::Account(id) => serde_json::to_value(account::view(&sight, id)?),
    };
    view.ok().map(bare)
}

/// A value without what is drawn, at any depth.
fn bare(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields.into_iter().filter(|(name, _)| !DRAWN.contains(&name.as_str())).map(|(name, own)| (name, bare(own))).collect(),
        ),
        Value::Array(all) => Value::Array(all.into_iter().map(bare).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
