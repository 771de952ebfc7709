//! Link counts and serial numbers in Rock Ridge's `PX` (RRIP 4.1.1), which depend on the whole tree.

use super::requirement::Requirement;
use super::tree::{File, Tree};
use super::verdict::{Basis, Problems};

/// A file with a serial number.
struct NumberedFile<'t> {
    serial: u32,
    number: u32,
    file: &'t File,
}

/// Checks the link counts and serial numbers of a tree.
pub(super) fn check(tree: &Tree, problems: &mut Problems) {
    check_directories(tree, problems);
    let mut files = Vec::new();
    for (number, file) in tree.files.iter().enumerate() {
        let number = number as u32;
        match file.links {
            Some(links) if links.serial.is_some() => {
                files.extend(links.serial.map(|serial| NumberedFile { serial, number, file }));
            }
            Some(links) if links.count == 0 => {
                let message = format!("the file `{}` has a link count of 0", tree.file_path(number));
                problems.add_violation(Basis::Convention, Requirement::RockRidge, message);
            }
            _ => {}
        }
    }
    files.sort_unstable_by_key(|file| (file.serial, file.number));
    if tree.is_complete {
        check_files(tree, &files, problems);
        check_serials(tree, &files, problems);
    }
}

/// A directory has two links, and one more for each directory in it.
fn check_directories(tree: &Tree, problems: &mut Problems) {
    for (number, directory) in tree.directories.iter().enumerate() {
        let expected = 2 + directory.directories.len() as u32;
        if let Some(links) = directory.links.filter(|links| links.count != expected && tree.is_complete) {
            let label = tree.directory_label(number as u32);
            let message = format!("{label}: has {} links, not {expected}", links.count);
            problems.add_violation(Basis::Convention, Requirement::RockRidge, message);
        }
    }
}

/// A file has as many links as there are files with its serial number, all at the same extent.
fn check_files(tree: &Tree, files: &[NumberedFile<'_>], problems: &mut Problems) {
    // Some programs write the same number for all files (pycdlib does).
    let are_all_the_same = has_common_serial(tree);
    for same in files.chunk_by(|a, b| a.serial == b.serial) {
        for NumberedFile { number, file, .. } in same {
            let links = file.links.map_or(0, |links| links.count);
            // Some programs unpack files with one serial number as one file, whatever their extents and link counts are (libarchive
            // does).
            let count = |file: &File| file.links.map_or(0, |links| links.count);
            let are_linked = !are_all_the_same || links > 1 && count(same[0].file) > 1;
            if are_linked && file.extent != same[0].file.extent && file.length > 0 && same[0].file.length > 0 {
                let message = format!(
                    "the files `{}` and `{}` have one serial number but different bytes: some programs unpack one of them in the place of the other",
                    tree.file_path(same[0].number),
                    tree.file_path(*number)
                );
                problems.add_violation(Basis::Reading, Requirement::RockRidge, message);
            } else if links as usize != same.len() || file.extent != same[0].file.extent {
                let path = tree.file_path(*number);
                let names = match same.len() {
                    1 => "1 file has".to_owned(),
                    count => format!("{count} files have"),
                };
                let message = format!("the file `{path}` has a link count of {links}, but {names} its serial number");
                problems.add_violation(Basis::Convention, Requirement::RockRidge, message);
            }
        }
    }
}

/// Whether all files have one serial number. Programs that take it for the number of the file unpack them as one file.
pub(super) fn has_common_serial(tree: &Tree) -> bool {
    let mut serials = tree.files.iter().filter_map(|file| file.links?.serial);
    let first = serials.next();
    serials.clone().count() > 1 && serials.all(|serial| Some(serial) == first)
}

/// Each directory has a different serial number, and all names of a file share one. The numbers start at 1 without gaps.
fn check_serials(tree: &Tree, files: &[NumberedFile<'_>], problems: &mut Problems) {
    let directory_serials = tree.directories.iter().filter_map(|directory| directory.links?.serial);
    let file_serials = files.chunk_by(|a, b| a.serial == b.serial).map(|same| same[0].serial);
    let mut serials: Vec<u32> = directory_serials.chain(file_serials).collect();
    serials.sort_unstable();
    if serials.iter().zip(1..).any(|(serial, expected)| *serial != expected) {
        let message = format!("the serial numbers of files and directories are not 1 to {}", serials.len());
        problems.add_violation(Basis::Convention, Requirement::RockRidge, message);
    }
}
