//! Limits: what is too deep, too long or too much is one coded error, for work in proportion and on any stack.

use leadwright::diagnostic::{Code, Id};
use leadwright::source::Sources;
use leadwright::syntax::{self, DEPTH_MAX, DIAGNOSTICS_MAX, FILE_BYTES_MAX, ITEMS_MAX, tree};

use super::{Parsed, WORK_MAX};
use crate::support::work::counted;

fn assert_work(work: u64, text: &str) {
    let start: String = text.chars().take(60).collect();
    assert!(work <= WORK_MAX * text.len() as u64, "{work} bytes for {} bytes of {start}", text.len());
}

/// Bracketed parts that go through ever more rules of the grammar, as often as asked.
fn nested(open: &str, close: &str, depth: usize) -> String {
    format!("let x = {}a{}", open.repeat(depth), close.repeat(depth))
}

const NESTINGS: [(&str, &str); 5] = [
    ("(", ")"),
    ("not (b or ", ")"),
    ("t[", "].c"),
    ("larger of (1 + ", ", 2)"),
    // both towers of expressions for each bracket
    ("any s where not b and (c or ", ") in last 3 days"),
];

/// The codes of a text, and the number of its items, on a thread with the smallest stack that is of use.
fn on_a_small_stack(text: String) -> (Vec<Id>, usize) {
    let thread = std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
        let parsed = Parsed::of_items(&text);
        (parsed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect(), parsed.file.items.len())
    });
    thread.unwrap().join().unwrap()
}

#[test]
fn depth_is_limited_by_the_language_and_not_by_the_stack() {
    for (open, close) in NESTINGS {
        assert_eq!(on_a_small_stack(nested(open, close, DEPTH_MAX)), (vec![], 1), "{open} at the limit");
        assert_eq!(on_a_small_stack(nested(open, close, DEPTH_MAX + 1)), (vec![Id::Code(Code::TooDeep)], 0), "{open} beyond the limit");
        assert_eq!(on_a_small_stack(nested(open, close, 20_000)), (vec![Id::Code(Code::TooDeep)], 0), "{open} far beyond the limit");
    }
    let parsed = Parsed::of_items(&nested("(", ")", DEPTH_MAX + 1));
    assert_eq!(parsed.messages(), ["E0003 [(] brackets are nested deeper than 64"]);
    let start = "leadwright 1\nlet x = ".len() + DEPTH_MAX;
    assert_eq!(parsed.diagnostics[0].labels[0].span.start as usize, start);
}

#[test]
fn brackets_without_end_are_one_error() {
    let parsed = Parsed::of_items(&format!("let x = {}", "(".repeat(500_000)));
    assert_eq!(parsed.messages(), ["E0003 [(] brackets are nested deeper than 64", "E0012 [(] `(` is not closed"]);
    let parsed = Parsed::of_items(&format!("let x = {}", ")".repeat(500_000)));
    assert_eq!(parsed.messages(), ["E0012 [)] `)` closes nothing"]);
    let parsed = Parsed::of_items(&format!("let x = {}{}", "(".repeat(220_000), "}".repeat(220_000)));
    assert_eq!(parsed.diagnostics[0].code, Code::TooDeep);
}

