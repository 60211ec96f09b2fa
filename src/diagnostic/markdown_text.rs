//! Text of strangers, made harmless for Markdown.
//!
//! Enters: text of policies, leads and file names; our own sentences, with such text in backquotes. Leaves: Markdown as GitHub and GitLab read it. Always holds:
//! it is one line, starts no markup, no HTML and no link, ends no cell of a table, and refers to nobody and nothing, be it by `@team`, `#12` or `:tada:`.

use super::sanitise::one_line;

/// Text that is nothing but text: what Markdown or HTML could read as something else is written as an entity, which never is.
pub fn inert(text: &str) -> String {
    written(text, true)
}

/// As code: in HTML, which text cannot leave whatever it holds. References are not looked for in code.
pub fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", written(text, false)) }
}

fn written(text: &str, may_refer: bool) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '0'..='9' | 'a'..='z' | 'A'..='Z' | ' ' | ',' | ';' | '.' | '%' | '/' | '\'' | '(' | ')' => out.push(character),
            other if other.is_ascii() => out.push_str(&format!("&#{};", u32::from(other))),
            other => out.push(other),
        }
        // references are looked for behind the entities, in text between tags: `#12`, `!7`, `~bug`, `%"1.0"`, `:tada:`
        let refers = match characters.peek() {
            Some(next) => match character {
                '#' | '!' | '~' | '$' | '%' | '&' | '^' => next.is_alphanumeric() || matches!(next, '"' | '_'),
                ':' => next.is_alphabetic(),
                _ => false,
            },
            None => false,
        };
        if character == '@' || (refers && may_refer) {
            out.push_str("<!-- -->");
        }
    }
    // addresses are found by these beginnings alone
    out.replace("http", "http<!-- -->").replace("www.", "www<!-- -->.")
}

/// Our own sentence: what stands between backquotes becomes code. Between several of them, as between ``` `` ```, it may hold fewer, and one blank at either end
/// is no part of it; backquotes without as many others behind them are text.
pub fn prose(text: &str) -> String {
    prose_of(text, &|piece| inert(piece), &code)
}

/// The same, with something else done to plain text and to code.
pub fn prose_of(text: &str, plain: &dyn Fn(&str) -> String, code: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let fence = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let inside = &rest[start + fence..];
        out += &plain(&rest[..start]);
        match closing(inside, fence) {
            Some(end) => {
                let shown = &inside[..end];
                let bare = shown.strip_prefix(' ').and_then(|shown| shown.strip_suffix(' ')).filter(|_| fence > 1);
                out += &code(bare.unwrap_or(shown));
                rest = &inside[end + fence..];
            }
            None => {
                out += &plain(&rest[start..start + fence]);
                rest = inside;
            }
        }
    }
    out + &plain(rest)
}

/// Where exactly so many backquotes stand.
fn closing(text: &str, count: usize) -> Option<usize> {
    let mut from = 0;
    while let Some(start) = text[from..].find('`').map(|found| from + found) {
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        if run == count {
            return Some(start);
        }
        from = start + run;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_starts_nothing() {
        assert_eq!(inert("a_b|c"), "a&#95;b&#124;c");
        assert_eq!(
            inert("@team #12 !7 ~bug :tada:"),
            "&#64;<!-- -->team &#35;<!-- -->12 &#33;<!-- -->7 &#126;<!-- -->bug &#58;<!-- -->tada&#58;"
        );
        assert_eq!(inert("40% of 5: x"), "40% of 5&#58; x");
        assert_eq!(inert("http://e.vil www.e.vil"), "http<!-- -->&#58;//e.vil www<!-- -->.e.vil");
        assert_eq!(inert("a\nb\u{202e}"), "a␊b\u{FFFD}");
    }

    #[test]
    fn backquotes_make_code_and_none_is_left() {
        assert_eq!(prose("there is no `x`"), "there is no <code>x</code>");
        assert_eq!(prose("is now `` `missing` `` here"), "is now <code>&#96;missing&#96;</code> here");
        assert_eq!(prose("one ` alone"), "one &#96; alone");
        assert_eq!(prose("``a`b"), "&#96;&#96;a&#96;b");
        assert_eq!(prose("``` a``b ```"), "<code>a&#96;&#96;b</code>");
    }
}
