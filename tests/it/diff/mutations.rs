//! Nothing that changes the meaning is left out, nothing else is told: words, numbers and texts of real and random policies are changed, one at a time, and the trees
//! say whether anything but places differs.

use leadwright::syntax::tree::{self, ItemKind};

use crate::support::policies::generate;

use super::{diff_of_trees, example, told, tree_of};

/// The tree as text, without places and without `use`s, which bring files in and say nothing themselves.
fn without_places(file: &tree::File) -> String {
    let items: Vec<&tree::Item> = file.items.iter().filter(|item| !matches!(item.kind, ItemKind::Use(_))).collect();
    let text = format!("{:?} {items:?}", file.version.map(|(version, _)| version));
    let mut out = String::with_capacity(text.len() / 2);
    let mut rest = text.as_str();
    while let Some(at) = rest.find("Span {") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('}').expect("a span ends");
        rest = &rest[at + end + 1..];
    }
    out + rest
}

/// Where each word, number and text of a file is. Comments are left out.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    while at < bytes.len() {
        let start = at;
        if bytes[at] == b'#' {
            while at < bytes.len() && bytes[at] != b'\n' {
                at += 1;
            }
        } else if bytes[at] == b'"' {
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += 1;
            }
            at += 1;
            found.push(start..at);
        } else if is_word(bytes[at]) {
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
            found.push(start..at);
        } else {
            at += 1;
            if b"<>+-*/".contains(&bytes[start]) {
                found.push(start..at);
            }
        }
    }
    found
}

/// What may stand in a token's place: another value of its kind, another word, nothing.
fn instead(token: &str) -> Vec<String> {
    let first = token.as_bytes()[0];
    let mut out = vec![String::new()];
    if first == b'"' {
        out.push(format!("\"{}~\"", &token[1..token.len() - 1]));
    } else if first.is_ascii_digit() {
        out.extend([format!("1{token}"), format!("{token}.5"), "0".to_owned()]);
    } else if first.is_ascii_alphabetic() {
        out.push(format!("{token}_other"));
        let pairs = [
            ("and", "or"),
            ("is", "is not"),
            ("when", "otherwise"),
            ("days", "hours"),
            ("hours", "business hours"),
            ("business", ""),
            ("entering", "leaving"),
            ("starts", "stops"),
            ("on", "when entering"),
            ("day", "week"),
            ("quarter", "month"),
            ("count", "any"),
            ("known", "missing"),
            ("missing", "otherwise"),
            ("optional", "key"),
            ("always", "never"),
            ("never", "always"),
            ("rises", "falls"),
            ("falls", "rises"),
            ("accountable", "consulted"),
            ("notify", "reassign"),
            ("final", "start"),
            ("each", ""),
            ("half", "to nothing over 3 days"),
            ("yes", "no"),
            ("more", "less"),
            ("larger", "smaller"),
            ("first", "last"),
            ("sum", "first"),
            ("text", "whole"),
            ("whole", "money"),
            ("yes_no", "date"),
        ];
        out.extend(pairs.iter().filter(|(word, _)| *word == token).map(|(_, other)| (*other).to_owned()));
    } else {
        out.extend([">", "<", ">=", "<=", "+", "-", "*", "/"].iter().filter(|sign| **sign != token).map(|sign| (*sign).to_owned()));
    }
    out
}

/// The items of a file, each a text of its own, which is quicker to parse.
fn items(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with("leadwright ")) {
        if line.starts_with(|letter: char| letter.is_ascii_alphabetic()) || found.is_empty() {
            found.push(String::new());
        }
        let item = found.last_mut().expect("there is one");
        *item += line;
        item.push('\n');
    }
    found
}

/// Changes one of so many tokens of a file; returns how many of the changed items parse.
fn mutate(name: &str, text: &str, stride: usize) -> usize {
    items(text).iter().map(|item| mutate_item(name, item, stride)).sum()
}

fn mutate_item(name: &str, text: &str, stride: usize) -> usize {
    let old = tree_of(text).unwrap_or_else(|| panic!("{name} parses:\n{text}"));
    let before = without_places(&old);
    let mut parsed = 0;
    for token in tokens(text).into_iter().step_by(stride) {
        for other in instead(&text[token.clone()]) {
            let changed = format!("{}{other}{}", &text[..token.start], &text[token.end..]);
            let Some(new) = tree_of(&changed) else { continue };
            parsed += 1;
            let difference = diff_of_trees(&old, &new);
            let is_same = before == without_places(&new);
            let word = &text[token.clone()];
            assert_eq!(difference.is_empty(), is_same, "{name}: `{other}` instead of `{word}`: {:?}\n{changed}", told(&difference));
        }
    }
    parsed
}

#[test]
fn every_word_of_real_policies_counts() {
    let mut parsed = 0;
    for (policy, stride) in [("medbank", 2), ("gitlab", 9), ("stage_gates", 5)] {
        for (name, text) in example(policy).iter().filter(|(name, _)| name.ends_with(".lead")) {
            parsed += mutate(name, text, stride);
        }
    }
    assert!(parsed > 1_000, "only {parsed} changes parsed");
}

