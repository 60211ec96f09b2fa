//! The whole worked example: its first test's lead, its signals and what comes of them.

use std::path::Path;

use leadwright::model::{Target, check};
use leadwright::program::lower;
use leadwright::record::reader::Reader;
use leadwright::record::show::Show;
use leadwright::record::{self, Histories, Lead};
use leadwright::source::{Files, ReadError};

struct Folder;

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/medbank_full");
        std::fs::read(root.join(path)).map_err(|_| ReadError::NotFound)
    }
}

/// Demographic: 100, of which 40%. Behavioural, of which 60%: 40 for the rep asked for, 12.5 for one brochure, 15 for a page view 2 days ago, and
/// ½^(2/30) = 0.954842 views, which is 0.95, at 2 each of 20%: 3.8. So 40 + 0.6 × 71.3 = 82.78.
#[test]
fn the_first_test_reads_its_signals() {
    let checked = check(&Folder, "medbank.lead");
    let policy = &checked.policy;
    let test = &policy.tests[0];
    assert_eq!(test.signals.len(), 3);
    let lead = Lead { values: test.lead.clone(), signals: test.signals.clone(), ..Lead::default() };
    let as_of = test.as_of.unwrap();

    let plain = lower(policy);
    let histories = Histories::new(policy);
    let inputs = record::encode(policy, &histories, &plain.program, std::slice::from_ref(&lead), as_of).unwrap();
    let parameters = record::parameters(policy, as_of).unwrap();
    let values = leadwright::interpret::row(&plain.program, &inputs, 0, &parameters);
    let columns = record::columns(policy, &histories, &lead, as_of).unwrap();
    let zone = record::zone(policy).unwrap();
    let reader = Reader::new(policy, &checked.sources, &plain.trace, &values, &lead, &columns, Show { policy, zone: &zone });

    let readiness = policy.scores.iter().position(|score| score.name == "readiness").unwrap();
    assert!(test.expect.iter().any(|expected| expected.target == Target::Score(readiness)));
    assert_eq!(policy.scores[readiness].scale, 3);
    assert_eq!(reader.at(plain.trace.scores[readiness].value.unwrap()), Some(82_780));
    assert_eq!(
        reader
            .show
            .integer(leadwright::model::Type::OneOf(policy.stage_choices.unwrap()), reader.at(plain.trace.stage_after.unwrap()).unwrap()),
        "mql"
    );
}
