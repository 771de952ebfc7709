//! Our own reading of an image, a disc or a folder, which trusts nothing that made it and imports
//! none of it.
//!
//! Of an image or a device first the structure is read (`descriptors`, `directories`,
//! `path_tables`, `trees`), each part noting which bytes it owns (`claims`); then one pass over all
//! bytes (`sweep`) hashes every file and the whole. A folder has no structure, only files. What is
//! wrong is a [`Problem`]; nothing but the user stops the reading, and memory is bounded by
//! [`directories::MOST_ENTRIES`] and [`list::MOST_BYTES`].

mod claims;
mod dates;
mod descriptors;
mod directories;
mod folder;
mod list;
mod medium;
mod naming;
mod pages;
mod path_tables;
mod rock_ridge;
mod sweep;
mod trees;
mod verdict;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Read, Seek};
use std::sync::atomic::AtomicBool;

pub use folder::{archive, folder};
pub use verdict::{Checked, Code, Kind, MediaCheck, Problem, Problems, Sectors, Verdict};

use crate::checksum::{Digest, Hasher, is_list};
use crate::media_check::{BLANK, Implanted};
use crate::progress::Progress;
use claims::{Claims, Owner};
use descriptors::{Descriptor, Namespace};
use directories::Tree;
use medium::{Medium, SECTOR, grouped, in_words};
use sweep::Content;

/// Sectors of zeros at the end of the volume, against run-out errors of burned discs.
const PADDING_SECTORS: u64 = 150;

/// The user broke it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// A digest that somebody published, of an image or of a checksum list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Who says it, for messages: `out.iso.sha256`.
    pub by: String,
    /// The digest; none if what should hold it does not.
    pub digest: Option<Digest>,
    /// Whether it may be that of the checksum list, too.
    pub or_of_list: bool,
}

/// A file as an image must hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expected {
    /// Its path in the primary tree, with version: `/PAGES/STYLE.CSS;1`.
    pub iso9660: String,
    /// Its path in the Joliet tree and in Rock Ridge: `/pages/style.css`.
    pub joliet: String,
    /// Bytes.
    pub length: u64,
}

/// Whether a file begins like an ISO 9660 image: `CD001` in its first volume descriptor.
pub fn is_image(file: &mut (impl Read + Seek)) -> bool {
    let mut sector = [0; medium::SECTOR_BYTES];
    let read = file.seek(io::SeekFrom::Start(16 * SECTOR)).and_then(|_| file.read_exact(&mut sector));
    read.is_ok() && descriptors::is_volume(&sector)
}

/// The digest that a checksum file such as `out.iso.sha256` holds for the file of that name, or for
/// the only file it names.
pub fn published_digest(text: &str, name: &str) -> Option<Digest> {
    // `SHA256 (out.iso) = …` of `--tag` and of BSD, `…  out.iso` and `… *out.iso` of the others, or the digest alone.
    let parts = |line: &'_ str| -> (String, String) {
        let line = line.trim();
        let tagged = line.strip_prefix("SHA256 (").and_then(|rest| rest.rsplit_once(") = "));
        let (digest, file) = match tagged {
            Some((file, digest)) => (digest, file),
            None => line.split_once(char::is_whitespace).unwrap_or((line, "")),
        };
        let file = file.trim_start();
        (digest.to_ascii_lowercase(), file.strip_prefix('*').unwrap_or(file).to_owned())
    };
    let lines: Vec<(String, String)> = text.lines().filter(|line| !line.trim().is_empty()).map(parts).collect();
    let own = lines.iter().find(|(_, file)| file == name).or(lines.first().filter(|_| lines.len() == 1))?;
    Digest::parse(&own.0)
}

/// The structure of a volume, read.
struct Structure {
    descriptors: Vec<Descriptor>,
    trees: Vec<Tree>,
    claims: Claims,
    notes: Vec<String>,
}

