//! Finds drives that can burn discs.

use std::fs;
use std::path::{Path, PathBuf};

/// A drive that can burn discs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    /// The device, such as `/dev/sr0`.
    pub device: PathBuf,
    /// The name of the model, if it is known.
    pub model: Option<String>,
}

/// Finds the drives that can burn discs, from the Linux kernel's table of drives. Empty on other systems, which have no such table.
pub fn drives() -> Vec<Drive> {
    let table = fs::read_to_string("/proc/sys/dev/cdrom/info").unwrap_or_default();
    writers(&table)
        .into_iter()
        .map(|name| Drive { model: model(Path::new(&name)), device: PathBuf::from(format!("/dev/{name}")) })
        .collect()
}

/// The maker and model of a drive, if the kernel knows them. Only the last part of the device's path is used.
pub fn model(device: &Path) -> Option<String> {
    let folder = Path::new("/sys/class/block").join(device.file_name()?).join("device");
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_default().trim().to_owned();
    Some(format!("{} {}", read("vendor"), read("model")).trim().to_owned()).filter(|model| !model.is_empty())
}

/// The names of the drives that can burn discs, from the kernel's table, which has a line for each property and a column
/// for each drive.
fn writers(table: &str) -> Vec<String> {
    let row = |property: &str| -> Vec<&str> {
        let line = table.lines().find_map(|line| line.strip_prefix(property)?.strip_prefix(':'));
        line.map(|line| line.split_whitespace().collect()).unwrap_or_default()
    };
    let kinds = ["Can write CD-R", "Can write DVD-R", "Can write DVD-RAM"].map(row);
    let mut writers: Vec<String> = row("drive name")
        .into_iter()
        .enumerate()
        .filter(|(column, _)| kinds.iter().any(|kind| kind.get(*column) == Some(&"1")))
        .map(|(_, name)| name.to_owned())
        .collect();
    writers.sort();
    writers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_table_says_which_drives_can_burn() {
        let table = "CD-ROM information, Id: cdrom.c 3.20 2003/12/17\n\ndrive name:\t\tsr1\tsr0\ndrive speed:\t\t48\t1\n\
                     Can write CD-R:\t\t0\t1\nCan write CD-RW:\t0\t1\nCan write DVD-R:\t0\t1\nCan write DVD-RAM:\t0\t0\n";
        assert_eq!(writers(table), ["sr0"]);
        assert!(writers("").is_empty());
    }
}
