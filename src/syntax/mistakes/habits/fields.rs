//! Slips in what a policy declares: fields, types, names, texts.

use super::{Habit, instead, slip, superfluous, translated};
use crate::diagnostic::{Applicability, Diagnostic, Edit, nearest};
use crate::source::Span;
use crate::syntax::grammar::{RESERVED_WORDS, Rule};
use crate::syntax::meant::{self, snake_case};
use crate::syntax::mistakes::Found;
use crate::syntax::scan::{Kind, Token};
use crate::syntax::trial::row_at;

pub(super) const HABITS: [Habit; 11] = [
    choices_in_brackets,
    quote_without_partner,
    table_without_from,
    type_of_other_tools,
    modifier,
    choices_without_comma,
    currency_in_small_letters,
    name_with_dash,
    name_in_quotes,
    text_without_quotes,
    reserved_name,
];

/// How many tokens are searched for the bracket that closes a list of choices.
const CHOICES_SEARCHED: isize = 400;

/// What other tools call the types.
const TYPE_WORDS: [(&str, &[&str]); 7] = [
    ("text", &["string", "str", "varchar", "char", "email", "phone", "url"]),
    ("whole", &["integer", "int", "number", "numeric", "count", "bigint"]),
    ("decimal 2", &["float", "double", "real", "percent", "percentage"]),
    ("money", &["currency", "amount", "price"]),
    ("yes_no", &["boolean", "bool", "checkbox", "flag"]),
    ("one of", &["enum", "picklist", "choice", "select", "oneof"]),
    ("time", &["datetime", "timestamp", "instant"]),
];

/// What other tools call the words behind a type.
const MODIFIER_WORDS: [(&str, &[&str]); 3] = [
    ("key", &["unique", "primary", "id_key"]),
    ("optional", &["null", "nullable", "maybe"]),
    ("", &["required", "mandatory", "notnull", "not_null"]),
];

/// How many tokens of the row behind a list without choices are read before the text stops making sense: its name as the choice, how to show it, its type as the name of another.
const READ_BEHIND_LIST: isize = 4;

/// `products some of` at the end of its row, or `products some of optional`
pub(super) fn choices_missing(found: &Found) -> Option<Diagnostic> {
    let is_list = |next: &isize| found.word(next - 1) == "of" && ["one", "some"].contains(&found.word(next - 2));
    let next = (-READ_BEHIND_LIST..=0).rev().find(is_list).filter(|_| ["lead", "signal", "table"].contains(&found.item()))?;
    let of = usize::try_from(found.index as isize + next - 1).ok()?;
    let row = row_at(found.tokens, found.tokens.get(of)?.start)?;
    let is_at_end = found.tokens.get(of + 1).is_none_or(|token| {
        let ends_row = token.indent.is_some_and(|indent| Some(indent) <= found.tokens[row.start].indent);
        ends_row || token.kind == Kind::Close || next == 0 && RESERVED_WORDS.contains(&found.word(0))
    });
    let list = found.span(next - 2).to(found.span(next - 1));
    let written = format!("{} of", found.word(next - 2));
    is_at_end.then(|| {
        let help = format!("write them behind it: `{written} hospital, clinic`");
        slip(format!("`{written}` lacks its choices"), list, "which choices are there?", help)
    })
}

/// `one of (hospital, clinic)`
fn choices_in_brackets(found: &Found) -> Option<Diagnostic> {
    let lists = found.word(-1) == "of" && ["one", "some"].contains(&found.word(-2));
    if !lists || found.kind(0) != Some(Kind::Open) {
        return None;
    }
    let close = (1..CHOICES_SEARCHED).find(|offset| found.kind(*offset) == Some(Kind::Close))?;
    let help = "write `one of A, B, C`: a list stands without brackets";
    let edits = [0, close].map(|offset| Edit { span: found.span(offset), text: String::new() });
    Some(slip("choices stand without brackets", found.span(0), "opened here", help).fix(
        "remove the brackets",
        Applicability::Safe,
        edits.to_vec(),
    ))
}

