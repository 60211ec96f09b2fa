//! How a command ends.

use std::fmt;
use std::process::ExitCode;

use super::console::Console;
use crate::batch::BatchError;
use crate::diagnostic::sanitise::one_line;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// exit code 0
    Clean,
    /// mistakes were found, a test failed: exit code 1
    Findings,
    /// something was neither proved nor refuted: exit code 3
    Undecided,
}

impl Outcome {
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Clean => 0,
            Outcome::Findings => 1,
            Outcome::Undecided => 3,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(outcome.exit_code())
    }
}

/// How a run over files ends that did not come to its end: who stopped reading has what was asked for; a row that must not be bad is a finding.
pub fn ended(error: BatchError, console: &Console) -> Result<Outcome, Misuse> {
    let sentence = Misuse::new(error.to_string());
    match error {
        BatchError::BrokenPipe => Ok(Outcome::Clean),
        BatchError::BadRow { .. } => {
            console.misuse(&sentence);
            Ok(Outcome::Findings)
        }
        _ => Err(sentence),
    }
}

/// The command cannot do what it was asked: one sentence, exit code 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse(String);

impl Misuse {
    pub const EXIT_CODE: u8 = 2;

    pub fn new(sentence: impl Into<String>) -> Misuse {
        Misuse(sentence.into())
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

impl std::error::Error for Misuse {}
