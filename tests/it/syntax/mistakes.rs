//! What the parser says about mistakes: the cases of `mistakes.txt`, and those that concern a whole file.

use leadwright::diagnostic::{Code, Diagnostic, Id};

use super::Parsed;
use super::mutations::apply;

/// A case of `mistakes.txt`; its header says what the lines mean.
#[derive(Default)]
struct Case<'a> {
    text: Vec<&'a str>,
    messages: Vec<&'a str>,
    help: &'a str,
    fixed: Vec<&'a str>,
}

fn cases() -> Vec<Case<'static>> {
    let mut cases: Vec<Case> = Vec::new();
    for paragraph in include_str!("mistakes.txt").split("\n\n").skip(2) {
        let mut case = Case::default();
        for line in paragraph.lines().filter(|line| !line.starts_with("# ")) {
            match line.split_at_checked(2) {
                Some(("! ", message)) => case.messages.push(message),
                Some(("? ", help)) => case.help = help,
                Some(("> ", fixed)) => case.fixed.push(fixed),
                _ => case.text.push(line),
            }
        }
        if !case.messages.is_empty() {
            cases.push(case);
        }
    }
    cases
}

#[test]
fn every_mistake_is_explained() {
    let cases = cases();
    assert!(cases.len() > 180, "{}", cases.len());
    for case in cases {
        let text = case.text.join("\n");
        let parsed = Parsed::of_items(&text);
        assert_eq!(parsed.messages(), case.messages, "of {text}");
        let first = &parsed.diagnostics[0];
        assert_eq!(first.help.as_deref().unwrap_or(""), case.help, "of {text}");
        let fixed = apply(first, &format!("leadwright 1\n{text}"));
        let expected = (!case.fixed.is_empty()).then(|| format!("leadwright 1\n{}", case.fixed.join("\n")));
        assert_eq!(fixed, expected, "of {text}");
        if let Some(fixed) = fixed {
            let after = Parsed::of(&fixed);
            assert!(
                !after.messages().contains(&parsed.messages()[0]) || after.diagnostics.len() < parsed.diagnostics.len(),
                "the fix of {text}"
            );
        }
    }
}

/// A fix that needs no look makes the text right, as far as it goes: applied one after the other, no safe fix is left.
#[test]
fn safe_fixes_mend() {
    use leadwright::diagnostic::Applicability;
    for case in cases() {
        let mut text = format!("leadwright 1\n{}", case.text.join("\n"));
        for round in 0.. {
            assert!(round < 20, "fixes do not end: {text}");
            let parsed = Parsed::of(&text);
            let safe = |diagnostic: &&Diagnostic| diagnostic.fixes.first().is_some_and(|fix| fix.applicability == Applicability::Safe);
            let Some(fixed) = parsed.diagnostics.iter().find(safe).and_then(|diagnostic| apply(diagnostic, &text)) else { break };
            let after = Parsed::of(&fixed);
            assert!(after.diagnostics.len() < parsed.diagnostics.len() || after.messages() != parsed.messages(), "{text}");
            text = fixed;
        }
    }
}

#[test]
fn three_broken_items_and_a_good_one() {
    let parsed = Parsed::of_items(
        "let a = b +\n\nscore s { section a 40% { x 100% { 1 or more } } }\n\nlet good = b > 5\n\ndecide d {\n  x when\n}\n\nflow {\n  a -> b when c\n}\n",
    );
    assert_eq!(
        parsed.messages(),
        [
            "E0001 [+] expected a value, found the end of the `let`",
            "E0001 [more] the band has no points",
            "E0001 [when] expected a condition, found the end of the row",
        ]
    );
    // of a table of conditions what is left without the row is kept
    assert_eq!(parsed.summary(), "(let good (> b 5))\n(decide d)\n(flow (a -> b (when c)))");
}

/// A brace that is missing in one item costs nothing of any.
#[test]
fn a_missing_brace_hides_no_other_item() {
    let parsed = Parsed::of_items("lead {\n  a text\n\nlet b = c\n\nscore s {\n  section x 100% { }\n\ndecide d { e otherwise }\n");
    assert_eq!(parsed.messages(), ["E0012 [{] `{` is not closed", "E0012 [{] `{` is not closed"]);
    assert_eq!(parsed.summary(), "(lead (a text))\n(let b c)\n(score s (section x 100%))\n(decide d (e otherwise))");
}

