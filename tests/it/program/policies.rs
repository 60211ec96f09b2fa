//! Policies as text, lowered, and run as the interpreter and machine code run them: each policy carries leads with what must come out, worked out by hand
//! in the comments beside them.

use std::collections::BTreeMap;

use leadwright::diagnostic::Severity;
use leadwright::jit::Compiled;
use leadwright::model::{Checked, check};
use leadwright::program::Lowered;
use leadwright::program::lower::lower;
use leadwright::program::passes::optimise;
use leadwright::program::verify::verify;
use leadwright::record::Histories;
use leadwright::testing::{self, Backends, TestOutcome};

/// The header of every policy here.
const HEADER: &str = "leadwright 1\n\npolicy p { timezone \"America/New_York\"  currency USD }\n\n";

/// A policy without mistakes, lowered; `tables` are (path, content).
pub fn compile(text: &str, tables: &[(&str, &str)]) -> (Checked, Lowered) {
    let mut files: BTreeMap<String, String> = tables.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    files.insert("policy.lead".to_string(), format!("{HEADER}{text}"));
    let checked = check(&files, "policy.lead");
    let errors: Vec<_> = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let lowered = lower(&checked.policy);
    verify(&lowered.program).unwrap_or_else(|broken| panic!("{broken:#?}"));
    (checked, lowered)
}

