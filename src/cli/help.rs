//! `leadwright help`: the commands. `leadwright help COMMAND` is read as `leadwright COMMAND --help`.

use clap::{Args, CommandFactory};

use super::console::ColourChoice;
use super::outcome::{Misuse, Outcome};

/// Show what a command does and takes; without one, all commands
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  leadwright help\n  leadwright help score")]
pub struct Arguments {
    /// The command: score
    command: Option<String>,
}

pub fn run(colour: ColourChoice) -> Result<Outcome, Misuse> {
    // a reader that goes away early is no error
    let _ = super::Arguments::command().color(colour.for_clap()).print_help();
    Ok(Outcome::Clean)
}
