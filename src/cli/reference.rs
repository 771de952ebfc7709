//! What the program knows of itself, for other programs: the manifest's schema, completions for shells, manual pages.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::Shell;

use super::{Arguments, Exit, output};
use crate::manifest::SCHEMA;

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

pub(super) fn schema() -> Exit {
    output::print(SCHEMA, Exit::Done)
}

pub(super) fn completions(arguments: &CompletionsArguments) -> Exit {
    let mut script = Vec::new();
    // Beside the names of files, shells would show no commands.
    let mut words = shown(|argument| !argument.is_positional());
    clap_complete::generate(arguments.shell, &mut words, "make-disc", &mut script);
    output::print(&String::from_utf8_lossy(&script), Exit::Done)
}

pub(super) fn man(arguments: &ManArguments) -> Exit {
    let mut whole = shown(|_| true);
    whole.build();
    let Some(folder) = &arguments.output else {
        return match page(whole, "make-disc") {
            Ok(page) => output::print(&String::from_utf8_lossy(&page), Exit::Done),
            Err(_) => Exit::Fault,
        };
    };
    match pages(&whole, folder) {
        Ok(()) => Exit::Done,
        Err(error) => {
            output::say_error(&format!("`{}` cannot be written: {}", folder.display(), output::plain(&error)));
            Exit::InputOutput
        }
    }
}

fn pages(whole: &Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("make-disc.1"), page(whole.clone(), "make-disc")?)?;
    for command in whole.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("make-disc-{}", command.get_name());
        fs::write(folder.join(format!("{name}.1")), page(command.clone(), &name)?)?;
    }
    Ok(())
}

/// A manual page. It has no date: no clock reaches what we write.
fn page(command: Command, name: &str) -> io::Result<Vec<u8>> {
    let (after, commands) = (command.get_after_help().is_some(), command.has_subcommands());
    let man = clap_mangen::Man::new(command);
    let title = name.to_uppercase();
    let mut page = Vec::new();
    writeln!(page, ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '")?;
    writeln!(page, ".TH \"{title}\" 1 \"\" \"make-disc {}\" \"User Commands\"", env!("CARGO_PKG_VERSION"))?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if commands {
        man.render_subcommands_section(&mut page)?;
    }
    if after {
        man.render_extra_section(&mut page)?;
    }
    Ok(page)
}

/// The commands that people use; those that the program starts for itself are none of them.
fn shown(wanted: impl Fn(&Arg) -> bool) -> Command {
    let whole = Arguments::command();
    let names: Vec<String> =
        whole.get_subcommands().filter(|one| !one.is_hide_set()).map(|one| one.get_name().to_owned()).collect();
    let mut shown = Command::new("make-disc").version(env!("CARGO_PKG_VERSION"));
    shown = shown.about(whole.get_about().cloned().unwrap_or_default());
    if let Some(help) = whole.get_after_help() {
        shown = shown.after_help(help.clone());
    }
    shown = shown.args(whole.get_arguments().filter(|argument| wanted(argument)).cloned());
    for name in names {
        shown = shown.subcommands(whole.find_subcommand(&name).cloned());
    }
    shown.args_conflicts_with_subcommands(true).subcommand_negates_reqs(true)
}
