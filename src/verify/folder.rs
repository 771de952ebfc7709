//! Verifying the files of a folder (a mounted disc, a copied stick, an unpacked archive) or of an archive.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::medium::{Medium, SECTOR, in_words};
use super::verdict::{Checked, Code, Kind, Problem, Problems, Sectors, Verdict};
use super::{Interrupted, NO_LIST, Published, broken_links, compare_digests, label, list, pages};
use crate::archive::{Archive, Member};
use crate::checksum::{Digest, Hasher, is_list};
use crate::names::is_os_metadata;
use crate::progress::Progress;

/// Levels of folders that are looked into.
const MOST_LEVELS: usize = 64;
/// Blocks read at a time.
const BLOCKS: usize = 512;

/// A file of the folder or archive.
struct Found {
    place: Place,
    length: u64,
}

enum Place {
    File(PathBuf),
    Member(Member),
}

/// What the files are in.
enum Files {
    Folder,
    Archive(Archive),
}

impl Files {
    /// All bytes of a file that is not long.
    fn all(&mut self, file: &Found) -> io::Result<Vec<u8>> {
        match (self, &file.place) {
            (Self::Archive(archive), Place::Member(member)) => {
                let mut bytes = Vec::new();
                archive.read(member)?.take(file.length + 1).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            (_, Place::File(place)) => fs::read(place),
            (Self::Folder, Place::Member(_)) => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Verifies a folder by the checksum list in it.
///
/// # Errors
/// What the file system says of the folder itself; [`Interrupted`] within if `stop` was set.
pub fn folder(
    root: &Path,
    published: &[Published],
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Result<Verdict, Interrupted>> {
    let mut problems = Problems::default();
    let mut found = BTreeMap::new();
    fs::read_dir(root)?;
    walk(root, "", 0, &mut found, &mut problems);
    Ok(judge(Files::Folder, Kind::Folder, found, problems, published, progress, stop))
}

/// Verifies an archive by the checksum list in it.
///
/// # Errors
/// The archive cannot be read or is damaged as a whole; [`Interrupted`] within if `stop` was set.
pub fn archive(
    file: File,
    published: &[Published],
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Result<Verdict, Interrupted>> {
    let mut archive = Archive::open(file)?;
    let mut problems = Problems::default();
    let mut found = BTreeMap::new();
    for member in archive.members()? {
        let path = member.path.clone();
        if path.ends_with('/') {
            continue;
        }
        let sound = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if !sound || path.contains('\\') {
            let message = "is no path that stays in the folder it is unpacked to";
            problems.push(Problem::new(Code::Added, message).at(path));
            continue;
        }
        let length = member.length;
        if found.insert(path.clone(), Found { place: Place::Member(member), length }).is_some() {
            problems.push(Problem::new(Code::Added, "is in the archive twice").at(path));
        }
    }
    Ok(judge(Files::Archive(archive), Kind::Archive, found, problems, published, progress, stop))
}

fn judge(
    mut files_in: Files,
    kind: Kind,
    found: BTreeMap<String, Found>,
    mut problems: Problems,
    published: &[Published],
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> Result<Verdict, Interrupted> {
    let mut notes = Vec::new();
    let size = found.values().map(|file: &Found| file.length).sum();
    progress.begin(size);
    let list_path = found.keys().find(|path| is_list(path)).cloned();
    let mut promised = list::Promised::new();
    match &list_path {
        Some(path) if found[path].length <= list::MOST_BYTES => match files_in.all(&found[path]) {
            Ok(bytes) => promised = list::parse(&bytes, path, &mut problems),
            Err(error) => problems.push(Problem::new(Code::Unreadable, error.to_string()).at(path)),
        },
        Some(path) => problems.push(Problem::new(Code::ChecksumList, "the checksum list is too large").at(path)),
        None => problems.push(Problem::new(Code::ChecksumList, NO_LIST)),
    }
    let lower: HashMap<String, &String> = found.keys().map(|path| (path.to_lowercase(), path)).collect();
    // Each promised file as the folder spells it.
    let mut listed: BTreeMap<&String, (&String, Digest)> = BTreeMap::new();
    for (path, digest) in &promised {
        match found.get_key_value(path).map(|(own, _)| own).or_else(|| lower.get(&path.to_lowercase()).copied()) {
            Some(own) => {
                listed.insert(own, (path, *digest));
            }
            None => problems.push(Problem::new(Code::Missing, "is in the checksum list and not there").at(path)),
        }
    }
    // Some systems show all names in capital letters, or all without: then links work there. One name that is written
    // otherwise was changed, and links to it break elsewhere.
    let shown = |as_shown: fn(&str) -> String| listed.keys().all(|own| **own == as_shown(own));
    if !shown(|path| path.to_uppercase()) && !shown(|path| path.to_lowercase()) {
        for (own, (path, _)) in listed.iter().filter(|(own, (path, _))| *own != path) {
            let message =
                format!("is there as `{own}`: with other capital letters, links to it break on many computers");
            problems.push(Problem::new(Code::Missing, message).at(*path));
        }
    }
    let mut files = Vec::new();
    let mut intact = 0;
    let mut list_digest = None;
    for (path, file) in &found {
        if stop.load(Ordering::Relaxed) {
            return Err(Interrupted);
        }
        let promise = listed.get(path).map(|(_, digest)| *digest);
        let read = match &file.place {
            Place::File(place) => read(place, pages::is_page(path), progress, stop),
            Place::Member(member) => read_member(&mut files_in, member, pages::is_page(path), progress, stop),
        };
        let mut html = Vec::new();
        let digest = match read {
            Ok(None) => return Err(Interrupted),
            Ok(Some(read)) if read.bad.is_empty() => {
                html = read.html;
                Some(read.digest)
            }
            Ok(Some(read)) => {
                let words = in_words(&read.bad, "unreadable", "block");
                problems.push(Problem::new(Code::Unreadable, words).at(path).in_sectors(read.bad));
                None
            }
            Err(error) => {
                problems.push(Problem::new(Code::Unreadable, format!("cannot be opened: {error}")).at(path));
                None
            }
        };
        files.push(Checked { path: path.clone(), digest });
        let Some(digest) = digest else { continue };
        if Some(path) == list_path.as_ref() {
            list_digest = Some(digest);
        }
        match promise {
            Some(promise) if promise == digest => {
                intact += 1;
                if !html.is_empty() {
                    let there = |target: &str| lower.contains_key(&target.to_lowercase());
                    broken_links(&html, path, &there).into_iter().for_each(|problem| problems.push(problem));
                }
            }
            Some(_) => {
                problems.push(Problem::new(Code::Changed, "its bytes are not those of the checksum list").at(path))
            }
            None if promised.is_empty() || is_list(path) => {}
            // The one file that stands on a disc twice and in the list once.
            None if path == ".xdg-volume-info" && promised.values().any(|promise| *promise == digest) => {
                notes.push(format!("`{path}` is a copy of a file of the checksum list"));
            }
            None if is_os_metadata(path) => notes.push(format!("`{path}` was added by a computer’s system")),
            None => problems.push(Problem::new(Code::Added, "is not in the checksum list").at(path)),
        }
    }
    progress.end();
    let agree = compare_digests(published, None, list_digest, "the folder", &mut problems);
    let all_pages = found.keys().filter(|path| pages::is_page(path)).cloned().collect();
    label(&mut problems, all_pages, &mut |path| {
        let own = found.get(path).or_else(|| found.get(*lower.get(&path.to_lowercase())?))?;
        (own.length <= pages::MOST_BYTES).then(|| files_in.all(own).ok()).flatten()
    });
    Ok(Verdict {
        kind,
        volume: None,
        size,
        problems,
        notes,
        agree,
        files,
        listed: promised.len() as u64,
        intact,
        whole: None,
        longer: false,
        list: list_digest,
        media_check: None,
    })
}

/// Notes every file below a folder; links are not followed.
fn walk(folder: &Path, path: &str, level: usize, found: &mut BTreeMap<String, Found>, problems: &mut Problems) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) if level < MOST_LEVELS => entries,
        Ok(_) => {
            problems.push(Problem::new(Code::Unreadable, "the folders are too deep").at(path));
            return;
        }
        Err(error) => {
            problems.push(Problem::new(Code::Unreadable, format!("the folder cannot be read: {error}")).at(path));
            return;
        }
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(Problem::new(Code::Unreadable, format!("the folder cannot be read: {error}")).at(path));
                return;
            }
        };
        let name = entry.file_name().to_string_lossy().into_owned();
        let below = if path.is_empty() { name } else { format!("{path}/{name}") };
        match entry.metadata() {
            Ok(meta) if meta.is_dir() => walk(&entry.path(), &below, level + 1, found, problems),
            Ok(meta) if meta.is_file() => {
                found.insert(below, Found { place: Place::File(entry.path()), length: meta.len() });
            }
            Ok(_) => problems.push(Problem::new(Code::Added, "is neither a file nor a folder").at(below)),
            Err(error) => problems.push(Problem::new(Code::Unreadable, error.to_string()).at(below)),
        }
    }
}

/// Bytes of a file, read.
struct Bytes {
    digest: Digest,
    bad: Vec<Sectors>,
    /// All bytes, of a page.
    html: Vec<u8>,
}

/// Reads a member of an archive to its end, where its own sum is checked; `None` if the user broke it off.
fn read_member(
    files: &mut Files,
    member: &Member,
    page: bool,
    progress: &mut dyn Progress,
    stop: &AtomicBool,
) -> io::Result<Option<Bytes>> {
    let Files::Archive(archive) = files else { return Err(io::ErrorKind::NotFound.into()) };
    let mut source = archive.read(member)?;
    let mut hasher = Hasher::default();
    let mut html = Vec::new();
    let mut buffer = vec![0; BLOCKS * SECTOR as usize];
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let bytes = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&buffer[..bytes]);
        if page && html.len() as u64 <= pages::MOST_BYTES {
            html.extend_from_slice(&buffer[..bytes]);
        }
        progress.advance(bytes as u64, None);
    }
    Ok(Some(Bytes { digest: hasher.finish(), bad: Vec::new(), html }))
}

