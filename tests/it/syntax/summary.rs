//! A tree as one line, short enough to be written by hand as the expected answer.
//!
//! Names stand as they are, texts in quotation marks; every operator and clause is a list in parentheses with its word first.

use leadwright::syntax::tree::*;

pub fn item(item: &Item) -> String {
    let text = match &item.kind {
        ItemKind::Policy(policy) => {
            let mut parts = heading("policy", &policy.name, &policy.display);
            parts.extend(policy.properties.iter().map(property));
            list(parts)
        }
        ItemKind::Use(path) => format!("(use {:?})", path.value),
        ItemKind::Standard(standard) => {
            let mut parts = heading("standard", &standard.name, &standard.display);
            parts.extend(standard.requires.iter().map(require));
            list(parts)
        }
        ItemKind::Team(team) => {
            let mut parts = heading("team", &team.name, &team.display);
            parts.extend(prefixed("members", &names(&team.members)));
            parts.extend(team.calendar.iter().map(|calendar| format!("(on {})", calendar.text)));
            parts.extend(team.except.iter().map(|(member, calendar)| format!("(except {} on {})", member.text, calendar.text)));
            list(parts)
        }
        ItemKind::Calendar(calendar) => calendar_line(calendar),
        ItemKind::Lead(lead) => list(["lead".to_owned()].into_iter().chain(lead.fields.iter().map(field)).collect()),
        ItemKind::Signal(signal) => {
            let mut parts = heading("signal", &signal.name, &signal.display);
            parts.extend(signal.by.iter().map(|by| format!("(by {})", by.text)));
            parts.extend(signal.bursts.iter().map(|(count, span)| format!("(bursts {count} {})", duration(span))));
            parts.extend(signal.changes.iter().map(change));
            parts.extend(signal.properties.iter().map(field));
            list(parts)
        }
        ItemKind::Group(group) => {
            let mut parts = heading("group", &group.name, &group.display);
            parts.push(names(&group.members));
            list(parts)
        }
        ItemKind::Table(table) => {
            let mut parts = heading("table", &table.name, &table.display);
            parts.push(table.file.as_ref().map_or("input".to_owned(), |file| format!("{:?}", file.value)));
            parts.extend(table.columns.iter().map(column));
            list(parts)
        }
        ItemKind::Let(value) => {
            let mut parts = heading("let", &value.name, &value.display);
            parts.push(expr(&value.value));
            list(parts)
        }
        ItemKind::Score(score) => score_line(score),
        ItemKind::Decide(decide) => {
            let mut parts = heading("decide", &decide.name, &decide.display);
            parts.extend(decide.rows.iter().map(|row| {
                let mut parts = documented(&row.doc, named(&row.outcome, &row.display));
                parts.push(guard(&row.guard));
                parts.extend(because(&row.because));
                list(parts)
            }));
            list(parts)
        }
        ItemKind::Grid(grid) => {
            let mut parts = heading("grid", &grid.name, &grid.display);
            parts.push(expr(&grid.rows_of));
            parts.push(expr(&grid.columns_of));
            parts.push(list(grid.columns.iter().map(pattern).collect()));
            parts.extend(grid.rows.iter().map(|row| format!("({} {})", pattern(&row.pattern), names(&row.outcomes))));
            list(parts)
        }
        ItemKind::Stage(stage) => {
            let mut parts = heading("stage", &stage.name, &stage.display);
            parts.extend(stage.owner.iter().map(|owner| format!("(owner {})", owner.text)));
            parts.extend(stage.start.map(|_| "start".to_owned()));
            parts.extend(stage.is_final.map(|_| "final".to_owned()));
            parts.extend(stage.raci.iter().map(|raci| format!("({} {})", format!("{:?}", raci.role).to_lowercase(), names(&raci.teams))));
            list(parts)
        }
        ItemKind::Flow(flow) => {
            let mut parts = vec!["flow".to_owned()];
            parts.extend(flow.name.iter().map(|name| name.text.clone()));
            parts.extend(flow.rows.iter().map(flow_row));
            list(parts)
        }
        ItemKind::Route(route) => route_line(route),
        ItemKind::Queue(queue) => queue_line(queue),
        ItemKind::Sla(sla) => {
            let mut parts = heading("sla", &sla.name, &sla.display);
            parts.extend(sla.rows.iter().map(sla_row));
            list(parts)
        }
        ItemKind::Promise(promise) => {
            let what = match &promise.kind {
                PromiseKind::Delivers { amount, stage } => format!("(delivers {amount} {})", stage.text),
                PromiseKind::Meets { sla, share } => format!("(meets {} {})", sla.text, number(share)),
            };
            format!("(promise {} {what} {})", promise.who.text, period(&promise.per))
        }
        ItemKind::Claim(claim) => {
            let what = match &claim.kind {
                ClaimKind::Always(condition) => format!("(always {})", expr(condition)),
                ClaimKind::Never(condition) => format!("(never {})", expr(condition)),
                ClaimKind::Possible(condition) => format!("(possible {})", expr(condition)),
                ClaimKind::Monotone { value, negated, direction, field } => {
                    let word = match direction {
                        Direction::Rises => "rises",
                        Direction::Falls => "falls",
                    };
                    format!("({}{word} {} {})", if *negated { "never-" } else { "" }, path(value), field.text)
                }
            };
            format!("(claim {:?} {what})", claim.title.value)
        }
        ItemKind::Test(test) => test_line(test),
        ItemKind::Cases(cases) => {
            let title = cases.title.iter().map(|title| format!("{:?}", title.value));
            let mut parts = vec!["cases".to_owned()];
            parts.extend(title);
            parts.push(format!("(from {:?})", cases.file.value));
            parts.push(test_line(&cases.common));
            list(parts)
        }
    };
    match &item.doc {
        Some(doc) => format!("## {:?} {text}", doc.value),
        None => text,
    }
}

