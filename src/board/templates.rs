//! Fills the templates. Every value is escaped; one that is missing is a fault and no gap. Owns the style sheet and what a
//! browser may do with a page: nothing but apply that sheet.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, UndefinedBehavior, context};
use serde::Serialize;

/// The style sheet, the same on every page.
pub const STYLE: &str = include_str!("templates/board.css");

/// What a browser may do with a page, for the header `Content-Security-Policy`: no script, nothing fetched, no form, no frame,
/// and no style but [`STYLE`], which stands in the page and is known by its SHA-256.
pub const POLICY: &str = "default-src 'none'; style-src 'sha256-G/LqiFz70vxBiBsfloWZrNJbMAgmLwH44IQbAzSsEWo='; \
                          base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is shown when a template cannot be filled.
pub(super) const BROKEN: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Board</title></head>\
                                 <body><h1>This page could not be drawn</h1><p>The log says why.</p></body></html>";

/// The templates by name.
const TEMPLATES: [(&str, &str); 6] = [
    ("frame.html", include_str!("templates/frame.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("index.html", include_str!("templates/index.html")),
    ("task.html", include_str!("templates/task.html")),
    ("engineer.html", include_str!("templates/engineer.html")),
    ("account.html", include_str!("templates/account.html")),
];

/// How many steps a page may take to fill: enough for some thousand engineers, and an end to what would go on forever.
pub(super) const FUEL: u64 = 50_000_000;

/// The templates, read once.
static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(read);

/// Reads all templates.
fn read() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(FUEL));
    environment.add_global("style", STYLE);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// How many steps it takes to fill a template.
#[cfg(test)]
pub(super) fn steps(name: &str, view: &impl Serialize) -> Option<u64> {
    let template = ENVIRONMENT.as_ref().ok()?.get_template(name).ok()?;
    let captured = template.render_captured(context! { page => Value::from(Serde(view)) }).ok()?;
    captured.state().fuel_levels().map(|(taken, _)| taken)
}

/// Fills a template with what `view` shows.
pub(super) fn draw(name: &str, view: &impl Serialize) -> anyhow::Result<String> {
    let environment = ENVIRONMENT.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?;
    Ok(environment.get_template(name)?.render(context! { page => Value::from(Serde(view)) })?)
}