/// Reads a file to its end; `None` if the user broke it off.
fn read(place: &Path, page: bool, progress: &mut dyn Progress, stop: &AtomicBool) -> io::Result<Option<Bytes>> {
    let mut source = File::open(place)?;
    let length = source.metadata()?.len();
    let mut hasher = Hasher::default();
    let mut html = Vec::new();
    // The last block is read by its bytes, all before it as whole blocks.
    let whole = length / SECTOR;
    let mut bad = Vec::new();
    {
        let mut medium = Medium::new(&mut source, length);
        let mut buffer = vec![0; BLOCKS * SECTOR as usize];
        let mut at = 0;
        while at * SECTOR < length {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let bytes = if at < whole {
                ((whole - at).min(BLOCKS as u64) * SECTOR) as usize
            } else {
                (length % SECTOR) as usize
            };
            medium.fill(at, &mut buffer[..bytes]);
            hasher.update(&buffer[..bytes]);
            if page && length <= pages::MOST_BYTES {
                html.extend_from_slice(&buffer[..bytes]);
            }
            progress.advance(bytes as u64, None);
            at += (bytes as u64).div_ceil(SECTOR);
        }
        bad.append(&mut medium.bad());
    }
    Ok(Some(Bytes { digest: hasher.finish(), bad, html }))
}
