//! A page of the documentation on a terminal.
//!
//! Enters: Markdown as the pages of codes and rules have it: headings, paragraphs, lists, tables, fenced blocks. Leaves: text for a [`Look`]: headings
//! bold, paragraphs within the width, blocks indented and as they were written.
//!
//! [`Look`]: crate::diagnostic::render_human::Look

use super::layout::{Page, Paint, words};
use crate::diagnostic::render_human::Look;

const BLOCK_INDENT: usize = 4;

/// One part of a page.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Heading(String),
    Paragraph(String),
    Item(String),
    Table(Vec<Vec<String>>),
    Block(Vec<String>),
}

pub fn page(markdown: &str, look: Look) -> String {
    let mut page = Page::new(look);
    let mut item_before = false;
    for (index, part) in parts(markdown).into_iter().enumerate() {
        let is_item = matches!(part, Part::Item(_));
        if index > 0 && !(is_item && item_before) {
            page.empty_line();
        }
        item_before = is_item;
        match part {
            Part::Heading(text) => page.line(0, &[words(text).paint(Paint::Bold)]),
            Part::Paragraph(text) => page.hanging(0, 0, &[words(text)]),
            Part::Item(text) => page.hanging(0, 2, &[words(format!("- {text}"))]),
            Part::Table(rows) => {
                let rows: Vec<_> = rows.into_iter().map(|row| row.into_iter().map(words).collect()).collect();
                page.table(BLOCK_INDENT, &[], &rows);
            }
            Part::Block(lines) => lines.iter().for_each(|line| page.verbatim(BLOCK_INDENT, line)),
        }
    }
    page.finish()
}

fn parts(markdown: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    // whether the line before can go on
    let mut open = false;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let goes_on = open && !line.trim().is_empty();
        open = !line.trim().is_empty();
        if line.starts_with("```") {
            parts.push(Part::Block(lines.by_ref().take_while(|line| !line.starts_with("```")).map(str::to_owned).collect()));
            open = false;
        } else if let Some(heading) = line.strip_prefix('#') {
            parts.push(Part::Heading(plain(heading.trim_start_matches('#').trim())));
            open = false;
        } else if let Some(item) = line.strip_prefix("- ") {
            parts.push(Part::Item(plain(item)));
        } else if line.starts_with('|') {
            let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| plain(cell.trim())).collect();
            let is_rule = cells.iter().all(|cell| !cell.is_empty() && cell.chars().all(|character| matches!(character, '-' | ':')));
            let is_empty = cells.iter().all(String::is_empty);
            match parts.last_mut() {
                Some(Part::Table(rows)) if goes_on => rows.extend(if is_rule || is_empty { None } else { Some(cells) }),
                _ => parts.push(Part::Table(if is_empty { Vec::new() } else { vec![cells] })),
            }
        } else if open {
            match parts.last_mut() {
                Some(Part::Paragraph(text) | Part::Item(text)) if goes_on => *text += &format!(" {}", plain(line.trim())),
                _ => parts.push(Part::Paragraph(plain(line.trim()))),
            }
        }
    }
    parts
}

/// Without what only a browser can use: stars around bold words, targets of links. Backquotes stay, they read well.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, piece) in text.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        // every second piece is code
        if index % 2 == 1 { out.push_str(piece) } else { out.push_str(&without_links(&piece.replace("**", ""))) }
    }
    out
}

/// `[words](target)` becomes `words`, as far as no code stands in it.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, words, after)) = link(rest) {
        out.push_str(before);
        out.push_str(words);
        rest = after;
    }
    out + rest
}

fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, words) = head.rsplit_once('[')?;
    let (_, after) = tail.split_once(')')?;
    Some((before, words, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn a_whole_page() {
        let markdown = "# E0001: a `title`\n\nOne **two** three\nfour [five](a.md) six `[x](y)`.\n\n- an item\n  goes on\n- another\n\n| a | b |\n|---|---|\n| c | `d` |\n\n## What\n\n```leadwright E0001\nlead {\n  id  text   key\n}\n```\n";
        insta::assert_snapshot!(page(markdown, Look { width: 24, ..Look::PLAIN }), @r"
        E0001: a `title`

        One two three four five
        six `[x](y)`.

        - an item goes on
        - another

            a  b
            c  `d`

        What

            lead {
              id  text   key
            }
        ");
    }

    #[test]
    fn headings_are_bold_and_nothing_else_is_painted() {
        let shown = page("# a\n\nb\n", Look { colour: true, ..Look::PLAIN });
        assert_eq!(shown, "\u{1b}[1ma\u{1b}[0m\n\nb\n");
    }

    #[test]
    fn every_page_of_a_code_keeps_to_the_width() {
        for code in Code::ALL {
            let entry = code.entry();
            let shown = page(entry.page, Look::PLAIN);
            assert!(shown.starts_with(&format!("{}: ", entry.code)), "{shown}");
            assert!(!shown.contains("```") && !shown.contains("**") && !shown.contains("]("), "{shown}");
            let own = shown.lines().filter(|line| !line.starts_with("    "));
            assert!(own.clone().all(|line| line.chars().count() <= 80), "{shown}");
        }
    }
}
