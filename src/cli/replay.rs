//! `leadwright replay`: what became of leads, by their history; what sales did with what marketing handed over.

use std::path::{Path, PathBuf};

use clap::Args;

use super::as_of;
use super::console::Console;
use super::interruption;
use super::leads::{BadRow, format};
use super::load::load;
use super::locate::locate;
use super::outcome::{Misuse, Outcome, ended};
use super::progress::with_bar;
use super::score::BackendChoice;
use super::tables::TableArguments;
use crate::batch::replay::{ReplayOptions, ReplayReport, replay};
use crate::batch::{Format, Input, Options, Place};
use crate::calendar::Zone;
use crate::diagnostic::render_json;
use crate::model::{FieldId, Type};
use crate::policy::Policy;
use crate::record;
use crate::record::reader::phrase;
use crate::record::show::Show;
use crate::report::funnel::{Funnel, Run};
use crate::report::{funnel, funnel_record};

/// Run each lead's history through the flow, and say what became of the leads
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  leadwright replay examples/medbank --leads leads.csv --signals web.csv crm.csv\n  \
    leadwright replay examples/medbank --leads leads.csv --signals crm.csv --from 2026-07-01 --to 2026-10-01 --log log.parquet")]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    /// A file of leads: CSV, NDJSON, Parquet or Arrow IPC; `-` is standard input
    #[arg(long, value_name = "FILE")]
    leads: PathBuf,

    /// Format of the leads, if the file's name does not tell: csv, ndjson, parquet, arrow
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,

    /// Files of signals: CSV, NDJSON, Parquet or Arrow IPC, in any order of time
    #[arg(long, value_name = "FILE", num_args = 1..)]
    signals: Vec<PathBuf>,

    /// Format of the files of signals, if their names do not tell
    #[arg(long, value_name = "FORMAT", value_parser = format, requires = "signals")]
    signals_format: Option<Format>,

    /// Report and log only what begins from then on: a date or a time, in the policy's zone
    #[arg(long, value_name = "TIME")]
    from: Option<String>,

    /// The end: a date or a time, in the policy's zone [default: now]
    #[arg(long, value_name = "TIME")]
    to: Option<String>,

    /// The date or time field that says when a lead came into being [default: its first signal, else --from]
    #[arg(long, value_name = "FIELD")]
    start_field: Option<String>,

    /// Write every step of every lead from --from to --to to this file: CSV, NDJSON, Parquet or Arrow IPC, by its name
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Write every clock that was started from --from to --to to this file, as it stood at --to
    #[arg(long, value_name = "FILE")]
    clock_log: Option<PathBuf>,

    /// Write the report as JSON to this file; `-` is standard output, in place of the page
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    #[command(flatten)]
    tables: TableArguments,

    /// Bind columns by the names that fields have in this system
    #[arg(long, value_name = "NAME")]
    system: Option<String>,

    /// What to do with a lead or a signal that has a cell that cannot be read
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = BadRow::Reject)]
    on_bad_row: BadRow,

    /// List every cell of the leads that could not be read in this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,

    /// List every signal that was not used in this file
    #[arg(long, value_name = "FILE")]
    rejects_signals: Option<PathBuf>,

    /// Threads that replay [default: one for each processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What runs the policy: machine code, or the interpreter that defines its meaning
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = BackendChoice::Jit)]
    backend: BackendChoice,

    /// In CSV, put ' before text that a spreadsheet would take for a formula
    #[arg(long)]
    guard_formulas: bool,

    /// No report page and no progress bar
    #[arg(short, long)]
    quiet: bool,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let policy = match load(&arguments.policy, "nothing was replayed", console)? {
        Ok(policy) => policy,
        Err(outcome) => return Ok(outcome),
    };
    if policy.model().flows.is_empty() {
        return Err(Misuse::new(
            "the policy has no flow, so no lead could go anywhere: write a `flow` of rows such as `inquiry -> mql when …`",
        ));
    }
    refuse_places(arguments, &policy)?;
    let policy = arguments.tables.give(policy)?;
    let options = options(arguments, &policy)?;
    let input = Input { place: Place::parse(&arguments.leads), format: arguments.format };
    let draws = console.err_is_terminal && !arguments.quiet;
    interruption::leave_nothing_behind();
    let result = with_bar(console.err, draws, |progress| replay(policy.model(), policy.plain(), &options, &input, progress));
    let report = match result {
        Ok(report) => report,
        Err(error) => return ended(error, console),
    };
    tell(arguments, &policy, &options, &report, console)?;
    Ok(Outcome::Clean)
}