impl Structure {
    fn of<R: Read + Seek>(medium: &mut Medium<'_, R>, problems: &mut Problems) -> Self {
        let mut claims = Claims::default();
        let descriptors = descriptors::read(medium, &mut claims, problems);
        let mut notes = Vec::new();
        let mut trees: Vec<Tree> = Vec::new();
        for descriptor in &descriptors {
            let tree = directories::read(descriptor, medium, &mut claims, problems);
            path_tables::check(descriptor, &tree, medium, &mut claims, problems);
            trees::named_files(&tree, &descriptor.files, problems);
            trees.push(tree);
        }
        let of = |namespace| trees.iter().find(|tree| tree.namespace == namespace);
        if let (Some(primary), Some(joliet)) = (of(Namespace::Primary), of(Namespace::Joliet)) {
            trees::compare(primary, joliet, problems);
        }
        if let Some(tree) = trees.last() {
            trees::large_files(tree, &mut notes, problems);
        }
        Self { descriptors, trees, claims, notes }
    }

    /// What lies where, whichever tree shows it; the Joliet tree's names first.
    fn contents(&self) -> Vec<Content> {
        let mut contents: Vec<Content> = Vec::new();
        let mut by_extents: HashMap<Vec<(u32, u64)>, usize> = HashMap::new();
        let mut by_path: HashSet<String> = HashSet::new();
        for tree in self.trees.iter().rev() {
            for (file, path) in tree.files.iter().zip(tree.file_paths()) {
                let extents = file.extents();
                // The other tree's spelling of what is there already.
                let spelling = format!("{:?} {}", extents, naming::common(&path));
                if !by_path.insert(spelling) {
                    continue;
                }
                // Empty files share nothing, wherever they are said to lie.
                let known = (file.length > 0).then(|| by_extents.get(&extents).copied()).flatten();
                match known {
                    Some(number) => contents[number].paths.push(path),
                    None => {
                        by_extents.insert(extents.clone(), contents.len());
                        contents.push(Content { paths: vec![path], extents, length: file.length });
                    }
                }
            }
        }
        contents
    }
}

