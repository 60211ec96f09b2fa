//! Text in columns for people.
//!
//! Enters: words, how they are painted, a [`Look`]. Leaves: lines no wider than the look allows, as far as words can be broken at all. Always
//! holds: every text is made harmless before it is laid out, and widths are those of a terminal (`東` is two columns wide).

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diagnostic::render_human::Look;
use crate::diagnostic::sanitise::one_line;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    #[default]
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Warn,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Paint::Plain => "",
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Good => "32",
            Paint::Bad => "31",
            Paint::Warn => "33",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Right,
}

/// A piece of text of one paint; in a table, a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    pub paint: Paint,
    /// the first cell of a row of two: it takes the room of all columns but the last
    pub wide: bool,
}

impl Words {
    pub fn paint(mut self, paint: Paint) -> Words {
        self.paint = paint;
        self
    }

    pub fn wide(mut self) -> Words {
        self.wide = true;
        self
    }
}

pub fn words(text: impl Into<String>) -> Words {
    Words { text: text.into(), ..Words::default() }
}

/// Text as it grows, line by line.
#[derive(Debug)]
pub struct Page {
    pub look: Look,
    out: String,
}

/// No column is made narrower than this.
const COLUMN_WIDTH_MIN: usize = 10;
const GAP: usize = 2;
/// No table grows beyond that: the eye must find its way from the first column to the last.
const FULL_WIDTH: usize = 90;

impl Page {
    pub fn new(look: Look) -> Page {
        Page { look, out: String::new() }
    }

    pub fn finish(self) -> String {
        self.out
    }

    pub fn empty_line(&mut self) {
        self.out.push('\n');
    }

    pub fn heading(&mut self, text: impl Into<String>) {
        if !self.out.is_empty() {
            self.empty_line();
        }
        self.line(0, &[words(text).paint(Paint::Bold)]);
    }

