//! Comments that keep a finding quiet, and say why.
//!
//! ```text
//! # allow(unused-field): sales reads it in the CRM
//! # expect(zero-weight): counts from the second quarter on
//! ```
//!
//! Enters: every comment of a policy and what was found. Leaves: what no comment allows, and findings about the comments themselves. Always
//! holds: a comment needs a reason and names rules that exist; behind something on a line it speaks of that line, on a line of its own of the
//! item or row that follows (up to the bracket that closes what opens on its first line), and above or behind `leadwright 1` of the file. Warnings of
//! `check` may be named by their code.

use super::config::{Levels, rule_names, unknown};
use super::proofs::AlsoCalled;
use super::rules::{bad_suppression, unmet_expect, unused_allow};
use super::{Context, Rule, find};
use crate::diagnostic::{Applicability, Code, Diagnostic, Severity};
use crate::source::Span;
use crate::syntax::tree::{Comment, File};

/// A comment that speaks of findings.
struct Suppression {
    /// of the whole comment
    span: Span,
    /// where findings may begin
    scope: Span,
    names: Vec<(&'static str, Span, bool)>,
    expects: bool,
}

/// Takes away what comments allow; adds what is wrong with the comments. Nothing of the kind is said of a rule that was not looked for.
pub fn apply(
    context: &Context<'_>,
    levels: &Levels,
    looked_for: &dyn Fn(&Rule) -> bool,
    found: Vec<Diagnostic>,
    also_called: &[AlsoCalled],
) -> Vec<Diagnostic> {
    let mut about = Vec::new();
    let mut suppressions = Vec::new();
    for file in context.files {
        let text = &context.sources.get(file.source).text;
        for (index, comment) in file.comments.iter().enumerate() {
            read(context, text, file, index, comment, &mut suppressions, &mut about);
        }
    }
    // most findings stand in no scope at all: sorted by beginning, those that cannot hold a place are passed over at once
    suppressions.sort_by_key(|suppression| (suppression.scope.source, suppression.scope.start));
    let mut kept: Vec<Diagnostic> = found;
    kept.retain(|diagnostic| !is_allowed(diagnostic, also_called, &mut suppressions));
    for suppression in &suppressions {
        idle(context, looked_for, suppression, &mut about);
    }
    about.retain(|diagnostic| find(diagnostic.name()).is_some_and(|rule| levels.of(rule).severity().is_some()));
    about.retain(|diagnostic| !is_allowed(diagnostic, &[], &mut suppressions));
    kept.extend(about);
    kept
}

fn is_allowed(diagnostic: &Diagnostic, also_called: &[AlsoCalled], suppressions: &mut [Suppression]) -> bool {
    let Some(place) = diagnostic.labels.first().map(|label| label.span) else { return false };
    let end =
        suppressions.partition_point(|suppression| (suppression.scope.source, suppression.scope.start) <= (place.source, place.start));
    let also: Vec<&str> = also_called.iter().filter(|also| also.is_of(diagnostic)).map(|also| also.name).collect();
    let mut allowed = false;
    for suppression in &mut suppressions[..end] {
        if suppression.scope.source != place.source || place.start >= suppression.scope.end || suppression.span == place {
            continue;
        }
        for (name, _, fired) in &mut suppression.names {
            if *name == diagnostic.name() || also.contains(name) {
                *fired = true;
                allowed = true;
            }
        }
    }
    allowed
}

/// What a comment names and nothing is found of.
fn idle(context: &Context<'_>, looked_for: &dyn Fn(&Rule) -> bool, suppression: &Suppression, about: &mut Vec<Diagnostic>) {
    // a rule that is not looked for cannot fire
    let looked_for = |name: &str| find(name).is_none_or(looked_for);
    let all_idle = suppression.names.iter().all(|(name, _, fired)| !fired && looked_for(name));
    for (name, span, _) in suppression.names.iter().filter(|(name, _, fired)| !fired && looked_for(name)) {
        about.push(if suppression.expects {
            let diagnostic = unmet_expect::RULE
                .finding(format!("`{name}` is expected and not found"))
                .at(*span, "nothing of the kind here any more")
                .help("if it is mended for good, remove the comment");
            if all_idle {
                diagnostic.fix("remove the comment", Applicability::Safe, vec![context.without(suppression.span)])
            } else {
                diagnostic
            }
        } else {
            let diagnostic = unused_allow::RULE.finding(format!("`{name}` is allowed and not found")).at(*span, "nothing of the kind here");
            if all_idle {
                diagnostic.fix("remove the comment", Applicability::Safe, vec![context.without(suppression.span)])
            } else {
                diagnostic
            }
        });
    }
}

fn read(
    context: &Context<'_>,
    text: &str,
    file: &File,
    index: usize,
    comment: &Comment,
    suppressions: &mut Vec<Suppression>,
    about: &mut Vec<Diagnostic>,
) {
    let Some(body) = comment.text.strip_prefix('#') else { return };
    if let Some(documentation) = body.strip_prefix('#') {
        about.extend(documenting(documentation, comment));
        return;
    }
    let body = body.trim_start();
    let Some((verb, rest)) = ["allow", "expect"].into_iter().find_map(|verb| Some((verb, body.strip_prefix(verb)?.strip_prefix('(')?)))
    else {
        about.extend(nearly(body, comment));
        return;
    };
    let written = format!("# {verb}(RULE): why");
    let Some((list, reason)) = rest.split_once(')') else {
        about.push(
            bad_suppression::RULE
                .finding(format!("the list of rules behind `{verb}` is not closed"))
                .at(comment.span, "no `)`")
                .help(format!("write `{written}`")),
        );
        return;
    };
    let reason = reason.trim_start().strip_prefix(':').map(str::trim).filter(|reason| reason.chars().any(char::is_alphanumeric));
    if reason.is_none() {
        about.push(
            bad_suppression::RULE
                .finding(format!("this `{verb}` gives no reason"))
                .at(comment.span, "a reader will ask why")
                .help(format!("write `{written}`")),
        );
        return;
    }
    let mut names = Vec::new();
    let mut start = comment.span.start as usize + (comment.text.len() - rest.len());
    for word in list.split(',') {
        let name = word.trim();
        let offset = start + (word.len() - word.trim_start().len());
        let span = Span::new(file.source, offset, offset + name.len());
        start += word.len() + 1;
        match find(name).map(|rule| rule.name).or_else(|| warning_code(name)) {
            Some(known) => names.push((known, span, false)),
            None if Code::ALL.iter().any(|code| code.entry().code == name) => about
                .push(bad_suppression::RULE.finding(format!("`{name}` is an error, which cannot be allowed")).at(span, "mend it instead")),
            None => about.push(
                bad_suppression::RULE
                    .finding(unknown("rule", name, rule_names()))
                    .at(if name.is_empty() { comment.span } else { span }, "not a rule"),
            ),
        }
    }
    let scope = scope(context, text, file, index, comment);
    suppressions.push(Suppression { span: comment.span, scope, names, expects: verb == "expect" });
}

/// `Allow(unused-let): why`, `allow (unused-let): why`, `allow[unused-let]: why`, `allow unused-let: why`: meant, and not read.
fn nearly(body: &str, comment: &Comment) -> Option<Diagnostic> {
    let (verb, behind) = ["allow", "expect"].into_iter().find_map(|verb| {
        let (word, behind) = body.split_at_checked(verb.len())?;
        word.eq_ignore_ascii_case(verb).then_some((verb, behind))
    })?;
    let rest = behind.trim_start();
    let (list, has_brackets) = match rest.strip_prefix(['(', '[', '{', '<']) {
        Some(rest) => (rest.split([')', ']', '}', '>', ':']).next().unwrap_or_default(), true),
        None if behind.len() > rest.len() || rest.starts_with(':') => {
            let list = rest.trim_start_matches(':').trim_start();
            (list.split([':', ' ']).next().unwrap_or_default(), false)
        }
        None => return None,
    };
    // in prose anything can stand in brackets
    let names_rule = |name: &str| find(&name.to_ascii_lowercase()).is_some() || warning_code(name).is_some();
    let list = list.trim();
    if !list.split(',').map(str::trim).any(names_rule) {
        return None;
    }
    let written = body[..body.len() - rest.len()].trim_end();
    let (what, label) = match rest.chars().next() {
        Some(bracket) if has_brackets && bracket != '(' => (format!("{written}{bracket}"), "the rules stand in round brackets".to_owned()),
        Some('(') => (format!("{written}("), format!("`{verb}` is written small, with the bracket right behind it")),
        Some(_) | None => (written.to_owned(), "the rules stand in round brackets".to_owned()),
    };
    Some(
        bad_suppression::RULE
            .finding(format!("`{what}` keeps nothing quiet"))
            .at(comment.span, label)
            .help(format!("write `# {verb}({list}): why`")),
    )
}

/// `## allow(unused-let): why`: a text for readers of the policy.
fn documenting(body: &str, comment: &Comment) -> Option<Diagnostic> {
    let body = body.trim_start();
    let is_meant = ["allow(", "expect("].into_iter().any(|verb| {
        let list = body.strip_prefix(verb).and_then(|rest| rest.split_once(')'));
        list.is_some_and(|(list, _)| list.split(',').map(str::trim).any(|name| find(name).is_some() || warning_code(name).is_some()))
    });
    is_meant.then(|| {
        bad_suppression::RULE
            .finding("behind `##` it keeps nothing quiet")
            .at(comment.span, "this documents the item below")
            .help(format!("write it behind one sign: `# {body}`"))
    })
}

fn warning_code(name: &str) -> Option<&'static str> {
    let code = Code::ALL.iter().map(|code| code.entry()).find(|entry| entry.code == name)?;
    (code.severity == Severity::Warning).then_some(code.code)
}