/// What can be read in spite of a slip is in the tree.
#[test]
fn slips_leave_their_item_in_the_tree() {
    let parsed = Parsed::of_items("decide d { a if b == 5 && !c  e else }\nlet f = g in (h, i)\npolicy p { version 'x' }");
    assert_eq!(
        parsed.summary(),
        "(decide d (a (when (and (is b 5) (not c)))) (e otherwise))\n(let f (is-one-of g h i))\n(policy p (version \"x\"))"
    );
    let parsed = Parsed::of_items("policy p { version \"x\n owner o }");
    assert_eq!(parsed.messages(), ["E0002 [\"x] this string is not closed on its line"]);
    assert_eq!(parsed.summary(), "(policy p (version \"x\") (owner o))");
}

#[test]
fn the_first_line_names_the_version() {
    let first = |text: &str| {
        let parsed = Parsed::of(text);
        let fixed = apply(parsed.diagnostics.first().unwrap(), text);
        (parsed.diagnostics[0].code, parsed.messages().len(), parsed.file.items.len(), fixed)
    };
    assert_eq!(first(""), (Id::Code(Code::MissingVersion), 1, 0, Some("leadwright 1\n\n".to_owned())));
    assert_eq!(first("let a = b\n"), (Id::Code(Code::MissingVersion), 1, 1, Some("leadwright 1\n\nlet a = b\n".to_owned())));
    assert_eq!(
        first("# note\nlet a = b\n"),
        (Id::Code(Code::MissingVersion), 1, 1, Some("# note\nleadwright 1\n\nlet a = b\n".to_owned()))
    );
    assert_eq!(first("leadwright\nlet a = b\n"), (Id::Code(Code::MissingVersion), 1, 1, Some("leadwright 1\nlet a = b\n".to_owned())));
    assert_eq!(
        first("leadwright one two\nlet a = b\n"),
        (Id::Code(Code::MissingVersion), 1, 1, Some("leadwright 1\nlet a = b\n".to_owned()))
    );
    assert_eq!(first("leadwright 2\nlet a = b\n"), (Id::Code(Code::UnknownVersion), 1, 1, None));
    assert_eq!(first("leadwright 1\nlet a = b\nleadwright 1\n"), (Id::Code(Code::Syntax), 1, 1, None));
    assert_eq!(first("\u{FEFF}let a = b\n").3, Some("\u{FEFF}leadwright 1\n\nlet a = b\n".to_owned()));
}

#[test]
fn line_ends_marks_and_blanks_of_other_systems_are_accepted() {
    for text in [
        "leadwright 1\r\nlet a = b\r\n",
        "\u{FEFF}leadwright 1\nlet a = b\n",
        "leadwright 1\n\n\tlet_ \n".trim_end_matches("\tlet_ \n"),
        "leadwright 1\nlet\ta\u{A0}=\u{A0}b",
    ] {
        assert_eq!(Parsed::of(text).messages(), Vec::<String>::new(), "{text:?}");
    }
    let parsed = Parsed::of("\u{FEFF}leadwright 1\r\nlet a = \"b\"\r\nlet c = \"d\r\n");
    assert_eq!(parsed.messages(), ["E0002 [\"d] this string is not closed on its line"]);
    assert_eq!(parsed.summary(), "(let a \"b\")\n(let c \"d\")");
}

/// The way that other files take is not mixed up with this one.
#[test]
fn spans_name_their_file() {
    let mut sources = leadwright::source::Sources::default();
    sources.add("a.lead", "leadwright 1\n");
    let source = sources.add("b.lead", "leadwright 1\nlet a = b c\n");
    let (file, diagnostics) = leadwright::syntax::parse(&sources, source);
    assert_eq!(file.source, source);
    assert_eq!(diagnostics[0].labels[0].span.source, source);
    assert_eq!(sources.text(diagnostics[0].labels[0].span), "c");
}
