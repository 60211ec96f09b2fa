//! Annotations on a pull request: workflow commands of GitHub Actions, one line for each finding.
//!
//! Enters: findings. Leaves: `::error file=…,line=…::message` lines. Always holds: one finding is one line; no text of a policy or a file's name can
//! begin a command, end a property or steer a terminal.

use super::findings::Findings;
use super::sanitise::one_line;
use super::{Diagnostic, Severity};

pub fn render(findings: &Findings) -> String {
    findings.diagnostics.iter().map(|diagnostic| command(diagnostic, findings)).collect()
}

fn command(diagnostic: &Diagnostic, findings: &Findings) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(span) = findings.place(diagnostic) {
        let start = findings.sources.position(span.source, span.start);
        let end = findings.sources.position(span.source, span.end);
        properties.push(format!("file={}", property(&findings.sources.get(span.source).path)));
        properties.push(format!("line={}", start.line));
        properties.push(format!("endLine={}", end.line));
        // columns are allowed only where start and end stand on one line
        if start.line == end.line {
            properties.push(format!("col={}", start.column));
            properties.push(format!("endColumn={}", end.column));
        }
    }
    properties.push(format!("title={}", property(diagnostic.name())));
    let mut text = vec![data(&diagnostic.message)];
    text.extend(diagnostic.labels.first().map(|label| data(&label.text)).filter(|text| !text.is_empty()));
    text.extend(diagnostic.help.iter().flat_map(|help| help.lines()).map(|line| format!("help: {}", data(line))));
    text.extend(diagnostic.fixes.iter().map(|fix| format!("fix: {}", data(&fix.title))));
    format!("::{word} {}::{}\n", properties.join(","), text.join("%0A"))
}

fn data(text: &str) -> String {
    one_line(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Sources, Span};

    #[test]
    fn one_line_each_and_nothing_breaks_out() {
        let mut sources = Sources::default();
        let file = sources.add("a,line=7::b%.lead", "one two\nthree\n");
        let diagnostics = vec![
            Diagnostic::new(Code::UnknownName, "there is no `a\n::error::x` of 100 %").at(Span::new(file, 4, 7), "this").help("one\ntwo"),
            Diagnostic::lint("unused-field", Severity::Note, "`x\u{1b}[2J` is not used").at(Span::new(file, 4, 12), ""),
        ];
        let mut findings = Findings::default();
        findings.add(sources, diagnostics, Vec::new());
        assert_eq!(
            render(&findings),
            "::error file=a%2Cline=7%3A%3Ab%25.lead,line=1,endLine=1,col=5,endColumn=8,title=E0201::there is no `a␊::error::x` of 100 %25%0Athis%0Ahelp: one%0Ahelp: two\n\
             ::notice file=a%2Cline=7%3A%3Ab%25.lead,line=1,endLine=2,title=unused-field::`x␛[2J` is not used\n"
        );
    }
}
