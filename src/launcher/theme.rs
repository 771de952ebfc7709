//! The templates, built in or from a theme.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, context};

use super::placeholders;
use super::theme_files::{OVERRIDES, ThemeFiles};
use crate::diagnostic::{Finding, Findings, Place};
use crate::language::{Language, Plurals};

const BUILT_IN_TEMPLATES: [(&str, &str); 18] = [
    ("base.html", include_str!("../../assets/launcher/templates/base.html")),
    ("macros.html", include_str!("../../assets/launcher/templates/macros.html")),
    ("parts.html", include_str!("../../assets/launcher/templates/parts.html")),
    ("masthead.html", include_str!("../../assets/launcher/templates/masthead.html")),
    ("menu.html", include_str!("../../assets/launcher/templates/menu.html")),
    ("foot.html", include_str!("../../assets/launcher/templates/foot.html")),
    ("index.html", include_str!("../../assets/launcher/templates/index.html")),
    ("home.html", include_str!("../../assets/launcher/templates/home.html")),
    ("list.html", include_str!("../../assets/launcher/templates/list.html")),
    ("search.html", include_str!("../../assets/launcher/templates/search.html")),
    ("start.html", include_str!("../../assets/launcher/templates/start.html")),
    ("way.html", include_str!("../../assets/launcher/templates/way.html")),
    ("report.html", include_str!("../../assets/launcher/templates/report.html")),
    ("report_parts.html", include_str!("../../assets/launcher/templates/report_parts.html")),
    ("records.html", include_str!("../../assets/launcher/templates/records.html")),
    ("help.html", include_str!("../../assets/launcher/templates/help.html")),
    ("check.html", include_str!("../../assets/launcher/templates/check.html")),
    ("style.css", include_str!("../../assets/launcher/templates/style.css")),
];

/// The compiled templates.
pub(super) struct Theme<'m> {
    environment: Environment<'m>,
    files: &'m ThemeFiles,
}

impl<'m> Theme<'m> {
    /// Compiles the templates, and reports the errors in each. `None` if there are any, or if a template could not be
    /// read.
    pub(super) fn compile(files: &'m ThemeFiles, findings: &mut Findings) -> Option<Self> {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.map_err(|error| findings.push(template_error(&error, files))).ok()?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(write_value);
        environment.add_filter("fill", fill_filter);
        environment.add_function("file", file_function);
        environment.add_function("text_html", |text: Value| text_html(&text, true));
        environment.add_function("bare_html", |text: Value| text_html(&text, false));
        environment.add_function("label_html", label_html);
        environment.add_function("marks_html", marks_html);
        let mut is_complete = !files.is_incomplete;
        for (name, built_in) in BUILT_IN_TEMPLATES {
            let text = files.by_name.get(name).map_or(built_in, |file| file.text.as_str());
            if let Err(error) = environment.add_template(name, text) {
                findings.push(template_error(&error, files));
                is_complete = false;
            }
        }
        is_complete.then_some(Self { environment, files })
    }

    /// Renders a page or the stylesheet.
    ///
    /// # Errors
    /// The finding for an error in the template.
    pub(super) fn render(&self, name: &str, context: Value) -> Result<Vec<u8>, Box<Finding>> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(context))
            .map(String::into_bytes)
            .map_err(|error| Box::new(template_error(&error, self.files)))
    }

    /// Renders a page, which must not be empty.
    ///
    /// # Errors
    /// The finding for an error in the template.
    pub(super) fn render_page(&self, name: &str, context: Value) -> Result<Vec<u8>, Box<Finding>> {
        let page = self.render(name, context)?;
        if !page.trim_ascii().is_empty() {
            return Ok(page);
        }
        let (name, place) = [name, "base.html"]
            .into_iter()
            .find_map(|name| Some((name, Place::File(self.files.by_name.get(name)?.path.clone(), None))))
            .unwrap_or((name, Place::Nowhere));
        let finding = Finding::error("template", place, format!("`{name}` of the theme makes empty pages"))
            .help("remove the file, so that the built-in template of the same name is used, or start from a copy of that template");
        Err(Box::new(finding))
    }

    /// Renders the value `shared` in `base.html`: the parts that are the same on all pages that are made from one template and are
    /// in one folder. The `base.html` of an older theme does not use it.
    ///
    /// # Errors
    /// The finding for an error in a template.
    pub(super) fn render_shared(&self, context: &Value) -> Result<Value, Box<Finding>> {
        if self.files.by_name.get("base.html").is_some_and(|file| !file.text.contains("shared.")) {
            return Ok(Value::from(()));
        }
        let part = |name| -> Result<Value, Box<Finding>> {
            let bytes = self.render(name, context.clone())?;
            Ok(Value::from_safe_string(String::from_utf8_lossy(&bytes).into_owned()))
        };
        Ok(context! { masthead => part("masthead.html")?, menu => part("menu.html")?, foot => part("foot.html")? })
    }

    /// Whether a template can show a list that is divided into pages. The template of an older theme cannot.
    pub(super) fn can_divide(&self, template: &str) -> bool {
        self.files.by_name.get(template).is_none_or(|file| file.text.contains("overview"))
    }

    /// Whether a page can show several reports. A theme that has its own page of a report, and none of several reports, needs one page for each.
    pub(super) fn can_share_report_pages(&self) -> bool {
        !self.files.by_name.contains_key("report.html") || self.files.by_name.contains_key("records.html")
    }

    /// Reports a template of the theme that shows a long list on one page.
    pub(super) fn report_undivided(&self, template: &str, findings: &mut Findings) {
        let Some(file) = self.files.by_name.get(template) else { return };
        findings.push(
            Finding::warning(
                "undivided-list",
                Place::File(file.path.clone(), None),
                format!("`{template}` of the theme puts all documents on one page, which old computers may take long to show"),
            )
            .help(format!("show `overview` and `part`, as the built-in `{template}` does: the list is then divided into pages")),
        );
    }

    /// Whether the theme replaces the stylesheet or adds to it.
    pub(super) fn has_own_style(&self) -> bool {
        self.files.by_name.contains_key("style.css") || self.overrides().is_some()
    }

    /// Whether all templates that show the emblem choose another one for dark pages. Those of an older theme do not.
    pub(super) fn shows_dark_emblem(&self) -> bool {
        let mut own = self.files.by_name.values().map(|file| file.text.as_str());
        own.all(|text| !text.contains("link.emblem") || text.contains("link.emblem_dark"))
    }

    /// CSS that is appended to the stylesheet.
    pub(super) fn overrides(&self) -> Option<&str> {
        self.files.by_name.get(OVERRIDES).map(|file| file.text.as_str())
    }
}