fn calendar_line(calendar: &Calendar) -> String {
    let mut parts = heading("calendar", &calendar.name, &calendar.display);
    parts.extend(calendar.timezone.iter().map(|zone| format!("(timezone {:?})", zone.value)));
    parts.extend(calendar.hours.iter().map(|hours| format!("({:?} {:?}{})", hours.first, hours.last, blocks(&hours.blocks))));
    parts.extend(
        calendar
            .closed
            .iter()
            .map(|(date, display, _)| list(["closed".to_owned(), date.to_string()].into_iter().chain(text(display)).collect())),
    );
    parts.extend(calendar.special.iter().map(|special| {
        let mut parts = vec!["special".to_owned(), special.date.to_string()];
        parts.extend(text(&special.display));
        format!("({}{})", parts.join(" "), blocks(&special.blocks))
    }));
    list(parts)
}

fn blocks(blocks: &[Block]) -> String {
    blocks.iter().map(|block| format!(" {}-{}", block.open_minute, block.close_minute)).collect()
}

fn property(property: &PolicyProperty) -> String {
    match property {
        PolicyProperty::Version(version) => format!("(version {:?})", version.value),
        PolicyProperty::Owner(owner) => format!("(owner {})", owner.text),
        PolicyProperty::Dated(date, _) => format!("(dated {date})"),
        PolicyProperty::Timezone(zone) => format!("(timezone {:?})", zone.value),
        PolicyProperty::Currency(currency) => format!("(currency {})", currency.text),
        PolicyProperty::Follows(standards) => format!("(follows {})", names(standards)),
    }
}

fn require(require: &Require) -> String {
    let mut parts: Vec<String> = vec!["require".to_owned()];
    parts.extend(require.words.iter().map(|word| match word {
        Word::Name(name) => name.text.clone(),
        Word::Keyword(name) => format!("`{}`", name.text),
        Word::Path(names) => path(names),
        Word::Number(value) => number(value),
        Word::Percent(value) => format!("{}%", number(value)),
        Word::Text(text) => format!("{:?}", text.value),
        Word::Duration(span) => duration(span),
        Word::Comparison(comparison, _) => sign(*comparison).to_owned(),
        Word::Comma(_) => ",".to_owned(),
    }));
    parts.extend(because(&require.because));
    parts.extend(require.as_warning.then(|| "as-warning".to_owned()));
    list(parts)
}

fn field(field: &Field) -> String {
    let mut parts = documented(&field.doc, named(&field.name, &field.display));
    parts.push(type_of(&field.ty));
    parts.extend(field.key.map(|_| "key".to_owned()));
    parts.extend(field.optional.map(|_| "optional".to_owned()));
    parts.extend(field.changes.iter().map(change));
    parts.extend(field.sources.iter().map(|(system, name)| format!("(from {} {:?})", system.text, name.value)));
    list(parts)
}

