//! The commands that describe the program for other programs: the manifest's schema, shell completions, manual pages.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, Exit, output};
use crate::manifest::SCHEMA;
use crate::path_text::show;

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// Write a page for each command into this folder, instead of one for all to standard output
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

/// The licences of the software and data by others in this program. `tests/licences/notices.py` writes the file.
const LICENCES: &str = include_str!("../../assets/licences.txt");

pub(super) fn licences() -> Exit {
    output::print_data(LICENCES, Exit::Success)
}

pub(super) fn schema() -> Exit {
    output::print_data(SCHEMA, Exit::Success)
}

pub(super) fn completions(arguments: &CompletionsArguments) -> Exit {
    let mut script = Vec::new();
    // Positional arguments, which are files, are left out: with them, shells would complete only file names, not commands.
    let mut words = public_commands(|argument| !argument.is_positional());
    clap_complete::generate(arguments.shell, &mut words, "make-disc", &mut script);
    output::print_data(&String::from_utf8_lossy(&script), Exit::Success)
}

pub(super) fn man(arguments: &ManArguments) -> Exit {
    let mut program = public_commands(|_| true);
    program.build();
    let Some(folder) = &arguments.output else {
        return match manual_page(program, "make-disc") {
            Ok(page) => output::print_data(&String::from_utf8_lossy(&page), Exit::Success),
            Err(_) => Exit::Internal,
        };
    };
    match write_manual_pages(&program, folder) {
        Ok(()) => Exit::Success,
        Err(error) => {
            output::print_error(&format!("`{}` cannot be written: {}", show(folder), output::describe(&error)));
            Exit::InputOutput
        }
    }
}

fn write_manual_pages(program: &Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("make-disc.1"), manual_page(program.clone(), "make-disc")?)?;
    for command in program.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("make-disc-{}", command.get_name());
        fs::write(folder.join(format!("{name}.1")), manual_page(command.clone(), &name)?)?;
    }
    Ok(())
}

/// A manual page. It has no date, so that every run writes the same bytes.
fn manual_page(command: Command, name: &str) -> io::Result<Vec<u8>> {
    let (has_extra_section, has_commands) = (command.get_after_help().is_some(), command.has_subcommands());
    let man = clap_mangen::Man::new(command);
    let title = name.to_uppercase();
    let mut page = Vec::new();
    writeln!(page, ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '")?;
    writeln!(page, ".TH \"{title}\" 1 \"\" \"make-disc {}\" \"User Commands\"", env!("CARGO_PKG_VERSION"))?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    if has_extra_section {
        man.render_extra_section(&mut page)?;
    }
    Ok(page)
}

/// The commands for users, without the internal ones, with the top-level arguments that `is_wanted` accepts.
fn public_commands(is_wanted: impl Fn(&Arg) -> bool) -> Command {
    let program = Arguments::command();
    let names: Vec<String> = program
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| command.get_name().to_owned())
        .collect();
    let mut public = Command::new("make-disc").version(env!("CARGO_PKG_VERSION"));
    public = public.about(program.get_about().cloned().unwrap_or_default());
    if let Some(help) = program.get_after_help() {
        public = public.after_help(help.clone());
    }
    public = public.args(program.get_arguments().filter(|argument| is_wanted(argument)).cloned());
    for name in names {
        public = public.subcommands(program.find_subcommand(&name).cloned());
    }
    public.args_conflicts_with_subcommands(true).subcommand_negates_reqs(true)
}
