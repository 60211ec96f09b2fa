//! Each rule of the verifier, broken.

use leadwright::column::Width;
use leadwright::model::{Interval, Operator, Unit};
use leadwright::program::verify::verify;
use leadwright::program::{
    Calculation, Input, InputSource, KeyList, Lookup, Op, Output, OutputKind, OutputRole, Program, Scaled, Shape, TextMap, TextMapKind,
    Value,
};
use leadwright::syntax::tree::Sign;

/// A sound program: one optional column, its band, a look-up, a condition, an output.
fn sound() -> Program {
    let mut program = Program {
        inputs: vec![Input { source: InputSource::Column(0), optional: true, interval: (0, 1000), width: Width::U16 }],
        arrays: vec![vec![Some(100), Some(500)]],
        lookups: vec![Lookup { table: "t".to_string(), key_count: 1, rows: vec![(vec![0], 0), (vec![4], 1)], prefix: None }],
        ..Program::default()
    };
    let beds = program.push(Op::Input(0));
    let band = program.push(Op::Band { value: beds, thresholds: 0 });
    program.push(Op::Known(beds));
    program.push(Op::Find { lookup: 0, keys: KeyList::new(&[band]).unwrap() });
    program.outputs.push(Output {
        name: "size".to_string(),
        value: band,
        kind: OutputKind::Number { scale: 0, unit: Unit::Plain },
        optional: true,
        width: Width::U8,
        role: OutputRole::Score(0),
    });
    program
}

fn check(breaking: impl Fn(&mut Program), sentence: &str) {
    let mut program = sound();
    breaking(&mut program);
    let broken = verify(&program).expect_err(sentence);
    assert!(broken.iter().any(|found| found.contains(sentence)), "{sentence}: {broken:?}");
}

#[test]
fn the_sound_program_is_sound() {
    assert_eq!(verify(&sound()), Ok(()));
}

#[test]
fn operations() {
    check(|program| program.shapes.truncate(2), "4 operations have 2 shapes");
    check(|program| program.ops[1] = Op::Known(Value(1)), "v1: operand v1 is not earlier");
    check(|program| program.ops[2] = Op::Known(Value(9)), "v2: operand v9 is not earlier");
    check(|program| program.ops[2] = Op::Not(Value(1)), "v2: v1 is no condition");
    check(|program| program.ops[2] = Op::And(Value(0), Value(0)), "v2: v0 is no condition");
    check(|program| program.ops[2] = Op::Select(Value(0), Value(0), Value(0)), "v2: v0 is no condition");
    check(|program| program.ops[0] = Op::Input(1), "v0: there is no input 1");
    check(|program| program.ops[1] = Op::Band { value: Value(0), thresholds: 1 }, "v1: there is no array 1");
    check(|program| program.ops[1] = Op::Table { index: Value(0), array: 1 }, "v1: there is no array 1");
    check(|program| program.arrays[0] = vec![Some(5), Some(5)], "v1: the thresholds of array 0 do not rise");
    check(|program| program.arrays[0] = vec![Some(5), None], "v1: the thresholds of array 0 do not rise");
    check(|program| program.ops[3] = Op::Find { lookup: 1, keys: KeyList::new(&[Value(1)]).unwrap() }, "v3: there is no look-up 1");
    check(|program| program.ops[1] = Op::Calculate(0), "v1: there is no calculation 0");
    let calculate = |calculation: Calculation| {
        move |program: &mut Program| {
            program.calculations.push(calculation.clone());
            program.ops[1] = Op::Calculate(0);
        }
    };
    let later = Scaled::new(Value(1), 0);
    let shifted = |shift| Scaled::new(Value(0), shift);
    check(calculate(Calculation::Larger(vec![later])), "v1: operand v1 is not earlier");
    check(calculate(Calculation::Sum(Vec::new())), "v1: a calculation has 0 operands");
    check(calculate(Calculation::Larger(vec![shifted(0); 4_097])), "v1: a calculation has 4097 operands");
    check(calculate(Calculation::Sum(vec![(Sign::Plus, shifted(19))])), "v1: a calculation shifts by 19");
    let nested = |part: Calculation| Calculation::Sum(vec![(Sign::Plus, shifted(0)), (Sign::Minus, Scaled::new(part, 0))]);
    check(calculate(nested(Calculation::Larger(vec![Scaled::new(Value(1), 0)]))), "v1: operand v1 is not earlier");
    check(calculate(nested(Calculation::Larger(Vec::new()))), "v1: a calculation has 0 operands");
    check(calculate(nested(Calculation::Larger(vec![shifted(0); 4_096]))), "v1: a calculation has 4097 operands");
    check(calculate(nested(Calculation::Larger(vec![shifted(19)]))), "v1: a calculation shifts by 19");
    let deep = |depth: usize| (1..depth).fold(Calculation::Larger(vec![shifted(0)]), |inner, _| nested(inner));
    let mut most = sound();
    calculate(deep(195))(&mut most);
    let told = verify(&most).err().unwrap_or_default();
    assert!(!told.iter().any(|sentence| sentence.contains("deep")), "{told:?}");
    check(calculate(deep(196)), "v1: parts of a calculation stand 196 deep in each other");
    check(calculate(Calculation::Remainder(shifted(0), shifted(255))), "v1: a calculation shifts by 255");
    let below = vec![Value(0).into()];
    check(calculate(Calculation::Fraction { above: Vec::new(), below, shift: -39 }), "v1: a calculation shifts by 39");
    check(
        |program| program.ops[3] = Op::Find { lookup: 0, keys: KeyList::new(&[Value(1), Value(1)]).unwrap() },
        "v3: 2 keys for a look-up by 1",
    );
    check(
        |program| {
            let mut keys = KeyList::new(&[Value(1)]).unwrap();
            keys.keys[3] = Value(1);
            program.ops[3] = Op::Find { lookup: 0, keys };
        },
        "v3: an unused key is set",
    );
    check(|program| program.ops[1] = Op::Divide { left: Value(0), right: Value(0), shift: 39 }, "v1: a division shifts by 39");
    check(|program| program.ops[1] = Op::Divide { left: Value(0), right: Value(0), shift: i8::MIN }, "v1: a division shifts by -128");
    let compare = Op::Compare { operator: Operator::Above, left: Value(0), right: Value(0), left_shift: 0, right_shift: 19 };
    check(|program| program.ops[1] = compare, "v1: a comparison shifts by 0 and 19");
    check(|program| program.ops[1] = Op::Turn { hash: Value(0), seed: 0, total: 0 }, "v1: a rotation without turns");
}

