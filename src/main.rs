//! The `leadwright` program.

/// What the system gives the main thread may be little (`ulimit -s`); this is asked for, and touched only as far as it is used.
const STACK_BYTES: usize = 16 * 1024 * 1024;

fn main() -> std::process::ExitCode {
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(leadwright::cli::main);
    // a panic has been reported by its thread
    worker.map_or_else(|_| leadwright::cli::main(), |worker| worker.join().unwrap_or(std::process::ExitCode::from(101)))
}
