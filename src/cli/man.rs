//! `leadwright man`: the manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use crate::batch::{Place, write_text};

/// Write the manual pages, one for each command
#[derive(Args, Debug)]
#[command(after_help = "Example:
  leadwright man ~/.local/share/man/man1 && man leadwright-score")]
pub struct Arguments {
    /// The folder to write them to; it is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    fs::create_dir_all(&arguments.folder)
        .map_err(|error| Misuse::new(format!("cannot make the folder `{}`: {error}", arguments.folder.display())))?;
    let mut command = super::Arguments::command();
    command.build();
    let mut count = 1;
    page(&command, &arguments.folder)?;
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        page(command, &arguments.folder)?;
        count += 1;
    }
    console.print(&format!("{count} pages written to {}\n", arguments.folder.display()))?;
    Ok(Outcome::Clean)
}

fn page(command: &Command, folder: &Path) -> Result<(), Misuse> {
    let manual = clap_mangen::Man::new(command.clone()).manual("Leadwright").source(concat!("leadwright ", env!("CARGO_PKG_VERSION")));
    let path = folder.join(manual.get_filename());
    let mut bytes = Vec::new();
    manual.render(&mut bytes).map_err(|error| Misuse::new(format!("the page `{}` cannot be made: {error}", path.display())))?;
    let text = String::from_utf8(bytes).map_err(|_| Misuse::new(format!("the page `{}` is not UTF-8", path.display())))?;
    write_text(&Place::Path(path), &text).map_err(|error| Misuse::new(error.to_string()))
}
