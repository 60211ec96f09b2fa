//! Every operation at its extremes, with answers worked out by hand.

use leadwright::column::{Block, Column, Width};
use leadwright::interpret;
use leadwright::model::Operator;
use leadwright::program::verify::verify;
use leadwright::program::{Calculation, Input, InputSource, KeyList, Lookup, Op, Parameter, Parameters, Part, Program, Scaled, Value};
use leadwright::syntax::tree::Sign;

const PARAMETERS: Parameters = Parameters { as_of_day: 20_775, as_of: 1_795_000_000_000_000 };

/// What an operation over the inputs v0, v1, … gives; each input can be any integer or missing.
fn check(program: Program, op: impl Fn(&[Value]) -> Op, inputs: &[Option<i64>], expected: Option<i64>) {
    let mut program = program;
    let mut values = Vec::new();
    let mut columns = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let source = InputSource::Column(index);
        program.inputs.push(Input { source, optional: true, interval: (i64::MIN, i64::MAX), width: Width::I64 });
        values.push(program.push(Op::Input(index as u32)));
        let mut column = Column::with_capacity(Width::I64, 1);
        column.push(*input);
        columns.push(column);
    }
    let value = program.push(op(&values));
    verify(&program).unwrap_or_else(|broken| panic!("{broken:?}"));
    let found = interpret::row(&program, &Block { rows: 1, columns }, 0, &PARAMETERS)[value.index()];
    assert_eq!(found, expected, "{:?} of {inputs:?}", program.ops[value.index()]);
}

fn check_all(op: impl Fn(&[Value]) -> Op, cases: &[(&[Option<i64>], Option<i64>)]) {
    for (inputs, expected) in cases {
        check(Program::default(), &op, inputs, *expected);
    }
}

const MIN: Option<i64> = Some(i64::MIN);
const MAX: Option<i64> = Some(i64::MAX);
const NONE: Option<i64> = None;

#[test]
fn sums_and_products_are_missing_beyond_64_bits() {
    check_all(
        |v| Op::Add(v[0], v[1]),
        &[
            (&[Some(2), Some(-5)], Some(-3)),
            (&[MAX, Some(1)], None),
            (&[MAX, Some(0)], MAX),
            (&[MIN, Some(-1)], None),
            (&[MIN, MAX], Some(-1)),
            (&[NONE, Some(1)], None),
            (&[Some(1), NONE], None),
        ],
    );
    check_all(
        |v| Op::Subtract(v[0], v[1]),
        &[(&[Some(2), Some(5)], Some(-3)), (&[Some(0), MIN], None), (&[Some(-1), MIN], MAX), (&[MIN, MIN], Some(0)), (&[NONE, MIN], None)],
    );
    check_all(
        |v| Op::Multiply(v[0], v[1]),
        &[
            (&[Some(-7), Some(6)], Some(-42)),
            (&[MIN, Some(-1)], None),
            (&[MIN, Some(1)], MIN),
            (&[MAX, Some(-1)], Some(-i64::MAX)),
            (&[Some(4_294_967_296), Some(2_147_483_648)], None),
            (&[Some(4_294_967_296), Some(-2_147_483_648)], MIN),
            (&[NONE, Some(0)], None),
        ],
    );
}

/// One calculation over all inputs.
fn check_calculation(calculation: impl Fn(&[Value]) -> Calculation, cases: &[(&[Option<i64>], Option<i64>)]) {
    for (inputs, expected) in cases {
        let values: Vec<Value> = (0..inputs.len() as u32).map(Value).collect();
        let program = Program { calculations: vec![calculation(&values)], ..Program::default() };
        check(program, |_| Op::Calculate(0), inputs, *expected);
    }
}

