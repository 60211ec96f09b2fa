//! Stages: who owns them, where a lead starts, where it ends.
//!
//! Enters: their trees. Leaves: `policy.stages`, numbered as in `policy.stage_choices`, and the start stage. Always holds, when no error was
//! reported: every stage has an owner; exactly one is the start, if there is any. A start stage may be final (a policy of one stage).

use rustc_hash::FxHashMap;

use super::Stage;
use super::check::Checker;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, RaciRole};

impl Checker<'_> {
    pub(crate) fn check_stages(&mut self) {
        let stages = self.items.stages.clone();
        for (item, stage) in &stages {
            self.check_owner(item.span, stage);
            let [accountable, responsible, consulted, informed] = self.check_raci(stage);
            let owner = stage.owner.as_ref().map(|owner| owner.text.clone());
            self.policy.stages.push(Stage {
                name: stage.name.text.clone(),
                display: stage.display.as_ref().map(|text| text.value.clone()),
                doc: item.doc.as_ref().map(|text| text.value.clone()),
                // the owner is accountable unless said
                accountable: if accountable.is_empty() { owner.iter().cloned().collect() } else { accountable },
                owner,
                start: stage.start.is_some(),
                is_final: stage.is_final.is_some(),
                responsible,
                consulted,
                informed,
                span: stage.name.span,
            });
        }
        for (item, stage) in self.items.further_stages.clone() {
            self.check_owner(item.span, stage);
            self.check_raci(stage);
        }
        self.check_start(&stages);
    }

    fn check_owner(&mut self, item: Span, stage: &tree::Stage) {
        if let Some(owner) = &stage.owner {
            self.team_named(owner);
            return;
        }
        if self.hidden.may_continue(item, "owner") {
            return;
        }
        let name = &stage.name;
        let mut diagnostic = Diagnostic::new(Code::StageOwner, format!("the stage `{}` has no owner", name.text))
            .at(name.span, "nobody answers for leads in this stage")
            .help(format!("name the team: `stage {} owner TEAM`", name.text));
        let policy_owner = self.items.policies.iter().flat_map(|(_, policy)| &policy.properties).find_map(|property| match property {
            tree::PolicyProperty::Owner(team) => Some(team.text.clone()),
            tree::PolicyProperty::Version(_)
            | tree::PolicyProperty::Dated(..)
            | tree::PolicyProperty::Timezone(_)
            | tree::PolicyProperty::Currency(_)
            | tree::PolicyProperty::Follows(_) => None,
        });
        let policy_owner = policy_owner.filter(|team| self.teams.contains_key(team));
        let team = policy_owner.or_else(|| self.items.teams.first().map(|(_, team)| team.name.text.clone()));
        if let Some(team) = team {
            let behind = stage.display.as_ref().map_or(name.span, |display| display.span).after();
            diagnostic = diagnostic.replace(format!("write `owner {team}`"), Applicability::Unsafe, behind, format!(" owner {team}"));
        }
        self.report(diagnostic);
    }

    /// Who is accountable, responsible, consulted, informed.
    fn check_raci(&mut self, stage: &tree::Stage) -> [Vec<String>; 4] {
        let mut teams: [Vec<String>; 4] = Default::default();
        let mut rows: [Option<Span>; 4] = [None; 4];
        for row in &stage.raci {
            let (slot, word) = match row.role {
                RaciRole::Accountable => (0, "accountable"),
                RaciRole::Responsible => (1, "responsible"),
                RaciRole::Consulted => (2, "consulted"),
                RaciRole::Informed => (3, "informed"),
            };
            if let Some(first) = rows[slot].replace(row.span) {
                self.report(
                    Diagnostic::new(Code::RepeatedName, format!("the stage `{}` says twice who is {word}", stage.name.text))
                        .at(row.span, "second time")
                        .at(first, "first time")
                        .help("name all teams in one row, with commas"),
                );
            }
            let mut seen = FxHashMap::default();
            for team in &row.teams {
                if super::declare::enter(&mut seen, &mut self.diagnostics, "team of this row", team) && self.team_named(team) {
                    teams[slot].push(team.text.clone());
                }
            }
        }
        teams
    }

    fn check_start(&mut self, stages: &[(&tree::Item, &tree::Stage)]) {
        let read = stages.iter().filter_map(|(_, stage)| Some((stage.name.text.clone(), stage.start?)));
        let mut starts: Vec<(String, Span)> = read.chain(self.hidden.starts().iter().cloned()).collect();
        starts.sort_by_key(|(_, span)| *span);
        if let Some(((first, first_span), others)) = starts.split_first() {
            for (name, span) in others {
                self.report(
                    Diagnostic::new(Code::TwoStarts, format!("`{name}` is a second start stage"))
                        .at(*span, "second start")
                        .at(*first_span, format!("`{first}` is the start already"))
                        .help("a lead starts in one stage; take `start` away from the other"),
                );
            }
        }
        let first = stages.iter().position(|(_, stage)| stage.start.is_some());
        self.policy.start_stage = first;
        if first.is_none()
            && let Some((_, stage)) = stages.first()
            && !self.hidden.may_have_with("stage", "start")
        {
            let behind = [stage.owner.as_ref().map(|owner| owner.span), stage.display.as_ref().map(|display| display.span)];
            let behind = behind.into_iter().flatten().next().unwrap_or(stage.name.span).after();
            self.report(
                Diagnostic::new(Code::NoStart, "no stage is marked `start`")
                    .at(stage.name.span, "the first of the stages")
                    .help("mark the stage that a new lead is in with `start`")
                    .replace(format!("start in `{}`", stage.name.text), Applicability::Unsafe, behind, " start"),
            );
        }
    }
}