fn tell(arguments: &Arguments, policy: &Policy, options: &ReplayOptions, report: &ReplayReport, console: &Console) -> Result<(), Misuse> {
    let zone = record::zone(policy.model()).map_err(|error| Misuse::new(error.to_string()))?;
    let time = |at: i64| Show { policy: policy.model(), zone: &zone }.time(at);
    let (from, to) = (options.from.map(&time), time(options.options.as_of));
    let mut days = Zone::named(&policy.model().timezone).map_err(|error| Misuse::new(error.to_string()))?;
    let days = (options.from.map(|from| days.local_day(from)), days.local_day(options.options.as_of));
    let funnel =
        Funnel { policy: policy.model(), tally: &report.tally, rules: &options.rules, from: from.as_deref(), to: &to, days, time: &time };
    let log = arguments.log.as_ref().map(|path| path.display().to_string());
    let run = Run { funnel, report, to_given: arguments.to.is_some(), log: log.as_deref().filter(|log| *log != "-") };
    let to_standard_output =
        [&arguments.json, &arguments.log, &arguments.clock_log].into_iter().flatten().any(|path| path == Path::new("-"));
    if let Some(path) = &arguments.json {
        let json = render_json::to_json(&funnel_record::record(&run))
            .map_err(|error| Misuse::new(format!("the report cannot be written as JSON: {error}")))?;
        match Place::parse(path) {
            Place::Standard => console.print(&json)?,
            place @ Place::Path(_) => crate::batch::write_text(&place, &json).map_err(|error| Misuse::new(error.to_string()))?,
        }
    }
    if arguments.quiet {
        return Ok(());
    }
    if to_standard_output {
        // the page would tear what a program reads
        if arguments.json.as_deref() != Some(Path::new("-")) {
            console.note(&funnel::page(&run, console.err));
        }
        return Ok(());
    }
    console.print(&funnel::page(&run, console.out))
}

/// What is written takes no place of a file of the policy, and standard output takes one thing.
fn refuse_places(arguments: &Arguments, policy: &Policy) -> Result<(), Misuse> {
    for (flag, path) in [("--rejects", &arguments.rejects), ("--rejects-signals", &arguments.rejects_signals)] {
        if path.as_deref() == Some(Path::new("-")) {
            return Err(Misuse::new(format!("`{flag} -` names no file: the list of rejected rows needs one of its own")));
        }
    }
    let written: Vec<&PathBuf> = [&arguments.log, &arguments.clock_log, &arguments.json, &arguments.rejects, &arguments.rejects_signals]
        .into_iter()
        .flatten()
        .collect();
    for (index, path) in written.iter().enumerate() {
        if written[..index].contains(path) {
            return Err(Misuse::new(format!("`{}` is named twice: each file that is written needs a name of its own", path.display())));
        }
    }
    let root = locate(&arguments.policy)?.disk.root().to_owned();
    for path in written {
        let Ok(real) = std::fs::canonicalize(path) else { continue };
        let own = policy.sources().iter().any(|(_, source)| std::fs::canonicalize(root.join(&source.path)).is_ok_and(|file| file == real));
        let read = std::iter::once(&arguments.leads).chain(&arguments.signals).chain(arguments.tables.files());
        if own {
            return Err(Misuse::new(format!("`{}` is a file of the policy itself: name another file to write to", path.display())));
        }
        if read.into_iter().any(|read| std::fs::canonicalize(read).is_ok_and(|file| file == real)) {
            return Err(Misuse::new(format!("`{}` is read by this very run: name another file to write to", path.display())));
        }
    }
    Ok(())
}

fn options(arguments: &Arguments, policy: &Policy) -> Result<ReplayOptions, Misuse> {
    let model = policy.model();
    let zone = record::zone(model).map_err(|error| Misuse::new(error.to_string()))?;
    let mut options = Options::at(as_of::instant("--to", arguments.to.as_deref(), &zone)?);
    let from = arguments.from.as_deref().map(|from| as_of::instant("--from", Some(from), &zone)).transpose()?;
    if from.is_some_and(|from| from > options.as_of) {
        return Err(Misuse::new("`--from` is later than `--to`, so nothing lies between them"));
    }
    options.system = arguments.system.clone();
    let signals = arguments.signals.iter().map(|path| Input { place: Place::parse(path), format: arguments.signals_format });
    options.signals = signals.collect();
    options.on_bad_row = arguments.on_bad_row.into();
    options.rejects = arguments.rejects.clone();
    options.rejects_signals = arguments.rejects_signals.clone();
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    options.threads = arguments.threads.map_or_else(processors, usize::from);
    options.backend = arguments.backend.into();
    options.csv_formula_guard = arguments.guard_formulas;
    let rows = model.flows.iter().flat_map(|flow| &flow.rows);
    Ok(ReplayOptions {
        options,
        from,
        start_field: arguments.start_field.as_deref().map(|name| start_field(model, name)).transpose()?,
        log: arguments.log.as_deref().map(Place::parse),
        clock_log: arguments.clock_log.as_deref().map(Place::parse),
        rules: rows.map(|row| phrase(policy.sources().text(row.span))).collect(),
    })
}

fn start_field(policy: &crate::model::Policy, name: &str) -> Result<FieldId, Misuse> {
    let is_moment = |ty: Type| matches!(ty, Type::Date | Type::Time);
    match policy.fields.iter().position(|field| field.name == name) {
        Some(field) if is_moment(policy.fields[field].ty) => Ok(field),
        Some(_) => Err(Misuse::new(format!("the field `{name}` is no date and no time, so it cannot say when a lead came into being"))),
        None => {
            let fields: Vec<String> =
                policy.fields.iter().filter(|field| is_moment(field.ty)).map(|field| format!("`{}`", field.name)).collect();
            let there = if fields.is_empty() {
                "it has no date and no time".into()
            } else {
                format!("its dates and times are {}", fields.join(", "))
            };
            Err(Misuse::new(format!("the policy's lead has no field `{name}`; {there}")))
        }
    }
}