/// Verifies an image, or a disc in a drive, of so many bytes.
///
/// # Errors
/// [`Interrupted`] if `stop` was set.
pub fn volume(
    source: &mut (impl Read + Seek),
    length: u64,
    kind: Kind,
    published: &[Published],
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Verdict, Interrupted> {
    let mut medium = Medium::new(source, length);
    let mut problems = Problems::default();
    let mut structure = Structure::of(&mut medium, &mut problems);
    let space = structure.descriptors.first().map_or(medium.sectors(), |d| u64::from(d.space));
    size(kind, space, &medium, &mut problems);
    let readable = space.min(medium.sectors()) * SECTOR;

    let contents = structure.contents();
    let mut claims = std::mem::take(&mut structure.claims);
    for (number, content) in contents.iter().enumerate() {
        for (part, (first, length)) in content.extents.iter().enumerate() {
            claims.add(u64::from(*first) * SECTOR, *length, Owner::File(number as u32, part as u32));
        }
    }
    let used = claims.end(space * SECTOR).div_ceil(SECTOR);
    if used + PADDING_SECTORS > space {
        let padding = space.saturating_sub(used);
        problems.structure(13, format!("the volume ends with {padding} sectors of padding, not {PADDING_SECTORS}"));
    }
    let name = |owner: Owner| match owner {
        Owner::Structure => "a structure of the volume".to_owned(),
        Owner::File(number, _) => {
            contents[number as usize].paths.first().map_or_else(String::new, |path| format!("the file `{path}`"))
        }
    };
    let claims = claims.in_order(readable, &name, &mut problems);

    let list = contents.iter().position(|content| content.paths.iter().any(|path| is_list(path)));
    let promised = match list.map(|number| &contents[number]) {
        Some(content) if content.length > list::MOST_BYTES => {
            let message = format!("the checksum list has {} bytes, too many", grouped(content.length));
            problems.push(Problem::new(Code::ChecksumList, message));
            list::Promised::new()
        }
        Some(content) => {
            let bytes = bytes_of(&mut medium, content);
            // What cannot be read is reported with the files, and promises nothing.
            let readable = unreadable(&medium, content).is_empty();
            if readable { list::parse(&bytes, &content.paths[0], &mut problems) } else { list::Promised::new() }
        }
        None => {
            problems.push(Problem::new(Code::ChecksumList, NO_LIST));
            list::Promised::new()
        }
    };

    let area = structure.descriptors.iter().find(|d| d.namespace == Namespace::Primary).map(|d| d.application_use);
    let implanted = area.filter(|area| *area != BLANK).and_then(|area| Some((area, Implanted::parse(&area)?)));
    let paths: HashSet<&str> = contents.iter().flat_map(|content| &content.paths).map(String::as_str).collect();
    let mut broken = Vec::new();
    let mut page = |number: usize, html: &[u8]| {
        broken.extend(broken_links(html, &contents[number].paths[0], &|path| paths.contains(path)));
    };
    let volume =
        sweep::Volume { bytes: readable, claims: &claims, contents: &contents, media_check: implanted.is_some() };
    let swept = sweep::sweep(&mut medium, &volume, &mut page, progress, stop, &mut problems)?;

    let mut tally = Tally { promised, found: BTreeSet::new(), intact: 0, files: Vec::new() };
    for (content, digest) in contents.iter().zip(&swept.digests) {
        let bad = unreadable(&medium, content);
        tally.content(content, *digest, bad, &mut problems);
    }
    // Where a page is damaged, so may be its links: what they are worth is said by its digest.
    let damaged: HashSet<String> = problems.kept().iter().filter_map(|problem| problem.path.clone()).collect();
    broken
        .into_iter()
        .filter(|p| p.path.as_ref().is_none_or(|path| !damaged.contains(path)))
        .for_each(|p| problems.push(p));
    let listed = tally.missing(&mut problems);

    let bad = medium.bad();
    let all_read = bad.is_empty() && readable == space * SECTOR;
    if !bad.is_empty() && problems.count(Code::Unreadable) == 0 {
        let message = format!("{}, in no file", in_words(&bad, "unreadable", "sector"));
        problems.push(Problem::new(Code::Unreadable, message).in_sectors(bad));
    }
    let media_check = match implanted {
        None => MediaCheck::None,
        Some((area, sums)) => {
            let due = swept.area.unwrap_or(BLANK);
            // Another tool may write other fragment sums; the sum of the whole is what counts then.
            let passed = area == due
                || Implanted::parse(&due)
                    .is_some_and(|due| due.md5 == sums.md5 && due.fragment_sums != sums.fragment_sums);
            if !passed {
                let message = "the implanted media check fails: the volume is not as it was when the check was put in";
                problems.push(Problem { requirement: Some(14), ..Problem::new(Code::MediaCheck, message) });
            }
            if passed { MediaCheck::Passed } else { MediaCheck::Failed }
        }
    };
    let whole = all_read.then_some(swept.whole);
    let list_digest = list.and_then(|number| swept.digests[number]);
    // The digest is that of the volume: what follows in a file is in it no more than what follows on a disc.
    let longer = kind == Kind::Image && medium.sectors() > space;
    let what = if longer { "the volume without what follows it" } else { "the whole" };
    let agree = compare_digests(published, whole, list_digest, what, &mut problems);

    let pages: Vec<String> = paths.iter().filter(|path| pages::is_page(path)).map(|path| (*path).to_owned()).collect();
    let by_path: HashMap<&str, usize> = contents
        .iter()
        .enumerate()
        .flat_map(|(n, content)| content.paths.iter().map(move |p| (p.as_str(), n)))
        .collect();
    label(&mut problems, pages, &mut |path| {
        let content = &contents[*by_path.get(path)?];
        (content.length <= pages::MOST_BYTES).then(|| bytes_of(&mut medium, content))
    });
    Ok(Verdict {
        kind,
        volume: structure.descriptors.first().map(|descriptor| descriptor.volume.clone()),
        size: space * SECTOR,
        problems,
        notes: structure.notes,
        agree,
        files: tally.files,
        listed,
        intact: tally.intact,
        whole,
        longer,
        list: list_digest,
        media_check: Some(media_check),
    })
}

const NO_LIST: &str = "there is no checksum list `SHA256SUMS`: what the files should hold cannot be known";

/// Whether the image is as long as its volume.
fn size<R: Read + Seek>(kind: Kind, space: u64, medium: &Medium<'_, R>, problems: &mut Problems) {
    let there = medium.sectors();
    if there < space {
        let missing = space - there;
        let message = format!("it is cut off: {} sectors of {} are there", grouped(there), grouped(space));
        problems.push(Problem::of(3, message).in_sectors([(there, missing)]));
    } else if there > space && kind == Kind::Image {
        let message = format!("{} sectors follow behind the end of the volume", grouped(there - space));
        problems.push(Problem::of(3, message).in_sectors([(space, there - space)]));
    }
}

/// All bytes of a content, zeros for what is not there.
fn bytes_of<R: Read + Seek>(medium: &mut Medium<'_, R>, content: &Content) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (first, length) in &content.extents {
        if u64::from(*first) + length.div_ceil(SECTOR) > medium.sectors() {
            break;
        }
        let part = medium.read((*first).into(), length.div_ceil(SECTOR) as usize);
        bytes.extend_from_slice(&part[..*length as usize]);
    }
    bytes
}

