//! Every construct of the language, and the trees that the reference says it means.

use super::{Parsed, check, summary};

/// An expression and its tree.
#[track_caller]
fn check_expression(text: &str, expected: &str) {
    check(&format!("let x = {text}"), &format!("(let x {expected})"));
}

/// Rows of a points section and their trees.
#[track_caller]
fn check_points(rows: &str, expected: &str) {
    check(&format!("score s {{ section a points {{ {rows} }} }}"), &format!("(score s (section a points {expected}))"));
}

/// Rows of an attribute and their trees.
#[track_caller]
fn check_bands(rows: &str, expected: &str) {
    check(
        &format!("score s {{ section a 100% {{ beds 100% {{ {rows} }} }} }}"),
        &format!("(score s (section a 100% (beds 100% {expected})))"),
    );
}

#[track_caller]
fn check_flow(rows: &str, expected: &str) {
    check(&format!("flow {{ {rows} }}"), &format!("(flow {expected})"));
}

#[test]
fn chains_bind_as_they_are_read_aloud() {
    check_expression("a", "a");
    check_expression("a and b and c", "(and a b c)");
    check_expression("a or b or c", "(or a b c)");
    check_expression("(a and b) or c", "(or (paren (and a b)) c)");
    check_expression("not a is b", "(not (is a b))");
    check_expression("not a and b", "(and (not a) b)");
    check_expression("not not a", "(not (not a))");
    check_expression("not not not a", "(not a)");
    check_expression("a and b implies c or d", "(implies (and a b) (or c d))");
    check_expression("a + b * 2 - c", "(a + (b * 2) - c)");
    check_expression("a * b / c % d to 2 places", "(a * b / c % d to 2)");
    check_expression("(a + b) to 1 place", "((paren (a + b)) to 1)");
    check_expression("a + b >= c * 2", "(>= (a + b) (c * 2))");
    check_expression("a + b else 0", "(else (a + b) 0)");
    check_expression("a else 0 >= 5", "(>= (else a 0) 5)");
    check_expression("a / b to 2 places else 0.5", "(else (a / b to 2) 5e-1)");
}

#[test]
fn tests_of_values() {
    check_expression("beds >= 500", "(>= beds 500)");
    check_expression("beds > 500", "(> beds 500)");
    check_expression("beds <= 500", "(<= beds 500)");
    check_expression("beds < 500", "(< beds 500)");
    check_expression("role is nurse", "(is role nurse)");
    check_expression("role is not nurse", "(is-not role nurse)");
    check_expression("role is one of nurse, buyer", "(is-one-of role nurse buyer)");
    check_expression("role is not one of nurse, buyer", "(is-not-one-of role nurse buyer)");
    check_expression("billing is same as shipping", "(same billing shipping)");
    check_expression("billing is not same as t[a].b", "(not-same billing t[a].b)");
    check_expression("beds is missing", "(is-missing beds)");
    check_expression("beds is known", "(known beds)");
    check_expression("beds is not missing", "(known beds)");
    check_expression("beds is not known", "(is-missing beds)");
    check_expression("beds between 1 and 5 and a", "(and (between beds 1 5) a)");
    check_expression("beds is between 1 and 5", "(between beds 1 5)");
    check_expression("products has service", "(has products service)");
    check_expression("products has any of service, dispensing", "(has products service dispensing)");
    check_expression("path starts with \"/careers\"", "(starts-with path \"/careers\")");
    check_expression("path ends with \".pdf\"", "(ends-with path \".pdf\")");
    check_expression("path contains \"price\"", "(contains path \"price\")");
    check_expression("entering mql", "(entering mql)");
    check_expression("leaving mql and a", "(and (leaving mql) a)");
    check_expression("stage is mql", "(is stage mql)");
    check_expression("budget is yes", "(is budget yes)");
}

#[test]
fn parts_of_calculations() {
    check_expression("larger of (a, b + 1, 3)", "(larger a (b + 1) 3)");
    check_expression("smaller of (a, b)", "(smaller a b)");
    check_expression("days since partner_deal <= 90", "(<= (days-since partner_deal) 90)");
    check_expression("days until need_by", "(days-until need_by)");
    check_expression("days since 2026-01-31", "(days-since 2026-01-31)");
    check_expression("domain of email", "(domain email)");
    check_expression("territories[state].queue", "territories[state].queue");
    check_expression("desks[product, state].queue is inside", "(is desks[product state].queue inside)");
    check_expression("readiness.demographic >= 20", "(>= readiness.demographic 20)");
    check_expression(
        "partner_deal is known and days since partner_deal <= 90",
        "(and (known partner_deal) (<= (days-since partner_deal) 90))",
    );
}

