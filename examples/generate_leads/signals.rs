//! What a made-up lead did, and what sales did with it: lines of CSV.
//!
//! Enters: a [`Lead`] and a source of randomness of its own. Leaves: its signals, in no order of time, as logs of several systems have
//! them. Holds: a lead that does not read has no page view; only a lead that sales has seen has signals from sales; about one line in three
//! hundred cannot be used, each for another reason.

use std::io::{self, Write};

use crate::lead::{Lead, Stage};
use crate::random::Random;
use crate::row::Days;

pub const HEADER: &str = "lead_id,signal,time,path,seconds,reason";

const PRODUCTS: [&str; 4] = ["/products/cabinets", "/products/med-carts", "/products/software", "/Products/Service"];
const REASONS: [&str; 4] = ["No budget", "Wrong role", "duplicate", "Timing"];

pub fn write(random: &mut Random, days: &Days, key: &str, lead: &Lead, out: &mut Vec<u8>) -> io::Result<()> {
    let mut lines = Lines { random, days, key, out };
    if let Some(views) = lead.product_views {
        lines.page_view(lead.last_page_view, "/")?;
        for _ in 0..views {
            let ago = lead.last_page_view + lines.random.below(60);
            let path = lines.random.pick(&PRODUCTS);
            lines.page_view(ago, path)?;
        }
    }
    for _ in 0..lead.careers_views {
        let ago = lead.last_page_view + lines.random.below(40);
        lines.page_view(ago, "/careers/pharmacy-technician")?;
    }
    for _ in 0..lead.brochures {
        let ago = lines.random.below(110);
        lines.plain(ago, "brochure_download")?;
        // some click twice
        if lines.random.percent(10) {
            lines.plain(ago, "Brochure download")?;
        }
    }
    for _ in 0..lead.videos {
        let ago = lines.random.below(110);
        lines.plain(ago, "view_video")?;
    }
    if let Some(ago) = lead.rep_request {
        lines.plain(ago, "Asked for a rep")?;
    }
    // a scanner follows every link of a mail within a second
    if lines.random.percent(4) {
        lines.burst()?;
    }
    sales(&mut lines, lead)
}

fn sales(lines: &mut Lines, lead: &Lead) -> io::Result<()> {
    let Some(entered) = lead.entered else { return Ok(()) };
    // later than the lead entered its stage, mostly
    let since = |random: &mut Random| random.below(entered.max(1) + 1);
    if lead.stage == Stage::Mql && lines.random.percent(40) {
        let ago = since(lines.random);
        lines.plain(ago, "first_call")?;
    }
    if lead.stage == Stage::Mql && lead.accepted == Some(true) || lead.stage == Stage::Sal && lines.random.percent(30) {
        let ago = since(lines.random);
        lines.plain(ago, "accepted")?;
    }
    if let (Some(false), Stage::Mql | Stage::Sal) = (lead.accepted, lead.stage) {
        let ago = since(lines.random);
        let reason = lead.rejection.and_then(|reason| REASONS.get(reason)).copied().unwrap_or_default();
        lines.line(ago, "rejected", "", "", reason)?;
    }
    if lead.meeting_booked {
        let ago = since(lines.random);
        lines.plain(ago, "meeting_booked")?;
    }
    if lead.stage == Stage::Opportunity {
        if lines.random.percent(60) {
            let ago = since(lines.random);
            lines.plain(ago, "activity")?;
        }
        if let Some(won) = lead.deal_won {
            let ago = since(lines.random);
            lines.plain(ago, if won { "closed_won" } else { "closed_lost" })?;
        }
    }
    Ok(())
}

struct Lines<'w> {
    random: &'w mut Random,
    days: &'w Days,
    key: &'w str,
    out: &'w mut Vec<u8>,
}

impl Lines<'_> {
    fn page_view(&mut self, ago: u32, path: &str) -> io::Result<()> {
        let seconds = if self.random.percent(60) { self.random.between(2, 400).to_string() } else { String::new() };
        self.line(ago, "page_view", path, &seconds, "")
    }

    fn plain(&mut self, ago: u32, signal: &str) -> io::Result<()> {
        self.line(ago, signal, "", "", "")
    }

    fn burst(&mut self) -> io::Result<()> {
        let (ago, second) = (self.random.below(25), self.random.below(80_000));
        for click in 0..4 {
            write!(self.out, "{},email_click,{}T", self.key, self.days.ago(ago))?;
            writeln!(self.out, "{:02}:{:02}:{:02}.{}Z,,,", second / 3_600, second / 60 % 60, second % 60, 2 * click)?;
        }
        Ok(())
    }

    fn line(&mut self, ago: u32, signal: &str, path: &str, seconds: &str, reason: &str) -> io::Result<()> {
        let (fault, second) = (self.random.below(1_800), self.random.below(86_400));
        let key = if fault == 0 { "L-unknown" } else { self.key };
        let signal = if fault == 1 { "page_vew" } else { signal };
        let day = match fault {
            2 => self.days.ahead(3),
            _ => self.days.ago(ago),
        };
        let day = if fault == 3 { "yesterday" } else { day };
        let seconds = if fault == 4 { "a while" } else { seconds };
        // what marketing automation writes is in UTC, what sales writes is local
        let zone = if self.random.percent(80) { "Z" } else { "" };
        write!(self.out, "{key},{signal},{day}T{:02}:{:02}:{:02}{zone}", second / 3_600, second / 60 % 60, second % 60)?;
        writeln!(self.out, ",{path},{seconds},{reason}")
    }
}
