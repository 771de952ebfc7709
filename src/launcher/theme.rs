//! The templates, ours or a theme's. The only module, with `pages`, that names `minijinja`.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior};

use super::materials::{Materials, ThemeFile};
use super::strings;
use crate::diagnostic::{Finding, Findings, Place};

/// The files that a theme may have.
pub(super) const FILES: [&str; 13] = [
    "base.html",
    "macros.html",
    "index.html",
    "home.html",
    "list.html",
    "search.html",
    "start.html",
    "way.html",
    "report.html",
    "help.html",
    "check.html",
    "style.css",
    OVERRIDES,
];

/// The theme's rules after ours: plain CSS, no template.
pub(super) const OVERRIDES: &str = "overrides.css";

/// Our templates.
const BUILT_IN: [(&str, &str); 12] = [
    ("base.html", include_str!("../../assets/launcher/templates/base.html")),
    ("macros.html", include_str!("../../assets/launcher/templates/macros.html")),
    ("index.html", include_str!("../../assets/launcher/templates/index.html")),
    ("home.html", include_str!("../../assets/launcher/templates/home.html")),
    ("list.html", include_str!("../../assets/launcher/templates/list.html")),
    ("search.html", include_str!("../../assets/launcher/templates/search.html")),
    ("start.html", include_str!("../../assets/launcher/templates/start.html")),
    ("way.html", include_str!("../../assets/launcher/templates/way.html")),
    ("report.html", include_str!("../../assets/launcher/templates/report.html")),
    ("help.html", include_str!("../../assets/launcher/templates/help.html")),
    ("check.html", include_str!("../../assets/launcher/templates/check.html")),
    ("style.css", include_str!("../../assets/launcher/templates/style.css")),
];

/// The templates, compiled.
pub(super) struct Theme<'m> {
    environment: Environment<'m>,
    files: &'m BTreeMap<&'static str, ThemeFile>,
}

impl<'m> Theme<'m> {
    /// Compiles the templates, and reports the mistakes in each. `None` if there are any, or if a template is missing
    /// because it could not be read.
    pub(super) fn new(materials: &'m Materials, findings: &mut Findings) -> Option<Self> {
        let files = &materials.theme;
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|error| findings.push(finding(&error, files))).ok()?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(format);
        environment.add_filter("fill", fill);
        environment.add_function("file", file);
        let mut complete = !materials.is_theme_incomplete;
        for (name, ours) in BUILT_IN {
            let text = files.get(name).map_or(ours, |file| file.text.as_str());
            if let Err(error) = environment.add_template(name, text) {
                findings.push(finding(&error, files));
                complete = false;
            }
        }
        complete.then_some(Self { environment, files })
    }

    /// A page or the stylesheet, or the finding of the template's mistake.
    pub(super) fn render(&self, name: &str, context: Value) -> Result<Vec<u8>, Box<Finding>> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(context))
            .map(String::into_bytes)
            .map_err(|error| Box::new(finding(&error, self.files)))
    }

    /// Whether the theme has rules of its own, instead of ours or after them.
    pub(super) fn has_own_style(&self) -> bool {
        self.files.contains_key("style.css") || self.overrides().is_some()
    }

    /// The theme's rules after ours, as they are.
    pub(super) fn overrides(&self) -> Option<&str> {
        self.files.get(OVERRIDES).map(|file| file.text.as_str())
    }
}

/// The finding of a template's mistake, at its line.
fn finding(error: &Error, files: &BTreeMap<&'static str, ThemeFile>) -> Finding {
    // An error within an included template is the cause of one where it is included.
    let mut deepest = error;
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(inner) = cause.downcast_ref::<Error>()
            && inner.name().is_some()
        {
            deepest = inner;
        }
        source = cause.source();
    }
    let what =
        deepest.detail().map_or_else(|| deepest.kind().to_string(), |detail| format!("{}: {detail}", deepest.kind()));
    let name = deepest.name().unwrap_or("a template");
    match files.get(name) {
        Some(file) => {
            Finding::error("template", Place::File(file.path.clone(), deepest.line()), format!("`{name}`: {what}"))
                .help("compare it with the built-in template of the same name")
        }
        None => {
            let line = deepest.line().map_or(String::new(), |line| format!(", line {line}"));
            let at = format!("the built-in template `{name}`{line}");
            let help = if files.is_empty() {
                "please report this mistake of make-disc".to_owned()
            } else {
                format!(
                    "it needs what a template of the theme does not give: {}",
                    Vec::from_iter(files.keys().copied()).join(", ")
                )
            };
            Finding::error("template", Place::Nowhere, format!("{at}: {what}")).help(help)
        }
    }
}

/// Escapes what is not HTML already; unlike the usual way, leaves `/` alone, which is in every link.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match (value.as_str(), state.auto_escape()) {
        (Some(text), AutoEscape::Html) if !value.is_safe() => Ok(out.write_str(&escaped(text))?),
        _ => minijinja::escape_formatter(out, state, value),
    }
}

/// Text as HTML, in content or between quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The filter `fill`: a text with its placeholders replaced by the arguments of the same names.
fn fill(text: Value, arguments: Kwargs) -> Result<Value, Error> {
    let values = arguments
        .args()
        .map(|name| {
            let value: Value = arguments.get(name)?;
            let text = value.to_string();
            Ok((name, if value.is_safe() { text } else { escaped(&text) }))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let pattern = text.to_string();
    let pattern = if text.is_safe() { pattern } else { escaped(&pattern) };
    Ok(Value::from_safe_string(strings::fill(&pattern, &values)))
}

/// The function `file`: a file's name that keeps its order among words of either direction.
fn file(name: String) -> Value {
    Value::from_safe_string(format!("<code dir=\"ltr\">{}</code>", escaped(&name)))
}
