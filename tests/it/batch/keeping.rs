//! Columns of the input in the output.

use leadwright::batch::Keep;

use super::scene::{ANSWERS, Scene};

#[test]
fn all_columns_come_out_unchanged_and_in_order() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let (_, scored) = scene.score_csv("campaign,lead_id,kind,sites,note\n\"a, b\",L-1, Clinic ,1,\"say \"\"hi\"\"\"\n,L-2,clinic,02,\n");
    assert_eq!(
        scored,
        format!(
            "campaign,lead_id,kind,sites,note,{ANSWERS}\n\
             \"a, b\",L-1, Clinic ,1,\"say \"\"hi\"\"\",20,20,cold,inquiry,,,\n\
             ,L-2,clinic,02,,20,20,cold,inquiry,,,\n"
        )
    );
}

#[test]
fn chosen_columns_stand_behind_the_key() {
    let scene = Scene::new().with(|options| options.keep = Keep::parse("NOTE, kind"));
    let (_, scored) = scene.score_csv("note,lead_id,kind,sites\nx,L-1,clinic,1\n");
    assert_eq!(scored, format!("lead_id,note,kind,{ANSWERS}\nL-1,x,clinic,20,20,cold,inquiry,,,\n"));
}

#[test]
fn a_carried_column_makes_way_for_an_answer() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let (report, scored) = scene.score_csv("lead_id,kind,sites,Stage,fit,,\nL-1,clinic,1,mql,12,a,b\n");
    assert_eq!(scored.lines().next().unwrap(), format!("lead_id,kind,sites,input.Stage,input.fit,column 6,column 7,{ANSWERS}"));
    assert_eq!(scored.lines().nth(1).unwrap(), "L-1,clinic,1,mql,12,a,b,20,20,cold,lost,mql -> lost when status is cold,,");
    assert_eq!(report.binding.kept[3].name, "input.Stage");
}

#[test]
fn json_values_stand_as_they_stood() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let input = scene.write(
        "leads.ndjson",
        "{\"lead_id\": \"L-1\", \"kind\":\"clinic\",\"sites\" : 1.0,\"extra\":{\"a\":[1, 2]},\"big\":12345678901234567890.10}\n\
         {\"lead_id\":\"L-\\u0032\",\"kind\":\"clinic\",\"sites\":1,\"extra\":null,\"late\":true}\n",
    );
    scene.score(&input, &scene.path("scored.ndjson")).unwrap();
    let tail = "\"fit\":20,\"fit.all\":20,\"status\":\"cold\",\"stage\":\"inquiry\",\"stage.rule\":null,\"handover\":null,\"handover.owner\":null}";
    assert_eq!(
        scene.read("scored.ndjson"),
        format!(
            "{{\"lead_id\":\"L-1\",\"kind\":\"clinic\",\"sites\":1.0,\"extra\":{{\"a\":[1, 2]}},\"big\":12345678901234567890.10,\"late\":null,{tail}\n\
             {{\"lead_id\":\"L-\\u0032\",\"kind\":\"clinic\",\"sites\":1,\"extra\":null,\"big\":null,\"late\":true,{tail}\n"
        )
    );
    scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!(
        scene.read("scored.csv"),
        format!(
            "lead_id,kind,sites,extra,big,late,{ANSWERS}\n\
             L-1,clinic,1.0,\"{{\"\"a\"\":[1, 2]}}\",12345678901234567890.10,,20,20,cold,inquiry,,,\n\
             L-2,clinic,1,,,true,20,20,cold,inquiry,,,\n"
        )
    );
}