/// `'open`, `` `open ``
fn quote_without_partner(found: &Found) -> Option<Diagnostic> {
    let help = match found.word(0) {
        "'" | "“" | "”" | "„" => "a string stands between two straight double quotation marks: `\"…\"`",
        "`" => "a reserved word that is used as a name stands between two backquotes",
        _ => return None,
    };
    Some(slip("a quotation mark has no partner on its line", found.span(0), "opened here", help))
}

/// `table t "t.csv" { … }`
fn table_without_from(found: &Found) -> Option<Diagnostic> {
    if found.item() != "table" || !found.expects(Rule::FROM) || found.kind(-1) != Some(Kind::String) {
        return None;
    }
    let span = found.span(-1);
    Some(slip("`from` is missing before the file of the table", span, "the file", "write `table NAME from \"FILE.csv\" { … }`").replace(
        "insert `from`",
        Applicability::Unsafe,
        Span { end: span.start, ..span },
        "from ",
    ))
}

/// `beds integer`
fn type_of_other_tools(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::type_expression) || found.row_ends_early() {
        return None;
    }
    let ours = translated(&TYPE_WORDS, found.word(0))?;
    let help = "the types are `text`, `whole`, `decimal N`, `money`, `yes_no`, `one of …`, `some of …`, `date` and `time`";
    Some(instead(found, found.span(0), ours, help))
}

/// `beds whole otional`: the word reads as the next field, which lacks its type.
fn modifier(found: &Found) -> Option<Diagnostic> {
    if !found.expects(Rule::type_expression) || found.kind(-1) != Some(Kind::Word) {
        return None;
    }
    let (written, span) = (found.word(-1), found.span(-1));
    let meant = translated(&MODIFIER_WORDS, written).or_else(|| nearest(written, ["key", "optional", "from", "prefix key"]))?;
    Some(match meant {
        "" => {
            superfluous(format!("no `{written}` is needed"), span, "every field is required unless it is `optional`", Applicability::Unsafe)
        }
        meant => instead(found, span, meant, format!("did you mean `{meant}`? A field is a name and a type")),
    })
}

/// `currency usd`
fn currency_in_small_letters(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let is_code = written.len() == 3 && written.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_code || !found.expects(Rule::currency_code) || found.word(-1) != "currency" {
        return None;
    }
    Some(instead(found, found.span(0), &written.to_uppercase(), "a currency is three capital letters"))
}

/// `let deal-size = …`
fn name_with_dash(found: &Found) -> Option<Diagnostic> {
    let (before, dash, behind) = (found.span(-1), found.span(0), found.span(1));
    let is_one_word = before.end == dash.start && dash.end == behind.start;
    let are_words = found.kind(-1) == Some(Kind::Word) && found.kind(1) == Some(Kind::Word);
    if found.word(0) != "-" || !is_one_word || !are_words || found.expects_operator() {
        return None;
    }
    let fixed = format!("{}_{}", found.word(-1), found.word(1));
    Some(instead(found, before.to(behind), &fixed, "names are small letters `a` to `z`, digits and `_`"))
}