fn change(change: &Change) -> String {
    match &change.kind {
        ChangeKind::Cost(cost) => format!("(cost {})", number(cost)),
        ChangeKind::Fixed => "(fixed)".to_owned(),
    }
}

fn column(column: &Column) -> String {
    let mut parts = documented(&column.doc, vec![column.name.text.clone()]);
    parts.push(type_of(&column.ty));
    parts.extend(column.prefix.then(|| "prefix".to_owned()));
    parts.extend(column.key.map(|_| "key".to_owned()));
    parts.extend(column.optional.map(|_| "optional".to_owned()));
    list(parts)
}

fn type_of(ty: &TypeExpr) -> String {
    let range =
        |range: &Option<(Number, Number)>| range.as_ref().map_or(String::new(), |(low, high)| format!(" {} {}", number(low), number(high)));
    let choices = |choices: &[Choice]| {
        let choices = choices.iter().map(|choice| {
            let spellings: String = choice.spellings.iter().map(|spelling| format!("{:?}", spelling.value)).collect();
            format!(" {}{spellings}", choice.name.text)
        });
        choices.collect::<String>()
    };
    match &ty.kind {
        TypeKind::Text => "text".to_owned(),
        TypeKind::Whole => "whole".to_owned(),
        TypeKind::WholeRange(low, high) => format!("(whole {} {})", number(low), number(high)),
        TypeKind::Decimal { places, range: limits } => format!("(decimal {places}{})", range(limits)),
        TypeKind::Money { currency, range: limits } => {
            format!("(money{}{})", currency.as_ref().map_or(String::new(), |currency| format!(" {}", currency.text)), range(limits))
        }
        TypeKind::YesNo => "yes_no".to_owned(),
        TypeKind::OneOf(members) => format!("(one-of{})", choices(members)),
        TypeKind::SomeOf(members) => format!("(some-of{})", choices(members)),
        TypeKind::Date => "date".to_owned(),
        TypeKind::Time => "time".to_owned(),
        TypeKind::Queue => "queue".to_owned(),
        TypeKind::Team => "team".to_owned(),
        TypeKind::Owner => "owner".to_owned(),
        TypeKind::Stage => "stage".to_owned(),
        TypeKind::Unread => "?".to_owned(),
    }
}

fn score_line(score: &Score) -> String {
    let mut parts = heading("score", &score.name, &score.display);
    parts.extend(score.running.map(|_| "running".to_owned()));
    parts.extend(score.range.iter().map(|(low, high)| format!("(range {} {})", number(low), number(high))));
    parts.extend(score.rounded.map(|(places, _)| format!("(rounded {places})")));
    parts.extend(score.parts.iter().map(|part| match part {
        ScorePart::Section(part) => section(part),
        ScorePart::Adjust(adjust) => {
            let mut parts = documented(&adjust.doc, vec!["adjust".to_owned(), number(&adjust.points), expr(&adjust.condition)]);
            parts.extend(because(&adjust.because));
            list(parts)
        }
        ScorePart::Persona { condition, sections, .. } => {
            let mut parts = vec![condition.as_ref().map_or("otherwise".to_owned(), |condition| format!("for {}", expr(condition)))];
            parts.extend(sections.iter().map(section));
            list(parts)
        }
    }));
    list(parts)
}

fn section(section: &Section) -> String {
    let mut parts = documented(&section.doc, heading("section", &section.name, &section.display));
    parts.extend(section.weight.iter().map(|weight| format!("{}%", number(weight))));
    parts.extend(section.points.map(|_| "points".to_owned()));
    parts.extend(section.up_to.iter().map(|limit| format!("(up-to {})", number(limit))));
    parts.extend(section.rows.iter().map(|row| match row {
        SectionRow::Attribute(attribute) => {
            let mut parts = documented(&attribute.doc, vec![expr(&attribute.subject)]);
            parts.extend(text(&attribute.display));
            parts.extend(attribute.weight.iter().map(|weight| format!("{}%", number(weight))));
            parts.extend(attribute.rows.iter().map(|row| {
                let mut parts: Vec<String> = row.patterns.iter().map(pattern).collect();
                parts.push(match &row.points {
                    Points::Constant(value) => format!("=> {}", number(value)),
                    Points::Each(value, _) => format!("=> {} each", number(value)),
                    Points::Per(value, step, _) => format!("=> {} per {}", number(value), number(step)),
                });
                parts.extend(because(&row.because));
                list(parts)
            }));
            list(parts)
        }
        SectionRow::Points(row) => {
            let mut parts = documented(&row.doc, vec![number(&row.points)]);
            parts.push(match &row.kind {
                PointsKind::When(condition) => format!("(when {})", expr(condition)),
                PointsKind::Per { every, subject: what, condition, window, since, cap: limit, fading } => {
                    let mut parts = vec!["per".to_owned(), every.to_string(), subject(what)];
                    parts.extend(clauses(condition, window, since, limit, fading));
                    list(parts)
                }
                PointsKind::PerQuiet { duration: span, signal, cap: limit } => {
                    let mut parts = vec!["per-quiet".to_owned(), duration(span), signal.text.clone()];
                    parts.extend(limit.iter().map(cap));
                    list(parts)
                }
            });
            parts.extend(because(&row.because));
            list(parts)
        }
    }));
    list(parts)
}