/// Worked out by hand: with M = 2^63 - 1 and MIN = -2^63.
#[test]
fn calculations_are_missing_only_where_the_result_leaves_64_bits() {
    let plain = |value: &Value| Scaled::new(*value, 0);
    let sum = |v: &[Value]| Calculation::Sum(v.iter().map(|value| (Sign::Plus, plain(value))).collect());
    check_calculation(
        sum,
        &[
            (&[MAX, MAX, MIN, MIN], Some(-2)),
            (&[MAX, Some(1), Some(-1)], MAX),
            (&[MAX, Some(1)], None),
            (&[MAX, NONE, MIN], None),
            (&[MIN], MIN),
        ],
    );
    // 20 × 10^18 × M is beyond 128 bits, and so is 19 times as much taken away; 10^18 × 9 is left.
    let far = |v: &[Value]| {
        let scaled = |value: Value| Scaled::new(value, 18);
        let mut members = vec![(Sign::Plus, scaled(v[0])); 20];
        members.extend(vec![(Sign::Minus, scaled(v[0])); 20]);
        members.push((Sign::Plus, scaled(v[1])));
        Calculation::Sum(members)
    };
    check_calculation(
        far,
        &[
            (&[MAX, Some(9)], Some(9_000_000_000_000_000_000)),
            (&[MAX, Some(10)], None),
            (&[MIN, Some(-1)], Some(-1_000_000_000_000_000_000)),
        ],
    );
    let with_18_places = |v: &[Value]| vec![Scaled::new(v[0], 18), plain(&v[1])];
    check_calculation(
        |v| Calculation::Larger(with_18_places(v)),
        &[(&[MIN, Some(4)], Some(4)), (&[MAX, Some(4)], None), (&[Some(1), NONE], None)],
    );
    check_calculation(|v| Calculation::Smaller(with_18_places(v)), &[(&[MIN, Some(4)], None), (&[MAX, Some(4)], Some(4))]);
    // M = 9223372036854775807, and 10^18 × M leaves 0 by 10; 7 % (10^18 × M) is 7.
    check_calculation(
        |v| Calculation::Remainder(Scaled::new(v[0], 18), plain(&v[1])),
        &[(&[MAX, Some(10)], Some(0)), (&[MAX, Some(0)], None), (&[MIN, Some(-1)], Some(0)), (&[Some(-1), Some(7)], Some(-1))],
    );
    check_calculation(|v| Calculation::Remainder(plain(&v[0]), Scaled::new(v[1], 18)), &[(&[Some(7), MAX], Some(7)), (&[MIN, MIN], MIN)]);
    let parts = |values: &[Value]| -> Vec<Part> { values.iter().copied().map(Part::from).collect() };
    let fraction =
        |above: usize, shift: i8| move |v: &[Value]| Calculation::Fraction { above: parts(&v[..above]), below: parts(&v[above..]), shift };
    check_calculation(
        fraction(2, 0),
        &[
            (&[MAX, MAX, MAX], MAX),
            (&[MIN, MIN, MIN], MIN),
            (&[MIN, Some(-1), Some(1)], None),
            (&[MIN, Some(-1), Some(2)], Some(4_611_686_018_427_387_904)),
            (&[MAX, MAX, Some(0)], None),
            (&[Some(0), MAX, Some(0)], None),
            (&[Some(0), MAX, MAX], Some(0)),
            (&[MAX, NONE, MAX], None),
            // (2^63 - 1) × 5 / 10 is 2^62 - 1/2, which rounds away from zero
            (&[MAX, Some(5), Some(10)], Some(4_611_686_018_427_387_904)),
        ],
    );
    // (-2^63)^3 / (-2^63)^3, both beyond 128 bits, with two places; nothing above stands for 1
    check_calculation(fraction(3, 2), &[(&[MIN, MIN, MIN, MIN, MIN, MIN], Some(100)), (&[MAX, MIN, MIN, MIN, MIN, MAX], Some(100))]);
    check_calculation(
        fraction(0, 38),
        &[
            (&[MIN, MIN, MIN], Some(0)),
            (&[Some(1)], None),
            (&[Some(-1_000_000_000_000_000_000), Some(1_000_000_000_000_000_000)], Some(-100)),
        ],
    );
    check_calculation(fraction(3, -38), &[(&[MAX, MAX, MAX, Some(1_000_000_000)], Some(7_846_377_169))]);
    // a dividend of exactly -2^127, which is (-2^63)^2 × -2, by -1, and by 2^126
    check_calculation(fraction(3, 0), &[(&[MIN, MIN, Some(-2), Some(-1)], None), (&[MIN, MIN, Some(-2), MIN, MIN], Some(-2))]);
}

