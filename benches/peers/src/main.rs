//! One engine, one policy, leads in memory: `leadwright-peers ENGINE FOLDER LEADS SECONDS` reads `policy.json` and the first so many rows of `leads.csv` in
//! the folder, scores them until the seconds are over, writes `ENGINE.answers` and prints the least nanoseconds a lead of all passes.
//!
//! Every engine gets the leads in its own form, made before the clock starts: what is measured is the evaluation.

mod engines;
mod leads;
mod measure;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use crate::engines::{cel, leadwright, regorus, rhai, zen};
use crate::leads::Setup;

type Failure = Box<dyn Error>;

fn run(arguments: &[String]) -> Result<(), Failure> {
    let [engine, folder, rows, seconds] = arguments else { return Err("usage: leadwright-peers ENGINE FOLDER LEADS SECONDS".into()) };
    let folder = Path::new(folder);
    let setup = Setup::read(folder, rows.parse()?, Duration::from_secs_f64(seconds.parse()?))?;
    let measured = match engine.as_str() {
        "leadwright-blocks-1" => leadwright::blocks(&setup, 1),
        "leadwright-blocks-2" => leadwright::blocks(&setup, 2),
        "leadwright-row" => leadwright::rows(&setup),
        "leadwright-policy" => leadwright::policy_api(&setup),
        "zen" => zen::measure(&setup),
        "cel" => cel::measure(&setup),
        "rhai" => rhai::measure(&setup),
        "regorus" => regorus::measure(&setup),
        other => Err(format!("there is no engine `{other}`").into()),
    }?;
    measured.write(&folder.join(format!("{engine}.answers")))?;
    println!("{}", measured.nanoseconds);
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
