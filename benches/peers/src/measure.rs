//! The clock, and the answers that are compared.

use std::fs;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

pub struct Answer {
    /// in thousandths of a point
    pub score: i64,
    pub status: usize,
    pub queue: usize,
}

pub struct Measured {
    pub answers: Vec<Answer>,
    /// a lead, the least of all passes
    pub nanoseconds: f64,
}

impl Measured {
    /// An answer is one 64-bit integer: score, status and queue, with two digits for the last two.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let packed = self.answers.iter().map(|answer| answer.score * 100 + answer.status as i64 * 10 + answer.queue as i64);
        fs::write(path, packed.flat_map(i64::to_le_bytes).collect::<Vec<u8>>())
    }
}

const PASSES_MIN: usize = 3;

/// The least nanoseconds a lead of a pass over all.
pub fn least(time: Duration, leads: usize, mut pass: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut least = Duration::MAX;
    let mut passes = 0;
    while passes < PASSES_MIN || begin.elapsed() < time {
        let start = Instant::now();
        pass();
        least = least.min(start.elapsed());
        passes += 1;
    }
    least.as_secs_f64() * 1e9 / leads as f64
}

/// Leads that are timed together where they are scored one by one: so few that a busy machine mostly leaves them alone.
const TOGETHER: usize = 100;

/// Nanoseconds a lead where leads are scored one by one: for each hundred the least of all passes. A pass goes through all leads, so that none is met twice
/// before all others were.
pub fn least_of_each<L>(time: Duration, leads: &mut [L], mut score: impl FnMut(&mut L)) -> f64 {
    let begin = Instant::now();
    let mut least = vec![Duration::MAX; leads.len().div_ceil(TOGETHER)];
    let mut passes = 0;
    while passes < PASSES_MIN || begin.elapsed() < time {
        for (leads, least) in leads.chunks_mut(TOGETHER).zip(&mut least) {
            let start = Instant::now();
            leads.iter_mut().for_each(|lead| score(black_box(lead)));
            *least = start.elapsed().min(*least);
        }
        passes += 1;
    }
    least.iter().sum::<Duration>().as_secs_f64() * 1e9 / leads.len() as f64
}

/// Scores leads one by one; what the engine answers becomes an answer of ours outside of the time.
pub fn one_by_one<L, O>(time: Duration, leads: &mut [L], mut score: impl FnMut(&mut L) -> O, answer: impl Fn(O) -> Answer) -> Measured {
    let answers = leads.iter_mut().map(|lead| answer(score(lead))).collect();
    let nanoseconds = least_of_each(time, leads, |lead| {
        black_box(score(lead));
    });
    Measured { answers, nanoseconds }
}