fn pattern(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Value(value) => expr(value),
        PatternKind::OrMore(value) => format!("(or-more {})", expr(value)),
        PatternKind::Under(value) => format!("(under {})", expr(value)),
        PatternKind::To(low, high) => format!("(to {} {})", expr(low), expr(high)),
        PatternKind::ToUnder(low, high) => format!("(to-under {} {})", expr(low), expr(high)),
        PatternKind::Missing => "missing".to_owned(),
        PatternKind::Otherwise => "otherwise".to_owned(),
    }
}

fn flow_row(row: &FlowRow) -> String {
    let from = match &row.from {
        FromStages::Listed(stages) => names(stages),
        FromStages::Any { except, .. } => list(["any".to_owned()].into_iter().chain(prefixed("except", &names(except))).collect()),
    };
    let mut parts = documented(&row.doc, vec![from, "->".to_owned(), row.to.text.clone()]);
    parts.push(match &row.trigger {
        Trigger::When(condition) => format!("(when {})", expr(condition)),
        Trigger::On { signal, condition } => on(signal, condition),
        Trigger::After { duration: span, without } => {
            let without = without.as_ref().map_or(String::new(), |signal| format!(" without {}", signal.text));
            format!("(after {}{without})", duration(span))
        }
    });
    parts.extend(row.condition.iter().map(|condition| format!("(when {})", expr(condition))));
    parts.extend(row.recycle.iter().map(|recycle| {
        let mut parts = vec!["recycle".to_owned()];
        parts.extend(recycle.forget.iter().map(|section| format!("(forget {})", section.text)));
        parts.extend(recycle.rest.iter().map(|rest| format!("(rest {})", duration(rest))));
        list(parts)
    }));
    parts.extend(row.because.iter().map(|because| match because {
        Because::Text(text) => format!("(because {:?})", text.value),
        Because::Property(names, _) => format!("(because {})", path(names)),
    }));
    list(parts)
}

fn route_line(route: &Route) -> String {
    let mut parts = heading("route", &route.name, &route.display);
    parts.extend(route.each.iter().map(|(variable, field)| format!("(for-each {} {})", variable.text, field.text)));
    parts.extend(route.condition.iter().map(|condition| format!("(when {})", expr(condition))));
    parts.extend(route.rows.iter().map(|row| {
        let target = match &row.target {
            RouteTarget::Queue(queue) => queue.text.clone(),
            RouteTarget::By(cell) => format!("(by {})", expr(cell)),
            RouteTarget::KeepOwner(_) => "keep-owner".to_owned(),
        };
        let mut parts = documented(&row.doc, vec![target, guard(&row.guard)]);
        parts.extend(because(&row.because));
        list(parts)
    }));
    list(parts)
}

fn queue_line(queue: &Queue) -> String {
    let mut parts = heading("queue", &queue.name, &queue.display);
    parts.extend(queue.team.iter().map(|team| format!("(team {})", team.text)));
    parts.extend(queue.rotate.iter().map(|rotate| match rotate {
        Rotate::Owners { turns, otherwise, .. } => {
            let turns = turns.iter().map(|turn| {
                let mut parts = vec![turn.owner.text.clone()];
                parts.extend(turn.weight.iter().map(|weight| format!("weight {}", number(weight))));
                parts.extend(turn.capacity.iter().map(|capacity| format!("capacity {}", number(capacity))));
                list(parts)
            });
            let otherwise = otherwise.iter().map(|queue| format!("(otherwise {})", queue.text));
            list(["rotate".to_owned()].into_iter().chain(turns).chain(otherwise).collect())
        }
        Rotate::Table { table, weight, capacity, skip, otherwise, .. } => {
            let mut parts = vec!["rotate-from".to_owned(), table.text.clone()];
            parts.extend(weight.iter().map(|weight| format!("(weight {})", path(weight))));
            parts.extend(capacity.iter().map(|capacity| format!("(capacity {})", path(capacity))));
            parts.extend(skip.iter().map(|skip| format!("(skip {})", expr(skip))));
            parts.extend(otherwise.iter().map(|queue| format!("(otherwise {})", queue.text)));
            list(parts)
        }
    }));
    list(parts)
}

