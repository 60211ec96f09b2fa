//! Typing of expressions, scores and decides: what is refused, where, with which way out; and what types, scales and bounds come out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use leadwright::diagnostic::Diagnostic;
use leadwright::model::{Checked, Expr, ExprKind, Matcher, Policy, Predicate, Type, Unit, check};

const PRELUDE: &str = r#"leadwright 1
policy p {
  timezone "America/New_York"
  currency USD
}
lead {
  id        text     key
  site      one of   hospital, long_term_care "Long-term care" "LTC", clinic
  role      one of   pharmacist, nurse_manager, buyer "Purchasing", student   optional
  beds      whole    0..50_000   optional
  sites     whole    1..10_000
  count     whole
  years     whole    0..60       optional
  rate      decimal 2  0..100    optional
  share     decimal 6  -1..1
  deal      money    optional
  fee       money    0..1_000
  budget    yes_no   optional
  competitor yes_no
  state     text
  region    text     optional
  email     text     optional
  products  some of  dispensing, consumables, service   optional
  need_by   date     optional
  born      date
  seen      time     optional
}
signal page_view { path text   seconds whole 0..3_600   spent money optional }
signal call { reason one of no_budget, timing   seconds whole }
signal ask_for_rep
group scoring = page_view, call
team marketing
stage inquiry owner marketing start
stage mql owner marketing
stage won owner marketing final
flow { inquiry -> mql when competitor   mql -> won when competitor }
queue desk team marketing
table areas from "areas.csv" { state text key   region text   size whole   desk queue }
"#;

const AREAS: &str = "state,region,size,desk\nOH,Midwest,12,desk\nAK,Alaska,700,desk\n";

fn checked(body: &str) -> Checked {
    let files = BTreeMap::from([("p.lead".to_owned(), format!("{PRELUDE}{body}\n")), ("areas.csv".to_owned(), AREAS.to_owned())]);
    check(&files, "p.lead")
}

fn policy(body: &str) -> Policy {
    let checked = checked(body);
    assert!(checked.diagnostics.is_empty(), "{}\n{}", &body[..body.len().min(1_000)], told(&checked));
    checked.policy
}

/// Every diagnostic on a line of its own: code, place, message.
fn told(checked: &Checked) -> String {
    let mut out = String::new();
    for diagnostic in &checked.diagnostics {
        let places: Vec<String> =
            diagnostic.labels.iter().map(|label| format!("{:?} {}", checked.sources.text(label.span), label.text)).collect();
        let fix = diagnostic.fixes.first().map(|fix| format!("{}: {:?}", fix.title, fix.edits));
        writeln!(
            out,
            "{} {}\n    at {}\n    help {:?}\n    fix {:?}",
            diagnostic.name(),
            diagnostic.message,
            places.join(" | "),
            diagnostic.help,
            fix
        )
        .unwrap();
    }
    out
}

