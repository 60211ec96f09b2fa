//! A mistake hides no other one: what else is wrong in the same block is said in the same run.

use std::collections::BTreeMap;

use leadwright::model::check;

use crate::support::work::counted;

const HEAD: &str = "leadwright 1
policy p { currency USD }
team t
lead {
  id      text    key
  beds    whole   0..100
  role    one of  boss, clerk, owner
  region  text
  due     date    optional
}
";

/// Code and place of every mistake of a policy, in the order of the text.
#[track_caller]
pub(crate) fn found(items: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut all = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{items}"))]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let checked = check(&all, "policy.lead");
    let told = |diagnostic: &leadwright::diagnostic::Diagnostic| {
        let at = diagnostic.labels.first().map_or("", |label| checked.sources.text(label.span));
        format!("{} {at}", diagnostic.name())
    };
    checked.diagnostics.iter().map(told).collect()
}

#[test]
fn a_test_is_looked_at_whole() {
    let decides = "decide d { a when beds > 5   b otherwise }\ndecide e { x when beds > 5   y otherwise }\n";
    let test = "test \"one\" {\n  lead { beds 500  rol boss }\n  expect { d c  e z  q 5 }\n}\n";
    assert_eq!(
        found(&format!("{decides}{test}"), &[]),
        // `rol` is meant for `role`, so only `region` is lacking
        ["E0602 \"one\"", "E0304 500", "E0601 rol", "E0203 c", "E0203 z", "E0601 q"]
    );
}

#[test]
fn a_row_with_a_mistake_hides_no_lack_of_rows() {
    let cases = [
        // what is out of range still is a comparison
        ("decide d { a when beds > 500   b when role is boss }", vec!["E0408 d", "E0304 500"]),
        ("decide d { a when bedz > 50   b when role is boss }", vec!["E0408 d", "E0201 bedz"]),
        ("decide d { a when role is bos   b when beds > 5 }", vec!["E0408 d", "E0203 bos"]),
        ("decide d { a when region is 5 }", vec!["E0408 d", "E0301 5"]),
        // once mended, these rows may cover every lead
        ("decide d { a when role is bos   b when role is one of clerk, owner }", vec!["E0203 bos"]),
        ("decide d { a when bedz > 50   b when beds <= 50 }", vec!["E0201 bedz"]),
        ("decide d { a when bedz > 50   b when bedz <= 50 }", vec!["E0201 bedz"]),
        // two are lacking, and one row can give one of them only
        ("decide d { a when role is bos   b when role is clerk }", vec!["E0408 d", "E0203 bos"]),
        (
            "score s {\n  for role is bos { section x points { +5 when beds > 500 } }\n  for beds > 5 { section x points { +5 when beds > 6 } }\n}",
            vec!["E0203 bos", "E0408 for beds > 5", "E0304 500"],
        ),
    ];
    for (items, expected) in cases {
        let mut found = found(&format!("{items}\n"), &[]);
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{items}");
    }
}

/// A section of one attribute, as an item.
fn section(attribute: &str) -> String {
    format!("score s from 0 to 100 {{ section x 100% {{ {attribute} }} }}\n")
}

