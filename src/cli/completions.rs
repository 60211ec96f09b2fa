//! `leadwright completions`: what a shell completes.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::console::Console;
use super::outcome::{Misuse, Outcome};

/// Print the completions of a shell: bash, elvish, fish, powershell or zsh
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  leadwright completions bash > ~/.local/share/bash-completion/completions/leadwright
  leadwright completions zsh > ~/.zfunc/_leadwright
  leadwright completions fish > ~/.config/fish/completions/leadwright.fish")]
pub struct Arguments {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "leadwright", &mut script);
    let script = String::from_utf8(script).map_err(|_| Misuse::new("the completions are not UTF-8"))?;
    console.print(&script)?;
    Ok(Outcome::Clean)
}
