//! Verifying the files of a folder: a mounted disc, a copied stick, an unpacked archive.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::medium::{Medium, SECTOR, in_words};
use super::verdict::{Checked, Code, Kind, Problem, Problems, Sectors, Verdict};
use super::{Interrupted, NO_LIST, Published, broken_links, compare_digests, label, list, pages};
use crate::checksum::{Digest, Hasher};
use crate::progress::Progress;

/// Levels of folders that are looked into.
const MOST_LEVELS: usize = 64;
/// Blocks read at a time.
const BLOCKS: usize = 512;

/// A file of the folder.
struct Found {
    place: PathBuf,
    length: u64,
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
    let mut notes = Vec::new();
    let mut found = BTreeMap::new();
    fs::read_dir(root)?;
    walk(root, "", 0, &mut found, &mut problems);
    let size = found.values().map(|file: &Found| file.length).sum();
    progress.begin(size);
    let list_path = found.keys().find(|path| list::is_list(path)).cloned();
    let mut promised = list::Promised::new();
    match &list_path {
        Some(path) if found[path].length <= list::MOST_BYTES => match fs::read(&found[path].place) {
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
    let mut files = Vec::new();
    let mut intact = 0;
    let mut list_digest = None;
    for (path, file) in &found {
        if stop.load(Ordering::Relaxed) {
            return Ok(Err(Interrupted));
        }
        let promise = listed.get(path).map(|(_, digest)| *digest);
        let read = read(file, pages::is_page(path), progress, stop);
        let mut html = Vec::new();
        let digest = match read {
            Ok(None) => return Ok(Err(Interrupted)),
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
            None if promised.is_empty() || list::is_list(path) => {}
            None if promised.values().any(|promise| *promise == digest) => {
                notes.push(format!("`{path}` is a copy of a file of the checksum list"));
            }
            None if is_of_a_system(path) => notes.push(format!("`{path}` was added by a computer’s system")),
            None => problems.push(Problem::new(Code::Added, "is not in the checksum list").at(path)),
        }
    }
    progress.end();
    let agree = compare_digests(published, None, list_digest, "the folder", &mut problems);
    let all_pages = found.keys().filter(|path| pages::is_page(path)).cloned().collect();
    label(&mut problems, all_pages, &mut |path| {
        let own = found.get(path).or_else(|| found.get(*lower.get(&path.to_lowercase())?))?;
        (own.length <= pages::MOST_BYTES).then(|| fs::read(&own.place).ok()).flatten()
    });
    Ok(Ok(Verdict {
        kind: Kind::Folder,
        volume: None,
        size,
        problems,
        notes,
        agree,
        files,
        listed: promised.len() as u64,
        intact,
        whole: None,
        list: list_digest,
        media_check: None,
    }))
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
                found.insert(below, Found { place: entry.path(), length: meta.len() });
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

/// Reads a file to its end; `None` if the user broke it off.
fn read(file: &Found, page: bool, progress: &mut dyn Progress, stop: &AtomicBool) -> io::Result<Option<Bytes>> {
    let mut source = File::open(&file.place)?;
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

/// Whether systems put files of that name onto a disc or a stick by themselves.
fn is_of_a_system(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let top = path.split('/').next().unwrap_or_default();
    matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.starts_with("._")
        || matches!(
            top,
            "System Volume Information" | "$RECYCLE.BIN" | ".Spotlight-V100" | ".fseventsd" | ".Trashes" | "lost+found"
        )
        || top.starts_with(".Trash-")
}
