//! What a change does to a file of leads: both versions score it.

use std::path::Path;

use super::Arguments;
use crate::batch::compare::{Impact, Version, compare};
use crate::cli::console::Console;
use crate::cli::interruption;
use crate::cli::outcome::Misuse;
use crate::cli::progress::with_bar;
use crate::cli::versions::Pair;
use crate::policy::Policy;
use crate::record;
use crate::record::show::Show;

/// Leads are those of one policy.
pub fn one_policy(pairs: &[Pair]) -> Result<(), Misuse> {
    let on_both: Vec<String> =
        pairs.iter().filter(|pair| pair.old.is_some()).filter_map(|pair| pair.new.as_ref().map(|path| format!("`{path}`"))).collect();
    match on_both.as_slice() {
        [_] => Ok(()),
        [] => Err(Misuse::new("no policy is in both versions, so there is nothing to score `--leads` with")),
        several => {
            let more = if several.len() > 4 { format!(" and {} more", several.len() - 4) } else { String::new() };
            let names: Vec<&str> = several.iter().take(4).map(String::as_str).collect();
            Err(Misuse::new(format!(
                "`--leads` are those of one policy, and both versions have several ({}{more}): name one of them",
                names.join(", ")
            )))
        }
    }
}

pub fn impact(
    arguments: &Arguments,
    leads: &Path,
    old: &Policy,
    new: &Policy,
    as_of: &mut Option<String>,
    console: &Console,
) -> Result<Impact, Misuse> {
    // both look at leads at one instant, read in the zone of the newer version
    let mut options = arguments.reading.options(new.model())?;
    let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    options.threads = arguments.threads.map_or_else(processors, usize::from);
    let zone = record::zone(new.model()).map_err(|error| Misuse::new(error.to_string()))?;
    *as_of = Some(Show { policy: new.model(), zone: &zone }.time(options.as_of));
    interruption::leave_nothing_behind();
    let input = arguments.reading.input(leads);
    let (before, after) =
        (Version { policy: old.model(), program: old.program() }, Version { policy: new.model(), program: new.program() });
    let found = with_bar(console.err, console.err_is_terminal, |progress| {
        compare(before, after, &options, &input, usize::from(arguments.top), progress)
    });
    let impact = found.map_err(|error| Misuse::new(error.to_string()))?;
    if impact.reads_signals && options.signals.is_empty() {
        console.note("note: a version reads signals and no file of them was given: leads were scored as if none had any\n");
    }
    Ok(impact)
}
