//! The `leadwright` program.

fn main() -> std::process::ExitCode {
    leadwright::cli::main()
}
