//! The door for an embedder: load a policy, score leads, explain them, run its tests.
//!
//! Enters: the files of a policy through [`Files`], leads in memory. Leaves: answers and explanations as plain data. Always holds: a [`Policy`]
//! has no mistakes and can score; nothing here prints, reads a clock or touches a disk.
//!
//! ```
//! use std::collections::BTreeMap;
//! use leadwright::model::Constant;
//! use leadwright::policy::{Backend, Policy};
//! use leadwright::record::Lead;
//!
//! let files = BTreeMap::from([("hello.lead".to_string(), r#"leadwright 1
//!
//! policy hello { }
//!
//! lead {
//!   id   text  key
//!   beds whole 0..50_000 optional
//! }
//!
//! score size from 0 to 100 {
//!   section hospital 100% {
//!     beds 100% {
//!       500 or more  10
//!       under 500     4
//!       missing       0
//!     }
//!   }
//! }
//! "#.to_string())]);
//!
//! let policy = Policy::load(&files, "hello.lead").map_err(|refused| refused.diagnostics).unwrap();
//! let lead = Lead { values: vec![Some(Constant::Text("L-1".into())), Some(Constant::Integer(620))], ..Lead::default() };
//! let answers = policy.score(&[lead.clone()], 0, Backend::Jit).unwrap();
//! assert_eq!(answers[0].get("size"), Some("100"));
//!
//! let explanation = policy.explain(&lead, 0).unwrap();
//! assert_eq!(explanation.scores[0].sections[0].attributes[0].row, "500 or more");
//! ```

pub mod attainable;
pub mod exact;
pub mod explain;
mod explain_clock;
mod explain_history;
mod explain_score;
pub mod explanation;
pub mod goal;
mod open_tables;
pub mod prove;
pub mod reach;
pub mod uncovered;
mod undecided;
pub mod versions;
mod why;
mod why_goal;

use std::sync::OnceLock;

use crate::batch::turns::Watched;
use crate::clock;
use crate::column::Block;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::diff;
use crate::interpret;
use crate::jit::{Compiled, JitError};
use crate::model::{self, AsOf, Checked, TableId, TableRows, Type};
use crate::program::{Lowered, Output, OutputKind, OutputRole, Program, Turns, lower, passes};
use crate::record::clocks::LeadClocks;
use crate::record::show::Show;
use crate::record::{self, Histories, Lead, LeadError};
use crate::source::{Files, ReadError, Sources, with_line_ends};
use crate::syntax;
use crate::testing::coverage::{self, Coverage};
use crate::testing::suggest::{self, SuggestError, Suggestions};
use crate::testing::{self, Backends, Selection, TestResult};

pub use crate::diff::{Difference, Version};
pub use explain::ExplainError;
pub use explanation::Explanation;

/// A policy without mistakes, ready to score.
pub struct Policy {
    checked: Checked,
    /// everything that an explanation may show
    plain: Lowered,
    /// the same answers with less work
    program: Program,
    histories: Histories,
    compiled: OnceLock<Compiled>,
}

/// Why a policy cannot score: it has mistakes.
#[derive(Debug)]
pub struct Refused {
    pub sources: Sources,
    /// sorted by place; at least one is an error
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// machine code
    Jit,
    /// the definition of the meaning
    Interpret,
}

#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    #[error(transparent)]
    Lead(#[from] LeadError),
    #[error(transparent)]
    Jit(#[from] JitError),
}

/// What one lead came out as: the columns that a scored file gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// name and value; none is missing
    pub columns: Vec<(String, Option<String>)>,
}

impl Answer {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.columns.iter().find(|(column, _)| column == name).and_then(|(_, value)| value.as_deref())
    }
}

/// Reads and checks a policy; every mistake is among the diagnostics.
pub fn check(files: &dyn Files, entry: &str) -> Checked {
    model::check(files, entry)
}

/// The same on a day, for standards that say how old a policy's version may be.
pub fn check_as_of(files: &dyn Files, entry: &str, as_of: AsOf) -> Checked {
    model::check_as_of(files, entry, Some(as_of))
}

