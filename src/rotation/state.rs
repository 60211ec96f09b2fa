//! The memory of rotations, as a file of JSON.
//!
//! Enters: text. Leaves: a [`State`], or one sentence; and text again. Always holds: the same state is the same text; figures are within bounds, so
//! that nothing computed from them overflows.
//!
//! ```json
//! {
//!   "leadwright": "rotation state",
//!   "format": 1,
//!   "policy": "medbank",
//!   "owners": { "rep_a": { "open": 12 } },
//!   "queues": {
//!     "inside": { "turns": 30, "unit": 3000, "seats": { "rep_a": { "weight": 2, "owed": -1000, "turns": 20 } } }
//!   }
//! }
//! ```
//!
//! `open` is how many open leads an owner has, in all queues; each turn adds one, and whoever closes leads sets it anew. `turns` counts turns;
//! `owed` is in parts of a turn, of which it has `unit`; `weight` is the weight with which an owner took part in the last turn, 0 if it did not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const KIND: &str = "rotation state";
const FORMAT: u64 = 1;
/// The largest figure that is believed.
const FIGURE_MAX: i64 = 1 << 53;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub policy: String,
    pub owners: BTreeMap<String, OwnerState>,
    pub queues: BTreeMap<String, QueueState>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerState {
    pub open: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueState {
    pub turns: u64,
    pub unit: i64,
    pub seats: BTreeMap<String, SeatState>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatState {
    pub weight: u32,
    pub owed: i64,
    pub turns: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    #[error("it is no rotation state: {0}")]
    NotAState(String),
    #[error("it has format {0}, and this version reads format {FORMAT}")]
    Format(u64),
    #[error("it is of the policy `{found}`, not of `{wanted}`")]
    OtherPolicy { found: String, wanted: String },
    #[error("the figures of {0} cannot be: they were changed by hand, or the file is damaged")]
    Figures(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    leadwright: String,
    format: u64,
    policy: String,
    owners: BTreeMap<String, OwnerState>,
    queues: BTreeMap<String, QueueState>,
}

impl State {
    /// The state of the policy of this name.
    pub fn read(text: &str, policy: &str) -> Result<State, StateError> {
        // its kind and format first: those of other formats have other parts
        let any: serde_json::Value = serde_json::from_str(text).map_err(|error| StateError::NotAState(error.to_string()))?;
        if any.get("leadwright").and_then(serde_json::Value::as_str) != Some(KIND) {
            return Err(StateError::NotAState(format!("it does not begin with \"leadwright\": \"{KIND}\"")));
        }
        match any.get("format").and_then(serde_json::Value::as_u64) {
            Some(FORMAT) => {}
            Some(other) => return Err(StateError::Format(other)),
            None => return Err(StateError::NotAState("it has no \"format\"".to_owned())),
        }
        let written: Written = serde_json::from_str(text).map_err(|error| StateError::NotAState(error.to_string()))?;
        if written.policy != policy {
            return Err(StateError::OtherPolicy { found: written.policy, wanted: policy.to_owned() });
        }
        let state = State { policy: written.policy, owners: written.owners, queues: written.queues };
        state.check()?;
        Ok(state)
    }

    pub fn to_text(&self) -> String {
        let written = Written {
            leadwright: KIND.to_owned(),
            format: FORMAT,
            policy: self.policy.clone(),
            owners: self.owners.clone(),
            queues: self.queues.clone(),
        };
        // maps with texts as keys, and numbers: nothing that JSON has no form for
        let mut text = serde_json::to_string_pretty(&written).unwrap_or_default();
        text.push('\n');
        text
    }

    fn check(&self) -> Result<(), StateError> {
        let count = |count: u64| i64::try_from(count).is_ok_and(|count| count <= FIGURE_MAX);
        for (name, owner) in &self.owners {
            if !count(owner.open) {
                return Err(StateError::Figures(format!("the owner `{name}`")));
            }
        }
        for (name, queue) in &self.queues {
            let seat_is_sound =
                |seat: &SeatState| count(seat.turns) && seat.owed.unsigned_abs() <= queue.unit.unsigned_abs().saturating_mul(1_000);
            let is_sound = count(queue.turns) && (1..=FIGURE_MAX).contains(&queue.unit) && queue.seats.values().all(seat_is_sound);
            if !is_sound {
                return Err(StateError::Figures(format!("the queue `{name}`")));
            }
        }
        Ok(())
    }
}
