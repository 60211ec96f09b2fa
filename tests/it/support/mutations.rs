//! Policies with one thing changed, as text.

use super::random::Random;

/// The text with one number, choice, operator, field or row of it changed; it need not be a policy any more.
pub fn mutated(text: &str, random: &mut Random) -> String {
    let body = text.find("}\n\n").and_then(|header| text[header + 3..].find("}\n\n").map(|lead| header + lead + 6)).unwrap_or(0);
    let (head, rest) = text.split_at(body);
    match random.below(12) {
        0..=5 => head.to_string() + &number(rest, random),
        6 => head.to_string() + &word(rest, random),
        7 | 8 => head.to_string() + &rows(rest, random),
        9 => head.to_string() + &without_a_line(rest, random),
        10 => field(head, random) + rest,
        // a change that changes nothing
        _ => head.to_string() + &rest.replacen("otherwise\n}\n", "otherwise # as before\n}\n", 1).replacen(" and ", " and  ", 1),
    }
}

/// Another number in place of one.
fn number(text: &str, random: &mut Random) -> String {
    let bytes = text.as_bytes();
    let is_start = |place: &usize| {
        let before = place.checked_sub(1).map(|before| bytes[before]);
        bytes[*place].is_ascii_digit() && before.is_none_or(|before| !before.is_ascii_alphanumeric() && before != b'_' && before != b'.')
    };
    let starts: Vec<usize> = (0..bytes.len()).filter(is_start).collect();
    if starts.is_empty() {
        return text.to_string();
    }
    let start = *random.pick(&starts);
    let end = (start..bytes.len()).find(|place| !bytes[*place].is_ascii_digit()).unwrap_or(bytes.len());
    let Ok(value) = text[start..end].parse::<i64>() else { return text.to_string() };
    let other = (value + random.pick(&[1, -1, 2, 5, -3])).max(0);
    let rest = &text[end..];
    // the weights of two sections are 100 per cent together
    if let Some(weight) = rest.strip_prefix('%')
        && let Some(next) = weight.find(&format!("{}%", 100 - value))
        && other <= 100
    {
        let partner = format!("{}%", 100 - value);
        let weight = weight[..next].to_string() + &format!("{}%", 100 - other) + &weight[next + partner.len()..];
        return format!("{}{other}%{weight}", &text[..start]);
    }
    format!("{}{other}{rest}", &text[..start])
}

/// Another word in place of one.
fn word(text: &str, random: &mut Random) -> String {
    let pairs = [
        (" is a", " is b"),
        (" is b", " is c"),
        (" has a", " has c"),
        (" >= ", " > "),
        (" <= ", " < "),
        (" and ", " or "),
        (" or ", " and "),
        ("is missing", "is known"),
        ("\"OH\"", "\"TX\""),
        ("starts with", "contains"),
        ("larger of", "smaller of"),
        ("-> y", "-> z"),
        ("q1 when", "q2 when"),
    ];
    let present: Vec<_> = pairs.iter().filter(|(from, _)| text.contains(from)).collect();
    if present.is_empty() {
        return text.to_string();
    }
    let (from, to) = random.pick(&present);
    let places: Vec<usize> = text.match_indices(from).map(|(place, _)| place).collect();
    let place = *random.pick(&places);
    format!("{}{to}{}", &text[..place], &text[place + from.len()..])
}

/// Two neighbouring lines change places.
fn rows(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let places: Vec<usize> =
        (1..lines.len()).filter(|place| lines[*place].starts_with("  ") && lines[*place - 1].starts_with("  ")).collect();
    if places.is_empty() {
        return text.to_string();
    }
    let (mut lines, place) = (lines.clone(), *random.pick(&places));
    lines.swap(place, place - 1);
    lines.join("\n") + "\n"
}

fn without_a_line(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let places: Vec<usize> = (0..lines.len()).filter(|place| lines[*place].starts_with("  ") && lines[*place].contains(" when ")).collect();
    if places.is_empty() {
        return text.to_string();
    }
    let place = *random.pick(&places);
    let kept = lines.iter().enumerate().filter(|(line, _)| *line != place).map(|(_, line)| *line);
    kept.collect::<Vec<_>>().join("\n") + "\n"
}

/// A field has other choices, another range, or need not be known any more.
fn field(head: &str, random: &mut Random) -> String {
    let pairs = [
        ("of a, b, c", "of c, a, b"),
        ("of a, b, c", "of a, b, c, d"),
        ("of a, b, c", "of b, x, c, a"),
        ("whole 0..6", "whole 0..5"),
        ("whole 0..6", "whole 0..9"),
        ("decimal 1 -0.3..0.3", "decimal 2 -0.30..0.30"),
        (" optional", ""),
        ("yes_no\n", "yes_no optional\n"),
    ];
    let present: Vec<_> = pairs.iter().filter(|(from, _)| head.contains(from)).collect();
    if present.is_empty() {
        return head.to_string();
    }
    let (from, to) = random.pick(&present);
    head.replacen(from, to, 1)
}
