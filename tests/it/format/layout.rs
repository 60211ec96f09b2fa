//! What the formatter makes of a text.

use super::formatted;
use leadwright::format::{Unformatted, format};

#[track_caller]
fn check(text: &str, expected: &str) {
    let text = format!("leadwright 1\n\n{text}");
    let expected = format!("leadwright 1\n\n{expected}");
    let found = formatted(&text);
    assert!(found == expected, "found:\n{found}\nexpected:\n{expected}");
}

#[test]
fn points_stand_in_a_column() {
    check(
        "score readiness from 0 to 100 { section fit 40% { site 40% {
  hospital 10 long_term_care 6 retail_pharmacy -10 }
  beds 5% { 500 or more 10 100 to under 500 6 under 100 1 missing 0 because \"not known\" } asked 55%{yes 10 no 0}}
    adjust -25 when careers>=3 because \"Job seeker\" adjust +5 when budget and authority because \"Budget\" }
",
        "score readiness from 0 to 100 {
  section fit 40% {
    site 40% {
      hospital             10
      long_term_care        6
      retail_pharmacy     -10
    }
    beds   5% { 500 or more 10   100 to under 500 6   under 100 1   missing 0 because \"not known\" }
    asked 55% { yes 10   no 0 }
  }
  adjust -25 when careers >= 3               because \"Job seeker\"
  adjust  +5 when budget and authority       because \"Budget\"
}
",
    );
}

#[test]
fn comments_stay_where_they_were() {
    check(
        r#"# head



policy p{currency USD version "1"   # the version
}   # after
lead   # about leads
 { # first

  id text key # key


  # own line
  beds whole optional

  # last
}
# end
"#,
        r#"# head

policy p {
  currency USD
  version  "1"   # the version
}                # after
lead             # about leads
    {            # first

  id    text   key   # key

  # own line
  beds  whole  optional

  # last
}
# end
"#,
    );
}

#[test]
fn comments_inside_a_row_break_it() {
    check(
        r#"decide d { a when x   # why
 and y
   # alone
   and b
 # between
 bb when z because "r"   c otherwise }
"#,
        r#"decide d {
  a   when x   # why
      and y
      # alone
      and b
  # between
  bb  when z                          because "r"
  c   otherwise
}
"#,
    );
}

#[test]
fn bands_have_comments_and_linear_points() {
    check(
        r#"score s { section a 100% { beds 100% { 5 or more 10 # big
 under 5 2 each # small
 missing -10 } } }
"#,
        r#"score s {
  section a 100% {
    beds 100% {
      5 or more            10         # big
      under 5               2 each    # small
      missing             -10
    }
  }
}
"#,
    );
}

#[test]
fn rows_of_flows() {
    check(
        r#"flow { a->b when x and y a, b -> c on call where q is p recycle rest 90 days  any except c -> a after 30 days without call recycle forget s rest 3 days because "gone" }
"#,
        r#"flow {
  a            -> b  when x and y
  a, b         -> c  on call where q is p          recycle rest 90 days
  any except c -> a  after 30 days without call    recycle forget s rest 3 days   because "gone"
}
"#,
    );
}

#[test]
fn rows_of_routes() {
    check(
        r#"route r for each p in ps when entering mql{by t[a , b].q when x by t[a,b].q because "z"  keep owner when y  q1 otherwise because "rest"}
route r2 { otherwise inside }
"#,
        r#"route r for each p in ps when entering mql {
  by t[a, b].q  when x
  by t[a, b].q   because "z"
  keep owner    when y
  q1            otherwise                       because "rest"
}
route r2 {
  otherwise inside
}
"#,
    );
}

#[test]
fn parts_of_tests() {
    check(
        r#"test "x" { as of 2026-01-01T10:00 stage mql since 3 days ago owner a queue b table t { a 1 b 2 } table t { a 2 b 3 } lead {a 1 b 2,3} signals { s 2 days ago {p 1 q 2} t 2026-01-01T09:00 } expect { x.y 1 z missing } }
"#,
        r#"test "x" {
  as of   2026-01-01T10:00
  stage   mql since 3 days ago
  owner   a
  queue   b
  table   t { a 1  b 2 }
  table   t { a 2  b 3 }
  lead    { a 1  b 2, 3 }
  signals { s 2 days ago { p 1  q 2 }   t 2026-01-01T09:00 }
  expect  { x.y 1  z missing }
}
"#,
    );
}

