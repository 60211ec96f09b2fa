//! `leadwright lint`: what is not wrong in a policy, and yet looks like a mistake.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::as_of::day;
use super::belonging::Outlines;
use super::console::Console;
use super::lint_baseline;
use super::lint_config::{self, Configs};
use super::outcome::{Misuse, Outcome};
use super::output::{Output, OutputArguments, Printed};
use super::patch::patch;
use super::policies::{self, Finds, Found};
use super::rewrite::rewrite;
use super::shared;
use crate::diagnostic::findings::Findings;
use crate::diagnostic::{Diagnostic, Label, Severity, render_human};
use crate::lint::config::{Levels, level};
use crate::lint::{self, Group, Level, PROOFS, Proved, Settings, fix};
use crate::model::AsOf;
use crate::policy;
use crate::report::lint as report;
use crate::source::{Files, Sources};

/// Report what looks like a mistake in a policy, by rules and proofs that can be switched and allowed
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  leadwright lint examples/medbank
  leadwright lint policies --fix
  leadwright lint policies --unsafe-fixes --diff
  leadwright lint policies --only governance --level unused-field=error
  leadwright lint policies --write-baseline lint-baseline.json

`leadwright rule` lists the rules, `leadwright rule NAME` shows one.")]
pub struct Arguments {
    /// Policies: .lead files, or folders, which stand for every policy in and beneath them
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,

    #[command(flatten)]
    output: OutputArguments,

    /// Look for these rules or groups alone
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    only: Vec<String>,

    /// Do not look for these rules or groups
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    ignore: Vec<String>,

    /// Leave out what takes proofs: the group `proof`
    #[arg(long)]
    no_prove: bool,

    /// Report a rule or a group as error, warning or note; off ignores it
    #[arg(long, value_name = "NAME=LEVEL,…", value_delimiter = ',')]
    level: Vec<String>,

    /// The mildest finding that ends with exit code 1: error, warning or note
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Warning, hide_possible_values = true)]
    fail_on: FailOn,

    /// Mend what can be mended without any lead getting another answer
    #[arg(long)]
    fix: bool,

    /// Mend what a person should look at afterwards, too
    #[arg(long)]
    unsafe_fixes: bool,

    /// Show what the fixes would change, as a patch, and change nothing; ends with 1 if they would change anything
    #[arg(long, conflicts_with = "write_baseline")]
    diff: bool,

    /// Report only what this file does not know
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write down everything that is found now, to be left for later
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,

    /// Read this file in place of the closest leadwright.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The day on which the policy is looked at: holidays before it are past [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Note,
}

impl FailOn {
    fn severity(self) -> Severity {
        match self {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Note => Severity::Note,
        }
    }
}

/// A policy, and what is looked for in it.
struct Job {
    found: Found,
    settings: Settings,
    baseline: Option<PathBuf>,
    proves: bool,
}

/// What was found in a policy, or in a file that belongs to none.
pub(super) struct Linted {
    /// with the paths of reports
    pub sources: Sources,
    /// where they are, in the same order
    pub files: Vec<PathBuf>,
    pub diagnostics: Vec<Diagnostic>,
    pub baseline: Option<PathBuf>,
    pub levels: Levels,
    pub is_stray: bool,
    /// whether all that can be proved of it was decided
    pub is_proved: bool,
}

/// What JSON says besides the findings.
#[derive(Serialize)]
struct More {
    policies: Vec<String>,
    mended: usize,
    known: usize,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    if arguments.diff && arguments.output.kind != Output::Human {
        return Err(Misuse::new(
            "`--diff` shows a patch, which has no other form: leave `--output` out, or report the findings without `--diff`",
        ));
    }
    let Jobs { jobs, strays } = jobs(arguments)?;
    if arguments.diff {
        return show_changes(&jobs, arguments.unsafe_fixes, console);
    }
    let mended = if arguments.fix || arguments.unsafe_fixes { mend(&jobs, arguments.unsafe_fixes)? } else { 0 };
    let mut linted = policies::each(&jobs, lint);
    agree(&mut linted);
    let paths: Vec<String> = jobs.iter().map(|job| job.found.path()).collect();
    let each = paths.iter().zip(&mut linted);
    shared::name_policies(
        each.map(|(policy, Linted { sources, diagnostics, .. })| shared::Proved { policy, sources, diagnostics }).collect(),
    );
    linted.extend(strays);
    if let Some(path) = &arguments.write_baseline {
        return lint_baseline::write(path, &linted, console);
    }
    let (known, stale) = lint_baseline::hold_against(&mut linted)?;