fn sla_row(row: &SlaRow) -> String {
    match &row.kind {
        SlaKind::Starts(when) => format!("(starts {})", moment(when)),
        SlaKind::Stops(when) => format!("(stops {})", moment(when)),
        SlaKind::Restarts(when) => format!("(restarts {})", moment(when)),
        SlaKind::Pauses { on, length } => {
            format!("(pauses {}{})", moment(on), length.as_ref().map_or(String::new(), |length| format!(" {}", duration(length))))
        }
        SlaKind::Within { duration: span, guard: when } => {
            format!("(within {}{})", duration(span), when.as_ref().map_or(String::new(), |when| format!(" {}", guard(when))))
        }
        SlaKind::By(team) => format!("(by {})", team.text),
        SlaKind::Remind { whom, at } => format!("(remind {} {}%)", whom.text, number(at)),
        SlaKind::Breach { action, after } => {
            let action = match action {
                BreachAction::Notify(whom) => format!("notify {}", whom.text),
                BreachAction::Reassign => "reassign".to_owned(),
            };
            format!("(breach {action}{})", after.as_ref().map_or(String::new(), |after| format!(" {}", duration(after))))
        }
        SlaKind::Escalate(chain) => list(
            ["escalate".to_owned()]
                .into_iter()
                .chain(chain.iter().map(|(whom, after)| format!("({} {})", whom.text, duration(after))))
                .collect(),
        ),
    }
}

fn moment(moment: &Moment) -> String {
    match moment {
        Moment::WhenEntering(stage) => format!("(entering {})", stage.text),
        Moment::WhenLeaving(stage) => format!("(leaving {})", stage.text),
        Moment::When(condition) => format!("(when {})", expr(condition)),
        Moment::On { signal, condition } => on(signal, condition),
    }
}

fn test_line(test: &Test) -> String {
    let given = |given: &Given| format!("({} {})", given.name.text, exprs(&given.values));
    let mut parts = vec!["test".to_owned(), format!("{:?}", test.title.value)];
    parts.extend(test.as_of.iter().map(|(time, _)| format!("(as-of {})", time_of(time))));
    parts.extend(
        test.stage
            .iter()
            .map(|(stage, since)| list(["stage".to_owned(), stage.text.clone()].into_iter().chain(since.iter().map(ago)).collect())),
    );
    parts.push(list(["lead".to_owned()].into_iter().chain(test.lead.iter().map(given)).collect()));
    parts.extend(test.signals.iter().map(|signal| {
        let mut parts = vec!["signal".to_owned(), signal.signal.text.clone(), ago(&signal.when)];
        parts.extend(signal.properties.iter().map(given));
        list(parts)
    }));
    parts.extend(test.expect.iter().map(|expected| format!("(expect {} {})", path(&expected.path), expr(&expected.value))));
    list(parts)
}

fn ago(ago: &Ago) -> String {
    match ago {
        Ago::Before(span) => format!("(ago {})", duration(span)),
        Ago::At(time, _) => format!("(at {})", time_of(time)),
    }
}

