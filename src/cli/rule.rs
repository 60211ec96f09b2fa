//! `leadwright rule`: the page about a rule of `lint`, on the terminal; or all rules.

use clap::Args;

use super::console::Console;
use super::explain_code;
use super::outcome::{Misuse, Outcome};
use crate::lint::config::{rule_names, unknown};
use crate::lint::find;
use crate::report;
use crate::report::manual;

/// Show what a rule of `lint` finds, why, and what to write instead; without a name, list all rules
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  leadwright rule\n  leadwright rule unused-let")]
pub struct Arguments {
    /// The rule, as it stands in a finding: unused-let; or a code: E0804
    rule: Option<String>,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let Some(name) = &arguments.rule else {
        return console.print(&report::lint::all_rules(console.out)).map(|()| Outcome::Clean);
    };
    match find(name.trim()) {
        Some(rule) => console.print(&manual::page(rule.page, console.out)).map(|()| Outcome::Clean),
        // every other code has its page too
        None => match explain_code::entry(name) {
            Some(entry) => console.print(&manual::page(entry.page, console.out)).map(|()| Outcome::Clean),
            None => Err(Misuse::new(unknown("rule", name, rule_names()))),
        },
    }
}