#[test]
fn chains_are_as_long_as_one_likes() {
    let count = 20_000;
    // (text, how many members the tree's topmost list has)
    let members = |text: &str| -> usize {
        let text = format!("let x = {text}");
        let thread = std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
            let (parsed, work) = counted(|| Parsed::of_items(&text));
            assert_work(work, &text);
            assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.messages().first());
            let tree::ItemKind::Let(value) = &parsed.file.items[0].kind else { panic!("a let") };
            match &value.value.kind {
                tree::ExprKind::Connective(tree::Connective::And(members) | tree::Connective::Or(members)) => members.len(),
                tree::ExprKind::Arithmetic(tree::Arithmetic::Sum(members)) => members.len(),
                tree::ExprKind::Arithmetic(tree::Arithmetic::Product { factors, .. }) => factors.len(),
                tree::ExprKind::Predicate(tree::Predicate::Is { choices, .. }) => choices.len(),
                tree::ExprKind::Connective(tree::Connective::Not(_)) => 1,
                other => panic!("not a list: {other:?}"),
            }
        });
        thread.unwrap().join().unwrap()
    };
    assert_eq!(members(&format!("a{}", " and a".repeat(100_000))), 100_001);
    assert_eq!(members(&format!("a{}", " or a".repeat(count))), count + 1);
    assert_eq!(members(&format!("a{}", " + a".repeat(count))), count + 1);
    assert_eq!(members(&format!("a{}", " * a".repeat(count))), count + 1);
    assert_eq!(members(&format!("a is one of a{}", ", a".repeat(count))), count + 1);
    assert_eq!(members(&format!("{} a", "not ".repeat(100_001))), 1);
}

#[test]
fn implies_and_where_do_not_nest_without_brackets() {
    let parsed = Parsed::of_items(&format!("let x = a{}", " implies a".repeat(20_000)));
    assert_eq!(parsed.messages(), ["E0313 [implies] `implies` inside another needs parentheses"]);
    let parsed = Parsed::of_items(&format!("let x = {}a", "any b where ".repeat(20_000)));
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(parsed.diagnostics[0].code, Code::Syntax);
    let parsed = Parsed::of_items(&format!("let x = {}a", "days since ".repeat(20_000)));
    assert_eq!(parsed.diagnostics.len(), 1);
    let parsed = Parsed::of_items(&format!("let x = a{}", " else 1".repeat(20_000)));
    assert_eq!(parsed.diagnostics.len(), 1);
}

#[test]
fn a_file_has_at_most_one_mebibyte() {
    let line = "let a = b and c or d  # why not\n";
    let mut text = "leadwright 1\n".to_owned();
    while text.len() + line.len() <= FILE_BYTES_MAX {
        text.push_str("  # a comment that fills the file\n");
    }
    text.push_str(&" ".repeat(FILE_BYTES_MAX - text.len()));
    assert!(Parsed::of(&text).diagnostics.is_empty());
    text.push(' ');
    let parsed = Parsed::of(&text);
    assert_eq!(parsed.messages(), ["E0004 [] a file can have 1048576 bytes, this one has 1048577"]);
    assert!(parsed.file.items.is_empty());
}

#[test]
fn a_file_has_at_most_ten_thousand_items() {
    let parsed = Parsed::of_items(&"let a = b\n".repeat(ITEMS_MAX - 1));
    assert!(parsed.diagnostics.is_empty());
    assert_eq!(parsed.file.items.len(), ITEMS_MAX - 1);
    let parsed = Parsed::of_items(&"let a = b\n".repeat(ITEMS_MAX));
    assert_eq!(parsed.messages(), ["E0005 [let] a file can have 10000 parts, this one has 10001"]);
    assert_eq!(parsed.file.items.len(), ITEMS_MAX - 1);
}

/// The last mistake says that the search was ended, and only where it was.
#[test]
fn mistakes_beyond_a_limit_are_owned_up_to() {
    let help = |text: &str| Parsed::of_items(text).diagnostics.last().and_then(|last| last.help.clone()).unwrap_or_default();
    let item = "; further mistakes of this item were not looked for: mend these first";
    let rows = |row: &str, count: usize| format!("decide d {{\n{}  b otherwise\n}}\n", format!("  {row}\n  a when c is d\n").repeat(count));
    let row = "a wehn c is d";
    assert!(!help(&rows(row, 21)).contains("further"));
    assert!(help(&rows(row, 22)).ends_with(item));
    // three more in 50,000 bytes
    let long = format!("{}# {}\n", rows(row, 5).trim_end().trim_end_matches('}'), "x".repeat(50_000)) + "}\n";
    assert!(!help(&long.replacen("  a wehn c is d\n", "", 1)).contains("further"));
    assert!(help(&long).ends_with(item));
    assert!(!help(&"let a = = b\n".repeat(DIAGNOSTICS_MAX)).contains("further"));
    let file = "; further mistakes of this file, at least 3, are not shown: mend these first";
    assert!(help(&"let a = = b\n".repeat(DIAGNOSTICS_MAX + 3)).ends_with(file));
}

