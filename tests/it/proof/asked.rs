//! What is asked of a policy without a claim, by hand: small policies, and what is told of them.

use std::collections::BTreeMap;

use leadwright::policy::Policy;
use leadwright::policy::prove::{Proofs, Verdict};
use leadwright::proof::BUDGET;

fn proofs(policy: &str) -> Proofs {
    let files = BTreeMap::from([("policy.lead".to_string(), policy.to_string())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    policy.prove(BUDGET, |_| true)
}

fn told(proofs: &Proofs) -> Vec<&str> {
    proofs.findings.iter().map(|finding| finding.message.as_str()).collect()
}

const HEAD: &str = "leadwright 1\n\npolicy p { timezone \"UTC\" }\n\n";

/// Nine words that a text may contain are too many to spell out all texts together with their domains. That a text whose domain ends with `mit.edu` ends with `.edu` itself follows from the two
/// alone; that one with `@` and without a domain ends with `@` follows from three, and is told or counted as undecided.
#[test]
fn many_questions_about_one_text_are_decided_or_counted_as_undecided() {
    let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "kappa", "lambda", "sigma"];
    for count in [3, 9] {
        let rows: String = words[..count].iter().map(|word| format!("  {word} when t contains \"{word}\"\n")).collect();
        let policy = |dead: &str| {
            format!(
                "{HEAD}lead {{ id text key  t text }}\n\nlet g = domain of t\n\ndecide d {{\n  edu when t ends with \".edu\"\n{rows}  dead when {dead}\n  other otherwise\n}}\n"
            )
        };
        let two = proofs(&policy("g ends with \"mit.edu\""));
        assert_eq!((told(&two), two.undecided.len()), (vec!["`dead` of `d` is never used"], 0), "{count}");
        let three = proofs(&policy("t contains \"@\" and g is missing and not t ends with \"@\""));
        assert_eq!(three.findings.len() + three.undecided.len().min(1), 1, "{count}: {three:#?}");
        assert!(three.findings.iter().all(|finding| finding.message.contains("`dead`")), "{three:#?}");
        // and one that some texts meet is not told
        let some = proofs(&policy("g ends with \"mit.com\" and t starts with \"al\""));
        assert_eq!((told(&some), some.undecided.len()), (Vec::new(), 0), "{count}");
    }
}

/// Whatever the rows of the table are: no cell is both p and q, n is at most 2, and behind `n > 5` and its opposite nobody is left. What rows can make happen is not told.
#[test]
fn policies_with_a_table_to_come_are_asked_too() {
    let policy = format!(
        "{HEAD}lead {{ id text key  state one of a, b  vip yes_no }}\n\ntable t from input {{ k one of a, b key  c one of p, q  n whole 0..2 optional  desk queue }}\n\n\
         team sales\nqueue one team sales\nqueue two team sales\n\nlet x = t[state].c\nlet y = t[state].n\n\n\
         decide d {{\n  hot when x is p and vip\n  both when x is p and x is q\n  many when y >= 1\n  again when y >= 2 and vip\n  cold otherwise\n}}\n\n\
         route r {{\n  by t[state].desk when x is q\n  two when x is missing\n  one otherwise\n}}\n"
    );
    let proofs = proofs(&policy);
    assert_eq!(told(&proofs), ["no lead meets `both` of `d`", "`again` of `d` is never used"], "{proofs:#?}");
    assert!(proofs.undecided.is_empty(), "{:?}", proofs.undecided);
}

/// What came within 24 hours came today or yesterday, or the day before where clocks moved; it may have come yesterday, and two days ago by a clock that jumped over a day.
#[test]
fn windows_in_hours_are_part_of_windows_in_days() {
    let claim =
        |few: &str, many: &str| format!("claim \"{few} {many}\" always count of visit in last {few} <= count of visit in last {many}\n");
    let claims = [("24 hours", "2 days"), ("25 hours", "3 days"), ("1 days", "72 hours"), ("3 days", "120 hours")];
    let policy = format!("{HEAD}lead {{ id text key }}\n\nsignal visit\n\n{}", claims.map(|(few, many)| claim(few, many)).concat());
    let proofs = proofs(&policy);
    assert!(proofs.claims.iter().all(|claim| claim.verdict == Verdict::Proved), "{proofs:#?}");
    // the other way round a visit of yesterday counts, or one of 25 hours ago
    let others = [("2 days", "24 hours"), ("48 hours", "1 days"), ("3 days", "72 hours")];
    let policy = format!("{HEAD}lead {{ id text key }}\n\nsignal visit\n\n{}", others.map(|(few, many)| claim(few, many)).concat());
    let proofs = self::proofs(&policy);
    assert!(proofs.claims.iter().all(|claim| claim.verdict == Verdict::Refuted), "{proofs:#?}");
}

/// The only way into the stage is for leads that the target is not for; a lead of a file may be in it all the same.
#[test]
fn a_clock_that_starts_for_leads_of_files_alone_is_told_as_that() {
    let policy = |target: &str| {
        format!(
            "{HEAD}lead {{ id text key  beds whole 0..100 }}\n\nteam sales\nstage new owner sales start\nstage open owner sales\nstage done owner sales final\n\n\
             flow {{ new -> open when beds >= 50  open -> done when beds < 10 }}\n\n\
             sla k {{ starts when entering open  stops when leaving open  within 4 hours when {target}  by sales }}\n"
        )
    };
    assert_eq!(told(&proofs(&policy("beds < 20"))), ["the clock `k` starts for no lead that the flow moves"]);
    let of_none = proofs(&policy("beds < 20 and beds > 30"));
    assert!(told(&of_none).contains(&"the clock `k` starts for no lead"), "{of_none:#?}");
    assert_eq!(told(&proofs(&policy("beds >= 60"))), Vec::<&str>::new());
}

/// s is ten times n: nobody has 50 or more and under 5. Beside `otherwise` that is told of an outcome that no other cell gives.
#[test]
fn cells_beside_otherwise_are_asked_where_nothing_else_gives_their_outcome() {
    let policy = |cells: &str| {
        format!(
            "{HEAD}lead {{ id text key  n whole 0..9 }}\n\nscore s from 0 to 90 {{ section q points {{ n {{ 0 or more 10 each }} }} }}\n\n\
             grid g of s across n {{\n  5 or more, otherwise\n  50 or more {cells}\n}}\n"
        )
    };
    let alone = proofs(&policy("a, b  otherwise c, d"));
    assert_eq!(
        told(&alone),
        [
            "no lead is in the cell of row `50 or more` and column `otherwise` of `g`",
            "no lead is in the cell of row `otherwise` and column `5 or more` of `g`"
        ]
    );
    assert_eq!(told(&proofs(&policy("a, b  otherwise b, b"))), Vec::<&str>::new());
}

/// A test has to expect something.
#[test]
fn a_policy_without_answers_gets_no_test() {
    let proofs = proofs(&format!("{HEAD}lead {{ id text key  beds whole 0..9 }}\n\nclaim \"small\" never beds > 5\n"));
    assert_eq!(proofs.claims[0].verdict, Verdict::Refuted);
    assert!(proofs.claims[0].tests.is_empty() && proofs.claims[0].reason.contains("beds 6"), "{proofs:#?}");
}

/// A balance is called by its name.
#[test]
fn a_balance_that_changes_a_decision_is_named() {
    let files = BTreeMap::from([(
        "policy.lead".to_string(),
        format!(
            "{HEAD}lead {{ id text key }}\n\nsignal visit\n\nscore heat running from 0 to 100 {{ section moves points {{ +5 per visit }} }}\n\n\
             decide d {{ hot when heat >= 50  cold otherwise }}\n"
        ),
    )]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    let told = policy.attainable(BUDGET).pop().unwrap().text;
    assert!(told.contains("`heat`") && !told.contains('{'), "{told}");
}

/// Behind `is same as` stands a name; blanks around the sign are not what is wrong.
#[test]
fn a_calculation_behind_is_same_as_is_told_what_may_stand_there() {
    let text = format!("{HEAD}lead {{ id text key  n whole 0..9  all whole 0..9 }}\n\nclaim \"c\" always n is same as n - all\n");
    let files = BTreeMap::from([("policy.lead".to_string(), text)]);
    let refused = Policy::load(&files, "policy.lead").err().unwrap();
    let messages: Vec<&str> = refused.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["behind `is same as` stands one name"]);
}
