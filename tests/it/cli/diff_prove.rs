//! `leadwright diff --prove`: every lead there can be, answers worked out by hand.

use super::{AS_OF, Folder, Ran, example, run};

/// 2 regions, 4 kinds of beds (missing, under 50, 50 to 99, from 100).
const OLD: &str = r#"leadwright 1

policy clinic { timezone "UTC" }

lead {
  id      text   key
  region  one of emea, apac
  beds    whole  0..1000  optional
}

score size {
  section beds points {
    beds { 100 or more 10  50 to 99 5  under 50 1  missing 0 }
  }
}

decide status {
  qualified when size >= 5 and region is apac
  nurture   when beds is known
  rest      otherwise
}
"#;

fn versions(new: &str) -> (Folder, Vec<String>) {
    assert_ne!(new, OLD);
    let folder = Folder::new(&[("old.lead", OLD), ("new.lead", new)]);
    let names = vec![folder.name("old.lead"), folder.name("new.lead")];
    (folder, names)
}

fn prove(new: &str, more: &[&str]) -> Ran {
    let (_folder, names) = versions(new);
    let mut words = vec!["diff", "--prove", &names[0], &names[1]];
    words.extend(more);
    run(&words)
}

#[test]
fn no_lead_is_treated_differently() {
    // the first row has taken them already
    let new = OLD.replace("nurture   when beds is known", "nurture   when beds is known and not (size >= 5 and region is apac)");
    let ran = prove(&new, &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.ends_with("every lead there can be\n  no lead is treated differently\n"), "{}", ran.out);
}