/// The finding for a template error, at its line.
fn template_error(error: &Error, files: &ThemeFiles) -> Finding {
    // An error in an included template is the source of the error in the including one.
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
    match files.by_name.get(name) {
        Some(file) => {
            Finding::error("template", Place::File(file.path.clone(), deepest.line()), format!("`{name}`: {what}"))
                .help("compare it with the built-in template of the same name")
        }
        None => {
            let line = deepest.line().map_or(String::new(), |line| format!(", line {line}"));
            let at = format!("the built-in template `{name}`{line}");
            let help = if files.by_name.is_empty() {
                "please report this error in make-disc".to_owned()
            } else {
                format!(
                    "the theme's own templates do not define something that it needs; compare them with the built-in ones: {}",
                    Vec::from_iter(files.by_name.keys().copied()).join(", ")
                )
            };
            Finding::error("template", Place::Nowhere, format!("{at}: {what}")).help(help)
        }
    }
}

/// Escapes values that are not yet HTML. Unlike MiniJinja's own formatter it does not escape `/`, which is in every
/// link.
fn write_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match (value.as_str(), state.auto_escape()) {
        (Some(text), AutoEscape::Html) if !value.is_safe() => Ok(out.write_str(&escaped(text))?),
        _ => minijinja::escape_formatter(out, state, value),
    }
}

/// Escapes text for HTML content and quoted attributes.
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

/// The filter `fill` replaces the placeholders of a text with the arguments of the same names.
fn fill_filter(state: &State, text: Value, arguments: Kwargs) -> Result<Value, Error> {
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
    // A text in another language than the page's is in a `<span>` with that language.
    let text_language = pattern.strip_prefix("<span lang=\"").and_then(|rest| Some(rest.split_once('"')?.0.to_owned()));
    let page_language = || state.lookup("lang").map(|lang| lang.to_string());
    let language = text_language.or_else(page_language).and_then(|tag| Language::parse(&tag).ok());
    let plurals = language.as_ref().map_or_else(Plurals::default, Plurals::new);
    Ok(Value::from_safe_string(placeholders::fill(&pattern, &values, &plurals)))
}

/// The HTML of a text. A text that is not in the language of the page is marked with its language, and has a label if
/// `has_label` is set.
fn text_html(text: &Value, has_label: bool) -> Result<Value, Error> {
    let mut html = String::new();
    let words = text.get_attr("text")?;
    if text.get_attr("lang")?.is_true() {
        html.push_str("<span");
        push_language(&mut html, text)?;
        html.push('>');
        push_escaped(&mut html, &words)?;
        html.push_str("</span>");
        if has_label {
            push_label(&mut html, text)?;
        }
    } else if text.get_attr("same")?.is_true() {
        html.push_str("<bdi>");
        push_escaped(&mut html, &words)?;
        html.push_str("</bdi>");
    } else {
        push_escaped(&mut html, &words)?;
    }
    Ok(Value::from_safe_string(html))
}

/// The label of a text that is not in the language of the page.
fn label_html(text: Value) -> Result<Value, Error> {
    let mut html = String::new();
    if text.get_attr("lang")?.is_true() {
        push_label(&mut html, &text)?;
    }
    Ok(Value::from_safe_string(html))
}