/// `stage "Inquiry" owner marketing`, `one of "x", "y"`
fn name_in_quotes(found: &Found) -> Option<Diagnostic> {
    if found.kind(0) != Some(Kind::String) || !found.expects_name() || found.expects(Rule::string) {
        return None;
    }
    let span = found.span(0);
    let diagnostic = slip(
        "a name stands without quotation marks",
        span,
        "a string",
        "write a name in snake_case; a string behind it says how to show it",
    );
    // the other members of a list are likely to be written so too
    let mut members = vec![0];
    while let Some(last) = members.last().copied()
        && found.word(last + 1) == ","
        && found.kind(last + 2) == Some(Kind::String)
    {
        members.push(last + 2);
    }
    let names: Option<Vec<String>> = members.iter().map(|offset| snake_case(found.word(*offset))).collect();
    // a test uses names that stand elsewhere, which nobody can guess from a text
    let Some(names) = names.filter(|_| !["test", "cases"].contains(&found.item())) else { return Some(diagnostic) };
    let insert = |(offset, name): (&isize, &String)| {
        let member = found.span(*offset);
        Edit { span: Span { end: member.start, ..member }, text: format!("{name} ") }
    };
    let edits = members.iter().zip(&names).map(insert).collect();
    let noun = if names.len() == 1 { "name" } else { "names" };
    Some(diagnostic.fix(format!("insert the {noun} `{}`", names.join("`, `")), Applicability::Unsafe, edits))
}

/// `use common/teams.lead`, `version 2026.3`
fn text_without_quotes(found: &Found) -> Option<Diagnostic> {
    let is_plain = matches!(found.kind(0), Some(Kind::Word | Kind::Number));
    // Elsewhere a string is one of several things that may follow, such as a display name.
    let only_text = found.expected.iter().all(|rule| matches!(rule, Rule::string | Rule::path | Rule::INPUT | Rule::because));
    if !is_plain || found.row_ends_early() || !found.expects(Rule::string) || !only_text || found.item() == "claim" {
        return None;
    }
    let mut last = 0;
    // What touches belongs together: a path, a version. A title may have several words.
    let is_title = found.item() == "test";
    while found.token(last + 1).is_some_and(|next| {
        let touches = next.start == found.span(last).end as usize || (is_title && next.indent.is_none());
        touches && !matches!(next.kind, Kind::Open | Kind::Close) && found.word(last + 1) != ","
    }) {
        last += 1;
    }
    // where a string follows, it is the word before it that is too many
    if found.kind(last + 1) == Some(Kind::String) {
        return None;
    }
    let quoted = |span: Span| format!("\"{}\"", &found.text[span.start as usize..span.end as usize]);
    let span = found.span(0).to(found.span(last));
    let written = quoted(span);
    let explained = slip("a string stands in quotation marks", span, "no quotation marks", format!("write `{written}`"));
    // `from marketo Company,` at the end of a row
    let comma = Edit { span: found.span(last + 1), text: String::new() };
    if found.word(last + 1) == "," && found.token(last + 2).is_some_and(|next| next.indent.is_some()) {
        let edits = vec![Edit { span, text: written.clone() }, comma];
        if found.is_mended_by(&edits) {
            return Some(explained.fix(format!("write `{written}` without the comma behind it"), Applicability::Unsafe, edits));
        }
    }
    let mut texts = vec![span];
    // `from marketo Company, salesforce Company__c`: the other sources are likely to be written so too
    while found.expects(Rule::string) && found.item() == "lead" && found.word(last + 1) == "," && found.kind(last + 2) == Some(Kind::Word) {
        match found.kind(last + 3) {
            Some(Kind::Word) => texts.push(found.span(last + 3)),
            Some(Kind::String) => {}
            _ => break,
        }
        last += 3;
    }
    let edits = texts.iter().map(|text| Edit { span: *text, text: quoted(*text) }).collect();
    Some(explained.fix(
        format!("write `{}`", texts.iter().map(|text| quoted(*text)).collect::<Vec<_>>().join("`, `")),
        Applicability::Unsafe,
        edits,
    ))
}