#[test]
fn formulas_are_guarded_only_on_demand() {
    let csv = "lead_id,kind,sites,note\n=1+1,clinic,1,-5\n+a,clinic,1,@x\nL-3,clinic,1,-5.5e\n";
    let scene = Scene::new().with(|options| options.keep = Keep::parse("note"));
    let (_, scored) = scene.score_csv(csv);
    assert!(scored.contains("\n=1+1,-5,20"), "{scored}");
    let scene = scene.with(|options| options.csv_formula_guard = true);
    let (_, scored) = scene.score_csv(csv);
    assert!(scored.contains("\n\"'=1+1\",-5,20"), "{scored}");
    assert!(scored.contains("\n\"'+a\",\"'@x\",20"), "{scored}");
    assert!(scored.contains("\nL-3,\"'-5.5e\",20"), "{scored}");
}

/// More than is looked at before the outputs are made; then one row with names that no row before it has.
fn late_names() -> String {
    let mut text = String::new();
    for row in 0..30_000 {
        text.push_str(&format!("{{\"lead_id\":\"L-{row}\",\"kind\":\"clinic\",\"sites\":1}}\n"));
    }
    text.push_str("{\"lead_id\":\"last\",\"kind\":\"clinic\",\"sites\":1,\"beds\":900,\"campaign\":\"x\"}\n");
    text
}

#[test]
fn a_column_that_comes_late_is_kept_and_bound() {
    let scene = Scene::new();
    let input = scene.write("leads.ndjson", late_names());
    for threads in [1, 2] {
        for keep in [Keep::All, Keep::parse("kind,sites,Beds,campaign")] {
            let scene = Scene::new().with(|options| (options.keep, options.threads) = (keep, threads));
            let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
            let scored = scene.read("scored.csv");
            assert!(scored.to_lowercase().starts_with("lead_id,kind,sites,beds,campaign,fit,"), "{}", &scored[..80]);
            assert!(scored.contains("\nL-29999,clinic,1,,,20,20,"), "{threads}");
            assert!(scored.ends_with("\nlast,clinic,1,900,x,50,50,warm,inquiry,,,\n"));
            assert!(bound(&report).contains(&"beds".to_owned()));
        }
        // What is bound is known behind the run, also where nothing of it is kept.
        let scene = Scene::new().with(|options| options.threads = threads);
        let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
        assert!(scene.read("scored.csv").ends_with("\nlast,50,50,warm,inquiry,,,\n"));
        assert!(bound(&report).contains(&"beds".to_owned()));
        let unused: Vec<&str> = report.binding.unused.iter().map(|column| report.binding.columns[*column].as_str()).collect();
        assert_eq!(unused, ["campaign"]);
    }
}

fn bound(report: &leadwright::batch::Report) -> Vec<String> {
    report.binding.fields.iter().filter(|bound| bound.column.is_some()).map(|bound| bound.name.clone()).collect()
}

#[test]
fn a_column_to_keep_that_never_comes_is_an_error() {
    let scene = Scene::new().with(|options| options.keep = Keep::parse("campain"));
    assert_eq!(
        scene.refusal("leads.ndjson", late_names()),
        "`leads.ndjson` has no column `campain` to keep (perhaps `campaign`); it has `lead_id`, `kind`, `sites`, `beds`, `campaign`"
    );
}

#[test]
fn two_columns_of_one_name_cannot_be_told_apart() {
    let scene = Scene::new().with(|options| options.keep = Keep::parse("kind, note"));
    assert_eq!(
        scene.refusal("leads.csv", "lead_id,x,kind,X,sites,x\nL-1,a,clinic,b,1,c\n").as_str(),
        "`leads.csv` has no column `note` to keep; it has `lead_id`, `x`, `kind`, `X`, `sites`, `x`"
    );
    let scene = scene.with(|options| options.keep = Keep::parse("x"));
    assert_eq!(
        scene.refusal("leads.csv", "lead_id,x,kind,X,sites,x\nL-1,a,clinic,b,1,c\n").as_str(),
        "`leads.csv` has 3 columns called `x` (numbers 2, 4 and 6); rename all but one to keep it"
    );
    let scene = scene.with(|options| options.keep = Keep::All);
    let (_, scored) = scene.score_csv("lead_id,x,kind,X,sites\nL-1,a,clinic,b,1\n");
    assert!(scored.starts_with("lead_id,x,kind,input.X,sites,fit,"), "{scored}");
    assert!(scored.contains("\nL-1,a,clinic,b,1,20,"), "{scored}");
}

