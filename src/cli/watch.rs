//! Doing a command again whenever a file of the policy changes.
//!
//! Enters: the paths of policies, what is to be done. Leaves: it done once, and again after every change of a file of theirs, their tables and cases included, until Ctrl-C or a request to
//! end. Always holds: changes in quick succession count once; a policy that cannot be read just now (an editor may be replacing its file) ends nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{EventKind, RecursiveMode, Watcher};

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use super::policies;
use crate::diagnostic::sanitise::one_line;
use crate::policy;

/// An editor writes a file in several steps; so long nothing must happen before a change counts as over.
const QUIET: Duration = Duration::from_millis(100);
/// Of files that change all the time, that long is waited.
const QUIET_MAX: Duration = Duration::from_secs(2);

enum Heard {
    Changed(Vec<PathBuf>),
    End,
}

/// Ends cleanly, whatever the last run found.
pub fn until_told(paths: &[PathBuf], console: &Console, mut once: impl FnMut() -> Result<Outcome, Misuse>) -> Result<Outcome, Misuse> {
    let (sender, heard) = channel();
    let from_watcher = sender.clone();
    let unwatchable = |error: notify::Error| Misuse::new(format!("the files of the policy cannot be watched: {error}"));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && is_change(event.kind)
        {
            // nobody listens any more when the command ends
            let _ = from_watcher.send(Heard::Changed(event.paths));
        }
    })
    .map_err(unwatchable)?;
    end_on_signals(sender);
    let mut watched: BTreeSet<PathBuf> = BTreeSet::new();
    let mut files = files_of(paths)?;
    loop {
        for folder in files.iter().filter_map(|file| file.parent()) {
            if !watched.contains(folder) {
                watcher.watch(folder, RecursiveMode::NonRecursive).map_err(unwatchable)?;
                watched.insert(folder.to_owned());
            }
        }
        heading(paths, console)?;
        if let Err(misuse) = once() {
            console.misuse(&misuse);
        }
        console.note("watching for changes; Ctrl-C ends\n");
        if !wait(&heard, &files) {
            return Ok(Outcome::Clean);
        }
        files = files_of(paths).unwrap_or(files);
    }
}

/// Every file that the policies are made of, read or not.
fn files_of(paths: &[PathBuf]) -> Result<BTreeSet<PathBuf>, Misuse> {
    let found = policies::find(paths)?.policies;
    let files = policies::each(&found, |found| {
        let located = &found.located;
        let checked = policy::check(&located.disk, &located.entry);
        let root = located.disk.root();
        let files = checked.sources.iter().map(|(_, source)| root.join(&source.path)).chain([root.join(&located.entry)]);
        files.collect::<Vec<PathBuf>>()
    });
    Ok(files.into_iter().flatten().collect())
}

fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Modify(ModifyKind::Metadata(_)) | EventKind::Access(_) => false,
        EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => true,
    }
}

/// What a policy may be about to use counts too; any other file beside it does not, or a report that is written there would never end.
fn is_meant(path: &Path, files: &BTreeSet<PathBuf>) -> bool {
    files.contains(path) || path.extension().is_some_and(|extension| extension == "lead" || extension == "csv")
}

/// Waits for a change and for its end; no if the command is to end instead.
fn wait(heard: &Receiver<Heard>, files: &BTreeSet<PathBuf>) -> bool {
    loop {
        match heard.recv() {
            Ok(Heard::Changed(paths)) if paths.iter().any(|path| is_meant(path, files)) => break,
            Ok(Heard::Changed(_)) => {}
            Ok(Heard::End) | Err(_) => return false,
        }
    }
    let began = Instant::now();
    while began.elapsed() < QUIET_MAX {
        match heard.recv_timeout(QUIET) {
            Ok(Heard::Changed(_)) => {}
            Ok(Heard::End) => return false,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    true
}

/// On a terminal each run has the screen to itself.
fn heading(paths: &[PathBuf], console: &Console) -> Result<(), Misuse> {
    let clear = if console.out_is_terminal { "\u{1b}[2J\u{1b}[3J\u{1b}[H" } else { "" };
    let now = jiff::Timestamp::now().strftime("%H:%M:%S");
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    console.print(&format!("{clear}{} at {now} UTC\n\n", one_line(&paths.join(", "))))
}

#[cfg(unix)]
fn end_on_signals(sender: Sender<Heard>) {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        for (count, _) in signals.forever().enumerate() {
            // who asks twice does not want to wait for the run at hand
            if count > 0 || sender.send(Heard::End).is_err() {
                std::process::exit(130);
            }
        }
    });
}

#[cfg(not(unix))]
fn end_on_signals(_: Sender<Heard>) {}
