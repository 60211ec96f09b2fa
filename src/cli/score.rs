//! `leadwright score`: a file of leads in, a scored file and a summary out.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::console::Console;
use super::interruption;
use super::leads::{LeadArguments, format};
use super::load::load;
use super::locate::locate;
use super::outcome::{Misuse, Outcome, ended};
use super::progress::with_bar;
use super::rotation::RotationArguments;
use super::tables::TableArguments;
use crate::batch::output_file::same_file;
use crate::batch::{self, Backend, Format, Keep, Options, Output, Place, Report};
use crate::diagnostic::render_human::Look;
use crate::diagnostic::render_json;
use crate::jit::{Blocks, Cpu};
use crate::policy::Policy;
use crate::record;
use crate::record::show::Show;
use crate::report::binding;
use crate::report::run_record;
use crate::report::summary::{self, Run};

/// Score a file of leads and summarise what came out
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  leadwright score examples/medbank leads.csv -o scored.parquet\n  \
    leadwright score examples/medbank leads.csv --as-of 2026-11-18T15:00 --keep all > scored.csv\n  \
    leadwright score examples/medbank leads.csv --signals web.csv crm.parquet -o scored.csv")]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    #[command(flatten)]
    leads: LeadArguments,

    #[command(flatten)]
    tables: TableArguments,

    #[command(flatten)]
    rotation: RotationArguments,

    /// Where the scored leads go; `-` is standard output
    #[arg(short = 'o', long, value_name = "FILE", default_value = "-")]
    output: PathBuf,

    /// Format of the scored leads, if the file's name does not tell: csv, ndjson, parquet, arrow
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    output_format: Option<Format>,

    /// Columns of the input that the scored leads keep: all, key, or names with commas between (a name with a comma in quotes)
    #[arg(long, value_name = "COLUMNS", default_value = "key")]
    keep: String,

    /// List every cell that could not be read in this file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,

    /// List every signal and every entry of the stage log that was not used in this file
    #[arg(long, value_name = "FILE")]
    rejects_signals: Option<PathBuf>,

    /// MiB of signals that are kept in memory until they are sorted; the rest goes to a temporary file
    #[arg(long, value_name = "MIB", default_value_t = SIGNAL_MEBIBYTES)]
    signal_memory: u32,

    /// Threads that score [default: one for each processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// What runs the policy: machine code, or the interpreter that defines its meaning
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = BackendChoice::Jit)]
    backend: BackendChoice,

    /// What machine code runs blocks of leads with: these instructions of the processor, or code generated for the policy (the fastest, unless said)
    #[arg(long, value_enum, value_name = "WHICH")]
    cpu: Option<CpuChoice>,

    /// In CSV, put ' before text that a spreadsheet would take for a formula
    #[arg(long)]
    guard_formulas: bool,

    /// Say which column gives which field
    #[arg(long)]
    show_binding: bool,

    /// The summary for people or for programs
    #[arg(long, value_enum, value_name = "KIND", default_value_t = SummaryKind::Human)]
    summary: SummaryKind,

    /// No summary and no progress bar
    #[arg(short, long)]
    quiet: bool,
}

const SIGNAL_MEBIBYTES: u32 = (batch::SIGNAL_MEMORY >> 20) as u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendChoice {
    Jit,
    Interpret,
}

