//! `--table NAME=FILE`: tables that are given at run time.
//!
//! Enters: the options as written, a policy. Leaves: the policy with the tables' rows. Always holds: every table `from input` has got a file, and no
//! other table has.

use std::path::PathBuf;

use clap::Args;

use super::outcome::Misuse;
use crate::batch::{self, Input, Place};
use crate::diagnostic::nearest;
use crate::policy::Policy;

#[derive(Args, Debug)]
pub struct TableArguments {
    /// The file of a table that the policy declares `from input`: CSV, NDJSON, Parquet or Arrow IPC; once for each such table
    #[arg(long = "table", value_name = "NAME=FILE", value_parser = name_and_file)]
    tables: Vec<(String, PathBuf)>,
}

/// Which tables must be given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    Named,
}

fn name_and_file(written: &str) -> Result<(String, PathBuf), String> {
    match written.split_once('=') {
        Some((name, file)) if !name.trim().is_empty() && !file.is_empty() => Ok((name.trim().to_owned(), PathBuf::from(file))),
        Some(_) | None => Err("write the table's name and its file, as in accounts=accounts.parquet".to_owned()),
    }
}

impl TableArguments {
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.tables.iter().map(|(_, file)| file)
    }

    /// Gives the policy its tables.
    pub fn give(&self, policy: Policy) -> Result<Policy, Misuse> {
        self.check_names(&[&policy])?;
        self.give_known(policy, Wanted::All)
    }

    /// Gives two versions of a policy their tables: each those that it has.
    pub fn give_both(&self, old: Policy, new: Policy) -> Result<(Policy, Policy), Misuse> {
        self.give_two(old, new, Wanted::All)
    }

    /// The same of those that are named; the others stay without rows.
    pub fn give_both_if_named(&self, old: Policy, new: Policy) -> Result<(Policy, Policy), Misuse> {
        self.give_two(old, new, Wanted::Named)
    }

    fn give_two(&self, old: Policy, new: Policy, wanted: Wanted) -> Result<(Policy, Policy), Misuse> {
        self.check_names(&[&new, &old])?;
        Ok((self.give_known(old, wanted)?, self.give_known(new, wanted)?))
    }

    fn give_known(&self, policy: Policy, wanted: Wanted) -> Result<Policy, Misuse> {
        let mut policy = policy;
        for id in policy.model().tables_from_input() {
            let name = policy.model().tables[id].name.clone();
            let Some((_, file)) = self.tables.iter().find(|(given, _)| *given == name) else {
                if wanted == Wanted::Named {
                    continue;
                }
                return Err(Misuse::new(format!("the table `{name}` is given at run time: name its file with `--table {name}=FILE`")));
            };
            let input = Input { place: Place::parse(file), format: None };
            let rows = batch::read_table(policy.model(), id, &input).map_err(|error| Misuse::new(error.to_string()))?;
            policy = policy.give_tables([(id, rows)]);
        }
        Ok(policy)
    }

    /// Each table is one of some version.
    fn check_names(&self, versions: &[&Policy]) -> Result<(), Misuse> {
        let tables: Vec<&crate::model::Table> = versions.iter().flat_map(|policy| &policy.model().tables).collect();
        for (index, (name, file)) in self.tables.iter().enumerate() {
            if self.tables[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Misuse::new(format!("`--table {name}=…` is written twice: a table has one file")));
            }
            let own = || tables.iter().filter(|table| table.name == *name);
            match own().next() {
                Some(_) if own().any(|table| table.from_input) => {}
                Some(_) => {
                    let message =
                        format!("the table `{name}` has its rows in the policy; declare it `from input` to give it with `--table`");
                    return Err(Misuse::new(message));
                }
                None => {
                    let names = tables.iter().filter(|table| table.from_input).map(|table| table.name.as_str());
                    let meant = nearest(name, names.clone()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                    let any = if names.count() == 0 { "; it asks for no table at run time" } else { "" };
                    return Err(Misuse::new(format!(
                        "the policy has no table `{name}`, for which `{}` is given{meant}{any}",
                        file.display()
                    )));
                }
            }
        }
        Ok(())
    }
}
