//! Finds what scripts do with links. Such links cannot be rewritten, because a script may put them together from parts.

/// A place in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScriptPlace<T> {
    /// Lines from the beginning of the script, counted from zero.
    pub(super) line: usize,
    pub(super) what: T,
}

/// The code with which scripts follow links or read files, each with its name in messages.
const LINKING_CODE: [(&str, &str); 14] = [
    ("fetch(", "fetch()"),
    ("XMLHttpRequest", "XMLHttpRequest"),
    ("import(", "import()"),
    ("importScripts(", "importScripts()"),
    ("new Worker(", "Worker"),
    ("$.ajax(", "ajax()"),
    ("$.get(", "$.get()"),
    (".getJSON(", "getJSON()"),
    (".src=", ".src"),
    (".href=", ".href"),
    ("location=", "location"),
    ("location.replace(", "location.replace()"),
    ("location.assign(", "location.assign()"),
    ("window.open(", "window.open()"),
];

/// Finds the places at which a script builds links or reads files: at most one for each line.
pub(super) fn find_linking_code(script: &str) -> Vec<ScriptPlace<&'static str>> {
    let mut found = Vec::new();
    let mut in_comment = false;
    for (line, text) in script.lines().enumerate() {
        // Comments are skipped line by line, which is enough for a warning.
        let start = text.trim_start();
        if in_comment || start.starts_with("/*") {
            in_comment = !text.contains("*/");
            continue;
        }
        if start.starts_with("//") || start.starts_with('*') {
            continue;
        }
        let technique = LINKING_CODE.iter().find(|(pattern, _)| contains_code(text, pattern));
        found.extend(technique.map(|(_, shown)| ScriptPlace { line, what: *shown }));
    }
    found
}

/// Whether a line contains code, in which there may be spaces before an equals sign. `==` is a comparison.
fn contains_code(line: &str, pattern: &str) -> bool {
    let Some(left) = pattern.strip_suffix('=') else {
        return line.match_indices(pattern).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !pattern.starts_with(char::is_alphabetic) || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        });
    };
    line.match_indices(left).any(|(at, _)| {
        let rest = line[at + left.len()..].trim_start();
        rest.starts_with('=') && !rest.starts_with("==")
    })
}

/// The texts in quotes, each on one line.
pub(super) fn find_strings(script: &str) -> Vec<ScriptPlace<&str>> {
    let mut found = Vec::new();
    for (line, text) in script.lines().enumerate() {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let quote = bytes[at];
            if !matches!(quote, b'"' | b'\'' | b'`') {
                at += if quote == b'\\' { 2 } else { 1 };
                continue;
            }
            let start = at + 1;
            let mut end = start;
            while end < bytes.len() && bytes[end] != quote {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            if end >= bytes.len() {
                // An apostrophe in a comment or in a regular expression.
                at += 1;
                continue;
            }
            found.extend(text.get(start..end).map(|what| ScriptPlace { line, what }));
            at = end + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_follows_links_is_found_with_its_lines() {
        let script = "// fetch('no')\nvar x = 1;\nfetch('a.json');\nimg.src = 'b.png'; a.href='c'\nif (a.href == b) {}\n\
                      /* location = 1\n location = 2 */\nprefetch(1); window.location = 'x';\nmyfetch(2)";
        let found: Vec<(usize, &str)> =
            find_linking_code(script).into_iter().map(|place| (place.line, place.what)).collect();
        assert_eq!(found, [(2, "fetch()"), (3, ".src"), (7, "location")]);
    }

    #[test]
    fn strings_are_found_in_spite_of_apostrophes() {
        let found: Vec<&str> = find_strings("x = 'a.html';\n// don't\ny = [\"b.html\", `c`];")
            .into_iter()
            .map(|place| place.what)
            .collect();
        assert_eq!(found, ["a.html", "b.html", "c"]);
    }
}
