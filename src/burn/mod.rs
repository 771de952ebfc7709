//! Burns an image with an installed program, and compares the disc with the image.
//!
//! The module knows the arguments of each program, and finds the system's drives. Programs are run without a shell, so file names need
//! no quotation marks.

mod compare;
mod drives;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

pub use compare::{Difference, compare};
pub use drives::{Drive, drives, model};

use crate::programs::{self, path_argument};

/// A program that burns discs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// GNU xorriso, for every kind of disc.
    Xorriso,
    /// growisofs, for DVDs and Blu-ray discs.
    Growisofs,
    /// wodim, for CDs.
    Wodim,
    /// cdrecord, for every kind of disc.
    Cdrecord,
    /// The program that comes with macOS.
    Hdiutil,
    /// The program that comes with Windows.
    Isoburn,
}

/// The capacity of an 80-minute CD in bytes, rounded up. Larger images need a DVD.
const MAX_CD: u64 = 360_000 * 2048;

impl Tool {
    /// All tools, the preferred one first.
    pub const ALL: [Self; 6] =
        [Self::Xorriso, Self::Growisofs, Self::Wodim, Self::Cdrecord, Self::Hdiutil, Self::Isoburn];

    /// The name of the program file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xorriso => "xorriso",
            Self::Growisofs => "growisofs",
            Self::Wodim => "wodim",
            Self::Cdrecord => "cdrecord",
            Self::Hdiutil => "hdiutil",
            Self::Isoburn => "isoburn",
        }
    }

    /// Whether the program can burn an image of `size` bytes on `device`.
    pub fn can_burn(self, size: u64, device: Option<&OsStr>) -> bool {
        let is_file = device.is_some_and(|device| device.to_string_lossy().starts_with("stdio:"));
        match self {
            Self::Xorriso => true,
            _ if is_file => false,
            Self::Growisofs => size > MAX_CD,
            Self::Wodim => size <= MAX_CD,
            Self::Cdrecord | Self::Hdiutil | Self::Isoburn => true,
        }
    }

    /// Whether the program chooses the drive itself.
    pub fn finds_drive(self) -> bool {
        self == Self::Hdiutil
    }

    /// Whether the program itself can compare the disc with the image, and fails if they differ.
    pub fn verifies_disc(self) -> bool {
        matches!(self, Self::Hdiutil | Self::Isoburn)
    }

    /// The arguments with which the program burns an image. If `verify` is set and the program is able to, it also compares the disc
    /// with the image.
    pub fn arguments(self, image: &Path, device: &OsStr, speed: Option<u32>, verify: bool) -> Vec<OsString> {
        let joined = |prefix: &str, value: &OsStr| {
            let mut text = OsString::from(prefix);
            text.push(value);
            text
        };
        let image = path_argument(image);
        let speed = |option: &str| speed.map(|speed| OsString::from(format!("{option}{speed}")));
        let mut arguments: Vec<OsString> = Vec::new();
        match self {
            Self::Xorriso => {
                arguments.extend(["-as", "cdrecord", "-v"].map(OsString::from));
                arguments.push(joined("dev=", device));
                arguments.extend(speed("speed="));
                // This erases a rewritable disc. xorriso refuses a write-once disc that is not empty.
                arguments.push("blank=as_needed".into());
                // The image already ends with padding. More padding would make the disc longer than the image.
                arguments.push("padsize=0".into());
                arguments.push(image);
            }
            Self::Wodim | Self::Cdrecord => {
                arguments.push("-v".into());
                arguments.push(joined("dev=", device));
                arguments.extend(speed("speed="));
                arguments.extend([OsString::from("-dao"), image]);
            }
            Self::Growisofs => {
                arguments.push("-dvd-compat".into());
                arguments.extend(speed("-speed="));
                let mut target = device.to_owned();
                target.push("=");
                target.push(image);
                arguments.extend([OsString::from("-Z"), target]);
            }
            Self::Hdiutil => {
                let verify = if verify { "-verifyburn" } else { "-noverifyburn" };
                arguments.extend(["burn", verify, "-noeject"].map(OsString::from));
                arguments.extend(speed("-speed="));
                arguments.push(image);
            }
            Self::Isoburn => {
                arguments.push("/Q".into());
                arguments.extend(verify.then(|| OsString::from("/V")));
                arguments.extend([device.to_owned(), image]);
            }
        }
        arguments
    }

    /// The path of the program, if it is installed.
    pub fn path(self) -> Option<PathBuf> {
        programs::find(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_gets_its_own_arguments() {
        let command_line = |tool: Tool| {
            let arguments = tool.arguments(Path::new("-out.iso"), OsStr::new("/dev/sr0"), Some(8), true);
            arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            command_line(Tool::Xorriso),
            "-as cdrecord -v dev=/dev/sr0 speed=8 blank=as_needed padsize=0 ./-out.iso"
        );
        assert_eq!(command_line(Tool::Wodim), "-v dev=/dev/sr0 speed=8 -dao ./-out.iso");
        assert_eq!(command_line(Tool::Growisofs), "-dvd-compat -speed=8 -Z /dev/sr0=./-out.iso");
        assert_eq!(command_line(Tool::Hdiutil), "burn -verifyburn -noeject -speed=8 ./-out.iso");
        assert_eq!(command_line(Tool::Isoburn), "/Q /V /dev/sr0 ./-out.iso");
    }
}