#[test]
fn a_smallest_lead_and_all_leads_of_each_answer() {
    // what was qualified from 50 beds is so from 100: of 2 × 4 cells one differs
    let new = OLD.replace("size >= 5 and", "size >= 10 and");
    let ran = prove(&new, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let expected = "\
every lead there can be
  status differs
    qualified → nurture for lead { region apac beds 50 }
    leads that get another answer: 1 of 8 cells
      beds 50 to 99, region is apac  qualified → nurture
  the same for every lead: size, size.beds
";
    assert!(ran.out.ends_with(expected), "{}", ran.out);
}

#[test]
fn by_how_much_a_score_moves() {
    let new = OLD.replace("under 50 1  missing 0", "under 50 3  missing 0");
    let ran = prove(&new, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for part in [
        "  size differs\n    1 → 3 for lead { beds 0 region emea }\n",
        "    leads that get another answer: 1 of 3 cells\n      beds at most 49  rises by 2\n",
        "  the same for every lead: status\n",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}

#[test]
fn fields_choices_and_ranges_of_one_version_alone() {
    let new = OLD
        .replace("one of emea, apac", "one of apac, emea, latam")
        .replace("0..1000", "0..500")
        .replace("optional\n}", "optional\n  vip     yes_no\n}")
        .replace("nurture   when beds is known", "nurture   when beds is known or vip");
    let ran = prove(&new, &[]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for part in [
        "    rest → nurture for lead { vip yes region apac }\n",
        "      beds missing, vip is yes  rest → nurture\n",
        "  fields of the newer version alone: vip\n",
        "  leads without `vip` are rejected now\n",
        "  `region` latam is accepted now\n",
        "  `beds` could be 0 to 1000, and can be 0 to 500: leads outside are rejected\n",
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    // another order of choices is no other choice
    let ran = prove(&OLD.replace("one of emea, apac", "one of apac, emea"), &[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

/// A field that nothing asks for, which every lead of the other version lacks.
#[test]
fn a_field_that_must_be_known_in_one_version_alone_rejects_leads() {
    let new = OLD.replace("optional\n}", "optional\n  vip     yes_no\n}");
    let ran = prove(&new, &[]);
    assert!(ran.code == 1 && ran.out.ends_with("  leads without `vip` are rejected now\n"), "{}", ran.out);
    let (_folder, names) = versions(&new);
    let back = run(&["diff", "--prove", &names[1], &names[0]]);
    assert!(back.code == 1 && back.out.ends_with("  leads without `vip` are accepted now\n"), "{}", back.out);
    // one that may be missing rejects nobody
    let ran = prove(&OLD.replace("optional\n}", "optional\n  vip     yes_no  optional\n}"), &[]);
    assert!(ran.code == 0 && !ran.out.contains("rejected"), "{}", ran.out);
}

#[test]
fn what_takes_too_many_steps_is_undecided_and_never_the_same() {
    let new = OLD.replace("size >= 5 and", "size >= 10 and");
    let ran = prove(&new, &["--budget", "0"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("undecided: status: it takes more steps than the budget allows"), "{}", ran.out);
    assert!(!ran.out.contains("no lead is treated differently"), "{}", ran.out);
    let ran = prove(&new, &["--budget", "0", "--fail-on", "lead"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    // the score is one node in both, whatever the budget
    let ran = prove(&new, &["--budget", "0", "--fail-on", "score,new-mistake"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn conditions_without_a_limit_can_be_met_by_a_proof() {
    let new = OLD.replace("size >= 5 and", "size >= 10 and");
    for (conditions, code) in [("status change", 1), ("lead", 1), ("score", 0), ("queue,lost-route,rejected", 0), ("any", 1)] {
        let ran = prove(&new, &["--fail-on", conditions]);
        assert_eq!(ran.code, code, "{conditions}: {}{}", ran.out, ran.err);
    }
    let ran = prove(&new, &["--fail-on", "status change"]);
    assert!(ran.out.contains("`status change`: status differs for some lead"), "{}", ran.out);
    let ran = prove(&new, &["--fail-on", ">5% status change"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.sentence().contains("name a file of leads with `--leads`: a proof counts no leads"), "{}", ran.err);
    let ran = prove(&new, &["--fail-on", "statsu change"]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.sentence().contains("did you mean `status`?"), "{}", ran.err);
}

#[test]
fn markdown_says_the_same() {
    let ran = prove(&OLD.replace("size >= 5 and", "size >= 10 and"), &["--output", "markdown"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for part in ["#### Every lead there can be", "**status differs**", "| beds 50 to 99, region is apac | qualified → nurture |"] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}

#[test]
fn leads_at_hand_and_all_leads_go_together() {
    let new = OLD.replace("size >= 5 and", "size >= 10 and");
    let (folder, names) = versions(&new);
    std::fs::write(folder.path("leads.csv"), "id,region,beds\nL-1,emea,70\nL-2,apac,20\n").unwrap();
    let leads = folder.name("leads.csv");
    let words = ["diff", "--prove", &names[0], &names[1], "--leads", &leads, AS_OF];
    let ran = run(&words);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    for part in ["qualified → nurture for lead { region apac beds 50 }", "changed      0 leads"] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    // none of those at hand changes; some lead there can be does
    let counted = run(&[&words[..], &["--fail-on", ">0 status change"]].concat());
    assert_eq!(counted.code, 0, "{}{}", counted.out, counted.err);
    let proved = run(&[&words[..], &["--fail-on", "status change"]].concat());
    assert_eq!(proved.code, 1, "{}{}", proved.out, proved.err);
}

#[test]
fn the_same_version_twice() {
    let ran = run(&["diff", "--prove", &example(""), &example("")]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("no lead is treated differently"), "{}", ran.out);
}

#[test]
fn a_budget_needs_a_proof() {
    let (_folder, names) = versions(&OLD.replace("rest  ", "other "));
    assert_eq!(run(&["diff", &names[0], &names[1], "--budget", "5"]).code, 2);
}

const VISITS: &str = r#"leadwright 1

policy visits { timezone "UTC" }

lead {
  id    text   key
  beds  whole  0..500
}

signal visit { }

let seen = count of visit in last 30 days

score size {
  section all points {
    +10 when seen >= 3
    +5  when beds >= 100
  }
}

decide status {
  hot  when size >= 15 or count of visit in last 30 days >= 9
  cold otherwise
}
"#;

fn prove_both(old: &str, new: &str) -> Ran {
    let folder = Folder::new(&[("old.lead", old), ("new.lead", new)]);
    run(&["diff", "--prove", &folder.name("old.lead"), &folder.name("new.lead")])
}

/// Who differs can be said in two measures: 3 visits in 30 days, and not 3 of them in 14. Of the four ways in which the two thresholds can be passed or not, one has no lead: 3 in 14 days and not in 30.
#[test]
fn the_window_of_a_measure() {
    let new = VISITS.replacen("30 days", "14 days", 1);
    let ran = prove_both(VISITS, &new);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let expected = "
  size differs
    10 → 0 for lead { beds 0 }, with 3 signals
      test \"size was 10\" {
        as of   2026-01-14T12:00
        lead    { beds 0 }
        signals {
          visit 2025-12-30T12:00
          visit 2025-12-30T12:00
          visit 2025-12-30T12:00
        }
        expect  { size 0 }
      }
    leads that get another answer
      count of visit in last 14 days at most 2, count of visit in    falls by 10
      last 30 days at least 3
";
    assert!(ran.out.contains(expected), "{}", ran.out);
    let of_status = "
    leads that get another answer
      beds at least 100, count of visit in last 14 days at most 2,    hot → cold
      count of visit in last 30 days 3 to 8
";
    assert!(ran.out.contains(of_status), "{}", ran.out);
}

#[test]
fn why_the_other_leads_are_not_told() {
    // rows of points that count: as many differences as there can be visits
    let old = VISITS.replace("+10 when seen >= 3", "3 per visit in last 30 days").replace(" or count of visit in last 30 days >= 9", "");
    let old = old.replace("let seen = count of visit in last 30 days\n\n", "");
    let ran = prove_both(&old, &old.replace("3 per visit in last 30 days", "3 per visit in last 14 days"));
    assert!(ran.out.contains("\n    which other leads get another answer takes more steps than a comparison has\n"), "{}", ran.out);
    // and a measure that a row of points counts is named as any other
    let of_status = "
      beds at least 100, count of visit in last 14 days at most 3,    hot → cold
      count of visit in last 30 days at least 4
";
    assert!(ran.out.contains(of_status), "{}", ran.out);
    // with rows that come at run time nobody knows
    let table = "table accounts from input { region text key  tier one of gold, tin }\n\ndecide status";
    let old = OLD
        .replace("decide status", table)
        .replace("region  one of emea, apac", "region  text")
        .replace("region is apac", "accounts[region].tier is gold");
    let ran = prove_both(&old, &old.replace("beds is known", "beds > 7"));
    let sentence = "
    which other leads get another answer is not told: it depends on the rows of
      a table that is given at run time
";
    assert!(ran.out.contains(sentence), "{}", ran.out);
}

/// A cell is one text for both: whoever has the tier tin has the text "tin". What does not rest on the field is shown and told whatever its type, and what rests on it says so.
#[test]
fn a_required_field_of_another_type() {
    let old = "leadwright 1\n\npolicy p { timezone \"UTC\" }\n\nlead { id text key  beds whole 0..500  tier text  open text }\n\n\
        decide size { big when beds >= 10  small otherwise }\n\ndecide grade { best when tier is \"gold\" and beds >= 20  rest otherwise }\n";
    let new = old.replace("tier text", "tier one of gold, tin").replace("\"gold\"", "gold").replace("open text", "open yes_no");
    let ran = prove_both(old, &new.replace(">= 10", ">= 12"));
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    let shown = "\n    big → small for lead { beds 10 tier gold open no }\n";
    assert!(ran.out.contains(shown), "{}", ran.out);
    let grade = "
  undecided: grade: a field is of another type now, and no value of it was found
    that shows it and is written alike in both
  fields of another type, whose values are taken as two: tier, open
";
    assert!(ran.out.ends_with(grade), "{}", ran.out);
    // a change that a common value shows
    let ran = prove_both(old, &new.replace("tier is gold and beds", "tier is tin and beds"));
    assert!(ran.out.contains("\n    best → rest for lead { beds 20 tier gold open no }\n"), "{}", ran.out);
}

/// Whose a lead is belongs to it as its fields do.
#[test]
fn the_owner_of_the_lead_that_is_shown() {
    let old = "leadwright 1\n\npolicy p { timezone \"UTC\" }\n\nlead { id text key  beds whole 0..500 }\n\nteam desk members ann, bob, cid\n\n\
        queue inside team desk rotate ann, bob\n\nqueue duty team desk\n\nroute handover {\n  keep owner when beds >= 100\n  duty otherwise\n}\n";
    let ran = prove_both(old, &old.replace(">= 100", ">= 50"));
    assert!(ran.out.contains("\n    duty → inside for lead { beds 50 }, owner ann\n"), "{}", ran.out);
}

/// `role is not buyer` is no for a missing role: a row that means the missing ones as well says so, and so does one that does not mean them.
#[test]
fn who_differs_says_whether_those_without_a_value_do() {
    let policy = |row: &str| {
        format!(
            "leadwright 1\n\npolicy p {{ timezone \"UTC\" }}\n\nlead {{ id text key  role one of buyer, nurse, student optional  rep yes_no optional }}\n\n\
             decide d {{ {row} }}\n"
        )
    };
    for (taken, told) in [
        ("role is buyer", "role is not buyer, or missing"),
        ("role is buyer or role is missing", "role is known and not buyer"),
        ("role is missing", "role is known"),
        ("role is known", "role is missing"),
        ("role is one of buyer, nurse", "role is student or missing"),
        ("role is missing or role is one of buyer, nurse", "role is student"),
        ("rep", "rep is no or missing"),
        ("rep is missing or rep", "rep is no"),
    ] {
        let old = policy(&format!("k when {taken}  m otherwise"));
        let ran = prove_both(&old, &old.replace("m otherwise", "n otherwise"));
        let row = format!("\n      {told}  m → n\n");
        assert!(ran.code == 1 && ran.out.contains(&row), "{taken}: {}{}", ran.out, ran.err);
    }
}