/// The sectors of a content that could not be read, or that are not there.
fn unreadable<R: Read + Seek>(medium: &Medium<'_, R>, content: &Content) -> Vec<Sectors> {
    let mut bad = Vec::new();
    for (first, length) in &content.extents {
        let (first, count) = (u64::from(*first), length.div_ceil(SECTOR));
        bad.extend(medium.bad_in(first, count));
        let there = medium.sectors().clamp(first, first + count);
        if there < first + count {
            bad.push((there, first + count - there));
        }
    }
    bad
}

/// The links of a page that lead to no file.
fn broken_links(html: &[u8], from: &str, is_there: &dyn Fn(&str) -> bool) -> Vec<Problem> {
    let page = pages::Page::of(html);
    let targets = page.links.iter().filter_map(|link| Some((link, pages::resolve(link, from)?)));
    let broken = targets.filter(|(_, target)| !is_there(target));
    broken
        .map(|(link, _)| {
            Problem::new(Code::BrokenLink, format!("a link to `{}` leads nowhere", link.escape_debug())).at(from)
        })
        .collect()
}

/// Files against the checksum list.
struct Tally {
    promised: list::Promised,
    found: BTreeSet<String>,
    intact: u64,
    files: Vec<Checked>,
}

impl Tally {
    /// The path under which the list names a file: as it is, or in other case.
    fn listed_as(&self, path: &str) -> Option<String> {
        if self.promised.contains_key(path) {
            return Some(path.to_owned());
        }
        // Plain ISO 9660 shows names in capitals, or some systems in small letters.
        let small = path.to_lowercase();
        self.promised.contains_key(&small).then_some(small)
    }

    /// Judges bytes that are on the disc under one path or more.
    fn content(&mut self, content: &Content, digest: Option<Digest>, bad: Vec<Sectors>, problems: &mut Problems) {
        let whole = digest.filter(|_| bad.is_empty());
        let listed: Vec<Option<String>> = content.paths.iter().map(|path| self.listed_as(path)).collect();
        for (path, listed) in content.paths.iter().zip(&listed) {
            self.files.push(Checked { path: path.clone(), digest: whole });
            let promised = listed.as_ref().and_then(|listed| self.promised.get(listed).copied());
            if let Some(listed) = listed {
                self.found.insert(listed.clone());
            }
            let problem = match (promised, whole) {
                (_, None) if !bad.is_empty() => {
                    Problem::new(Code::Unreadable, in_words(&bad, "unreadable", "sector")).in_sectors(bad.clone())
                }
                (_, None) => {
                    Problem::new(Code::Unreadable, "its place on the disc is wrong, so it cannot be read whole")
                }
                (Some(promised), Some(digest)) if promised == digest => {
                    self.intact += 1;
                    continue;
                }
                (Some(_), Some(_)) => {
                    let place =
                        content.extents.iter().map(|(first, length)| (u64::from(*first), length.div_ceil(SECTOR)));
                    Problem::new(Code::Changed, "its bytes are not those of the checksum list").in_sectors(place)
                }
                (None, Some(_)) if is_list(path) || self.promised.is_empty() => continue,
                // A second name of bytes that are listed.
                (None, Some(_)) if content.paths.iter().any(|path| self.listed_as(path).is_some()) => continue,
                (None, Some(_)) => Problem::new(Code::Added, "is not in the checksum list"),
            };
            problems.push(problem.at(path));
        }
    }