impl From<BackendChoice> for Backend {
    fn from(choice: BackendChoice) -> Backend {
        match choice {
            BackendChoice::Jit => Backend::Jit,
            BackendChoice::Interpret => Backend::Interpret,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CpuChoice {
    Portable,
    Avx2,
    Avx512,
    Generated,
}

impl CpuChoice {
    fn blocks(self) -> Result<Blocks, Misuse> {
        let cpu = match self {
            CpuChoice::Generated => return Ok(Blocks::Generated),
            CpuChoice::Portable => Cpu::Portable,
            CpuChoice::Avx2 => Cpu::Avx2,
            CpuChoice::Avx512 => Cpu::Avx512,
        };
        if cpu.is_available() {
            return Ok(Blocks::Steps(cpu));
        }
        Err(Misuse::new(format!("this machine has no `{}`; the best that it has is `--cpu {}`", cpu.name(), Cpu::best().name())))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SummaryKind {
    Human,
    Json,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let policy = match load(&arguments.policy, "nothing was scored", console)? {
        Ok(policy) => policy,
        Err(outcome) => return Ok(outcome),
    };
    refuse_policy_files(arguments, &policy)?;
    let policy = arguments.tables.give(policy)?;
    let mut options = options(arguments, policy.model())?;
    options.rotation = arguments.rotation.state(&policy)?;
    refuse_inputs(arguments)?;
    let remembered = arguments.rotation.target()?;
    let by_state = options.rotation.as_ref().map(|_| policy.program_with_turns_by_state());
    let program = by_state.as_ref().unwrap_or(policy.program());
    let input = arguments.leads.input();
    let place = Place::parse(&arguments.output);
    let to_standard_output = place == Place::Standard;
    if to_standard_output && std::io::stdout().is_terminal() && matches!(arguments.output_format, Some(Format::Parquet | Format::ArrowIpc))
    {
        return Err(Misuse::new("this format is not for a terminal: name a file with `-o`"));
    }
    let output = Output::To { place, format: arguments.output_format };
    interruption::leave_nothing_behind();

    // rows on the same terminal would tear the bar
    let draws = console.err_is_terminal && !arguments.quiet && !(to_standard_output && std::io::stdout().is_terminal());
    let result = with_bar(console.err, draws, |progress| batch::score(policy.model(), program, &options, &input, &output, progress));
    let report = match result {
        Ok(report) => report,
        Err(error) => return ended(error, console),
    };
    if let (Some(file), Some(turns)) = (remembered, &report.turns) {
        file.write(&turns.state).map_err(|error| Misuse::new(error.to_string()))?;
    }
    if !arguments.quiet {
        let look = if to_standard_output { console.err } else { console.out };
        let text = summary_text(arguments, &policy, &options, &report, look)?;
        if to_standard_output { console.note(&text) } else { console.print(&text)? }
    } else {
        // what was left out is said even then
        for note in &report.notes {
            console.note(&format!("note: {note}\n"));
        }
    }
    if arguments.quiet && arguments.show_binding {
        console.note(&binding::page(&report, console.err));
    }
    Ok(Outcome::Clean)
}

/// A scored file or a list of rejects never takes the place of a file that the policy was read from.
fn refuse_policy_files(arguments: &Arguments, policy: &Policy) -> Result<(), Misuse> {
    for (flag, path) in [("--rejects", &arguments.rejects), ("--rejects-signals", &arguments.rejects_signals)] {
        if path.as_deref() == Some(Path::new("-")) {
            return Err(Misuse::new(format!("`{flag} -` names no file: the list of rejected rows needs one of its own")));
        }
    }
    let root = locate(&arguments.policy)?.disk.root().to_owned();
    let written = [&arguments.rejects, &arguments.rejects_signals].into_iter().flatten().chain(arguments.rotation.out());
    for target in std::iter::once(&arguments.output).chain(written) {
        let Ok(real) = std::fs::canonicalize(target) else { continue };
        let own = policy.sources().iter().any(|(_, source)| std::fs::canonicalize(root.join(&source.path)).is_ok_and(|file| file == real));
        if own {
            return Err(Misuse::new(format!("`{}` is a file of the policy itself: name another file to write to", target.display())));
        }
    }
    Ok(())
}

/// What is written never takes the place of what is read, or of something else that is written.
fn refuse_inputs(arguments: &Arguments) -> Result<(), Misuse> {
    let place = |path: &PathBuf| Place::parse(path);
    let Some(state) = arguments.rotation.out() else { return Ok(()) };
    let read = arguments.tables.files().map(place).chain([arguments.leads.input().place]);
    let written = std::iter::once(&arguments.output).chain(&arguments.rejects).map(place);
    if state.as_os_str() == "-" {
        return Err(Misuse::new("`--rotation-out -` names no file: the state of rotations needs one of its own"));
    }
    match read.chain(written).any(|other| same_file(&place(state), &other)) {
        true => Err(Misuse::new(format!("`--rotation-out {}` is a file that is read or written already: name another", state.display()))),
        false => Ok(()),
    }
}

fn options(arguments: &Arguments, policy: &crate::model::Policy) -> Result<Options, Misuse> {
    let mut options = arguments.leads.options(policy)?;
    options.keep = Keep::parse(&arguments.keep);
    if arguments.keep.trim().is_empty() || matches!(&options.keep, Keep::Columns(names) if names.is_empty()) {
        return Err(Misuse::new(format!("`--keep \"{}\"` names no column: write all, key, or names with commas between", arguments.keep)));
    }
    options.rejects = arguments.rejects.clone();
    options.rejects_signals = arguments.rejects_signals.clone();
    options.signal_memory = usize::try_from(u64::from(arguments.signal_memory) << 20).unwrap_or(usize::MAX);
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    options.threads = arguments.threads.map_or_else(processors, usize::from);
    options.backend = arguments.backend.into();
    if let Some(choice) = arguments.cpu {
        if options.backend == Backend::Interpret {
            return Err(Misuse::new(
                "`--cpu` says what machine code runs with, and `--backend interpret` runs none; leave out one of them",
            ));
        }
        options.blocks = choice.blocks()?;
    }
    options.csv_formula_guard = arguments.guard_formulas;
    Ok(options)
}

fn summary_text(arguments: &Arguments, policy: &Policy, options: &Options, report: &Report, look: Look) -> Result<String, Misuse> {
    let zone = record::zone(policy.model()).map_err(|error| Misuse::new(error.to_string()))?;
    let as_of = Show { policy: policy.model(), zone: &zone }.time(options.as_of);
    let output = arguments.output.display().to_string();
    let rejects = arguments.rejects.as_ref().map(|path| path.display().to_string());
    let rejects_signals = arguments.rejects_signals.as_ref().map(|path| path.display().to_string());
    let run = Run {
        policy: policy.model(),
        report,
        as_of: &as_of,
        as_of_given: arguments.leads.as_of_is_given(),
        backend: match options.backend {
            Backend::Jit => "machine code",
            Backend::Interpret => "interpreter",
        },
        output: if output == "-" { None } else { Some(&output) },
        rejects: rejects.as_deref(),
        rejects_signals: rejects_signals.as_deref(),
    };
    match arguments.summary {
        SummaryKind::Json => render_json::to_json(&run_record::record(&run))
            .map_err(|error| Misuse::new(format!("the summary cannot be written as JSON: {error}"))),
        SummaryKind::Human if arguments.show_binding => Ok(format!("{}\n{}", binding::page(report, look), summary::page(&run, look))),
        SummaryKind::Human => Ok(summary::page(&run, look)),
    }
}
