//! The grammar's rules in the words of its users.
//!
//! Enters: a rule that pest tried where the text stopped making sense. Leaves: what a person calls it, an example, and the words it begins
//! with. Rules that are only a step on the way, and the mistakes that the grammar reads, have no words.

use crate::syntax::grammar::{Rule, is_token};

/// What a person is told about a part that could have stood somewhere.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    pub words: String,
    /// How to write it.
    pub example: Option<&'static str>,
    /// The words it begins with, if only certain ones do.
    pub beginnings: Vec<String>,
    /// The less, the sooner it is named.
    pub rank: u8,
}

/// The ranks: what begins a part; what may follow; the end of the part; one more member of a list; an operator.
pub(super) const RANK_PART: u8 = 0;
const RANK_WORD: u8 = 1;
pub(super) const RANK_END: u8 = 2;
const RANK_COMMA: u8 = 3;
const RANK_OPERATOR: u8 = 4;
/// What may stand there but says little: a display name, a currency, a dot. Named only where nothing else is expected.
pub(super) const RANK_ASIDE: u8 = 5;

/// None for what need not be named. `item` is the word that the item begins with, `before` the token before; `begins_row` says that a row
/// could begin, or the block end.
pub(super) fn expectation(rule: Rule, item: &str, before: &str, begins_row: bool) -> Option<Expectation> {
    if rule == Rule::EOI {
        return Some(Expectation { words: format!("the end of the `{item}`"), example: None, beginnings: Vec::new(), rank: RANK_END });
    }
    if is_operator(rule) {
        return Some(Expectation { words: "an operator".to_owned(), example: None, beginnings: Vec::new(), rank: RANK_OPERATOR });
    }
    if is_value(rule) {
        let is_condition = ["when", "if", "and", "or", "not", "implies", "always", "never", "possible", "where", "skip"].contains(&before);
        let (words, example) = if is_condition { ("a condition", "beds >= 500") } else { ("a value", "beds + 10") };
        return Some(Expectation { words: words.to_owned(), example: Some(example), beginnings: Vec::new(), rank: RANK_PART });
    }
    let row = if rule == Rule::name && begins_row { row_of(item) } else { None };
    if let Some((words, example)) = row.or_else(|| part(rule)) {
        let rank =
            if matches!(rule, Rule::string | Rule::currency_code | Rule::no_currency_code | Rule::weight) { RANK_ASIDE } else { RANK_PART };
        return Some(Expectation { words: words.to_owned(), example: Some(example), beginnings: beginnings(rule), rank });
    }
    if !is_token(rule) {
        return None;
    }
    let rank = match rule {
        Rule::CLOSE_BRACE | Rule::CLOSE_ROUND | Rule::CLOSE_SQUARE => RANK_END,
        Rule::COMMA => RANK_COMMA,
        Rule::DOT | Rule::BUSINESS => RANK_ASIDE,
        _ => RANK_WORD,
    };
    Some(Expectation { words: format!("`{}`", token_text(rule)?), example: None, beginnings: Vec::new(), rank })
}

/// Operators that may follow any value.
fn is_operator(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::AND
            | Rule::OR
            | Rule::IMPLIES
            | Rule::ELSE
            | Rule::HAS
            | Rule::IS
            | Rule::BETWEEN
            | Rule::PLUS
            | Rule::MINUS
            | Rule::TIMES
            | Rule::OVER
            | Rule::REMAINDER
            | Rule::TO_PLACES
            | Rule::OPEN_SQUARE
            | Rule::comparator
            | Rule::compare
            | Rule::is_test
            | Rule::where_is
            | Rule::has_test
            | Rule::text_test
            | Rule::between
    )
}

/// Steps of the two towers of expressions.
fn is_value(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::expression
            | Rule::chain
            | Rule::negation
            | Rule::comparison
            | Rule::value
            | Rule::sum
            | Rule::product
            | Rule::primary
            | Rule::operand
            | Rule::where_chain
            | Rule::where_negation
            | Rule::where_comparison
            | Rule::where_value
            | Rule::where_sum
            | Rule::where_product
            | Rule::where_primary
    )
}

