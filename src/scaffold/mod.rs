//! Proposes a manifest for a folder of documents.
//!
//! `scan` lists the files of the folder. `language_hints`, `metadata` and `languages` find the language, title, authors and date of
//! each file, and `versions` the version in its name; `web_documents` finds web pages that belong to one document. `grouping` sorts
//! files into reports and sections, `merge` merges the files of a report, and `series` tells reports with the same title apart. The
//! result is a `proposal`, which `manifest_text` writes as a new manifest and `update` adds to an existing one.
//! `register` reads an organisation's own list of its documents, which takes precedence over everything else. Only `scan` and
//! `register` access the file system; `extraction` reads the documents.

mod grouping;
mod language_hints;
mod languages;
mod manifest_text;
mod merge;
mod metadata;
mod proposal;
mod register;
mod scan;
mod series;
mod update;
mod versions;
mod web_documents;
mod yaml;

pub use grouping::propose;
pub use manifest_text::write_manifest;
pub use proposal::{DocumentInfo, Proposal};
pub use register::{
    Register, RegisterCells, RegisterError, RegisterFiles, RegisterNote, read_register, read_register_in_worker,
};
pub use scan::{ExclusionReason, FolderScan, ScannedFile};
pub use update::{
    ChangedLines, ManualEdit, SeenFiles, Update, apply_register, changed_lines, find_moved_lines, is_faithful_update,
    launcher_files, leave_out_excluded_files, leave_out_removed_files, listed_files, listed_folders, listed_paths,
    update_manifest,
};
pub use web_documents::{drop_compressed_copies, group_web_pages};
