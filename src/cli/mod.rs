//! The command line: one file per command. The only folder that prints and that ends the process.
//!
//! Enters: the arguments of the process. Leaves: text on its streams and an exit code: 0 clean, 1 mistakes were found or a test failed, 2
//! the command cannot do what it was asked, 3 something was neither proved nor refuted.

mod as_of;
mod belonging;
mod check;
mod completions;
mod console;
mod diff;
mod disk;
mod explain;
mod explain_code;
mod fmt;
mod help;
mod init;
mod interruption;
mod leads;
mod lint;
mod lint_baseline;
mod lint_config;
mod load;
mod locate;
mod man;
mod outcome;
mod output;
mod patch;
mod policies;
mod policy_files;
mod progress;
mod prove;
mod replay;
mod rewrite;
mod rotation;
mod rule;
mod score;
mod shared;
mod shell;
mod tables;
mod test;
mod texts;
mod versions;
mod watch;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use console::{ColourChoice, Console};
use outcome::Misuse;

use crate::batch::guarded::before_the_end;
use crate::batch::unfinished::remove_all;

/// Scores, stages and routes leads by a policy that people can read.
#[derive(Debug, Parser)]
#[command(
    name = "leadwright",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    disable_version_flag = true,
    subcommand_required = true
)]
struct Arguments {
    /// Print in colour: auto (on a terminal, unless NO_COLOR is set; elsewhere if CLICOLOR_FORCE is), always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_default_value = true, hide_possible_values = true)]
    color: ColourChoice,

    /// Print version; with -v also that of the bundled time-zone data
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Diff(Box<diff::Arguments>),
    Lint(lint::Arguments),
    Rule(rule::Arguments),
    Score(Box<score::Arguments>),
    Replay(Box<replay::Arguments>),
    Explain(explain::Arguments),
    ExplainCode(explain_code::Arguments),
    Prove(prove::Arguments),
    Test(test::Arguments),
    Fmt(fmt::Arguments),
    Init(init::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    Help(help::Arguments),
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let words = with_help_as_option(std::env::args_os().collect());
    let colour = colour_among(&words);
    if asks_for_versions(&words) {
        return match Console::new(colour).print(&versions()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(Misuse::EXIT_CODE),
        };
    }
    let parsed = Arguments::command()
        .color(colour.for_clap())
        .try_get_matches_from(&words)
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            // help or version; a reader that goes away early is no error
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            return ExitCode::from(Misuse::EXIT_CODE);
        }
        Err(error) => {
            Console::new(colour).misuse(&sentence(&error, &words));
            return ExitCode::from(Misuse::EXIT_CODE);
        }
    };
    let console = Console::new(arguments.color);
    let colour = arguments.color;
    before_the_end(move |error| {
        Console::new(colour).misuse(&Misuse::new(error.to_string()));
        // Held to the end: no output may appear.
        let _files = remove_all();
        std::process::exit(Misuse::EXIT_CODE.into());
    });
    let result = match &arguments.command {
        Command::Check(arguments) => check::run(arguments, &console),
        Command::Diff(arguments) => diff::run(arguments, &console),
        Command::Lint(arguments) => lint::run(arguments, &console),
        Command::Rule(arguments) => rule::run(arguments, &console),
        Command::Score(arguments) => score::run(arguments, &console),
        Command::Replay(arguments) => replay::run(arguments, &console),
        Command::Explain(arguments) => explain::run(arguments, &console),
        Command::ExplainCode(arguments) => explain_code::run(arguments, &console),
        Command::Prove(arguments) => prove::run(arguments, &console),
        Command::Test(arguments) => test::run(arguments, &console),
        Command::Fmt(arguments) => fmt::run(arguments, &console),
        Command::Init(arguments) => init::run(arguments, &console),
        Command::Completions(arguments) => completions::run(arguments, &console),
        Command::Man(arguments) => man::run(arguments, &console),
        Command::Help(_) => help::run(arguments.color),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(misuse) => {
            console.misuse(&misuse);
            ExitCode::from(Misuse::EXIT_CODE)
        }
    }
}

/// `help COMMAND` means `COMMAND --help`.
fn with_help_as_option(mut words: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let names_command = |place: &usize| words.get(place + 1).is_some_and(|next| !next.to_string_lossy().starts_with('-'));
    if let Some(place) = command_place(&words).filter(|place| words[*place] == "help" && names_command(place)) {
        words.remove(place);
        words.truncate(place + 1);
        words.push("--help".into());
    }
    words
}

/// `--version -v`, in any order: clap would print the short version and stop at its first word.
fn asks_for_versions(words: &[std::ffi::OsString]) -> bool {
    let words: Vec<&str> = words.iter().skip(1).filter_map(|word| word.to_str()).collect();
    matches!(words.as_slice(), ["--version" | "-V", "--verbose" | "-v"] | ["--verbose" | "-v", "--version" | "-V"] | ["-vV" | "-Vv"])
}

fn versions() -> String {
    format!("leadwright {}\ntime-zone data {} (IANA, bundled with jiff)\n", env!("CARGO_PKG_VERSION"), crate::calendar::zone_data_version())
}

/// `--color` as far as it can be told before the arguments are read: mistakes in them are printed too.
fn colour_among(words: &[std::ffi::OsString]) -> ColourChoice {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let value = words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix("--color") {
        Some("") => words.get(index + 1).copied(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    match value {
        Some("always") => ColourChoice::Always,
        Some("never") => ColourChoice::Never,
        Some(_) | None => ColourChoice::Auto,
    }
}

/// What clap says about wrong arguments, in one sentence and where to read on.
fn sentence(error: &clap::Error, words: &[std::ffi::OsString]) -> Misuse {
    let text = error.render().to_string();
    let mut paragraphs = text.trim().split("\n\n");
    let join = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = paragraphs.next().map(join).unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(&first).to_string();
    let tips: String = paragraphs.map(join).filter_map(|paragraph| paragraph.strip_prefix("tip: ").map(|tip| format!("; {tip}"))).collect();
    let help = command_among(words).map_or("leadwright --help".to_owned(), |command| format!("leadwright {command} --help"));
    Misuse::new(format!("{first}{tips} (see `{help}`)"))
}

/// The command that the words begin with, behind options of the program; none if they name none.
fn command_among(words: &[std::ffi::OsString]) -> Option<String> {
    let first = words[command_place(words)?].to_str()?;
    Arguments::command().get_subcommands().map(|command| command.get_name()).find(|name| *name == first).map(str::to_owned)
}

/// Where the first word stands that is no option of the program.
fn command_place(words: &[std::ffi::OsString]) -> Option<usize> {
    let mut places = words.iter().enumerate().skip(1);
    loop {
        let (place, word) = places.next()?;
        match word.to_str() {
            Some("--color") => drop(places.next()),
            Some(option) if option.starts_with('-') => {}
            Some(_) | None => return Some(place),
        }
    }
}
