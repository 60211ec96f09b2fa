//! What a process does that is told to end while it writes.
//!
//! Enters: Ctrl-C (SIGINT) or a request to end (SIGTERM). Leaves: no temporary file, and the end that the signal asks for, so that a shell sees the usual
//! exit code (130, 143) and a loop around the command ends as well. Where there are no such signals, nothing is done.

/// From now on.
#[cfg(unix)]
pub fn leave_nothing_behind() {
    use signal_hook::consts::{SIGINT, SIGTERM};

    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Held to the end: no other output may begin.
            let _files = crate::batch::unfinished::remove_all();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
pub fn leave_nothing_behind() {}