#[test]
fn a_row_of_points_with_a_mistake_hides_none_of_its_neighbours() {
    let cases = [
        // priorities and overlaps of the others are what they are
        (
            "beds 100% { 0 to 10  11   50 to 40  5   60 to 70  3   70 or more  2 }",
            vec!["E0403 70 or more", "E0405 50 to 40", "E0409 0 to 10  11"],
        ),
        ("beds 100% { 0 to 10  11   \"x\"  5   11 or more  12 }", vec!["E0301 \"x\"", "E0409 0 to 10  11", "E0409 11 or more  12"]),
        ("role 100% { boss  -11   clark  5   owner 2 each }", vec!["E0203 clark", "E0409 boss  -11", "E0416 2 each"]),
        ("beds 100% { 0 to 90  1 each   \"x\"  5  }", vec!["E0301 \"x\"", "E0409 0 to 90  1 each"]),
        // one band fills one gap: the row may have been meant for it
        ("beds 100% { 0 to 10  1   50 to 40  5   60 or more  2 }", vec!["E0405 50 to 40"]),
        ("beds 100% { 0 to 10  1   50 to 40  5   60 to 90  2 }", vec!["E0404 beds", "E0405 50 to 40"]),
        ("beds 100% { 0 to 10  1   50 to 40  5   \"x\"  5   60 to 90  2 }", vec!["E0301 \"x\"", "E0405 50 to 40"]),
        ("role 100% { boss  1   clark  5   owner  2 }", vec!["E0203 clark"]),
        ("role 100% { boss  1   clark  5 }", vec!["E0203 clark", "E0408 role"]),
        // what is left for `otherwise` is not known, so neither is what it gives
        ("beds 100% { 0 to 10  1   90 to 40  5   otherwise  1 each }", vec!["E0405 90 to 40"]),
        // a word may be meant for `missing` or `otherwise`
        ("beds 100% { 0 to 10  1   rest  5 }", vec!["E0301 rest"]),
        ("role 100% { boss  1   otherwize  5 }", vec!["E0203 otherwize"]),
        ("due 100% { otherwise  1   mising  5 }", vec!["E0301 mising"]),
        ("due 100% { otherwise  1   5  5 }", vec!["E0301 5", "E0406 due", "E0412 5"]),
        ("region 100% { \"OH\"  1   pa  5 }", vec!["E0301 pa", "E0408 region"]),
        // no row fits what is looked at: that may be the mistake
        ("role 100% { 0 to 10  1   11 or more  5 }", vec!["E0416 0 to 10", "E0416 11 or more"]),
        // whatever `bedz` is meant for
        (
            "bedz 100% { 0 to 10  11   9 to 20  5   40 to 30  5 }",
            vec!["E0201 bedz", "E0403 9 to 20", "E0405 40 to 30", "E0409 0 to 10  11"],
        ),
    ];
    for (attribute, expected) in cases {
        let mut found = found(&section(attribute), &[]);
        found.sort();
        assert_eq!(found, expected, "{attribute}");
    }
}

#[test]
fn an_edge_of_a_grid_with_a_mistake_hides_none_of_the_others() {
    let grid = "grid g of beds across role {\n  bos, clerk, clerk\n  0 to 10  a, b, c\n  5 to \"x\"  a, b\n  10 to 70  c, b, a\n}\n";
    let mut all = found(grid, &[]);
    all.sort();
    assert_eq!(all, ["E0203 bos", "E0204 clerk", "E0301 \"x\"", "E0403 10 to 70", "E0408 role", "E0413 a, b"]);
    let grid = "grid g of bedz across role {\n  boss, otherwise\n  0 to 10  a, b\n  10 or more  b\n}\n";
    assert_eq!(found(grid, &[]), ["E0201 bedz", "E0403 10 or more", "E0413 b"]);
}

#[test]
fn a_score_with_a_mistake_still_is_a_number_of_its_range() {
    let score = section("beds 100% { 0 to 10  1   50 to 40  5   60 or more  2 }");
    let uses = "decide d { a when s > 400   b when s between 5 and 500   c otherwise }\n";
    let test = "test \"t\" {\n  lead { beds 5 role boss region \"x\" }\n  expect { s 700  s.x 900  s.y 5 }\n}\n";
    assert_eq!(found(&format!("{score}{uses}{test}"), &[]), ["E0405 50 to 40", "E0304 400", "E0304 500", "E0304 700", "E0601 y"]);
    // without a range any number will do
    let free = score.replace(" from 0 to 100", "");
    assert_eq!(found(&format!("{free}{uses}{test}"), &[]), ["E0405 50 to 40", "E0601 y"]);
}

