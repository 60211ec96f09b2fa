//! `leadwright diff`: what changed between two versions of a policy.

use std::path::PathBuf;

use clap::Args;

use super::check::Output as Kind;
use super::console::Console;
use super::outcome::{Misuse, Outcome};
use super::versions::{Pair, Repositories, Side, Sides, sides};
use crate::diagnostic::{Severity, render_human, render_json};
use crate::model::Checked;
use crate::policy;
use crate::report::difference::{self, Compared, Comparison};

/// Show what changed between two versions of a policy, in the policy's own terms
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  leadwright diff old.lead new.lead\n  leadwright diff HEAD -- policies/\n  \
    leadwright diff main...feature -- policies/")]
pub struct Arguments {
    /// Two files or folders; or revisions of the git repository: `A..B`, `A...B` (since they parted), or one, against the work tree
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,

    /// Only policies at or below these paths
    #[arg(last = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Kind::Human, value_name = "KIND")]
    output: Kind,

    /// End with exit code 1 if anything differs
    #[arg(long)]
    exit_code: bool,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let repositories = Repositories::around();
    let sides = sides(&repositories, &arguments.versions, &arguments.paths)?;
    let pairs = sides.pairs()?;
    let policies = pairs.into_iter().map(|pair| compared(&sides, pair, console)).collect::<Result<Vec<_>, _>>()?;
    let comparison = Comparison { old: sides.old.label.clone(), new: sides.new.label.clone(), policies };
    let text = match arguments.output {
        Kind::Human => difference::page(&comparison, console.out),
        Kind::Json => render_json::to_json(&difference::record(&comparison))
            .map_err(|error| Misuse::new(format!("the differences cannot be written as JSON: {error}")))?,
    };
    console.print(&text)?;
    let mistaken = comparison.policies.iter().any(|policy| matches!(policy.outcome, difference::Outcome::Mistaken));
    let differs = arguments.exit_code && comparison.policies.iter().any(Compared::is_different);
    Ok(if mistaken || differs { Outcome::Findings } else { Outcome::Clean })
}

fn compared(sides: &Sides, pair: Pair, console: &Console) -> Result<Compared, Misuse> {
    let load = |side: &Side, path: &Option<String>| match path {
        Some(path) => Ok(Some(checked(side, path, console)?)),
        None => Ok(None),
    };
    let (old, new) = (load(&sides.old, &pair.old)?, load(&sides.new, &pair.new)?);
    let outcome = match (old, new) {
        (Some(Err(Mistaken)), _) | (_, Some(Err(Mistaken))) => difference::Outcome::Mistaken,
        (None, _) => difference::Outcome::Added,
        (_, None) => difference::Outcome::Removed,
        (Some(Ok(old)), Some(Ok(new))) => difference::Outcome::Compared { difference: policy::diff(&old, &new) },
    };
    Ok(Compared { name: pair.name, old_path: pair.old, new_path: pair.new, outcome })
}

/// A version has mistakes, which have been shown.
struct Mistaken;

fn checked(side: &Side, path: &str, console: &Console) -> Result<Result<Checked, Mistaken>, Misuse> {
    let (files, entry) = side.files(path)?;
    let checked = policy::check(files.as_ref(), &entry);
    let errors: Vec<_> = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).cloned().collect();
    if errors.is_empty() {
        return Ok(Ok(checked));
    }
    console.note(&render_human::render(&errors, &checked.sources, console.err));
    console.note(&format!("the policy `{path}` has mistakes in {}; it was not compared\n", side.label));
    Ok(Err(Mistaken))
}
