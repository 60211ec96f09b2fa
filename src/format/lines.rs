//! The lines that leave.
//!
//! Enters: lines, and the comments at their ends. Leaves: text. Always holds: no line ends in blanks, two blank lines never follow each
//! other, the text neither begins nor ends with one; comments at the ends of lines that follow each other stand in one column.

use unicode_width::UnicodeWidthStr;

/// Blanks before a comment at the end of a line, at least.
const COMMENT_GAP: usize = 3;
/// Lines that count as longer do not move the comments of their neighbours.
const COMMENT_COLUMN_MAX: usize = 80;

#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
}

#[derive(Debug, Default)]
struct Line {
    text: String,
    /// Its width as it counts for the comments around it.
    counted: Option<usize>,
    comment: Option<String>,
}

impl Lines {
    pub fn push(&mut self, indent: usize, text: &str, counted: Option<usize>) {
        self.lines.push(Line {
            text: format!("{}{text}", " ".repeat(indent)),
            counted: counted.map(|width| indent + width),
            comment: None,
        });
    }

    /// A blank line, unless there is one, or nothing at all.
    pub fn blank(&mut self) {
        if self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// Goes on with the last line, if there is room and no comment at its end.
    pub fn join(&mut self, gap: usize, text: &str, width_max: usize) -> bool {
        match self.lines.last_mut() {
            Some(line) if line.comment.is_none() && line.text.width() + gap + text.width() <= width_max => {
                line.text.push_str(&" ".repeat(gap));
                line.text.push_str(text);
                line.counted = None;
                true
            }
            _ => false,
        }
    }

    /// A comment at the end of the last line.
    pub fn comment(&mut self, text: &str) {
        match self.lines.last_mut() {
            Some(line) if line.comment.is_none() && !line.text.is_empty() => line.comment = Some(text.to_owned()),
            _ => self.push(0, text, None),
        }
    }

    pub fn finish(self) -> String {
        let mut text = String::new();
        for run in self.lines.chunk_by(|left, right| left.comment.is_some() && right.comment.is_some()) {
            // One alone needs no column.
            let counts = |line: &Line| line.counted.filter(|width| *width <= COMMENT_COLUMN_MAX && run.len() > 1);
            let column = run.iter().filter_map(counts).max().unwrap_or(0) + COMMENT_GAP;
            for line in run {
                text.push_str(&line.text);
                if let Some(comment) = &line.comment {
                    let width = line.text.width();
                    text.push_str(&" ".repeat(column.saturating_sub(width).max(COMMENT_GAP)));
                    text.push_str(comment);
                }
                text.push('\n');
            }
        }
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}
