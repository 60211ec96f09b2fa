//! `leadwright explain-code`.

use super::run;

#[test]
fn a_code_has_a_page_on_the_terminal() {
    for code in ["E0401", "e0401"] {
        let ran = run(&["explain-code", code]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.starts_with("E0401: weights total less than 100 %\n\nThe weights of"), "{}", ran.out);
        assert!(ran.out.contains("\nInstead\n\n    leadwright 1\n"), "{}", ran.out);
        assert!(!ran.out.contains(['\u{1b}', '#']) && ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    }
    assert!(run(&["explain-code", "E0401", "--color", "always"]).out.starts_with("\u{1b}[1mE0401: "));
}

#[test]
fn a_code_that_is_not_there_is_a_sentence() {
    assert_eq!(run(&["explain-code", "E041"]).sentence(), "there is no code `E041`; did you mean `E0401`?");
    assert_eq!(run(&["explain-code", "nonsense"]).sentence(), "there is no code `nonsense`");
}

#[test]
fn help_has_an_example() {
    assert!(run(&["explain-code", "--help"]).out.contains("Example:\n  leadwright explain-code E0401"));
}
