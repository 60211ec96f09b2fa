//! Columns to fields, and what is said when they do not fit.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use leadwright::batch::bind::Matched;
use leadwright::batch::{self, Input, Keep, Place};

use super::scene::Scene;
use super::tables::{arrow_bytes, parquet_bytes};

fn binding(scene: &Scene, header: &str) -> batch::Binding {
    let path = scene.write("leads.csv", format!("{header}\n"));
    let input = Input { place: Place::Path(path), format: None };
    batch::binding(scene.policy.model(), scene.policy.program(), &scene.options, &input).unwrap_or_else(|error| panic!("{error}"))
}

fn column_of(binding: &batch::Binding, field: &str) -> Option<(String, Matched)> {
    let bound = binding.fields.iter().chain(&binding.standing).find(|bound| bound.name == field).unwrap();
    bound.column.as_ref().map(|(column, matched)| (binding.columns[*column].clone(), matched.clone()))
}

#[test]
fn columns_are_found_by_name_source_and_similar_name() {
    let binding = binding(&Scene::new(), " LEAD_ID ,Kind,sites,Number_of_beds,Deal Size,Stage,campaign");
    assert_eq!(column_of(&binding, "lead_id"), Some((" LEAD_ID ".into(), Matched::Name)));
    assert_eq!(column_of(&binding, "beds"), Some(("Number_of_beds".into(), Matched::Source { system: "marketo".into() })));
    assert_eq!(column_of(&binding, "deal_size"), Some(("Deal Size".into(), Matched::SimilarName)));
    assert_eq!(column_of(&binding, "stage"), Some(("Stage".into(), Matched::Name)));
    assert_eq!(column_of(&binding, "note"), None);
    assert_eq!(binding.unused, [6]);
}

#[test]
fn a_system_limits_the_names() {
    let scene = Scene::new().with(|options| options.system = Some("Salesforce".into()));
    let binding = binding(&scene, "lead_id,kind,sites,Beds__c,Number_of_Beds");
    assert_eq!(column_of(&binding, "beds"), Some(("Beds__c".into(), Matched::Source { system: "salesforce".into() })));
    assert_eq!(binding.unused, [4]);
}

#[test]
fn a_column_may_resemble_a_name_in_a_system() {
    let scene = Scene::new();
    for column in ["number of beds", "NumberOfBeds", " number--of__beds ", "numberof beds"] {
        let bound = column_of(&binding(&scene, &format!("lead_id,kind,sites,{column}")), "beds");
        assert_eq!(bound, Some((column.into(), Matched::SimilarName)), "{column}");
    }
    assert_eq!(column_of(&binding(&scene, "lead_id,kind,sites,dealsize"), "deal_size"), Some(("dealsize".into(), Matched::SimilarName)));
    // the names of another system are none
    let scene = Scene::new().with(|options| options.system = Some("salesforce".into()));
    assert_eq!(column_of(&binding(&scene, "lead_id,kind,sites,number of beds"), "beds"), None);
}

/// What differs in nothing but gaps is found in each format, and is two columns for one field.
#[test]
fn two_columns_that_resemble_one_name() {
    let scene = Scene::new();
    let sentence =
        |file: &str| format!("two columns of `{file}` stand for `beds`: `number of beds` and `numberofbeds`; rename one or take it out");
    let csv = "lead_id,kind,sites,number of beds,numberofbeds\na,clinic,1,5,6\n";
    assert_eq!(scene.refusal("leads.csv", csv), sentence("leads.csv"));
    let ndjson = "{\"lead_id\":\"a\",\"kind\":\"clinic\",\"sites\":1,\"number of beds\":5,\"numberofbeds\":6}\n";
    assert_eq!(scene.refusal("leads.ndjson", ndjson), sentence("leads.ndjson"));
    let texts = ["lead_id", "kind", "sites", "number of beds", "numberofbeds"]
        .map(|name| (name, Arc::new(StringArray::from(vec!["1"])) as ArrayRef));
    let batch = RecordBatch::try_from_iter(texts).unwrap();
    assert_eq!(scene.refusal("leads.parquet", parquet_bytes(std::slice::from_ref(&batch))), sentence("leads.parquet"));
    assert_eq!(scene.refusal("leads.arrow", arrow_bytes(&[batch])), sentence("leads.arrow"));
}

