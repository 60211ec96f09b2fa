//! Messages of bounded length: what a user wrote may be a number of 100,000 digits.
//!
//! Enters: a message, with the words of a policy in backquotes. Leaves: the same, but whatever is quoted at greater length lacks its middle.

/// The most characters of one quoted piece that are shown.
const QUOTED_MAX: usize = 160;
/// What is kept of a longer one, at its start and at its end.
const KEPT: usize = 60;

pub(super) fn shorten(message: String) -> String {
    if message.len() <= QUOTED_MAX {
        return message;
    }
    // every second piece stands in backquotes; the others are the compiler's own words
    let pieces = message.split('`').enumerate().map(|(index, piece)| {
        let is_long = index % 2 == 1 && piece.chars().count() > QUOTED_MAX;
        if is_long { without_middle(piece) } else { piece.to_owned() }
    });
    pieces.collect::<Vec<String>>().join("`")
}

fn without_middle(piece: &str) -> String {
    let start: String = piece.chars().take(KEPT).collect();
    let mut end: Vec<char> = piece.chars().rev().take(KEPT).collect();
    end.reverse();
    format!("{start} … {}", end.into_iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_long_is_cut() {
        let digits = "7".repeat(100_000);
        let shown = shorten(format!("`{digits}` is too large for `beds`"));
        assert_eq!(shown, format!("`{0} … {0}` is too large for `beds`", "7".repeat(60)));
        let short = "x".repeat(QUOTED_MAX);
        assert_eq!(shorten(format!("`{short}` and `{short}`")), format!("`{short}` and `{short}`"));
        let letters = "ä".repeat(QUOTED_MAX + 1);
        assert_eq!(shorten(format!("`{letters}`")), format!("`{0} … {0}`", "ä".repeat(60)));
        let own = "a word ".repeat(100);
        assert_eq!(shorten(own.clone()), own);
    }
}
