//! What is proved agrees with trying every lead.

mod agreement;
mod claims;
mod large;
mod questions;
mod reach;
mod stats;
mod versions;

/// Runs each seed by itself, so that one that fails stops no other; gives what all tell together, and the seeds that fail.
fn tallied<T: Default>(seeds: usize, run: fn(u64, &mut T), add: fn(&mut T, T)) -> (T, Vec<u64>) {
    let (mut all, mut failures) = (T::default(), Vec::new());
    for seed in 0..seeds as u64 {
        let outcome = std::panic::catch_unwind(|| {
            let mut tally = T::default();
            run(seed, &mut tally);
            tally
        });
        match outcome {
            Ok(part) => add(&mut all, part),
            Err(_) => failures.push(seed),
        }
    }
    (all, failures)
}
