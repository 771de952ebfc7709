//! What must not be on the disc: the paths and patterns of `exclude:`.

use glob::{MatchOptions, Pattern};

use crate::language::fold_case;

/// `*` does not match a `/`. Paths and patterns are compared after [`fold_case`], because a file that must stay off the disc
/// must not get on it under another spelling.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// The paths and patterns of a manifest.
#[derive(Debug, Clone, Default)]
pub struct Exclusions(Vec<Exclusion>);

#[derive(Debug, Clone)]
struct Exclusion {
    /// As it is written in the manifest.
    written: String,
    /// The path or pattern without `./` and without a final `/`, and with case folded.
    path: String,
    /// `None` if the path is not a valid pattern.
    pattern: Option<Pattern>,
    /// Whether it matches only paths from the manifest's folder on, not names in any folder.
    is_anchored: bool,
}

impl Exclusions {
    /// Adds a path or pattern.
    ///
    /// # Errors
    /// What is wrong with the pattern. It is added nevertheless, but excludes only files with exactly this path.
    pub fn add(&mut self, written: &str) -> Result<(), String> {
        let path = normalised(written);
        let pattern = Pattern::new(&path);
        // `plan [1.pdf` is the name of a file, not an invalid pattern.
        let is_name = !path.contains(['*', '?']);
        let message = pattern.as_ref().err().filter(|_| !is_name).map(|error| error.msg.to_owned());
        let is_anchored = path.contains('/') || written.replace('\\', "/").trim_start_matches('.').starts_with('/');
        self.0.push(Exclusion { written: written.to_owned(), path, pattern: pattern.ok(), is_anchored });
        message.map_or(Ok(()), Err)
    }

    /// The index of the first path or pattern that excludes `file`, a path from the manifest's folder.
    pub fn find(&self, file: &str) -> Option<usize> {
        let file = normalised(file);
        self.0.iter().position(|exclusion| exclusion.excludes(&file))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The indices of all paths and patterns that exclude a file.
    pub fn find_all(&self, file: &str) -> Vec<usize> {
        let file = normalised(file);
        let all = self.0.iter().enumerate().filter(|(_, exclusion)| exclusion.excludes(&file));
        all.map(|(index, _)| index).collect()
    }

    /// Every path and pattern, as it is written in the manifest.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|exclusion| exclusion.written.as_str())
    }
}

impl Exclusion {
    /// A path or pattern without `/` excludes files and folders of that name anywhere. An exclusion of a folder excludes
    /// everything in it.
    fn excludes(&self, file: &str) -> bool {
        if self.path.is_empty() {
            return false;
        }
        if !self.is_anchored {
            return file.split('/').any(|name| self.matches(name));
        }
        let ends = file.match_indices('/').map(|(end, _)| end).chain(std::iter::once(file.len()));
        ends.into_iter().any(|end| self.matches(&file[..end]))
    }

    fn matches(&self, path: &str) -> bool {
        // A name may contain characters that have a meaning in patterns, such as `plan [1].pdf`.
        path == self.path || self.pattern.as_ref().is_some_and(|pattern| pattern.matches_with(path, OPTIONS))
    }
}

/// A path with `/` between its parts, without empty parts and `.`, and with case folded.
fn normalised(path: &str) -> String {
    fold_case(path)
        .replace('\\', "/")
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_patterns_exclude_what_they_name() {
        let cases = [
            ("drafts/", "drafts/a.pdf", true),
            ("drafts/", "2008/drafts/a.pdf", true),
            ("drafts", "drafts.pdf", false),
            ("2008/drafts", "2008/drafts/deep/a.pdf", true),
            ("2008/drafts", "x/2008/drafts/a.pdf", false),
            ("**/drafts/*.pdf", "x/2008/drafts/a.pdf", true),
            ("*.zip", "a/b/c.ZIP", true),
            ("*.zip", "a/b.zip.pdf", false),
            ("./a/b.pdf", "a/b.pdf", true),
            ("a\\b.pdf", "a/b.pdf", true),
            ("plan [1].pdf", "a/plan [1].pdf", true),
            ("Geheim.pdf", "geheim.PDF", true),
            ("Été/*", "été/a.pdf", true),
            ("E\u{301}te\u{301}*", "été.pdf", true),
            ("confidential*", "x/confidential annex.pdf", true),
            ("./asia.pdf", "x/asia.pdf", false),
            ("/asia.pdf", "asia.pdf", true),
            ("a[1.dat", "a[1.dat", true),
            ("", "a.pdf", false),
            ("/", "a.pdf", false),
        ];
        for (written, file, excluded) in cases {
            let mut exclusions = Exclusions::default();
            exclusions.add(written).unwrap();
            assert_eq!(exclusions.find(file).is_some(), excluded, "{written}: {file}");
        }
        assert!(Exclusions::default().add("a/**b").is_err());
    }
}
