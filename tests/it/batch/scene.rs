//! A policy, a folder for files, and runs over them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use leadwright::batch::{self, Backend, BatchError, Format, Input, Options, Output, Place, Report};
use leadwright::policy::Policy;

/// 2026-11-18T15:00 in New York, in microseconds.
pub const AS_OF: i64 = 1_795_032_000_000_000;

/// One field of every type, a score over them, a decision, stages, a rotation.
pub const POLICY: &str = r#"leadwright 1

policy tiny "Tiny" {
  owner    marketing
  timezone "America/New_York"
  currency USD
}

team marketing "Marketing"
team sales     "Sales" members ann, bob, eve

lead {
  lead_id    text       key      from marketo "Id"
  kind       one of     hospital, long_term_care "Long-term care" "LTC", clinic
  sites      whole      1..10_000
  beds       whole      0..50_000   optional   from marketo "Number_of_Beds", salesforce "Beds__c"
  rating     decimal 2  optional
  deal_size  money      optional
  budget     yes_no     optional
  need_by    date       optional
  seen       time       optional
  products   some of    dispensing, consumables, service   optional
  state      text       optional
  note       text       optional
}

let seen_days = days since seen
let late      = days since need_by > 0

score fit from 0 to 100 {
  section all 100% {
    kind 50%   { hospital 10   long_term_care 6   clinic 4 }
    beds 30%   { 500 or more 10   100 to 499 6   under 100 1   missing 0 }
    rating 20% { 4.5 or more 10   under 4.5 2   missing 0 }
  }
  adjust  +5 when budget
  adjust  -3 when seen_days > 30
  adjust  +2 when products has service
  adjust  -1 when state is "OH"
  adjust  -7 when late
  adjust  +1 when deal_size >= 1_000.50
}

decide status {
  hot   when fit >= 60 or sites > 100
  warm  when fit >= 30
  cold  otherwise
}

stage inquiry "Inquiry" owner marketing start
stage mql     "MQL"     owner sales
stage lost    "Lost"    owner sales final

flow {
  inquiry -> mql   when status is hot
  mql     -> lost  when status is cold
}

route handover when entering mql {
  desk    when state is "AK"
  inside  otherwise
}

queue desk   team sales
queue inside team sales rotate ann weight 1, bob weight 1, eve weight 2
"#;

/// The columns that the policy above answers with.
pub const ANSWERS: &str = "fit,fit.all,status,stage,stage.rule,handover,handover.owner";

pub fn policy(text: &str) -> Policy {
    let files = BTreeMap::from([("policy.lead".to_owned(), text.to_owned())]);
    Policy::load(&files, "policy.lead").unwrap_or_else(|refused| {
        panic!("{:#?}", refused.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect::<Vec<_>>())
    })
}

pub struct Scene {
    pub policy: Policy,
    pub folder: tempfile::TempDir,
    pub options: Options,
}

impl Scene {
    pub fn new() -> Scene {
        Scene::with_policy(policy(POLICY))
    }

    pub fn with_policy(policy: Policy) -> Scene {
        Scene { policy, folder: tempfile::tempdir().unwrap(), options: Options::at(AS_OF) }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        String::from_utf8(fs::read(self.path(name)).unwrap()).unwrap()
    }

    pub fn score(&self, input: &Path, output: &Path) -> Result<Report, BatchError> {
        let input = Input { place: Place::Path(input.to_owned()), format: None };
        let output = Output::To { place: Place::Path(output.to_owned()), format: None };
        batch::score(self.policy.model(), self.policy.program(), &self.options, &input, &output, &mut |_| {})
    }

    /// Scores this CSV and gives the scored CSV.
    pub fn score_csv(&self, csv: impl AsRef<[u8]>) -> (Report, String) {
        let input = self.write("leads.csv", csv);
        let report = self.score(&input, &self.path("scored.csv")).unwrap_or_else(|error| panic!("{error}"));
        (report, self.read("scored.csv"))
    }

    /// The sentence that ends scoring this file.
    pub fn refusal(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let input = self.write(name, content);
        match self.score(&input, &self.path("scored.csv")) {
            Ok(report) => panic!("scored {} rows", report.rows_scored),
            Err(error) => {
                assert!(!self.path("scored.csv").exists(), "an output is left after: {error}");
                let left: Vec<_> = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
                assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".leadwright")), "{left:?}");
                error.to_string().replace(&format!("{}/", self.folder.path().display()), "")
            }
        }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Options)) -> Scene {
        change(&mut self.options);
        self
    }
}

pub const BACKENDS: [Backend; 2] = [Backend::Jit, Backend::Interpret];
pub const FORMATS: [Format; 4] = Format::ALL;

pub fn extension(format: Format) -> &'static str {
    format.name()
}