    let mut findings = Findings::default();
    for Linted { sources, diagnostics, .. } in linted {
        findings.add(sources, diagnostics, Vec::new());
    }
    findings.diagnostics.extend(stale);
    let done = report::Done { policies: paths.len(), mended, known };
    let more = More { policies: paths, mended, known };
    let printed = Printed { command: "lint", findings: &findings, failing: arguments.fail_on.severity(), otherwise: Outcome::Clean, more };
    printed.print(arguments.output, console, |look| {
        render_human::render(&findings.diagnostics, &findings.sources, look) + &report::summary(&findings.diagnostics, done, look)
    })
}

/// Policies to be linted, and what belongs to none.
struct Jobs {
    jobs: Vec<Job>,
    strays: Vec<Linted>,
}

fn jobs(arguments: &Arguments) -> Result<Jobs, Misuse> {
    let as_of: AsOf = day(arguments.as_of.as_deref())?;
    let named = arguments.config.as_deref().map(lint_config::named).transpose()?;
    let mut configs = Configs::default();
    // the levels below a folder, and the baseline
    let mut about = |folder: &Path| -> Result<(Levels, Option<PathBuf>), Misuse> {
        let config = match &named {
            Some(named) => named,
            None => configs.of(folder)?,
        };
        let baseline = arguments.baseline.clone().or_else(|| config.baseline());
        Ok((with_flags(config.config.levels.clone(), arguments)?, baseline))
    };
    let Finds { policies, strays } = policies::find(&arguments.policies)?;
    let mut found = Jobs { jobs: Vec::new(), strays: Vec::new() };
    for policy in policies {
        let (levels, baseline) = about(policy.located.disk.root())?;
        found.jobs.push(Job { settings: Settings { as_of, levels }, baseline, found: policy, proves: !arguments.no_prove });
    }
    for stray in strays {
        let (levels, baseline) = about(stray.file.parent().unwrap_or(Path::new("")))?;
        let severity = lint::find("unused-file").and_then(|rule| levels.of(rule).severity());
        let (sources, diagnostics) = stray.findings(severity)?;
        found.strays.push(Linted { sources, files: vec![stray.file], diagnostics, baseline, levels, is_stray: true, is_proved: false });
    }
    Ok(found)
}

/// The group of proofs, or one of them.
fn is_of_proofs(name: &str) -> bool {
    name == Group::Proof.name() || lint::find(name).is_some_and(|rule| rule.group == Group::Proof)
}

/// What the command line says comes last, and so counts.
fn with_flags(mut levels: Levels, arguments: &Arguments) -> Result<Levels, Misuse> {
    for name in &arguments.only {
        levels.only(name.trim()).map_err(|reason| Misuse::new(format!("`--only {name}`: {reason}")))?;
    }
    for name in &arguments.ignore {
        levels.set(name.trim(), Level::Off).map_err(|reason| Misuse::new(format!("`--ignore {name}`: {reason}")))?;
    }
    if arguments.no_prove {
        let asks_for = arguments.only.iter().map(|name| name.trim());
        if !arguments.only.is_empty() && asks_for.clone().all(is_of_proofs) {
            let asked = asks_for.collect::<Vec<_>>().join(",");
            return Err(Misuse::new(format!(
                "`--only {asked}` looks for proofs alone, and `--no-prove` leaves them out: leave one of the two out"
            )));
        }
        levels.set(Group::Proof.name(), Level::Off).map_err(Misuse::new)?;
    }
    for written in &arguments.level {
        let wrong = |reason: String| Misuse::new(format!("`--level {written}`: {reason}"));
        let (name, word) = written.split_once('=').ok_or_else(|| wrong("write a rule or a group, `=` and a level".to_owned()))?;
        let level = level(word.trim()).map_err(wrong)?;
        levels.set(name.trim(), level).map_err(wrong)?;
    }
    Ok(levels)
}

fn lint(job: &Job) -> Linted {
    let Found { located, folder } = &job.found;
    let mut checked = policy::check_as_of(&located.disk, &located.entry, job.settings.as_of);
    if job.proves {
        policy::uncovered::show(&mut checked);
    }
    // whatever the levels: a claim that does not hold is a mistake
    let has_claims = !checked.policy.claims.is_empty();
    let asks = job.proves && (has_claims || PROOFS.iter().any(|proof| job.settings.levels.of(proof) != Level::Off));
    let proved = if asks { policy::prove::findings(&checked) } else { Proved::default() };
    let is_proved = proved.is_complete;
    let diagnostics = lint::lint_proved(&checked, proved, &job.settings);
    let files = checked.sources.iter().map(|(_, source)| located.disk.root().join(&source.path)).collect();
    let (baseline, levels) = (job.baseline.clone(), job.settings.levels.clone());
    Linted { sources: checked.sources.beneath(folder), files, diagnostics, baseline, levels, is_stray: false, is_proved }
}