/// Worked out by hand, M and MIN as above: a part of a calculation may be of any size.
#[test]
fn parts_of_calculations_may_leave_64_bits() {
    let plain = |value: Value| Scaled::new(value, 0);
    let product =
        |values: &[Value]| Calculation::Fraction { above: values.iter().copied().map(Part::from).collect(), below: vec![], shift: 0 };
    let less = |part: Calculation, value: Value| Calculation::Sum(vec![(Sign::Plus, Scaled::new(part, 0)), (Sign::Minus, plain(value))]);
    check_calculation(
        |v| less(product(&v[..2]), v[2]),
        &[
            // 2 × (2^62 + 2) - (2^63 - 1) = 5
            (&[Some(4_611_686_018_427_387_906), Some(2), MAX], Some(5)),
            (&[MIN, Some(-1), Some(1)], MAX),
            (&[MIN, Some(-1), Some(0)], None),
            (&[MIN, Some(1), Some(0)], MIN),
            (&[MIN, Some(1), Some(1)], None),
            (&[MAX, MAX, MAX], None),
            (&[MAX, NONE, MAX], None),
        ],
    );
    // a × b × c - d × e: 2^189 - 2^189 is beyond 128 bits on the way
    check_calculation(
        |v| {
            let (left, right) = (Scaled::new(product(&v[..3]), 0), Scaled::new(product(&v[3..]), 0));
            Calculation::Sum(vec![(Sign::Plus, left), (Sign::Minus, right)])
        },
        &[
            (&[MIN, MIN, MIN, MIN, MIN, MIN], Some(0)),
            // M = 7 × 7 × 73 × 127 × 337 × 92737 × 649657, as 2^63 - 1 = 7² × …
            (&[MAX, Some(1), Some(1), Some(7), Some(1_317_624_576_693_539_401), Some(1)], Some(0)),
            (&[MIN, MIN, Some(1), MIN, MAX, Some(-1)], None),
        ],
    );
    // (a × b - c) / d
    let fraction =
        |v: &[Value]| Calculation::Fraction { above: vec![less(product(&v[..2]), v[2]).into()], below: vec![v[3].into()], shift: 0 };
    check_calculation(
        fraction,
        &[
            (&[MIN, MIN, Some(0), MIN], MIN),
            (&[MIN, MIN, Some(0), Some(0)], None),
            (&[Some(4_611_686_018_427_387_906), Some(2), MAX, Some(2)], Some(3)),
            // -2^63 - (2^63 - 1) = 1 - 2^64; its half is half a unit above -2^63, and rounds away from zero
            (&[Some(4_611_686_018_427_387_904), Some(-2), MAX, Some(2)], MIN),
            (&[Some(4_611_686_018_427_387_904), Some(-2), MAX, Some(-2)], None),
            // (1 - 2^64) / 3
            (&[Some(4_611_686_018_427_387_904), Some(-2), MAX, Some(3)], Some(-6_148_914_691_236_517_205)),
        ],
    );
    // the rest of (a × b) by c, the smaller of (a × b) and c
    check_calculation(
        |v| Calculation::Remainder(Scaled::new(product(&v[..2]), 0), plain(v[2])),
        &[(&[MIN, MIN, Some(10)], Some(4)), (&[MIN, MAX, Some(10)], Some(-6)), (&[MIN, MIN, Some(0)], None)],
    );
    check_calculation(
        |v| Calculation::Smaller(vec![Scaled::new(product(&v[..2]), 18), plain(v[2])]),
        &[(&[MIN, MIN, Some(10)], Some(10)), (&[MIN, MAX, Some(10)], None), (&[Some(2), Some(3), MAX], Some(6_000_000_000_000_000_000))],
    );
    // the rest of (a / b to 2 places) by 10, where the quotient in hundredths is beyond 64 bits
    let rounded = |v: &[Value]| Calculation::Fraction { above: vec![v[0].into()], below: vec![v[1].into()], shift: 2 };
    check_calculation(
        |v| Calculation::Remainder(Scaled::new(rounded(v), 0), plain(v[2])),
        // -2^63 / 3 = -3074457345618258602.666… → …602.67
        &[(&[MIN, Some(3), Some(1_000)], Some(-267)), (&[MIN, Some(-3), Some(1_000)], Some(267)), (&[MIN, Some(0), Some(1_000)], None)],
    );
}