    /// Text that is laid out already, each line `indent` columns deeper.
    pub fn inset(&mut self, indent: usize, text: &str) {
        for line in text.lines() {
            if !line.is_empty() {
                self.blanks(indent);
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// A paragraph: further lines stand two columns deeper than the first.
    pub fn line(&mut self, indent: usize, pieces: &[Words]) {
        self.hanging(indent, indent + 2, pieces);
    }

    /// A paragraph whose further lines stand at `hang`.
    pub fn hanging(&mut self, indent: usize, hang: usize, pieces: &[Words]) {
        self.blanks(indent);
        self.flow(indent, hang, pieces);
    }

    /// Words from `column` on; further lines stand at `hang`.
    fn flow(&mut self, mut column: usize, hang: usize, pieces: &[Words]) {
        // what stands on the line and has the same paint, not yet written
        let mut run = Words::default();
        let mut blank_due = false;
        for piece in pieces {
            for (index, word) in one_line(&piece.text).split(' ').enumerate() {
                blank_due |= index > 0;
                if word.is_empty() {
                    continue;
                }
                let breaks = column + word.width() + usize::from(blank_due) > self.look.width && column > hang;
                if breaks || run.paint != piece.paint {
                    self.painted(&run.text, run.paint);
                    run = Words { paint: piece.paint, ..Words::default() };
                }
                if breaks {
                    self.out.push('\n');
                    self.blanks(hang);
                    column = hang;
                } else if blank_due {
                    // a blank needs no paint
                    if run.text.is_empty() {
                        self.blanks(1)
                    } else {
                        run.text.push(' ')
                    }
                    column += 1;
                }
                blank_due = false;
                run.text.push_str(word);
                column += word.width();
            }
        }
        self.painted(&run.text, run.paint);
        self.trim_blanks();
        self.out.push('\n');
    }

    /// A line as it was written: no blank is moved, and none is broken.
    pub fn verbatim(&mut self, indent: usize, line: &str) {
        self.blanks(indent);
        self.out.push_str(&one_line(line));
        self.trim_blanks();
        self.out.push('\n');
    }

    /// A label in a column of its own, the text behind it.
    pub fn labelled(&mut self, indent: usize, label: &Words, label_width: usize, text: &[Words]) {
        let shown = one_line(&label.text).into_owned();
        self.blanks(indent);
        self.painted(&shown, label.paint);
        self.blanks((label_width + 1).saturating_sub(shown.width()).max(1));
        self.flow(indent + label_width + 1, indent + label_width + 1, text);
    }

    /// Rows under each other; cells that are too wide for the page are broken into lines. Columns without `aligns` are left-aligned.
    pub fn table(&mut self, indent: usize, aligns: &[Align], rows: &[Vec<Words>]) {
        let widths = self.column_widths(indent, rows);
        self.rows(indent, aligns, rows, &widths);
    }

    /// A table as wide as the page, which is what `elastic` grows for: last columns of several tables stand under each other.
    pub fn full_table(&mut self, indent: usize, aligns: &[Align], elastic: usize, rows: &[Vec<Words>]) {
        let mut widths = self.column_widths(indent, rows);
        let taken = indent + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        // of nothing but wide rows there are two columns, and the last is for figures
        let elastic = elastic.min(widths.len().saturating_sub(2));
        if let Some(width) = widths.get_mut(elastic) {
            *width += self.look.width.min(FULL_WIDTH).saturating_sub(taken);
        }
        self.rows(indent, aligns, rows, &widths);
    }

    fn column_widths(&self, indent: usize, rows: &[Vec<Words>]) -> Vec<usize> {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width_of = |column: usize| {
            let cells = rows.iter().filter(|row| !is_wide(row)).filter_map(|row| row.get(column));
            cells.map(|cell| one_line(&cell.text).width()).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..count).map(width_of).collect();
        // the figure of a wide row stands in the last column
        let figures = rows.iter().filter(|row| is_wide(row)).filter_map(|row| row.get(1)).map(|cell| one_line(&cell.text).width());
        if let (Some(last), Some(widest)) = (widths.last_mut(), figures.max()) {
            *last = (*last).max(widest);
        }
        let available = self.look.width.saturating_sub(indent + GAP * count.saturating_sub(1));
        let longest_word = |column: usize| {
            let cells = rows.iter().filter(|row| !is_wide(row)).filter_map(|row| row.get(column));
            cells.flat_map(|cell| cell.text.split_whitespace()).map(|word| word.width()).max().unwrap_or(0)
        };
        let words: Vec<usize> = (0..count).map(longest_word).collect();
        while widths.iter().sum::<usize>() > available {
            let widest = |least: &dyn Fn(usize) -> usize| {
                let shrinks = (0..count).filter(|column| widths[*column] > least(*column));
                shrinks.max_by_key(|column| widths[*column])
            };
            // words are broken only where nothing else is left
            let Some(widest) = widest(&|column| words[column].max(COLUMN_WIDTH_MIN / 2)).or_else(|| widest(&|_| COLUMN_WIDTH_MIN)) else {
                break;
            };
            widths[widest] -= 1;
        }
        widths
    }

    fn rows(&mut self, indent: usize, aligns: &[Align], rows: &[Vec<Words>], widths: &[usize]) {
        for row in rows {
            if let ([most @ .., last], true) = (widths, is_wide(row)) {
                let wide = most.iter().sum::<usize>() + GAP * most.len().saturating_sub(1);
                self.row(indent, &[Align::Left, aligns.get(most.len()).copied().unwrap_or_default()], row, &[wide, *last]);
            } else {
                self.row(indent, aligns, row, widths);
            }
        }
    }

    fn row(&mut self, indent: usize, aligns: &[Align], row: &[Words], widths: &[usize]) {
        let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| broken(&one_line(&cell.text), *width)).collect();
        for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            self.blanks(indent);
            for (column, (cell, lines)) in row.iter().zip(&cells).enumerate() {
                if column > 0 {
                    self.blanks(GAP);
                }
                let text = lines.get(line).map_or("", String::as_str);
                let missing = widths[column].saturating_sub(text.width());
                match aligns.get(column).copied().unwrap_or_default() {
                    Align::Left => {
                        self.painted(text, cell.paint);
                        self.blanks(missing);
                    }
                    Align::Right => {
                        self.blanks(missing);
                        self.painted(text, cell.paint);
                    }
                }
            }
            self.trim_blanks();
            self.out.push('\n');
        }
    }

    fn painted(&mut self, text: &str, paint: Paint) {
        if self.look.colour && paint != Paint::Plain && !text.is_empty() {
            self.out.push_str(&format!("\u{1b}[{}m{text}\u{1b}[0m", paint.code()));
        } else {
            self.out.push_str(text);
        }
    }

    fn blanks(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
    }

    fn trim_blanks(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
    }
}

fn is_wide(row: &[Words]) -> bool {
    row.first().is_some_and(|cell| cell.wide)
}

/// Text broken at blanks into lines of at most `width` columns; words that are longer are broken where they must.
fn broken(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let indent = text.len() - text.trim_start_matches(' ').len();
    let mut lines: Vec<String> = Vec::new();
    for word in text[indent..].split(' ') {
        match lines.last_mut() {
            None => lines.push(format!("{}{word}", &text[..indent])),
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) => lines.push(format!("{}{word}", &text[..indent])),
        }
        while lines.last().is_some_and(|line| line.width() > width) {
            let line = lines.pop().unwrap_or_default();
            let mut column = 0;
            let cut = line.char_indices().find(|(_, character)| {
                column += character.width().unwrap_or(0);
                column > width
            });
            let cut = cut.map_or(line.len(), |(index, _)| index).max(line.chars().next().map_or(0, char::len_utf8));
            lines.push(line[..cut].to_string());
            if cut == line.len() {
                break;
            }
            lines.push(line[cut..].to_string());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow() -> Page {
        Page::new(Look { width: 20, ..Look::PLAIN })
    }

    #[test]
    fn paragraphs_hang() {
        let mut page = narrow();
        page.line(2, &[words("one two three"), words(", four five six")]);
        assert_eq!(page.finish(), "  one two three,\n    four five six\n");
    }

    #[test]
    fn columns_stand_under_each_other_and_wide_cells_are_broken() {
        let mut page = narrow();
        page.table(0, &[Align::Left, Align::Right], &[vec![words("東京"), words("1")], vec![words("one two three four"), words("10")]]);
        assert_eq!(page.finish(), "東京               1\none two three     10\nfour\n");
        assert_eq!(broken("abcdefghijkl", 5), ["abcde", "fghij", "kl"]);
        assert_eq!(broken("東京都", 1), ["東", "京", "都"]);
        assert_eq!(broken("  a bc d", 5), ["  a", "  bc", "  d"]);
    }

    #[test]
    fn words_are_whole_as_long_as_there_is_a_blank_to_break_at() {
        let mut page = Page::new(Look { width: 26, ..narrow().look });
        page.table(0, &[], &[vec![words("with_partner"), words("14 d 20 h ago")]]);
        assert_eq!(page.finish(), "with_partner  14 d 20 h\n              ago\n");
    }

    #[test]
    fn paint_takes_no_room_and_text_is_harmless() {
        let mut page = Page::new(Look { width: 20, colour: true, unicode: false });
        page.table(0, &[], &[vec![words("a\u{1b}[2J").paint(Paint::Bad), words("b")]]);
        page.line(0, &[words("one two").paint(Paint::Bold), words(" three"), words(" four five six").paint(Paint::Bold)]);
        assert_eq!(
            page.finish(),
            "\u{1b}[31ma␛[2J\u{1b}[0m  b\n\u{1b}[1mone two\u{1b}[0m three \u{1b}[1mfour\u{1b}[0m\n  \u{1b}[1mfive six\u{1b}[0m\n"
        );
    }
}
