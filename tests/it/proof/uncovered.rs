//! Rows that do not cover every lead: the lead that falls through, and what the proofs say of rows that share their text.

use std::collections::BTreeMap;

use leadwright::policy::prove::check_and_prove;

const HEAD: &str = "leadwright 1

policy p { timezone \"UTC\" }

lead {
  id    text    key
  beds  whole   0..50_000  optional
  site  one of  hospital, clinic
  rep   yes_no
  wants some of beds, carts  optional
}


team desk
queue field   team desk
queue inside  team desk
queue spare   team desk
";

/// Code, message and help of each diagnostic, but of what is not used.
fn said(rows: &str) -> Vec<(String, String, String)> {
    let files = BTreeMap::from([("policy.lead".to_string(), format!("{HEAD}{rows}"))]);
    let checked = check_and_prove(&files, "policy.lead", None);
    let all = checked
        .diagnostics
        .into_iter()
        .map(|found| (found.name().to_string(), found.message.clone(), found.help.clone().unwrap_or_default()));
    all.filter(|(code, _, _)| ["E0408", "E0512", "E0803", "E0804", "E0818"].contains(&code.as_str())).collect()
}

fn one(rows: &str) -> (String, String) {
    match &said(rows)[..] {
        [(code, _, help)] => (code.clone(), help.rsplit("; ").next().unwrap_or_default().to_string()),
        other => panic!("{other:#?}"),
    }
}

#[test]
fn rows_about_several_values_show_a_lead_that_falls_through() {
    let shown = |code: &str, help: &str| (code.to_string(), help.to_string());
    // missing is not at least 100, and a hospital is no clinic
    assert_eq!(
        one("decide size { big when beds >= 100  small when site is clinic }"),
        shown("E0408", "no row takes a lead with beds missing, site hospital")
    );
    // known beds are in one of the rows, whatever the site
    assert_eq!(
        one("decide size { big when beds >= 100 and rep  few when beds < 100  other when site is clinic or not rep }"),
        shown("E0408", "no row takes a lead with beds missing, site hospital, rep yes")
    );
    assert_eq!(
        one("route handover { field when beds >= 100  inside when site is clinic }"),
        shown("E0512", "no row takes a lead with beds missing, site hospital")
    );
    assert_eq!(
        one("score s {\n  for site is clinic { section a points { +1 when rep } }\n  for rep { section a points { +1 when rep } }\n}"),
        shown("E0408", "no row takes a lead with site hospital, rep no")
    );
}

/// The rows are about two values, and take every lead: a route needs no warning, and a decide is told how to say so.
#[test]
fn rows_that_take_every_lead_together_show_none() {
    let rows = "inside when site is clinic  field when rep and site is hospital  spare when not rep and site is not clinic";
    assert_eq!(said(&format!("route handover {{ {rows} }}")), []);
    let rows = "a when site is clinic  b when rep and site is hospital  c when not rep and site is not clinic";
    assert_eq!(
        one(&format!("decide kind {{ {rows} }}")),
        ("E0408".to_string(), "as the rows are, they take every lead: `otherwise` can stand for the condition of the last one".to_string())
    );
}

/// The rows of a route `for each` are asked for all its choices: one that is of use for any of them is of use.
#[test]
fn a_row_of_a_route_for_each_is_asked_for_all_its_choices() {
    let route = |rows: &str| said(&format!("route desk for each w in wants {{\n{rows}\n}}\n"));
    let found = route("  field   when beds >= 100\n  spare   when beds >= 200\n  inside  otherwise");
    let found: Vec<(&str, &str)> = found.iter().map(|(code, message, _)| (code.as_str(), message.as_str())).collect();
    assert_eq!(found, [("E0804", "row `spare` of `desk` is never used")]);
    // carts alone go on to the second row
    assert_eq!(route("  field   when w is beds\n  spare   when beds >= 200\n  inside  otherwise"), []);
}

/// An edge `otherwise` that nothing is left for, though a cell beside it gives what no other does.
#[test]
fn an_otherwise_edge_of_a_grid_that_no_lead_is_in_is_told() {
    let grid = |cell: &str| {
        said(&format!(
            "grid grade of site across rep {{\n             yes, no\n  hospital   a, b\n  clinic     b, b\n  otherwise  {cell}, b\n}}\n"
        ))
    };
    let found = grid("c");
    let found: Vec<(&str, &str)> = found.iter().map(|(code, message, _)| (code.as_str(), message.as_str())).collect();
    assert_eq!(found, [("E0803", "no lead meets row `otherwise` of `grade`")]);
    assert_eq!(grid("a"), []);
}

/// A route with a condition of its own: the lead that it is for and that none of its rows takes; none where the rows take them all, or one `for each` picks what it is for.
#[test]
fn a_route_that_is_for_leads_without_a_row_is_told() {
    let rows = "inside when beds >= 50 and site is clinic";
    assert_eq!(
        said(&format!("route handover when rep {{ {rows} }}")),
        [(
            "E0818".to_string(),
            "the route `handover` is for leads that it gives no queue".to_string(),
            "say where they go with a last row `QUEUE otherwise`, or narrow this condition; it happens to a lead with beds missing, site hospital, rep yes".to_string()
        )]
    );
    assert_eq!(said(&format!("route handover when rep and site is clinic and beds >= 60 {{ {rows} }}")), []);
    assert_eq!(said(&format!("route handover when rep {{ {rows}  spare otherwise }}")), []);
    assert_eq!(said("route desk for each w in wants when rep { field when w is beds }"), []);
}