/// The rows that begin with a name.
fn row_of(item: &str) -> Option<(&'static str, &'static str)> {
    match item {
        "lead" | "signal" => part(Rule::field),
        "table" => part(Rule::column),
        "decide" => part(Rule::decide_row),
        "test" | "cases" => part(Rule::given),
        _ => None,
    }
}

/// (what a person calls it, an example)
fn part(rule: Rule) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        Rule::policy_property => ("a property of the policy", "version \"2026.3\""),
        Rule::requirement_word => ("what is required", "require every stage has owner"),
        Rule::require => ("`require`", "require every stage has owner"),
        Rule::calendar_row => ("a row of the calendar", "hours mon to fri 08:30 to 17:00"),
        Rule::opening | Rule::weekday => ("a day of the week", "mon to fri 08:30 to 17:00"),
        Rule::blocks | Rule::block | Rule::clock => ("a time of day", "08:30"),
        Rule::closed_day | Rule::date => ("a date", "2026-11-26"),
        Rule::time => ("a time", "2026-11-18T15:00"),
        Rule::ago => ("when it happened", "3 days ago"),
        Rule::field => ("a field", "beds whole 0..50_000 optional"),
        Rule::column => ("a column", "state text key"),
        Rule::type_expression => ("a type", "beds whole 0..50_000"),
        Rule::choices | Rule::choice => ("a choice", "long_term_care \"LTC\""),
        Rule::range => ("a range", "0..50_000"),
        Rule::field_source => ("a system and its field", "from salesforce \"Beds__c\""),
        Rule::score_part => ("a part of the score", "section demographic 40% { … }"),
        Rule::section => ("a section", "section demographic 40% { … }"),
        Rule::section_row => ("a row of the section", "beds 30% { … }"),
        Rule::attribute => ("an attribute", "beds 30% { … }"),
        Rule::points_row => ("points", "+5 per page_view"),
        Rule::band | Rule::pattern | Rule::patterns => ("a band", "500 or more 10"),
        Rule::points => ("the points of the band", "500 or more 10"),
        Rule::weight => ("a weight", "40%"),
        Rule::decide_row => ("a row", "qualified when readiness >= 65"),
        Rule::guard => ("`when` or `otherwise`", "qualified when readiness >= 65"),
        Rule::grid_row => ("a row of the grid", "70 or more a1, a2"),
        Rule::raci => ("who is accountable, responsible, consulted or informed", "accountable marketing"),
        Rule::flow_row | Rule::from_stages => ("a row of the flow", "inquiry -> mql when status is qualified"),
        Rule::trigger => ("`when`, `on` or `after`", "inquiry -> mql when status is qualified"),
        Rule::route_row => ("a row of the route", "inside otherwise"),
        Rule::turn => ("an owner", "rotate rep_a weight 1, rep_b weight 2"),
        Rule::sla_row => ("a row of the sla", "within 4 business hours otherwise"),
        Rule::moment => ("`when` or `on`", "starts when entering mql"),
        Rule::escalation => ("who is told, and after what time", "escalate to director after 1 business day"),
        Rule::period => ("a period", "per quarter"),
        Rule::test_part => ("a part of the test", "lead { beds 620 }"),
        Rule::given => ("a field and its value", "beds 620"),
        Rule::given_value => ("a value", "beds 620"),
        Rule::given_signal => ("a signal and when it happened", "page_view 2 days ago"),
        Rule::expected => ("a result and its value", "status qualified"),
        Rule::subject => ("a signal", "count of page_view"),
        Rule::measure_clause => ("a clause of the measure", "in last 30 days"),
        Rule::cap => ("`at most`", "at most 1 per day"),
        Rule::constants | Rule::constant | Rule::literal => ("a constant", "\"OH\""),
        Rule::amount | Rule::number => ("a number", "10"),
        Rule::integer => ("a whole number", "30"),
        Rule::string => ("a string in quotation marks", "\"Long-term care\""),
        Rule::currency_code | Rule::no_currency_code => ("a currency", "USD"),
        Rule::reference | Rule::path | Rule::names | Rule::name => ("a name", "site_of_care"),
        Rule::duration => ("a length of time", "4 business hours"),
        Rule::unit => ("a unit of time", "4 business hours"),
        Rule::parentheses => ("`(`", "larger of (a, b)"),
        Rule::flow_because => ("`because`", "because \"No action\""),
        Rule::recycle => ("`recycle`", "recycle rest 90 days"),
        _ => return None,
    })
}