#[test]
fn values_of_tests_stay_grouped() {
    check(
        r#"test "x" {
 as of 2026-01-01T10:00
 lead {
 a 1 b 2


 c 3   # three
 d 4  e 5 }
}
"#,
        r#"test "x" {
  as of   2026-01-01T10:00
  lead {
    a 1  b 2

    c 3   # three
    d 4  e 5
  }
}
"#,
    );
}

#[test]
fn arithmetic_and_signs() {
    check(
        r#"let a = ( b+ -5 ) * 2 / 3 to 2 places
let long "Long" = larger of ( a , b,c ) % 2
let c = a - 5 + -5

let d = `missing` else 0
"#,
        r#"let a           = (b + -5) * 2 / 3 to 2 places
let long "Long" = larger of (a, b, c) % 2
let c           = a - 5 + -5

let d = `missing` else 0
"#,
    );
}

#[test]
fn long_rows_are_broken_where_they_read_best() {
    check(
        r#"let e = count of   page_view where path starts with "/aaaaaaaaaaaaaaaaaaaaa" and (xxxxxxxxxxxxxx or yyyyyyyyyyyyyyyyyyyyyyyy) in last 30 days at most 1 per day fading half every 30 days
let f = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is one of bbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccccccccccccccc, ddddddddddddddddddddd, eeeeeeeeee, fffffffffff, ggggggggggg, hhhhhhhhhh
queue q "Queue" team inside_sales rotate aaaaaaaaaaaaaaaaaaaa weight 1, bbbbbbbbbbbbbbbbbbbbbbbbbbbb weight 2, ccccccccccc weight 3
"#,
        r#"let e = count of page_view where path starts with "/aaaaaaaaaaaaaaaaaaaaa"
    and (xxxxxxxxxxxxxx or yyyyyyyyyyyyyyyyyyyyyyyy) in last 30 days at most 1 per day fading half every 30 days
let f = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is one of bbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccccccccccccccc,
    ddddddddddddddddddddd, eeeeeeeeee, fffffffffff, ggggggggggg, hhhhhhhhhh
queue q  "Queue"  team inside_sales
    rotate aaaaaaaaaaaaaaaaaaaa weight 1, bbbbbbbbbbbbbbbbbbbbbbbbbbbb weight 2, ccccccccccc weight 3
"#,
    );
}

#[test]
fn calendars_clocks_and_promises() {
    check(
        r#"calendar c { timezone "UTC" hours mon to fri 08:00 to 12:00,13:00 to 17:00 sat 09:00 to 12:00 closed 2026-01-01 "New Year" , 2026-12-25 special 2026-12-24 "Eve" 08:00 to 12:00 }
team a members x,y on c except x on d , y on e
queue q team a rotate from reps weight reps.w skip when reps.away otherwise duty
sla s { starts when entering mql restarts on r pauses on o for 1 week within 2 hours when x within 10 business hours otherwise remind owner at 80% breach reassign after 8 hours escalate to a after 2 hours, b after 1 business day }
promise a delivers 4 mql per quarter
promise long_name meets s for 90% per month
claim "x" always a implies b
claim "a longer one" s never falls as beds rises
"#,
        r#"calendar c {
  timezone "UTC"
  hours    mon to fri 08:00 to 12:00, 13:00 to 17:00  sat 09:00 to 12:00
  closed   2026-01-01 "New Year", 2026-12-25
  special  2026-12-24 "Eve" 08:00 to 12:00
}
team a   members x, y   on c except x on d, y on e
queue q  team a   rotate from reps weight reps.w skip when reps.away otherwise duty
sla s {
  starts    when entering mql
  restarts  on r
  pauses    on o for 1 week
  within    2 hours             when x
  within    10 business hours   otherwise
  remind    owner at 80%
  breach    reassign after 8 hours
  escalate to a after 2 hours, b after 1 business day
}
promise a         delivers 4 mql per quarter
promise long_name meets s for 90% per month
claim "x"             always a implies b
claim "a longer one"  s never falls as beds rises
"#,
    );
}