/// So often is a text read at most to find its mistakes and to try fixes, and so many bytes more, which are what a few mistakes in a small file may take. A fix that
/// is tried for each of 200 mistakes would read these texts 200 times.
const READ_TIMES_MAX: usize = 40;
const READ_BYTES_MAX: usize = 3 * 1024 * 1024;

/// Mistakes that each propose a fix, or leave much to be looked for behind them.
#[test]
fn mistakes_without_number_take_reading_in_proportion() {
    let bytes = 64 * 1024;
    for (before, piece, after) in [
        ("", "{\"\n", ""),
        ("", "}{)(]\"\n", ""),
        ("", "((((\n", ""),
        ("", "let a = ((((\n", ""),
        ("", "let a = (b\n", ""),
        ("", "let a = b)\n", ""),
        ("", "let a = \"b\n", ""),
        ("", "let a = = b\n", ""),
        ("", "decide d \"x {\n  a otherwise\n}\n", ""),
        ("", "decide d {\n  a wehn b\n  c wehn d\n}\n", ""),
        ("let a = b\n", "  let a = b\n", ""),
        ("let a = b\n", "  let a = = b\n", ""),
        ("lead {\n", "  f text \"abc\n", "}"),
        ("lead {\n", "  f txet\n", "}"),
        ("lead {\n", "  f text otional\n", "}"),
        ("lead {\n", "  f some of a b\n", "}"),
        ("lead {\n", "  f text from crm G,\n  f text\n", "}"),
        ("lead { ", "f txet ", "}"),
        ("lead { ", "f f f f f f f f f f f f f f f f f f f f f f f f f txet f text ", "}"),
        ("lead { a one of b", ", c,, d", "}"),
        ("decide d {\n", "  f when a is \"abc\n", "}"),
        ("decide d {\n", "  f when a is \"abc {\n", "}"),
        ("decide d {\n", "  f wehn a\n  f when a\n", "}"),
        ("score s {\n", "  secton a 40% {\n    b 100% {\n    }\n  }\n", "}"),
        ("grid g of a across b {\n", "  1 to 2 a1 a2 a3\n", "}"),
        ("let a = ", "b c ", ""),
        ("let a = ", "b b ", ""),
        ("let a = ", "\"b\" \"c ", ""),
    ] {
        let text = format!("leadwright 1\n{before}{}{after}", piece.repeat(bytes / piece.len()));
        let mut sources = Sources::default();
        let source = sources.add("policy.lead", text.as_str());
        let read = syntax::bytes_read(&sources, source);
        assert!(read <= READ_TIMES_MAX * text.len() + READ_BYTES_MAX, "{read} bytes for {} bytes of {before}{piece}", text.len());
    }
}

/// However many rows cannot be read, whatever else is wrong in their block is looked for, and each is a field whose name is known.
#[test]
fn broken_rows_without_number_hide_nothing() {
    let rows: String = (0..300).map(|row| format!("  broken_{row} txet\n  field_{row} text\n")).collect();
    let parsed = Parsed::of_items(&format!("lead {{\n{rows}}}\n"));
    let tree::ItemKind::Lead(lead) = &parsed.file.items[0].kind else { panic!("a lead") };
    let names: Vec<&str> = lead.fields.iter().map(|field| field.name.text.as_str()).collect();
    let expected: Vec<String> = (0..300).flat_map(|row| [format!("broken_{row}"), format!("field_{row}")]).collect();
    assert_eq!(names, expected);
    // and behind any number of strings that are not closed
    let rows: String = (0..100).map(|row| format!("  a_{row} when b is \"c_{row}\n")).collect();
    let parsed = Parsed::of_items(&format!("decide d {{\n{rows}  e wehn f\n  g otherwise\n}}\n"));
    assert_eq!(parsed.messages().len(), 101);
    assert_eq!(parsed.messages()[100], "E0001 [wehn] expected `when` or `otherwise`, found `wehn`");
}