#[test]
fn division_by_zero_is_missing_and_a_half_goes_away_from_zero() {
    check_all(
        |v| Op::Divide { left: v[0], right: v[1], shift: 0 },
        &[
            (&[Some(7), Some(2)], Some(4)),
            (&[Some(-7), Some(2)], Some(-4)),
            (&[Some(6), Some(-4)], Some(-2)),
            (&[Some(5), Some(-4)], Some(-1)),
            (&[Some(5), Some(0)], None),
            (&[Some(0), Some(0)], None),
            (&[MIN, Some(-1)], None),
            (&[MIN, MIN], Some(1)),
            (&[MAX, Some(2)], Some(4_611_686_018_427_387_904)),
            (&[NONE, Some(2)], None),
            (&[Some(2), NONE], None),
        ],
    );
    // 100.00 / 3 to two places, both at their own scale: 10000 × 10^0 / 3
    check_all(|v| Op::Divide { left: v[0], right: v[1], shift: 2 }, &[(&[Some(100), Some(3)], Some(3333)), (&[MAX, Some(99)], None)]);
    check_all(
        |v| Op::Divide { left: v[0], right: v[1], shift: -2 },
        &[(&[Some(4950), Some(1)], Some(50)), (&[Some(4949), Some(1)], Some(49))],
    );
    check_all(
        |v| Op::Quotient(v[0], v[1]),
        &[
            (&[Some(-1499), Some(500)], Some(-2)),
            (&[Some(1), Some(0)], None),
            (&[MIN, Some(-1)], None),
            (&[MIN, Some(2)], Some(i64::MIN / 2)),
        ],
    );
    check_all(
        |v| Op::Remainder(v[0], v[1]),
        &[
            (&[Some(-7), Some(3)], Some(-1)),
            (&[Some(7), Some(-3)], Some(1)),
            (&[MIN, Some(-1)], Some(0)),
            (&[Some(7), Some(0)], None),
            (&[NONE, Some(7)], None),
        ],
    );
}

#[test]
fn extremes_need_both_sides_and_defaults_stand_in_for_one() {
    check_all(|v| Op::Larger(v[0], v[1]), &[(&[MIN, MAX], MAX), (&[Some(3), NONE], None), (&[Some(-3), Some(-4)], Some(-3))]);
    check_all(|v| Op::Smaller(v[0], v[1]), &[(&[MIN, MAX], MIN), (&[NONE, Some(3)], None), (&[Some(-3), Some(-4)], Some(-4))]);
    check_all(
        |v| Op::Else(v[0], v[1]),
        &[(&[Some(1), Some(2)], Some(1)), (&[NONE, Some(2)], Some(2)), (&[NONE, NONE], None), (&[MIN, NONE], MIN)],
    );
}

#[test]
fn a_comparison_with_a_missing_value_is_no() {
    let compare =
        |operator, left_shift, right_shift| move |v: &[Value]| Op::Compare { operator, left: v[0], right: v[1], left_shift, right_shift };
    check_all(
        compare(Operator::AtLeast, 0, 0),
        &[(&[MAX, MIN], Some(1)), (&[Some(5), Some(5)], Some(1)), (&[NONE, MIN], Some(0)), (&[MAX, NONE], Some(0))],
    );
    check_all(compare(Operator::Above, 0, 0), &[(&[Some(5), Some(5)], Some(0)), (&[Some(6), Some(5)], Some(1)), (&[NONE, NONE], Some(0))]);
    check_all(compare(Operator::AtMost, 0, 0), &[(&[MIN, MIN], Some(1)), (&[Some(6), Some(5)], Some(0)), (&[NONE, MAX], Some(0))]);
    check_all(compare(Operator::Below, 0, 0), &[(&[MIN, MAX], Some(1)), (&[Some(5), Some(5)], Some(0)), (&[MIN, NONE], Some(0))]);
    // whole 3 with decimal-2 3.00 and 3.01
    check_all(compare(Operator::AtLeast, 2, 0), &[(&[Some(3), Some(300)], Some(1)), (&[Some(3), Some(301)], Some(0))]);
    // 10^18 times either end does not wrap
    check_all(
        compare(Operator::Above, 18, 0),
        &[(&[MAX, MAX], Some(1)), (&[MIN, MIN], Some(0)), (&[Some(10), MAX], Some(1)), (&[Some(9), MAX], Some(0))],
    );
    check_all(
        |v| Op::Equal(v[0], v[1]),
        &[(&[MIN, MIN], Some(1)), (&[MIN, MAX], Some(0)), (&[NONE, NONE], Some(0)), (&[Some(0), NONE], Some(0))],
    );
    check_all(|v| Op::Known(v[0]), &[(&[NONE], Some(0)), (&[Some(0)], Some(1))]);
    check_all(
        |v| Op::HasBits { value: v[0], mask: 0b110 },
        &[(&[Some(0b001)], Some(0)), (&[Some(0b101)], Some(1)), (&[NONE], Some(0)), (&[MAX], Some(1))],
    );
    check_all(|v| Op::HasBits { value: v[0], mask: 1 << 62 }, &[(&[MAX], Some(1)), (&[Some(1 << 61)], Some(0))]);
}

