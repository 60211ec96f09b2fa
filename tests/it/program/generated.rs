//! Random policies, lowered: what comes out verifies, agrees with the model on what can be missing and how large it gets, and gives the same
//! answers optimised.

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::check;
use leadwright::program::lower::lower;
use leadwright::program::passes::optimise;
use leadwright::program::verify::verify;

use crate::support::random::Random;
use crate::support::{policies, random_program};

#[test]
fn random_policies_lower_and_optimise() {
    let mut random = Random::new(3);
    let mut lowered_count = 0;
    for seed in 0..80 {
        let generated = policies::generate(seed);
        let checked = check(&generated.files, "policy.lead");
        // Whether every generated policy checks is another test's question.
        if checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            continue;
        }
        lowered_count += 1;
        let policy = &checked.policy;
        let lowered = lower(policy);
        verify(&lowered.program).unwrap_or_else(|broken| panic!("seed {seed}: {broken:#?}"));

        for output in &lowered.program.outputs {
            let shape = lowered.program.shapes[output.value.index()];
            let Some((score, section)) = output.role.points() else { continue };
            let score = &policy.scores[score];
            let section = section.map(|section| &score.sections[section]);
            let (interval, optional) = section.map_or((score.interval, false), |section| (section.interval, section.optional));
            assert!(optional || !shape.optional, "seed {seed}: {} can be missing\n{}", output.name, generated.files["policy.lead"]);
            let inside = interval.low <= shape.interval.low && shape.interval.high <= interval.high;
            assert!(inside, "seed {seed}: {} {interval:?} {shape:?}\n{}", output.name, generated.files["policy.lead"]);
        }

        let optimised = optimise(&lowered.program);
        let block = random_program::block(&mut random, &lowered.program, 100);
        let parameters = random_program::parameters(&mut random);
        let kept = random_program::columns_for(&lowered.program, &block, &optimised);
        let expected = interpret::run(&lowered.program, &block, &parameters);
        assert_eq!(expected, interpret::run(&optimised, &kept, &parameters), "seed {seed}");
    }
    assert!(lowered_count >= 50, "only {lowered_count} policies were lowered");
}