/// Each of several strings that are not closed gets its fix: one of them alone would not mend the item.
#[test]
fn fixes_are_tried_together() {
    use super::mutations::apply;
    let mut text = format!("leadwright 1\ndecide d {{\n{}  z otherwise\n}}\n", "  a when b is \"c # why\n".repeat(30));
    for left in (0..30).rev() {
        text = apply(&Parsed::of(&text).diagnostics[0], &text).unwrap();
        assert_eq!(Parsed::of(&text).diagnostics.len(), left);
    }
}

/// Items that are indented count like all others.
#[test]
fn indented_items_are_counted() {
    let parsed = Parsed::of_items(&format!("let a = b\n{}", "  let a = b\n".repeat(ITEMS_MAX + 2)));
    assert_eq!(parsed.file.items.len(), ITEMS_MAX);
    assert_eq!(parsed.diagnostics.len(), DIAGNOSTICS_MAX);
}

/// The last mistake says where fixes were not tried, and only there.
#[test]
fn fixes_that_were_not_tried_are_owned_up_to() {
    let help = |rows: usize| {
        let rows = "  1 to 2 a1 a2 a3 a4 is a5\n".repeat(rows);
        Parsed::of_items(&format!("grid g of a across b {{\n{rows}}}\n")).diagnostics.last().and_then(|last| last.help.clone()).unwrap()
    };
    let sentence = "fixes of some mistakes were not tried, as there are many: mend those that have one first";
    assert!(!help(10).contains(sentence));
    assert!(help(2_000).contains(sentence));
}

/// Texts that are unkind to a scanner, a bracket counter, a parser that backtracks, and a reporter of mistakes.
#[test]
fn unkind_texts_take_work_in_proportion() {
    let unkind = [
        "a ",
        "\"",
        "\"a\" ",
        "'",
        "` ",
        "“",
        "#",
        "# a\n",
        "## a\n",
        "{",
        "}",
        "{}",
        "()",
        "([{",
        ")]}",
        "let ",
        "let a = b\n",
        "  let a = b\n",
        "let a = ;\n",
        "\n",
        "\n}",
        "\n]",
        "x\n",
        "1",
        "1,000",
        "1 ",
        "- ",
        "-1 ",
        ", ",
        ".",
        "..",
        "é",
        "\u{FEFF}",
        "\0",
        "any a where ",
        "(a or b) and ",
        "a -> b on c ",
        "is one of ",
        "not ",
        "1 to ",
        "leadwright 1\n",
        "count # x\n of ",
        "\\",
        "score s { section a 1% {\n",
        "[a].b ",
        "in (",
        "&& ",
        "stage a\n team b\n",
        "policy p {\n",
    ];
    for piece in unkind {
        for (before, after) in [
            ("", ""),
            ("leadwright 1\nlet x = ", ""),
            ("leadwright 1\nscore s { section a 100% { beds 100% { ", "}}}"),
            ("leadwright 1\nflow { ", " }"),
        ] {
            let count = FILE_BYTES_MAX / 32 / piece.len();
            let text = format!("{before}{}{after}", piece.repeat(count));
            let (parsed, work) = counted(|| Parsed::of(&text));
            assert_work(work, &text);
            assert!(parsed.diagnostics.len() <= DIAGNOSTICS_MAX);
        }
    }
}