#[test]
fn measures_over_signals() {
    check_expression(
        "count of page_view where path starts with \"/careers\" in last 30 days",
        "(count page_view (where (starts-with path \"/careers\")) (in-last 30d))",
    );
    check_expression("count of brochure in last 90 days at most 1 per day", "(count brochure (in-last 90d) (at-most 1 day))");
    check_expression("any ask_for_rep in last 14 days", "(any ask_for_rep (in-last 14d))");
    check_expression("sum of order.amount since entering mql", "(sum order.amount (since-entering mql))");
    check_expression("first of call.outcome", "(first call.outcome)");
    check_expression("last of call.outcome since last call", "(last call.outcome (since-last call))");
    check_expression("days since last page_view else 999", "(else (days-since-last page_view) 999)");
    check_expression("days since last", "(days-since last)");
    check_expression("days since last and last > 5", "(and (days-since last) (> last 5))");
    check_expression("count of entering mql", "(count (entering mql))");
    check_expression("count of leaving mql since last call", "(count (leaving mql) (since-last call))");
    check_expression("days in mql", "(days-in mql)");
    check_expression("count of page_view fading half every 30 days", "(count page_view (half 30d))");
    check_expression("count of page_view fading to nothing over 60 days", "(count page_view (to-nothing 60d))");
    check_expression(
        "count of a where b > 1 and c is d in last 2 weeks since entering e at most 3 per 90 days fading half every 1 week",
        "(count a (where (and (> b 1) (is c d))) (in-last 2w) (since-entering e) (at-most 3 90-days) (half 1w))",
    );
    check_expression("count of a at most 1 ever >= 1", "(>= (count a (at-most 1 ever)) 1)");
    check_expression("any a where (b or not c) and d + 1 > e * 2", "(any a (where (and (paren (or b (not c))) (> (d + 1) (e * 2)))))");
    for (word, period) in [("hour", "hour"), ("day", "day"), ("week", "week"), ("month", "month"), ("quarter", "quarter"), ("year", "year")]
    {
        check_expression(&format!("count of a at most 1 per {word}"), &format!("(count a (at-most 1 {period}))"));
    }
}