/// A file without rows gives the columns that it would give with rows, as far as they can be known.
#[test]
fn an_empty_ndjson_file_has_the_key() {
    let scene = Scene::new();
    let input = scene.write("leads.ndjson", "");
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!((report.rows_in, scene.read("scored.csv")), (0, format!("lead_id,{ANSWERS}\n")));
    let scene = scene.with(|options| options.keep = Keep::parse("campaign"));
    scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!(scene.read("scored.csv"), format!("lead_id,campaign,{ANSWERS}\n"));
    scene.score(&input, &scene.path("scored.parquet")).unwrap();
    let read = super::tables::read_back(leadwright::batch::Format::Parquet, &scene.path("scored.parquet"));
    assert_eq!(read[0].join(","), format!("lead_id,campaign,{ANSWERS}"));
}

/// Parquet knows no days in milliseconds and no unit of time above the millisecond; an integer would be left.
#[test]
fn days_and_seconds_are_still_days_and_times_in_parquet() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Date32Array, Date64Array, RecordBatch, StringArray, TimestampMillisecondArray, TimestampSecondArray};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::tables::arrow_bytes;

    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let text = |texts: [&str; 2]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let columns: [(&str, ArrayRef); 6] = [
        ("lead_id", text(["L-1", "L-2"])),
        ("kind", text(["clinic", "clinic"])),
        ("sites", text(["1", "2"])),
        ("day", Arc::new(Date64Array::from(vec![Some(1_767_225_600_000), None]))),
        ("second", Arc::new(TimestampSecondArray::from(vec![Some(1_767_225_601), Some(-1)]))),
        ("zoned", Arc::new(TimestampSecondArray::from(vec![None, Some(7)]).with_timezone("UTC"))),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap();
    let input = scene.write("leads.arrow", arrow_bytes(&[batch]));
    scene.score(&input, &scene.path("scored.parquet")).unwrap();
    let file = std::fs::File::open(scene.path("scored.parquet")).unwrap();
    // what the file itself says, without the schema of Arrow beside it
    let options = parquet::arrow::arrow_reader::ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let scored = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).unwrap().build().unwrap().next().unwrap().unwrap();
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(20_454), None]));
    let seconds: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![Some(1_767_225_601_000), Some(-1_000)]));
    let zoned: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![None, Some(7_000)]).with_timezone("UTC"));
    for (name, expected) in [("day", days), ("second", seconds), ("zoned", zoned)] {
        assert_eq!(scored.column_by_name(name).unwrap(), &expected, "{name}");
    }
}

/// Old writers leave out that their bytes are text.
#[test]
fn a_key_of_bytes_is_written_as_text() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};

    use super::tables::parquet_bytes;

    let scene = Scene::new();
    let columns: [(&str, ArrayRef); 3] = [
        ("lead_id", Arc::new(BinaryArray::from(vec![&b"L-1"[..], "é".as_bytes(), b"\xFF"]))),
        ("kind", Arc::new(StringArray::from(vec!["clinic"; 3]))),
        ("sites", Arc::new(StringArray::from(vec!["1"; 3]))),
    ];
    let input = scene.write("leads.parquet", parquet_bytes(&[RecordBatch::try_from_iter(columns).unwrap()]));
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!((report.rows_scored, report.rows_rejected), (2, 1));
    let keys = |text: String, cut: char| text.lines().map(|line| line.split(cut).next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(keys(scene.read("scored.csv"), ','), ["lead_id", "L-1", "é"]);
    scene.score(&input, &scene.path("scored.ndjson")).unwrap();
    assert_eq!(keys(scene.read("scored.ndjson"), ','), ["{\"lead_id\":\"L-1\"", "{\"lead_id\":\"é\""]);
}