/// The text of a policy after a fix.
fn fixed(checked: &Checked, diagnostic: &Diagnostic) -> Option<String> {
    let fix = diagnostic.fixes.first()?;
    let source = fix.edits.first()?.span.source;
    let mut text = checked.sources.get(source).text.clone();
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    for edit in edits {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    Some(text)
}

/// One mistake: the body, the code, what the primary label points at, and a piece of help or of the mended text.
fn refused(cases: &[(&str, &str, &str, &str)]) {
    let mut failures = String::new();
    for (body, code, primary, way_out) in cases {
        let checked = checked(body);
        let [diagnostic] = checked.diagnostics.as_slice() else {
            writeln!(failures, "--- {body}\nexpected one {code}, got\n{}", told(&checked)).unwrap();
            continue;
        };
        let place = checked.sources.text(diagnostic.labels[0].span);
        let offered = format!("{}\n{}", diagnostic.help.clone().unwrap_or_default(), fixed(&checked, diagnostic).unwrap_or_default());
        if diagnostic.name() != *code || place != *primary || !offered.contains(way_out) {
            writeln!(failures, "--- {body}\nexpected {code} at {primary:?} with {way_out:?}, got\n{}", told(&checked)).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// What a let comes out as: type, whether it can be missing, and its bounds.
fn typed(cases: &[(&str, &str)]) {
    let mut failures = String::new();
    for (value, expected) in cases {
        let checked = checked(&format!("let x = {value}"));
        if !checked.diagnostics.is_empty() {
            writeln!(failures, "--- {value}\n{}", told(&checked)).unwrap();
            continue;
        }
        let shown = shown(&checked.policy.lets[0].value);
        if shown != *expected {
            writeln!(failures, "--- {value}\nexpected {expected}\ngot      {shown}").unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

fn shown(value: &Expr) -> String {
    let ty = match value.ty {
        Type::Text => "text".to_owned(),
        Type::Number { scale, unit: Unit::Plain } => format!("number {scale}"),
        Type::Number { scale, unit: Unit::Money } => format!("money {scale}"),
        Type::YesNo => "yes_no".to_owned(),
        Type::OneOf(_) => "one of".to_owned(),
        Type::SomeOf(_) => "some of".to_owned(),
        Type::Date => "date".to_owned(),
        Type::Time => "time".to_owned(),
    };
    let optional = if value.optional { " optional" } else { "" };
    let range = match value.range {
        Some(range) if range.low == i64::MIN && range.high == i64::MAX => " full".to_owned(),
        Some(range) => format!(" {}..{}", range.low, range.high),
        None => String::new(),
    };
    format!("{ty}{optional}{range}")
}

#[test]
fn arithmetic_has_exact_scales_and_bounds() {
    typed(&[
        ("sites + 1", "number 0 2..10001"),
        ("beds + sites", "number 0 optional 1..60000"),
        ("sites - 20_000", "number 0 -19999..-10000"),
        ("count + 1", "number 0 optional -9223372036854775807..9223372036854775807"),
        ("count - count", "number 0 optional full"),
        ("rate + sites", "number 2 optional 100..1010000"),
        ("count + 9 - 9", "number 0 full"),
        ("sites - count + count", "number 0 optional full"),
        ("count * sites / 10_000 to 0 places", "number 0 full"),
        ("count * count / count to 0 places", "number 0 optional full"),
        ("(count * count - count) / sites to 0 places", "number 0 optional full"),
        ("(count * count) % 7", "number 0 -6..6"),
        ("smaller of (larger of (count * count, -5), 5)", "number 0 -5..5"),
        ("count / (share * share * share) to 10 places", "number 10 optional full"),
        ("larger of (count, 0.5)", "number 1 optional 5..9223372036854775807"),
        ("sites * 1.5", "number 1 15..150000"),
        ("rate * rate", "number 4 optional 0..100000000"),
        ("sites * sites * sites", "number 0 1..1000000000000"),
        ("sites * sites * sites * sites * sites", "number 0 optional 1..9223372036854775807"),
        ("fee + 100", "money 2 10000..110000"),
        ("fee + 99.999 USD", "money 3 99999..1099999"),
        ("fee * 1.5", "money 3 0..1500000"),
        ("fee / sites to 2 places", "money 2 0..100000"),
        ("fee / fee to 4 places", "number 4 optional 0..1000000000"),
        ("fee / 3 to 0 places", "money 0 0..333"),
        ("sites / beds to 1 places", "number 1 optional 0..100000"),
        ("10 / sites to 3 places", "number 3 1..10000"),
        ("fee * 3 to 1 places", "money 1 0..30000"),
        ("count % 7", "number 0 -6..6"),
        ("sites % 7", "number 0 0..6"),
        ("count % beds", "number 0 optional -49999..49999"),
        ("fee % 100", "money 2 0..9999"),
        ("larger of (sites, 50)", "number 0 50..10000"),
        ("smaller of (beds, years)", "number 0 optional 0..60"),
        ("larger of (born, 2020-01-01)", "date 18262..2932896"),
        ("beds else 0", "number 0 0..50000"),
        ("beds else -1", "number 0 -1..50000"),
        ("role else buyer", "one of"),
        ("region else \"none\"", "text"),
        ("deal else 49.99", "money 2 full"),
        ("days since born", "number 0 optional 0..7304483"),
        ("days until need_by", "number 0 optional 0..7304483"),
        ("days since seen else 9_999", "number 0 0..7304483"),
        ("domain of email", "text optional"),
        ("areas[state].region", "text optional"),
        ("areas[\"oh\"].size", "number 0 optional 12..700"),
        ("areas[state].desk", "one of optional"),
        ("(sites + 1) * 2", "number 0 4..20002"),
        ("share * share * share", "number 18 -1000000000000000000..1000000000000000000"),
        ("beds", "number 0 optional 0..50000"),
        ("products", "some of optional"),
        ("budget", "yes_no optional"),
        ("stage", "one of"),
    ]);
}

#[test]
fn conditions_are_never_missing() {
    typed(&[
        ("beds >= 100", "yes_no"),
        ("budget or beds > 3", "yes_no"),
        ("not budget", "yes_no"),
        ("deal >= 1_000 and fee < 10.50 USD", "yes_no"),
        ("beds > 10.5", "yes_no"),
        ("100 <= beds", "yes_no"),
        ("beds between 10 and 20", "yes_no"),
        ("need_by is 2026-11-26", "yes_no"),
        ("seen >= 2026-11-18T15:00", "yes_no"),
        ("seen >= 2026-11-18T15:00Z", "yes_no"),
        ("role is one of buyer, student", "yes_no"),
        ("role is not buyer", "yes_no"),
        ("state is \"oh\" implies competitor", "yes_no"),
        ("state is same as region", "yes_no"),
        ("rate is same as sites", "yes_no"),
        ("products has service", "yes_no"),
        ("products has any of service, dispensing", "yes_no"),
        ("email ends with \".edu\"", "yes_no"),
        ("stage is mql", "yes_no"),
        ("role is missing", "yes_no"),
        ("competitor is no", "yes_no"),
    ]);
}

#[test]
fn constants_are_exact_in_the_units_of_the_left_side() {
    let shape = |value: &str| match policy(&format!("let x = {value}")).lets.remove(0).value.kind {
        ExprKind::Predicate(Predicate::CompareConstant { operator, right, .. }) => format!("{operator:?} {right}"),
        ExprKind::Predicate(Predicate::IsOneOf { negated, values, .. }) => format!("{negated} {values:?}"),
        ExprKind::Predicate(Predicate::IsText { negated, values, .. }) => format!("{negated} {values:?}"),
        ExprKind::Predicate(Predicate::Has { mask, .. }) => format!("{mask:b}"),
        ExprKind::Predicate(Predicate::TextTest { text, .. }) => format!("{text:?}"),
        other => format!("{other:?}"),
    };
    assert_eq!(shape("beds > 10.5"), "Above 10.5");
    assert_eq!(shape("100 <= beds"), "AtLeast 100");
    assert_eq!(shape("100 > beds"), "Below 100");
    assert_eq!(shape("fee is 12.50"), "false [1250]");
    assert_eq!(shape("role is not one of student, pharmacist"), "true [3, 0]");
    assert_eq!(shape("competitor is yes"), "false [1]");
    assert_eq!(shape("budget"), "false [1]".replace("false [1]", &shape("budget")));
    assert_eq!(shape("need_by is 1970-01-02"), "false [1]");
    assert_eq!(shape("state is one of \" OH \", \"Straße\""), "false [\"oh\", \"strasse\"]");
    assert_eq!(shape("products has any of service, dispensing"), "101");
    assert_eq!(shape("email contains \" Inc\""), "\" inc\"");
    // 15:00 in New York is 20:00 UTC in winter
    assert_eq!(shape("seen >= 2026-11-18T15:00"), shape("seen >= 2026-11-18T20:00Z"));
}

#[test]
fn measures_have_types() {
    typed(&[
        ("count of page_view where path starts with \"/careers\" in last 30 days", "number 0 0..2147483647"),
        ("count of ask_for_rep at most 3 ever", "number 0 0..3"),
        ("count of page_view fading half every 30 days", "number 2 0..214748364700"),
        ("any ask_for_rep in last 14 days", "yes_no"),
        ("sum of page_view.seconds", "number 0 0..9223372036854775807"),
        ("last of call.reason", "one of optional"),
        ("first of page_view.spent", "money 2 optional full"),
        ("sum of scoring.seconds", "number 0 optional full"),
        ("days since last page_view", "number 0 optional 0..7304483"),
        ("days in mql", "number 0 0..7304483"),
        ("count of entering mql since last ask_for_rep", "number 0 0..2147483647"),
    ]);
}

#[test]
fn what_depends_on_as_of_is_no_matter_of_a_signal_and_quiet_times_are_no_moments() {
    refused(&[
        ("signal met { on_day date }\nlet x = count of met where days since on_day < 3", "E0301", "days since on_day", "in last 30 days"),
        ("score s { section a points { +1 per 59 minutes without call } }", "E0304", "59 minutes", "an hour at least"),
        ("let x = days in mql in last 3 days", "E0301", "3 days", "leave the clause out"),
        ("let x = days in mql since entering mql", "E0301", "days in mql since entering mql", "leave the clause out"),
    ]);
}

#[test]
fn names_are_resolved_or_suggested() {
    refused(&[
        ("let x = bedz + 1", "E0201", "bedz", "beds"),
        ("let x = areas + 1", "E0201", "areas", "areas[state]"),
        ("let x = any of_nothing", "E0208", "of_nothing", ""),
        ("let x = ask_for_rep", "E0201", "ask_for_rep", "any ask_for_rep"),
        ("let x = call.reason", "E0201", "call", "last of call.reason"),
        ("let x = beds.more", "E0201", "more", "dot"),
        ("let x = role is buyr", "E0203", "buyr", "buyer"),
        ("let x = role is \"Purchasing\"", "E0203", "\"Purchasing\"", "role is buyer"),
        ("let x = role is purchasing", "E0203", "purchasing", "role is buyer"),
        ("let x = stage is inquirry", "E0207", "inquirry", "inquiry"),
        ("let x = products has servic", "E0203", "servic", "service"),
        ("let x = area[state].region", "E0210", "area", "areas"),
        ("let x = areas[state].regio", "E0209", "regio", "region"),
        ("let x = count of page_vew", "E0208", "page_vew", "page_view"),
        ("let x = count of page_view where pth is \"/\"", "E0212", "pth", "path"),
        ("let x = count of page_view where beds > 3", "E0212", "beds", ""),
        ("let x = sum of scoring.path", "E0212", "path", ""),
    ]);
}

#[test]
fn wrong_types_are_refused_where_they_stand() {
    refused(&[
        ("let x = beds is hospital", "E0301", "hospital", ""),
        ("let x = beds >= \"x\"", "E0301", "\"x\"", ""),
        ("let x = role >= 3", "E0301", "role", "role is"),
        ("let x = competitor >= 1", "E0301", "competitor", "not competitor"),
        ("let x = state is oh", "E0301", "oh", "state is \"oh\""),
        ("let x = state is region", "E0301", "region", "state is same as region"),
        ("let x = state is not region", "E0301", "region", "state is not same as region"),
        ("let x = products is service", "E0301", "products", "products has service"),
        ("let x = role has buyer", "E0301", "role", "role is buyer"),
        ("let x = beds and competitor", "E0307", "beds", "beds >="),
        ("let x = not role", "E0307", "role", "role is"),
        ("let x = (beds > 3) + 1", "E0301", "(beds > 3)", ""),
        ("let x = born - born", "E0301", "born", "days since"),
        ("let x = state + 1", "E0301", "state", ""),
        ("let x = 3 > 2", "E0307", ">", ""),
        ("let x = beds starts with \"3\"", "E0301", "beds", ""),
        ("let x = days since beds", "E0301", "beds", ""),
        ("let x = domain of beds", "E0301", "beds", ""),
        ("let x = born >= 2026-01-01T00:00", "E0301", "2026-01-01T00:00", ""),
        ("let x = seen >= 2026-01-01", "E0301", "2026-01-01", "2026-01-01T00:00"),
        ("let x = born > seen", "E0301", "seen", ""),
        ("let x = larger of (beds, born)", "E0301", "born", ""),
        ("let x = born + beds + born", "E0301", "born", "days since"),
        ("let x = role is same as site", "E0301", "site", ""),
        ("let x = beds else budget", "E0308", "budget", ""),
        ("let x = entering mql", "E0315", "entering mql", "stage is mql"),
        ("let x = any page_view at most 3 per day", "E0301", "at most 3 per day", ""),
        ("let x = sum of page_view.path", "E0301", "path", ""),
        ("let x = role is one of buyer, student, buyer", "E0204", "buyer", ""),
    ]);
}

#[test]
fn units_ranges_and_places_are_held() {
    refused(&[
        ("let x = deal + beds", "E0302", "beds", "multiply"),
        ("let x = deal * deal", "E0302", "deal * deal", ""),
        ("let x = 100 / deal to 2 places", "E0302", "100 / deal to 2 places", ""),
        ("let x = deal > beds", "E0302", "beds", ""),
        ("let x = beds > 10 USD", "E0302", "10 USD", "10"),
        ("let x = deal + 100 EUR", "E0303", "EUR", ""),
        ("let x = deal >= 100 EUR", "E0303", "EUR", ""),
        ("let x = beds >= 60_000", "E0304", "60_000", ""),
        ("let x = rate > 100.01", "E0304", "100.01", ""),
        ("let x = rate > 9_223_372_036_854_775_807", "E0304", "9_223_372_036_854_775_807", ""),
        ("let x = deal > 9_223_372_036_854_775_807", "E0304", "9_223_372_036_854_775_807", ""),
        ("let x = beds is 10.5", "E0305", "10.5", ""),
        ("let x = fee is 1.999", "E0305", "1.999", ""),
        ("let x = beds between 20 and 10", "E0310", "20 and 10", ""),
        ("let x = deal / beds", "E0306", "deal / beds", "deal / beds to 2 places"),
        ("let x = beds % 3 * 2", "E0314", "3", "(a % b)"),
        ("let x = share * share * share * share", "E0305", "share * share * share * share", "`(share * share to 4 places)` keeps 4"),
        (
            "let x = count / share / rate / share / share to 2 places",
            "E0305",
            "count / share / rate / share / share to 2 places",
            "`(share * rate to 4 places)` keeps 4",
        ),
        ("let x = areas[state, region].size", "E0312", "state, region", "areas[state]"),
        ("let x = areas[beds].size", "E0312", "beds", ""),
    ]);
}

#[test]
fn circles_are_shown_and_nothing_follows_from_them() {
    refused(&[
        ("let a = b + 1\nlet b = a + 1\nlet c = a > 3 and b > 4", "E0309", "b", "take one"),
        ("let a = a + 1", "E0309", "a", ""),
        (
            "let a = card > 3\nscore card {\n  section s points { +5 when a }\n}\ndecide d { big when card > 3   small otherwise }",
            "E0309",
            "card",
            "",
        ),
    ]);
    // a choice that is called like a let is no need
    policy("let mql = stage is mql\ndecide d { small when mql   big otherwise }\nlet small = d is small");
}

#[test]
fn chains_of_lets_may_be_long() {
    let mut body = String::new();
    for number in 0..9_000 {
        writeln!(body, "let v{number} = v{} + 1", number + 1).unwrap();
    }
    body.push_str("let v9000 = sites\n");
    let policy = policy(&body);
    assert_eq!(shown(&policy.lets[0].value), "number 0 9001..19000");
}

#[test]
fn deep_nesting_needs_no_deep_stack() {
    let mut value = "sites".to_owned();
    for level in 0..30 {
        value = if level % 2 == 0 { format!("larger of (1, 2 + 3 * ({value}))") } else { format!("smaller of (1, 2 + ({value}) % 5)") };
    }
    let condition = (0..60).fold("competitor".to_owned(), |inner, _| format!("not (competitor and {inner})"));
    let body = format!("let x = {value}\ndecide d {{ a when {condition}   b otherwise }}");
    let small = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || checked(&body).diagnostics).unwrap();
    assert_eq!(small.join().unwrap(), []);
}

const SCORE: &str = "score s from 0 to 100 {\n  section a 100% {\n";

fn attribute(rows: &str) -> String {
    format!("{SCORE}    {rows}\n  }}\n}}")
}

fn refused_attributes(cases: &[(&str, &str, &str, &str)]) {
    let bodies: Vec<String> = cases.iter().map(|(rows, ..)| attribute(rows)).collect();
    let cases: Vec<(&str, &str, &str, &str)> =
        cases.iter().zip(&bodies).map(|((_, code, primary, way_out), body)| (body.as_str(), *code, *primary, *way_out)).collect();
    refused(&cases);
}

#[test]
fn rows_of_attributes_cover_their_subject_once() {
    refused_attributes(&[
        ("beds 100% { 500 or more 10   under 100 1   missing 0 }", "E0404", "beds", "missing 0   100 to 499  0"),
        ("beds 100% { 500 or more 10   100 to 499 5   under 99 1   missing 0 }", "E0404", "beds", "   99  0"),
        ("beds 100% { 100 to 50_000 5   missing 0 }", "E0404", "beds", "under 100  0"),
        ("beds 100% { under 100 5   missing 0 }", "E0404", "beds", "100 or more  0"),
        ("count 100% { 0 to 9 5 }", "E0404", "count", "under 0  0   10 or more  0"),
        ("rate 100% { under 1 0   1 to 2 5   3 or more 10   missing 0 }", "E0404", "rate", "2.01 to 2.99  0"),
        ("beds 100% { 500 or more 10   100 to 500 5   under 100 1   missing 0 }", "E0403", "100 to 500", "under B"),
        ("beds 100% { 499 to 100 5   otherwise 0   missing 0 }", "E0405", "499 to 100", "100 to 499 5"),
        ("beds 100% { 5 to under 5 5   otherwise 0   missing 0 }", "E0405", "5 to under 5", ""),
        ("site 100% { hospital 10   clinic 3 }", "E0408", "site", "   long_term_care  0"),
        ("competitor 100% { yes 10 }", "E0408", "competitor", "   no  0"),
        ("products 100% { service 10   missing 0 }", "E0408", "products", "dispensing  0   consumables  0"),
        ("state 100% { \"OH\" 10 }", "E0408", "state", "otherwise"),
        ("site 100% { hospital 10   clinic 3   long_term_care 1   clinic 4 }", "E0204", "clinic", ""),
        ("state 100% { \"OH\" 10   \"oh\" 3   otherwise 0 }", "E0204", "\"oh\"", ""),
        ("beds 100% { 500 or more 10   under 500 5 }", "E0406", "beds", "   missing  0"),
        ("role 100% { buyer 10   otherwise 5 }", "E0406", "role", "   missing  0"),
        ("sites 100% { 500 or more 10   under 500 5   missing 0 }", "E0407", "missing", "under 500 5    }"),
        ("site 100% { otherwise 10   clinic 3 }", "E0412", "clinic", ""),
        ("beds 100% { 500 or more 10   under 500 50   missing 0 }", "E0409", "under 500 50", "points"),
        ("beds 100% { 500 or more 10   under 500 2 each   missing 0 }", "E0409", "under 500 2 each", "points"),
        ("count 100% { 500 or more 10   under 500 2 each }", "E0411", "under 500 2 each", "range"),
        ("site 100% { hospital 10   otherwise 2 each }", "E0416", "2 each", "plain points"),
        ("site 100% { 5 or more 10   otherwise 2 }", "E0416", "5 or more", "names of its choices"),
        ("beds 100% { under 5 2 each   5 or more 10   missing 2 each }", "E0416", "2 each", "missing  0"),
        ("beds 100% { 60_000 or more 10   otherwise 1   missing 0 }", "E0304", "60_000", ""),
        ("beds 100% { hospital 10   otherwise 1   missing 0 }", "E0301", "hospital", ""),
        ("beds 100% { under 50 1 per 0   50 or more 10   missing 0 }", "E0310", "0", ""),
        ("fee 100% { under 50 1 per 0.001   50 or more 10 }", "E0305", "0.001", ""),
    ]);
    policy(&attribute("sites 50% { 1 to 2 5   3 or more 10 }   site 50% { hospital, clinic 5   otherwise 0 }"));
    policy(&attribute("beds 50% { under 5.5 2   5.5 or more 3   missing 0 }   rate 50% { under 5  2 each   5 or more 10   missing -10 }"));
    policy(&attribute("need_by 50% { under 2026-01-01 5   2026-01-01 or more 3   missing 0 }   competitor 50% { yes 1   no 0 }"));
    policy(&attribute("role 100% { otherwise 1   missing 0 }"));
}

#[test]
fn a_gap_may_be_filled_on_a_line_of_its_own() {
    let checked = checked(&attribute("beds 100% {\n      500 or more   10\n      under 100      1\n      missing        0\n    }"));
    let text = fixed(&checked, &checked.diagnostics[0]).unwrap();
    assert!(text.contains("      missing        0\n      100 to 499  0\n    }"), "{text}");
}

#[test]
fn weights_total_a_hundred_per_cent() {
    let site = "{ hospital 10   long_term_care 6   clinic -10 }";
    let yes = "{ yes 10   no 0 }";
    let cases = [
        (format!("score s {{ section a 90% {{ site 100% {site} }} }}"), "E0401", "s", "a 100%"),
        (format!("score s {{ section a 60% {{ site 100% {site} }}   section b 50% {{ competitor 100% {yes} }} }}"), "E0402", "s", "b 40%"),
        (format!("score s {{ section a 100% {{ site 33.3% {site}   competitor 66.6% {yes} }} }}"), "E0401", "a", "competitor 66.7%"),
        (format!("score s {{ section a 100% {{ site {site}   competitor 66.6% {yes} }} }}"), "E0415", "site", "site 33.4%"),
        (format!("score s {{ section a {{ site 100% {site} }} }}"), "E0415", "a", "section a 100%"),
        (format!("score s {{ section a 100% {{ site -5% {site}   competitor 105% {yes} }} }}"), "E0304", "-5%", ""),
        (format!("score s {{ section a points {{ site 100% {site} }} }}"), "E0415", "100%", ""),
        ("score s { section a 100% { } }".to_owned(), "E0414", "a", ""),
        ("score s { section a 100% { site 100% { } } }".to_owned(), "E0414", "site", ""),
        ("score s { section a 100% { +5 when competitor } }".to_owned(), "E0416", "+5 when competitor", "points"),
        ("score s from 100 to 0 { section a points { +5 when competitor } }".to_owned(), "E0310", "100 to 0", ""),
        (format!("score s {{ section a 50% {{ site 100% {site} }}   section a 50% {{ competitor 100% {yes} }} }}"), "E0202", "a", ""),
        ("score s { section a points { +9_000_000_000_000_000_000 when competitor } section b points { +9_000_000_000_000_000_000 when budget } }".to_owned(), "E0410", "+9_000_000_000_000_000_000 when budget", ""),
        ("score s { section a points { count { 0 or more 2 each   under 0 0 } } }".to_owned(), "E0411", "0 or more 2 each", "range"),
        (format!("score s {{ for site is clinic {{ section a 100% {{ competitor 100% {yes} }} }} }}"), "E0408", "for site is clinic", "otherwise"),
        (format!("score s {{ otherwise {{ section a 100% {{ competitor 100% {yes} }} }} for site is clinic {{ section a 100% {{ competitor 100% {yes} }} }} }}"), "E0412", "for site is clinic", ""),
    ];
    let cases: Vec<(&str, &str, &str, &str)> =
        cases.iter().map(|(body, code, primary, way_out)| (body.as_str(), *code, *primary, *way_out)).collect();
    refused(&cases);
}

/// Scale and bounds of the sum and of the score, then of each section.
fn scales(body: &str) -> String {
    let policy = policy(body);
    let score = policy.scores.last().unwrap();
    let mut out = format!(
        "sum {} {}..{}, score {} {}..{}",
        score.sum_scale, score.sum_interval.low, score.sum_interval.high, score.scale, score.interval.low, score.interval.high
    );
    for section in &score.sections {
        let optional = if section.optional { " optional" } else { "" };
        write!(out, ", {} {} {}..{}{optional}", section.name, section.scale, section.interval.low, section.interval.high).unwrap();
    }
    out
}

#[test]
fn scores_have_the_least_scale_and_sharp_bounds() {
    // 100 % x 40 % x p x 10 of priorities 10, 6, -10: 40, 24, -40
    assert_eq!(
        scales("score s { section a 100% { site 40% { hospital 10  long_term_care 6  clinic -10 }  competitor 60% { yes -5  no 5 } } }"),
        "sum 0 -70..70, score 0 -70..70, a 0 -70..70"
    );
    // 60 % x 25 % x 5 = 7.5; in its section 25 % x 50 = 12.5
    assert_eq!(
        scales(
            "score s from 0 to 100 { section a 60% { site 25% { hospital 10  long_term_care 5  clinic 0 }  competitor 75% { yes 10  no 0 } }  section b 40% { budget 100% { yes 10  no 0  missing 0 } } }"
        ),
        "sum 1 0..1000, score 1 0..1000, a 1 0..1000, b 0 0..100"
    );
    // the range clamps, rounding comes last
    assert_eq!(
        scales("score s from 0 to 12.5 rounded to 0 places { section a points { +20 when competitor   -20.25 when budget } }"),
        "sum 2 -2025..2000, score 0 0..13, a 2 -2025..2000"
    );
    // linear: 2 x 4.99 at most; 20 % x 9.98 x 10 = 19.96
    assert_eq!(
        scales("score s { section a 100% { rate 20% { under 5 2 each  5 or more 10  missing 0 }  competitor 80% { yes 0  no 0 } } }"),
        "sum 2 0..2000, score 2 0..2000, a 2 0..2000"
    );
    assert_eq!(
        scales(
            "score s { section a points { beds { under 1_000 1 per 500  1_000 or more 7  missing -1 }  +0.5 when budget }  adjust -3 when competitor }"
        ),
        "sum 1 -40..75, score 1 -40..75, a 1 -10..75"
    );
    assert_eq!(
        scales("score s { section a points up to 12 { +10 when budget  +5 when competitor  -4 when beds > 3 } }"),
        "sum 0 -4..12, score 0 -4..12, a 0 -4..12"
    );
    // personas: the wider of both; a section that one lacks is optional; one outside stands in both
    assert_eq!(
        scales(
            "score s { for site is clinic { section a 100% { competitor 100% { yes 10  no 0 } } }  otherwise { section b 100% { budget 100% { yes 8  no -8.5  missing 0 } } }  section c points { +1 when beds > 3 } }"
        ),
        "sum 0 -85..101, score 0 -85..101, a 0 0..100 optional, c 0 0..1, b 0 -85..80 optional"
    );
    // a computed subject
    assert_eq!(
        scales("let more = sites * 0.5\nscore s { section a points { more { under 5_000 1 each  5_000 or more 0 } } }"),
        "sum 1 0..49999, score 1 0..49999, a 1 0..49999"
    );
}

#[test]
fn scores_can_be_read_by_other_values() {
    let policy = policy(
        "score s from 0 to 100 { section a 100% { site 50% { hospital 10  long_term_care 5  clinic 0 }  competitor 50% { yes 0  no 5 } } }\nlet x = s + 1\nlet y = s.a >= 20\ndecide d { high when s >= 65.5   low otherwise }",
    );
    assert_eq!(shown(&policy.lets[0].value), "number 0 1..76");
    refused(&[
        ("score s from 0 to 100 { section a points { +5 when competitor } }\nlet x = s.b > 3", "E0201", "b", "a"),
        ("score s from 0 to 100 { section a points { +5 when competitor } }\nlet x = s >= 120", "E0304", "120", ""),
        ("score s { section a points { +5 when competitor } }\nlet x = s is 2.5", "E0305", "2.5", ""),
    ]);
}

#[test]
fn decides_cover_every_lead() {
    for rows in [
        "a when beds >= 100   b when beds < 100   c when beds is missing",
        "a when beds >= 100   b when beds < 100 or beds is missing",
        "a when sites >= 100   b when not (sites >= 100)",
        "a when sites between 1 and 5   b when sites > 5",
        "a when site is clinic   b when site is one of hospital, long_term_care",
        "a when competitor   b when not competitor",
        "a when budget   b when not budget",
        "a when budget is yes   b when budget is no   c when budget is missing",
        "a when state is \"OH\"   b when state is not \"OH\"",
        "a when products has service   b when products has any of consumables, dispensing   c when products is missing",
        "a when beds > 3 and beds < 10   b when beds <= 3 or beds >= 10 or beds is missing",
        "a when stage is inquiry   b when stage is not one of inquiry",
        "a when role is buyer   b when role is not buyer   c when role is missing",
        "a when competitor and budget   b otherwise",
    ] {
        policy(&format!("decide d {{ {rows} }}"));
    }
    refused(&[
        ("decide d { a when beds >= 100   b when beds < 100 }", "E0408", "d", "otherwise"),
        ("decide d { a when site is clinic   b when site is hospital }", "E0408", "d", "otherwise"),
        ("decide d { a when budget   b when competitor }", "E0408", "d", "otherwise"),
        ("decide d { a when sites > 5   b when sites < 5 }", "E0408", "d", "otherwise"),
        ("decide d { a when products has service   b when products is missing }", "E0408", "d", "otherwise"),
        (
            "decide d { a when not (products has service and products has dispensing)   b when products has service }",
            "E0408",
            "d",
            "otherwise",
        ),
        ("decide d { a otherwise   b when competitor }", "E0412", "b when competitor", ""),
    ]);
    let lacking = &checked("decide d { a when role is buyer   b when role is student }").diagnostics[0].message;
    assert_eq!(lacking, "the rows of decide `d` do not cover every lead: `role` can also be pharmacist, nurse_manager or missing");
}

#[test]
fn grids_are_whole_in_both_dimensions() {
    let base = "score fit from 0 to 100 { section a points { +80 when competitor } }\n";
    let grid = |cells: &str| format!("{base}grid g of fit across sites {{ {cells} }}");
    let policy = policy(&grid("10 or more, under 10   70 or more a1, a2   under 70 b1, a1"));
    let choices = &policy.choices[policy.decides[0].choices];
    assert_eq!(choices.members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["a1", "a2", "b1"]);
    let leadwright::model::DecideBody::Grid(body) = &policy.decides[0].body else { panic!() };
    assert_eq!(body.rows.iter().map(|(_, cells)| cells.clone()).collect::<Vec<_>>(), [vec![0, 1], vec![2, 0]]);
    assert_eq!(body.columns[1].matcher, Matcher::Range { low: None, high: Some(9) });
    let cases = [
        (grid("10 or more, under 10   70 or more a1   under 70 b1, b2"), "E0413", "a1", ""),
        (grid("10 or more, under 9   70 or more a1, a2   under 70 b1, b2"), "E0404", "sites", ""),
        (grid("10 or more, under 10   70 or more a1, a2   under 71 b1, b2"), "E0403", "under 71", ""),
        (format!("{base}grid g of fit across beds {{ 10 or more, under 10   70 or more a1, a2   under 70 b1, b2 }}"), "E0406", "beds", ""),
    ];
    let cases: Vec<(&str, &str, &str, &str)> =
        cases.iter().map(|(body, code, primary, way_out)| (body.as_str(), *code, *primary, *way_out)).collect();
    refused(&cases);
}

#[test]
fn one_run_reports_every_mistake_and_nothing_twice() {
    let checked = checked(
        "let a = bedz > 3 and role is buyr\nlet b = a or deal / beds\nscore s { section x 90% { beds 100% { 5 or more 11  under 4 1 } } }\ndecide d { big when s > 3 and oops > 4   small when a }",
    );
    let codes: Vec<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect();
    assert_eq!(codes, ["E0201", "E0203", "E0306", "E0401", "E0404", "E0406", "E0409", "E0408", "E0201"], "{}", told(&checked));
}