    /// Reports what was promised and not found; gives the number of all that was promised.
    fn missing(&self, problems: &mut Problems) -> u64 {
        let mut missing: Vec<&String> = self.promised.keys().filter(|path| !self.found.contains(*path)).collect();
        missing.sort_unstable();
        for path in missing {
            problems.push(Problem::new(Code::Missing, "is in the checksum list and not there").at(path));
        }
        self.promised.len() as u64
    }
}

/// Holds what was published against what was found.
fn compare_digests(
    published: &[Published],
    whole: Option<Digest>,
    list: Option<Digest>,
    what: &str,
    problems: &mut Problems,
) -> Vec<String> {
    let mut agree = Vec::new();
    for published in published {
        let by = &published.by;
        let Some(digest) = published.digest else {
            problems.push(Problem::new(
                Code::ChecksumList,
                format!("the digest {by} cannot be read: no line of it is a digest of {what}"),
            ));
            continue;
        };
        if whole == Some(digest) || (published.or_of_list && list == Some(digest)) {
            agree.push(format!(
                "the digest {by} is that of {}",
                if whole == Some(digest) { what } else { "its checksum list" }
            ));
            continue;
        }
        let message = match whole.or(list.filter(|_| published.or_of_list)) {
            Some(_) if published.or_of_list => {
                let image = if what == "the folder" { "; that of an image is proved by the image alone" } else { "" };
                format!("the digest {by} is neither that of {what} nor of its checksum list{image}")
            }
            Some(_) => format!("the digest {by} is not that of {what}"),
            None => format!("{what} cannot be read whole, so it cannot be held against {by}"),
        };
        problems.push(Problem::new(Code::Digest, message));
    }
    agree
}

/// Says what the collection calls the files that something is wrong with.
fn label(problems: &mut Problems, mut pages: Vec<String>, read: &mut dyn FnMut(&str) -> Option<Vec<u8>>) {
    let wanted: BTreeSet<String> = problems.kept().iter().filter_map(|problem| problem.path.clone()).collect();
    if wanted.is_empty() {
        return;
    }
    pages.sort_unstable();
    let labels = pages::labels(&wanted.into_iter().collect::<Vec<_>>(), &pages, read);
    for problem in problems.kept_mut() {
        problem.document = problem.path.as_ref().and_then(|path| labels.get(path).cloned());
    }
}

/// What a manifest would make.
#[derive(Debug, Clone)]
pub struct Model {
    /// The checksum list.
    pub list: Vec<u8>,
    /// The digest of the image.
    pub image: Digest,
    /// The volume identifier.
    pub volume: String,
}