/// However many places are shown, the fix changes all of them.
#[test]
fn a_misspelt_declaration_is_mended_everywhere() {
    let uses: String = (0..30).map(|number| format!("let a{number} = bedz > {number}\n")).collect();
    let all = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{uses}"))]);
    let checked = check(&all, "policy.lead");
    let [diagnostic] = checked.diagnostics.as_slice() else { panic!("{:#?}", checked.diagnostics) };
    assert_eq!((diagnostic.labels.len(), diagnostic.fixes[0].edits.len()), (12, 30));
}

#[test]
fn the_most_that_a_section_gives_is_above_zero() {
    for most in ["0", "-5", "0.0"] {
        let score = format!("score s {{ section x points up to {most} {{ +5 when beds > 5 }} }}\n");
        assert_eq!(found(&score, &[]), [format!("E0310 {most}")]);
    }
    assert_eq!(found("score s { section x points up to 0.5 { +5 when beds > 5 } }\n", &[]), Vec::<String>::new());
}

#[test]
fn a_section_gives_no_more_than_its_score_can_show() {
    let cases: [(&str, &[&str]); 9] = [
        ("section x points up to 150 { +150 when beds > 5 }", &["E0418 150"]),
        ("section x points up to 100 { +150 when beds > 5 }", &[]),
        ("section x points { +150 when beds > 5 }", &[]),
        // what it takes away itself does not count, what others take away does
        ("section x points up to 150 { +150 when beds > 5  -60 when beds > 9 }", &["E0418 150"]),
        ("section x points up to 150 { +150 when beds > 5 }  adjust -60 when role is boss", &[]),
        ("section x points up to 161 { +200 when beds > 5 }  adjust -60 when role is boss", &["E0418 161"]),
        // two that only together are too much
        ("section x points up to 100 { +100 when beds > 5 }  section y points up to 100 { +100 when beds > 9 }", &[]),
        // at least 20 from the other
        ("section x points up to 90 { +90 when beds > 5 }  section y points { beds { under 50 20  50 or more 30 } }", &["E0418 90"]),
        // the model of clerks has room for it
        (
            "section x points up to 150 { +150 when beds > 5 }\n  for role is clerk { section y points { -60 when beds > 9 } }\n  otherwise { section z points { +1 when beds > 9 } }",
            &[],
        ),
    ];
    for (sections, expected) in cases {
        assert_eq!(found(&format!("score s from 0 to 100 {{ {sections} }}\n"), &[]), expected, "{sections}");
        assert_eq!(found(&format!("score s {{ {sections} }}\n"), &[]), Vec::<String>::new(), "{sections}");
    }
}

