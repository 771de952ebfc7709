//! The names of the files and folders of a site on the disc.
//!
//! They do not depend on the rest of the collection. Names that are valid on the disc are kept, because scripts may contain them.
//! Other names are reduced to letters, digits and `_`, and get a number if two would be the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::rules::NameRules;
use crate::catalogue::SiteFile;
use crate::names::{is_device_name, portable_name, shorten_name};

/// Extensions whose usual three-letter form is not simply their first three letters.
const SHORT_EXTENSIONS: [(&str, &str); 7] = [
    ("jpeg", "jpg"),
    ("mpeg", "mpg"),
    ("shtml", "htm"),
    ("tiff", "tif"),
    ("webp", "wbp"),
    ("woff2", "wo2"),
    ("xhtml", "xht"),
];

/// The maximum length of an extension, unless the rules allow less.
const MAX_EXTENSION: usize = 10;

/// The paths of the files of a site inside its folder on the disc, where folders can be nested `max_levels` deep. Deeper
/// folders are merged with the folder at that level: `a/b/c/d` becomes `a/b_c_d`.
pub(super) fn site_names(rules: NameRules, files: &[SiteFile], max_levels: usize) -> Vec<String> {
    let split: Vec<(Vec<&str>, &str)> = files.iter().map(|file| split_path(&file.path, max_levels)).collect();
    // The contents of each folder, by the folder's path in the site.
    let mut folders: BTreeMap<&str, BTreeMap<Child<'_>, &SiteFile>> = BTreeMap::new();
    for (file, (parents, name)) in files.iter().zip(&split) {
        let mut at = 0;
        for parent in parents {
            folders.entry(prefix(&file.path, at)).or_default().insert(Child { is_folder: true, name: parent }, file);
            at += parent.len() + 1;
        }
        folders.entry(prefix(&file.path, at)).or_default().insert(Child { is_folder: false, name }, file);
    }
    let mut names: HashMap<(&str, Child<'_>), String> = HashMap::new();
    for (folder, children) in folders {
        let mut used = UsedNames::default();
        let candidates: Vec<(Child<'_>, Candidate)> =
            children.into_iter().map(|(child, file)| (child, Candidate::new(rules, child, &file.extension))).collect();
        // Names that can be kept come first, so that no generated name takes one of them.
        for kept in [true, false] {
            for (child, candidate) in candidates.iter().filter(|(_, candidate)| candidate.is_kept == kept) {
                names.insert((folder, *child), used.add(candidate));
            }
        }
    }
    files
        .iter()
        .zip(&split)
        .map(|(file, (parents, name))| {
            let mut path = String::new();
            let mut at = 0;
            for parent in parents {
                let child = Child { is_folder: true, name: parent };
                path.push_str(names.get(&(prefix(&file.path, at), child)).map_or("", String::as_str));
                path.push('/');
                at += parent.len() + 1;
            }
            let child = Child { is_folder: false, name };
            path.push_str(names.get(&(prefix(&file.path, at), child)).map_or("", String::as_str));
            path
        })
        .collect()
}

/// The folders of a path, and the name of the file. If there are more than `max_levels` folders, the last element combines
/// several and contains `/`.
fn split_path(path: &str, max_levels: usize) -> (Vec<&str>, &str) {
    let (mut folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut parents = Vec::new();
    while !folders.is_empty() {
        let end = if parents.len() + 1 >= max_levels { None } else { folders.find('/') };
        let (parent, rest) = end.map_or((folders, ""), |end| (&folders[..end], &folders[end + 1..]));
        parents.push(parent);
        folders = rest;
    }
    (parents, name)
}

/// The path of the folder that contains the child whose name begins at byte `at` of `path`.
fn prefix(path: &str, at: usize) -> &str {
    &path[..at.saturating_sub(1)]
}

/// A file or a folder in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Child<'p> {
    is_folder: bool,
    name: &'p str,
}

/// A proposed name on the disc, which may be taken already.
struct Candidate {
    stem: String,
    /// `None` for a folder.
    extension: Option<String>,
    max_stem: usize,
    /// Whether it is the name in the site, apart from the case of its letters.
    is_kept: bool,
}

impl Candidate {
    fn new(rules: NameRules, child: Child<'_>, extension: &str) -> Self {
        let (written, extension, max_stem, fallback) = if child.is_folder {
            (child.name, None, rules.max_folder, "folder")
        } else {
            let is_own = |(stem, own): &(&str, &str)| !stem.is_empty() && own.eq_ignore_ascii_case(extension);
            let stem = child.name.rsplit_once('.').filter(is_own).map_or(child.name, |(stem, _)| stem);
            let extension = short_extension(extension, rules.max_extension.min(MAX_EXTENSION));
            let max_stem = rules.max_stem_with(&extension);
            (stem, Some(extension), max_stem, "file")
        };
        let lower = written.to_ascii_lowercase();
        let is_valid = |name: &str| {
            let has_valid_characters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            has_valid_characters && (1..=max_stem).contains(&name.len()) && !is_device_name(name)
        };
        let is_kept = is_valid(&lower);
        let stem = if is_kept {
            lower
        } else {
            let short = shorten_name(&portable_name(written), max_stem);
            match short.as_str() {
                "" => fallback.to_owned(),
                // Device names are short, so there is room for one more character.
                device if is_device_name(device) => format!("{device}_"),
                _ => short,
            }
        };
        Self { stem, extension, max_stem, is_kept }
    }

    fn with_stem(&self, stem: &str) -> String {
        match &self.extension {
            Some(extension) => format!("{stem}.{extension}"),
            None => stem.to_owned(),
        }
    }
}

/// An extension of at most `max` characters.
fn short_extension(extension: &str, max: usize) -> String {
    if extension.len() <= max {
        return extension.to_owned();
    }
    let usual = SHORT_EXTENSIONS.iter().find(|(long, _)| *long == extension).map(|(_, short)| *short);
    usual.filter(|short| short.len() <= max).map_or_else(|| extension.chars().take(max).collect(), str::to_owned)
}

/// The names in a folder of the disc.
#[derive(Default)]
struct UsedNames {
    names: HashSet<String>,
    /// Names that some programs would sort wrongly next to one of `names`: each is one of `names`, cut off before a digit in its
    /// extension. Some programs sort `.WOFF2;1` before `.WOFF;1`, contrary to ECMA-119 9.3.
    badly_sorted: HashSet<String>,
    /// The next number to try, for each name that was taken.
    next_numbers: HashMap<String, u32>,
}

impl UsedNames {
    /// Adds a name, with a number if it is taken.
    fn add(&mut self, candidate: &Candidate) -> String {
        let plain = candidate.with_stem(&candidate.stem);
        let mut name = plain.clone();
        while self.is_taken(&name) {
            let number = self.next_numbers.entry(plain.clone()).or_insert(2);
            let suffix = format!("_{number}");
            *number += 1;
            let room = candidate.max_stem.saturating_sub(suffix.len());
            name = candidate.with_stem(&(shorten_name(&candidate.stem, room) + &suffix));
        }
        self.badly_sorted.extend(prefixes_before_digits(&name).map(str::to_owned));
        self.names.insert(name.clone());
        name
    }

    fn is_taken(&self, name: &str) -> bool {
        self.names.contains(name)
            || self.badly_sorted.contains(name)
            || prefixes_before_digits(name).any(|beginning| self.names.contains(beginning))
    }
}

/// The beginnings of a name that end inside its extension, just before a digit.
fn prefixes_before_digits(name: &str) -> impl Iterator<Item = &str> {
    let extension = name.rfind('.').map_or(name.len(), |dot| dot + 1);
    let digits = name.bytes().enumerate().skip(extension + 1).filter(|(_, byte)| byte.is_ascii_digit());
    digits.map(|(at, _)| &name[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{NameStyle, SourceId};

    fn names(style: NameStyle, paths: &[&str], max_levels: usize) -> Vec<String> {
        let file = |path: &&str| {
            let extension = path.rsplit_once('.').map_or("txt", |(_, extension)| extension).to_ascii_lowercase();
            SiteFile { path: (*path).to_owned(), source: SourceId(0), extension }
        };
        let files: Vec<SiteFile> = paths.iter().map(file).collect();
        site_names(NameRules::new(style), &files, max_levels)
    }

    #[test]
    fn names_that_the_disc_can_have_are_kept() {
        let paths = ["index.html", "_static/a_b.css", "Images/Photo.JPG", "a__b/c.js"];
        let expected = ["index.html", "_static/a_b.css", "images/photo.jpg", "a__b/c.js"];
        assert_eq!(names(NameStyle::Portable, &paths, 4), expected);
    }

    #[test]
    fn other_names_are_made_portable_and_numbered() {
        let paths = [
            "Über uns.html",
            "uber-uns.html",
            "uber_uns.html",
            "Главная/Карта сайта.html",
            "con.html",
            "LICENSE",
            "***.html",
            "v1.2/a.tar.gz",
            "a_name_that_is_much_longer_than_the_disc_allows.html",
            "aux/x.html",
        ];
        let expected = [
            "uber_uns_3.html",
            "uber_uns_2.html",
            "uber_uns.html",
            "glavnaia/karta_saita.html",
            "con_.html",
            "license.txt",
            "file.html",
            "v1_2/a_tar.gz",
            "a_name_that_is_much.html",
            "aux_/x.html",
        ];
        let mut sorted: Vec<(&str, &str)> = paths.into_iter().zip(expected).collect();
        assert_eq!(names(NameStyle::Portable, &paths, 4), expected);
        // The order of the files makes no difference.
        sorted.sort();
        let paths: Vec<&str> = sorted.iter().map(|(path, _)| *path).collect();
        let expected: Vec<&str> = sorted.iter().map(|(_, name)| *name).collect();
        assert_eq!(names(NameStyle::Portable, &paths, 4), expected);
    }

    #[test]
    fn extensions_that_writers_sort_differently_are_not_side_by_side() {
        let paths = ["f.woff", "f.woff2", "g.mp3", "g.mp4"];
        assert_eq!(names(NameStyle::Portable, &paths, 4), ["f.woff", "f_2.woff2", "g.mp3", "g.mp4"]);
    }

    #[test]
    fn deep_folders_become_one() {
        let paths = ["a/b/c/d/e.html", "a/b/c/f.html", "a/b/c_d/g.html", "a/h.html"];
        let expected = ["a/b_c_d/e.html", "a/b_c/f.html", "a/b_c_d_2/g.html", "a/h.html"];
        assert_eq!(names(NameStyle::Portable, &paths, 2), expected);
        assert_eq!(names(NameStyle::Portable, &["a/b/c.html"], 1), ["a_b/c.html"]);
    }

    #[test]
    fn dos_names_are_short() {
        let paths = ["chapter-one.html", "chapter-two.html", "_static/jquery.min.js", "pictures/x.jpeg", "f.woff2"];
        let expected = ["chapter.htm", "chapte_2.htm", "_static/jquery.js", "pictures/x.jpg", "f.wo2"];
        let found = names(NameStyle::Dos, &paths, 3);
        assert_eq!(found.iter().filter(|name| name.starts_with("chapter")).count(), 1);
        assert_eq!(found[2..], expected[2..].iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(found.iter().all(|path| path.split('/').all(|name| {
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
            stem.len() <= 8 && extension.len() <= 3
        })));
    }

    #[test]
    fn many_equal_names_are_numbered() {
        let paths: Vec<String> = (0..20_000)
            .map(|number| format!("ééééééééééé{}.html", "-".repeat(number % 100) + &"+".repeat(number / 100)))
            .collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        for style in [NameStyle::Portable, NameStyle::Dos] {
            assert_eq!(names(style, &paths, 3).into_iter().collect::<HashSet<_>>().len(), paths.len());
        }
    }
}
