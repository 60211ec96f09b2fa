//! Policies of the size that real ones have are decided within the budget. What they cost in time is measured by `cargo bench --bench proof`.

use std::collections::BTreeMap;

use leadwright::policy::versions::{Verdict, treatment};
use leadwright::policy::{self, Policy};
use leadwright::proof::{BUDGET, Prover, questions};

use crate::support::large_policies::{large, routed};

fn loaded(text: String) -> Policy {
    let files = BTreeMap::from([("policy.lead".to_string(), text)]);
    Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

#[test]
fn a_policy_of_24_fields_is_decided() {
    let policy = loaded(large(24, 90, 20, 9));
    let mut prover = Prover::new(policy.model(), policy.plain());
    let found = questions::ask(&mut prover, policy.sources());
    println!("{} questions, {} undecided, {} steps, {} findings", found.asked, found.undecided.len(), prover.steps(), found.all.len());
    assert!(found.asked > 80 && found.undecided.is_empty(), "{:?} of {} undecided", found.undecided, found.asked);
    let proofs = policy.prove(BUDGET, |_| true);
    println!("{:?} in {} steps", proofs.claims[0].verdict, proofs.claims[0].steps);
}

#[test]
fn a_route_of_24_fields_is_decided_but_for_a_few_rows() {
    let policy = loaded(routed(24, 90, 20, 9));
    let mut prover = Prover::new(policy.model(), policy.plain());
    prover.budget = BUDGET / 10;
    let found = questions::ask(&mut prover, policy.sources());
    println!("{} questions, {} undecided, {} steps, {} findings", found.asked, found.undecided.len(), prover.steps(), found.all.len());
    assert!(found.asked > 120 && found.undecided.len() <= 6, "{:?} of {} undecided", found.undecided, found.asked);
}

/// What rests on an answer that is the same for every lead is the same: it is not asked anew.
#[test]
fn an_answer_that_stays_the_same_is_known_to_be() {
    let row = "  cool when s >= 90\n";
    let text = routed(24, 90, 20, 9);
    let (old, new) = (loaded(text.clone()), loaded(text.replace(row, &format!("  cool when s >= 130 and f3 < 50\n{row}"))));
    let changes = policy::diff(old.checked(), new.checked());
    let treated = treatment(&old, &new, &changes, BUDGET / 20);
    let verdicts: Vec<(&str, Verdict)> = treated.answers.iter().map(|answer| (answer.name.as_str(), answer.verdict)).collect();
    assert_eq!(verdicts[verdicts.len() - 2..], [("d", Verdict::Same), ("r", Verdict::Same)], "{verdicts:?}");
    let route = treated.answers.last().unwrap();
    assert!(route.steps < 5_000, "{} steps", route.steps);
}

#[test]
fn two_versions_of_24_fields_with_another_weight_are_compared() {
    let (old, new) = (loaded(large(24, 90, 20, 9)), loaded(large(24, 90, 20, 10)));
    let changes = policy::diff(old.checked(), new.checked());
    let treated = treatment(&old, &new, &changes, BUDGET);
    for answer in &treated.answers {
        println!(
            "{}: {} in {} steps, {:?}",
            answer.name,
            answer.verdict.name(),
            answer.steps,
            answer.cells.as_ref().map(|cells| &cells.rows)
        );
    }
    let verdict_of = |name: &str| treated.answers.iter().find(|answer| answer.name == name).unwrap().verdict;
    // the changed weight is that of an adjustment, which no section counts
    assert_eq!([verdict_of("s"), verdict_of("s.points_of_fields"), verdict_of("d")], [Verdict::Differs, Verdict::Same, Verdict::Differs]);
    // what it needs grows with the cells that differ, not with all there are
    assert!(treated.steps < 10 * BUDGET, "{} steps", treated.steps);
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
