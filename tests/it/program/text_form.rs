//! The text form: a whole policy, optimised, read line by line.

use leadwright::program::cost::cost;
use leadwright::program::passes::optimise;
use leadwright::program::text::text;

use super::policies::compile;

const POLICY: &str = r#"
team desk

lead {
  id     text    key
  site   one of  hospital, clinic
  beds   whole   0..5_000  optional
  mail   text    optional
  state  text
  seen   date    optional
}

table areas from "areas.csv" { state text key   queue queue }

score fit from 0 to 100 {
  section size 100% {
    site 50% { hospital 10   clinic -3 }
    beds 50% { 500 or more 10   100 to 499 6   under 100 1 per 25   missing 0 }
  }
  adjust 2.5 when domain of mail is "bd.com" or state starts with "n"
}

decide status {
  hot   when fit >= 65.55 and days since seen <= 30
  cold  otherwise
}

queue inside  team desk  rotate desk weight 1
queue field   team desk

route handover {
  by areas[state].queue  when status is hot
  inside                 otherwise
}
"#;

/// What to look at: `beds` becomes the number of its band, bands become points, and the linear band counts full steps only where it is in
/// force. Points stand in units of 5, their greatest common divisor; the score takes each ten times, at one decimal place. `65.55` at
/// one place is `above 655`. The domain and the prefix are asked of texts before the program, states through one map.
const EXPECTED: &str = r#"inputs
  i0 = site : u8 0..1
  i1 = beds : u16 0..5000?
  i2 = text mail through m0 : u8 0..1?
  i3 = text state through m1 : u8 0..1
  i4 = seen : i32 -719162..2932896?
  i5 = text state through m2 : u8 0..2
maps
  m0 = domain "bd.com" 1, else 0
  m1 = starts with "n"
  m2 = "oh" 1, "ny" 2, else 0
arrays
  a0 = [100, 500]
  a1 = [10, -3]
  a2 = [10, 6, 10]
  a3 = [-, 1, 0]
values
  v0 = constant 1 -> 1
  v1 = input i0 -> 0..1
  v2 = input i1 -> 0..5000?
  v3 = band v2 [100, 500] -> 0..2?
  v4 = table v1 a1 -> -3..10
  v5 = table v3 a2 -> 6..10?
  v6 = constant 0 -> 0
  v7 = else v5 v6 -> 0..10
  v8 = else v2 v6 -> 0..5000
  v9 = constant 99 -> 99
  v10 = smaller v8 v9 -> 0..99
  v11 = constant 25 -> 25
  v12 = quotient v10 v11 -> 0..3
  v13 = equal v3 v6 -> 0..1
  v14 = select v13 v12 v7 -> 0..10
  v15 = add v4 v14 -> -3..20
  v16 = constant 5 -> 5
  v17 = multiply v15 v16 -> -15..100
  v18 = constant 50 -> 50
  v19 = multiply v15 v18 -> -150..1000
  v20 = input i2 -> 0..1?
  v21 = equal v20 v0 -> 0..1
  v22 = input i3 -> 0..1
  v23 = or v21 v22 -> 0..1
  v24 = select v23 v11 v6 -> 0..25
  v25 = add v19 v24 -> -150..1025
  v26 = larger v25 v6 -> 0..1025
  v27 = constant 1000 -> 1000
  v28 = smaller v26 v27 -> 0..1000
  v29 = constant 655 -> 655
  v30 = compare v28 > v29 -> 0..1
  v31 = as-of day -> -719163..2932896
  v32 = input i4 -> -719162..2932896?
  v33 = subtract v31 v32 -> -3652059..3652058?
  v34 = compare v33 >= v6 -> 0..1
  v35 = missing -> 0?
  v36 = constant 30 -> 30
  v37 = compare v33 <= v36 -> 0..1
  v38 = and v34 v37 -> 0..1
  v39 = and v30 v38 -> 0..1
  v40 = not v39 -> 0..1
  v41 = input i5 -> 0..2
  v42 = table v41 a3 -> 0..1?
  v43 = select v39 v42 v35 -> 0..1?
  v44 = else v43 v6 -> 0..1
  v45 = select v44 v35 v6 -> 0?
outputs
  fit = v28 : u16
  fit.size = v17 : i32
  status = v40 : u8
  handover = v44 : u8
  handover.owner = v45 : u8?
"#;

#[test]
fn a_policy_as_a_program() {
    let (checked, lowered) = compile(POLICY, &[("areas.csv", "state,queue\nOH,field\nNY,inside\n")]);
    let optimised = optimise(&lowered.program);
    let found = text(&optimised, &checked.policy);
    assert!(found == EXPECTED, "{found}");
    assert_eq!(
        cost(&optimised).to_string(),
        "a lead takes at most 48 steps: 46 operations over 6 columns, and 2 steps of searching among 10 constants"
    );
}

/// What may leave 64 bits on the way is one calculation; where ranges rule that out, plain operations do.
#[test]
fn calculations_as_text() {
    let policy = r#"
lead {
  id  text  key
  a   whole
  b   decimal 6
  c   whole  1..9
}
decide d {
  one    when a + b - a is 1
  two    when a * a / b to 2 places is 2
  three  when larger of (a, b) is 3
  four   when b % a is 4
  five   when c * c / c to 2 places is 5
  six    when a * a - b is 6
  seven  otherwise
}
"#;
    let (checked, lowered) = compile(policy, &[]);
    let found = text(&optimise(&lowered.program), &checked.policy);
    let calculations: Vec<&str> = found.lines().skip_while(|line| *line != "calculations").take(7).collect();
    let expected = [
        "calculations",
        "  c0 = v0 shift 6 + v1 - v0 shift 6",
        "  c1 = v0 * v0 / v1 shift 8",
        "  c2 = larger of v0 shift 6, v1",
        "  c3 = v1 % v0 shift 6",
        "  c4 = (v0 * v0) shift 6 - v1",
        "values",
    ];
    assert_eq!(calculations, expected, "{found}");
    assert!(found.contains("= calculate c1 -> min..max?") && found.contains("= divide v"), "{found}");
}
