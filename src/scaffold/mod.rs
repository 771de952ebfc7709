//! A manifest proposed from a folder of files: the beginning of a publications officer's work.
//!
//! `survey` looks through the folder; `tongue` and `titles` read names and what documents say of themselves;
//! `languages` gives each file its language, `chapters` finds web documents of many pages, `gather` brings the files
//! together, `report` makes one report of its files, all of it a `draft`; `write` makes its text, `update` adds to one
//! that is there. `sheet` is an organisation's own list, which knows better. Only the survey touches the file system;
//! the documents are read by `extraction`.

mod chapters;
mod draft;
mod gather;
mod languages;
mod report;
mod sheet;
mod survey;
mod titles;
mod tongue;
mod update;
mod write;

pub use chapters::sift;
pub use draft::{Draft, Known};
pub use gather::draft;
pub use sheet::{Sheet, rows};
pub use survey::{Reason, Survey};
pub use update::{is_faithful, update, used_by_launcher};
pub use write::manifest;