/// A policy that has been checked, without its tests, tables of cases and claims, which no answer needs; none if it has mistakes elsewhere.
pub fn without_tests(files: &dyn Files, entry: &str, checked: &Checked) -> Option<Checked> {
    let mut rest = check(&WithoutTests { files }, entry);
    let is_known = |diagnostic: &Diagnostic| checked.diagnostics.iter().any(|known| known.message == diagnostic.message);
    // a standard may ask for the tests that were left out
    let only_for_tests = |diagnostic: &Diagnostic| diagnostic.code == Code::StandardBroken && !is_known(diagnostic);
    if rest.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error && !only_for_tests(diagnostic)) {
        return None;
    }
    rest.diagnostics.retain(|diagnostic| diagnostic.severity != Severity::Error);
    Some(rest)
}

struct WithoutTests<'f> {
    files: &'f dyn Files,
}

impl Files for WithoutTests<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let bytes = self.files.read(path)?;
        if !path.ends_with(".lead") {
            return Ok(bytes);
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => syntax::without_items(&with_line_ends(text), &["test", "cases", "claim"]).into_bytes(),
            Err(error) => error.into_bytes(),
        })
    }

    fn names_in(&self, folder: &str) -> Vec<String> {
        self.files.names_in(folder)
    }

    fn folders_in(&self, folder: &str) -> Vec<String> {
        self.files.folders_in(folder)
    }
}

/// What changed from one version of a policy to the other, in the language's own terms. Pure: it reads nothing. For policies without mistakes.
///
/// ```
/// use std::collections::BTreeMap;
/// use leadwright::policy::{check, diff};
///
/// let version = |points: &str| {
///     let text = format!("leadwright 1\npolicy p {{ }}\nlead {{ id text key  vip yes_no }}\nscore s {{ section a 100% {{ vip 100% {{ yes {points}  no 0 }} }} }}\n");
///     check(&BTreeMap::from([("p.lead".to_string(), text)]), "p.lead")
/// };
/// let difference = diff(&version("10"), &version("8"));
/// let sentences: Vec<String> = difference.changes().map(|change| change.sentence()).collect();
/// assert_eq!(sentences, ["band `yes` of vip in section a: 10 → 8 points"]);
/// ```
pub fn diff(old: &Checked, new: &Checked) -> Difference {
    diff::diff(version_of(old), version_of(new))
}

fn version_of(checked: &Checked) -> Version<'_> {
    Version { files: &checked.files, policy: Some(&checked.policy) }
}

impl Policy {
    /// Reads, checks and compiles a policy.
    pub fn load(files: &dyn Files, entry: &str) -> Result<Policy, Refused> {
        Policy::from_checked(check(files, entry))
    }

