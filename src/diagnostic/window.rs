//! The piece of a file that a diagnostic shows.
//!
//! Enters: a file and the spans to be shown. Leaves: a [`Window`] of the lines around them, harmless for a terminal, and where each span
//! lies in it. Always holds: one character of the file is one character of the window, except that far stretches of a very long line are
//! cut to one `…`; so a marker stands under what it marks.

use super::sanitise::visible;
use crate::source::{Source, Span};

/// What stays at least on each side of a span's ends in a cut line.
const AROUND_MIN: usize = 8;

#[derive(Debug)]
pub struct Window {
    pub text: String,
    /// lines of the file before the window
    pub lines_before: usize,
    /// per span: its byte range in `text`
    pub ranges: Vec<(usize, usize)>,
}

impl Window {
    /// `context` lines are shown before the first span and behind the last; lines of more than `length_max` characters are cut around the spans.
    pub fn new(source: &Source, spans: &[Span], context: usize, length_max: usize) -> Window {
        let text = source.text.as_str();
        let bounds = |offset: u32| (offset as usize).min(text.len());
        let first = spans.iter().map(|span| bounds(span.start)).min().unwrap_or(0);
        let last = spans.iter().map(|span| bounds(span.end)).max().unwrap_or(0);
        let mut start = line_start(text, first);
        for _ in 0..context {
            start = line_start(text, start.saturating_sub(1));
        }
        let mut end = line_end(text, last);
        for _ in 0..context {
            end = line_end(text, (end + 1).min(text.len()));
        }
        // a carriage return before the line feed belongs to the line end, not to the line
        if text[end..].starts_with('\n') && text[start..end].ends_with('\r') {
            end -= 1;
        }

        let mut offsets: Vec<usize> = spans.iter().flat_map(|span| [bounds(span.start), bounds(span.end)]).collect();
        offsets.sort_unstable();
        let (out, moved) = (String::with_capacity(end - start), Vec::with_capacity(offsets.len()));
        let mut builder = Builder { out, offsets: &offsets, moved, length_max };
        let mut at = start;
        for line in text[start..end].split_inclusive('\n') {
            builder.line(line, at);
            at += line.len();
        }
        builder.finish();
        let moved = |offset: usize| builder.moved.get(offsets.partition_point(|one| *one < offset)).copied().unwrap_or(0);
        let ranges = spans.iter().map(|span| (moved(bounds(span.start)), moved(bounds(span.end)))).collect();
        let lines_before = text[..start].bytes().filter(|byte| *byte == b'\n').count();
        Window { ranges, lines_before, text: builder.out }
    }
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |index| index + 1)
}

fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |index| offset + index)
}

struct Builder<'a> {
    out: String,
    /// ascending offsets into the file whose places in `out` are wanted
    offsets: &'a [usize],
    /// those already known
    moved: Vec<usize>,
    length_max: usize,
}

impl Builder<'_> {
    /// `line` starts at `at` of the file and holds its line feed, if there is one.
    fn line(&mut self, line: &str, at: usize) {
        let length = line.trim_end_matches(['\r', '\n']).chars().count();
        let cut = length > self.length_max;
        let ends: Vec<usize> = self
            .offsets
            .iter()
            .filter(|offset| (at..=at + line.len()).contains(offset))
            .map(|offset| line[..offset - at].chars().count())
            .collect();
        let around = self.around(&ends, length);
        let mut in_gap = false;
        for (index, (offset, character)) in line.char_indices().enumerate() {
            self.reach(at + offset);
            let line_break = character == '\n' || (character == '\r' && line[offset..].len() == 2 && line.ends_with('\n'));
            let shown =
                !cut || line_break || ends.iter().any(|end| index.abs_diff(*end) <= around) || (ends.is_empty() && index < self.length_max);
            if shown {
                self.out.push(if line_break || character == '\t' { character } else { visible(character) });
            } else if !in_gap {
                self.out.push('…');
            }
            in_gap = !shown;
        }
    }

    /// How much can stay on each side of these places so that a line is short enough.
    fn around(&self, ends: &[usize], length: usize) -> usize {
        let shown = |around: usize| {
            let (mut shown, mut reach) = (0, 0);
            for end in ends {
                let (from, to) = (end.saturating_sub(around).max(reach), (end + around + 1).min(length));
                shown += to.saturating_sub(from) + usize::from(from > reach);
                reach = reach.max(to);
            }
            shown
        };
        (AROUND_MIN..=self.length_max).rev().find(|around| shown(*around) < self.length_max).unwrap_or(AROUND_MIN)
    }

    /// Everything before `offset` of the file has been written.
    fn reach(&mut self, offset: usize) {
        while self.offsets.get(self.moved.len()).is_some_and(|wanted| *wanted <= offset) {
            self.moved.push(self.out.len());
        }
    }

    fn finish(&mut self) {
        let at_end = self.moved.len() < self.offsets.len();
        self.reach(usize::MAX);
        // a marker behind the last line feed needs a line to stand on
        if at_end && (self.out.is_empty() || self.out.ends_with('\n')) {
            self.out.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn shown(text: &str, start: usize, end: usize) -> (String, String, usize) {
        let mut sources = Sources::default();
        let file = sources.add("a.lead", text);
        let window = Window::new(sources.get(file), &[Span::new(file, start, end)], 1, 72);
        let (from, to) = window.ranges[0];
        (window.text.clone(), window.text[from..to].to_string(), window.lines_before)
    }

    #[test]
    fn a_window_has_one_line_around() {
        assert_eq!(shown("one\ntwo\nthree\nfour\nfive\n", 8, 13), ("two\nthree\nfour".into(), "three".into(), 1));
        assert_eq!(shown("one\r\ntwo", 5, 8), ("one\r\ntwo".into(), "two".into(), 0));
        assert_eq!(shown("one\r\ntwo\r\nthree\r\n", 0, 3), ("one\r\ntwo".into(), "one".into(), 0));
        assert_eq!(shown("one\r\n", 3, 5), ("one\r\n ".into(), "\r\n".into(), 0));
        assert_eq!(shown("", 0, 0), (" ".into(), "".into(), 0));
        assert_eq!(shown("one\n", 4, 4), ("one\n ".into(), "".into(), 0));
    }

    #[test]
    fn harmful_characters_are_shown_and_spans_move_along() {
        assert_eq!(shown("a\u{1b}b\u{202e}c", 6, 7), ("a␛b\u{FFFD}c".into(), "c".into(), 0));
        // a carriage return ends a line only where no line ends otherwise
        assert_eq!(shown("a\rb\n", 2, 3), ("a␍b\n".into(), "b".into(), 0));
        assert_eq!(shown("a\rb", 2, 3), ("a\nb".into(), "b".into(), 0));
    }

    #[test]
    fn a_long_line_is_cut_around_its_span() {
        let text = format!("{}here{}", "x".repeat(5_000), "y".repeat(5_000));
        let (window, marked, _) = shown(&text, 5_000, 5_004);
        assert_eq!(marked, "here");
        assert!(window.starts_with('…') && window.ends_with('…') && window.chars().count() <= 73, "{window}");
        // as much as fits, wherever the span is
        let (window, marked, _) = shown(&text, 2, 6);
        assert_eq!(marked, "xxxx");
        assert!(window.ends_with('…') && (40..=73).contains(&window.chars().count()), "{window}");
    }
}