/// The attributes `lang` and `dir` of an element that contains a text.
fn marks_html(text: Value) -> Result<Value, Error> {
    let mut html = String::new();
    if text.get_attr("lang")?.is_true() {
        push_language(&mut html, &text)?;
    } else if text.get_attr("same")?.is_true() {
        html.push_str(" dir=\"auto\"");
    }
    Ok(Value::from_safe_string(html))
}

fn push_language(html: &mut String, text: &Value) -> Result<(), Error> {
    html.push_str(" lang=\"");
    push_escaped(html, &text.get_attr("lang")?)?;
    html.push_str("\" dir=\"");
    push_escaped(html, &text.get_attr("dir")?)?;
    html.push('"');
    Ok(())
}

fn push_label(html: &mut String, text: &Value) -> Result<(), Error> {
    push_escaped(html, &text.get_attr("gap")?)?;
    html.push_str("<small class=\"other\">");
    push_escaped(html, &text.get_attr("label")?)?;
    html.push_str("</small>");
    Ok(())
}

fn push_escaped(html: &mut String, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if value.is_safe() => html.push_str(text),
        Some(text) => html.push_str(&escaped(text)),
        None if value.is_undefined() => return Err(Error::from(ErrorKind::UndefinedError)),
        None => html.push_str(&escaped(&value.to_string())),
    }
    Ok(())
}

/// The function `file` shows a file name from left to right in text of either direction.
fn file_function(name: String) -> Value {
    Value::from_safe_string(format!("<code dir=\"ltr\">{}</code>", escaped(&name)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use minijinja::value::Value;
    use minijinja::{Environment, context};

    use super::{BUILT_IN_TEMPLATES, label_html, marks_html, text_html, write_value};
    use crate::strings::KEYS;

    /// The words after `t.` and `plain.` in the tags of a template.
    fn string_keys(template: &str) -> impl Iterator<Item = &str> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let tags = ["{{", "{%"].into_iter().flat_map(|start| template.split(start).skip(1));
        tags.filter_map(|rest| rest.split('}').next()).flat_map(move |tag| {
            ["t.", "plain."].into_iter().flat_map(move |object| {
                tag.match_indices(object)
                    .filter(move |(at, _)| !tag[..*at].ends_with(|c: char| is_word(c) || c == '.'))
                    .map(move |(at, _)| tag[at + object.len()..].split(|c| !is_word(c)).next().unwrap_or_default())
            })
        })
    }

    /// The macros that the functions replaced.
    const MACROS: &str = r#"
{%- macro bare(x) -%}
{% if x.lang %}<span lang="{{ x.lang }}" dir="{{ x.dir }}">{{ x.text }}</span>{% elif x.same %}<bdi>{{ x.text }}</bdi>{% else %}{{ x.text }}{% endif %}
{%- endmacro -%}
{%- macro label(x) -%}
{% if x.lang %}{{ x.gap }}<small class="other">{{ x.label }}</small>{% endif %}
{%- endmacro -%}
{%- macro marks(x) -%}
{% if x.lang %} lang="{{ x.lang }}" dir="{{ x.dir }}"{% elif x.same %} dir="auto"{% endif %}
{%- endmacro -%}
{{ bare(x) }}{{ label(x) }}|{{ bare(x) }}|{{ label(x) }}|{{ marks(x) }}"#;

    #[test]
    fn functions_give_the_same_html_as_the_macros() {
        let mut environment = Environment::new();
        environment.set_formatter(write_value);
        environment.add_template("x.html", MACROS).unwrap();
        let template = environment.get_template("x.html").unwrap();
        let safe = Value::from_safe_string("<b>in English</b>".to_owned());
        for same in [true, false] {
            for lang in [None, Some("en"), Some("")] {
                for (text, label) in
                    [("A & <b> \"c\"", safe.clone()), ("", Value::from("a<b")), ("日本/x", Value::from(3))]
                {
                    let x =
                        context! { text => text, same => same, lang => lang, dir => "ltr", gap => " ", label => label };
                    let html = |value: Result<Value, minijinja::Error>| value.unwrap().to_string();
                    let texts = [html(text_html(&x, true)), html(text_html(&x, false))];
                    let [labelled, bare] = texts;
                    let expected =
                        format!("{labelled}|{bare}|{}|{}", html(label_html(x.clone())), html(marks_html(x.clone())));
                    assert_eq!(template.render(context! { x => x }).unwrap(), expected);
                }
            }
        }
        assert!(text_html(&context! { same => true }, false).is_err());
    }

    /// Other tests do not render the parts of a template for fields that their reports do not have.
    #[test]
    fn the_strings_in_the_built_in_templates_exist() {
        let mut seen = 0;
        for (name, template) in BUILT_IN_TEMPLATES {
            for key in string_keys(template) {
                assert!(KEYS.contains(&key), "{name} shows `{key}`, which is not in src/strings.rs");
                seen += 1;
            }
        }
        assert!(seen > 100, "only {seen} strings were found");
    }
}