    pub fn from_checked(checked: Checked) -> Result<Policy, Refused> {
        if checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            return Err(Refused { sources: checked.sources, diagnostics: checked.diagnostics });
        }
        Ok(Policy::ready(checked))
    }

    /// Puts rows into tables that the policy declares `from input`. Tables that are not given have no rows.
    pub fn give_tables(self, tables: impl IntoIterator<Item = (TableId, TableRows)>) -> Policy {
        let mut checked = self.checked;
        for (table, rows) in tables {
            checked.policy.give_rows(table, rows);
        }
        Policy::ready(checked)
    }

    fn ready(checked: Checked) -> Policy {
        let plain = lower::lower(&checked.policy);
        let program = passes::optimise(&plain.program);
        let histories = Histories::new(&checked.policy);
        Policy { checked, plain, program, histories, compiled: OnceLock::new() }
    }

    pub fn model(&self) -> &model::Policy {
        &self.checked.policy
    }

    pub fn sources(&self) -> &Sources {
        &self.checked.sources
    }

    /// What it was made of.
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// The program with everything that an explanation may show.
    pub fn plain(&self) -> &Lowered {
        &self.plain
    }

    /// The optimised program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The program for runs that remember rotations: it leaves turns to [`crate::batch::Options::rotation`].
    pub fn program_with_turns_by_state(&self) -> Program {
        passes::optimise(&lower::lower_with(self.model(), Turns::ByState).program)
    }

    /// The answers for leads in memory at `as_of`, in microseconds since the epoch.
    pub fn score(&self, leads: &[Lead], as_of: i64, backend: Backend) -> Result<Vec<Answer>, ScoreError> {
        let block = record::encode(self.model(), &self.histories, &self.program, leads, as_of)?;
        let parameters = record::parameters(self.model(), as_of)?;
        let output = match backend {
            Backend::Jit => {
                let mut output = Block::default();
                self.compiled()?.run(&block, &parameters, &mut output);
                output
            }
            Backend::Interpret => interpret::run(&self.program, &block, &parameters),
        };
        let zone = record::zone(self.model())?;
        let show = Show { policy: self.model(), zone: &zone };
        let clocks = LeadClocks::new(self.model(), &self.histories, &self.program, as_of)?;
        let answers = clock::answers(self.model(), &self.program);
        let cell = |row: usize, answer: &Output| {
            let raw = |index: usize| output.columns.get(index).and_then(|column| column.get(row));
            let value = match answer.role {
                OutputRole::ClockDue(sla) => clocks.reading(sla, &leads[row], &raw).due,
                OutputRole::ClockState(sla) => clocks.reading(sla, &leads[row], &raw).state.map(|state| state as i64),
                OutputRole::Score(_)
                | OutputRole::Section(..)
                | OutputRole::Decide(_)
                | OutputRole::Stage
                | OutputRole::StageRule
                | OutputRole::Queue(_)
                | OutputRole::Owner(_)
                | OutputRole::EventCondition(_)
                | OutputRole::Kept(_)
                | OutputRole::Clock(..) => self.program.outputs.iter().position(|output| output.role == answer.role).and_then(raw),
            };
            value.map(|value| show.integer(type_of(answer.kind), value))
        };
        let answer = |row: usize| Answer { columns: answers.iter().map(|answer| (answer.name.clone(), cell(row, answer))).collect() };
        Ok((0..leads.len()).map(answer).collect())
    }

    /// Why a lead gets its answer at `as_of`, in microseconds since the epoch.
    pub fn explain(&self, lead: &Lead, as_of: i64) -> Result<Explanation, ExplainError> {
        self.explain_in_turn(lead, as_of, &[])
    }

    /// The same, with the turns that a run with [`crate::batch::Options::watched`] found.
    pub fn explain_in_turn(&self, lead: &Lead, as_of: i64, turns: &[Watched]) -> Result<Explanation, ExplainError> {
        explain::explain(self.model(), self.sources(), &self.histories, &self.plain, lead, as_of, turns)
    }

    /// Runs the policy's tests that are selected, on both evaluators.
    pub fn test(&self, selection: &Selection) -> Result<Vec<TestResult>, JitError> {
        Ok(testing::run(self.backends()?, selection))
    }

    /// Which places of the policy the selected tests reach.
    pub fn coverage(&self, selection: &Selection) -> Result<Coverage, JitError> {
        Ok(coverage::coverage(self.backends()?, selection))
    }

    /// Tests for the places that the policy's tests do not reach.
    pub fn suggest_tests(&self) -> Result<Suggestions, SuggestError> {
        Ok(suggest::suggest(self.backends()?)?)
    }

    /// Why a test's lead gets its answer; none if the test cannot be run.
    pub fn explain_test(&self, test: usize) -> Option<Explanation> {
        let test = self.model().tests.get(test)?;
        let (lead, as_of) = testing::subject(self.backends().ok()?, test).ok()?;
        match testing::with_rows(self.model(), test) {
            Some((policy, plain)) => explain::explain(&policy, self.sources(), &self.histories, &plain, &lead, as_of, &[]).ok(),
            None => self.explain(&lead, as_of).ok(),
        }
    }

    fn backends(&self) -> Result<Backends<'_>, JitError> {
        Ok(Backends {
            policy: self.model(),
            sources: self.sources(),
            histories: &self.histories,
            plain: &self.plain,
            optimised: &self.program,
            compiled: self.compiled()?,
        })
    }

    fn compiled(&self) -> Result<&Compiled, JitError> {
        if let Some(compiled) = self.compiled.get() {
            return Ok(compiled);
        }
        let compiled = Compiled::new(&self.program)?;
        Ok(self.compiled.get_or_init(|| compiled))
    }
}

fn type_of(kind: OutputKind) -> Type {
    match kind {
        OutputKind::Number { scale, unit } => Type::Number { scale, unit },
        OutputKind::Choice(choices) => Type::OneOf(choices),
        OutputKind::YesNo => Type::YesNo,
        OutputKind::Date => Type::Date,
        OutputKind::Time => Type::Time,
    }
}