/// Runs the tests that a policy carries.
fn check_policy(text: &str, tables: &[(&str, &str)]) -> (Checked, Lowered) {
    let (checked, lowered) = compile(text, tables);
    let optimised = optimise(&lowered.program);
    let compiled = Compiled::new(&optimised).expect("machine code");
    let backends = Backends {
        policy: &checked.policy,
        sources: &checked.sources,
        histories: &Histories::new(&checked.policy),
        plain: &lowered,
        optimised: &optimised,
        compiled: &compiled,
    };
    let results = testing::run(backends, &testing::Selection::default());
    assert!(!results.is_empty(), "the policy carries no test");
    let failed: Vec<_> = results.iter().filter(|result| result.outcome != TestOutcome::Passed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    (checked, lowered)
}

#[test]
fn weighted_sections_bands_adjusts_and_the_range() {
    check_policy(
        r#"
lead {
  id     text    key
  site   one of  hospital, long_term_care, clinic, retail_pharmacy
  beds   whole   0..50_000  optional
  role   one of  pharmacist, nurse_manager, student  optional
  views  whole   0..1_000
  budget yes_no  optional
}

score readiness from 0 to 100 {
  section demographic 40% {
    site 40% { hospital 10   long_term_care 6   clinic 4   retail_pharmacy -10 }
    beds 30% { 500 or more 10   100 to 499 6   under 100 1   missing 0 }
    role 30% { pharmacist 10   nurse_manager 8   student -10   missing 0 }
  }
  section behavioural 60% {
    views 65% { 5 or more 10   under 5 2 each }
    budget 35% { yes 10   no -5   missing 1 }
  }
  adjust -25 when views >= 3 and role is student   because "A student"
  adjust 5.5 when budget
}

decide status {
  unqualified  when role is student
  qualified    when readiness >= 65.55 and readiness.demographic >= 20
  nurture      otherwise
}

# demographic: 40 % × 10 × 10 + 30 % × 100 + 30 % × 100 = 40 + 30 + 30 = 100
# behavioural: 65 % × 100 + 35 % × 100 = 100; sum 40 + 60 + 5.5 = 105.5, kept at 100
test "all" {
  lead { site hospital  beds 500  role pharmacist  views 5  budget yes }
  expect { readiness 100  readiness.demographic 100  readiness.behavioural 100  status qualified }
}

# demographic: 40 % × -100 + 30 % × 10 + 0 = -40 + 3 = -37
# behavioural: 65 % × (2 × 3 × 10 = 60) + 35 % × 10 = 39 + 3.5 = 42.5
# 40 % × -37 + 60 % × 42.5 = -14.8 + 25.5 = 10.7
test "linear and missing" {
  lead { site retail_pharmacy  beds 99  views 3 }
  expect { readiness 10.7  readiness.demographic -37  readiness.behavioural 42.5  status nurture }
}

# demographic: 16 + 18 - 30 = 4; behavioural: 65 % × 80 + 35 % × -50 = 52 - 17.5 = 34.5
# 1.6 + 20.7 - 25 = -2.7, kept at 0
test "a student" {
  lead { site clinic  beds 100  role student  views 4  budget no }
  expect { readiness 0  readiness.demographic 4  readiness.behavioural 34.5  status unqualified }
}

# demographic: 24 + 18 + 24 = 66; behavioural: 52 + 35 = 87; 26.4 + 52.2 + 5.5 = 84.1
test "between" {
  lead { site long_term_care  beds 499  role nurse_manager  views 4  budget yes }
  expect { readiness 84.1  status qualified }
}

# demographic: 40 + 30 + 24 = 94; behavioural: 65 % × 40 + 3.5 = 29.5; 37.6 + 17.7 = 55.3: under 65.55
test "under the threshold" {
  lead { site hospital  beds 50_000  role nurse_manager  views 2 }
  expect { readiness 55.3  status nurture }
}
"#,
        &[],
    );
}

#[test]
fn points_sections_caps_personas_rounding_and_linear_rows() {
    check_policy(
        r#"
lead {
  id     text       key
  kind   one of     shop, chain
  rate   decimal 2  0..100  optional
  deal   money      0..10_000  optional
  tags   some of    hot, cold, slow
}

score card rounded to 0 places {
  for kind is chain {
    section base points { rate { under 10  1.5 each   10 or more 20.25   missing 0.5 } }
    section extra points up to 12 {
      +10 when deal >= 1_000
      +5  when tags has hot
      -4.75 when deal is missing
    }
  }
  otherwise {
    section base points { deal { 0 to 1_999.99  1 per 500   2_000 or more  10   missing -3 } }
    section mood points { tags { hot 5   cold -2   otherwise 1 } }
  }
}

# base: 1.5 × 9.99 = 14.985; extra: 10 + 5 = 15, kept at 12; sum 26.985, rounded 27
test "a chain" {
  lead { kind chain  rate 9.99  deal 1000  tags hot, cold }
  expect { card 27  card.base 14.985  card.extra 12  card.mood missing }
}

# base: 20.25; extra: -4.75; 15.5 rounds away from zero to 16
test "a half goes up" {
  lead { kind chain  rate 10  tags cold }
  expect { card 16  card.base 20.25  card.extra -4.75 }
}

# base: -3; mood: cold -2 and slow (otherwise) 1: the highest is 1
test "a shop" {
  lead { kind shop  tags cold, slow }
  expect { card -2  card.base -3  card.mood 1  card.extra missing }
}

# base: 1999.99 / 500 = 3 full steps; mood: hot 5, cold -2: 5
test "full steps" {
  lead { kind shop  deal 1999.99  tags cold, hot }
  expect { card 8  card.base 3  card.mood 5 }
}

# base: missing rate 0.5; extra: 5 - 4.75 = 0.25; 0.75 rounds to 1
test "a half of a half" {
  lead { kind chain  tags hot }
  expect { card 1  card.base 0.5  card.extra 0.25 }
}
"#,
        &[],
    );
}

#[test]
fn arithmetic_is_one_fraction_and_days_are_calendar_days() {
    check_policy(
        r#"
lead {
  id     text       key
  a      whole      optional
  b      whole      optional
  rate   decimal 3  optional
  deal   money      optional
  seen   time       optional
  due    date       optional
}

let share    = deal * 3 / a to 2 places
let back     = a / b / 4 to 3 places
let rest     = a % b
let mixed    = rate % 0.7
let large    = a * b + 1
let total    = a + rate - 0.25
let rounded  = rate to 1 places
let product  = rate * 1.5
let biggest  = larger of (a, rate)
let smallest = smaller of (a, b) else -7
let age      = days since seen
let left     = days until due
let newest   = days since (larger of (seen, 2026-11-01T00:00))
let day_of   = days since (seen else 2026-11-18T04:59:59Z)

decide facts {
  precise   when rate > 2.2501
  boundary  when rate >= 2.25
  below     when rate < -0.0005
  none      otherwise
}

# 10.00 × 3 / 7 = 4.2857… ; 7 / 2 / 4 = 0.875; 7 % 2 = 1; 2.25 % 0.7 = 0.15; 7 × 2 + 1 = 15; 7 + 2.25 - 0.25 = 9
# 2.25 to one place: half away from zero, 2.3; 2.25 × 1.5 = 3.375
test "plain numbers" {
  lead { a 7  b 2  rate 2.250  deal 10 }
  expect { share 4.29  back 0.875  rest 1  mixed 0.15  large 15  total 9  rounded 2.3  product 3.375  biggest 7  smallest 2  facts boundary }
  as of 2026-11-18T15:00
}

# -10.01 × 3 / 7 = -4.29; -7 / 2 / 4 = -0.875; -7 % 2 = -1; -2.251 % 0.7 = -0.151
test "negative numbers" {
  as of 2026-11-18T15:00
  lead { a -7  b 2  rate -2.251  deal 10.01 }
  expect { share -4.29  back -0.875  rest -1  mixed -0.151  total -9.501  rounded -2.3  biggest -2.251  smallest -7  facts below }
}

test "division by zero and beyond 64 bits" {
  as of 2026-11-18T15:00
  lead { a 9_223_372_036_854_775_807  b 0  rate 2.251 }
  expect { back missing  rest missing  large 1  total missing  smallest 0  biggest missing  facts precise  share missing }
}

test "missing" {
  as of 2026-11-18T15:00
  lead { rate 0 }
  expect { share missing  large missing  total missing  smallest -7  age missing  left missing  facts none  newest missing }
}

# Midnight in New York (UTC-5) is 05:00Z. Seen at 04:59Z on the 18th is the 17th there.
test "days turn at midnight in the policy's zone" {
  as of 2026-11-18T00:00
  lead { seen 2026-11-18T04:59:00Z  due 2026-11-18 }
  expect { age 1  left 0  newest 1  day_of 1 }
}

test "later days and earlier ones are missing" {
  as of 2026-11-18T23:59:59
  lead { seen 2026-11-19T05:00:00Z  due 2026-11-17 }
  expect { age missing  left missing  newest missing }
}

# 1 November is the larger of both; 17 days before the 18th. A missing value stands for 17 November.
test "the larger of two times" {
  as of 2026-11-18T12:00
  lead { seen 2026-10-30T12:00  due 2026-12-18 }
  expect { age 19  left 30  newest 17  day_of 19 }
}

test "a default day" {
  as of 2026-11-18T12:00
  lead { }
  expect { day_of 1 }
}
"#,
        &[],
    );
}

#[test]
fn texts_become_codes_wherever_they_stand() {
    check_policy(
        r#"
lead {
  id      text  key
  state   text  optional
  region  text  optional
  mail    text  optional
  code    text
}

table areas from "areas.csv" { state text key   name text optional   crew text }
table posts from "posts.csv" { post text prefix key   crew text }

let home     = state else "OH"
let domain   = domain of mail
let host     = domain of mail else "none"
let area     = areas[home].name
let shown    = area else "nowhere"

let is_north   = home is one of "NY", "ma", "VT", "ME", "NH"
let not_oh     = state is not "oh"
let own        = domain is one of "example.com", "Straße.de"
let no_host    = host is "none"
let same       = state is same as region
let other      = state is not same as region
let as_area    = region is same as areas[state].name
let two_cells  = areas[state].name is same as areas[region].name
let of_default = home is same as shown
let starts     = mail starts with "Sales "
let ends       = domain of mail ends with ".COM"
let holds      = shown contains "where"
let known_area = area is known
let post_crew  = posts[code].crew is "north"

score s {
  section a points {
    state { "OH" 5   "ny" 7   otherwise 1   missing -1 }
    areas[state].crew { "East crew" 10   otherwise 20   missing 30 }
  }
}

test "Ohio" {
  lead { state " oh "  region "Midwest"  mail "Sales@Example.COM "  code "4310" }
  expect {
    is_north no  not_oh no  own yes  no_host no  same no  other yes  as_area yes  two_cells no  of_default no
    starts no  ends yes  holds no  known_area yes  post_crew yes  s 25
  }
}

# no state: home is OH; mail without domain
test "nothing known" {
  lead { mail "nobody"  code "99" }
  expect {
    is_north no  not_oh no  own no  no_host yes  same no  other no  as_area no  two_cells no  of_default no
    starts no  ends no  holds no  known_area yes  post_crew no  s 29
  }
}

# Maine has a row without a name; its crew is Field, so 1 + 20. Texts compare without regard to case.
test "a row without a name" {
  lead { state "me"  region "ME"  mail "sales x@STRASSE.de"  code "431" }
  expect {
    is_north yes  not_oh yes  own yes  no_host no  same yes  other no  as_area no  two_cells no  of_default no
    starts yes  ends no  holds yes  known_area no  post_crew no  s 21
  }
}

test "a state without a row" {
  lead { state "nowhere"  region "ny"  mail "a@b@c.com"  code "43" }
  expect {
    is_north no  not_oh yes  same no  other yes  as_area no  of_default yes  ends yes  holds yes  known_area no  post_crew no  s 31
  }
}

test "two cells" {
  lead { state "NY"  region "CT"  code "430" }
  expect { two_cells yes  same no  s 17  post_crew yes  ends no }
}
"#,
        &[
            ("areas.csv", "state,name,crew\nOH,Midwest,Field\nNY,East,East Crew\nCT,EAST,East Crew\nME,,Field\n"),
            ("posts.csv", "post,crew\n4,south\n43,south\n430,north\n4310,North\n431,west\n"),
        ],
    );
}

#[test]
fn conditions_over_missing_values_and_sets() {
    check_policy(
        r#"
lead {
  id     text    key
  beds   whole   -5..50_000  optional
  more   decimal 2  optional
  role   one of  buyer, nurse, student, doctor, other  optional
  tags   some of hot, cold, slow  optional
  budget yes_no  optional
  sure   yes_no
}

let bare      = budget
let negative  = not budget
let both      = budget and sure
let follows   = budget implies sure
let is_not    = beds is not 100
let listed    = beds is one of 1, 5, 7, 9, 100
let unlisted  = beds is not one of 1, 5, 7, 9, 100
let roles     = role is one of buyer, student, doctor, other
let within    = beds between 10 and 20
let equals    = beds is same as more
let differs   = beds is not same as more
let above     = beds > more
let has_one   = tags has any of hot, slow
let unknown   = tags is missing
let value     = budget else yes

test "everything missing" {
  lead { sure no }
  expect {
    bare missing  negative yes  both no  follows yes  is_not no  listed no  unlisted no  roles no  within no
    equals no  differs no  above no  has_one no  unknown yes  value yes
  }
}

test "known" {
  lead { beds 100  more 100.00  role nurse  tags cold  budget yes  sure no }
  expect {
    bare yes  negative no  both no  follows no  is_not no  listed yes  unlisted no  roles no  within no
    equals yes  differs no  above no  has_one no  unknown no  value yes
  }
}

test "edges" {
  lead { beds 20  more 19.99  role other  tags cold, slow  budget no  sure yes }
  expect {
    bare no  negative yes  both no  follows yes  is_not yes  listed no  unlisted yes  roles yes  within yes
    equals no  differs yes  above yes  has_one yes  unknown no  value no
  }
}
"#,
        &[],
    );
}

#[test]
fn grids_flows_routes_and_rotation() {
    let (checked, lowered) = check_policy(
        r#"
team crew  "Crew" members ann, bob, cid
lead {
  id    text    key
  fit   whole   0..100
  heat  one of  hot, warm, cold  optional
  state text
  size  one of  small, large
}

grid grade of fit across heat {
                hot,   warm,  cold,  missing
  70 or more    a1,    a2,    a3,    a2
  40 to 69      b1,    b2,    b3,    b3
  under 40      c1,    c1,    c3,    c3
}

decide tier {
  gold    when grade is one of a1, a2
  silver  when size is large
  bronze  when size is small
}

stage raw   owner crew  start
stage mql   owner crew
stage lost  owner crew  final

flow {
  raw -> mql   when tier is gold
  raw -> lost  when fit is 0
}
flow second {
  any -> lost  when heat is cold
  mql -> raw   when fit < 50
}

table desks from "desks.csv" { size one of small, large key   state text prefix key   queue queue }

queue inside  team crew  rotate ann weight 1, bob weight 1, cid weight 2
queue field   team crew
queue wide    team crew  rotate ann weight 300, bob weight 100

route handover when entering mql {
  by desks[size, state].queue  when fit >= 80
  inside                       otherwise
}
route always {
  wide    when stage is raw
  field   when leaving raw
  inside  otherwise
}

# fit 80, hot: a1, so gold; raw goes to mql. (large, "NY") has the row field.
test "a1 by table" {
  lead { fit 80  heat hot  state "NYC"  size large }
  expect { grade a1  tier gold  stage mql  handover field  handover.owner missing  always wide }
}

# (small, "OH") has no row: the next row gives inside
test "a look-up that finds nothing" {
  lead { fit 100  state "OH"  size small }
  expect { grade a2  tier gold  stage mql  handover inside }
}

# the longer prefix "ny1" counts for large, not for small
test "the longest prefix with this size" {
  lead { fit 99  heat hot  state "ny12"  size small }
  expect { handover field }
}
test "the longest prefix of all" {
  lead { fit 99  heat hot  state "ny12"  size large }
  expect { handover wide }
}

# b3, small: bronze; cold, so the second flow's row moves raw to lost
test "the second flow" {
  lead { fit 40  heat cold  state "x"  size small }
  expect { grade b3  tier bronze  stage lost  handover missing  handover.owner missing  always wide }
}

test "the first row that applies" {
  lead { fit 0  heat cold  state "x"  size large }
  expect { grade c3  tier silver  stage lost }
}

test "mql goes back" {
  stage mql
  lead { fit 49  heat warm  state "x"  size large }
  expect { grade b2  tier silver  stage raw  handover missing  always inside }
}

test "lost stays lost" {
  stage lost
  lead { fit 0  heat cold  state "x"  size small }
  expect { grade c3  tier bronze  stage lost  always inside }
}
"#,
        &[("desks.csv", "size,state,queue\nlarge,ny,field\nlarge,ny1,wide\nsmall,ny,field\n")],
    );
    // One row per flow row: applies, looked at alone.
    assert_eq!(lowered.trace.flows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    let names: Vec<&str> = lowered.program.outputs.iter().map(|output| output.name.as_str()).collect();
    assert_eq!(names, ["grade", "tier", "stage", "stage.rule", "handover", "handover.owner", "always", "always.owner"]);
    assert_eq!(checked.policy.decides.len(), 2);
}

#[test]
fn a_weight_of_nothing_is_a_weight() {
    check_policy(
        r#"
lead {
  id   text    key
  a    yes_no
  b    yes_no
}
score s {
  section x 12.5% { a 0% { yes 10  no 0 }   b 100% { yes 7  no -1 } }
  section y 87.5% { a 100% { yes 1.5  no 0 } }
  section z 0%    { b 100% { yes 10  no 0 } }
}
# x: 70; y: 15; z: 100; 12.5 % × 70 + 87.5 % × 15 = 8.75 + 13.125
test "some" {
  lead { a yes  b yes }
  expect { s 21.875  s.x 70  s.y 15  s.z 100 }
}
test "less" {
  lead { a no  b no }
  expect { s -1.25  s.x -10  s.y 0  s.z 0 }
}
"#,
        &[],
    );
}
