//! Policies of the sizes at which proofs are measured, as text; also for benches, which include this file.

use std::fmt::Write;

const QUEUES: usize = 6;

/// `fields` fields of several types, about `rows` rows of scores in two sections and in adjustments, and `routing` rows of a decision.
/// `weight` is what one adjustment gives.
pub fn large(fields: usize, rows: usize, routing: usize, weight: i64) -> String {
    let mut text = String::from("leadwright 1\n\npolicy p { timezone \"UTC\" }\n\nlead {\n  id text key\n");
    let kind = |field: usize| ["whole 0..10_000", "one of a, b, c, d", "yes_no", "whole 0..500 optional"][field % 4];
    for field in 0..fields {
        writeln!(text, "  f{field} {}", kind(field)).unwrap();
    }
    text.push_str("}\n\nscore s from 0 to 1_000 {\n  section points_of_fields points {\n");
    let mut written = 0;
    for field in 0..fields {
        if written + 3 > rows {
            break;
        }
        let (low, high) = (field * 37 % 90 + 10, field * 53 % 300 + 110);
        let points = [field * 7 % 11 + 1, field * 5 % 9 + 3, field * 3 % 7];
        let rows = match field % 4 {
            0 => format!("{high} or more {}  {low} to under {high} {}  under {low} {}", points[0] + points[1], points[1], points[2]),
            1 => format!("a {}  b {}  c {}  d {}", points[0], points[1], points[2], points[0] + 4),
            2 => format!("yes {}  no {}", points[0], points[2]),
            _ => format!("{high} or more {}  under {high} {}  missing {}", points[0], points[1], points[2]),
        };
        writeln!(text, "    f{field} {{ {rows} }}").unwrap();
        written += [3, 4, 2, 3][field % 4];
    }
    text.push_str("  }\n");
    let mut number = 0;
    while written < rows {
        let (left, right) = (number * 3 % fields, (number * 5 + 1) % fields);
        let points = if number == 0 { weight } else { number as i64 * 7 % 13 + 1 };
        writeln!(text, "  adjust {points:+} when {} and {}", condition(left, number), condition(right, number + 1)).unwrap();
        (written, number) = (written + 1, number + 1);
    }
    text.push_str("}\n\ndecide d {\n");
    for row in 0..routing {
        let (left, right) = (row * 7 % fields, (row * 11 + 2) % fields);
        writeln!(text, "  r{row} when s >= {} and {} and {}", 60 + row * 5, condition(left, row), condition(right, row + 3)).unwrap();
    }
    text.push_str("  rest otherwise\n}\n\nclaim \"more never hurts\" s never falls as f0 rises\n");
    text
}

/// The same with a decision of three thresholds, and `routing` rows of a route that rests on it.
pub fn routed(fields: usize, rows: usize, routing: usize, weight: i64) -> String {
    let (hot, warm) = (condition(1, 0), condition(2, 1));
    let mut text = format!(
        "  hot when s >= 170 and {hot}\n  warm when s >= 130 or ({warm} and s >= 100)\n  cool when s >= 90\n  rest otherwise\n}}\n\nroute r {{\n"
    );
    for row in 0..routing {
        let (outcome, queue) = (["hot", "warm", "cool", "warm"][row % 4], row % QUEUES);
        let (left, right) = (condition(row * 7 % fields, row), condition((row * 11 + 2) % fields, row + 3));
        writeln!(text, "  q{queue} when d is {outcome} and {left} and {right}").unwrap();
    }
    text.push_str("  q0 otherwise\n}\n\nteam desk\n");
    for queue in 0..QUEUES {
        writeln!(text, "queue q{queue} team desk").unwrap();
    }
    large(fields, rows, 0, weight).replace("  rest otherwise\n}\n", &text)
}

fn condition(field: usize, number: usize) -> String {
    match field % 4 {
        0 => format!("f{field} >= {}", number * 97 % 400 + 20),
        1 => format!("f{field} is {}", ["a", "b", "c", "d"][number % 4]),
        2 => format!("f{field} is {}", ["yes", "no"][number % 2]),
        _ => format!("f{field} < {}", number * 31 % 300 + 50),
    }
}