/// Adds to a verdict what differs from what the manifest would make.
pub fn compare_with_manifest(verdict: &mut Verdict, model: &Model) {
    let mut problems = Problems::default();
    let due = list::parse(&model.list, "SHA256SUMS", &mut problems);
    let mut list = Hasher::default();
    list.update(&model.list);
    let list = list.finish();
    let found: BTreeMap<String, Option<Digest>> =
        verdict.files.iter().map(|file| (file.path.to_lowercase(), file.digest)).collect();
    let due: BTreeMap<String, Digest> = due.into_iter().map(|(path, digest)| (path.to_lowercase(), digest)).collect();
    let mut differs = false;
    let mut say = |what: &str, path: &str| {
        differs = true;
        verdict.problems.push(Problem::new(Code::Manifest, what).at(path));
    };
    for (path, digest) in &due {
        match found.get(path) {
            None => say("would be made from the manifest, and is not there", path),
            Some(Some(found)) if found != digest => say("the manifest would make other bytes", path),
            _ => {}
        }
    }
    for (path, digest) in &found {
        let copy = digest.is_some_and(|digest| due.values().any(|due| *due == digest));
        if !due.contains_key(path) && !is_list(path) && !copy {
            say("is there, and would not be made from the manifest", path);
        }
    }
    if differs {
        return;
    }
    match (verdict.whole, &verdict.volume) {
        (Some(whole), _) if whole == model.image => {
            verdict.notes.push("it is, byte for byte, what the manifest makes".to_owned())
        }
        (_, Some(volume)) if *volume != model.volume => {
            let message = format!("its volume identifier is `{volume}`; the manifest would make `{}`", model.volume);
            verdict.problems.push(Problem::new(Code::Manifest, message));
        }
        (Some(_), _) => {
            let message = "every file is what the manifest makes, but not the volume around them: \
                           its identifiers, its date, or the version of make-disc differ";
            verdict.problems.push(Problem::new(Code::Manifest, message));
        }
        (None, _) if verdict.list == Some(list) => {
            verdict.notes.push("every file is what the manifest makes".to_owned())
        }
        (None, _) => {}
    }
}

/// Whether an image has a sound structure and holds exactly the expected names, with their lengths,
/// in each of its trees.
///
/// # Errors
/// The first difference, in words.
pub fn holds_exactly(image: &mut (impl Read + Seek), size: u64, expected: &[Expected]) -> Result<(), String> {
    let mut medium = Medium::new(image, size);
    let mut problems = Problems::default();
    let structure = Structure::of(&mut medium, &mut problems);
    if let Some(problem) = problems.kept().first() {
        return Err(problem.message.clone());
    }
    let planned: HashMap<&str, usize> =
        expected.iter().enumerate().map(|(n, file)| (file.joliet.as_str(), n)).collect();
    for tree in &structure.trees {
        holds(tree, expected, &planned)?;
    }
    Ok(())
}

/// The same of one tree; of the primary tree its own identifiers, too. `planned` are the numbers of the
/// expected files, by path.
fn holds(tree: &Tree, expected: &[Expected], planned: &HashMap<&str, usize>) -> Result<(), String> {
    let word = tree.namespace.word();
    let mut found = vec![false; expected.len()];
    for (number, directory) in tree.directories.iter().enumerate() {
        let below = |folder: String| if folder.is_empty() { "/".to_owned() } else { format!("/{folder}/") };
        let (folder, own_folder) = (below(tree.directory_path(number as u32)), below(tree.own_path(number as u32)));
        for number in directory.files.clone() {
            let file = &tree.files[number as usize];
            let path = format!("{folder}{}", tree.file_name(number));
            let Some((expected, found)) = planned.get(path.as_str()).map(|n| (&expected[*n], &mut found[*n])) else {
                return Err(format!("{word} tree: `{path}` was not planned"));
            };
            if file.length != expected.length {
                let (length, planned) = (file.length, expected.length);
                return Err(format!("{word} tree: `{path}` has {length} bytes, not {planned}"));
            }
            if std::mem::replace(found, true) {
                return Err(format!("{word} tree: `{path}` is there twice"));
            }
            if tree.namespace == Namespace::Primary {
                let own = format!("{own_folder}{}", String::from_utf8_lossy(&file.identifier));
                if own != expected.iso9660 {
                    return Err(format!("{word} tree: `{path}` has the identifiers `{own}`"));
                }
            }
        }
    }
    match found.iter().position(|found| !found) {
        Some(number) => Err(format!("{word} tree: `{}` is not there", expected[number].joliet)),
        None => Ok(()),
    }
}