/// How a token is written; none for the mistakes that the grammar reads.
fn token_text(rule: Rule) -> Option<String> {
    Some(match rule {
        Rule::IF
        | Rule::AND_SIGN
        | Rule::OR_SIGN
        | Rule::NOT_SIGN
        | Rule::EQUAL_SIGN
        | Rule::UNEQUAL_SIGN
        | Rule::WRONG_AT_LEAST
        | Rule::WRONG_AT_MOST
        | Rule::WRONG_ARROW
        | Rule::IN_BRACKET => return None,
        Rule::DOT => ".".to_owned(),
        Rule::OPEN_BRACE => "{".to_owned(),
        Rule::CLOSE_BRACE => "}".to_owned(),
        Rule::OPEN_ROUND => "(".to_owned(),
        Rule::CLOSE_ROUND => ")".to_owned(),
        Rule::OPEN_SQUARE => "[".to_owned(),
        Rule::CLOSE_SQUARE => "]".to_owned(),
        Rule::COMMA => ",".to_owned(),
        Rule::DOTS => "..".to_owned(),
        Rule::PERCENT => "%".to_owned(),
        Rule::EQUALS => "=".to_owned(),
        Rule::ARROW => "->".to_owned(),
        Rule::YES_NO => "yes_no".to_owned(),
        Rule::ANY_WORD => "any".to_owned(),
        Rule::NEVER_WORD => "never".to_owned(),
        Rule::LAST_OTHERWISE => "otherwise".to_owned(),
        // The other tokens are called after their words.
        _ => format!("{rule:?}").to_lowercase().replace('_', " "),
    })
}

/// The words with which a rule may begin, to find the one that was meant.
pub(super) fn beginnings(rule: Rule) -> Vec<String> {
    let words: &[&str] = match rule {
        Rule::policy_property => &["version", "dated", "owner", "timezone", "currency", "follows"],
        Rule::require => &["require"],
        Rule::calendar_row => &["timezone", "hours", "closed", "special"],
        Rule::weekday | Rule::opening => &["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        Rule::type_expression => {
            &["text", "whole", "decimal", "money", "yes_no", "one of", "some of", "date", "time", "queue", "team", "owner", "stage"]
        }
        Rule::score_part => &["section", "adjust", "for", "otherwise"],
        Rule::section => &["section"],
        Rule::guard => &["when", "otherwise"],
        Rule::raci => &["accountable", "responsible", "consulted", "informed"],
        Rule::trigger => &["when", "on", "after"],
        Rule::moment => &["when", "on"],
        Rule::sla_row => {
            &["starts", "stops", "restarts", "pauses", "within", "by", "remind", "breach notify", "breach reassign", "escalate to"]
        }
        Rule::test_part => &["as of", "stage", "owner", "queue", "table", "lead", "signals", "expect"],
        Rule::measure_clause => {
            &["where", "in last", "since entering", "since last", "at most", "fading half every", "fading to nothing over"]
        }
        Rule::period => &["hour", "day", "week", "month", "quarter", "year"],
        Rule::unit => &["seconds", "minutes", "hours", "days", "weeks"],
        Rule::flow_because => &["because"],
        Rule::recycle => &["recycle"],
        Rule::cap => &["at most"],
        Rule::is_test | Rule::where_is => &["is"],
        Rule::has_test => &["has"],
        Rule::text_test => &["starts with", "ends with", "contains"],
        _ if is_token(rule) => return token_text(rule).filter(|text| text.starts_with(char::is_alphabetic)).into_iter().collect(),
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}
