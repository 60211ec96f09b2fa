//! `leadwright diff`: what changed between two versions of a policy, and what that does to leads.

mod conditions;
mod impact;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::console::Console;
use super::leads::ReadingArguments;
use super::outcome::{Misuse, Outcome};
use super::tables::TableArguments;
use super::versions::{Pair, Repositories, Side, Sides, sides};
use crate::batch::compare::Impact;
use crate::diagnostic::sanitise::one_line;
use crate::diagnostic::{Diagnostic, Severity, render_human, render_json};
use crate::model::Checked;
use crate::policy::versions::{self, Treatment, Verdict};
use crate::policy::{self, Difference, Policy};
use crate::proof::BUDGET;
use crate::report::difference::{self, Compared, Comparison};
use crate::source::Files;
use conditions::{Condition, Facts};

/// Show what changed between two versions of a policy, in the policy's own terms, and what that does to leads
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  leadwright diff old.lead new.lead\n  leadwright diff HEAD -- policies/\n  \
    leadwright diff main...feature --output markdown -- policies/\n  \
    leadwright diff HEAD~1..HEAD --leads leads.csv --fail-on \"lost-route,>5% status change\" -- policies/\n  \
    leadwright diff --prove HEAD -- policies/\n\nExit codes with --prove: 0 no lead is treated differently, 1 one is, 3 it is undecided.")]
pub struct Arguments {
    /// Two files or folders; or revisions of the git repository: `A..B`, `A...B` (since they parted), or one, against the work tree
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,

    /// Only policies at or below these paths
    #[arg(last = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Score these leads with both versions and show what moves: CSV, NDJSON, Parquet or Arrow IPC; `-` is standard input
    #[arg(long, value_name = "FILE")]
    leads: Option<PathBuf>,

    #[command(flatten)]
    reading: ReadingArguments,

    #[command(flatten)]
    tables: TableArguments,

    /// Prove for every lead there can be whether it is treated differently, or show one that is
    #[arg(long)]
    prove: bool,

    /// With --prove, the most steps that one question may take
    #[arg(long, value_name = "STEPS", default_value_t = BUDGET, requires = "prove")]
    budget: u64,

    /// How many of the leads that move most are shown
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=1000))]
    top: u16,

    /// Threads that score [default: one for each processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// For people, for programs, or for a comment of a pull request
    #[arg(long, value_enum, default_value_t = Kind::Human, value_name = "KIND")]
    output: Kind,

    /// End with exit code 1 if one of these is met: any, meaning, new-mistake, removed-policy, lost-route, rejected, `>5% status change` …
    #[arg(long, value_name = "CONDITIONS")]
    fail_on: Option<String>,

    /// End with exit code 1 if anything differs
    #[arg(long)]
    exit_code: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Human,
    Json,
    Markdown,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let conditions = wanted(arguments)?;
    let repositories = Repositories::around();
    let sides = sides(&repositories, &arguments.versions, &arguments.paths)?;
    let pairs = sides.pairs()?;
    if arguments.leads.is_some() {
        impact::one_policy(&pairs)?;
    }
    let mut new_mistakes = Vec::new();
    let mut comparison =
        Comparison { old: sides.old.label.clone(), new: sides.new.label.clone(), as_of: None, policies: Vec::new(), met: Vec::new() };
    for pair in pairs {
        let found = compared(arguments, &sides, pair, &mut new_mistakes, &mut comparison.as_of, console)?;
        comparison.policies.push(found);
    }
    let facts = Facts { comparison: &comparison, new_mistakes: &new_mistakes };
    let met = conditions.iter().filter_map(|condition| condition.met(&facts).transpose()).collect::<Result<Vec<_>, _>>()?;
    let open = met.is_empty() && conditions.iter().any(|condition| condition.is_open(&facts));
    comparison.met = met;
    let text = match arguments.output {
        Kind::Human => difference::page(&comparison, console.out),
        Kind::Markdown => difference::markdown(&comparison),
        Kind::Json => render_json::to_json(&difference::record(&comparison))
            .map_err(|error| Misuse::new(format!("the differences cannot be written as JSON: {error}")))?,
    };
    console.print(&text)?;
    if arguments.output != Kind::Human {
        comparison.met.iter().for_each(|met| console.note(&format!("condition met: {}\n", one_line(met))));
    }
    Ok(outcome(arguments, &comparison, open))
}

/// `open`: a condition was asked of answers of which it is not decided whether they differ.
fn outcome(arguments: &Arguments, comparison: &Comparison, open: bool) -> Outcome {
    let policies = &comparison.policies;
    let mistaken = policies.iter().any(|policy| matches!(policy.outcome, difference::Outcome::Mistaken));
    let differs = arguments.exit_code && policies.iter().any(Compared::is_different);
    let has = |verdict: Verdict| policies.iter().any(|policy| policy.verdict() == Some(verdict));
    // without conditions the proof alone says how it ends
    let proves = arguments.prove && arguments.fail_on.is_none();
    match () {
        () if mistaken || differs || !comparison.met.is_empty() || (proves && has(Verdict::Differs)) => Outcome::Findings,
        () if open || (proves && has(Verdict::Undecided)) => Outcome::Undecided,
        () => Outcome::Clean,
    }
}