#[test]
fn a_name_that_stands_twice_rejects_its_row_also_in_the_first_line() {
    let scene = Scene::new();
    let input = scene.write(
        "leads.ndjson",
        "{\"lead_id\":\"L-1\",\"kind\":\"clinic\",\"sites\":1,\"sites\":2}\n{\"lead_id\":\"L-2\",\"kind\":\"clinic\",\"sites\":1}\n",
    );
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!((report.rows_scored, report.rows_rejected), (1, 1));
}

/// What 128 bits do not hold is kept all the same, digit by digit; and a list of a fixed length gives choices.
#[test]
fn decimals_of_any_width_and_lists_of_a_fixed_length_are_read() {
    use std::sync::Arc;

    use arrow_array::builder::{FixedSizeListBuilder, StringBuilder};
    use arrow_array::{ArrayRef, Decimal256Array, Int64Array, RecordBatch, StringArray};

    let digits = "123456789012345678901234567890123456789012345";
    let wide = |text: &str| arrow_buffer::i256::from_string(text).unwrap();
    let wide = Decimal256Array::from(vec![Some(wide(digits)), None]).with_precision_and_scale(60, 3).unwrap();
    let mut products = FixedSizeListBuilder::new(StringBuilder::new(), 2);
    for (first, second) in [(Some("service"), Some("dispensing")), (None, Some("service"))] {
        products.values().append_option(first);
        products.values().append_option(second);
        products.append(true);
    }
    let columns: [(&str, ArrayRef); 5] = [
        ("lead_id", Arc::new(StringArray::from(vec!["L-1", "L-2"]))),
        ("kind", Arc::new(StringArray::from(vec!["clinic", "clinic"]))),
        ("sites", Arc::new(Int64Array::from(vec![1, 1]))),
        ("products", Arc::new(products.finish())),
        ("wide", Arc::new(wide)),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap();
    let scene = Scene::new().with(|options| options.keep = Keep::Columns(vec!["wide".to_owned(), "products".to_owned()]));
    let input = scene.write("leads.parquet", super::tables::parquet_bytes(&[batch]));
    let number = "123456789012345678901234567890123456789012.345";
    scene.score(&input, &scene.path("scored.csv")).unwrap();
    let scored = scene.read("scored.csv");
    let rows: Vec<&str> = scored.lines().collect();
    assert!(rows[1].starts_with(&format!("L-1,{number},service;dispensing,")), "{}", rows[1]);
    assert!(rows[2].starts_with("L-2,,;service,"), "{}", rows[2]);
    scene.score(&input, &scene.path("scored.ndjson")).unwrap();
    let scored = scene.read("scored.ndjson");
    assert!(scored.starts_with(&format!("{{\"lead_id\":\"L-1\",\"wide\":{number},")), "{scored}");
}

/// A name with a comma stands in quotes, as it does in the header of a CSV file.
#[test]
fn a_column_whose_name_has_a_comma_is_kept() {
    let names = |list: &str| match Keep::parse(list) {
        Keep::Columns(names) => names,
        Keep::Key | Keep::All => Vec::new(),
    };
    assert_eq!(names(r#"kind, "city, state" ,"d ""e""", x"y, "z" w,"#), ["kind", "city, state", "d \"e\"", "x\"y", "\"z\" w"]);
    // without its partner a quote is a letter like any other
    assert_eq!(names(r#"a, "b, c"#), ["a", "\"b", "c"]);
    assert_eq!(names(r#"",""#), [","]);
    assert_eq!(names(r#""", a"#), ["a"]);
    let scene = Scene::new().with(|options| options.keep = Keep::parse("note, \"City, state\""));
    let (_, scored) = scene.score_csv("lead_id,kind,sites,\"city, state\",note\nA,clinic,1,\"Ames, IA\",n\n");
    assert!(scored.starts_with("lead_id,note,\"city, state\","), "{scored}");
}
