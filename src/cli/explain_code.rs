//! `leadwright explain-code`: the page about a code, on the terminal.

use clap::Args;

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use crate::diagnostic::{Code, Entry, nearest};
use crate::report::manual;

/// Show what a code of `check` means, why it matters and what to write instead
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  leadwright explain-code E0401")]
pub struct Arguments {
    /// The code, as it stands in a message: E0401
    code: String,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    match entry(&arguments.code) {
        Some(entry) => console.print(&manual::page(entry.page, console.out)).map(|()| Outcome::Clean),
        None => {
            let wanted = arguments.code.trim().to_ascii_uppercase();
            let codes = Code::ALL.iter().map(|code| code.entry().code);
            let meant = nearest(&wanted, codes).map(|near| format!("; did you mean `{near}`?"));
            Err(Misuse::new(format!("there is no code `{}`{}", arguments.code, meant.unwrap_or_default())))
        }
    }
}

/// What is known of a code, which may be written in small letters.
pub(super) fn entry(written: &str) -> Option<&'static Entry> {
    let wanted = written.trim().to_ascii_uppercase();
    Code::ALL.iter().map(|code| code.entry()).find(|entry| entry.code == wanted)
}