/// The conditions, once it is known that they can be answered.
fn wanted(arguments: &Arguments) -> Result<Vec<Condition>, Misuse> {
    let conditions = arguments.fail_on.as_deref().map(conditions::parse).transpose()?.unwrap_or_default();
    if arguments.leads.is_some() {
        return Ok(conditions);
    }
    if let Some(condition) = conditions.iter().find(|condition| condition.needs_leads() && !(arguments.prove && condition.can_be_proved()))
    {
        return Err(condition.without_leads(arguments.prove));
    }
    if let Some(option) = arguments.reading.given() {
        return Err(Misuse::new(format!("`{option}` is about leads: name a file of them with `--leads`")));
    }
    Ok(conditions)
}

fn compared(
    arguments: &Arguments,
    sides: &Sides,
    pair: Pair,
    new_mistakes: &mut Vec<String>,
    as_of: &mut Option<String>,
    console: &Console,
) -> Result<Compared, Misuse> {
    let old = pair.old.as_ref().map(|path| Loaded::of(&sides.old, path, console)).transpose()?;
    let new = pair.new.as_ref().map(|path| Loaded::of(&sides.new, path, console)).transpose()?;
    if let Some(new) = &new {
        let known: Vec<&Diagnostic> = old.iter().flat_map(|old| &old.checked.diagnostics).collect();
        let fresh =
            |diagnostic: &&Diagnostic| !known.iter().any(|known| (known.code, &known.message) == (diagnostic.code, &diagnostic.message));
        new_mistakes.extend(new.checked.diagnostics.iter().filter(fresh).map(|diagnostic| diagnostic.message.clone()));
    }
    let outcome = match (old, new) {
        (Some(Loaded { state: State::Mistaken, .. }), _) | (_, Some(Loaded { state: State::Mistaken, .. })) => {
            difference::Outcome::Mistaken
        }
        (None, _) => difference::Outcome::Added,
        (_, None) => difference::Outcome::Removed,
        (Some(old), Some(new)) => {
            let (old, new, tests_left_out) = comparable(old, new);
            let difference = policy::diff(&old, &new);
            let (treatment, impact) = of_leads(arguments, &difference, old, new, as_of, console)?;
            difference::Outcome::Compared { difference, treatment, impact, tests_left_out }
        }
    };
    let shown = |side: &Side, path: Option<String>| path.map(|path| side.shown(&path).1);
    let (old_path, new_path) = (shown(&sides.old, pair.old), shown(&sides.new, pair.new));
    Ok(Compared { name: pair.name, old_path, new_path, renamed: pair.renamed, outcome })
}

/// What is proved of all leads, and what becomes of those at hand.
fn of_leads(
    arguments: &Arguments,
    difference: &Difference,
    old: Checked,
    new: Checked,
    as_of: &mut Option<String>,
    console: &Console,
) -> Result<(Option<Box<Treatment>>, Option<Box<Impact>>), Misuse> {
    if arguments.leads.is_none() && !arguments.prove {
        return Ok((None, None));
    }
    let ready = |checked: Checked| Policy::from_checked(checked).map_err(|_| Misuse::new("a version has mistakes"));
    let (old, new) = (ready(old)?, ready(new)?);
    let tables = &arguments.tables;
    let (old, new) = if arguments.leads.is_some() { tables.give_both(old, new)? } else { tables.give_both_if_named(old, new)? };
    let treatment = arguments.prove.then(|| Box::new(versions::treatment(&old, &new, difference, arguments.budget)));
    let impact = match &arguments.leads {
        Some(leads) => Some(Box::new(impact::impact(arguments, leads, &old, &new, as_of, console)?)),
        None => None,
    };
    Ok((treatment, impact))
}

/// A version; its mistakes have been shown.
struct Loaded<'s> {
    checked: Checked,
    state: State,
    files: Box<dyn Files + 's>,
    entry: String,
}

enum State {
    Fine,
    /// all mistakes are in the tests: what is left without them
    WithoutTests(Box<Checked>),
    Mistaken,
}

impl<'s> Loaded<'s> {
    fn of(side: &Side<'s>, path: &str, console: &Console) -> Result<Loaded<'s>, Misuse> {
        let (files, entry) = side.files(path)?;
        let mut checked = policy::check(files.as_ref(), &entry);
        let (folder, path) = side.shown(path);
        let errors: Vec<_> = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).cloned().collect();
        if errors.is_empty() {
            return Ok(Loaded { checked, state: State::Fine, files, entry });
        }
        let without_tests = policy::without_tests(files.as_ref(), &entry, &checked);
        checked.sources = checked.sources.beneath(&folder);
        console.note(&render_human::render(&errors, &checked.sources, console.err));
        let (path, label) = (one_line(&path), one_line(&side.label));
        let state = match without_tests {
            Some(rest) => {
                console.note(&format!(
                    "warning: the tests of the policy `{path}` have mistakes in {label}; all but tests and claims was compared\n"
                ));
                State::WithoutTests(Box::new(rest))
            }
            None => {
                console.note(&format!("the policy `{path}` has mistakes in {label}; it was not compared\n"));
                State::Mistaken
            }
        };
        Ok(Loaded { checked, state, files, entry })
    }

    fn without_tests(self) -> Checked {
        match self.state {
            State::WithoutTests(rest) => *rest,
            State::Fine | State::Mistaken => policy::without_tests(self.files.as_ref(), &self.entry, &self.checked).unwrap_or(self.checked),
        }
    }
}

/// Both without their tests if those of one of them have mistakes.
fn comparable(old: Loaded, new: Loaded) -> (Checked, Checked, bool) {
    if matches!((&old.state, &new.state), (State::Fine, State::Fine)) {
        return (old.checked, new.checked, false);
    }
    (old.without_tests(), new.without_tests(), true)
}