#[test]
fn conditions_combine() {
    for (left, right, and, or) in [(0, 0, 0, 0), (0, 1, 0, 1), (1, 0, 0, 1), (1, 1, 1, 1)] {
        let mut program = Program::default();
        let (left, right) = (program.push(Op::Constant(left)), program.push(Op::Constant(right)));
        let both = program.push(Op::And(left, right));
        let any = program.push(Op::Or(left, right));
        let none = program.push(Op::Not(any));
        let missing = program.push(Op::Missing);
        let seven = program.push(Op::Constant(7));
        let selected = program.push(Op::Select(left, missing, seven));
        verify(&program).unwrap();
        let values = interpret::row(&program, &Block::default(), 0, &PARAMETERS);
        assert_eq!((values[both.index()], values[any.index()], values[none.index()]), (Some(and), Some(or), Some(1 - or)));
        // the arm that is not taken may be missing
        assert_eq!(values[selected.index()], if values[left.index()] == Some(1) { None } else { Some(7) });
    }
}

#[test]
fn arrays_are_missing_outside_and_bands_count_from_below() {
    let arrays = || Program { arrays: vec![vec![Some(10), None, Some(-6)], vec![Some(100), Some(500)]], ..Program::default() };
    for (index, expected) in [
        (Some(0), Some(10)),
        (Some(1), None),
        (Some(2), Some(-6)),
        (Some(3), None),
        (Some(-1), None),
        (MIN, None),
        (MAX, None),
        (NONE, None),
    ] {
        check(arrays(), |v| Op::Table { index: v[0], array: 0 }, &[index], expected);
    }
    for (value, expected) in [
        (MIN, Some(0)),
        (Some(99), Some(0)),
        (Some(100), Some(1)),
        (Some(499), Some(1)),
        (Some(500), Some(2)),
        (MAX, Some(2)),
        (NONE, None),
    ] {
        check(arrays(), |v| Op::Band { value: v[0], thresholds: 1 }, &[value], expected);
    }
}

#[test]
fn lookups_need_every_key() {
    // rows 0 and 1 for (5, 1) and (5, 2); with the prefix key, code 3 is longer than 1, which is longer than 0
    let exact = Lookup { table: "t".to_string(), key_count: 2, rows: vec![(vec![5, 1], 0), (vec![5, 2], 1)], prefix: None };
    let prefix = Lookup {
        table: "p".to_string(),
        key_count: 1,
        rows: vec![(vec![0], 7), (vec![3], 9)],
        prefix: Some((0, vec![None, Some(0), None, Some(1)])),
    };
    let lookups = || Program { lookups: vec![exact.clone(), prefix.clone()], ..Program::default() };
    let find = |v: &[Value]| Op::Find { lookup: 0, keys: KeyList::new(&[v[0], v[1]]).unwrap() };
    for (keys, expected) in [([Some(5), Some(2)], Some(1)), ([Some(5), Some(3)], None), ([NONE, Some(2)], None), ([Some(5), NONE], None)] {
        check(lookups(), find, &keys, expected);
    }
    let longest = |v: &[Value]| Op::Find { lookup: 1, keys: KeyList::new(&[v[0]]).unwrap() };
    for (key, expected) in [(Some(3), Some(9)), (Some(1), Some(7)), (Some(0), Some(7)), (Some(2), None), (MIN, None), (NONE, None)] {
        check(lookups(), longest, &[key], expected);
    }
}

#[test]
fn turns_and_parameters() {
    // mix(1) = 0xb456bcfc34c2cb2c = 0.7044… × 2^64: turn 2 of 4
    check_all(|v| Op::Turn { hash: v[0], seed: 5, total: 4 }, &[(&[Some(4)], Some(2)), (&[NONE], None), (&[Some(5)], Some(0))]);
    check(Program::default(), |_| Op::Parameter(Parameter::AsOfDay), &[], Some(20_775));
    check(Program::default(), |_| Op::Parameter(Parameter::AsOf), &[], Some(1_795_000_000_000_000));
    check(Program::default(), |_| Op::Constant(i64::MIN), &[], MIN);
    check(Program::default(), |_| Op::Missing, &[], None);
}