#[test]
fn words_of_random_policies_count() {
    let mut parsed = 0;
    for seed in 0..30 {
        for (name, text) in generate(seed).files.iter().filter(|(name, _)| name.ends_with(".lead")) {
            parsed += items(text).iter().map(|item| mutate_item(&format!("{name} of seed {seed}"), item, 29)).sum::<usize>();
        }
    }
    assert!(parsed > 300, "only {parsed} changes parsed");
}

/// The rarer parts of the language, each at least once.
const RARE: &str = r#"leadwright 1

standard central "Central" {
  require weight of section demographic <= 50% because "Balance" as warning
  require every stage has owner
}

signal call "Call" by desk ignore bursts of 4 within 1 second { outcome one of reached "R" "S", lost   reason text optional }

group touch = call, visit

table areas from "areas.csv" { size whole key   postcode text prefix key   desk queue   seats one of a "A", b optional }

table reps from input { rep owner key   ramp whole 0..10   away yes_no }

let waiting = days in mql
let returns = count of entering mql since last call at most 3 per 90 days
let mail = domain of email
let ratio = a * b / c % d to 2 places
let most = larger of (a, smaller of (b - c, 3)) else 4
let worth = sum of call.length where outcome is reached and length between 2 and 4 in last 30 days fading to nothing over 60 days
let fresh = not (met is missing) and (mail ends with ".org" or mail contains "x" or a is same as b) and products has any of x, y
let start = first of call.reason since entering mql fading half every 10 days

score fit from 0 to 100 rounded to 1 places {
  for role is pharmacist {
    section size 60% { beds "Beds" 100% { 500 or more, missing 10   100 to under 500 2 each   under 100 1 per 50 because "small"   otherwise 0 } }
    section other 40% { areas[size, postcode].seats 100% { a 1   otherwise 2 } }
  }
  otherwise { section size 100% { beds 100% { otherwise 3 } } }
  adjust -5 when a because "b"
}

score balance running from 0 to 500 {
  section moves points up to 45 {
    +5 per 3 call where outcome is lost in last 9 days since entering mql at most 1 per day fading half every 4 days because "x"
    -10 per 30 days without touch at most 1 ever
    -5 when quiet > 30
  }
}

grid grade "Grade" of fit across balance {
  75 or more, under 75
  70 or more a1, a2
  under 70 b1, b2
}

stage raw start owner desk
stage mql owner desk { accountable desk   responsible desk, other   consulted x   informed y }
stage won final

flow partner {
  raw, mql -> won  when fit > 4
  any except won -> raw  on call where outcome is lost when a recycle forget moves rest 4 weeks because call.reason
  mql -> raw  after 30 days without touch when b because "Stalled"
}

route desk "Desk" for each product in products when a {
  keep owner when returns > 1
  by areas[size, postcode].desk
  near when b because "near"
  far otherwise
}

queue near team t rotate from reps weight reps.ramp capacity reps.ramp skip when reps.away otherwise far
queue far "Far" team t rotate a weight 2 capacity 50, b otherwise near

calendar us "US" {
  timezone "America/New_York"
  hours mon to thu 08:00 to 12:00, 13:00 to 17:00 fri 08:00 to 12:00
  closed 2026-11-26 "Thanksgiving", 2026-12-25
  special 2026-12-24 "Eve" 08:30 to 12:00
}

team t "T" members a, b on us except b on eu

sla touch "Touch" {
  starts when entering mql
  restarts on reassigned where outcome is lost
  stops when leaving mql
  pauses when a
  pauses on out for 1 week
  within 5 business minutes when a
  within 2 business days otherwise
  by t
  remind owner at 80%
  breach notify boss
  breach reassign after 8 business hours
  escalate to boss after 2 business hours, director after 1 business day
}

promise t meets touch for 90% per month
promise t delivers 400 mql per quarter

claim "one" always a implies b
claim "two" fit never falls as beds rises
claim "three" possible a and b

test "first" {
  as of 2026-11-18T15:00
  stage mql since 3 days ago
  owner a
  queue far
  table reps { rep a ramp 3 away no }
  lead { beds 4 products x, y met 2026-11-18 }
  signals { call 1 day ago { outcome lost } call 2026-11-17T09:00Z }
  expect { fit 4 handover missing touch.due 2026-11-18T15:05 }
}
"#;

#[test]
fn every_word_of_the_rarer_parts_counts() {
    let parsed = mutate("rare", RARE, 1);
    assert!(parsed > 500, "only {parsed} changes parsed");
}

/// Lines that are left out, or that change places with the next one.
#[test]
fn every_line_counts() {
    let mut parsed = 0;
    let mut files = example("medbank");
    files.insert("rare".to_owned(), RARE.to_owned());
    for (name, text) in files.iter().filter(|(name, _)| !name.ends_with(".csv")) {
        let old = tree_of(text).unwrap();
        let before = without_places(&old);
        let lines: Vec<&str> = text.lines().collect();
        for index in 0..lines.len().min(400) {
            let mut fewer = lines.clone();
            fewer.remove(index);
            let Some(new) = tree_of(&fewer.join("\n")) else { continue };
            parsed += 1;
            let is_same = before == without_places(&new);
            assert_eq!(diff_of_trees(&old, &new).is_empty(), is_same, "{name}:{}: left out", index + 1);
        }
    }
    assert!(parsed > 200, "only {parsed} changes parsed");
}