#[test]
fn literals() {
    check_expression("250_000", "250000");
    check_expression("12.50", "1250e-2");
    check_expression("-25", "-25");
    check_expression("+5", "5");
    check_expression("100 EUR", "100EUR");
    check_expression("49.99 USD > 1", "(> 4999e-2USD 1)");
    check_expression("9_223_372_036_854_775_807", "9223372036854775807");
    check_expression("0.000000000000000001", "1e-18");
    check_expression("yes", "yes");
    check_expression("no", "no");
    check_expression("2026-11-26", "2026-11-26");
    check_expression("2028-02-29", "2028-02-29");
    check_expression("2026-11-18T15:00", "2026-11-18T15:00:00");
    check_expression("2026-11-18T15:00:59", "2026-11-18T15:00:59");
    check_expression("2026-11-18T15:00Z", "2026-11-18T15:00:00+0");
    check_expression("2026-11-18T15:00:07.000001", "2026-11-18T15:00:07.000001");
    check_expression("2026-11-18T15:00:07.25Z", "2026-11-18T15:00:07.25+0");
    check_expression("2026-11-18T15:00:30+01:30", "2026-11-18T15:00:30+5400");
    check_expression("2026-11-18T15:00-08:00", "2026-11-18T15:00:00-28800");
    check_expression(r#""a \"b\" \\ \n \t # { é""#, r#""a \"b\" \\ \n \t # { é""#);
    check_expression("\"\"", "\"\"");
}

#[test]
fn an_operator_has_a_blank_behind_it_and_a_sign_has_none() {
    check_expression("a - 5", "(a - 5)");
    check_expression("a - -5", "(a - -5)");
    check_expression("a -\n  5", "(a - 5)");
    check_points("+3 when sites > 1  -5 per rejected", "(3 (when (> sites 1))) (-5 (per 1 rejected))");
    check_points("+3 when sites > 1 - 5  +1 per a", "(3 (when (> sites (1 - 5)))) (1 (per 1 a))");
}

#[test]
fn only_the_listed_words_are_reserved() {
    // Every one of these is a word of the grammar somewhere else.
    for word in [
        "days",
        "count",
        "text",
        "last",
        "owner",
        "rest",
        "score",
        "start",
        "final",
        "in",
        "at",
        "most",
        "of",
        "since",
        "until",
        "team",
        "queue",
        "stage_",
        "lead",
        "signal",
        "policy",
        "status",
        "source",
        "other",
        "unknown",
        "each",
        "per",
        "to",
        "up",
        "places",
        "weight",
        "larger",
        "domain",
        "starts",
        "contains",
        "one",
        "some",
        "same",
        "entering_",
        "known_",
        "notary",
        "orchard",
        "island",
        "forty",
        "keyed",
        "nothing",
        "always",
        "never",
        "section",
        "points",
        "if",
        "true_",
    ] {
        check_expression(word, word);
        check_expression(&format!("{word} > 5 and {word} is {word}"), &format!("(and (> {word} 5) (is {word} {word}))"));
        check(&format!("lead {{ {word} text  {word} date }}"), &format!("(lead ({word} text) ({word} date))"));
        check(
            &format!("decide {word} {{ {word} when {word}  {word} otherwise }}"),
            &format!("(decide {word} ({word} (when {word})) ({word} otherwise))"),
        );
    }
    let reserved = "and or not is has between else when otherwise yes no missing known under by any key optional from implies because entering leaving for";
    for word in reserved.split(' ') {
        check_expression(&format!("`{word}` > 5"), &format!("(> {word} 5)"));
        assert!(!Parsed::of_items(&format!("let {word} = 5")).diagnostics.is_empty(), "`{word}` is reserved");
    }
}

#[test]
fn pairs_are_keywords_only_as_a_pair() {
    check_expression("days + since", "(days + since)");
    check_expression("count of  days  in   last 3 days", "(count days (in-last 3d))");
    check_expression("count # why\n of page_view", "(count page_view)");
    check_bands("up 1 to 2", "(up => 1) (to => 2)");
    check("stage recycle owner start start", "(stage recycle (owner start) start)");
    check_flow("a -> b on c  recycle -> d on e", "(a -> b (on c)) (recycle -> d (on e))");
    check_flow("a -> b on c recycle rest -> d on e", "(a -> b (on c) (recycle)) (rest -> d (on e))");
    check("claim \"x\" never falls as beds rises", "(claim \"x\" (falls never beds))");
}

#[test]
fn line_ends_mean_nothing() {
    let one_line = "decide status { a when x is b  c when y  d otherwise }";
    let many_lines = one_line.replace(' ', "\n  ");
    let expected = "(decide status (a (when (is x b))) (c (when y)) (d otherwise))";
    check(one_line, expected);
    check(&many_lines, expected);
    check(&many_lines.replace('\n', "\r\n"), expected);
    check(&one_line.replace(' ', " # a comment } \" ' `\n "), expected);
    check(&one_line.replace(' ', "\t"), expected);
}

#[test]
fn header() {
    check(
        "policy medbank \"MedBank\" { version \"2026.3\" owner marketing timezone \"America/New_York\" currency USD follows bd_global, local }",
        "(policy medbank \"MedBank\" (version \"2026.3\") (owner marketing) (timezone \"America/New_York\") (currency USD) (follows bd_global,local))",
    );
    check("policy p { }", "(policy p)");
    check("use \"common/teams.lead\"", "(use \"common/teams.lead\")");
    check(
        "standard bd \"Global\" { require weight of section demographic <= 50%  require every priority between -10 and 10
           require some priority < 0 because \"part of it\"  require threshold of readiness in status.qualified between 55 and 80
           require every stage has one accountable as warning  require every x within 90 days, \"y\" as warning because \"z\" }",
        "(standard bd \"Global\" (require weight of section demographic <= 50%) (require every priority `between` -10 `and` 10) \
         (require some priority < 0 (because \"part of it\")) (require threshold of readiness in status.qualified `between` 55 `and` 80) \
         (require every stage `has` one accountable as-warning) (require every x within 90d , \"y\" (because \"z\") as-warning))",
    );
}

#[test]
fn teams_and_calendars() {
    check("team a", "(team a)");
    check("team a \"A\" members r, s on c", "(team a \"A\" (members r,s) (on c))");
    check("team a on c members r", "(team a (members r) (on c))");
    check("team a on c except r on d, s on e members r, s", "(team a (members r,s) (on c) (except r on d) (except s on e))");
    check(
        "calendar c \"C\" { timezone \"UTC\" hours mon to fri 08:30 to 12:00, 13:00 to 17:00 sat 9:00 to 24:00 closed 2026-11-26 \"Thanksgiving\", 2026-12-25
           special 2026-12-24 \"Eve\" 08:30 to 12:00 special 2026-12-31 08:30 to 12:00 }",
        "(calendar c \"C\" (timezone \"UTC\") (Monday Friday 510-720 780-1020) (Saturday Saturday 540-1440) (closed 2026-11-26 \"Thanksgiving\") \
         (closed 2026-12-25) (special 2026-12-24 \"Eve\" 510-720) (special 2026-12-31 510-720))",
    );
}

#[test]
fn lead_and_its_types() {
    check(
        "lead { id text key  a \"A\" text optional  b whole  c whole 0..50_000  d whole -5..5  e decimal 2  f decimal 2 0..1.5  g money  h money EUR
           i money 0..1_000_000  j money EUR 0..5  k yes_no  l one of hospital, ltc \"Long-term care\" \"LTC\", clinic  m some of x, y  n date  o time }",
        "(lead (id text key) (a \"A\" text optional) (b whole) (c (whole 0 50000)) (d (whole -5 5)) (e (decimal 2)) (f (decimal 2 0 15e-1)) (g (money)) \
         (h (money EUR)) (i (money 0 1000000)) (j (money EUR 0 5)) (k yes_no) (l (one-of hospital ltc\"Long-term care\"\"LTC\" clinic)) \
         (m (some-of x y)) (n date) (o time))",
    );
    // in any order
    check(
        "lead { a whole optional from marketo \"A\", salesforce \"A__c\"  b whole from marketo \"B\" optional  c text optional key }",
        "(lead (a whole optional (from marketo \"A\") (from salesforce \"A__c\")) (b whole optional (from marketo \"B\")) (c text key optional))",
    );
}

#[test]
fn signals_groups_and_tables() {
    check("signal a", "(signal a)");
    check("signal a \"A\" by t", "(signal a \"A\" (by t))");
    check(
        "signal a ignore bursts of 4 within 1 second by t { b text  c whole optional }",
        "(signal a (by t) (bursts 4 1s) (b text) (c whole optional))",
    );
    check("signal call \"Call\" cost 2 by t fixed { at time }", "(signal call \"Call\" (by t) (cost 2) (fixed) (at time))");
    check(
        "lead { id text key  a whole cost 3 optional fixed  b one of x, y fixed from crm \"B\" }",
        "(lead (id text key) (a whole optional (cost 3) (fixed)) (b (one-of x y) (fixed) (from crm \"B\")))",
    );
    // they are names too
    check(
        "lead { cost money  fixed yes_no cost 2  b text fixed  owner text  c text  fixed whole  d text fixed  text text }",
        "(lead (cost (money)) (fixed yes_no (cost 2)) (b text (fixed)) (owner text) (c text) (fixed whole) (d text (fixed)) (text text))",
    );
    check(
        "signal rejected by t { reason one of no_budget, wrong_role }",
        "(signal rejected (by t) (reason (one-of no_budget wrong_role)))",
    );
    check("group scoring = page_view, form_fill", "(group scoring page_view,form_fill)");
    check(
        "table areas from \"areas.csv\" { size whole key  postcode text prefix key  desk queue  who owner optional  at stage  of team }",
        "(table areas \"areas.csv\" (size whole key) (postcode text prefix key) (desk queue) (who owner optional) (at stage) (of team))",
    );
    check("table reps from input { rep owner key  prefix text }", "(table reps input (rep owner key) (prefix text))");
}

#[test]
fn scores() {
    check(
        "score r \"R\" from 0 to 100 rounded to 0 places { section a \"A\" 40% { beds \"Beds\" 100% { otherwise 0 } } adjust -25 when b because \"c\" adjust +5 when d }",
        "(score r \"R\" (range 0 100) (rounded 0) (section a \"A\" 40% (beds \"Beds\" 100% (otherwise => 0))) (adjust -25 b (because \"c\")) (adjust 5 d))",
    );
    check("score b rounded to 1 place from -5 to 5 running { }", "(score b running (range -5 5) (rounded 1))");
    check(
        "score r { for role is pharmacist { section a 100% { } }   otherwise { section b 100% { } } }",
        "(score r (for (is role pharmacist) (section a 100%)) (otherwise (section b 100%)))",
    );
    check(
        "score r { section a 33.3% { t[state].region 50% { x 1 }  r.b 50% { x 1 } } }",
        "(score r (section a 333e-1% (t[state].region 50% (x => 1)) (r.b 50% (x => 1))))",
    );
    check(
        "score balance running from 0 to 500 { section moves points { +5 per page_view   -10 per email_bounce } }",
        "(score balance running (range 0 500) (section moves points (5 (per 1 page_view)) (-10 (per 1 email_bounce))))",
    );
}

#[test]
fn bands() {
    check_bands(
        "500 or more 10  100 to 499 6  under 100 1  missing 0",
        "((or-more 500) => 10) ((to 100 499) => 6) ((under 100) => 1) (missing => 0)",
    );
    check_bands("100 to under 500 6  0 0  -5 -10", "((to-under 100 500) => 6) (0 => 0) (-5 => -10)");
    check_bands("yes 10 no 0", "(yes => 10) (no => 0)");
    check_bands("hospital, clinic 4 because \"x\" otherwise -1", "(hospital clinic => 4 (because \"x\")) (otherwise => -1)");
    check_bands("\"OH\" 1  \"NY\", \"CA\" 2", "(\"OH\" => 1) (\"NY\" \"CA\" => 2)");
    check_bands("5 or more 10  under 5 2 each", "((or-more 5) => 10) ((under 5) => 2 each)");
    check_bands("0 to 5_000 1 per 500  6_000 or more -1.5 each", "((to 0 5000) => 1 per 500) ((or-more 6000) => -15e-1 each)");
    check_bands("2026-01-01 or more 5  under 2026-01-01 1", "((or-more 2026-01-01) => 5) ((under 2026-01-01) => 1)");
    check_bands("1, 3 to 5, 9 or more 2", "(1 (to 3 5) (or-more 9) => 2)");
    check_bands("250_000 USD or more 2", "((or-more 250000USD) => 2)");
}

#[test]
fn points() {
    check(
        "score s { section engagement points up to 45 { +100 per ask_for_rep at most 1 per day   -5 when quiet_days > 30 } }",
        "(score s (section engagement points (up-to 45) (100 (per 1 ask_for_rep (at-most 1 day))) (-5 (when (> quiet_days 30)))))",
    );
    check("score s { section a up to 4.5 points { } }", "(score s (section a points (up-to 45e-1)))");
    check_points("-25 per 3 careers_view", "(-25 (per 3 careers_view))");
    check_points("-10 per 30 days without scoring", "(-10 (per-quiet 30d scoring))");
    check_points("-10 per 30 days without scoring at most 3 ever", "(-10 (per-quiet 30d scoring (at-most 3 ever)))");
    check_points("5 per 3 days", "(5 (per 3 days))");
    check_points("+1 per entering mql", "(1 (per 1 (entering mql)))");
    check_points(
        "+5 per a where b is c in last 30 days since last d at most 1 ever fading half every 2 days because \"x\"",
        "(5 (per 1 a (where (is b c)) (in-last 30d) (since-last d) (at-most 1 ever) (half 2d)) (because \"x\"))",
    );
    check_points("duration { under 8 70  missing 43 }", "(duration ((under 8) => 70) (missing => 43))");
    check_points("+1 when a > 30   duration { yes 1 }  t[x].y { z 2 }", "(1 (when (> a 30))) (duration (yes => 1)) (t[x].y (z => 2))");
}

#[test]
fn decides_and_grids() {
    check(
        "decide status \"Status\" { qualified \"Q\" when readiness >= 65 and readiness.demographic >= 20 because \"good\"  nurture otherwise because \"rest\" }",
        "(decide status \"Status\" (qualified \"Q\" (when (and (>= readiness 65) (>= readiness.demographic 20))) (because \"good\")) (nurture otherwise (because \"rest\")))",
    );
    check(
        "grid grade of fit across engagement { 75 or more, under 75   70 or more a1, a2   under 70 b1, b2 }",
        "(grid grade fit engagement ((or-more 75) (under 75)) ((or-more 70) a1,a2) ((under 70) b1,b2))",
    );
    check(
        "grid g \"G\" of r.a across t[x].y { low, high, missing  nurse a, b, c  otherwise d, e, f }",
        "(grid g \"G\" r.a t[x].y (low high missing) (nurse a,b,c) (otherwise d,e,f))",
    );
}

/// A number with a unit is read as a mistake only where the unit cannot be the name of the next row.
#[test]
fn rows_may_be_called_like_units() {
    check(
        "decide z { a when n >= 5 days when n is 3 usd \"U\" when n between 1 and 2  hour otherwise }",
        "(decide z (a (when (>= n 5))) (days (when (is n 3))) (usd \"U\" (when (between n 1 2))) (hour otherwise))",
    );
    check_flow(
        "a -> b when n >= 5 days -> c when n > 3 eur, b -> c when n > 1",
        "(a -> b (when (>= n 5))) (days -> c (when (> n 3))) (eur,b -> c (when (> n 1)))",
    );
    check_points(
        "+1 when a > 3 hours { under 8 70 }  +1 when a > 3 week.x { z 2 }  +1 when a > 3 day[x].y { z 2 }",
        "(1 (when (> a 3))) (hours ((under 8) => 70)) (1 (when (> a 3))) (week.x (z => 2)) (1 (when (> a 3))) (day[x].y (z => 2))",
    );
    check_expression("a >= 30 % b and c >= 30% d", "(and (>= a (30 % b)) (>= c (30 % d)))");
    check("lead { a money 0..100 usd whole  b money eur text }", "(lead (a (money 0 100)) (usd whole) (b (money)) (eur text))");
}

#[test]
fn stages_and_flows() {
    check("stage inquiry \"Inquiry\" owner marketing start", "(stage inquiry \"Inquiry\" (owner marketing) start)");
    check("stage won final owner sales", "(stage won (owner sales) final)");
    check(
        "stage mql owner m { accountable m responsible m, inside_sales consulted field informed customer_service }",
        "(stage mql (owner m) (accountable m) (responsible m,inside_sales) (consulted field) (informed customer_service))",
    );
    check_flow(
        "inquiry -> mql when status is qualified  mql -> sal on accepted",
        "(inquiry -> mql (when (is status qualified))) (mql -> sal (on accepted))",
    );
    check_flow("mql -> inquiry on rejected recycle rest 90 days", "(mql -> inquiry (on rejected) (recycle (rest 90d)))");
    check_flow(
        "mql -> inquiry after 30 days without first_call recycle rest 30 days because \"No action\"  sal -> inquiry after 4 business hours",
        "(mql -> inquiry (after 30d without first_call) (recycle (rest 30d)) (because \"No action\")) (sal -> inquiry (after 4bh))",
    );
    check_flow("mql -> inquiry on rejected recycle forget behavioural", "(mql -> inquiry (on rejected) (recycle (forget behavioural)))");
    check_flow("a -> b on c recycle rest 1 week forget d", "(a -> b (on c) (recycle (forget d) (rest 1w)))");
    check_flow(
        "raw, inquiry -> mql when x is one of a, b  any -> lost on call",
        "(raw,inquiry -> mql (when (is-one-of x a b))) ((any) -> lost (on call))",
    );
    check_flow(
        "any except won -> lost on call where outcome is no_authority when bad_phone because call.reason  a -> b on c",
        "((any (except won)) -> lost (on call (where (is outcome no_authority))) (when bad_phone) (because call.reason)) (a -> b (on c))",
    );
    check_flow("any except won, lost -> x after 1 day when y", "((any (except won,lost)) -> x (after 1d) (when y))");
    check("flow partner_share { }", "(flow partner_share)");
}

#[test]
fn routes_and_queues() {
    check(
        "route handover \"H\" when entering mql { partner_desk when partner_owned  by territories[state].queue when complex or deal_size >= 250_000 because \"big\"
           inside otherwise }",
        "(route handover \"H\" (when (entering mql)) (partner_desk (when partner_owned)) \
         ((by territories[state].queue) (when (or complex (>= deal_size 250000))) (because \"big\")) (inside otherwise))",
    );
    // A look-up without a guard applies if it finds a queue.
    check(
        "route desk for each product in products { by desks[product, state].queue  otherwise inside }",
        "(route desk (for-each product products) ((by desks[product state].queue) (when yes)) (inside otherwise))",
    );
    check("route d { by t[x].y otherwise }", "(route d ((by t[x].y) otherwise))");
    check("route d { by t[x].y  otherwise by t[z].y }", "(route d ((by t[x].y) (when yes)) ((by t[z].y) otherwise))");
    check(
        "route d { keep owner when count of entering mql > 1  keep when a  otherwise keep owner }",
        "(route d (keep-owner (when (> (count (entering mql)) 1))) (keep (when a)) (keep-owner otherwise))",
    );
    check(
        "queue inside \"I\" team s rotate rep_a weight 1, rep_b weight 2 capacity 50, rep_c",
        "(queue inside \"I\" (team s) (rotate (rep_a weight 1) (rep_b weight 2 capacity 50) (rep_c)))",
    );
    check(
        "queue inside rotate from reps weight reps.ramp skip when reps.away or reps.open >= 50 otherwise duty_desk",
        "(queue inside (rotate-from reps (weight reps.ramp) (skip (or reps.away (>= reps.open 50))) (otherwise duty_desk)))",
    );
    check("queue q rotate from reps otherwise d skip when a team t", "(queue q (team t) (rotate-from reps (skip a) (otherwise d)))");
}

