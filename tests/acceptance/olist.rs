//! Olist: 8,000 sellers who asked to join a marketplace, 842 of whom did; the answers come from SQLite.
//!
//! Cells as people left them: an origin that is empty or "unknown", stock "5-20", two profiles in one cell, a revenue of 0.0 for "not
//! declared", catalogue sizes with ".0", one revenue of 50 million. What cannot be read is rejected with a reason; nothing is lost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::table::{Table, thousandths};
use crate::tools::{Scoring, assert_same, data, policy, python, python_is_there, write_parquet};

const AS_OF: &str = "2018-05-15T12:00";

const COLUMNS: [&str; 14] = [
    "mql_id",
    "first_contact_date",
    "landing_page_id",
    "origin",
    "won_date",
    "business_segment",
    "lead_type",
    "lead_behaviour_profile",
    "has_company",
    "has_gtin",
    "average_stock",
    "business_type",
    "declared_product_catalog_size",
    "declared_monthly_revenue",
];

/// Rows that somebody typed: the first three can be read, each of the others has one bad cell.
const TYPED: [[&str; 14]; 13] = [
    ["typed-1", "2018-05-01", "page", "  ORGANIC_search ", "", "", "", "", "", "", "", "", "", ""],
    [
        "typed-2",
        "2018-05-15",
        "page",
        "",
        "2018-05-14 23:59:59",
        "Home decor",
        "Online-Big",
        "WOLF;cat",
        "yes",
        "no",
        "200+",
        "other",
        "499.9",
        "",
    ],
    ["typed-3", "2018-05-16", "page", "Unknown", "", "", "", "shark , eagle", "", "", "", "", "", "50000"],
    ["typed-4", "2018-02-30", "page", "social", "", "", "", "", "", "", "", "", "", ""],
    ["typed-5", "", "page", "social", "", "", "", "", "", "", "", "", "", ""],
    ["typed-6", "2018-05-01", "", "social", "", "", "", "", "", "", "", "", "", ""],
    ["typed-7", "2018-05-01", "page", "carrier pigeon", "", "", "", "", "", "", "", "", "", ""],
    ["typed-8", "2018-05-01", "page", "social", "2018-05-02 25:00:00", "", "", "", "", "", "", "", "", ""],
    ["typed-9", "2018-05-01", "page", "social", "", "", "", "cat, dragon", "", "", "", "", "", ""],
    ["typed-10", "2018-05-01", "page", "social", "", "", "", "", "perhaps", "", "", "", "", ""],
    ["typed-11", "2018-05-01", "page", "social", "", "", "", "", "", "", "5 to 20", "", "", ""],
    ["typed-12", "2018-05-01", "page", "social", "", "", "", "", "", "", "", "", "-1.0", ""],
    ["typed-13", "2018-05-01", "page", "social", "", "", "", "", "", "", "", "", "", "-5.0"],
];

struct Files {
    policy: PathBuf,
    joined: PathBuf,
    leads: PathBuf,
    deals: PathBuf,
    typed: PathBuf,
}

/// Joins the leads with the deals by `mql_id`, adds the typed rows, and counts the pages of the policy's table.
fn prepare(data: &Path, folder: &Path, deals: PathBuf) -> Files {
    let leads_file = data.join("olist/olist_marketing_qualified_leads_dataset.csv");
    let (leads, deals_table) = (Table::read(&leads_file), Table::read(&deals));
    let by_lead: BTreeMap<&str, usize> = deals_table.cells("mql_id").into_iter().enumerate().map(|(row, lead)| (lead, row)).collect();
    let header: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
    let typed = Table { header: header.clone(), rows: TYPED.iter().map(|row| row.map(str::to_owned).to_vec()).collect() };
    let mut joined = Table { header, rows: Vec::new() };
    for row in 0..leads.rows.len() {
        let deal = by_lead.get(leads.cell(row, "mql_id"));
        let cell = |column: &str| match deal {
            _ if leads.header.iter().any(|name| name == column) => leads.cell(row, column).to_owned(),
            Some(deal) => deals_table.cell(*deal, column).to_owned(),
            None => String::new(),
        };
        joined.rows.push(COLUMNS.iter().map(|column| cell(column)).collect());
    }
    joined.rows.extend(typed.rows.iter().cloned());

    let root = folder.join("policy");
    std::fs::create_dir(&root).expect("a folder");
    std::fs::copy(policy("olist").join("olist.lead"), root.join("olist.lead")).expect("the policy");
    let header = ["landing_page_id", "tier", "queue"].map(str::to_owned).to_vec();
    let pages = leads.counts("landing_page_id").into_iter().filter(|(_, count)| *count >= 20);
    let rows = pages.map(|(page, count)| {
        let tier = if count >= 200 { "main" } else { "side" };
        vec![page.to_owned(), tier.to_owned(), format!("{tier}_desk")]
    });
    Table { header, rows: rows.collect() }.write(&root.join("pages.csv"));

    let files = Files { policy: root, joined: folder.join("joined.csv"), leads: leads_file, deals, typed: folder.join("typed.csv") };
    joined.write(&files.joined);
    typed.write(&files.typed);
    files
}

fn expected(files: &Files) -> Table {
    let table = |name: &str, path: &Path| format!("{name}={}", path.display());
    let script = crate::tools::acceptance("sql/olist.sql").display().to_string();
    let tables = [table("leads", &files.leads), table("deals", &files.deals), table("dirty", &files.typed)];
    python("sql/run.py", &[&[script], &tables[..]].concat())
}

