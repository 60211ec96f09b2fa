//! Leads as CSV text through the whole path of a scoring run, in a temporary folder.

use leadwright::batch::{self, Backend, Input, Options, Output, Place};
use leadwright::jit::Blocks;
use leadwright::model::Policy;
use leadwright::program::{self, Lowered, Program};

/// The instant of every test that names none, in the policy's zone.
pub const AS_OF: &str = "2026-11-18T15:00";

pub struct Scorer<'p> {
    policy: &'p Policy,
    pub plain: Lowered,
    pub optimised: Program,
    as_of: i64,
    /// of the leads that are scored, as CSV
    pub signals: Option<String>,
    pub stage_log: Option<String>,
    pub blocks: Blocks,
}

impl<'p> Scorer<'p> {
    pub fn new(policy: &'p Policy) -> Scorer<'p> {
        let plain = program::lower::lower(policy);
        program::verify::verify(&plain.program).unwrap_or_else(|broken| panic!("{broken:#?}"));
        let optimised = program::passes::optimise(&plain.program);
        program::verify::verify(&optimised).unwrap_or_else(|broken| panic!("{broken:#?}"));
        let local: jiff::civil::DateTime = AS_OF.parse().unwrap();
        let as_of = local.in_tz(&policy.timezone).unwrap().timestamp().as_microsecond();
        Scorer { policy, plain, optimised, as_of, signals: None, stage_log: None, blocks: Blocks::Best }
    }

    /// The scored file as CSV; an error if a row was rejected.
    pub fn score_csv(&self, leads: &str, backend: Backend) -> Result<String, String> {
        self.run(&self.optimised, leads, backend)
    }

    /// The same with the program as it was lowered, on the interpreter.
    pub fn score_csv_plainly(&self, leads: &str) -> Result<String, String> {
        self.run(&self.plain.program, leads, Backend::Interpret)
    }

    fn run(&self, program: &Program, leads: &str, backend: Backend) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let (input, output) = (folder.path().join("leads.csv"), folder.path().join("scored.csv"));
        std::fs::write(&input, leads).unwrap();
        let file = |name: &str, text: &Option<String>| {
            let path = folder.path().join(name);
            if let Some(text) = &text {
                std::fs::write(&path, text).unwrap();
            }
            text.iter().map(|_| Input { place: Place::Path(path.clone()), format: None }).collect::<Vec<_>>()
        };
        let (signals, stage_log) = (file("signals.csv", &self.signals), file("log.csv", &self.stage_log));
        let report = batch::score(
            self.policy,
            program,
            &Options { backend, blocks: self.blocks, signals, stage_log, ..Options::at(self.as_of) },
            &Input { place: Place::Path(input), format: None },
            &Output::To { place: Place::Path(output.clone()), format: None },
            &mut |_| {},
        )
        .map_err(|error| error.to_string())?;
        if report.rows_rejected != 0 {
            return Err(format!("{} rows rejected: {:?}", report.rows_rejected, report.bad_cells));
        }
        Ok(std::fs::read_to_string(&output).unwrap())
    }
}

/// The policy with tables as a run gives them.
pub fn with_tables(policy: &Policy, tables: &[(String, String)]) -> Policy {
    let mut policy = policy.clone();
    let folder = tempfile::tempdir().unwrap();
    for id in policy.tables_from_input() {
        let Some((name, text)) = tables.iter().find(|(name, _)| *name == policy.tables[id].name) else { continue };
        let path = folder.path().join(format!("{name}.csv"));
        std::fs::write(&path, text).unwrap();
        let rows = batch::read_table(&policy, id, &Input { place: Place::Path(path), format: None }).unwrap();
        policy.give_rows(id, rows);
    }
    policy
}