#[test]
fn shapes() {
    let shape = |low, high, optional| Shape::new(Interval { low, high }, optional);
    check(|program| program.shapes[1] = shape(0, 1, true), "v1: the interval 0 to 1 does not hold 0 to 2");
    check(|program| program.shapes[1] = shape(1, 2, true), "v1: the interval 1 to 2 does not hold 0 to 2");
    check(|program| program.shapes[1] = shape(3, 0, true), "v1: the interval 3 to 0 runs backwards");
    check(|program| program.shapes[1] = shape(0, 2, false), "v1: it can be missing, but is not optional");
    check(|program| program.shapes[2].condition = false, "v2: `condition` disagrees");
    check(|program| program.shapes[1].condition = true, "v1: `condition` disagrees");
}

#[test]
fn inputs() {
    check(
        |program| {
            let again = program.inputs[0].clone();
            program.inputs.push(again);
        },
        "input 1: an earlier input has the same source",
    );
    check(|program| program.inputs[0].interval = (5, 4), "input 0: the interval 5 to 4 runs backwards");
    check(|program| program.inputs[0].width = Width::U8, "input 0: U8 does not hold 0 to 1000");
    check(|program| program.inputs[0].interval = (-1, 1000), "input 0: U16 does not hold -1 to 1000");
    check(|program| program.inputs[0].source = InputSource::Text { column: 0, map: 0 }, "input 0: there is no text map 0");
    check(|program| program.inputs[0].source = InputSource::Stage, "input 0: the stage is never missing");
    let mapped = |program: &mut Program, code: i64, other: Option<i64>| {
        let codes = [("oh".to_string(), code)].into_iter().collect();
        program.text_maps.push(TextMap { domain: false, kind: TextMapKind::Exact { codes, other } });
        program.inputs[0] = Input { source: InputSource::Text { column: 0, map: 0 }, ..program.inputs[0].clone() };
        program.inputs[0].optional = false;
    };
    check(|program| mapped(program, 1001, Some(0)), "input 0: a code of its map is outside the interval");
    check(|program| mapped(program, 1, Some(-1)), "input 0: a code of its map is outside the interval");
    check(|program| mapped(program, 1, None), "input 0: its map can miss, but it is not optional");
}

#[test]
fn arrays_and_lookups() {
    check(|program| program.arrays.push(Vec::new()), "array 1 is empty");
    check(|program| program.lookups[0].key_count = 0, "look-up 0: it has 0 keys");
    check(|program| program.lookups[0].rows.swap(0, 1), "look-up 0: its rows are not sorted or a key repeats");
    check(|program| program.lookups[0].rows[1].0 = vec![0], "look-up 0: its rows are not sorted or a key repeats");
    check(|program| program.lookups[0].rows[1].0 = vec![4, 4], "look-up 0: a row has a wrong number of keys or a negative number");
    check(|program| program.lookups[0].rows[1].1 = -1, "look-up 0: a row has a wrong number of keys or a negative number");
    check(|program| program.lookups[0].prefix = Some((1, Vec::new())), "look-up 0: it has no key 1");
    check(|program| program.lookups[0].prefix = Some((0, vec![Some(0)])), "look-up 0: the parent of a prefix has no smaller code");
}

#[test]
fn outputs() {
    check(|program| program.outputs[0].value = Value(4), "output `size`: there is no v4");
    check(|program| program.outputs[0].optional = false, "output `size`: its value can be missing, but it is not optional");
    check(|program| program.outputs[0].value = Value(0), "output `size`: U8 does not hold 0 to 1000");
    check(|program| program.outputs[0].name.clear(), "the output name `` is empty or stands twice");
    check(
        |program| {
            let again = program.outputs[0].clone();
            program.outputs.push(again);
        },
        "the output name `size` is empty or stands twice",
    );
}
