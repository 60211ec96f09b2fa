//! A comment on a pull request.
//!
//! Enters: findings. Leaves: Markdown as GitHub and GitLab read it: a heading, and a table with a row for each finding. Always holds: no text of a policy
//! or a file's name can leave its cell, be read as Markdown or HTML, or mention a person; it is short enough for one comment.

use super::findings::{CaseOutcome, Counts, Findings};
use super::markdown_text::{code, prose};
use super::{Diagnostic, Severity};

/// A comment on GitHub has at most 65,536 characters.
const LENGTH_MAX: usize = 60_000;

/// `command` stands in the heading.
pub fn render(command: &str, findings: &Findings) -> String {
    let mut out = format!("### leadwright {command}: {}\n", sentence(findings));
    if findings.diagnostics.is_empty() {
        return out;
    }
    out += "\n| | where | what |\n|---|---|---|\n";
    for (index, diagnostic) in findings.diagnostics.iter().enumerate() {
        let row = row(diagnostic, findings);
        if out.len() + row.len() > LENGTH_MAX {
            out += &format!("\n… and {} more\n", findings.diagnostics.len() - index);
            break;
        }
        out += &row;
    }
    out
}

/// `2 errors and 1 warning`; `1 test failed, 4 passed`
fn sentence(findings: &Findings) -> String {
    if !findings.cases.is_empty() {
        let passed = findings.cases.iter().filter(|case| case.outcome == CaseOutcome::Passed).count();
        let failed = findings.cases.len() - passed;
        let tests = |count: usize| if count == 1 { "test" } else { "tests" };
        return match failed {
            0 => format!("{passed} {} passed", tests(passed)),
            _ => format!("{failed} {} failed, {passed} passed", tests(failed)),
        };
    }
    let Counts { errors, warnings, notes } = Counts::of(&findings.diagnostics);
    let counts: Vec<String> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") }
}

fn row(diagnostic: &Diagnostic, findings: &Findings) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = findings.place(diagnostic).map_or(String::new(), |span| {
        let position = findings.sources.position(span.source, span.start);
        code(&format!("{}:{}:{}", findings.sources.get(span.source).path, position.line, position.column))
    });
    let mut what = vec![format!("**{}** {}", diagnostic.name(), prose(&diagnostic.message))];
    what.extend(diagnostic.help.iter().flat_map(|help| help.lines()).map(|line| format!("help: {}", prose(line))));
    what.extend(diagnostic.fixes.iter().map(|fix| format!("fix: {}", prose(&fix.title))));
    format!("| {word} | {place} | {} |\n", what.join("<br>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Sources, Span};

    #[test]
    fn nothing_leaves_its_cell() {
        let mut sources = Sources::default();
        let file = sources.add("a|b`c\n<b>.lead", "one two\n");
        let evil = "x|y\n|z| <script> [l](http://e.vil) @all #1 **b** --> \\ `q` ~~s~~ www.e.vil";
        let diagnostics =
            vec![Diagnostic::new(Code::UnknownName, format!("there is no `{evil}")).at(Span::new(file, 4, 7), "this").help("one\ntwo")];
        let mut findings = Findings::default();
        findings.add(sources, diagnostics, Vec::new());
        let shown = render("check", &findings);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 5, "{shown}");
        assert_eq!(lines[0], "### leadwright check: 1 error");
        assert_eq!(lines[4].matches('|').count(), 4, "{shown}");
        let cell = lines[4].replace("<!-- -->", "").replace("**E0201**", "");
        for forbidden in ["`", "<script", "**b", "[l]", "@all", " #1", "\\", "~~", "-->"] {
            assert!(!cell.contains(forbidden), "{forbidden}: {shown}");
        }
        assert!(lines[4].contains("http<!-- -->&#58;") && lines[4].contains("www<!-- -->.e.vil"), "{shown}");
        assert!(lines[4].contains("&#64;<!-- -->all") && lines[4].contains("<br>help: two"), "{shown}");
    }

    #[test]
    fn it_fits_into_a_comment() {
        let mut sources = Sources::default();
        let file = sources.add("a.lead", "x");
        let diagnostics = vec![Diagnostic::new(Code::UnknownName, "there is no `x`").at(Span::new(file, 0, 1), ""); 3_000];
        let mut findings = Findings::default();
        findings.add(sources, diagnostics, Vec::new());
        let shown = render("check", &findings);
        assert!(shown.len() < 65_536 && shown.ends_with(" more\n"), "{}", &shown[shown.len() - 100..]);
    }
}
