//! A manifest proposed from a folder of files: the beginning of a publications officer's work.
//!
//! `survey` looks through the folder, `tongue` and `titles` read names and what documents say of themselves, `draft`
//! brings the files together into reports, `write` makes the text, `update` adds to one. Only the survey touches the file system; the
//! documents are read by `extraction`. `sheet` is an organisation's own list, which knows better.

mod draft;
mod sheet;
mod survey;
mod titles;
mod tongue;
mod update;
mod write;

pub use draft::{Draft, Guess, Known, Report, Section, Variant, draft, sift};
pub use sheet::{Entry, Sheet, rows};
pub use survey::{Found, Reason, Survey};
pub use update::{Update, update, used_by_launcher};
pub use write::manifest;