/// `some of a b`: the last choice reads as the name of the next field, which lacks its type. Choices may go on in lines that are indented more than that of their field.
fn choices_without_comma(found: &Found) -> Option<Diagnostic> {
    // a choice may have a text behind it
    let last = if found.kind(-1) == Some(Kind::String) { -2 } else { -1 };
    if !found.expects(Rule::type_expression) || found.kind(last) != Some(Kind::Word) {
        return None;
    }
    let is_list = |back: &isize| found.word(-back) == "of" && ["one", "some"].contains(&found.word(-back - 1));
    let is_in_list = |back: &isize| !ends_choices(found, -back);
    let list = (1..CHOICES_SEARCHED).take_while(is_in_list).find(is_list).filter(|list| *list > 2)?;
    let is_choice = |offset: isize| found.kind(offset) == Some(Kind::Word) && !RESERVED_WORDS.contains(&found.word(offset));
    let is_gap = |offset: &isize| is_choice(*offset) && (is_choice(offset - 1) || found.kind(offset - 1) == Some(Kind::String));
    let row = row_at(found.tokens, found.token(-list)?.start)?;
    let indent = found.tokens[row.start].indent;
    let begins_row = |offset: isize| found.token(offset).is_none_or(|token| token.indent.is_some() && token.indent <= indent);
    let row_end = (0..CHOICES_SEARCHED).find(|offset| begins_row(*offset) || ends_choices(found, *offset))?;
    // a type that begins a line lacks the name before it
    let is_type = |offset: isize| found.token(offset).is_some_and(|token| token.indent.is_some()) && is_type_word(found.word(offset));
    let goes_on = (2 - list..row_end).any(|offset| found.token(offset).is_some_and(|token| token.indent.is_some()));
    let is_bracket = |token: &Token| matches!(token.kind, Kind::Open | Kind::Close);
    // what is indented below the head of a block is a row of it
    if (1 - list..row_end).any(is_type) || (1 - list..0).any(begins_row) || goes_on && found.tokens[row].iter().any(is_bracket) {
        return None;
    }
    let gaps: Vec<isize> = (2 - list..row_end).filter(is_gap).collect();
    let first = *gaps.first()?;
    let edits = gaps.iter().map(|offset| Edit { span: found.span(offset - 1).after(), text: ",".to_owned() }).collect();
    let help = format!("choices are parted by commas: `{}, {}`", found.word(first - 1), found.word(first));
    let commas = if gaps.len() == 1 { "insert a comma" } else { "insert the commas" };
    Some(slip("a comma is missing between two choices", found.span(first), "expected `,` before this", help).fix(
        commas,
        Applicability::Unsafe,
        edits,
    ))
}

fn is_type_word(word: &str) -> bool {
    meant::TYPE_WORDS.contains(&word) || ["queue", "team", "owner", "stage"].contains(&word)
}

/// Whether what stands there is said of the whole field: `optional`, `from`, `fixed`, `cost 3`; or ends the block.
fn ends_choices(found: &Found, offset: isize) -> bool {
    let word = found.word(offset);
    RESERVED_WORDS.contains(&word)
        || matches!(found.kind(offset), Some(Kind::Open | Kind::Close | Kind::Number))
        || word == "fixed" && found.word(offset + 1) != ","
        || word == "cost" && found.kind(offset + 1) == Some(Kind::Number)
}

/// `lead { key text }`
fn reserved_name(found: &Found) -> Option<Diagnostic> {
    let written = found.word(0);
    let declares = ["lead", "signal", "table"].contains(&found.item());
    let is_operator =
        ["and", "or", "not", "is", "has", "between", "else", "implies", "when", "otherwise", "because", "for"].contains(&written);
    // of what a test gives a field they are the value: `competitor no no`
    let is_operator = is_operator || (["test", "cases"].contains(&found.item()) && ["yes", "no", "missing", "known"].contains(&written));
    if !RESERVED_WORDS.contains(&written) || !found.expects_name() || (is_operator && !declares) {
        return None;
    }
    let help = format!("as a name it stands in backquotes: `` `{written}` ``");
    Some(slip(format!("`{written}` is a reserved word"), found.span(0), "not a name", help).replace(
        "put it in backquotes",
        Applicability::Unsafe,
        found.span(0),
        format!("`{written}`"),
    ))
}
