//! Symbolic links on discs made by other programs, and where they lead. make-disc itself writes none.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};

use super::verdict::CappedNotes;

/// How many links are followed one after the other, as on Linux.
const MAX_FOLLOWED: usize = 40;
/// The maximum number of path components in all targets followed for one path. Linux allows 4,096 bytes per target.
const MAX_COMPONENTS: usize = 4_096;
/// The maximum number of path components in the targets followed for all paths, so that a disc with many long links does not
/// take forever.
const MAX_TOTAL_COMPONENTS: usize = 1_000_000;
/// The longest path that is resolved, in bytes: 32 levels of the longest names.
const MAX_PATH_BYTES: usize = 32 * 256;

/// All symbolic links of a disc.
#[derive(Debug, Default)]
pub(super) struct SymbolicLinks {
    /// The target of each link, by the path of the link.
    targets: BTreeMap<String, String>,
    /// The paths of all directories; empty if there are no links.
    directories: HashSet<String>,
    /// The number of path components in all targets followed so far.
    total_components: Cell<usize>,
}

impl SymbolicLinks {
    pub(super) fn new(targets: BTreeMap<String, String>, directories: impl FnOnce() -> HashSet<String>) -> Self {
        let directories = if targets.is_empty() { HashSet::new() } else { directories() };
        Self { targets, directories, total_components: Cell::new(0) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &String> {
        self.targets.keys()
    }

    /// Follows all links in a path. `None` if it leads outside the disc, goes through something that is not a directory, or has too
    /// many links.
    pub(super) fn resolve(&self, path: &str) -> Option<String> {
        let mut rest: Vec<&str> = path.split('/').rev().collect();
        let mut resolved = String::new();
        let (mut followed, mut components) = (0, 0);
        while let Some(name) = rest.pop() {
            match name {
                // These are valid only after a directory.
                "" | "." | ".." if !self.is_empty() && !self.directories.contains(&resolved) => return None,
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
            if resolved.len() > MAX_PATH_BYTES {
                return None;
            }
            let Some(target) = self.targets.get(&resolved) else { continue };
            let count = target.split('/').count();
            followed += 1;
            components += count;
            let total = self.total_components.get() + count;
            if followed > MAX_FOLLOWED
                || components > MAX_COMPONENTS
                || total > MAX_TOTAL_COMPONENTS
                || target.starts_with('/')
            {
                return None;
            }
            self.total_components.set(total);
            resolved.truncate(parent);
            rest.extend(target.split('/').rev());
        }
        Some(resolved)
    }

    /// Notes for the user, except about links that `known` has as well. `is_file` says whether there is a file with a path.
    pub(super) fn notes(&self, known: &Self, is_file: impl Fn(&str) -> bool) -> Vec<String> {
        let describe = |(path, target): (&String, &String)| {
            let effect = match self.resolve(path) {
                None => ", which cannot be followed on this disc",
                Some(found) if is_file(&found) || self.directories.contains(&found) => {
                    ": some systems, such as Windows, do not follow it"
                }
                Some(_) => ", which does not exist on this disc",
            };
            format!("`{path}` is a symbolic link to `{target}`{effect}")
        };
        let mut notes = CappedNotes::default();
        let new = self.targets.iter().filter(|(path, target)| known.targets.get(*path) != Some(*target));
        new.for_each(|link| notes.add(|| describe(link)));
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
        let directories = ["", "dists", "dists/trixie"].map(str::to_owned);
        let links = SymbolicLinks::new(targets, || HashSet::from(directories));
        let resolve = |path: &str| links.resolve(path);
        assert_eq!(resolve("dists/latest/a.txt").as_deref(), Some("dists/trixie/a.txt"));
        assert_eq!(resolve("debian/debian/copy.txt").as_deref(), Some("dists/trixie/a.txt"));
        assert_eq!(resolve("dists/trixie/a.txt").as_deref(), Some("dists/trixie/a.txt"));
        assert_eq!((resolve("up"), resolve("root"), resolve("loop")), (None, None, None));
        let notes = links.notes(&SymbolicLinks::default(), |path| path == "dists/trixie/a.txt");
        assert_eq!(links.notes(&links, |_| true), Vec::<String>::new());
        let about = |path: &str| notes.iter().find(|note| note.starts_with(&format!("`{path}`"))).cloned();
        assert!(about("copy.txt").is_some_and(|note| note.contains("/a.txt`: some systems")));
        assert!(about("nothing").is_some_and(|note| note.contains("does not exist")));
        // A link that leads outside the disc, and one that leads to itself.
        for path in ["root", "loop"] {
            assert!(about(path).is_some_and(|note| note.ends_with("which cannot be followed on this disc")), "{path}");
        }
    }

    #[test]
    fn links_go_through_directories_only() {
        let targets = [
            ("folder", "reports/"),
            ("nowhere", "nosuch/../africa.pdf"),
            ("through a file", "asia.pdf/../africa.pdf"),
            ("dot", "africa.pdf/."),
            ("separator", "africa.pdf/"),
            ("good", "reports/../africa.pdf"),
        ];
        let targets = targets.map(|(path, target)| (path.to_owned(), target.to_owned())).into();
        let links = SymbolicLinks::new(targets, || HashSet::from([String::new(), "reports".to_owned()]));
        for path in ["nowhere", "through a file", "dot", "separator"] {
            assert_eq!(links.resolve(path), None, "{path}");
        }
        assert_eq!(links.resolve("good").as_deref(), Some("africa.pdf"));
        assert_eq!(links.resolve("folder/a.pdf").as_deref(), Some("reports/a.pdf"));
    }

    #[test]
    fn long_links_come_to_an_end() {
        let targets = BTreeMap::from([
            ("long".to_owned(), "./".repeat(MAX_COMPONENTS)),
            ("short".to_owned(), "./".repeat(MAX_COMPONENTS / 2) + "a"),
        ]);
        let links = SymbolicLinks::new(targets, || HashSet::from([String::new()]));
        assert_eq!(links.resolve("long"), None);
        let resolved = std::iter::repeat_with(|| links.resolve("short")).take_while(Option::is_some).count();
        assert_eq!(resolved, MAX_TOTAL_COMPONENTS / (MAX_COMPONENTS / 2 + 1));
        assert_eq!(links.resolve("a").as_deref(), Some("a"));
    }
}