/// What a comment speaks of.
fn scope(context: &Context<'_>, text: &str, file: &File, index: usize, comment: &Comment) -> Span {
    let place = comment.span.start as usize;
    let line_start = text[..place].rfind('\n').map_or(0, |newline| newline + 1);
    let before = &text[line_start..place];
    let whole_file = Span::new(file.source, 0, text.len());
    if file.version.is_some_and(|(_, span)| (line_start..place).contains(&(span.start as usize))) {
        return whole_file;
    }
    if !before.trim().trim_start_matches('\u{FEFF}').is_empty() {
        return Span::new(file.source, line_start, comment.span.end as usize);
    }
    // the first line behind it that is neither blank nor a comment
    let mut start = comment.span.end as usize;
    for next in &file.comments[index + 1..] {
        if !text[start..next.span.start as usize].trim().is_empty() {
            break;
        }
        start = next.span.end as usize;
    }
    start += text[start..].len() - text[start..].trim_start().len();
    let before_version = file.version.and_then(|(_, span)| text.get(start..span.start as usize));
    if before_version.is_some_and(|before| before.trim() == "leadwright") {
        return whole_file;
    }
    let item = context.items().find(|item| item.span.source == file.source && item.span.start as usize == start);
    if let Some(item) = item {
        return item.span;
    }
    Span::new(file.source, start, row_end(text, file, index, start))
}

/// Where the row that starts there ends: with its line, or with the bracket that closes what its line opens.
fn row_end(text: &str, file: &File, index: usize, start: usize) -> usize {
    let mut comments = file.comments[index..].iter().peekable();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut skip_to = 0;
    for (offset, character) in text[start..].char_indices() {
        let at = start + offset;
        if at < skip_to {
            continue;
        }
        while comments.next_if(|comment| (comment.span.end as usize) <= at).is_some() {}
        if let Some(comment) = comments.peek().filter(|comment| comment.span.start as usize == at) {
            skip_to = comment.span.end as usize;
            continue;
        }
        match character {
            '"' if !escaped => in_string = !in_string,
            '{' | '(' | '[' if !in_string => depth += 1,
            '}' | ')' | ']' if !in_string => match depth {
                0 => return at,
                _ => depth -= 1,
            },
            '\n' if depth == 0 => return at,
            _ => {}
        }
        escaped = in_string && character == '\\' && !escaped;
    }
    text.len()
}
