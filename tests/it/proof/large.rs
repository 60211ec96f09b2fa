//! Policies of the size that real ones have are decided within the budget. What they cost in time is measured by `cargo bench --bench proof`.

use std::collections::BTreeMap;

use leadwright::policy::Policy;
use leadwright::proof::{BUDGET, Prover, questions};

use crate::support::large_policies::large;

fn loaded(text: String) -> Policy {
    let files = BTreeMap::from([("policy.lead".to_string(), text)]);
    Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

#[test]
fn a_policy_of_24_fields_is_decided() {
    let policy = loaded(large(24, 90, 20, 9));
    let mut prover = Prover::new(policy.model(), policy.plain());
    let found = questions::ask(&mut prover, policy.sources());
    println!("{} questions, {} undecided, {} steps, {} findings", found.asked, found.undecided, prover.steps(), found.all.len());
    assert!(found.asked > 80 && found.undecided == 0, "{} of {} undecided", found.undecided, found.asked);
    let proofs = policy.prove(BUDGET, |_| true);
    println!("{:?} in {} steps", proofs.claims[0].verdict, proofs.claims[0].steps);
}

#[test]
fn every_score_of_a_policy_of_40_fields_is_told() {
    let policy = loaded(large(40, 200, 0, 9).replace("decide d {\n  rest otherwise\n}\n\n", ""));
    let mut prover = Prover::new(policy.model(), policy.plain());
    let value = policy.plain().trace.scores[0].sum.unwrap();
    let values = prover.values(value);
    println!(
        "{:?} values in {} steps",
        values.as_ref().map(|values| (values.known.len(), values.known.first(), values.known.last())),
        prover.steps()
    );
    let values = values.expect("within the budget");
    assert!(values.known.len() > 100 && !values.missing);
}
