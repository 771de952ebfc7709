//! The integration tests: one program, because each program of tests contains the whole library, which takes seconds to link.
//! `hostile` and `interruption` measure time, so they are programs of their own, and nothing runs beside them.

mod build;
mod burn;
mod check;
mod common;
mod covers;
mod exclude;
mod extraction;
mod findings;
mod init;
mod layout;
mod licences;
mod media;
mod ocr;
mod register;
mod repair;
mod signatures;
mod site;
mod spreadsheets;
mod stage;
mod tidy;
mod timestamps;
mod trust;
mod verify;