#[test]
fn grids_and_persona_models() {
    check(
        r#"grid g of a across b { 75 or more , under 75 70 or more a1,a2 under 70 b1, b2 }
score s running from 0 to 500 rounded to 0 places { for role is x { section a points up to 45 { +100 per ask at most 1 per day -5 when q > 30 because "quiet" beds { 5 or more 1 per 500 otherwise 0 } } } otherwise { section b 100% { } } }
"#,
        r#"grid g of a across b {
               75 or more,   under 75
  70 or more   a1,           a2
  under 70     b1,           b2
}
score s running from 0 to 500 rounded to 0 places {
  for role is x {
    section a points up to 45 {
      +100 per ask at most 1 per day
      -5   when q > 30                     because "quiet"
      beds { 5 or more 1 per 500   otherwise 0 }
    }
  }
  otherwise { section b 100% {} }
}
"#,
    );
}

#[test]
fn declarations() {
    check(
        r#"lead { id text key created "Came in" time optional site one of hospital, ltc "Long-term care" "LTC" optional beds whole 0..50_000 optional from marketo "Beds", salesforce "Beds__c" rate decimal 2 0..100 }
table t from "t.csv" { a whole prefix key b queue }
signal s "S" by x { reason one of a, b }
signal longer ignore bursts of 4 within 1 second
standard st { require every stage has owner as warning require some priority < 0 because "x" }
stage a owner b start { accountable x consulted y,z }
stage bb "B" owner ccc final
group gg = a,b
use "x.lead"
"#,
        r#"lead {
  id                 text       key
  created "Came in"  time       optional
  site               one of     hospital, ltc "Long-term care" "LTC"   optional
  beds               whole      0..50_000      optional   from marketo "Beds", salesforce "Beds__c"
  rate               decimal 2  0..100
}
table t from "t.csv" { a whole prefix key   b queue }
signal s  "S"  by x  { reason one of a, b }
signal longer  ignore bursts of 4 within 1 second
standard st {
  require every stage has owner   as warning
  require some priority < 0       because "x"
}
stage a        owner b     start { accountable x   consulted y, z }
stage bb  "B"  owner ccc   final
group gg = a, b
use "x.lead"
"#,
    );
}

#[test]
fn a_comment_that_speaks_to_lint_of_its_line_keeps_the_row_on_one() {
    let long = "let e = count of page_view where path starts with \"/aaaaaaaaaaaaaaaaaaaaa\" and (xxxxxxxxxxxxxx or yyyyyyyyyyyyyyyyyyyyyyyy) in last 30 days";
    check(&format!("{long}   # allow(unused-let): the CRM reads it\n"), &format!("{long}   # allow(unused-let): the CRM reads it\n"));
    check(
        &format!("{long}   # why\n"),
        "let e = count of page_view where path starts with \"/aaaaaaaaaaaaaaaaaaaaa\"\n    and (xxxxxxxxxxxxxx or yyyyyyyyyyyyyyyyyyyyyyyy) in last 30 days   # why\n",
    );
}

#[test]
fn a_text_that_cannot_be_read_is_not_formatted() {
    assert!(matches!(format("a.lead", "leadwright 1\nlet a = (\n"), Err(Unformatted::Mistakes { .. })));
    assert!(matches!(format("a.lead", "let a = 1\n"), Err(Unformatted::Mistakes { .. })), "the first line is missing");
    assert!(matches!(format("a.lead", ""), Err(Unformatted::Mistakes { .. })));
}

#[test]
fn line_ends_are_those_of_the_first_line_and_a_mark_at_the_beginning_goes() {
    assert_eq!(formatted("leadwright 1\r\nlet  a = b\n\r\n\n\nlet c = d"), "leadwright 1\r\nlet a = b\r\n\r\nlet c = d\r\n");
    assert_eq!(formatted("\u{feff}leadwright 1\nlet\ta =\u{a0}b   \r\n\n\n"), "leadwright 1\nlet a = b\n");
}
