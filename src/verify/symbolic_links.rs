//! Symbolic links on the discs of other programs: what they lead to. make-disc writes none.

use std::collections::{BTreeMap, HashSet};

use super::verdict::CappedNotes;

/// How many links are followed one after the other, as on Linux.
const MAX_FOLLOWED: usize = 40;

/// All symbolic links of a disc.
#[derive(Debug, Default)]
pub(super) struct SymbolicLinks {
    /// What each leads to, by its path.
    targets: BTreeMap<String, String>,
    /// The paths of all directories; empty if there are no links.
    directories: HashSet<String>,
}

impl SymbolicLinks {
    pub(super) fn new(targets: BTreeMap<String, String>, directories: impl FnOnce() -> HashSet<String>) -> Self {
        let directories = if targets.is_empty() { HashSet::new() } else { directories() };
        Self { targets, directories }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The path in which no link is left to follow; `None` if it leads outside the disc or never ends.
    pub(super) fn resolve(&self, path: &str) -> Option<String> {
        let mut rest: Vec<&str> = path.split('/').rev().collect();
        let mut resolved = String::new();
        let mut followed = 0;
        while let Some(name) = rest.pop() {
            match name {
                "" | "." => continue,
                ".." if resolved.is_empty() => return None,
                ".." => {
                    resolved.truncate(resolved.rfind('/').unwrap_or_default());
                    continue;
                }
                _ => {}
            }
            let parent = resolved.len();
            if parent > 0 {
                resolved.push('/');
            }
            resolved.push_str(name);
            let Some(target) = self.targets.get(&resolved) else { continue };
            followed += 1;
            if followed > MAX_FOLLOWED || target.starts_with('/') {
                return None;
            }
            resolved.truncate(parent);
            rest.extend(target.split('/').rev());
        }
        Some(resolved)
    }

    /// Notes for the user. `is_file` says whether there is a file with a path.
    pub(super) fn notes(&self, is_file: impl Fn(&str) -> bool) -> Vec<String> {
        let describe = |(path, target): (&String, &String)| {
            let place = match self.resolve(path) {
                None => ", which is not on this disc",
                Some(found) if is_file(&found) || self.directories.contains(&found) => "",
                Some(_) => ", which does not exist",
            };
            format!("`{path}` is a symbolic link to `{target}`{place}: some systems, such as Windows, do not follow it")
        };
        let mut notes = CappedNotes::default();
        self.targets.iter().for_each(|link| notes.add(|| describe(link)));
        notes.into_notes("more symbolic link", "more symbolic links")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_on_the_disc_only() {
        let targets = [
            ("dists/stable", "trixie"),
            ("dists/latest", "./stable"),
            ("debian", "."),
            ("copy.txt", "debian/dists/latest/../trixie/a.txt"),
            ("up", "../x"),
            ("root", "/etc/passwd"),
            ("loop", "loop"),
            ("nothing", "nowhere"),
        ];
        let targets = targets.map(|(path, target)| (path.to_owned(), target.to_owned())).into();
        let links = SymbolicLinks::new(targets, || HashSet::from([String::new(), "dists/trixie".to_owned()]));
        let resolve = |path: &str| links.resolve(path);
        assert_eq!(resolve("dists/latest/a.txt").as_deref(), Some("dists/trixie/a.txt"));
        assert_eq!(resolve("debian/debian/copy.txt").as_deref(), Some("dists/trixie/a.txt"));
        assert_eq!(resolve("dists/trixie/a.txt").as_deref(), Some("dists/trixie/a.txt"));
        assert_eq!((resolve("up"), resolve("root"), resolve("loop")), (None, None, None));
        let notes = links.notes(|path| path == "dists/trixie/a.txt");
        let about = |path: &str| notes.iter().find(|note| note.starts_with(&format!("`{path}`"))).cloned();
        assert!(about("copy.txt").is_some_and(|note| note.contains("/a.txt`: some systems")));
        assert!(about("nothing").is_some_and(|note| note.contains("does not exist")));
        assert!(about("root").is_some_and(|note| note.contains("not on this disc")));
    }
}
