//! What scores can be, against counts made by hand.

use leadwright::policy::Policy;
use leadwright::policy::attainable::{Attainable, Spread};
use leadwright::proof::{BUDGET, Uncounted};
use num_bigint::BigUint;
use std::collections::BTreeMap;

fn stats(policy: &str) -> Vec<Attainable> {
    let files = BTreeMap::from([("policy.lead".to_string(), policy.to_string())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    policy.attainable(BUDGET)
}

/// The bins that are not empty: where they begin, and their cells.
fn filled(spread: &Spread) -> Vec<(&str, u128)> {
    let bins = spread.bins.iter().flatten().map(|bin| (bin.from.as_str(), u128::try_from(&bin.cells).unwrap()));
    bins.filter(|(_, cells)| *cells > 0).collect()
}

const PERSONAS: &str = "leadwright 1

policy spread { timezone \"UTC\" }

lead {
  id    text key
  beds  whole 0..1_000 optional
  site  one of hospital, clinic, pharmacy
  rep   yes_no
}

score points from 0 to 100 {
  for site is hospital {
    section size 100% { beds 100% { 500 or more 10  100 to 499 5  under 100 1  missing 0 } }
  }
  otherwise {
    section ask 100% { rep 100% { yes 4  no 0 } }
  }
  adjust +10 when beds >= 600
}
";

/// Beds has five parts (under 100, 100 to 499, 500 to 599, 600 or more, missing), the site two (a hospital or not), and rep two: 20 cells.
/// Of a hospital, twice each, whatever rep is: 10, 50, 100, 110 cut to 100, and 0. Of any other site with a yes 40, with a no 0, and 10 more for 600 beds.
#[test]
fn cells_are_spread_as_counted_by_hand() {
    let all = stats(PERSONAS);
    let score = &all[0];
    assert_eq!((score.name.as_str(), score.text.as_str()), ("points", "from 0 to 100: 5 different values"));
    assert_eq!(
        score.spreads.iter().map(|spread| spread.persona.as_deref()).collect::<Vec<_>>(),
        [None, Some("for site is hospital"), Some("otherwise")]
    );
    assert_eq!(filled(&score.spreads[0]), [("0", 6), ("10", 3), ("40", 4), ("50", 3), ("90", 4)]);
    assert_eq!(filled(&score.spreads[1]), [("0", 2), ("10", 2), ("50", 2), ("90", 4)]);
    assert_eq!(filled(&score.spreads[2]), [("0", 4), ("10", 1), ("40", 4), ("50", 1)]);
}

/// A number that is calculated with counts by its values: rooms has six parts (0 to 4 and missing), the site two: a hospital has 2, 4, 6, 8, 10 and 2, a clinic 2 less.
#[test]
fn a_number_that_is_calculated_with_counts_by_its_values() {
    let all = stats(
        "leadwright 1

policy spread { timezone \"UTC\" }

lead {
  id    text key
  rooms whole 0..4 optional
  site  one of hospital, clinic
}

score points from 0 to 20 {
  section all points {
    rooms { 0 to 4  2 per 1  missing 0 }
    site  { hospital 2  clinic 0 }
  }
}
",
    );
    assert_eq!(all[0].text, "from 0 to 10: 6 different values");
    assert_eq!(filled(&all[0].spreads[0]), [("0", 2), ("2", 3), ("4", 2), ("6", 2), ("8", 2), ("10", 1)]);
}

/// So many fields of four cells each; every field gives 0 to 3 points for three of them.
fn fields_of_four(fields: usize) -> String {
    let mut policy = String::from("leadwright 1\n\npolicy spread { timezone \"UTC\" }\n\nlead {\n  id text key\n");
    (0..fields).for_each(|field| policy += &format!("  f{field} one of a, b, c, d\n"));
    policy += &format!("}}\n\nscore points from 0 to {} {{\n  section all points {{\n", 3 * fields);
    (0..fields).for_each(|field| policy += &format!("    f{field} {{ a 0  b 1  c 2  d 3 }}\n"));
    policy + "  }\n}\n"
}

/// More cells than 64 bits hold, and more than 128 do: their number is exact, and so is that of each bin.
#[test]
fn many_cells_are_counted_exactly() {
    for (fields, width) in [(33, 10), (100, 30)] {
        let all = stats(&fields_of_four(fields));
        let bins = all[0].spreads[0].bins.as_ref().unwrap();
        assert_eq!(all[0].text, format!("from 0 to {}: {} different values", 3 * fields, 3 * fields + 1));
        assert_eq!(bins.iter().map(|bin| &bin.cells).sum::<BigUint>(), BigUint::from(4u8).pow(fields as u32));
        // the coefficients of (1 + x + x² + x³) to the power of the fields, worked out here by multiplying out
        let mut sums = vec![BigUint::from(1u8)];
        for _ in 0..fields {
            sums = (0..sums.len() + 3).map(|sum| (0..4).filter_map(|points| sums.get(usize::checked_sub(sum, points)?)).sum()).collect();
        }
        assert_eq!(bins[0].cells, sums[..width].iter().sum::<BigUint>());
        // the last bin has its end in it
        assert_eq!(bins[9].cells, sums[9 * width..].iter().sum::<BigUint>());
    }
}

/// What is not counted says why: the budget, or more values than are listed.
#[test]
fn what_is_not_counted_says_why() {
    let why = |policy: &str, budget: u64| {
        let files = BTreeMap::from([("policy.lead".to_string(), policy.to_string())]);
        let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
        policy.attainable(budget)[0].spreads[0].bins.clone().unwrap_err()
    };
    assert_eq!(why(&fields_of_four(33), 20), Uncounted::Budget);
    let wide = "leadwright 1

policy spread { timezone \"UTC\" }

lead {
  id   text key
  size whole 0..10_000_000
}

score points from 0 to 10_000_000 {
  section all points {
    size { 0 or more 1 each }
  }
}
";
    assert_eq!(why(wide, BUDGET), Uncounted::Values);
}

/// Whole parts of a hundredth of two numbers, 0 to 9,999 and 1 to 1,000, as a product and as a quotient, counted here one by one; and one whose numbers are too many for that: 0 to 10,000,000,000
/// in steps of a cent, by 1 to 2,000.
#[test]
fn a_calculation_with_two_numbers_is_counted_by_its_values() {
    let policy = |field: &str, value: &str, rows: &str| {
        format!(
            "leadwright 1\n\npolicy spread {{ timezone \"UTC\"  currency USD }}\n\nlead {{\n  id text key\n  {field}\n  b whole 1..2_000\n}}\n\n\
             let v = {value}\n\nscore points from 0 to 10 {{\n  section all points {{\n    v {{ {rows} }}\n  }}\n}}\n"
        )
    };
    let counted = |value: &dyn Fn(i64, i64) -> i64, from: i64, beyond: i64| -> u128 {
        let all = (0..10_000).flat_map(|a| (1..=2_000).map(move |b| (a, b)));
        all.filter(|(a, b)| (from..beyond).contains(&value(*a, *b))).count() as u128
    };
    // half away from zero, to whole numbers
    let rounded = |dividend: i64, divisor: i64| (2 * dividend + divisor).div_euclid(2 * divisor);
    let hand: [(&str, &dyn Fn(i64, i64) -> i64); 3] = [
        ("a * b / 100 to 0 places", &|a, b| rounded(a * b, 100)),
        ("a / b to 0 places", &|a, b| rounded(a, b)),
        ("b * 3 - a", &|a, b| b * 3 - a),
    ];
    for (written, value) in hand {
        let text = policy("a whole 0..9_999 optional", written, "1_200 or more 9  37 to 1_199 4  -5 to 36 3  under -5 1  missing 2");
        let of = &stats(&text)[0];
        let (least, most) = (i64::MIN, i64::MAX);
        let expected = [("1", least, -5), ("3", -5, 37), ("4", 37, 1_200), ("9", 1_200, most)];
        let mut expected: Vec<(&str, u128)> =
            expected.into_iter().map(|(from, low, beyond)| (from, counted(value, low, beyond))).filter(|(_, cells)| *cells > 0).collect();
        expected.push(("2", 2_000));
        expected.sort_unstable();
        assert_eq!(filled(&of.spreads[0]), expected, "{written}");
        assert_eq!(of.text.split(": ").nth(1), Some(format!("{} different values", expected.len()).as_str()));
    }
    // a quotient of cents reaches 50,000.00 from 4,999,999.5 cents times the divisor on
    let text = policy("a money 0..100_000_000 optional", "a / b to 2 places", "50_000 or more 9  under 50_000 4  missing 2");
    let reached: u128 = (1..=2_000i64).map(|b| (10_000_000_001 - (9_999_999 * b + 1).div_euclid(2)).max(0) as u128).sum();
    assert_eq!(filled(&stats(&text)[0].spreads[0]), [("2", 2_000), ("4", 10_000_000_001 * 2_000 - reached), ("9", reached)]);
}

/// One text cannot begin with "fo" and be missing; "fold" has no domain, and "fo@x" has one. "foo" ends with "o" and "bar" does not.
#[test]
fn a_score_that_texts_alone_decide_is_told_exactly() {
    let policy = |ty: &str, rows: &str| {
        format!(
            "leadwright 1\n\npolicy p {{ timezone \"UTC\" }}\n\nlead {{ id text key  t text {ty} }}\n\nlet g = domain of t\n\n\
             score s from 0 to 100 {{ section x points {{ {rows} }} }}\n"
        )
    };
    for (ty, rows, told) in [
        ("", "+10 when t starts with \"fo\"  +5 when g is missing", "from 0 to 15: 4 different values"),
        ("", "+10 when t is \"foo\"  +5 when t is missing  +1 when g is \"x.com\"", "from 0 to 10: 3 different values"),
        ("optional", "+10 when t starts with \"fo\"  +5 when t is missing", "from 0 to 10: 3 different values"),
        ("", "+10 when t is one of \"foo\", \"bar\"  +7 when t ends with \"o\"", "from 0 to 17: 4 different values"),
    ] {
        assert_eq!(stats(&policy(ty, rows))[0].text, told, "{rows}");
    }
    // what rests on signals may be less than is told
    let signals = policy("", "+10 when seen >= 1  +5 when t starts with \"fo\"")
        .replace("let g", "signal visit\n\nlet seen = count of visit\n\nlet g");
    assert_eq!(stats(&signals)[0].text, "within 0 and 15: at most 4 different values");
}

/// Thirty fields with 30 times two points that no sums of others are near to: more sums than are listed. The ends are all that the fields give, and none of it; each is found
/// in a few thousand steps, and the sums cost no more than the budget.
#[test]
fn more_sums_than_are_listed_are_undecided_and_the_ends_exact() {
    let points = |number: i64| 100_003 + 14_879 * number + 7 * number * number;
    let policy = |range: i64| {
        let fields: String = (0..30).map(|field| format!("  f{field} one of a, b, c\n")).collect();
        let rows: String =
            (0..30).map(|field| format!("    f{field} {{ a 0  b {}  c {} }}\n", points(2 * field), points(2 * field + 1))).collect();
        format!(
            "leadwright 1\n\npolicy spread {{ timezone \"UTC\" }}\n\nlead {{\n  id text key\n{fields}}}\n\nscore s from 0 to {range} {{\n  section x points {{\n{rows}  }}\n}}\n"
        )
    };
    let most: i64 = (0..30).map(|field| points(2 * field + 1)).sum();
    let text = |range: i64| stats(&policy(range))[0].text.clone();
    assert_eq!(text(100_000_000), format!("from 0 to {most}; how many different values is undecided"));
    // the range takes what is beyond its end back
    assert_eq!(text(3_000_000), "from 0 to 3000000; how many different values is undecided");
    let files = BTreeMap::from([("policy.lead".to_string(), policy(3_000_000))]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    let lowered = leadwright::program::lower::lower(policy.model());
    let mut prover = leadwright::proof::Prover::new(policy.model(), &lowered);
    prover.budget = 50_000;
    assert_eq!(prover.values(lowered.trace.scores[0].value.unwrap()), None);
    // one set of sums is begun before it is known to be too many
    assert!(prover.steps() <= 200_000, "{}", prover.steps());
}

/// An address of one of many accounts, of which one is asked for in many ways besides: what texts are too many to be spelled out are told apart for another question.
#[test]
fn a_score_of_medbank_that_rests_on_addresses_is_told_exactly() {
    let policy = super::claims::folder("examples/medbank");
    let all = policy.attainable(BUDGET);
    let fit = all.iter().find(|one| one.name == "fit").unwrap();
    assert_eq!(fit.text, "from 6 to 100: 83 different values");
}