/// The answers of one lead, in the words of the SQL script.
type Answers = [String; 8];

fn scored_answers(scored: &Table) -> Vec<Answers> {
    let cell = |row: usize, column: &str| scored.cell(row, column).to_owned();
    let number = |row: usize, column: &str, unit: i64| (thousandths(scored.cell(row, column)) / unit).to_string();
    let answers = |row: usize| {
        [
            cell(row, "mql_id"),
            cell(row, "status"),
            number(row, "interest", 1),
            number(row, "interest.source", 1),
            number(row, "seller", 1_000),
            cell(row, "stage"),
            cell(row, "desk"),
            cell(row, "catalogue_desk"),
        ]
    };
    (0..scored.rows.len()).map(answers).collect()
}

fn expected_answers(expected: &Table) -> Vec<Answers> {
    let columns = ["mql_id", "status", "interest_thousandths", "source_thousandths", "seller", "stage", "desk", "catalogue_desk"];
    let rows = (0..expected.rows.len()).filter(|row| expected.cell(*row, "rejected").is_empty());
    rows.map(|row| columns.map(|column| expected.cell(row, column).to_owned())).collect()
}

/// (key, column) of each rejected row
fn rejected(expected: &Table) -> Vec<(&str, &str)> {
    let rows = expected.cells("mql_id").into_iter().zip(expected.cells("rejected"));
    rows.filter(|(_, column)| !column.is_empty()).collect()
}

#[test]
fn every_lead_is_scored_as_sql_says_or_rejected_with_a_reason() {
    let Some(data) = data() else { return };
    if !python_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let files = prepare(&data, folder.path(), data.join("olist/olist_closed_deals_dataset.csv"));
    let rejects_file = folder.path().join("rejects.csv");
    let with = ["--rejects", rejects_file.to_str().expect("a name in UTF-8")];
    let scored = Scoring { policy: &files.policy, input: &files.joined, as_of: AS_OF, with: &with }.run(folder.path());
    let expected = expected(&files);

    let rejects = Table::read(&rejects_file);
    let given: Vec<(&str, &str)> = rejects.cells("key").into_iter().zip(rejects.cells("column")).collect();
    assert_same(&given, &rejected(&expected));
    assert!(rejects.cells("reason").iter().all(|reason| !reason.is_empty()));
    assert_eq!((expected.rows.len(), given.len()), (8_013, 11));
    assert_eq!(scored.rows.len() + given.len(), 8_013, "rows in = scored + rejected");

    assert_same(&scored_answers(&scored), &expected_answers(&expected));
    for column in ["status", "stage", "desk", "catalogue_desk"] {
        let mut counts = expected.counts(column);
        if let Some(none) = counts.get_mut("") {
            *none -= given.len();
        }
        counts.retain(|_, count| *count > 0);
        assert_eq!(scored.counts(column), counts, "{column}");
    }
}

/// With `--on-bad-row missing` a bad cell of an optional field is as good as empty; only a required one rejects the row.
#[test]
fn bad_cells_of_optional_fields_count_as_missing_when_asked() {
    let Some(data) = data() else { return };
    if !python_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let files = prepare(&data, folder.path(), data.join("olist/olist_closed_deals_dataset.csv"));
    let with = ["--on-bad-row", "missing"];
    let scored = Scoring { policy: &files.policy, input: &files.joined, as_of: AS_OF, with: &with }.run(folder.path());

    // the same with the bad cells emptied by hand, for SQL
    let emptied = folder.path().join("emptied");
    std::fs::create_dir(&emptied).expect("a folder");
    let mut deals = Table::read(&files.deals);
    let revenue = deals.column("declared_monthly_revenue");
    deals.rows.iter_mut().filter(|row| row[revenue] == "50000000.0").for_each(|row| row[revenue].clear());
    let deals_file = emptied.join("deals.csv");
    deals.write(&deals_file);
    let files = prepare(&data, &emptied, deals_file);
    let mut typed = Table::read(&files.typed);
    for bad in ["carrier pigeon", "2018-05-02 25:00:00", "cat, dragon", "perhaps", "5 to 20", "-1.0", "-5.0"] {
        typed.rows.iter_mut().flatten().filter(|cell| *cell == bad).for_each(String::clear);
    }
    typed.write(&files.typed);
    let expected = expected(&files);

    assert_eq!(rejected(&expected).len(), 3);
    assert_eq!(scored.rows.len(), 8_010);
    assert_same(&scored_answers(&scored), &expected_answers(&expected));
}

/// The same leads in a Parquet file, days and times as Parquet knows them.
#[test]
fn parquet_gives_the_same_answers() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let files = prepare(&data, folder.path(), data.join("olist/olist_closed_deals_dataset.csv"));
    let from_csv = Scoring { policy: &files.policy, input: &files.joined, as_of: AS_OF, with: &[] }.run(folder.path());

    let mut joined = Table::read(&files.joined);
    joined.rows.retain(|row| !row[0].starts_with("typed"));
    let parquet = folder.path().join("joined.parquet");
    write_parquet(&joined, &["first_contact_date"], &["declared_monthly_revenue"], &parquet);
    let from_parquet = Scoring { policy: &files.policy, input: &parquet, as_of: AS_OF, with: &[] }.run(folder.path());
    assert_eq!(from_parquet.header, from_csv.header);
    assert_same(&from_parquet.rows, &from_csv.rows[..7_999]);
}
