//! How far a run has come, drawn on the terminal.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::batch::{Progress, Reading};
use crate::diagnostic::render_human::Look;
use crate::report::figures::{count, duration, rate};

struct Bar {
    bar: ProgressBar,
    reading: Reading,
    since: Instant,
    drawn: Option<Instant>,
}

/// A run that is over before that draws nothing; then so often.
const EVERY: Duration = Duration::from_millis(100);

/// Runs with a bar, or without; the bar is gone when the run ends.
pub fn with_bar<R>(look: Look, draws: bool, run: impl FnOnce(&mut dyn FnMut(Progress)) -> R) -> R {
    let mut bar = draws.then(|| Bar::new(look));
    let result = run(&mut |progress| {
        if let Some(bar) = &mut bar {
            bar.show(progress);
        }
    });
    if let Some(bar) = bar {
        bar.clear();
    }
    result
}

impl Bar {
    fn new(look: Look) -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let (template, characters) =
            if look.unicode { ("{bar:24} {msg}", "█▉▊▋▌▍▎▏ ") } else { ("[{bar:24}] {msg}", "#- ") };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars(characters));
        }
        Bar { bar, reading: Reading::default(), since: Instant::now(), drawn: None }
    }

    fn show(&mut self, progress: Progress) {
        if self.drawn.unwrap_or(self.since).elapsed() < EVERY {
            return;
        }
        self.drawn = Some(Instant::now());
        let (done, total) = match (progress.rows_total, progress.bytes_total) {
            (Some(total), _) => (progress.rows, Some(total)),
            (None, total) => (progress.bytes_read, total),
        };
        let what = match progress.reading {
            Reading::Leads => "leads",
            Reading::Signals => "signals",
            Reading::StageLog => "entries of the stage log",
        };
        // each kind of file starts anew
        if self.reading != progress.reading {
            (self.reading, self.since) = (progress.reading, Instant::now());
        }
        let elapsed = self.since.elapsed();
        let mut message = format!("{} {what}", count(progress.rows));
        if let Some(rate) = rate(progress.rows, elapsed) {
            message += &format!(", {}/s", count(rate));
        }
        if let Some(total) = total {
            self.bar.set_length(total);
            self.bar.set_position(done.min(total));
            if let Some(left) = left(elapsed, done, total) {
                message += &format!(", {} left", duration(left));
            }
        }
        self.bar.set_message(message);
        self.bar.tick();
    }

    fn clear(self) {
        self.bar.finish_and_clear();
    }
}

/// At the same speed, to the second.
fn left(elapsed: Duration, done: u64, total: u64) -> Option<Duration> {
    if done == 0 {
        return None;
    }
    let milliseconds = elapsed.as_millis() * u128::from(total.saturating_sub(done)) / u128::from(done);
    Some(Duration::from_secs(u64::try_from(milliseconds.div_ceil(1_000)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_goes_by_what_is_done() {
        assert_eq!(left(Duration::from_secs(10), 25, 100), Some(Duration::from_secs(30)));
        assert_eq!(left(Duration::from_secs(10), 100, 100), Some(Duration::ZERO));
        assert_eq!(left(Duration::from_secs(10), 0, 100), None);
    }
}
