//! What scores can be, against counts made by hand.

use leadwright::policy::Policy;
use leadwright::policy::attainable::{Attainable, Spread};
use leadwright::proof::BUDGET;
use std::collections::BTreeMap;

fn stats(policy: &str) -> Vec<Attainable> {
    let files = BTreeMap::from([("policy.lead".to_string(), policy.to_string())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    policy.attainable(BUDGET)
}

/// The bins that are not empty: where they begin, and their cells.
fn filled(spread: &Spread) -> Vec<(&str, u128)> {
    spread.bins.iter().flatten().filter(|bin| bin.cells > 0).map(|bin| (bin.from.as_str(), bin.cells)).collect()
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

/// 33 fields of four cells each: more cells than 64 bits hold, and their number is exact. Every field gives 0 to 3 points for three of them, so the greatest sum
/// is had once and the least once.
#[test]
fn many_cells_are_counted_exactly() {
    let mut policy = String::from("leadwright 1\n\npolicy spread { timezone \"UTC\" }\n\nlead {\n  id text key\n");
    (0..33).for_each(|field| policy += &format!("  f{field} one of a, b, c, d\n"));
    policy += "}\n\nscore points from 0 to 99 {\n  section all points {\n";
    (0..33).for_each(|field| policy += &format!("    f{field} {{ a 0  b 1  c 2  d 3 }}\n"));
    policy += "  }\n}\n";
    let all = stats(&policy);
    let bins = all[0].spreads[0].bins.as_ref().unwrap();
    assert_eq!(all[0].text, "from 0 to 99: 100 different values");
    assert_eq!(bins.iter().map(|bin| bin.cells).sum::<u128>(), 4u128.pow(33));
    // sums of 0 to 9: the first ten coefficients of (1 + x + x² + x³)^33, worked out here by multiplying out
    let mut sums = vec![1u128];
    for _ in 0..33 {
        sums = (0..sums.len() + 3).map(|sum| (0..4).filter_map(|points| sums.get(usize::checked_sub(sum, points)?)).sum()).collect();
    }
    assert_eq!(bins[0].cells, sums[..10].iter().sum::<u128>());
    // the last bin, from 90, has its end in it
    assert_eq!(bins[9].cells, sums[90..].iter().sum::<u128>());
}