pub fn expr(expression: &Expr) -> String {
    let word = |word: &str, parts: &[&Expr]| list([word.to_owned()].into_iter().chain(parts.iter().map(|part| expr(part))).collect());
    match &expression.kind {
        ExprKind::Literal(Literal::Number(value)) => number(value),
        ExprKind::Literal(Literal::Text(text)) => format!("{text:?}"),
        ExprKind::Literal(Literal::YesNo(value)) => if *value { "yes" } else { "no" }.to_owned(),
        ExprKind::Literal(Literal::Date(date)) => date.to_string(),
        ExprKind::Literal(Literal::Time(time)) => time_of(time),
        ExprKind::Literal(Literal::Unreadable) => "unreadable".to_owned(),
        ExprKind::Missing => "missing".to_owned(),
        ExprKind::Path(names) => path(names),
        ExprKind::Cell { table, keys, column } => format!("{}[{}].{}", table.text, exprs(keys), column.text),
        ExprKind::Arithmetic(Arithmetic::Sum(terms)) => {
            let terms = terms.iter().enumerate().map(|(index, (sign, term))| match (index, sign) {
                (0, Sign::Plus) => expr(term),
                (_, Sign::Plus) => format!("+ {}", expr(term)),
                (_, Sign::Minus) => format!("- {}", expr(term)),
            });
            list(terms.collect())
        }
        ExprKind::Arithmetic(Arithmetic::Product { factors, places }) => {
            let factors = factors.iter().enumerate().map(|(index, (factor, value))| match (index, factor) {
                (0, Factor::Times) => expr(value),
                (_, Factor::Times) => format!("* {}", expr(value)),
                (_, Factor::Over) => format!("/ {}", expr(value)),
                (_, Factor::Remainder) => format!("% {}", expr(value)),
            });
            list(factors.chain(places.map(|(places, _)| format!("to {places}"))).collect())
        }
        ExprKind::Arithmetic(Arithmetic::Larger(members)) => format!("(larger {})", exprs(members)),
        ExprKind::Arithmetic(Arithmetic::Smaller(members)) => format!("(smaller {})", exprs(members)),
        ExprKind::Conversion(Conversion::Else { value, default }) => word("else", &[value, default]),
        ExprKind::Conversion(Conversion::DaysSince(value)) => word("days-since", &[value]),
        ExprKind::Conversion(Conversion::DaysUntil(value)) => word("days-until", &[value]),
        ExprKind::Conversion(Conversion::DomainOf(value)) => word("domain", &[value]),
        ExprKind::Measure(measured) => measure(measured),
        ExprKind::Paren(inside) => word("paren", &[inside]),
        ExprKind::Connective(Connective::And(members)) => format!("(and {})", exprs(members)),
        ExprKind::Connective(Connective::Or(members)) => format!("(or {})", exprs(members)),
        ExprKind::Connective(Connective::Not(inside)) => word("not", &[inside]),
        ExprKind::Connective(Connective::Implies(left, right)) => word("implies", &[left, right]),
        ExprKind::Predicate(Predicate::Compare { left, operator, right, .. }) => word(sign(*operator), &[left, right]),
        ExprKind::Predicate(Predicate::Is { left, negated, choices, one_of }) => {
            format!(
                "({}{} {} {})",
                if *negated { "is-not" } else { "is" },
                if *one_of { "-one-of" } else { "" },
                expr(left),
                exprs(choices)
            )
        }
        ExprKind::Predicate(Predicate::SameAs { left, negated, right }) => word(if *negated { "not-same" } else { "same" }, &[left, right]),
        ExprKind::Predicate(Predicate::IsKnown { left, known }) => word(if *known { "known" } else { "is-missing" }, &[left]),
        ExprKind::Predicate(Predicate::Between { left, low, high }) => word("between", &[left, low, high]),
        ExprKind::Predicate(Predicate::Has { left, choices }) => format!("(has {} {})", expr(left), exprs(choices)),
        ExprKind::Predicate(Predicate::StartsWith { left, text }) => format!("(starts-with {} {:?})", expr(left), text.value),
        ExprKind::Predicate(Predicate::EndsWith { left, text }) => format!("(ends-with {} {:?})", expr(left), text.value),
        ExprKind::Predicate(Predicate::Contains { left, text }) => format!("(contains {} {:?})", expr(left), text.value),
        ExprKind::Predicate(Predicate::Entering(stage)) => format!("(entering {})", stage.text),
        ExprKind::Predicate(Predicate::Leaving(stage)) => format!("(leaving {})", stage.text),
    }
}

fn measure(measure: &Measure) -> String {
    let word = match measure.kind {
        MeasureKind::CountOf => "count",
        MeasureKind::Any => "any",
        MeasureKind::SumOf => "sum",
        MeasureKind::FirstOf => "first",
        MeasureKind::LastOf => "last",
        MeasureKind::DaysSinceLast => "days-since-last",
        MeasureKind::DaysIn => "days-in",
    };
    let property = measure.property.as_ref().map_or(String::new(), |property| format!(".{}", property.text));
    let mut parts = vec![word.to_owned(), format!("{}{property}", subject(&measure.subject))];
    parts.extend(clauses(&measure.condition, &measure.window, &measure.since, &measure.cap, &measure.fading));
    list(parts)
}