#[test]
fn clocks_and_promises() {
    check(
        "sla first_touch \"F\" { starts when entering mql  stops on first_call  within 5 business minutes when asked  within 4 business hours otherwise
           by inside_sales  remind owner at 80%  breach notify sales_manager  breach reassign after 8 business hours }",
        "(sla first_touch \"F\" (starts (entering mql)) (stops (on first_call)) (within 5bmin (when asked)) (within 4bh otherwise) (by inside_sales) \
         (remind owner 80%) (breach notify sales_manager) (breach reassign 8bh))",
    );
    check(
        "sla s { starts on a where b is c  stops when leaving mql  within 2 business days  restarts on reassigned  pauses on out_of_office for 1 week
           pauses when a and b  breach notify x after 1 hour  breach reassign  escalate to sales_manager after 2 business hours, director after 1 business day }",
        "(sla s (starts (on a (where (is b c)))) (stops (leaving mql)) (within 2bd) (restarts (on reassigned)) (pauses (on out_of_office) 1w) \
         (pauses (when (and a b))) (breach notify x 1h) (breach reassign) (escalate (sales_manager 2bh) (director 1bd)))",
    );
    check("promise marketing delivers 400 mql per quarter", "(promise marketing (delivers 400 mql) quarter)");
    check("promise inside_sales meets first_touch for 90% per month", "(promise inside_sales (meets first_touch 90) month)");
    check("promise m delivers 5 mql per 30 days", "(promise m (delivers 5 mql) 30-days)");
}

