//! Where a command prints.
//!
//! Enters: text, already drawn for the stream's [`Look`]. Leaves: bytes on standard output or standard error. Always holds: a reader that
//! goes away early is no error; the environment (`NO_COLOR`, `CLICOLOR`, `TERM`, the locale) and the terminal are asked here and nowhere
//! else.

use std::env;
use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;

use super::outcome::Misuse;
use crate::diagnostic::render_human::Look;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColourChoice {
    // on a terminal that has colours, unless NO_COLOR is set
    #[default]
    Auto,
    Always,
    Never,
}

impl ColourChoice {
    pub fn for_clap(self) -> clap::ColorChoice {
        match self {
            ColourChoice::Auto => clap::ColorChoice::Auto,
            ColourChoice::Always => clap::ColorChoice::Always,
            ColourChoice::Never => clap::ColorChoice::Never,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// of standard output
    pub out: Look,
    /// of standard error
    pub err: Look,
    /// standard output is a terminal
    pub out_is_terminal: bool,
    /// standard error is a terminal, so a progress bar may be drawn there
    pub err_is_terminal: bool,
}

/// Width of what is not a terminal.
const WIDTH_DEFAULT: usize = 80;
/// Lines longer than this are hard to read on any terminal.
const WIDTH_MAX: usize = 120;
const WIDTH_MIN: usize = 40;

impl Console {
    pub fn new(colour: ColourChoice) -> Console {
        let (out, err) = (io::stdout(), io::stderr());
        let width = |size: Option<(terminal_size::Width, terminal_size::Height)>| {
            size.map_or(WIDTH_DEFAULT, |(width, _)| usize::from(width.0).clamp(WIDTH_MIN, WIDTH_MAX))
        };
        let unicode = locale_is_unicode();
        Console {
            out: Look { colour: wants_colour(colour, &out), unicode, width: width(terminal_size::terminal_size_of(&out)) },
            err: Look { colour: wants_colour(colour, &err), unicode, width: width(terminal_size::terminal_size_of(&err)) },
            out_is_terminal: out.is_terminal(),
            err_is_terminal: err.is_terminal(),
        }
    }

    /// To standard output: the result of a command.
    pub fn print(&self, text: &str) -> Result<(), Misuse> {
        let mut out = io::stdout().lock();
        quiet_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
            .map_err(|error| Misuse::new(format!("cannot write to standard output: {error}")))
    }

    /// To standard error: what is said about the work. Nobody can be told if that fails.
    pub fn note(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    pub fn misuse(&self, misuse: &Misuse) {
        let (bold, end) = if self.err.colour { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        self.note(&format!("{bold}error{end}: {misuse}\n"));
    }
}

/// `leadwright … | head` ends without a word.
pub fn quiet_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn wants_colour<S: anstream::stream::RawStream>(choice: ColourChoice, stream: &S) -> bool {
    match choice {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        ColourChoice::Auto => !matches!(anstream::AutoStream::choice(stream), anstream::ColorChoice::Never),
    }
}

/// Whether the locale's characters include box and block drawing; the console of the Linux kernel has too few of them.
fn locale_is_unicode() -> bool {
    if cfg!(windows) {
        return env::var_os("WT_SESSION").is_some() || env::var_os("TERM_PROGRAM").is_some();
    }
    if env::var("TERM").is_ok_and(|term| term == "linux") {
        return false;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