/// Of a file that several policies use: what one of them does not need, another may. Where one of them is no part of the run, nothing is said of it.
fn agree(linted: &mut [Linted]) {
    let mut users: FxHashMap<PathBuf, usize> = FxHashMap::default();
    for file in linted.iter().flat_map(|linted| &linted.files) {
        *users.entry(file.clone()).or_default() += 1;
    }
    let place = |linted: &Linted, diagnostic: &Diagnostic| {
        let span = diagnostic.labels.first()?.span;
        let file = linted.files.get(span.source.0 as usize)?;
        is_of_declaration(diagnostic).then(|| (file.clone(), span.start, diagnostic.name()))
    };
    let mut reports: FxHashMap<(PathBuf, u32, &str), usize> = FxHashMap::default();
    for policy in linted.iter() {
        let own: FxHashSet<_> = policy.diagnostics.iter().filter_map(|diagnostic| place(policy, diagnostic)).collect();
        for at in own {
            *reports.entry(at).or_default() += 1;
        }
    }
    let entries: FxHashSet<PathBuf> = linted.iter().filter_map(|policy| policy.files.first().cloned()).collect();
    let (mut outlines, mut elsewhere) = (Outlines::default(), FxHashMap::default());
    let mut has_other_user = |file: &PathBuf| {
        !entries.contains(file)
            && *elsewhere.entry(file.clone()).or_insert_with(|| policies::is_used_elsewhere(file, &entries, &mut outlines))
    };
    for policy in linted.iter_mut() {
        let all = std::mem::take(&mut policy.diagnostics);
        policy.diagnostics = all
            .into_iter()
            .filter(|diagnostic| place(policy, diagnostic).is_none_or(|at| reports.get(&at) == users.get(&at.0) && !has_other_user(&at.0)))
            .collect();
    }
}

/// Whether it says that nothing needs a declaration, or a comment.
fn is_of_declaration(diagnostic: &Diagnostic) -> bool {
    diagnostic.name().starts_with("unused-") || diagnostic.name() == "unmet-expect"
}

/// The files that several policies use, be they part of the run or not.
fn shared_files(jobs: &[Job]) -> FxHashSet<PathBuf> {
    let mut users: FxHashMap<PathBuf, usize> = FxHashMap::default();
    let read = policies::each(jobs, |job| {
        let located = &job.found.located;
        let checked = policy::check_as_of(&located.disk, &located.entry, job.settings.as_of);
        checked.sources.iter().map(|(_, source)| located.disk.root().join(&source.path)).collect::<Vec<_>>()
    });
    let entries: FxHashSet<PathBuf> = read.iter().filter_map(|files| files.first().cloned()).collect();
    for path in read.into_iter().flatten() {
        *users.entry(path).or_default() += 1;
    }
    let mut outlines = Outlines::default();
    let mut is_shared =
        |path: &PathBuf, users: usize| users > 1 || (!entries.contains(path) && policies::is_used_elsewhere(path, &entries, &mut outlines));
    users.into_iter().filter(|(path, users)| is_shared(path, *users)).map(|(path, _)| path).collect()
}

/// The policy's files after its fixes.
fn mended(job: &Job, shared: &FxHashSet<PathBuf>, unsafe_too: bool) -> fix::Mended {
    let located = &job.found.located;
    let may = |diagnostic: &Diagnostic, sources: &Sources| {
        let is_shared = |label: &Label| shared.contains(&located.disk.root().join(&sources.get(label.span.source).path));
        !is_of_declaration(diagnostic) || !diagnostic.labels.iter().any(is_shared)
    };
    fix::mend(&located.disk, &located.entry, &job.settings, &fix::Options { unsafe_too, may: &may })
}

/// Mends one policy after the other: they may share files.
fn mend(jobs: &[Job], unsafe_too: bool) -> Result<usize, Misuse> {
    let shared = shared_files(jobs);
    let mut count = 0;
    for job in jobs {
        let mended = mended(job, &shared, unsafe_too);
        for (path, text) in &mended.files {
            rewrite(&job.found.located.disk.root().join(path), text)?;
        }
        count += mended.count;
    }
    Ok(count)
}

fn show_changes(jobs: &[Job], unsafe_too: bool, console: &Console) -> Result<Outcome, Misuse> {
    let shared = shared_files(jobs);
    let mut patches = BTreeMap::new();
    for (job, mended) in jobs.iter().zip(policies::each(jobs, |job| mended(job, &shared, unsafe_too))) {
        for (path, text) in mended.files {
            // a fixed file has been read
            let before = job.found.located.disk.read(&path).unwrap_or_default();
            let shown = if job.found.folder.is_empty() { path } else { format!("{}/{path}", job.found.folder) };
            patches.entry(shown.clone()).or_insert_with(|| patch(&shown, &String::from_utf8_lossy(&before), &text, console));
        }
    }
    console.print(&patches.values().map(String::as_str).collect::<String>())?;
    Ok(if patches.is_empty() { Outcome::Clean } else { Outcome::Findings })
}