#[test]
fn claims() {
    check(
        "claim \"a\" always competitor implies status is unqualified",
        "(claim \"a\" (always (implies competitor (is status unqualified))))",
    );
    check("claim \"a\" never a and b", "(claim \"a\" (never (and a b)))");
    check("claim \"a\" possible site_of_care is clinic", "(claim \"a\" (possible (is site_of_care clinic)))");
    check("claim \"a\" readiness never falls as beds rises", "(claim \"a\" (never-falls readiness beds))");
    check("claim \"a\" readiness.demographic never rises as beds rises", "(claim \"a\" (never-rises readiness.demographic beds))");
    check("claim \"a\" readiness rises as beds rises", "(claim \"a\" (rises readiness beds))");
    check("claim \"a\" readiness falls as beds rises", "(claim \"a\" (falls readiness beds))");
}

#[test]
fn tests_in_a_policy() {
    check(
        "test \"t\" { as of 2026-11-18T15:00  stage mql since 3 days ago  lead { role nurse  beds 620  state \"OH\"  ok no  products a, b  size 12.50 EUR  due 2026-01-02  gone missing }
           signals { ask_for_rep 1 day ago  page_view 2026-11-17T10:00 { path \"/x\" } }
           expect { readiness 82.78  status qualified  first_touch.due 2026-11-18T15:05  handover missing } }",
        "(test \"t\" (as-of 2026-11-18T15:00:00) (stage mql (ago 3d)) (lead (role nurse) (beds 620) (state \"OH\") (ok no) (products a b) (size 1250e-2EUR) \
         (due 2026-01-02) (gone missing)) (signal ask_for_rep (ago 1d)) (signal page_view (at 2026-11-17T10:00:00) (path \"/x\")) (expect readiness 8278e-2) \
         (expect status qualified) (expect first_touch.due 2026-11-18T15:05:00) (expect handover missing))",
    );
    check("test \"t\" { expect { a b } stage s lead { } }", "(test \"t\" (stage s) (lead) (expect a b))");
}

#[test]
fn units_are_singular_or_plural() {
    for (unit, short) in [("second", "s"), ("minute", "min"), ("hour", "h"), ("day", "d"), ("week", "w")] {
        check_expression(&format!("any a in last 1 {unit}"), &format!("(any a (in-last 1{short}))"));
        check_expression(&format!("any a in last 2 {unit}s"), &format!("(any a (in-last 2{short}))"));
    }
}

#[test]
fn documentation_belongs_to_what_stands_below_it() {
    check(
        "## Why this lead.\n## Two lines.\nlead {\n  ## How many beds.\n  beds whole\n  # a comment\n  role text\n}\n## Not attached: a blank line follows.\n\nlet a = b\n##### A ruler\nlet c = d",
        "## \"Why this lead.\\nTwo lines.\" (lead (## \"How many beds.\" beds whole) (role text))\n(let a b)\n(let c d)",
    );
    check(
        "score s {\n  ## S\n  section a 1% {\n    ## A\n    beds 1% { yes 1 }\n  }\n  ## J\n  adjust 1 when b\n}\ndecide d {\n  ## D\n  a otherwise }\nflow {\n  ## F\n  a -> b on c }\nroute r {\n  ## R\n  q otherwise\n}\ntable t from input {\n  ## C\n  a text\n}\nscore p { section a points {\n  ## P\n  +1 when a } }",
        "(score s (## \"S\" section a 1% (## \"A\" beds 1% (yes => 1))) (## \"J\" adjust 1 b))\n(decide d (## \"D\" a otherwise))\n\
         (flow (## \"F\" a -> b (on c)))\n(route r (## \"R\" q otherwise))\n(table t input (## \"C\" a text))\n(score p (section a points (## \"P\" 1 (when a))))",
    );
}

#[test]
fn comments_are_kept() {
    let parsed = Parsed::of("# one\nleadwright 1 # two\n## three\nlet a = \"# no\" # four\n");
    assert_eq!(parsed.messages(), Vec::<String>::new());
    let comments: Vec<&str> = parsed.file.comments.iter().map(|comment| comment.text.as_str()).collect();
    assert_eq!(comments, ["# one", "# two", "## three", "# four"]);
    for comment in &parsed.file.comments {
        assert_eq!(parsed.sources.text(comment.span), comment.text);
    }
}

#[test]
fn spans_cover_whole_tokens_and_no_comment() {
    let text = "leadwright 1\nlet a =  b and  c   # why\n\nlet d = e\n";
    let parsed = Parsed::of(text);
    let spans: Vec<&str> = parsed.file.items.iter().map(|item| parsed.sources.text(item.span)).collect();
    assert_eq!(spans, ["let a =  b and  c", "let d = e"]);
    let leadwright::syntax::tree::ItemKind::Let(value) = &parsed.file.items[0].kind else { panic!("a let") };
    assert_eq!(parsed.sources.text(value.value.span), "b and  c");
    assert_eq!(parsed.file.version.map(|(number, span)| (number, parsed.sources.text(span))), Some((1, "1")));
}

/// The worked example of the language.
#[test]
fn medbank_parses_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/medbank_full");
    let mut counts = Vec::new();
    for path in ["medbank.lead", "common/teams.lead", "common/signals.lead", "standards/global.lead"] {
        let parsed = Parsed::of(&std::fs::read_to_string(folder.join(path)).unwrap());
        assert_eq!(parsed.messages(), Vec::<String>::new(), "{path}");
        counts.push(parsed.file.items.len());
        if path == "medbank.lead" {
            let lines: Vec<String> = parsed.file.items.iter().map(summary::item).collect();
            assert!(lines[0].starts_with("## \"How MedBank US scores its leads, moves them through the stages,\\nhands them to sales, and holds both teams to their promises.\" (policy medbank"));
            assert!(
                lines.contains(&"(let product_views (count page_view (where (starts-with path \"/products\")) (half 30d)))".to_owned())
            );
            assert!(
                lines
                    .contains(&"(queue inside (team inside_sales) (rotate (rep_a weight 1) (rep_b weight 1) (rep_c weight 2)))".to_owned())
            );
        }
    }
    // Counted by hand in the files.
    assert_eq!(counts, [39, 7, 13, 1]);
}
