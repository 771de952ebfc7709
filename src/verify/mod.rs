//! Our own reading of an image, which trusts nothing that made it and imports none of it.
//!
//! So far it reads the names of every tree back, for the writer to be held to its plan.

mod reader;

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

use reader::{Namespace, Reader};

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
    let mut identifier = [0; 5];
    let read = file.seek(io::SeekFrom::Start(16 * 2048 + 1)).and_then(|_| file.read_exact(&mut identifier));
    read.is_ok() && &identifier == b"CD001"
}

/// Whether an image holds exactly the expected names, with their lengths, in each of its trees.
///
/// # Errors
/// The first difference, in words; or what the file system says.
pub fn holds_exactly(
    image: &mut (impl Read + Seek),
    size: u64,
    expected: &[Expected],
) -> io::Result<Result<(), String>> {
    let mut reader = Reader::new(image, size);
    let trees = [
        (Namespace::Primary, "primary tree"),
        (Namespace::RockRidge, "Rock Ridge names"),
        (Namespace::Joliet, "Joliet tree"),
    ];
    let mut extents = Vec::new();
    for (namespace, words) in trees {
        let found = match reader.files(namespace)? {
            Ok(found) => found,
            Err(damage) => return Ok(Err(format!("{words}: {damage}"))),
        };
        let wanted: BTreeMap<&str, u64> = expected
            .iter()
            .map(|file| {
                (if namespace == Namespace::Primary { &file.iso9660 } else { &file.joliet }.as_str(), file.length)
            })
            .collect();
        for (path, length) in &wanted {
            match found.get(*path) {
                None => return Ok(Err(format!("{words}: `{path}` is not there"))),
                Some(file) if file.length != *length => {
                    return Ok(Err(format!("{words}: `{path}` has {} bytes, not {length}", file.length)));
                }
                Some(_) => {}
            }
        }
        if let Some(extra) = found.keys().find(|path| !wanted.contains_key(path.as_str())) {
            return Ok(Err(format!("{words}: `{extra}` was not planned")));
        }
        let mut places: Vec<(u32, u64)> = found.values().map(|file| (file.first, file.length)).collect();
        places.sort_unstable();
        extents.push(places);
    }
    if extents.windows(2).any(|pair| pair[0] != pair[1]) {
        return Ok(Err("the trees do not show the same extents".to_owned()));
    }
    Ok(Ok(()))
}
