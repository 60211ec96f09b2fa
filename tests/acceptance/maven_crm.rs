//! Maven CRM: 8,800 opportunities routed by deal size, region and product; the answers come from SQLite.
//!
//! The data set's own tables serve as look-up tables, with CRLF line ends as they come. The pipeline writes "GTXPro" where the product
//! list has "GTX Pro": the look-up table gets a row with that spelling.

use std::path::{Path, PathBuf};

use crate::table::{Table, thousandths};
use crate::tools::{Scoring, acceptance, assert_same, data, policy, python, python_is_there, write_parquet};

const AS_OF: &str = "2017-09-01T12:00Z";

/// The policy in a folder of its own, with its tables; `spellings` adds the other spelling of GTX Pro.
fn prepare(data: &Path, folder: &Path, spellings: bool) -> PathBuf {
    let root = folder.join("policy");
    std::fs::create_dir(&root).expect("a folder");
    let copy = |from: PathBuf, to: &str| std::fs::copy(from, root.join(to)).expect("a file to copy");
    copy(policy("maven_crm").join("maven_crm.lead"), "maven_crm.lead");
    copy(data.join("maven_crm/sales_teams.csv"), "agents.csv");
    copy(data.join("maven_crm/accounts.csv"), "accounts.csv");

    let mut products = Table::read(&data.join("maven_crm/products.csv"));
    if spellings {
        let pro = products.rows.iter().find(|row| row[0] == "GTX Pro").expect("GTX Pro").clone();
        products.rows.push([vec!["GTXPro".to_owned()], pro[1..].to_vec()].concat());
    }
    products.write(&root.join("products.csv"));

    let header = ["regional_office", "series", "desk"].map(str::to_owned).to_vec();
    let mut desks = Table { header, rows: Vec::new() };
    for region in ["Central", "East", "West"] {
        for series in ["GTX", "MG", "GTK"] {
            let desk = match series {
                "GTK" => "large_systems".to_owned(),
                _ => format!("{}_{}", region.to_lowercase(), series.to_lowercase()),
            };
            desks.rows.push(vec![region.to_owned(), series.to_owned(), desk]);
        }
    }
    desks.write(&root.join("desks.csv"));
    root
}

fn pipeline(data: &Path) -> PathBuf {
    data.join("maven_crm/sales_pipeline.csv")
}

fn expected(data: &Path) -> Table {
    let table = |name: &str, file: &str| format!("{name}={}", data.join("maven_crm").join(file).display());
    let arguments = [
        acceptance("sql/maven_crm.sql").display().to_string(),
        table("pipeline", "sales_pipeline.csv"),
        table("agents", "sales_teams.csv"),
        table("products", "products.csv"),
        table("accounts", "accounts.csv"),
    ];
    python("sql/run.py", &arguments)
}

const ANSWERS: [&str; 5] = ["opportunity_id", "deal_size", "house", "stage", "desk"];

fn answers(table: &Table) -> Vec<([&str; 5], i64)> {
    (0..table.rows.len()).map(|row| (ANSWERS.map(|column| table.cell(row, column)), thousandths(table.cell(row, "effort")))).collect()
}

#[test]
fn every_opportunity_is_routed_as_sql_says() {
    let Some(data) = data() else { return };
    if !python_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let policy = prepare(&data, folder.path(), true);
    let scored = Scoring { policy: &policy, input: &pipeline(&data), as_of: AS_OF, with: &[] }.run(folder.path());
    let expected = expected(&data);

    assert_eq!(scored.rows.len(), 8_800, "none is rejected");
    assert_same(&answers(&scored), &answers(&expected));
    for column in ["stage", "desk"] {
        assert_eq!(scored.counts(column), expected.counts(column), "{column}");
    }
}

/// Without the other spelling the look-up finds nothing for 1,480 opportunities: the row that looks up does not apply, the next one does.
#[test]
fn a_product_that_the_table_lacks_goes_to_the_inbox() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let leads = Table::read(&pipeline(&data));
    let policy = prepare(&data, folder.path(), false);
    let scored = Scoring { policy: &policy, input: &pipeline(&data), as_of: AS_OF, with: &[] }.run(folder.path());

    let desks = leads.cells("product").into_iter().zip(scored.cells("desk"));
    let misspelt: Vec<&str> = desks.filter(|(product, _)| *product == "GTXPro").map(|(_, desk)| desk).collect();
    assert_eq!(misspelt.len(), 1_480);
    assert!(misspelt.iter().all(|desk| ["inbox", "head_office"].contains(desk)), "{misspelt:?}");
}

#[test]
fn parquet_gives_the_same_answers() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let policy = prepare(&data, folder.path(), true);
    let from_csv = Scoring { policy: &policy, input: &pipeline(&data), as_of: AS_OF, with: &[] }.run(folder.path());

    let parquet = folder.path().join("pipeline.parquet");
    write_parquet(&Table::read(&pipeline(&data)), &["engage_date", "close_date"], &["close_value"], &parquet);
    let from_parquet = Scoring { policy: &policy, input: &parquet, as_of: AS_OF, with: &[] }.run(folder.path());
    assert_eq!(from_parquet.header, from_csv.header);
    assert_same(&from_parquet.rows, &from_csv.rows);
}
