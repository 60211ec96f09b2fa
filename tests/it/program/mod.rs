//! Programs: verified, interpreted, optimised.

mod generated;
mod operations;
mod policies;
mod text_form;
mod verifier;

use leadwright::interpret;
use leadwright::program::passes::optimise;
use leadwright::program::verify::verify;

use crate::support::random::Random;
use crate::support::random_program;

#[test]
fn random_programs_verify_and_stay_within_their_shapes() {
    let mut random = Random::new(1);
    for case in 0..2_000 {
        let program = random_program::program(&mut random);
        verify(&program).unwrap_or_else(|broken| panic!("case {case}: {broken:#?}"));
        let block = random_program::block(&mut random, &program, 8);
        let parameters = random_program::parameters(&mut random);
        for row in 0..block.rows {
            let values = interpret::row(&program, &block, row, &parameters);
            for (index, (value, shape)) in values.iter().zip(&program.shapes).enumerate() {
                let fits = match value {
                    None => shape.optional,
                    Some(value) => shape.interval.contains(*value),
                };
                assert!(fits, "case {case}, row {row}: v{index} = {:?} gives {value:?} against {shape:?}", program.ops[index]);
            }
        }
        let outputs = interpret::run(&program, &block, &parameters);
        for (output, column) in program.outputs.iter().zip(&outputs.columns) {
            for row in 0..block.rows {
                let values = interpret::row(&program, &block, row, &parameters);
                assert_eq!(column.get(row), values[output.value.index()]);
            }
        }
    }
}

#[test]
fn optimised_programs_give_the_same_outputs() {
    let mut random = Random::new(2);
    let (mut before, mut after) = (0, 0);
    for case in 0..4_000 {
        let program = random_program::program(&mut random);
        let optimised = optimise(&program);
        verify(&optimised).unwrap_or_else(|broken| panic!("case {case}: {broken:#?}"));
        before += program.ops.len();
        after += optimised.ops.len();
        for _ in 0..3 {
            let block = random_program::block(&mut random, &program, 8);
            let parameters = random_program::parameters(&mut random);
            let kept = random_program::columns_for(&program, &block, &optimised);
            let (expected, found) = (interpret::run(&program, &block, &parameters), interpret::run(&optimised, &kept, &parameters));
            assert_eq!(expected, found, "case {case}\n{program:#?}\n{optimised:#?}");
        }
    }
    assert!(after * 2 < before, "{before} operations became {after}");
}