fn clauses(
    condition: &Option<Expr>,
    window: &Option<Duration>,
    since: &Option<Since>,
    limit: &Option<Cap>,
    fading: &Option<Fading>,
) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(condition.iter().map(|condition| format!("(where {})", expr(condition))));
    parts.extend(window.iter().map(|window| format!("(in-last {})", duration(window))));
    parts.extend(since.iter().map(|since| match since {
        Since::Entering(stage) => format!("(since-entering {})", stage.text),
        Since::LastSignal(signal) => format!("(since-last {})", signal.text),
    }));
    parts.extend(limit.iter().map(cap));
    parts.extend(fading.iter().map(|fading| match fading {
        Fading::HalfEvery(span) => format!("(half {})", duration(span)),
        Fading::ToNothingOver(span) => format!("(to-nothing {})", duration(span)),
    }));
    parts
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Signal(name) | Subject::Stage(name) => name.text.clone(),
        Subject::Entering(stage) => format!("(entering {})", stage.text),
        Subject::Leaving(stage) => format!("(leaving {})", stage.text),
    }
}

fn cap(cap: &Cap) -> String {
    format!("(at-most {} {})", cap.amount, period(&cap.per))
}

fn period(period: &Period) -> String {
    match period {
        Period::Days(days) => format!("{days}-days"),
        Period::Hour | Period::Day | Period::Week | Period::Month | Period::Quarter | Period::Year | Period::Ever => {
            format!("{period:?}").to_lowercase()
        }
    }
}

fn on(signal: &Name, condition: &Option<Expr>) -> String {
    format!("(on {}{})", signal.text, condition.as_ref().map_or(String::new(), |condition| format!(" (where {})", expr(condition))))
}

fn guard(guard: &Guard) -> String {
    match guard {
        Guard::When(condition) => format!("(when {})", expr(condition)),
        Guard::Otherwise(_) => "otherwise".to_owned(),
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::AtLeast => ">=",
        Comparison::Above => ">",
        Comparison::AtMost => "<=",
        Comparison::Below => "<",
    }
}

fn number(number: &Number) -> String {
    let places = if number.places == 0 { String::new() } else { format!("e-{}", number.places) };
    let currency = number.currency.as_ref().map_or(String::new(), |currency| currency.text.clone());
    format!("{}{places}{currency}", number.mantissa)
}

fn time_of(time: &TimeLiteral) -> String {
    format!("{}{}", time.local, time.offset.map_or(String::new(), |offset| format!("{offset:+}")))
}

fn duration(duration: &Duration) -> String {
    let unit = match duration.unit {
        Unit::Seconds => "s",
        Unit::Minutes => "min",
        Unit::Hours => "h",
        Unit::Days => "d",
        Unit::Weeks => "w",
    };
    format!("{}{}{unit}", duration.amount, if duration.business { "b" } else { "" })
}

fn exprs(expressions: &[Expr]) -> String {
    expressions.iter().map(expr).collect::<Vec<_>>().join(" ")
}

fn names(names: &[Name]) -> String {
    names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(",")
}

fn path(names: &[Name]) -> String {
    names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

fn heading(word: &str, name: &Name, display: &Option<Text>) -> Vec<String> {
    let mut parts = vec![word.to_owned()];
    parts.extend(named(name, display));
    parts
}

fn named(name: &Name, display: &Option<Text>) -> Vec<String> {
    let mut parts = vec![name.text.clone()];
    parts.extend(text(display));
    parts
}

fn documented(doc: &Option<Text>, mut parts: Vec<String>) -> Vec<String> {
    if let Some(doc) = doc {
        parts.insert(0, format!("## {:?}", doc.value));
    }
    parts
}

fn text(text: &Option<Text>) -> Option<String> {
    text.as_ref().map(|text| format!("{:?}", text.value))
}

fn because(because: &Option<Text>) -> Option<String> {
    because.as_ref().map(|because| format!("(because {:?})", because.value))
}

fn prefixed(word: &str, names: &str) -> Option<String> {
    (!names.is_empty()).then(|| format!("({word} {names})"))
}

fn list(parts: Vec<String>) -> String {
    format!("({})", parts.join(" "))
}