#[test]
fn an_exact_name_comes_before_a_similar_one() {
    let binding = binding(&Scene::new(), "lead_id,kind,sites,deal size,deal_size");
    assert_eq!(column_of(&binding, "deal_size"), Some(("deal_size".into(), Matched::Name)));
    assert_eq!(binding.unused, [3]);
}

#[test]
fn each_misfit_is_one_sentence() {
    let scene = Scene::new();
    let says = |header: &str, sentence: &str| assert_eq!(scene.refusal("leads.csv", format!("{header}\n")), sentence);
    says(
        "lead_id,kind,site",
        "`leads.csv` has no column for the required field `sites` (perhaps `site`); it has `lead_id`, `kind`, `site`",
    );
    says(
        "lead_id,a,b,c,d,e,f,g,h,i",
        "`leads.csv` has no column for the required fields `kind`, `sites`; it has `lead_id`, `a`, `b`, `c`, `d`, `e`, `f`, `g` and 2 more",
    );
}

#[test]
fn two_columns_for_one_field() {
    let scene = Scene::new();
    let says = |header: &str, sentence: &str| assert_eq!(scene.refusal("leads.csv", format!("{header}\n")), sentence);
    says(
        "lead_id,kind,sites,beds,Number_of_Beds",
        "two columns of `leads.csv` stand for `beds`: `beds` and `Number_of_Beds`; rename one or take it out",
    );
    says("lead_id,kind,sites,Kind", "two columns of `leads.csv` stand for `kind`: `kind` and `Kind`; rename one or take it out");
    says(
        "lead_id,kind,sites,deal size,deal-size",
        "two columns of `leads.csv` stand for `deal_size`: `deal size` and `deal-size`; rename one or take it out",
    );
    assert_eq!(
        scene.refusal("leads.ndjson", "{\"lead_id\":\"a\",\"kind\":\"clinic\",\"sites\":1,\"Sites\":2}\n"),
        "two columns of `leads.ndjson` stand for `sites`: `sites` and `Sites`; rename one or take it out"
    );
}

#[test]
fn a_file_without_keys_or_columns() {
    let scene = Scene::new();
    assert_eq!(
        scene.refusal("leads.csv", "lead,kind,sites\n"),
        "`leads.csv` has no column for the key `lead_id` (perhaps `lead`); it has `lead`, `kind`, `sites`"
    );
    assert_eq!(scene.refusal("leads.csv", ""), "`leads.csv` is empty: not even a line of column names is there");
    assert_eq!(scene.refusal("leads.csv", "\n\n"), "`leads.csv` is empty: not even a line of column names is there");
    assert_eq!(scene.refusal("leads.csv", b"lead_id,k\xFFnd\n"), "the column names of `leads.csv` are not UTF-8; save the file as UTF-8");
}

#[test]
fn unknown_systems_and_columns_to_keep() {
    let scene = Scene::new().with(|options| options.system = Some("hubspot".into()));
    assert_eq!(scene.refusal("leads.csv", "lead_id\n"), "the policy names no system `hubspot`; it knows `marketo`, `salesforce`");
    let scene = Scene::new().with(|options| options.keep = Keep::parse("kind, nott"));
    assert_eq!(
        scene.refusal("leads.csv", "lead_id,kind,sites,note\n"),
        "`leads.csv` has no column `nott` to keep (perhaps `note`); it has `lead_id`, `kind`, `sites`, `note`"
    );
}

