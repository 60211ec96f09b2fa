//! Makes the leads and signals of `examples/stage_gates`: the same for the same seed.
//!
//! ```text
//! cargo run --example generate_stage_gates -- leads   > examples/stage_gates/leads.csv
//! cargo run --example generate_stage_gates -- signals > examples/stage_gates/signals.csv
//! ```
//!
//! Enters: which of the two files. Leaves: CSV on standard output. Each lead comes in during the first half of 2026; whoever has a telephone
//! number, enough employees and an interest is worked by telemarketing, inside sales, a partner or field sales, some of whom never get to it.
//! Holds: every company is made up.

#[path = "../generate_leads/random.rs"]
#[allow(dead_code)]
mod random;

use std::io::{self, Write};
use std::process::ExitCode;

use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use random::Random;

const LEADS: u32 = 400;
const SEED: u64 = 11;

fn main() -> ExitCode {
    let which = std::env::args().nth(1);
    let (leads, signals) = files();
    let text = match which.as_deref() {
        Some("leads") => leads,
        Some("signals") => signals,
        _ => {
            eprintln!("usage: generate_stage_gates leads|signals");
            return ExitCode::from(2);
        }
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Both files.
fn files() -> (String, String) {
    let mut random = Random::new(SEED);
    let mut leads = String::from("lead_id,company,phone,state,employees,deal_size,products,partner,decision_maker,created\n");
    let mut signals = String::from("lead_id,signal,time,reason,amount\n");
    for number in 0..LEADS {
        let history = Lead::new(&mut random, number);
        leads.push_str(&history.row);
        signals.push_str(&history.signals);
    }
    (leads, signals)
}

/// A lead under way.
struct Lead {
    key: String,
    now: DateTime,
    row: String,
    signals: String,
}

impl Lead {
    fn new(random: &mut Random, number: u32) -> Lead {
        let key = format!("G-{:04}", number + 1);
        // in office hours of a day of the first half of the year
        let created =
            date(2026, 1, 5).at(0, 0, 0, 0) + (random.below(170) as i64).days() + (random.between(8 * 60, 17 * 60) as i64).minutes();
        let (least, most) = random.weighted(&[((5, 49), 30), ((50, 499), 45), ((500, 9_000), 20), ((0, 0), 5)]);
        let employees = random.between(least, most);
        let (least, most) = random.weighted(&[((2_000, 24_999), 55), ((25_000, 400_000), 45)]);
        let deal = random.between(least, most);
        let phone = random.percent(85);
        let partner = random.percent(20);
        let products = random.pick(&["scales", "printers", "scales; printers", "scanners", "scales; scanners", ""]);
        let decides = random.pick(&["yes", "no", ""]);
        let company = format!(
            "{} {}",
            random.pick(&["Lake", "Prairie", "River", "Summit", "Harbor", "Pioneer"]),
            random.pick(&["Foods", "Logistics", "Bakery", "Dairy", "Markets", "Mills"])
        );
        let row = format!(
            "{key},{company},{},{},{},{deal},{products},{},{decides},{created}\n",
            if phone { format!("555 {:04}", random.below(10_000)) } else { String::new() },
            random.pick(&["IL", "WI", "MN", "TX", "LA", "OH"]),
            if employees == 0 { String::new() } else { employees.to_string() },
            if partner { random.pick(&["Midland Partners", "Southern Systems"]) } else { "" },
        );
        let mut lead = Lead { key, now: created, row, signals: String::new() };
        for _ in 0..random.between(1, 2) {
            lead.say("form_fill", "", "");
            lead.later(random, 1, 3);
        }
        if random.percent(50) {
            lead.say("brochure", "", "");
        }
        if employees >= 50 && phone {
            lead.verification(random, deal, partner);
        }
        lead
    }

    fn say(&mut self, signal: &str, reason: &str, amount: &str) {
        self.signals.push_str(&format!("{},{signal},{},{reason},{amount}\n", self.key, self.now));
    }

    /// So many days later, at another hour of the day.
    fn later(&mut self, random: &mut Random, least: u32, most: u32) {
        let day = self.now.date() + (random.between(least, most) as i64).days();
        let then = day.at(0, 0, 0, 0) + (random.between(8 * 60, 17 * 60) as i64).minutes();
        self.now = if then > self.now { then } else { self.now + 40.minutes() };
    }

    fn verification(&mut self, random: &mut Random, deal: u32, partner: bool) {
        self.later(random, 0, 3);
        match random.weighted(&[(0, 64), (1, 24), (2, 12)]) {
            0 => self.say("verified", "", ""),
            1 => return self.say("not_verified", random.pick(&["wrong_number", "no_interest", "no_project", "duplicate"]), ""),
            // nobody gets to it
            _ => return,
        }
        if partner {
            self.later(random, 0, 2);
            self.say("published", "", "");
            self.later(random, 1, 7);
            match random.weighted(&[(0, 55), (1, 25), (2, 20)]) {
                0 => {
                    self.say("partner_accepted", "", "");
                    self.later(random, 5, 26);
                    return self.end(random, deal, 45);
                }
                1 => self.say("partner_declined", "", ""),
                _ => {}
            }
        }
        self.qualification(random, deal);
    }

    fn qualification(&mut self, random: &mut Random, deal: u32) {
        self.later(random, 1, 9);
        match random.weighted(&[(0, 58), (1, 30), (2, 12)]) {
            0 => self.say("qualified", "", ""),
            1 => return self.say("not_qualified", random.pick(&["no_budget", "no_authority", "no_need", "no_time"]), ""),
            _ => return,
        }
        if deal >= 25_000 {
            self.later(random, 0, 5);
            if random.percent(25) {
                return self.say("rejected_by_field", random.pick(&["too_small", "wrong_territory", "not_ready"]), "");
            }
            self.say("accepted_by_field", "", "");
        }
        self.later(random, 6, 45);
        self.end(random, deal, 40);
    }

    /// Won with this chance in a hundred, lost, or still open.
    fn end(&mut self, random: &mut Random, deal: u32, won: u32) {
        if random.percent(won) {
            self.say("order", "", &deal.to_string());
        } else if random.percent(75) {
            self.say("no_order", random.pick(&["price", "competitor_won", "no_decision"]), "");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_files_are_what_the_program_makes() {
        let (leads, signals) = super::files();
        for (name, made) in [("leads", leads), ("signals", signals)] {
            let path = format!("{}/examples/stage_gates/{name}.csv", env!("CARGO_MANIFEST_DIR"));
            let committed = std::fs::read_to_string(path).expect("the file is there");
            assert!(
                committed == made,
                "{name}.csv is out of date: cargo run --example generate_stage_gates -- {name} > examples/stage_gates/{name}.csv"
            );
        }
    }
}