#[test]
fn two_fields_of_one_column_are_told() {
    let signal = |properties: &str| format!("signal visit {{ {properties} }}\n");
    let cases: [(&str, &[&str]); 4] = [
        (r#"a text from crm "A"  b text from crm "a ""#, &[r#"E0319 "a ""#]),
        (r#"a text from crm "A"  b text from crm "B", other "A""#, &[]),
        (r#"a text from crm "A"  b text from crm "A"  c text from crm "A""#, &[r#"E0319 "A""#, r#"E0319 "A""#]),
        // twice for itself is another mistake
        (r#"a text from crm "A", crm "A""#, &["E0202 crm"]),
    ];
    for (properties, expected) in cases {
        assert_eq!(found(&signal(properties), &[]), expected, "{properties}");
    }
    let lead = r#"leadwright 1
policy p {}
lead {
  id  text key  from crm "Id"
  nr  text      from crm "Id"
}
"#;
    let checked = check(&BTreeMap::from([("p.lead".to_owned(), lead.to_owned())]), "p.lead");
    let [told] = checked.diagnostics.as_slice() else { panic!("{:#?}", checked.diagnostics) };
    assert_eq!((told.name(), told.labels.len()), ("E0319", 2));
    assert_eq!(told.message, "the fields `id` and `nr` are read from one column of `crm`");
}

#[test]
fn a_promise_is_of_something() {
    let stages = "stage one owner t start\nstage two owner t final\nflow { one -> two when beds > 5 }\n";
    for promise in ["promise t delivers 0 two per month", "promise t delivers 5 two per 0 days"] {
        assert_eq!(found(&format!("{stages}{promise}\n"), &[]), [format!("E0310 {promise}")]);
    }
}

#[test]
fn points_that_are_too_much_are_so_beside_a_mistake() {
    let signal = "signal visit { x whole }\n";
    let score = "score s {\n  section x points {\n    +1 when bedz > 5\n    +5 per 0 visitt\n    +9_000_000_000_000_000_000 when beds > 5\n    +9_000_000_000_000_000_000 when beds > 6\n  }\n}\n";
    let mut all = found(&format!("{signal}{score}"), &[]);
    all.sort();
    let expected = ["E0201 bedz", "E0208 visitt", "E0310 +5 per 0 visitt", "E0410 +9_000_000_000_000_000_000 when beds > 6"];
    assert_eq!(all, expected);
}

#[test]
fn a_route_row_with_a_mistake_hides_no_lack_of_rows() {
    let stages = "stage one owner t start\nstage two owner t final\nflow { one -> two when beds > 5 }\nqueue q team t\n";
    let route = "route r when entering two { qq when beds > 5   q when role is boss }\n";
    assert_eq!(found(&format!("{stages}{route}"), &[]), ["E0408 r", "E0206 qq"]);
    let mended = "route r when entering two { qq otherwise }\n";
    assert_eq!(found(&format!("{stages}{mended}"), &[]), ["E0206 qq"]);
}

#[test]
fn an_unknown_stage_hides_only_the_ways_of_the_stage_it_is_meant_for() {
    let stages = "stage one owner t start\nstage second owner t\nstage third owner t\nstage fourth owner t final\n";
    // nothing leads to `third`, nothing leaves `second`
    let flow = "flow {\n  one -> secnd when beds > 5\n  third -> fourth when beds > 7\n}\n";
    assert_eq!(found(&format!("{stages}{flow}"), &[]), ["E0505 second", "E0504 third", "E0207 secnd"]);
    let flow = "flow {\n  one -> second when beds > 5\n  third -> fourth when beds > 7\n  elsewhere -> third when beds > 8\n}\n";
    // and `elsewhere` may be meant for `second`
    assert_eq!(found(&format!("{stages}{flow}"), &[]), ["E0207 elsewhere"]);
    let (stages, flow) = (format!("{stages}stage fifth owner t\n"), flow.replace("\n}", "\n  one -> fifth when beds > 9\n}"));
    assert_eq!(found(&format!("{stages}{flow}"), &[]), ["E0505 fifth", "E0207 elsewhere"]);
}

#[test]
fn a_broken_item_hides_only_the_ways_of_the_stages_in_its_broken_line() {
    let stages = "stage one owner t start\nstage second owner t\nstage third owner t\nstage fourth owner t final\n";
    let flows = "flow {\n  one -> third when beds > 5\n  third -> fourth when beds > 7\n}\ndecide d { a when beds >> 5   b otherwise }\n";
    let found = found(&format!("{stages}{flows}"), &[]);
    assert_eq!(found[..2], ["E0504 second", "E0505 second"]);
}

#[test]
fn a_table_is_looked_at_whole() {
    let table = "table t1 from \"t.csv\" { s text key   n whole 0..9   m whole 0..9   d date }\n";
    let rows = "a,x,y,2020-13-01\na,5,5,2020-01-01\nb,1,2,zzz\n";
    let all = ["E0110 a,5,5,2020-01-01", "E0109 x", "E0109 y", "E0109 2020-13-01", "E0109 zzz"];
    let sorted = |mut found: Vec<String>| {
        found.sort();
        found
    };
    let expected = |without: &[&str], with: &[&str]| {
        sorted(all.iter().filter(|one| !without.contains(one)).chain(with).map(|one| (*one).to_owned()).collect())
    };
    let file = |header: &str| format!("{header}\n{rows}");
    assert_eq!(sorted(found(table, &[("t.csv", &file("s,n,m,d"))])), expected(&[], &[]));
    // a misnamed column hides its own cells only
    assert_eq!(sorted(found(table, &[("t.csv", &file("s,n,mm,d"))])), expected(&["E0109 y"], &["E0108 m"]));
    // without the key no row is held against another
    assert_eq!(sorted(found(table, &[("t.csv", &file("k,n,m,d"))])), expected(&["E0110 a,5,5,2020-01-01"], &["E0108 s"]));
    // a first line that names none of the columns is no header
    assert_eq!(found(table, &[("t.csv", rows)]), ["E0108 s", "E0108 n", "E0108 m", "E0108 d"]);
}

/// Whatever is quadratic in the number of mistakes takes minutes here.
#[test]
fn what_stands_twice_hides_no_slip_in_another_name() {
    let cases = [
        ("let big = beds > 3\nlet big = yes\nlet complex = regiom is \"x\"", vec!["E0202 big", "E0201 regiom"]),
        // what one of the two may have been meant to be called is not told, whatever stands before it
        (
            "let big = beds > 3\nlet big = yes\nlet a = regiom is \"x\"\nlet b = worth or rolle is boss",
            vec!["E0202 big", "E0201 regiom", "E0201 rolle"],
        ),
        ("let big_1 = beds > 3\nlet big_1 = yes\nlet a = big_2 or regiom is \"x\"", vec!["E0202 big_1", "E0201 regiom"]),
        ("let large = beds > 3\nlet large = yes\nlet a = larger or regiom is \"x\"", vec!["E0202 large", "E0201 regiom"]),
        (
            "queue near team t\nqueue near team t\nqueue inside team t\nroute r { insid when beds > 5   afar otherwise }",
            vec!["E0202 near", "E0206 insid"],
        ),
    ];
    for (items, expected) in cases {
        assert_eq!(found(items, &[]), expected, "{items}");
    }
}

#[test]
fn thousands_of_mistakes_take_work_in_proportion() {
    let policies = |count: usize| {
        let rows = |row: &dyn Fn(usize) -> String| (0..count).map(row).collect::<String>();
        [
            rows(&|i| format!("let l{i} = not (beds > 5 and bb{i} > 3) or region is {i}\n")),
            format!("decide d {{\n{}}}\n", rows(&|i| format!("  k{i} when zz{i} is {i} and not (due > 2026-01-01)\n"))),
            format!("let big = not ({}beds > 5)\n", rows(&|i| format!("due > 2026-01-0{} or ", i % 9 + 1))),
            format!("{}flow {{\n{}}}\n", rows(&|i| format!("stage s{i} owner t\n")), rows(&|i| format!("  q{i} -> w{i} when beds > 3\n"))),
            rows(&|i| format!("test \"t{i}\" {{ lead {{ beds 777  rr x }} expect {{ q{i} 5 }} }}\n")),
        ]
    };
    let mut counts = Vec::new();
    for (few, many) in policies(1_000).iter().zip(&policies(4_000)) {
        let (_, work_of_few) = counted(|| found(few, &[]));
        let (all, work) = counted(|| found(many, &[]));
        counts.push(all.len());
        // four times as many mistakes take four times the work, where each held against each would take sixteen times
        assert!(work <= 5 * work_of_few, "{work_of_few} bytes for 1,000 mistakes, {work} for 4,000\n{}", &many[..100]);
    }
    assert!(counts[0] >= 4_000 && counts[1] >= 4_000 && counts[2] == 1 && counts[3] >= 8_000 && counts[4] >= 8_000, "{counts:?}");
}
