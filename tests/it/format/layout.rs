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