#[test]
fn a_file_of_another_kind() {
    let scene = Scene::new();
    let says = |name: &str, content: &[u8], sentence: &str| assert_eq!(scene.refusal(name, content), sentence);
    says("leads.csv", b"PK\x03\x04xxxx", "`leads.csv` is no CSV file: it is a ZIP archive or a spreadsheet; save the sheet as CSV");
    says("leads.csv", b"\x1F\x8B\x08\0", "cannot read `leads.csv`: its gzip data ends too early");
    says("leads.csv", b"\xFF\xFEl\0e\0", "`leads.csv` is no CSV file: it is text in UTF-16; save it as UTF-8");
    says("leads.csv", b"PAR1....", "`leads.csv` is no CSV file: it is a Parquet file; ask for it with `--format parquet`");
    says("leads.csv", b"{\"lead_id\": 1}\n", "`leads.csv` is no CSV file: it is an NDJSON file; ask for it with `--format ndjson`");
    says("leads.parquet", b"lead_id,kind\n", "`leads.parquet` is no Parquet file: it is text or of an unknown kind");
    says("leads.parquet", b"", "`leads.parquet` is no Parquet file: it is empty");
    says("leads.arrow", b"lead_id,kind\n", "`leads.arrow` is no Arrow IPC file: it is text or of an unknown kind");
    says("leads.ndjson", b"lead_id,kind\nL-1,clinic\n", "`leads.ndjson` is no NDJSON file: it is text without JSON objects, one per line");
    says(
        "leads.ndjson",
        b"[{\"lead_id\": 1}]",
        "`leads.ndjson` is no NDJSON file: it is one JSON array; write one object per line (NDJSON)",
    );
    says("leads.xlsx", b"PK\x03\x04xxxx", "`leads.xlsx` is no file of leads: it is a ZIP archive or a spreadsheet; save the sheet as CSV");
    let missing = scene.path("none.csv");
    assert!(scene.score(&missing, &scene.path("x.csv")).unwrap_err().to_string().ends_with("none.csv`: no such file or directory"));
}

#[test]
fn types_of_arrays_that_cannot_give_a_field() {
    let scene = Scene::new();
    let base = || -> Vec<(&str, ArrayRef)> {
        vec![
            ("lead_id", Arc::new(StringArray::from(vec!["a"]))),
            ("kind", Arc::new(StringArray::from(vec!["clinic"]))),
            ("sites", Arc::new(StringArray::from(vec!["1"]))),
        ]
    };
    let says = |name: &str, array: ArrayRef, sentence: &str| {
        let mut columns = base();
        columns.retain(|(known, _)| *known != name);
        columns.push((name, array));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        assert_eq!(scene.refusal("leads.parquet", parquet_bytes(&[batch])), sentence);
    };
    says(
        "need_by",
        Arc::new(BooleanArray::from(vec![true])),
        "the column `need_by` of `leads.parquet` holds truth values, which cannot give the field `need_by` (a date)",
    );
    says(
        "need_by",
        Arc::new(TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC")),
        "the column `need_by` of `leads.parquet` holds times with a zone, which cannot give the field `need_by` (a date)",
    );
    says(
        "lead_id",
        Arc::new(Float64Array::from(vec![1.0])),
        "the column `lead_id` of `leads.parquet` holds floating-point numbers, which cannot give the field `lead_id` (text)",
    );
    says(
        "sites",
        Arc::new(ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>(vec![Some(vec![Some(1)])])),
        "the column `sites` of `leads.parquet` holds lists of whole numbers, which cannot give the field `sites` (a number)",
    );
    let choices = |lists: &str| {
        format!(
            "the column `products` of `leads.parquet` holds lists of {lists}, which cannot give the field `products` (some of its choices, as text or lists of text)"
        )
    };
    let numbers = ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    says("products", Arc::new(numbers), &choices("whole numbers"));
    let mut bytes = arrow_array::builder::ListBuilder::new(arrow_array::builder::BinaryBuilder::new());
    bytes.append_value([Some(b"service")]);
    says("products", Arc::new(bytes.finish()), &choices("bytes"));
}
